use podside_diagnosis::facts::group_of;
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
    if let Some(controller) = controller(object) {
        rows.row("Controlled By", vec![Value::Object(controller)]);
    }
}

/// The owner that manages the object (Kubernetes API, `OwnerReference.controller`).
pub(in crate::portal::resource) fn controller(object: &Any) -> Option<ObjectRef> {
    let owner = object
        .list("/metadata/ownerReferences")
        .iter()
        .find(|owner| owner.at("/controller").as_bool() == Some(true))?;
    let kind = owner.text("/kind")?;
    let version = owner.text("/apiVersion").unwrap_or_default();
    Some(ObjectRef {
        group: group_of(&version, &kind).to_owned(),
        kind,
        namespace: object.text("/metadata/namespace"),
        name: owner.text("/name")?,
        container: None,
    })
}

fn short(value: &str) -> String {
    if value.chars().count() <= LONGEST {
        value.to_owned()
    } else {
        value.chars().take(LONGEST).chain(['…']).collect()
    }
}
