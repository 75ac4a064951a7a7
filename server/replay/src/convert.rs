//! The same object in another version of the API: events in their newer
//! group, HorizontalPodAutoscalers in `autoscaling/v1`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{catalogue::Resource, fields::Fields, object::Object};

/// The object as `resource` shows it; `None` if this version cannot show it.
pub(crate) fn to(resource: &Resource, object: &Arc<Value>) -> Option<Arc<Value>> {
    let wanted = resource.api_version();
    let stored = object.text("/apiVersion");
    if stored == wanted {
        return Some(object.clone());
    }
    match (stored, wanted.as_str()) {
        ("v1", "events.k8s.io/v1") => Some(Arc::new(event(object))),
        ("events.k8s.io/v1", "v1") => Some(Arc::new(core_event(object))),
        ("autoscaling/v2", "autoscaling/v1") => Some(Arc::new(autoscaler(object))),
        _ => None,
    }
}

/// The same of an object that is kept as text.
pub(crate) fn kept(resource: &Resource, object: &Object) -> Option<Object> {
    if resource.is_of(object.api_version()) {
        return Some(object.clone());
    }
    let converted = to(resource, &Arc::new(object.value()))?;
    Some(Object::new(Arc::unwrap_or_clone(converted)))
}

/// Field names of `v1` and `events.k8s.io/v1`
/// (<https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/>).
const EVENT_FIELDS: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

fn event(core: &Value) -> Value {
    let mut newer = renamed(core, "events.k8s.io/v1", |name| {
        EVENT_FIELDS
            .iter()
            .find(|(old, _)| *old == name)
            .map(|(_, new)| *new)
    });
    // The newer group leaves out what is empty here.
    if let Some(map) = newer.as_object_mut() {
        for name in [
            "reportingController",
            "reportingInstance",
            "action",
            "note",
            "reason",
            "type",
        ] {
            if map.get(name).and_then(Value::as_str) == Some("") {
                map.remove(name);
            }
        }
    }
    newer
}

fn core_event(newer: &Value) -> Value {
    renamed(newer, "v1", |name| {
        EVENT_FIELDS
            .iter()
            .find(|(_, new)| *new == name)
            .map(|(old, _)| *old)
    })
}

fn renamed(
    object: &Value,
    api_version: &str,
    name: impl Fn(&str) -> Option<&'static str>,
) -> Value {
    let mut out = Map::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        out.insert(name(key).unwrap_or(key).to_owned(), value.clone());
    }
    out.insert("apiVersion".to_owned(), json!(api_version));
    Value::Object(out)
}

/// `autoscaling/v1` has room for the CPU target only; the rest goes into
/// annotations, as the API server does.
fn autoscaler(v2: &Value) -> Value {
    let mut metadata = v2.get("metadata").cloned().unwrap_or_default();
    let is_cpu = |m: &&Value| {
        m.text("/type") == "Resource"
            && m.text("/resource/name") == "cpu"
            && (m.has("/resource/target/averageUtilization")
                || m.has("/resource/current/averageUtilization"))
    };
    let others = |pointer: &str| -> Vec<Value> {
        v2.list(pointer)
            .iter()
            .filter(|m| !is_cpu(m))
            .cloned()
            .collect()
    };
    let annotations = [
        ("metrics", others("/spec/metrics")),
        ("current-metrics", others("/status/currentMetrics")),
        ("conditions", v2.list("/status/conditions").to_vec()),
    ];
    if let Some(metadata) = metadata.as_object_mut() {
        for (name, value) in annotations {
            if value.is_empty() {
                continue;
            }
            let map = metadata.entry("annotations").or_insert_with(|| json!({}));
            if let Some(map) = map.as_object_mut() {
                map.insert(
                    format!("autoscaling.alpha.kubernetes.io/{name}"),
                    json!(Value::Array(value).to_string()),
                );
            }
        }
    }
    let mut spec = Map::new();
    for field in ["scaleTargetRef", "minReplicas", "maxReplicas"] {
        if let Some(value) = v2.pointer(&format!("/spec/{field}")) {
            spec.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(target) = v2
        .list("/spec/metrics")
        .iter()
        .find(is_cpu)
        .and_then(|m| m.number("/resource/target/averageUtilization"))
    {
        spec.insert("targetCPUUtilizationPercentage".to_owned(), json!(target));
    }
    let mut status = Map::new();
    for field in [
        "observedGeneration",
        "lastScaleTime",
        "currentReplicas",
        "desiredReplicas",
    ] {
        if let Some(value) = v2.pointer(&format!("/status/{field}")) {
            status.insert(field.to_owned(), value.clone());
        }
    }
    if let Some(current) = v2
        .list("/status/currentMetrics")
        .iter()
        .find(is_cpu)
        .and_then(|m| m.number("/resource/current/averageUtilization"))
    {
        status.insert("currentCPUUtilizationPercentage".to_owned(), json!(current));
    }
    json!({
        "kind": "HorizontalPodAutoscaler", "apiVersion": "autoscaling/v1",
        "metadata": metadata, "spec": spec, "status": status,
    })
}
