use crate::testing::check;

const NODE: &str = "
apiVersion: v1
kind: Node
metadata: {name: w1, labels: {kubernetes.io/hostname: w1}}
status: {allocatable: {pods: 100, cpu: 4, memory: 8Gi}, conditions: [{type: Ready, status: 'True', reason: KubeletReady}]}
---";

/// A Pod of a StatefulSet that was to be gone at a moment.
fn leaving(at: &str, spec: &str, state: &str) -> String {
    format!(
        "{NODE}
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: store, namespace: n, uid: s}}
spec: {{replicas: 1, selector: {{matchLabels: {{app: store}}}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: store-0, namespace: n, uid: p, labels: {{app: store}}, deletionTimestamp: '{at}', deletionGracePeriodSeconds: 3600, ownerReferences: [{{apiVersion: apps/v1, kind: StatefulSet, name: store, uid: s, controller: true}}]}}
spec: {{nodeName: w1, {spec}}}
status: {{phase: Running, containerStatuses: [{{name: app, state: {{{state}}}}}]}}
"
    )
}

const PLAIN: &str = "containers: [{name: app, image: x}]";
const RUNS: &str = "running: {startedAt: '2026-01-01T08:00:00Z'}";
const ENDED: &str =
    "terminated: {exitCode: 0, reason: Completed, finishedAt: '2026-01-01T11:00:10Z'}";
const LONG_AGO: &str = "2026-01-01T11:00:00Z";

fn event(reason: &str, message: &str) -> String {
    format!(
        "---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: n}}
involvedObject: {{kind: Pod, namespace: n, name: store-0, uid: p}}
reason: {reason}
type: Warning
message: '{message}'
lastTimestamp: '2026-01-01T11:59:00Z'
"
    )
}

/// A Pod that must not stand beside one that is called `store`, and that no node takes.
const NEXT: &str = "---
apiVersion: v1
kind: Pod
metadata: {name: store-next, namespace: n, uid: q, labels: {app: store}, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: store}}, topologyKey: kubernetes.io/hostname}]}}, containers: [{name: app, image: x}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.\"}]}
";

#[test]
fn a_plugin_that_fails_on_a_node_is_one_problem_of_the_node_and_of_who_waits() {
    let said = "error killing pod: failed to \"KillPodSandbox\" for \"1\" with KillPodSandboxError: \"plugin type=\\\"wire\\\" failed (delete): connection is unauthorized\": failed to destroy network";
    let objects = leaving(LONG_AGO, PLAIN, ENDED) + &event("FailedKillPod", said) + NEXT;
    check(&objects)
        .finds("pod-stuck-terminating", "Node w1")
        .tells("title.network")
        .affects("StatefulSet n/store")
        .affects("Pod n/store-next")
        .alone();
}

#[test]
fn a_runtime_that_does_not_answer_is_told_by_its_words() {
    let said = "error killing pod: failed to KillContainer: context deadline exceeded";
    check(&(leaving(LONG_AGO, PLAIN, RUNS) + &event("FailedKillPod", said)))
        .finds("pod-stuck-terminating", "Node w1")
        .tells("title.runtime");
}

#[test]
fn a_process_that_outlives_its_grace_is_told_on_its_owner() {
    check(&leaving(LONG_AGO, PLAIN, RUNS))
        .finds("pod-stuck-terminating", "StatefulSet n/store")
        .tells("title")
        .with("running", "app");
}

#[test]
fn a_volume_that_is_not_given_back_is_certain_by_the_kubelets_words_only() {
    let spec = "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}], containers: [{name: app, image: x}]";
    let quiet = leaving(LONG_AGO, spec, ENDED);
    check(&quiet)
        .finds("pod-stuck-terminating", "StatefulSet n/store")
        .tells("title.volume");
    check(&quiet)
        .finds("pod-stuck-terminating", "StatefulSet n/store")
        .is_likely();
    let told = quiet
        + &event(
            "FailedUnMount",
            "UnmountVolume.TearDown failed: target is busy",
        );
    check(&told)
        .finds("pod-stuck-terminating", "StatefulSet n/store")
        .proves("target is busy");
}

#[test]
fn within_its_grace_it_is_told_only_if_others_wait_for_its_place() {
    // It was asked to end half an hour ago and has as long again.
    let later = "2026-01-01T12:30:00Z";
    check(&leaving(later, PLAIN, RUNS)).does_not_find("pod-stuck-terminating");
    check(&(leaving(later, PLAIN, RUNS) + NEXT))
        .finds("pod-stuck-terminating", "StatefulSet n/store")
        .tells("title.term");
    let hook = "containers: [{name: app, image: x, lifecycle: {preStop: {exec: {command: [sleep, '3000']}}}}]";
    check(&(leaving(later, hook, RUNS) + NEXT))
        .finds("pod-stuck-terminating", "StatefulSet n/store")
        .tells("title.hook");
    // Just asked, it is on its way.
    check(&(leaving("2026-01-01T12:59:30Z", PLAIN, RUNS) + NEXT))
        .does_not_find("pod-stuck-terminating");
}

#[test]
fn another_cause_holds_a_pod_on_a_lost_node_and_one_with_a_finalizer() {
    let lost = leaving(LONG_AGO, PLAIN, RUNS).replace("status: 'True'", "status: Unknown");
    check(&lost).does_not_find("pod-stuck-terminating");
    let held = leaving(LONG_AGO, PLAIN, ENDED).replace(
        "deletionGracePeriodSeconds",
        "finalizers: [x.io/y], deletionGracePeriodSeconds",
    );
    check(&held)
        .finds("finalizer-stuck", "Pod n/store-0")
        .alone();
    check(&leaving("2026-01-01T11:59:00Z", PLAIN, ENDED)).does_not_find("pod-stuck-terminating");
}
