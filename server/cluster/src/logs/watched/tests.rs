use podside_diagnosis::facts::{Sharing, from_object};
use serde_json::{Value, json};

use super::*;

fn snapshot(objects: &[Value]) -> Snapshot {
    let mut snapshot = Snapshot::new(jiff::Timestamp::UNIX_EPOCH);
    for object in objects {
        snapshot.insert(from_object(object, &Sharing::default()).unwrap());
    }
    snapshot
}

fn pod(name: &str, app: &str, created: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "creationTimestamp": created,
            "labels": {"app": app, "pod-template-hash": "5d9f"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d9f",
                "uid": "set", "controller": true}]},
        "spec": {"initContainers": [{"name": "setup"}], "containers": [{"name": "app"}]},
        "status": {"containerStatuses": [{"name": "app", "restartCount": 3}]}})
}

fn shop() -> Snapshot {
    snapshot(&[
        pod("web-5d9f-b", "web", "2026-01-01T10:00:00Z"),
        pod("web-5d9f-a", "web", "2026-01-01T11:00:00Z"),
        pod("cart", "cart", "2026-01-01T09:00:00Z"),
        json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": {"matchLabels": {"app": "web"}}}}),
        json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "by-hand", "namespace": "shop"}, "spec": {}}),
    ])
}

fn names(list: &PodList) -> Vec<&str> {
    list.pods.iter().map(|pod| pod.name.as_str()).collect()
}

fn workload(kind: Kind, name: &str) -> LogTarget {
    LogTarget::Workload {
        kind,
        name: name.to_owned(),
    }
}

#[test]
fn pods_are_found_by_what_selects_them_oldest_first() {
    let shop = shop();
    let found = |target: LogTarget| find(&shop, "shop", &[target]).unwrap();
    let all = find(&shop, "shop", &[]).unwrap();
    assert_eq!(names(&all), ["cart", "web-5d9f-b", "web-5d9f-a"]);
    let of_web = found(workload(Kind::Deployment, "web"));
    assert_eq!(names(&of_web), ["web-5d9f-b", "web-5d9f-a"]);
    assert_eq!(of_web.selectors, ["app=web"]);
    let others = found(LogTarget::Selector("app notin (web)".to_owned()));
    assert_eq!(names(&others), ["cart"]);
    let none = found(workload(Kind::Service, "by-hand"));
    assert!(none.pods.is_empty(), "what selects nothing selects nothing");
    assert!(find(&shop, "vault", &[]).unwrap().pods.is_empty());
}

#[test]
fn what_is_not_among_the_facts_is_left_to_the_api_server() {
    let (shop, gone) = (shop(), LogTarget::Pod("gone".to_owned()));
    assert!(find(&shop, "shop", std::slice::from_ref(&gone)).is_none());
    assert!(selector_of(&shop, Kind::Job, "shop", "web").is_none());
    assert!(selector_of(&shop, Kind::Deployment, "shop", "gone").is_none());
    let odd = LogTarget::Selector("app in web".to_owned());
    assert!(find(&shop, "shop", &[odd]).is_none());
    // Beside others it is one that is not there.
    let both = [gone, LogTarget::Pod("cart".to_owned())];
    assert_eq!(names(&find(&shop, "shop", &both).unwrap()), ["cart"]);
}

#[test]
fn a_pod_is_told_as_the_api_server_would() {
    let one = [LogTarget::Pod("web-5d9f-a".to_owned())];
    let list = find(&shop(), "shop", &one).unwrap();
    assert_eq!(
        list.pods,
        [PodSources {
            name: "web-5d9f-a".to_owned(),
            uid: "web-5d9f-a".to_owned(),
            // The ReplicaSet is not among the facts; its name tells.
            owner: Some(ObjectRef::namespaced("Deployment", "shop", "web")),
            containers: vec![("app".to_owned(), 3), ("setup".to_owned(), 0)],
            waits: [].into(),
        }]
    );
}

#[test]
fn more_than_a_list_would_have_are_counted() {
    let many: Vec<Value> = (0..MAX_PODS + 7)
        .map(|number| pod(&format!("web-{number}"), "web", "2026-01-01T10:00:00Z"))
        .collect();
    let found = find(&snapshot(&many), "shop", &[]).unwrap();
    assert_eq!((found.pods.len(), found.left_out), (MAX_PODS, 7));
}

#[test]
fn warnings_about_pods_are_told_in_the_order_of_time() {
    let event = |name: &str, kind: &str, of: &str, at: &str| {
        json!({"apiVersion": "v1", "kind": "Event", "type": of, "reason": "BackOff",
            "message": name, "count": 4, "lastTimestamp": at,
            "metadata": {"name": name, "namespace": "shop"},
            "involvedObject": {"kind": kind, "namespace": "shop", "name": "web"}})
    };
    let snapshot = snapshot(&[
        event("late", "Pod", "Warning", "1970-01-01T00:00:09Z"),
        event("early", "Pod", "Warning", "1970-01-01T00:00:01Z"),
        event("of-a-node", "Node", "Warning", "1970-01-01T00:00:01Z"),
        event("as-it-should", "Pod", "Normal", "1970-01-01T00:00:01Z"),
    ]);
    let warnings = warnings(&snapshot, "shop");
    let told: Vec<_> = warnings.iter().map(|it| (&*it.message, it.at)).collect();
    assert_eq!(told, [("early", 1_000_000_000), ("late", 9_000_000_000)]);
    assert_eq!((warnings[0].count, &*warnings[0].pod), (4, "web"));
}
