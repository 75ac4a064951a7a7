//! Fields with a grammar of their own: quantities, schedules, selectors, image names, events'
//! messages. Each stands where its reader looks for it.

use podside_diagnosis::facts::Sharing;
use podside_diagnosis::facts::from_object;
use podside_diagnosis::judge::judge;
use podside_diagnosis::kubectl;
use podside_diagnosis::snapshot::Snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases;
use super::hostile::{object, text};

/// A quantity, right or nearly
/// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>).
fn quantity() -> impl Strategy<Value = String> {
    prop_oneof![
        "[+-]?[0-9]{0,25}(\\.[0-9]{0,25})?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|e[+-]?[0-9]{1,4})?",
        text(),
    ]
}

/// A schedule of five fields, right or nearly, with a time zone or without.
fn schedule() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(([0-9*?/,-]|[A-Z]{3}){1,8} ){4}([0-9*?/,-]|L|[A-Z]{3}){1,8}",
        1 => "@(hourly|daily|every [0-9a-z.-]{0,12}|reboot|[a-z]{0,8})",
        1 => text(),
    ]
}

/// The name of an image, right or nearly.
fn image() -> impl Strategy<Value = String> {
    prop_oneof![
        "([a-zA-Z0-9.-]{0,20}(:[0-9]{0,6})?/){0,3}[a-zA-Z0-9._-]{0,30}(:[a-zA-Z0-9._-]{0,140})?(@sha256:[0-9a-g]{0,70})?",
        text(),
    ]
}

fn judged(objects: &[Value]) -> String {
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    for object in objects {
        snapshot.insert(from_object(object, &Sharing::default()).unwrap());
    }
    format!("{:?}", judge(&snapshot).diagnosis)
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn quantities_are_read_or_left(one in quantity(), other in quantity()) {
        let resources = json!({"requests": {"cpu": one, "memory": other}, "limits": {"cpu": other, "memory": one}});
        let pod = object("v1", "Pod", json!({"spec": {"containers": [{"name": "app", "image": "a", "resources": resources}]},
            "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                "message": "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory."}]}}));
        let node = object("v1", "Node", json!({"status": {"allocatable": {"cpu": other, "memory": one, "pods": one}}}));
        let quota = object("v1", "ResourceQuota", json!({"status": {"hard": {"requests.cpu": one}, "used": {"requests.cpu": other}}}));
        prop_assert!(judged(&[pod, node, quota]).len() < 1 << 20);
    }

    #[test]
    fn schedules_are_read_or_left(schedule in schedule(), zone in prop::option::of(text()), deadline in any::<i64>()) {
        let cron = object("batch/v1", "CronJob", json!({"spec": {"schedule": schedule, "timeZone": zone, "startingDeadlineSeconds": deadline},
            "status": {"lastScheduleTime": "2026-01-01T01:00:00Z"}}));
        prop_assert!(judged(&[cron]).len() < 1 << 20);
    }

    #[test]
    fn images_are_read_or_left(image in image(), said in text()) {
        let pod = object("v1", "Pod", json!({"spec": {"containers": [{"name": "app", "image": image}]}, "status": {"phase": "Pending",
            "containerStatuses": [{"name": "app", "image": image, "state": {"waiting": {"reason": "ErrImagePull",
                "message": format!("failed to pull and unpack image {image}: {said}")}}}]}}));
        let pod_named = object("v1", "Pod", json!({"spec": {"containers": [{"name": "app", "image": image}]}, "status": {"phase": "Pending",
            "containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "InvalidImageName", "message": said}}}]}}));
        prop_assert!(judged(&[pod]).len() < 1 << 20);
        prop_assert!(judged(&[pod_named]).len() < 1 << 20);
    }

    #[test]
    fn selectors_match_or_do_not(
        key in text(), values in prop::collection::vec(text(), 0..4), operator in prop_oneof![Just("In"), Just("NotIn"), Just("Exists"), Just("Gt"), Just("?")],
    ) {
        let selector = json!({"matchLabels": {key.clone(): values.first()}, "matchExpressions": [{"key": key, "operator": operator, "values": values}]});
        let pod = object("v1", "Pod", json!({"metadata": {"name": "p", "namespace": "a", "labels": {key.clone(): values.first()}}, "status": {"phase": "Running"}}));
        let workload = object("apps/v1", "Deployment", json!({"spec": {"selector": selector, "replicas": 1}}));
        let policy = object("networking.k8s.io/v1", "NetworkPolicy", json!({"spec": {"podSelector": selector}}));
        prop_assert!(judged(&[pod, workload, policy]).len() < 1 << 20);
    }

    #[test]
    fn messages_of_events_are_read_or_left(message in text(), reason in prop_oneof![
        Just("FailedScheduling"), Just("Failed"), Just("FailedMount"), Just("FailedCreate"), Just("Unhealthy"), Just("BackOff"), Just("Killing")], times in any::<i64>()) {
        let pod = object("v1", "Pod", json!({"spec": {"containers": [{"name": "app", "image": "a"}]}, "status": {"phase": "Pending"}}));
        let event = object("v1", "Event", json!({"involvedObject": {"kind": "Pod", "namespace": "a", "name": "web", "fieldPath": message},
            "reason": reason, "message": message, "type": "Warning", "count": times, "lastTimestamp": message, "eventTime": "2026-01-01T11:59:30Z"}));
        prop_assert!(judged(&[pod, event]).len() < 1 << 20);
    }

    /// What is quoted for a shell is one word of it: nothing in it ends the quotes.
    #[test]
    fn what_is_quoted_is_one_word(word in text()) {
        let quoted = kubectl::word(&word);
        let bare = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@,%+".contains(c)) && !quoted.is_empty() && !quoted.starts_with('-');
        let inner = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        prop_assert!(
            bare || inner.is_some_and(|inner| !inner.replace("'\\''", "").contains('\'')),
            "{}", quoted
        );
    }
}
