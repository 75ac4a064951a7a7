use podside_model::ObjectRef;
use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::{Json, plain};
use super::rows::Rows;
use super::{metadata, section};

/// A claim as `kubectl describe pvc` shows it.
pub(super) fn sections(claim: &Any) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", claim, "/metadata/namespace");
    let other = |kind: &str, pointer: &str| -> Vec<Value> {
        claim
            .text(pointer)
            .map(|name| Value::Object(ObjectRef::cluster(kind, name)))
            .into_iter()
            .collect()
    };
    rows.row(
        "StorageClass",
        other("StorageClass", "/spec/storageClassName"),
    )
    .text("Status", claim, "/status/phase")
    .row("Volume", other("PersistentVolume", "/spec/volumeName"));
    metadata::labels_and_annotations(&mut rows, claim);
    let finalizers = claim
        .list("/metadata/finalizers")
        .iter()
        .filter_map(plain)
        .map(Value::Label)
        .collect();
    rows.row("Finalizers", finalizers)
        .mono("Capacity", claim, "/status/capacity/storage")
        .mono("Requested", claim, "/spec/resources/requests/storage")
        .row("Access Modes", access_modes(claim, "/spec/accessModes"))
        .text("VolumeMode", claim, "/spec/volumeMode");
    section("PersistentVolumeClaim", None, rows)
        .into_iter()
        .collect()
}

/// Access modes as the API spells them.
pub(super) fn access_modes(object: &Any, pointer: &str) -> Vec<Value> {
    object
        .list(pointer)
        .iter()
        .filter_map(plain)
        .map(Value::Text)
        .collect()
}
