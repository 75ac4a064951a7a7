//! Symptom: what is created or changed stays as it was written: no Pods, no status.
//! Cause: the controller manager, or the cloud's, does not act: it does not renew its lease.
//! Fix: bring it back.
//! Source: <https://kubernetes.io/docs/concepts/architecture/leases/>

use jiff::Timestamp;
use podside_model::{Arg, Message, ObjectRef, Relation, Severity};

use crate::facts::{Kind, Lease, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::CONTROLLER_ACTS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "control-plane-component-down",
    source: "https://kubernetes.io/docs/concepts/architecture/leases/",
    rank: Rank::Root,
    runs: &[Run::Lease(run)],
    texts: &[
        text(
            "title",
            "{component} does not act: it has not renewed its lease for {age}, and {n} {n|object waits|objects wait} for it",
            "{component} が動作していない: {age} の間リースが更新されず、{n} 個のオブジェクトが待機している",
        ),
        text(
            "explanation",
            "Whoever runs as {component} renews this lease every few seconds; it ends after {duration}. Others have renewed theirs since, so the API server and its clock are well. What was created or changed meanwhile has not been taken up.",
            "{component} として動作するプロセスは、数秒ごとにこのリースを更新し、更新がなければ {duration}で失効します。その後もほかのリースは更新されているため、API サーバーとその時計は正常です。その間に作成または変更されたオブジェクトは処理されていません。",
        ),
        text(
            "fix",
            "See on the control plane's machines why {component} does not run or does not reach the API server: its Pod in kube-system, its log, its credentials and certificates.",
            "コントロールプレーンのマシンで、{component} が動作していない、または API サーバーに到達できない原因を確認します（kube-system の Pod、ログ、資格情報、証明書）。",
        ),
        text(
            "proof.renewed",
            "When it last renewed its lease",
            "リースが最後に更新された時刻",
        ),
    ],
};

/// The components whose leases are looked at. What waits for a scheduler is told of its Pods.
const CONTROLLERS: &str = "kube-controller-manager";
const CLOUD: &str = "cloud-controller-manager";

/// How many times the duration of a lease must have passed: a component that restarts gets
/// its lease back after one.
const DURATIONS: i64 = 4;

/// The duration of leases of Kubernetes' own components, in seconds, where one states none
/// (`--leader-elect-lease-duration`).
const DURATION: i64 = 15;

/// The most objects that are named of those that wait.
const MOST: usize = 16;

fn run(lease: &Lease, snapshot: &Snapshot, findings: &mut Findings) {
    let name = &*lease.meta.name;
    let of_cloud = name.ends_with(CLOUD);
    if &*lease.meta.namespace != "kube-system" || !(of_cloud || name == CONTROLLERS) {
        return;
    }
    let Some(renewed) = lease.renewed else { return };
    let duration = lease.duration_seconds.unwrap_or(DURATION).max(1);
    let limit = duration
        .saturating_mul(DURATIONS)
        .max(CONTROLLER_ACTS.seconds);
    if !snapshot.has_passed(renewed, limit) {
        return;
    }
    // The other leases tell what time it was by the server's clock when all were read.
    let others = snapshot.leases.iter().filter_map(|other| other.renewed);
    let silent = |now: &Timestamp| now.as_second().saturating_sub(renewed.as_second());
    let Some(now) = others.max().filter(|now| silent(now) > limit) else {
        return;
    };
    let waiting = if of_cloud {
        await_cloud(renewed, snapshot)
    } else {
        await_controllers(renewed, snapshot)
    };
    if waiting.is_empty() {
        return;
    }
    let subject = pod(lease, snapshot).map_or_else(|| lease.object_ref(), Object::object_ref);
    let logs = if Kind::Pod.is(&subject) {
        kubectl::describe(&subject)
    } else {
        kubectl::list(Some("kube-system"), "pods")
    };
    let mut finding = Finding::on_ref(subject)
        .severity(Severity::Critical)
        .arg("component", name)
        .arg("age", Arg::Seconds(silent(&now)))
        .arg("duration", Arg::Seconds(duration))
        .arg("n", waiting.len())
        .proof(proof::field(lease, "/spec/renewTime", micro(renewed)).saying("proof.renewed"))
        .fix_with("fix", logs)
        .since(Some(renewed));
    for object in waiting.into_iter().take(MOST) {
        finding = finding.affects(object, Relation::ReferredToBy, Message::new("state.waits"));
    }
    findings.add(finding);
}

/// A moment as the API writes it in leases, to the microsecond.
fn micro(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// What was created or changed after a moment and the controller manager has not taken up.
fn await_controllers(since: Timestamp, snapshot: &Snapshot) -> Vec<ObjectRef> {
    let is_since = |created: Option<Timestamp>| {
        created.is_some_and(|at| at > since) && CONTROLLER_ACTS.has_ended(created, snapshot)
    };
    let deployments = snapshot.deployments.iter().filter(|it| {
        let behind = it.meta.generation > it.observed_generation;
        // A change has no time of its own; one that was never seen is as old as the object.
        behind && (it.observed_generation.is_some() || is_since(it.meta.created))
    });
    let sets = snapshot.replica_sets.iter().filter(|it| {
        is_since(it.meta.created) && it.replicas.wanted > 0 && it.replicas.current == 0
    });
    let unmade = sets.filter(|it| snapshot.pods_under(&it.meta.uid).is_empty());
    let jobs = snapshot
        .jobs
        .iter()
        .filter(|it| is_since(it.meta.created) && it.started.is_none() && !it.suspended);
    let jobs = jobs.filter(|it| !it.is_finished());
    deployments
        .map(Object::object_ref)
        .chain(unmade.map(Object::object_ref))
        .chain(jobs.map(Object::object_ref))
        .collect()
}

/// The nodes that were made after a moment and wait for the cloud to initialize them.
fn await_cloud(since: Timestamp, snapshot: &Snapshot) -> Vec<ObjectRef> {
    let is_since = |created: Option<Timestamp>| {
        created.is_some_and(|at| at > since) && CONTROLLER_ACTS.has_ended(created, snapshot)
    };
    let waits = "node.cloudprovider.kubernetes.io/uninitialized";
    let nodes = snapshot.nodes.iter().filter(|node| {
        is_since(node.meta.created) && node.taints.iter().any(|taint| &*taint.key == waits)
    });
    nodes.map(Object::object_ref).collect()
}

/// The Pod that runs as the component, by the label that kubeadm and the clouds' charts give
/// it.
fn pod<'a>(lease: &Lease, snapshot: &'a Snapshot) -> Option<&'a Pod> {
    let labels = ["component", "k8s-app", "app", "app.kubernetes.io/name"];
    let is_it = |pod: &&Pod| {
        let mut values = labels.iter().filter_map(|label| pod.meta.label(label));
        values.any(|value| *value == lease.meta.name)
    };
    snapshot.pods.in_namespace("kube-system").find(is_it)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: kube-controller-manager, namespace: kube-system}
spec: {holderIdentity: m1_1, leaseDurationSeconds: 15, renewTime: '2026-01-01T11:40:00.000000Z'}
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: n1, namespace: kube-node-lease}
spec: {holderIdentity: n1, leaseDurationSeconds: 40, renewTime: '2026-01-01T11:59:55.000000Z'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: n, uid: d, generation: 1, creationTimestamp: '2026-01-01T11:45:00Z'}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: x}]}}}
";

    #[test]
    fn a_lease_that_is_not_renewed_and_what_waits_since() {
        check(OBJECTS)
            .finds(
                "control-plane-component-down",
                "Lease kube-system/kube-controller-manager",
            )
            .tells("title")
            .with("component", "kube-controller-manager")
            .affects("Deployment n/web")
            .proves("2026-01-01T11:40:00.000000Z")
            .alone();
        let pod = format!(
            "{OBJECTS}---
apiVersion: v1
kind: Pod
metadata: {{name: kube-controller-manager-m1, namespace: kube-system, uid: p, labels: {{component: kube-controller-manager}}}}
spec: {{nodeName: m1, containers: [{{name: c, image: x}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}
"
        );
        check(&pod).finds(
            "control-plane-component-down",
            "Pod kube-system/kube-controller-manager-m1",
        );
    }

    #[test]
    fn the_cloud_s_is_told_of_nodes_that_wait_for_it() {
        let cloud = OBJECTS
            .replace("name: kube-controller-manager", "name: cloud-controller-manager")
            + "---
apiVersion: v1
kind: Node
metadata: {name: n2, creationTimestamp: '2026-01-01T11:45:00Z'}
spec: {taints: [{key: node.cloudprovider.kubernetes.io/uninitialized, value: 'true', effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: 'True'}]}
";
        check(&cloud)
            .finds(
                "control-plane-component-down",
                "Lease kube-system/cloud-controller-manager",
            )
            .affects("Node n2");
    }

    #[test]
    fn an_old_lease_alone_or_none_proves_nothing() {
        // Nothing waits.
        let seen = OBJECTS.replace(
            "spec: {replicas: 1,",
            "status: {observedGeneration: 1}\nspec: {replicas: 1,",
        );
        check(&seen).does_not_find("control-plane-component-down");
        // It was renewed a moment before the others.
        let renewed = OBJECTS.replace("11:40:00", "11:59:30");
        check(&renewed).does_not_find("control-plane-component-down");
        // All are as old: it is the recording that is.
        let old = OBJECTS.replace("11:59:55", "11:40:05");
        check(&old).does_not_find("control-plane-component-down");
        // There is none.
        let (_, without) = OBJECTS.split_once("---\n").unwrap();
        check(without).does_not_find("control-plane-component-down");
    }
}
