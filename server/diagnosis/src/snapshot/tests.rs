use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::facts::{Sharing, from_object};

fn snapshot(objects: &[Value]) -> Snapshot {
    let sharing = Sharing::default();
    let mut snapshot = Snapshot::new(Timestamp::UNIX_EPOCH);
    for object in objects {
        snapshot.insert(from_object(object, &sharing).unwrap());
    }
    snapshot
}

fn pod(name: &str, owner: (&str, &str, &str)) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {
        "name": name, "namespace": "a", "uid": name, "labels": {"app": "web"},
        "ownerReferences": [{"kind": owner.0, "name": owner.1, "uid": owner.2, "controller": true}]}})
}

fn replica_set(name: &str, owner: (&str, &str, &str)) -> Value {
    let mut object = pod(name, owner);
    object["apiVersion"] = json!("apps/v1");
    object["kind"] = json!("ReplicaSet");
    object
}

#[test]
fn the_top_is_the_last_owner_of_the_chain() {
    let snapshot = snapshot(&[
        pod("p", ("ReplicaSet", "rs", "rs")),
        replica_set("rs", ("Rollout", "web", "ro")),
    ]);
    let top = snapshot.top_of(snapshot.pods.get("a", "p").unwrap());
    assert_eq!((&*top.kind.name, &*top.name), ("Rollout", "web"));
    assert_eq!(snapshot.pods_of(&top).len(), 1);
}

fn foreign(kind: &str, name: &str, owner: Option<(&str, &str, &str)>) -> Value {
    let mut object = pod(name, owner.unwrap_or_default());
    object["apiVersion"] = json!("example.com/v1");
    object["kind"] = json!(kind);
    match owner {
        Some(_) => object["metadata"]["ownerReferences"][0]["apiVersion"] = json!("example.com/v1"),
        None => object["metadata"]["ownerReferences"] = json!([]),
    }
    object
}

#[test]
fn a_custom_resource_that_was_read_names_its_own_owner() {
    let mut of_rollout = replica_set("rs", ("Rollout", "web", "web"));
    of_rollout["metadata"]["ownerReferences"][0]["apiVersion"] = json!("example.com/v1");
    let mut snapshot = snapshot(&[pod("p", ("ReplicaSet", "rs", "rs")), of_rollout]);
    let pointed = |snapshot: &Snapshot| {
        let pod = snapshot.pods.get("a", "p").unwrap();
        let (top, pointed) = pointed::during(|| snapshot.top_of(pod));
        let named = pointed.into_iter().map(|object| object.to_string());
        (top.object_ref().to_string(), named.collect::<Vec<_>>())
    };
    let rollout = "Rollout.example.com a/web";
    assert_eq!(
        pointed(&snapshot),
        (rollout.to_owned(), vec![rollout.to_owned()])
    );

    let before = snapshot.clone();
    let read = foreign("Rollout", "web", Some(("App", "shop", "shop")));
    snapshot.insert(from_object(&read, &Sharing::default()).unwrap());
    assert!(
        snapshot
            .difference(&before)
            .keys
            .contains(&Key::Uid("web").hashed())
    );
    let app = "App.example.com a/shop";
    assert_eq!(
        pointed(&snapshot),
        (app.to_owned(), vec![app.to_owned(), rollout.to_owned()])
    );
    assert_eq!(snapshot.pods_under("shop").len(), 1);

    // One that is in no namespace is named so.
    let mut read = foreign("App", "shop", None);
    read["metadata"]["namespace"] = json!(null);
    snapshot.insert(from_object(&read, &Sharing::default()).unwrap());
    assert_eq!(pointed(&snapshot).0, "App.example.com shop");

    snapshot.remove(&from_object(&foreign("Rollout", "web", None), &Sharing::default()).unwrap());
    assert_eq!(pointed(&snapshot).0, rollout);
}

#[test]
fn owners_that_go_in_a_circle_come_to_an_end() {
    let snapshot = snapshot(&[
        pod("p", ("ReplicaSet", "x", "x")),
        replica_set("x", ("ReplicaSet", "y", "y")),
        replica_set("y", ("ReplicaSet", "x", "x")),
    ]);
    let top = snapshot.top_of(snapshot.pods.get("a", "p").unwrap());
    assert!(snapshot.pods_of(&top).len() <= 1);
}

#[test]
fn what_is_removed_is_gone_from_the_indexes() {
    let mut snapshot = snapshot(&[pod("p", ("ReplicaSet", "rs", "rs"))]);
    let labels = snapshot.pods.get("a", "p").unwrap().meta.labels.clone();
    assert_eq!(snapshot.pods_with("a", &labels).len(), 1);
    let fact = from_object(&pod("p", ("ReplicaSet", "rs", "rs")), &Sharing::default()).unwrap();
    assert!(snapshot.remove(&fact));
    assert!(snapshot.pods_with("a", &labels).is_empty());
    assert!(snapshot.pods_under("rs").is_empty());
}

#[test]
fn what_was_not_read_is_not_missing() {
    let mut snapshot = Snapshot::new(Timestamp::UNIX_EPOCH);
    assert!(matches!(
        snapshot.secrets.find("a", "x"),
        Lookup::Unknown(_)
    ));
    snapshot.set_reading(Kind::Secret, Some("a"), Reading::Known);
    assert!(snapshot.secrets.find("a", "x").is_missing());
    assert!(!snapshot.secrets.find("b", "x").is_missing());
}

#[test]
fn an_age_is_as_exact_as_a_text_need_be_and_reads_so_until_it_does_not() {
    let at: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    let since = |seconds: i64| {
        let now = at + jiff::SignedDuration::from_secs(seconds);
        let (age, reads) = reads::record(|| Snapshot::new(now).age(at));
        let passed = |of: i64| of.checked_sub(at.as_second());
        (age, passed(reads.from), passed(reads.until))
    };
    assert_eq!(since(-5), (0, None, Some(1)));
    assert_eq!(since(0), (0, None, Some(1)));
    assert_eq!(since(59), (59, Some(59), Some(60)));
    assert_eq!(since(119), (60, Some(60), Some(120)));
    assert_eq!(since(86_399), (86_340, Some(86_340), Some(86_400)));
    assert_eq!(since(90_061), (90_000, Some(90_000), Some(93_600)));
}

#[test]
fn kinds_of_one_name_in_two_groups_are_apart() {
    let owned = |name: &str, version: &str, uid: &str| {
        let mut object = pod(name, ("StatefulSet", "web", uid));
        object["metadata"]["ownerReferences"][0]["apiVersion"] = json!(version);
        object
    };
    let about = |name: &str, version: &str| {
        json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": "a"},
            "reason": name, "involvedObject": {"apiVersion": version, "kind": "StatefulSet", "namespace": "a", "name": "web"}})
    };
    let snapshot = snapshot(&[
        json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "namespace": "a", "uid": "own"}}),
        owned("own-0", "apps/v1", "own"),
        owned("foreign-0", "apps.kruise.io/v1beta1", "foreign"),
        about("own", "apps/v1"),
        about("foreign", "apps.kruise.io/v1beta1"),
    ]);
    let top = |pod: &str| snapshot.top_of(snapshot.pods.get("a", pod).unwrap());
    let (own, foreign) = (top("own-0"), top("foreign-0"));
    assert_ne!(own.object_ref(), foreign.object_ref());
    assert_eq!(
        foreign.object_ref().to_string(),
        "StatefulSet.apps.kruise.io a/web"
    );
    let pods = |top: &Top| -> Vec<String> {
        let pods = snapshot.pods_of(top);
        pods.iter().map(|pod| pod.meta.name.to_string()).collect()
    };
    assert_eq!(
        (pods(&own), pods(&foreign)),
        (vec!["own-0".to_owned()], vec!["foreign-0".to_owned()])
    );
    assert!(snapshot.template_of(&own).is_some());
    assert!(snapshot.template_of(&foreign).is_none());
    let set = snapshot.stateful_sets.get("a", "web").unwrap();
    let reasons: Vec<_> = snapshot
        .events_of(set)
        .map(|e| e.reason.to_string())
        .collect();
    assert_eq!(reasons, ["own"]);
}
