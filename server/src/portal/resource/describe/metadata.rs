use podside_diagnosis::facts::{Meta, Sharing, from_object};
use podside_model::ObjectRef;
use podside_model::view::Value;
use serde_json::Value as Any;

use super::json::{Json, plain};
use super::rows::Rows;

/// The annotation that repeats the whole object; `kubectl describe` leaves it out.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Longest value of an annotation that is shown.
const LONGEST: usize = 200;

/// `Labels` and `Annotations`.
pub(super) fn labels_and_annotations(rows: &mut Rows, object: &Any) {
    rows.labels("Labels", object, "/metadata/labels");
    let annotations = object
        .map("/metadata/annotations")
        .into_iter()
        .flatten()
        .filter(|(key, _)| *key != LAST_APPLIED)
        .map(|(key, value)| {
            let value = plain(value).unwrap_or_default();
            Value::Label(format!("{key}: {}", short(&value)))
        })
        .collect();
    rows.row("Annotations", annotations);
}

/// `Controlled By`, when the object has a controller.
pub(super) fn controlled_by(rows: &mut Rows, object: &Any) {
    let fact = from_object(object, &Sharing::default());
    if let Some(controller) = fact.and_then(|fact| controller(fact.meta())) {
        rows.row("Controlled By", vec![Value::Object(controller)]);
    }
}

/// The owner that manages the object (Kubernetes API, `OwnerReference.controller`).
pub(in crate::portal::resource) fn controller(meta: &Meta) -> Option<ObjectRef> {
    let owner = meta.controller()?;
    let is_named = !owner.kind.name.is_empty() && !owner.name.is_empty();
    is_named.then(|| owner.kind.object(&meta.namespace, &owner.name))
}

fn short(value: &str) -> String {
    if value.chars().count() <= LONGEST {
        value.to_owned()
    } else {
        value.chars().take(LONGEST).chain(['…']).collect()
    }
}
