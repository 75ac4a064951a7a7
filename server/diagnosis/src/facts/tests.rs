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

fn fact(object: &Value) -> Fact {
    from_object(object, &Sharing::default()).unwrap()
}

#[test]
fn a_gateway_has_its_listeners_with_what_is_said_of_them() {
    let Fact::Gateway(gateway) = fact(&json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "edge", "namespace": "infra"},
        "spec": {"gatewayClassName": "envoy", "listeners": [
            {"name": "http", "port": 80, "protocol": "HTTP"},
            {"name": "tls", "port": 443, "protocol": "HTTPS", "hostname": "a.example",
                "tls": {"certificateRefs": [{"name": "cert"}, {"name": "other", "namespace": "certs"}]}}]},
        "status": {"addresses": [{"value": "192.0.2.1"}], "conditions": [{"type": "Programmed", "status": "True"}],
            "listeners": [{"name": "tls", "attachedRoutes": 2, "conditions": [{"type": "ResolvedRefs", "status": "False", "reason": "InvalidCertificateRef"}]}]},
    })) else {
        panic!("it is a Gateway");
    };
    let [http, tls] = &*gateway.listeners else {
        panic!("{:?}", gateway.listeners);
    };
    assert_eq!((http.status_index, http.attached_routes), (None, None));
    assert_eq!((tls.status_index, tls.attached_routes), (Some(0), Some(2)));
    assert_eq!(&*tls.conditions[0].reason, "InvalidCertificateRef");
    let certificates: Vec<(&str, &str)> = tls
        .certificates
        .iter()
        .map(|(of, name)| (&**of, &**name))
        .collect();
    assert_eq!(certificates, [("infra", "cert"), ("certs", "other")]);
    assert_eq!(Kind::of(&gateway.object_ref()), Some(Kind::Gateway));
    assert_eq!(Kind::Gateway.kubectl(), "gateway.gateway.networking.k8s.io");
}

#[test]
fn a_route_has_its_parents_and_backends_where_they_are() {
    let route = |kind: &str| {
        fact(&json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"hostnames": ["a.example"], "parentRefs": [{"name": "edge", "namespace": "infra", "sectionName": "tls"}],
                "rules": [{"filters": [{"requestMirror": {"backendRef": {"name": "copy", "port": 80}}}],
                    "backendRefs": [{"name": "cart", "port": 80}, {"group": "example.com", "kind": "Bucket", "name": "b", "namespace": "x"}]}]},
            "status": {"parents": [{"parentRef": {"name": "edge", "namespace": "infra"}, "controllerName": "c",
                "conditions": [{"type": "Accepted", "status": "False", "reason": "NotAllowedByListeners"}]}]},
        }))
    };
    let (Fact::HttpRoute(http), Fact::GrpcRoute(grpc)) = (route("HTTPRoute"), route("GRPCRoute"))
    else {
        panic!("each is of its kind");
    };
    assert_eq!((http.kind(), grpc.kind()), ("HTTPRoute", "GRPCRoute"));
    assert_eq!(http.backends, grpc.backends);
    let backends: Vec<(&str, String)> = http
        .backends
        .iter()
        .map(|to| {
            (
                &*to.pointer,
                to.kind.object(&to.namespace, &to.name).to_string(),
            )
        })
        .collect();
    assert_eq!(
        backends,
        [
            (
                "/spec/rules/0/backendRefs/0",
                "Service shop/cart".to_owned()
            ),
            (
                "/spec/rules/0/backendRefs/1",
                "Bucket.example.com x/b".to_owned()
            ),
            (
                "/spec/rules/0/filters/0/requestMirror/backendRef",
                "Service shop/copy".to_owned()
            ),
        ]
    );
    let parent = &http.parents[0];
    assert_eq!(
        (&*parent.kind.group, &*parent.namespace, &*parent.section),
        ("gateway.networking.k8s.io", "infra", "tls")
    );
    assert_eq!(
        &*http.statuses[0].conditions[0].reason,
        "NotAllowedByListeners"
    );
}

#[test]
fn volumes_devices_and_what_is_known_of_them_are_read() {
    let Fact::VolumeAttachment(attachment) = fact(&json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": "csi-1"},
        "spec": {"attacher": "ebs", "nodeName": "n1", "source": {"persistentVolumeName": "pv"}},
        "status": {"attached": false, "attachError": {"message": "is in use", "errorCode": 9}},
    })) else {
        panic!("it is a VolumeAttachment");
    };
    let error = attachment.attach_error.as_ref().unwrap();
    assert_eq!((&*error.message, error.code), ("is in use", Some(9)));
    assert_eq!(
        (&*attachment.volume, attachment.detach_error.is_none()),
        ("pv", true)
    );

    let Fact::CsiNode(node) = fact(&json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": {"name": "n1"},
        "spec": {"drivers": [{"name": "ebs", "nodeID": "i", "topologyKeys": ["zone"], "allocatable": {"count": 25}}]},
    })) else {
        panic!("it is a CSINode");
    };
    assert_eq!(node.drivers[0].allocatable, Some(25));

    let Fact::CsiStorageCapacity(capacity) = fact(&json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity", "metadata": {"name": "c", "namespace": "x"},
        "storageClassName": "fast", "capacity": "0", "nodeTopology": {"matchLabels": {"zone": "a"}},
    })) else {
        panic!("it is a CSIStorageCapacity");
    };
    assert_eq!(capacity.capacity.as_ref().map(Quantity::whole), Some(0));
    assert!(capacity.largest.is_none() && capacity.nodes.present);

    let Fact::ResourceClaim(claim) = fact(&json!({
        "apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaim", "metadata": {"name": "gpu", "namespace": "ml"},
        "spec": {"devices": {"requests": [{"name": "one"}]}},
        "status": {"allocation": {"devices": {"results": [{"request": "one", "driver": "d", "pool": "p", "device": "gpu-0"}]}},
            "reservedFor": [{"resource": "pods", "name": "train", "uid": "u"}],
            "devices": [{"driver": "d", "pool": "p", "device": "gpu-0", "conditions": [{"type": "Ready", "status": "False"}]}]},
    })) else {
        panic!("it is a ResourceClaim");
    };
    assert!(claim.allocated && claim.devices[0].conditions[0].is_false());
    assert_eq!(
        (claim.devices[0].status_index, &*claim.reserved_for[0].name),
        (Some(0), "train")
    );
}

#[test]
fn older_workloads_and_revisions_are_read() {
    let Fact::ReplicationController(controller) = fact(&json!({
        "apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "old", "namespace": "a"},
        "spec": {"replicas": 2, "selector": {"app": "old"}, "template": {"spec": {"containers": [{"name": "app"}]}}},
        "status": {"replicas": 2, "readyReplicas": 1},
    })) else {
        panic!("it is a ReplicationController");
    };
    assert_eq!(
        (controller.replicas.wanted, controller.replicas.ready),
        (2, 1)
    );
    assert!(controller.selector.present && controller.template.spec.containers.len() == 1);
    let Fact::ControllerRevision(revision) = fact(&json!({
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": 7,
        "metadata": {"name": "db-1", "namespace": "a", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{\"spec\":{\"replica\":1}}"}},
        "data": {"spec": {"template": {}}},
    })) else {
        panic!("it is a ControllerRevision");
    };
    assert_eq!((revision.revision, revision.meta.dropped.len()), (7, 0));
}

#[test]
fn of_any_other_kind_what_all_have_is_read() {
    let Fact::Other(other) = fact(&json!({
        "apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one", "namespace": "a", "generation": 3},
        "spec": {"secret": "hunter2"},
        "status": {"phase": "Painting", "observedGeneration": 2, "conditions": [{"type": "Ready", "status": "False", "reason": "OutOfPaint"}]},
    })) else {
        panic!("it is of another kind");
    };
    assert_eq!(
        (&*other.phase, other.observed_generation),
        ("Painting", Some(2))
    );
    assert_eq!(&*other.conditions[0].reason, "OutOfPaint");
    assert!(!format!("{other:?}").contains("hunter2"));
    let odd = fact(
        &json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "odd"},
        "status": {"phase": 7, "observedGeneration": "x", "conditions": {"Ready": true}}}),
    );
    let Fact::Other(odd) = odd else {
        panic!("{odd:?}")
    };
    assert!(odd.phase.is_empty() && odd.conditions.is_empty() && odd.observed_generation.is_none());
}
