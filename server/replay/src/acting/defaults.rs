//! What the API server adds to a Pod that is created
//! (`k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`, and the admission that is always on).

use serde_json::{Map, Value, json};

/// How long a Pod stays on a node that is not ready or does not answer (admission
/// `DefaultTolerationSeconds`).
const STAYS: u32 = 300;

/// Adds to the `spec` of a Pod what it leaves out.
pub(super) fn pod(spec: &mut Map<String, Value>) {
    let simple = [
        ("restartPolicy", json!("Always")),
        ("dnsPolicy", json!("ClusterFirst")),
        ("schedulerName", json!("default-scheduler")),
        ("terminationGracePeriodSeconds", json!(30)),
        ("securityContext", json!({})),
        ("enableServiceLinks", json!(true)),
        ("preemptionPolicy", json!("PreemptLowerPriority")),
        ("priority", json!(0)),
        ("serviceAccountName", json!("default")),
        ("serviceAccount", json!("default")),
    ];
    for (field, value) in simple {
        spec.entry(field).or_insert(value);
    }
    let tolerations = spec.entry("tolerations").or_insert_with(|| json!([]));
    if let Some(tolerations) = tolerations.as_array_mut() {
        for key in [
            "node.kubernetes.io/not-ready",
            "node.kubernetes.io/unreachable",
        ] {
            let tolerated = |toleration: &Value| {
                let named = toleration.get("key").and_then(Value::as_str);
                named.is_none() || named == Some(key)
            };
            if !tolerations.iter().any(tolerated) {
                tolerations.push(json!({
                    "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": STAYS,
                }));
            }
        }
    }
    for list in ["containers", "initContainers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut);
        containers.into_iter().flatten().for_each(container);
    }
}

/// Adds to a container what it leaves out.
pub(super) fn container(container: &mut Value) {
    let Some(fields) = container.as_object_mut() else {
        return;
    };
    let image = fields.get("image").and_then(Value::as_str).unwrap_or("");
    let policy = if is_latest(image) {
        "Always"
    } else {
        "IfNotPresent"
    };
    let simple = [
        ("imagePullPolicy", json!(policy)),
        ("resources", json!({})),
        ("terminationMessagePath", json!("/dev/termination-log")),
        ("terminationMessagePolicy", json!("File")),
    ];
    for (field, value) in simple {
        fields.entry(field).or_insert(value);
    }
}

/// Whether an image names the tag `latest`, or none and no digest.
fn is_latest(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.split_once(':') {
        _ if last.contains('@') => false,
        Some((_, tag)) => tag == "latest",
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_without_a_tag_is_the_latest() {
        for (image, latest) in [
            ("busybox", true),
            ("busybox:latest", true),
            ("busybox:1.38", false),
            ("registry:5000/busybox", true),
            ("busybox@sha256:00", false),
        ] {
            assert_eq!(is_latest(image), latest, "{image}");
        }
    }
}
