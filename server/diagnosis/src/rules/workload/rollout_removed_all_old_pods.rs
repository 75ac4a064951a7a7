//! Symptom: a rollout took the application down.
//! Cause: `maxUnavailable` lets the Deployment remove every old Pod before a new one is
//! ready, and the new ones do not become ready.
//! Fix: roll back; then let the rollout keep old Pods.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable>

use podside_model::{Relation, Severity};

use crate::facts::{Container, ContainerKind, Deployment, Pod, State};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::NONE_READY;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::refusal::starved;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "rollout-removed-all-old-pods",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable",
    rank: Rank::Root,
    runs: &[Run::Deployment(run)],
    texts: &[
        text(
            "title",
            "maxUnavailable {max} let the rollout of Deployment {name} remove all old Pods, and none of the {wanted} new ones is ready",
            "maxUnavailable {max} により Deployment {name} のロールアウトが古い Pod をすべて削除し、新しい {wanted} 個の Pod は 1 つも Ready でない",
        ),
        text(
            "explanation",
            "With maxUnavailable {max} all {wanted} Pods may be missing during a rollout, so nothing kept the old ones running until the new ones worked. Why the new ones fail is a problem of its own; that it became an outage is due to this setting.",
            "maxUnavailable が {max} のため、ロールアウト中に {wanted} 個の Pod がすべて停止することが許され、新しい Pod が動作するまで古い Pod を残せませんでした。新しい Pod が失敗する原因は別の問題ですが、停止に至ったのはこの設定のためです。",
        ),
        text(
            "explanation.init",
            "With maxUnavailable {max} all {wanted} Pods may be missing during a rollout, so nothing kept the old ones running until the new ones worked. In the new ones init container {init} has run for {age} and does not end, and until it does their own containers do not start.",
            "maxUnavailable が {max} のため、ロールアウト中に {wanted} 個の Pod がすべて停止することが許され、新しい Pod が動作するまで古い Pod を残せませんでした。新しい Pod では init コンテナ {init} が {age}実行されたまま終わらず、Pod 本来のコンテナが起動しません。",
        ),
        text(
            "fix.undo",
            "Bring the old Pods back.",
            "古い Pod に戻します。",
        ),
        text(
            "fix.strategy",
            "Then let rollouts keep the old Pods until new ones are ready.",
            "次に、新しい Pod が Ready になるまで古い Pod を残すようにします。",
        ),
        text(
            "proof.old",
            "Pods of the revision before, ReplicaSet {old}",
            "前のリビジョンの ReplicaSet {old} の Pod 数",
        ),
    ],
};

fn run(deployment: &Deployment, snapshot: &Snapshot, findings: &mut Findings) {
    let counts = deployment.replicas;
    let progressing = deployment.condition("Progressing");
    // Once a rollout is complete the controller says so, and what fails later is not its fault.
    let under_way = progressing.is_some_and(|c| &*c.reason != "NewReplicaSetAvailable");
    if !under_way
        || counts.wanted == 0
        || counts.ready > 0
        || deployment.meta.deleting.is_some()
        || !may_all_be_missing(&deployment.max_unavailable, counts.wanted)
        || &*deployment.strategy == "Recreate"
    {
        return;
    }
    let revisions = snapshot.revisions_of(deployment);
    let [new, old, ..] = &*revisions else {
        return;
    };
    let older_remain = revisions.iter().skip(1).any(|set| set.replicas.current > 0);
    let pods = snapshot.pods_under(&new.meta.uid);
    let is_late = |pod: &&&Pod| {
        let begun = pod.meta.created;
        begun.is_some() && NONE_READY.has_ended(begun, snapshot) && !pod.is_ready()
    };
    let late = pods.iter().find(is_late);
    if older_remain || !(late.is_some() || pods.iter().any(|pod| fails(pod))) {
        return;
    }
    let mut finding = Finding::on(deployment)
        .severity(Severity::Critical)
        .arg("max", &*deployment.max_unavailable)
        .arg("wanted", counts.wanted)
        .arg("old", &*old.meta.name)
        .proof(proof::field(
            deployment,
            "/spec/strategy/rollingUpdate/maxUnavailable",
            &deployment.max_unavailable,
        ))
        // Zero stands in the field; an absent field would mean one.
        .proofs(
            (old.replicas.wanted == 0)
                .then(|| proof::field(*old, "/spec/replicas", 0).saying("proof.old")),
        )
        .proofs(progressing.map(|c| proof::condition(deployment, c, "message")))
        .since(progressing.and_then(|c| c.changed))
        .fix_with("fix.undo", command(deployment, "rollout undo", ""))
        .fix_with(
            "fix.strategy",
            command(
                deployment,
                "patch",
                r#" -p '{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'"#,
            ),
        );
    if let Some((pod, container, since)) = late.and_then(|pod| running_init(pod)) {
        let status = pod.status_of(container);
        finding = finding
            .explanation("explanation.init")
            .arg("init", &*container.name)
            .arg("age", podside_model::Arg::Seconds(snapshot.age(since)))
            .proofs(status.map(|status| {
                proof::field(pod, status.path("state/running/startedAt"), since)
                    .in_container(&container.name)
            }));
    }
    let labels = &deployment.template.labels;
    for (service, state) in starved(snapshot, &deployment.meta.namespace, labels) {
        finding = finding.affects(service, Relation::Backs, state);
    }
    findings.add(finding);
}

/// The init container that runs in a Pod, and since when.
fn running_init(pod: &Pod) -> Option<(&Pod, &Container, jiff::Timestamp)> {
    pod.containers().find_map(|(container, status)| {
        let since = status?.running_since()?;
        (container.kind == ContainerKind::Init).then_some((pod, container, since))
    })
}

/// Whether that many of the wanted Pods is all of them. Percentages are rounded down.
fn may_all_be_missing(max_unavailable: &str, wanted: i64) -> bool {
    match max_unavailable.strip_suffix('%') {
        Some(percent) => percent.parse::<i64>().is_ok_and(|p| p >= 100),
        None => max_unavailable.parse::<i64>().is_ok_and(|n| n >= wanted),
    }
}

/// Whether a Pod shows that it does not merely need a moment to start.
fn fails(pod: &Pod) -> bool {
    const STARTS: [&str; 3] = ["ContainerCreating", "PodInitializing", ""];
    let unscheduled = pod
        .condition("PodScheduled")
        .is_some_and(|c| c.is_false() && &*c.reason == "Unschedulable");
    unscheduled
        || pod.statuses.iter().any(|status| {
            status.restarts > 0
                || match &status.state {
                    State::Waiting { reason, .. } => !STARTS.contains(&&**reason),
                    State::Terminated(end) => end.exit_code != 0,
                    State::Running { .. } | State::Absent => false,
                }
        })
}

fn command(deployment: &Deployment, verb: &str, rest: &str) -> String {
    format!(
        "{} {verb} deployment/{}{rest}",
        kubectl::prefix(Some(&deployment.meta.namespace)),
        kubectl::word(&deployment.meta.name)
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    /// A Deployment whose second revision crashes.
    fn with(max: &str, reason: &str, old: u32, state: &str) -> String {
        format!(
            "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: api, namespace: n, uid: d}}
spec:
  replicas: 1
  strategy: {{type: RollingUpdate, rollingUpdate: {{maxUnavailable: {max}, maxSurge: 0}}}}
  template: {{metadata: {{labels: {{app: api}}}}, spec: {{containers: [{{name: app, image: x}}]}}}}
status: {{replicas: 1, conditions: [{{type: Progressing, status: 'True', reason: {reason}, message: m}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: api, namespace: n}}
spec: {{selector: {{app: api}}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: api-1, namespace: n, uid: r1, annotations: {{deployment.kubernetes.io/revision: '1'}}, ownerReferences: [{{kind: Deployment, name: api, uid: d, controller: true}}]}}
spec: {{replicas: {old}}}
status: {{replicas: {old}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: api-2, namespace: n, uid: r2, annotations: {{deployment.kubernetes.io/revision: '2'}}, ownerReferences: [{{kind: Deployment, name: api, uid: d, controller: true}}]}}
spec: {{replicas: 1}}
status: {{replicas: 1}}
---
apiVersion: v1
kind: Pod
metadata: {{name: api-2-a, namespace: n, uid: p, labels: {{app: api}}, ownerReferences: [{{kind: ReplicaSet, name: api-2, uid: r2, controller: true}}]}}
spec: {{nodeName: x, containers: [{{name: app, image: x}}]}}
status: {{phase: Running, containerStatuses: [{{name: app, restartCount: 0, state: {state}}}]}}
"
        )
    }

    const CRASHING: &str = "{waiting: {reason: CrashLoopBackOff}}";

    #[test]
    fn a_number_that_covers_every_pod_is_found() {
        check(&with("1", "ProgressDeadlineExceeded", 0, CRASHING))
            .finds("rollout-removed-all-old-pods", "Deployment n/api")
            .tells("title")
            .with("max", "1")
            .affects("Service n/api")
            .advises("rollout undo deployment/api");
        check(&with("100%", "ReplicaSetUpdated", 0, CRASHING))
            .finds("rollout-removed-all-old-pods", "Deployment n/api");
    }

    #[test]
    fn new_pods_that_say_nothing_are_told_of_after_two_minutes() {
        let waiting = |created: &str| {
            with("100%", "ReplicaSetUpdated", 0, "{waiting: {reason: PodInitializing}}")
                .replace("name: api-2-a,", &format!("name: api-2-a, creationTimestamp: '2026-01-01T{created}Z',"))
                .replace("spec: {nodeName: x,", "spec: {nodeName: x, initContainers: [{name: migrate, image: x}],")
                .replace("status: {phase: Running,", "status: {phase: Pending, initContainerStatuses: [{name: migrate, restartCount: 0, state: {running: {startedAt: '2026-01-01T11:58:30Z'}}}],")
        };
        check(&waiting("11:57:50"))
            .finds("rollout-removed-all-old-pods", "Deployment n/api")
            .tells("explanation.init")
            .with("init", "migrate");
        check(&waiting("11:58:20")).does_not_find("rollout-removed-all-old-pods");
    }

    #[test]
    fn old_pods_that_remain_and_new_ones_that_start_are_no_outage() {
        let starting = "{waiting: {reason: ContainerCreating}}";
        for objects in [
            with("1", "ReplicaSetUpdated", 1, CRASHING),
            with("25%", "ReplicaSetUpdated", 0, CRASHING),
            with("1", "ReplicaSetUpdated", 0, starting),
            with("1", "NewReplicaSetAvailable", 0, CRASHING),
        ] {
            check(&objects).does_not_find("rollout-removed-all-old-pods");
        }
    }
}
