//! Fields that were applied and that the API server dropped.
//!
//! `kubectl apply` keeps what it sent in an annotation. A field that stands there
//! and not in the object was not known to the API server (or was removed since):
//! the trace that a misspelt field leaves.

use serde_json::{Map, Value};

use super::clean::{SHORT, clean};
use super::fields::Fields;
use super::sharing::{Sharing, Str};

/// The annotation in which `kubectl apply` keeps what it sent.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The longest last-applied configuration that is read, in bytes. The API server
/// takes no more than 256 KiB of annotations.
const LONGEST: usize = 256 * 1024;

/// The most dropped fields that are kept for one object.
const MOST: usize = 16;

/// A field of the last-applied configuration that the object does not have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DroppedField {
    /// JSON Pointer of the object in which it was written; empty at the top.
    pub parent: Str,
    /// The field's name, as it was written.
    pub name: Str,
}

/// The fields that were applied to `object` and are not in it. Empty values are
/// passed over: the API server leaves them out. Values are never kept.
pub(crate) fn dropped_fields(object: Fields<'_>) -> Box<[DroppedField]> {
    let Some(applied) = object
        .at("metadata")
        .at("annotations")
        .raw(LAST_APPLIED)
        .filter(|text| text.len() <= LONGEST)
        .and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok())
    else {
        return Box::default();
    };
    let mut found = Vec::new();
    // A version before the stable one has other fields, which the server turns into those of
    // the stable one.
    let version = applied.get("apiVersion").and_then(Value::as_str);
    if version.is_some_and(|version| version.contains("alpha") || version.contains("beta")) {
        return Box::default();
    }
    for (part, sent) in &applied {
        match object.value(part) {
            _ if matches!(&**part, "apiVersion" | "kind" | "status") => {}
            Some(kept) => descend(
                sent,
                kept,
                &format!("/{}", escape(part)),
                object.sharing(),
                &mut found,
            ),
            None if is_empty(sent) || found.len() >= MOST => {}
            None => found.push(DroppedField {
                parent: object.sharing().str(""),
                name: object.sharing().str(&clean(part, SHORT)),
            }),
        }
    }
    found.into()
}

fn compare(
    sent: &Map<String, Value>,
    kept: &Value,
    parent: &str,
    sharing: &Sharing,
    found: &mut Vec<DroppedField>,
) {
    let Some(kept) = kept.as_object() else { return };
    for (name, value) in sent {
        if found.len() >= MOST {
            return;
        }
        match kept.get(name) {
            None if is_empty(value) || is_free_form(parent) => {}
            None => found.push(DroppedField {
                parent: sharing.str(&clean(parent, SHORT)),
                name: sharing.str(&clean(name, SHORT)),
            }),
            Some(there) => descend(
                value,
                there,
                &format!("{parent}/{}", escape(name)),
                sharing,
                found,
            ),
        }
    }
}

fn descend(
    sent: &Value,
    kept: &Value,
    path: &str,
    sharing: &Sharing,
    found: &mut Vec<DroppedField>,
) {
    match (sent, kept) {
        (Value::Object(sent), _) => compare(sent, kept, path, sharing, found),
        (Value::Array(sent), Value::Array(kept)) => {
            for (i, sent) in sent.iter().enumerate() {
                if let Some((at, kept)) = counterpart(i, sent, kept) {
                    descend(sent, kept, &format!("{path}/{at}"), sharing, found);
                }
            }
        }
        _ => {}
    }
}

/// The element of `kept` that `sent` became, with its index: the one of the same
/// name, as admission may add elements around it; without names, the one in its place.
fn counterpart<'a>(index: usize, sent: &Value, kept: &'a [Value]) -> Option<(usize, &'a Value)> {
    match sent.get("name") {
        Some(name) => kept
            .iter()
            .enumerate()
            .find(|(_, k)| k.get("name") == Some(name)),
        None => Some((index, kept.get(index)?)),
    }
}

/// Maps whose keys are the user's own, not the API's.
fn is_free_form(parent: &str) -> bool {
    let last = parent.rsplit('/').next().unwrap_or_default();
    matches!(
        last,
        "labels" | "annotations" | "matchLabels" | "nodeSelector" | "limits" | "requests"
    ) || matches!(
        parent,
        "/spec/selector" | "/data" | "/binaryData" | "/stringData"
    )
}

/// Values that the API server leaves out of what it stores.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Bool(true) => false,
    }
}

/// A field name as one step of a JSON Pointer (RFC 6901).
pub(crate) fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn dropped(sent: &Value, mut kept: Value) -> Vec<(String, String)> {
        kept["metadata"] = json!({"annotations": {LAST_APPLIED: sent.to_string()}});
        let sharing = Sharing::default();
        dropped_fields(Fields::of(&kept, &sharing))
            .iter()
            .map(|d| (d.parent.to_string(), d.name.to_string()))
            .collect()
    }

    #[test]
    fn a_field_that_the_object_lacks_is_found_with_its_place() {
        let sent = json!({"spec": {"containers": [{"name": "a", "commnd": ["x"], "env": []}]}});
        let kept = json!({"spec": {"containers": [{"name": "a"}]}});
        assert_eq!(
            dropped(&sent, kept),
            [("/spec/containers/0".to_owned(), "commnd".to_owned())]
        );
    }

    #[test]
    fn the_top_of_the_object_counts_and_older_versions_do_not() {
        let sent = json!({"apiVersion": "apps/v1", "kind": "Deployment", "replicas": 3, "status": {"x": 1}, "spec": {"paused": true}});
        let kept = json!({"spec": {}});
        assert_eq!(
            dropped(&sent, kept.clone()),
            [
                (String::new(), "replicas".to_owned()),
                ("/spec".to_owned(), "paused".to_owned())
            ]
        );
        let older = json!({"apiVersion": "networking.k8s.io/v1beta1", "spec": {"backend": {"serviceName": "web"}}});
        assert!(dropped(&older, kept).is_empty());
    }

    #[test]
    fn empty_values_and_free_form_maps_are_passed_over() {
        let sent = json!({"spec": {"paused": false, "selector": {"a": "b"}, "x": null}});
        assert!(dropped(&sent, json!({"spec": {"selector": {}}})).is_empty());
    }
}
