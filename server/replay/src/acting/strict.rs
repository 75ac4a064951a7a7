//! Which fields of an object its API does not know, told by the recorded OpenAPI documents
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation>).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{catalogue::Resource, fields::Fields, openapi};

/// The schemas of one group and version.
pub(super) struct Schemas {
    document: Value,
}

/// What is wrong with an object.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// The paths of fields that are not known, such as `spec.containers[0].commnd`.
    pub(super) unknown: Vec<String>,
    /// The paths of fields that are missing.
    pub(super) missing: Vec<String>,
    /// The first value of another type than its field's, in words.
    pub(super) mistyped: Option<String>,
}

impl Schemas {
    /// Those of a resource, where they were recorded.
    pub(super) fn of(resource: &Resource) -> Option<Self> {
        let path = if resource.group.is_empty() {
            format!("api/{}", resource.version)
        } else {
            format!("apis/{}/{}", resource.group, resource.version)
        };
        let document = openapi::document(&path)?;
        let document = serde_json::from_slice(&document).ok()?;
        Some(Self { document })
    }

    /// The schema of a kind.
    pub(super) fn kind(&self, resource: &Resource) -> Option<&Value> {
        let is_kind = |schema: &&Value| {
            schema
                .list("/x-kubernetes-group-version-kind")
                .iter()
                .any(|of| {
                    of.text("/group") == resource.group
                        && of.text("/version") == resource.version
                        && of.text("/kind") == resource.kind
                })
        };
        let schemas = self.document.pointer("/components/schemas")?.as_object()?;
        schemas.values().find(is_kind)
    }

    /// The schema that a schema means: fields refer to those of their types.
    pub(super) fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let reference = schema
            .get("$ref")
            .or_else(|| schema.pointer("/allOf/0/$ref"))
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'));
        reference
            .and_then(|pointer| self.document.pointer(pointer))
            .unwrap_or(schema)
    }

    /// What is wrong with an object of a kind.
    pub(super) fn faults(&self, schema: &Value, object: &Value) -> Faults {
        let mut faults = Faults::default();
        self.look(schema, object, "", &mut faults);
        faults
    }

    fn look(&self, schema: &Value, value: &Value, path: &str, faults: &mut Faults) {
        let schema = self.resolved(schema);
        if value.is_null() {
            return;
        }
        if let Some(told) = mistyped(schema, value, path) {
            faults.mistyped.get_or_insert(told);
            return;
        }
        match value {
            Value::Object(fields) => {
                let known = schema.get("properties").and_then(Value::as_object);
                let other = schema.get("additionalProperties");
                for (name, value) in fields {
                    let path = below(path, name);
                    if let Some(schema) = known.and_then(|known| known.get(name)) {
                        self.look(schema, value, &path, faults);
                    } else if let Some(schema) = other {
                        self.look(schema, value, &path, faults);
                    } else if known.is_some() && !schema.flag(ANYTHING) {
                        faults.unknown.push(path);
                    }
                }
                let missing = schema.list("/required").iter().filter_map(Value::as_str);
                let missing = missing.filter(|name| !fields.contains_key(*name));
                faults.missing.extend(missing.map(|name| below(path, name)));
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for (index, item) in items.iter().enumerate() {
                        self.look(schema, item, &format!("{path}[{index}]"), faults);
                    }
                }
            }
            _ => {}
        }
    }

    /// Drops the fields that are not known, as the API server does.
    pub(super) fn drop_unknown(&self, schema: &Value, value: &mut Value) {
        let schema = self.resolved(schema);
        match value {
            Value::Object(fields) => {
                let known = schema.get("properties").and_then(Value::as_object);
                let other = schema.get("additionalProperties");
                let names: BTreeSet<String> = fields.keys().cloned().collect();
                for name in names {
                    let below = known.and_then(|known| known.get(&name)).or(other);
                    match (below, fields.get_mut(&name)) {
                        (Some(schema), Some(value)) => self.drop_unknown(schema, value),
                        _ if known.is_some() && !schema.flag(ANYTHING) => {
                            fields.remove(&name);
                        }
                        _ => {}
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for item in items {
                        self.drop_unknown(schema, item);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Where a schema says that it may hold any field.
const ANYTHING: &str = "/x-kubernetes-preserve-unknown-fields";

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// In words, that a value is of another type than its field's. A schema without a type, such
/// as that of quantities, takes any.
fn mistyped(schema: &Value, value: &Value, path: &str) -> Option<String> {
    let wanted = schema.get("type")?.as_str()?;
    let (is, fits) = match value {
        Value::Object(_) => ("object", wanted == "object"),
        Value::Array(_) => ("array", wanted == "array"),
        Value::String(_) => ("string", wanted == "string"),
        Value::Bool(_) => ("bool", wanted == "boolean"),
        Value::Number(number) => (
            "number",
            wanted == "number" || wanted == "integer" && !number.is_f64(),
        ),
        Value::Null => return None,
    };
    (!fits).then(|| format!("json: cannot unmarshal {is} into field {path} of type {wanted}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Catalogue;

    fn faults(api_version: &str, kind: &str, object: &Value) -> Faults {
        let catalogue = Catalogue::kubernetes();
        let resource = catalogue.of_object(api_version, kind).unwrap();
        let schemas = Schemas::of(resource).unwrap();
        schemas.faults(schemas.kind(resource).unwrap(), object)
    }

    #[test]
    fn a_field_that_nobody_knows_is_named_by_its_path() {
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "m", "labels": {"any": "x"}},
            "spec": {"containers": [{
                "name": "m", "image": "busybox", "commnd": ["sh"],
                "resources": {"limits": {"cpu": 1, "nvidia.com/gpu": "1"}},
                "livenessProbe": {"httpGet": {"port": "http", "pth": "/"}},
            }]},
        });
        let faults = faults("v1", "Pod", &pod);
        assert_eq!(
            faults.unknown,
            [
                "spec.containers[0].commnd",
                "spec.containers[0].livenessProbe.httpGet.pth"
            ]
        );
        assert_eq!((faults.missing, faults.mistyped), (vec![], None));
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_told() {
        let deployment = json!({"metadata": {"name": "d"}, "spec": {"replicas": "three"}});
        let faults = faults("apps/v1", "Deployment", &deployment);
        assert_eq!(faults.missing, ["spec.selector", "spec.template"]);
        assert_eq!(
            faults.mistyped.unwrap(),
            "json: cannot unmarshal string into field spec.replicas of type integer"
        );
    }

    #[test]
    fn what_is_not_known_is_dropped() {
        let catalogue = Catalogue::kubernetes();
        let resource = catalogue.of_object("v1", "Pod").unwrap();
        let schemas = Schemas::of(resource).unwrap();
        let mut pod = json!({"spec": {"containers": [{"name": "m", "commnd": []}], "x": 1}, "metadata": {"annotations": {"x": "y"}}});
        schemas.drop_unknown(schemas.kind(resource).unwrap(), &mut pod);
        assert_eq!(
            pod,
            json!({"spec": {"containers": [{"name": "m"}]}, "metadata": {"annotations": {"x": "y"}}})
        );
    }
}
