use super::*;
use crate::testing::check;

const CLUSTER: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: ledger-7d9f8c6b54-xkzqp, namespace: bank}
spec: {containers: [{name: app, image: "registry.example/ledger:2"}]}
status:
  phase: Pending
  containerStatuses:
  - name: app
    ready: false
    restartCount: 0
    state: {waiting: {reason: ImagePullBackOff, message: "Back-off pulling image \"registry.example/ledger:2\""}}
---
apiVersion: v1
kind: Pod
metadata: {name: queue-0, namespace: bank}
spec: {containers: [{name: app, image: "registry.example/queue:2"}]}
status:
  phase: Running
  containerStatuses:
  - name: app
    ready: false
    restartCount: 4
    state: {waiting: {reason: CrashLoopBackOff, message: "back-off 5m0s restarting failed container=app pod=queue-0_bank(1)"}}
    lastState: {terminated: {exitCode: 1, reason: Error, message: "panic: cannot open the journal file: permission denied"}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: bank}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Event
metadata: {name: e1, namespace: bank}
involvedObject: {apiVersion: v1, kind: Pod, name: ledger-7d9f8c6b54-xkzqp, namespace: bank}
type: Warning
reason: Failed
message: 'Failed to pull image "registry.example/ledger:2": manifest unknown: manifest unknown'
lastTimestamp: "2026-01-01T00:00:00Z"
"#;

fn found(pasted: &str) -> Found {
    let check = check(CLUSTER);
    let judged = check.judge();
    find(check.snapshot(), &judged.diagnosis, pasted, None)
}

fn first(pasted: &str) -> Option<String> {
    found(pasted)
        .matches
        .first()
        .map(|it| it.object.to_string())
}

#[test]
fn a_message_finds_its_object_with_other_hashes_and_times() {
    let ledger = Some("Pod bank/ledger-7d9f8c6b54-xkzqp".to_owned());
    let queue = Some("Pod bank/queue-0".to_owned());
    for pasted in [
        "Failed to pull image \"registry.example/ledger:3\": manifest unknown",
        "3m12s (x4 over 5m)  kubelet  Failed to pull image \"registry.example/ledger:2\": manifest unknown: manifest unknown",
        "ImagePullBackOff",
    ] {
        assert_eq!(first(pasted), ledger, "{pasted}");
    }
    for pasted in [
        "2026-11-30T08:00:01Z panic: cannot open the journal file: permission denied",
        "some line before\npanic: cannot open the journal file: permission denied\nexit status 2",
    ] {
        assert_eq!(first(pasted), queue, "{pasted}");
    }
}

#[test]
fn a_word_in_common_and_the_fault_of_another_are_no_match() {
    for pasted in [
        "failed",
        "error: failed",
        "permission denied",
        "Failed to pull image \"registry.example/checkout:9\": pull access denied for checkout",
        "panic: cannot connect to redis at 10.0.0.1: permission denied by policy",
        "",
        "((((( \" OR \u{0} 権限",
    ] {
        let found = found(pasted);
        assert!(found.matches.is_empty(), "{pasted}: {:?}", found.matches);
    }
    assert_eq!(
        found("pull access denied for checkout").step,
        Some("waiting")
    );
}

#[test]
fn what_was_pasted_too_is_marked() {
    let found = found("x Failed to pull image \"registry.example/ledger:2\": manifest unknown y");
    let first = &found.matches[0];
    assert_eq!(
        &first.text[first.marked.clone()],
        "Failed to pull image \"registry.example/ledger:2\": manifest unknown"
    );
}

#[test]
fn what_kubectl_prints_is_known_and_its_objects_are_looked_for() {
    let of = |pasted: &str| {
        let found = found(pasted);
        let objects: Vec<String> = found
            .matches
            .iter()
            .map(|it| &it.object)
            .chain(&found.named)
            .map(ToString::to_string)
            .collect();
        (found.printed, objects)
    };
    let (printed, objects) =
        of("NAME   TYPE   CLUSTER-IP   PORT(S)   AGE\nweb   ClusterIP   10.0.0.1   80/TCP   4d");
    assert_eq!(
        (printed, objects),
        (Some(Printed::Get), vec!["Service bank/web".to_owned()])
    );
    let (printed, objects) = of("Name:         queue-0\nNamespace:    bank\nStatus:       Running");
    assert_eq!(
        (printed, objects),
        (Some(Printed::Describe), vec!["Pod bank/queue-0".to_owned()])
    );
    let (printed, objects) = of(
        "LAST SEEN   TYPE      REASON   OBJECT           MESSAGE\n3m          Warning   BackOff  pod/queue-0   Back-off restarting failed container",
    );
    assert_eq!(printed, Some(Printed::Events));
    assert!(
        objects.contains(&"Pod bank/queue-0".to_owned()),
        "{objects:?}"
    );
    let (printed, objects) = of("[pod/queue-0/app] hello there");
    assert_eq!(
        (printed, objects),
        (Some(Printed::Logs), vec!["Pod bank/queue-0".to_owned()])
    );
    // A word that is some object's name is not meant by it.
    assert!(of("the web is down").1.is_empty());
}

#[test]
fn a_paste_of_five_megabytes_is_bounded() {
    let hostile = "Failed to pull image \"a-0/b-1\" (((((".repeat(150_000);
    let found = found(&hostile);
    assert!(found.matches.len() <= MOST && found.named.len() <= MOST);
    let lines = "pod/x-1 a b c d e f\n".repeat(250_000);
    assert!(self::found(&lines).named.is_empty());
}
