//! Changing a Pod that is kept, and the words in which its state is told.

use serde_json::{Map, Value, json};

use super::agenda::Turn;
use crate::{cluster::Cluster, fields::Fields, recording::ChangeKind};

/// Changes the Pod of a turn, if it is still the same one and `change` has something to
/// change.
pub(super) fn change(cluster: &Cluster, turn: &Turn, change: impl FnOnce(&mut Value) -> bool) {
    let _changing = cluster.acting.done();
    change_held(cluster, turn, change);
}

/// The same for who holds what was done already.
pub(super) fn change_held(cluster: &Cluster, turn: &Turn, change: impl FnOnce(&mut Value) -> bool) {
    let (namespace, name) = &turn.pod;
    let Some(pod) = cluster.store.get("pods", namespace, name) else {
        return;
    };
    if pod.text("/metadata/uid") != turn.uid {
        return;
    }
    let mut pod = Value::clone(&pod);
    if change(&mut pod) {
        cluster
            .store
            .apply(ChangeKind::Modified, &"pods".into(), pod);
    }
}

/// Sets a field of an object that may not be there yet.
pub(super) fn set(object: &mut Value, field: &str, value: Value) {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

/// Sets a field of `status`.
pub(super) fn set_status(pod: &mut Value, field: &str, value: Value) {
    if pod.get("status").is_none() {
        set(pod, "status", json!({}));
    }
    if let Some(status) = pod.get_mut("status") {
        set(status, field, value);
    }
}

/// Sets a condition of a Pod.
pub(super) fn set_condition(pod: &mut Value, kind: &str, is: bool, reason: &str, now: &str) {
    let mut condition = json!({
        "type": kind,
        "status": if is { "True" } else { "False" },
        "lastProbeTime": null,
        "lastTransitionTime": now,
    });
    if !reason.is_empty() {
        set(&mut condition, "reason", json!(reason));
    }
    let mut conditions = pod.list("/status/conditions").to_vec();
    conditions.retain(|other| other.text("/type") != kind);
    conditions.push(condition);
    set_status(pod, "conditions", Value::Array(conditions));
}

/// The status of a container.
pub(super) fn status(container: &Value, state: Value, id: &str) -> Value {
    let is_running = state.get("running").is_some();
    json!({
        "name": container.text("/name"),
        "image": container.text("/image"),
        "imageID": "",
        "containerID": id,
        "ready": is_running,
        "started": is_running,
        "restartCount": 0,
        "lastState": {},
        "state": state,
    })
}

/// How a container ended.
pub(super) fn terminated(exit_code: i32, id: &str, started: &str, now: &str) -> Value {
    json!({"terminated": {
        "exitCode": exit_code,
        "reason": if exit_code == 0 { "Completed" } else { "Error" },
        "startedAt": started,
        "finishedAt": now,
        "containerID": id,
    }})
}

/// The cluster's now, in whole seconds as the API has it.
pub(super) fn now(cluster: &Cluster) -> String {
    cluster.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A uid that no other object has.
pub(super) fn new_uid() -> String {
    let hex = new_id();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// The id of a container.
pub(super) fn container_id() -> String {
    format!("containerd://{}{}", new_id(), new_id())
}

/// 32 random hexadecimal digits.
fn new_id() -> String {
    let mut bytes = [0_u8; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::warn!(%error, "the system gives no random numbers");
    }
    hex::encode(bytes)
}
