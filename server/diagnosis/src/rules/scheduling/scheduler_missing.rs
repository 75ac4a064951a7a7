//! Symptom: a Pod stays Pending without any event or condition.
//! Cause: spec.schedulerName names a scheduler that does not run, so nobody looks at it.
//! Fix: run that scheduler, or name one that runs.
//! Source: <https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/>

use podside_model::ObjectRef;

use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::SCHEDULER_LOOKS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "scheduler-missing",
    source: "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "No scheduler named {scheduler} looks at {kind} {name}",
            "{kind} {name} が指定する {scheduler} という名前のスケジューラーが動作していない",
        ),
        text(
            "explanation",
            "spec.schedulerName says who places the Pod, and only that scheduler looks at it. Within {age} nobody has: the Pod has neither a node nor the condition PodScheduled. {pods} {pods|Pod waits|Pods wait}.",
            "spec.schedulerName は Pod を配置するスケジューラーを指定し、ほかのスケジューラーは関与しません。{age}の間、ノードも PodScheduled の Condition も設定されていません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.name",
            "If no scheduler of its own is meant, remove schedulerName from {kind} {name}.",
            "専用のスケジューラーが不要であれば、{kind} {name} の schedulerName を削除します。",
        ),
        text(
            "fix.run",
            "Check the scheduler {scheduler}: it must run under this name.",
            "スケジューラー {scheduler} をこの名前で動作させます。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let placement = &pod.spec.placement;
    let untouched = pod.is_unscheduled()
        && pod.nominated_node.is_empty()
        && placement.gates.is_empty()
        && pod.condition("PodScheduled").is_none();
    let Some(created) = pod.meta.created else {
        return;
    };
    if !untouched
        || placement.scheduler.is_empty()
        || !SCHEDULER_LOOKS.has_ended(Some(created), snapshot)
    {
        return;
    }
    if snapshot
        .events_of(pod)
        .any(|e| &*e.reason == "FailedScheduling")
    {
        return;
    }
    let finding = Finding::on_pod(snapshot, pod)
        .one_fault(ObjectRef::cluster("Scheduler", &*placement.scheduler), "")
        .arg("scheduler", &*placement.scheduler)
        .arg("age", podside_model::Arg::Seconds(snapshot.age(created)))
        .proof(proof::field(
            pod,
            "/spec/schedulerName",
            &placement.scheduler,
        ))
        .since(pod.meta.created);
    // The default scheduler may also be busy or restarting for a while.
    let is_default = &*placement.scheduler == "default-scheduler";
    findings.add(if is_default {
        finding
            .likely()
            .fix_with("fix.run", "kubectl -n kube-system get pods")
    } else {
        finding.fix_with("fix.run", "kubectl get pods -A").fix_with(
            "fix.name",
            kubectl::set_in_template(
                &snapshot.top_of(pod).object_ref(),
                &serde_json::json!({"schedulerName": null}),
            ),
        )
    });
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: trade, namespace: desk, uid: p, creationTimestamp: '2026-01-01T11:50:00Z'}
spec: {schedulerName: fast, containers: [{name: c}]}
status: {phase: Pending}
";

    #[test]
    fn a_scheduler_that_nobody_runs() {
        check(POD)
            .finds("scheduler-missing", "Pod desk/trade")
            .tells("title")
            .with("scheduler", "fast")
            .alone();
    }

    #[test]
    fn one_scheduler_is_one_problem_for_all_that_wait_for_it() {
        let other = POD.replace("trade", "quote").replace("uid: p", "uid: q");
        check(&format!("{POD}---{other}"))
            .finds("scheduler-missing", "Pod desk/quote")
            .affects("Pod desk/trade")
            .alone();
    }

    #[test]
    fn a_default_scheduler_that_is_down_is_likely() {
        check(&POD.replace("fast", "default-scheduler"))
            .finds("scheduler-missing", "Pod desk/trade")
            .is_likely();
    }

    #[test]
    fn a_young_pod_or_one_that_was_looked_at() {
        check(&POD.replace("11:50:00", "11:59:57")).finds_nothing();
        let looked_at = POD.replace(
            "phase: Pending",
            "phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: x}]",
        );
        check(&looked_at).does_not_find("scheduler-missing");
    }
}
