//! Patches
//! (<https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/>).

use json_patch::{Patch, PatchOperation};
use serde_json::{Map, Value};

use super::strict::Schemas;
use crate::{api::Refusal, fields::Fields};

/// The most operations of a JSON patch. Each may copy what is there, so few of those may.
const MOST_OPERATIONS: usize = 1000;
const MOST_COPIES: usize = 4;

/// Applies a patch of that media type. `schema` says how lists are merged.
pub(super) fn patch(
    form: &str,
    object: &mut Value,
    patch: &Value,
    schema: Option<(&Schemas, &Value)>,
) -> Result<(), Refusal> {
    match form {
        "application/json-patch+json" => operations(object, patch),
        "application/merge-patch+json" => {
            json_patch::merge(object, patch);
            Ok(())
        }
        "application/strategic-merge-patch+json" => {
            let Some((schemas, schema)) = schema else {
                return Err(Refusal::unrecorded(
                    "OpenAPI document of this kind, which says how its lists are merged",
                ));
            };
            strategic(schemas, schema, object, patch);
            Ok(())
        }
        _ => Err(Refusal::unsupported_media()),
    }
}

fn operations(object: &mut Value, patch: &Value) -> Result<(), Refusal> {
    let patch: Patch = serde_json::from_value(patch.clone())
        .map_err(|error| Refusal::bad_request(format!("error decoding patch: {error}")))?;
    let copies = patch
        .iter()
        .filter(|operation| matches!(operation, PatchOperation::Copy(_)))
        .count();
    if patch.len() > MOST_OPERATIONS || copies > MOST_COPIES {
        return Err(Refusal::too_large());
    }
    json_patch::patch(object, &patch).map_err(|error| {
        Refusal::invalid(
            "Patch",
            "",
            &format!("the server rejected our request due to an error in our request: {error}"),
        )
    })
}

/// Merges as Kubernetes does: lists by the key that their schema names.
fn strategic(schemas: &Schemas, schema: &Value, object: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *object = patch.clone();
        return;
    };
    if patch.text("/$patch") == "replace" {
        *object = without_directives(changes);
        return;
    }
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Some(fields) = object.as_object_mut() else {
        return;
    };
    let schema = schemas.resolved(schema);
    for (name, change) in changes {
        if name.starts_with('$') {
            remove_primitives(fields, name, change);
            continue;
        }
        if change.is_null() {
            fields.remove(name);
            continue;
        }
        let below = schema
            .get("properties")
            .and_then(|known| known.get(name))
            .or_else(|| schema.get("additionalProperties"))
            .unwrap_or(&Value::Null);
        let field = fields.entry(name.clone()).or_insert(Value::Null);
        match change {
            Value::Object(_) => strategic(schemas, below, field, change),
            Value::Array(items) if below.text(STRATEGY).split(',').any(|s| s == "merge") => {
                merge_list(schemas, below, field, items);
            }
            other => *field = other.clone(),
        }
    }
}

/// Where a schema says how its list is merged, and by which field of its items.
const STRATEGY: &str = "/x-kubernetes-patch-strategy";
const MERGE_KEY: &str = "/x-kubernetes-patch-merge-key";

fn merge_list(schemas: &Schemas, schema: &Value, list: &mut Value, changes: &[Value]) {
    if !list.is_array() {
        *list = Value::Array(Vec::new());
    }
    let Some(items) = list.as_array_mut() else {
        return;
    };
    let key = schema.text(MERGE_KEY);
    let of_item = schema.get("items").unwrap_or(&Value::Null);
    for change in changes {
        let named = change.get(key).filter(|_| !key.is_empty());
        let Some(named) = named else {
            if !items.contains(change) {
                items.push(change.clone());
            }
            continue;
        };
        let place = items.iter().position(|item| item.get(key) == Some(named));
        match (place, change.text("/$patch")) {
            (Some(place), "delete") => {
                items.remove(place);
            }
            (None, "delete") => {}
            (Some(place), _) => {
                if let Some(item) = items.get_mut(place) {
                    strategic(schemas, of_item, item, change);
                }
            }
            (None, _) => {
                let mut item = Value::Null;
                strategic(schemas, of_item, &mut item, change);
                items.push(item);
            }
        }
    }
}

/// `$deleteFromPrimitiveList/NAME`; other directives only order what is there.
fn remove_primitives(fields: &mut Map<String, Value>, directive: &str, values: &Value) {
    let Some(name) = directive.strip_prefix("$deleteFromPrimitiveList/") else {
        return;
    };
    if let (Some(Value::Array(items)), Some(values)) = (fields.get_mut(name), values.as_array()) {
        items.retain(|item| !values.contains(item));
    }
}

fn without_directives(changes: &Map<String, Value>) -> Value {
    let kept = changes.iter().filter(|(name, _)| !name.starts_with('$'));
    Value::Object(kept.map(|(k, v)| (k.clone(), v.clone())).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Catalogue;

    fn patched(form: &str, mut object: Value, change: &Value) -> Result<Value, Refusal> {
        let catalogue = Catalogue::kubernetes();
        let resource = catalogue.of_object("v1", "Pod").unwrap();
        let schemas = Schemas::of(resource).unwrap();
        let schema = schemas.kind(resource).map(|schema| (&schemas, schema));
        patch(
            &format!("application/{form}+json"),
            &mut object,
            change,
            schema,
        )?;
        Ok(object)
    }

    #[test]
    fn lists_are_merged_by_the_key_of_their_items() {
        let pod = json!({"metadata": {"labels": {"a": "1", "b": "2"}, "finalizers": ["x", "y"]},
            "spec": {"containers": [{"name": "a", "image": "old"}, {"name": "b", "args": ["1", "2"]}]}});
        let change = json!({"metadata": {"labels": {"a": null, "c": "3"}, "$deleteFromPrimitiveList/finalizers": ["x"]},
            "spec": {"$setElementOrder/containers": [{"name": "a"}], "containers": [
                {"name": "a", "image": "new"}, {"name": "b", "$patch": "delete"}, {"name": "c", "image": "c"}]}});
        assert_eq!(
            patched("strategic-merge-patch", pod, &change).unwrap(),
            json!({"metadata": {"labels": {"b": "2", "c": "3"}, "finalizers": ["y"]},
                "spec": {"containers": [{"name": "a", "image": "new"}, {"name": "c", "image": "c"}]}})
        );
    }

    #[test]
    fn other_patches_know_no_keys() {
        let pod = || json!({"spec": {"containers": [{"name": "a"}], "nodeName": "n"}});
        assert_eq!(
            patched(
                "merge-patch",
                pod(),
                &json!({"spec": {"containers": [{"name": "b"}], "nodeName": null}})
            )
            .unwrap(),
            json!({"spec": {"containers": [{"name": "b"}]}})
        );
        assert_eq!(
            patched(
                "json-patch",
                pod(),
                &json!([{"op": "remove", "path": "/spec/nodeName"}])
            )
            .unwrap(),
            json!({"spec": {"containers": [{"name": "a"}]}})
        );
        let missing = json!([{"op": "remove", "path": "/spec/none"}]);
        assert_eq!(
            patched("json-patch", pod(), &missing).unwrap_err().code,
            422
        );
        let doubles = json!({"op": "copy", "from": "/spec", "path": "/spec/x"});
        let bomb = Value::Array(vec![doubles; 64]);
        assert_eq!(patched("json-patch", pod(), &bomb).unwrap_err().code, 413);
        assert_eq!(
            patched("apply-patch", pod(), &json!({})).unwrap_err().code,
            415
        );
    }
}
