use std::collections::BTreeSet;

use jiff::ToSpan;
use serde_json::{Value, json};

use super::*;
use crate::facts::{Fact, Kind, Pod, Sharing, from_object};
use crate::judge::judge;
use crate::snapshot::{Readable, Sees};

const START: &str = "2026-01-01T11:00:00Z";

/// The event of a number about the Pod `web`: 5,000 of them have 7 reasons, and some the same
/// wording.
fn event(number: i64) -> Value {
    let at = START.parse::<Timestamp>().unwrap() + (number / 3).seconds();
    let reason = [
        "Failed", "BackOff", "Pulling", "Pulled", "Created", "Started",
    ];
    let (reason, message) = match usize::try_from(number).unwrap() {
        17 => ("FailedMount", "the one of its kind".to_owned()),
        n => (reason[n % 6], format!("wording {}", n % 600)),
    };
    json!({"apiVersion": "v1", "kind": "Event", "type": "Warning", "count": 1,
        "metadata": {"name": format!("web.{number:04}"), "namespace": "shop"},
        "reason": reason, "message": message, "firstTimestamp": at, "lastTimestamp": at,
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web", "uid": "web",
            "fieldPath": "spec.containers{app}"}})
}

fn fact(object: &Value) -> Fact {
    from_object(object, &Sharing::default()).unwrap()
}

fn broken_pod() -> Fact {
    fact(&json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "uid": "web"},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "a.example/web:v2"}]},
        "status": {"phase": "Pending", "containerStatuses": [{"name": "app", "ready": false,
            "restartCount": 0, "image": "a.example/web:v2",
            "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image: not found"}}}]}}))
}

fn snapshot(events: impl IntoIterator<Item = Fact>) -> Snapshot {
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    snapshot.insert(broken_pod());
    for event in events {
        snapshot.insert(event);
    }
    snapshot
}

fn web(snapshot: &Snapshot) -> &Pod {
    snapshot.pods.get("shop", "web").unwrap()
}

fn names(snapshot: &Snapshot) -> Vec<String> {
    let events = snapshot.events_of(web(snapshot));
    events.map(|event| event.meta.name.to_string()).collect()
}

fn events(count: i64) -> Vec<Fact> {
    (0..count).map(|number| fact(&event(number))).collect()
}

#[test]
fn of_five_thousand_events_in_any_order_the_same_are_kept() {
    let events = events(5_000);
    let first = snapshot(events.iter().cloned());
    assert_eq!(names(&first).len(), MOST);
    assert_eq!(first.events.len(), MOST, "the table keeps no more");
    assert_eq!(first.events_left_out(web(&first)), 4_950);
    // Each of these steps visits all of them.
    for step in [1_237, 2_501, 3_333, 4_999, 7] {
        let shuffled = (0..5_000).map(|at| events[at * step % 5_000].clone());
        let other = snapshot(shuffled);
        assert_eq!(names(&other), names(&first));
        assert!(other.events.iter().eq(first.events.iter()));
        assert_eq!(other.events_left_out(web(&other)), 4_950);
    }
    let backwards = snapshot(events.into_iter().rev());
    assert_eq!(judge(&backwards), judge(&first));
}

#[test]
fn what_is_kept_is_enough_for_the_same_judgement() {
    let many = snapshot(events(5_000));
    let kept: Vec<Fact> = many
        .events
        .iter()
        .map(|event| Fact::Event(Arc::new(event.clone())))
        .collect();
    let few = snapshot(kept);
    assert_eq!(few.events_left_out(web(&few)), 0);
    assert_eq!(judge(&few), judge(&many));
    let problems = judge(&many).diagnosis.problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn no_reason_is_crowded_out_and_of_each_the_newest_is_kept() {
    let snapshot = snapshot(events(5_000));
    let kept: Vec<&Event> = snapshot.events_of(web(&snapshot)).collect();
    assert!(kept.is_sorted_by_key(|event| std::cmp::Reverse(event.last)));
    let reasons: BTreeSet<&str> = kept.iter().map(|event| &*event.reason).collect();
    assert_eq!(reasons.len(), 7, "{reasons:?}");
    let newest = &kept[0].meta.name;
    assert_eq!(&**newest, "web.4999");
    let wordings: BTreeSet<(&str, &str)> = kept
        .iter()
        .map(|event| (&*event.reason, event.said()))
        .collect();
    assert_eq!(
        wordings.len(),
        MOST,
        "no wording twice while others are left"
    );
}

#[test]
fn one_wording_again_and_again_leaves_the_others_alone() {
    let same = (0..500).map(|number| {
        let mut object = event(number);
        object["reason"] = json!("BackOff");
        object["message"] = json!("Back-off restarting failed container");
        fact(&object)
    });
    let mut older = event(0);
    older["metadata"]["name"] = json!("older");
    older["lastTimestamp"] = json!("2026-01-01T10:00:00Z");
    older["reason"] = json!("BackOff");
    older["message"] = json!("another wording");
    let snapshot = snapshot(std::iter::once(fact(&older)).chain(same));
    assert!(names(&snapshot).contains(&"older".to_owned()));
}

#[test]
fn an_event_that_is_changed_stands_once_and_one_that_goes_is_gone() {
    let mut snapshot = snapshot(events(60));
    let mut changed = event(3);
    changed["count"] = json!(9);
    changed["lastTimestamp"] = json!("2026-01-01T11:30:00Z");
    snapshot.insert(fact(&changed));
    assert_eq!(names(&snapshot)[0], "web.0003");
    assert_eq!(names(&snapshot).len(), MOST);
    assert!(snapshot.remove(&fact(&changed)));
    assert_eq!(names(&snapshot).len(), MOST - 1);
    let left_out = snapshot.events_left_out(web(&snapshot));
    let gone: Vec<Fact> = events(60)
        .into_iter()
        .filter(|event| !snapshot.remove(event))
        .collect();
    assert!(left_out > 0 && gone.len() >= usize::try_from(left_out).unwrap());
    assert!(names(&snapshot).is_empty());
    assert_eq!(snapshot.events_left_out(web(&snapshot)), 0);
}

#[test]
fn a_new_list_counts_anew_and_a_part_counts_what_its_whole_does() {
    let mut snapshot = snapshot(events(80));
    assert_eq!(snapshot.events_left_out(web(&snapshot)), 30);
    snapshot.count_events_anew(Some("elsewhere"));
    assert_eq!(snapshot.events_left_out(web(&snapshot)), 30);
    snapshot.count_events_anew(Some("shop"));
    for event in events(80) {
        snapshot.insert(event);
    }
    assert_eq!(snapshot.events_left_out(web(&snapshot)), 30);
    let part = |kinds: &[Kind]| {
        snapshot.cut(&Sees {
            everywhere: Readable {
                kinds: kinds.iter().copied().collect(),
                logs: false,
            },
            ..Sees::default()
        })
    };
    let seen = part(&[Kind::Pod, Kind::Event]);
    assert_eq!(seen.events_left_out(web(&seen)), 30);
    let unseen = part(&[Kind::Pod]);
    assert_eq!(unseen.events_left_out(web(&unseen)), 0);
}

#[test]
fn objects_of_one_name_have_each_their_own_events() {
    let mut other = event(1);
    other["metadata"]["name"] = json!("of-the-service");
    other["lastTimestamp"] = json!("2026-01-01T09:00:00Z");
    other["involvedObject"]["kind"] = json!("Service");
    let mut facts = events(200);
    facts.insert(0, fact(&other));
    let snapshot = snapshot(facts);
    let told = snapshot.events_about("", "Service", "shop", "web");
    assert_eq!(told.count(), 1);
    assert_eq!(names(&snapshot).len(), MOST);
}

#[test]
fn events_of_yesterday_are_forgotten() {
    let mut snapshot = snapshot(events(9));
    let at = |hours: i64| START.parse::<Timestamp>().unwrap() + hours.hours();
    snapshot.forget_old_events(at(23));
    assert_eq!(names(&snapshot).len(), 9);
    // A recording of yesterday keeps what it has.
    snapshot.forget_old_events(at(25));
    assert_eq!(names(&snapshot).len(), 9);
    let mut newer = event(1);
    newer["metadata"]["name"] = json!("of-today");
    newer["lastTimestamp"] = json!(at(25).to_string());
    newer["involvedObject"]["name"] = json!("other");
    snapshot.insert(fact(&newer));
    snapshot.forget_old_events(at(25));
    assert!(names(&snapshot).is_empty());
    assert_eq!(snapshot.events.len(), 1);
}
