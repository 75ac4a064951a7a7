//! Symptom: a Pod stays Pending with the status `SchedulingGated`.
//! Cause: spec.schedulingGates is not empty, and what should lift the gate has not.
//! Fix: see to the controller that owns the gate, or remove the gate.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/>

use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::GATE_LIFTED;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "scheduling-gated",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} is held by the scheduling gate {gates}, which nothing has lifted",
            "{kind} {name} は scheduling gate {gates} で止められており、解除されていない",
        ),
        text(
            "explanation",
            "The scheduler does not look at a Pod before its schedulingGates are empty. A controller of your cluster removes the gate when its condition is met; it has not for {age}. {pods} {pods|Pod waits|Pods wait}.",
            "schedulingGates が空になるまで、スケジューラーは Pod を配置しません。条件が満たされるとクラスターのコントローラーが gate を外しますが、{age}の間外されていません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.controller",
            "See whether the controller that owns the gate {gates} runs, and what it waits for.",
            "gate {gates} を管理するコントローラーが動作しているか、何を待っているかを確認します。",
        ),
        text(
            "fix.lift",
            "Or lift the gate by hand, if nothing else will.",
            "ほかに解除するものがなければ、手動で gate を外します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let gates = &pod.spec.placement.gates;
    let Some(first) = gates.first().filter(|_| pod.is_unscheduled()) else {
        return;
    };
    let created = pod.meta.created;
    if !GATE_LIFTED.has_ended(created, snapshot) {
        return;
    }
    let age = created.map_or(GATE_LIFTED.seconds, |at| snapshot.age(at));
    let named: Vec<String> = gates.iter().map(ToString::to_string).collect();
    findings.add(
        Finding::on_pod(snapshot, pod)
            .arg("gates", named.join(", "))
            .arg("age", podside_model::Arg::Seconds(age))
            .proof(proof::field(pod, "/spec/schedulingGates/0/name", first))
            .proofs(
                pod.condition("PodScheduled")
                    .map(|c| proof::condition(pod, c, "reason")),
            )
            .fix("fix.controller")
            .fix_with(
                "fix.lift",
                format!(
                    "{} patch pod {} --type=json -p '[{{\"op\":\"remove\",\"path\":\"/spec/schedulingGates\"}}]'",
                    kubectl::prefix(Some(&pod.meta.namespace)),
                    kubectl::word(&pod.meta.name)
                ),
            )
            .since(pod.meta.created),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: train, namespace: ml, uid: p, creationTimestamp: '2026-01-01T11:50:00Z'}
spec: {schedulingGates: [{name: kueue.example/admission}], containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated}]}
";

    #[test]
    fn a_gate_that_stands() {
        check(POD)
            .finds("scheduling-gated", "Pod ml/train")
            .tells("title")
            .with("gates", "kueue.example/admission")
            .alone();
    }

    #[test]
    fn a_gate_that_has_just_been_set_or_lifted() {
        check(&POD.replace("11:50:00", "11:59:57")).finds_nothing();
        check(&POD.replace("schedulingGates: [{name: kueue.example/admission}],", ""))
            .does_not_find("scheduling-gated");
    }
}
