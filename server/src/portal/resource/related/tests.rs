use podside_diagnosis::facts::{Sharing, from_object};
use podside_model::view::{Content, Value};
use serde_json::json;

use super::*;

fn cluster() -> Snapshot {
    let labels = json!({"app": "web"});
    let spec = json!({"serviceAccountName": "robot", "nodeName": "n1",
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
        "containers": [{"name": "app",
            "envFrom": [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "extra", "optional": true}}]}]});
    let owner = |kind: &str, name: &str| json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": name, "controller": true}]);
    let objects = [
        json!({"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web", "namespace": "shop", "uid": "web"},
            "spec": {"replicas": 2, "template": {"metadata": {"labels": labels}, "spec": spec}}, "status": {"readyReplicas": 1}}),
        json!({"kind": "ReplicaSet", "apiVersion": "apps/v1", "metadata": {"name": "web-1", "namespace": "shop", "uid": "web-1",
            "ownerReferences": owner("Deployment", "web")}, "spec": {"replicas": 2}, "status": {"replicas": 2, "readyReplicas": 1}}),
        json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-1-a", "namespace": "shop", "uid": "a", "labels": labels,
            "ownerReferences": owner("ReplicaSet", "web-1")}, "spec": spec,
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}],
                "containerStatuses": [{"name": "app", "state": {"running": {}}}]}}),
        json!({"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": labels}}),
        json!({"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "metadata": {"name": "web-x", "namespace": "shop",
            "labels": {"kubernetes.io/service-name": "web"}},
            "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": false}, "targetRef": {"kind": "Pod", "name": "web-1-a"}}]}),
        json!({"kind": "Ingress", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "in", "namespace": "shop"},
            "spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}}),
        json!({"kind": "HorizontalPodAutoscaler", "apiVersion": "autoscaling/v2", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 5}}),
        json!({"kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": {"name": "data", "namespace": "shop"},
            "spec": {"volumeName": "pv-1"}, "status": {"phase": "Bound"}}),
        json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n1"}, "spec": {"unschedulable": true},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
    ];
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    for object in &objects {
        snapshot.insert(from_object(object, &Sharing::default()).unwrap());
    }
    snapshot
}

/// What the page of an object leads to, a line each: relation, object, state.
fn lines(snapshot: &Snapshot, object: &ObjectRef) -> Vec<String> {
    let words = ObservedWords::of(Lang::En);
    let links = links(snapshot, object);
    links
        .iter()
        .map(|link| {
            let state = state(snapshot, &link.object, words);
            format!("{} {}: {state:?}", link.relation.word(words), link.object)
        })
        .collect()
}

fn of(kind: &str, group: &str, name: &str) -> ObjectRef {
    ObjectRef::namespaced(kind, "shop", name).in_group(group)
}

#[test]
fn a_pod_leads_to_all_that_it_stands_on() {
    assert_eq!(
        lines(&cluster(), &of("Pod", "", "web-1-a")),
        [
            r#"owned by ReplicaSet shop/web-1: Is("1 of 2 ready")"#,
            r#"runs on Node n1: Is("Ready, SchedulingDisabled")"#,
            "runs as ServiceAccount shop/robot: Missing",
            r#"uses PersistentVolumeClaim shop/data: Is("Bound")"#,
            "uses ConfigMap shop/settings: Missing",
            "uses Secret shop/extra: Missing",
            r#"selected by Service shop/web: Is("0 of 1 endpoint ready")"#,
        ]
    );
}

#[test]
fn a_deployment_leads_to_what_it_makes_and_who_looks_at_it() {
    assert_eq!(
        lines(&cluster(), &of("Deployment", "apps", "web"))[..2],
        [
            r#"owns ReplicaSet shop/web-1: Is("1 of 2 ready")"#,
            r#"owns Pod shop/web-1-a: Is("Running, not ready")"#,
        ]
    );
    let all = lines(&cluster(), &of("Deployment", "apps", "web"));
    assert!(
        all.iter()
            .any(|it| it.starts_with("scaled by HorizontalPodAutoscaler")),
        "{all:?}"
    );
    let scaler = of("HorizontalPodAutoscaler", "autoscaling", "web");
    assert_eq!(
        lines(&cluster(), &scaler),
        [r#"scales Deployment shop/web: Is("1 of 2 ready")"#]
    );
}

#[test]
fn a_service_leads_to_its_endpoints_and_to_the_pods_behind_them() {
    let all = lines(&cluster(), &of("Service", "", "web"));
    assert_eq!(
        all,
        [
            r#"endpoints EndpointSlice shop/web-x: Is("0 of 1 ready")"#,
            r#"routes to Pod shop/web-1-a: Is("Running, not ready")"#,
            r#"routed from Ingress shop/in: Is("")"#,
        ]
    );
}

#[test]
fn what_is_used_leads_back_to_who_uses_it() {
    let snapshot = cluster();
    assert_eq!(
        lines(&snapshot, &of("PersistentVolumeClaim", "", "data")),
        [
            "bound to PersistentVolume pv-1: Missing",
            r#"used by Pod shop/web-1-a: Is("Running, not ready")"#,
        ]
    );
    for (kind, name) in [("ConfigMap", "settings"), ("ServiceAccount", "robot")] {
        assert_eq!(
            lines(&snapshot, &of(kind, "", name)),
            [r#"used by Deployment shop/web: Is("1 of 2 ready")"#],
            "{kind}"
        );
    }
}

#[test]
fn what_may_be_missing_is_not_marked_and_what_is_not_known_is_not_called_missing() {
    let read = |snapshot: &Snapshot, name: &str| {
        let sight = podside_cluster::Sight {
            snapshot: std::sync::Arc::new(snapshot.clone()),
            diagnosis: None,
            awaited: 0,
            events_since: None,
            liveness: podside_model::Liveness::Live {
                at: "2026-01-01T12:00:00Z".parse().unwrap(),
            },
        };
        let section = section(
            snapshot,
            &Worst::of(&sight),
            &of("Pod", "", "web-1-a"),
            Lang::En,
        );
        let Content::Table { rows, .. } = section.unwrap().content else {
            panic!("no table");
        };
        let is_named = |row: &&Vec<Vec<Value>>| matches!(&row[1][..], [Value::Object(object)] if object.name == name);
        rows.iter().find(is_named).unwrap()[2].clone()
    };
    let mut snapshot = cluster();
    let missing = Value::State(
        podside_model::Severity::Warning,
        "does not exist".to_owned(),
    );
    assert_eq!(read(&snapshot, "settings"), [missing]);
    let optional = Value::Quiet("does not exist, and need not".to_owned());
    assert_eq!(read(&snapshot, "extra"), [optional]);
    let denied = podside_diagnosis::snapshot::Reading::Unknown(podside_model::Why::Denied);
    snapshot.set_reading(podside_diagnosis::facts::Kind::ConfigMap, None, denied);
    assert_eq!(
        read(&snapshot, "settings"),
        [Value::Quiet("not read".to_owned())]
    );
}

#[test]
fn no_absurd_object_leads_anywhere() {
    let snapshot = cluster();
    for object in [
        ObjectRef::cluster("Widget", "web"),
        of("Pod", "", "gone"),
        of("Namespace", "", "shop"),
        ObjectRef::cluster("Pod", ""),
    ] {
        assert_eq!(links(&snapshot, &object), [], "{object}");
    }
}
