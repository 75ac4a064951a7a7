use serde_json::json;

use super::*;

#[test]
fn odd_objects_are_read_without_fail() {
    let sharing = Sharing::default();
    for kind in Kind::ALL {
        for spec in [
            json!(null),
            json!(7),
            json!([1]),
            json!({"containers": {"a": 1}}),
        ] {
            let object = json!({
                "metadata": {"name": "x", "labels": [], "ownerReferences": "no"},
                "spec": spec, "status": spec, "rules": 1, "webhooks": [null, {}],
            });
            assert!(
                from_object_of(*kind, &object, &sharing).is_some(),
                "{kind:?}"
            );
        }
    }
    assert!(from_object(&json!({"kind": "Pod"}), &sharing).is_none());
    assert!(from_object(&json!(null), &sharing).is_none());
}

#[test]
fn values_of_secrets_do_not_become_facts() {
    let object = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": "db", "namespace": "a", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{\"stringData\":{\"p\":\"hunter2\"}}"}},
        "data": {"password": "aHVudGVyMg=="}, "stringData": {"p": "hunter2"},
    });
    let fact = from_object(&object, &Sharing::default()).unwrap();
    let shown = format!("{fact:?}");
    assert!(shown.contains("password"));
    assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVyMg"));
}

#[test]
fn both_forms_of_an_event_are_one_fact() {
    let sharing = Sharing::default();
    let core = json!({
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "a"},
        "involvedObject": {"kind": "Pod", "namespace": "a", "name": "p", "uid": "u"},
        "reason": "Failed", "message": "m", "type": "Warning", "count": 4,
        "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:01:00Z",
        "source": {"component": "kubelet"}, "reportingComponent": "kubelet",
    });
    let new = json!({
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e", "namespace": "a"},
        "regarding": {"kind": "Pod", "namespace": "a", "name": "p", "uid": "u"},
        "reason": "Failed", "note": "m", "type": "Warning", "deprecatedCount": 4,
        "deprecatedFirstTimestamp": "2026-01-01T00:00:00Z",
        "deprecatedLastTimestamp": "2026-01-01T00:01:00Z", "reportingController": "kubelet",
    });
    assert_eq!(from_object(&core, &sharing), from_object(&new, &sharing));
}

#[test]
fn what_is_said_once_is_not_shared() {
    let sharing = Sharing::default();
    let object = |kind: &str| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "n", "namespace": "a", "uid": "u"}});
    let read = |kind: &str| from_object(&object(kind), &sharing).unwrap();
    let shared = |one: &Fact, other: &Fact| {
        let (one, other) = (one.meta(), other.meta());
        [
            (&one.name, &other.name),
            (&one.namespace, &other.namespace),
            (&one.uid, &other.uid),
        ]
        .map(|(one, other)| Arc::ptr_eq(one, other))
    };
    assert_eq!(shared(&read("Pod"), &read("Pod")), [true, true, false]);
    assert_eq!(shared(&read("Event"), &read("Event")), [false, true, false]);
    assert_eq!(read("Pod"), read("Pod"));
}

#[test]
fn a_kind_of_another_group_is_another_kind() {
    let object = json!({
        "apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "x"},
    });
    let fact = from_object(&object, &Sharing::default()).unwrap();
    assert_eq!(fact.kind(), Kind::Other);
}
