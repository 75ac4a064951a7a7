use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, neighbour};
use super::section;

/// The section `Volumes`: each with where it comes from.
pub(super) fn volumes(owner: &Any, pointer: &str) -> Option<Section> {
    let mut rows = Rows::default();
    for volume in owner.list(pointer) {
        if let Some(name) = volume.text("/name") {
            rows.row(&name, source(volume, owner));
        }
    }
    section("Volumes", None, rows)
}

fn source(volume: &Any, owner: &Any) -> Vec<Value> {
    for (kind, pointer) in [
        ("ConfigMap", "/configMap/name"),
        ("Secret", "/secret/secretName"),
        ("PersistentVolumeClaim", "/persistentVolumeClaim/claimName"),
    ] {
        if let Some(name) = volume.text(pointer) {
            return vec![neighbour(kind, name, owner)];
        }
    }
    if volume.at("/projected").is_object() {
        return projected(volume, owner);
    }
    if let Some(path) = volume.text("/hostPath/path") {
        let kind = volume.text("/hostPath/type").map(Value::Quiet);
        return [
            Some(Value::Text("HostPath".to_owned())),
            Some(Value::Mono(path)),
            kind,
        ]
        .into_iter()
        .flatten()
        .collect();
    }
    if volume.at("/emptyDir").is_object() {
        let medium = volume.text("/emptyDir/medium").map(Value::Quiet);
        let limit = volume.text("/emptyDir/sizeLimit").map(Value::Mono);
        return [Some(Value::Text("EmptyDir".to_owned())), medium, limit]
            .into_iter()
            .flatten()
            .collect();
    }
    // Every other source is one field of the volume beside its name.
    volume
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys())
        .find(|field| *field != "name")
        .map(|field| Value::Text(field.clone()))
        .into_iter()
        .collect()
}

fn projected(volume: &Any, owner: &Any) -> Vec<Value> {
    let mut values = vec![Value::Text("Projected".to_owned())];
    for source in volume.list("/projected/sources") {
        if let Some(name) = source.text("/configMap/name") {
            values.push(neighbour("ConfigMap", name, owner));
        } else if let Some(name) = source.text("/secret/name") {
            values.push(neighbour("Secret", name, owner));
        } else if source.at("/serviceAccountToken").is_object() {
            values.push(Value::Quiet("ServiceAccount token".to_owned()));
        } else if source.at("/downwardAPI").is_object() {
            values.push(Value::Quiet("DownwardAPI".to_owned()));
        }
    }
    values
}
