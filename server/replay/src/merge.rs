//! Several recordings as one cluster, if they agree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    error::{ReplayError, Result},
    fields::Fields,
    object::Identity,
    recording::Recording,
};

/// Check that the recordings can be one cluster and leave every object in one
/// of them only.
pub(crate) fn merge(recordings: Vec<Recording>) -> Result<Vec<Recording>> {
    let mut seen: BTreeMap<Identity, String> = BTreeMap::new();
    let mut merged = Vec::new();
    for mut recording in recordings {
        let mut kept = Vec::new();
        let mut shared = BTreeSet::new();
        for object in std::mem::take(&mut recording.objects) {
            let key = object.identity();
            if let Some((Identity(other), first)) = seen.get_key_value(&key) {
                if *first != recording.name && !agree(&object.value(), &other.value()) {
                    return Err(ReplayError::Conflict {
                        first: first.clone(),
                        second: recording.name.clone(),
                        what: format!(
                            "both have a {} {}",
                            object.kind(),
                            place(object.namespace(), object.name())
                        ),
                    });
                }
                shared.insert(key);
                continue;
            }
            seen.insert(key, recording.name.clone());
            kept.push(object);
        }
        recording.objects = kept;
        // What happened to a shared object is told by the recording that has it.
        recording
            .changes
            .retain(|c| !shared.contains(&c.object.identity()));
        merged.push(recording);
    }
    Ok(merged)
}

fn place(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}/{name}")
    }
}

/// Whether two recorded states can be the same object: equal in what people
/// set; what the cluster reports (status, versions, times) ages.
fn agree(one: &Value, other: &Value) -> bool {
    let settled = |o: &Value| {
        let mut o = o.clone();
        if let Some(map) = o.as_object_mut() {
            map.remove("status");
            map.remove("metadata");
        }
        o
    };
    let namespaced = one.has("/metadata/namespace") || one.text("/kind") == "Namespace";
    !namespaced
        && one.pointer("/metadata/labels") == other.pointer("/metadata/labels")
        && settled(one) == settled(other)
}
