//! Symptom: a Pod stays Pending; the scheduler says that nodes were unschedulable.
//! Cause: the node that would take it is cordoned.
//! Fix: uncordon the node, or add room elsewhere.
//! Source: <https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration>

use podside_model::Relation;

use super::state::{severity, would_take};
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::Obstacle;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-cordoned",
    source: "https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Node {name} is cordoned, and {pods} {pods|Pod waits|Pods wait} for it",
            "ノード {name} が cordon されており、{pods} 個の Pod がそのノードを待っている",
        ),
        text(
            "explanation",
            "The node is marked unschedulable (spec.unschedulable), so no new Pods are placed there; those that run there go on. It would take the waiting Pods, and no other node does.",
            "ノードは unschedulable（spec.unschedulable）に設定されており、新しい Pod は配置されません。動作中の Pod は影響を受けません。待機中の Pod はこのノードになら配置できますが、他のノードには配置できません。",
        ),
        text(
            "fix.uncordon",
            "If the maintenance is over, uncordon the node; the Pods are then scheduled by themselves.",
            "メンテナンスが終わっていれば、ノードを uncordon します。Pod は自動的にスケジュールされます。",
        ),
        text(
            "fix.room",
            "If it must stay cordoned, add room on other nodes.",
            "cordon のままにする場合は、他のノードに空きを作ります。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let cordoned = would_take(pod, snapshot, findings, |o| matches!(o, Obstacle::Cordoned));
    for node in cordoned {
        let finding = Finding::on(node)
            .breaks(pod)
            .relation(Relation::Runs)
            .severity(severity(pod, snapshot))
            .proof(proof::field(node, "/spec/unschedulable", true))
            .fix_with(
                "fix.uncordon",
                format!("kubectl uncordon {}", kubectl::word(&node.meta.name)),
            )
            .fix_with("fix.room", "kubectl get nodes")
            .since(pod.meta.created);
        findings.add(match pod.condition("PodScheduled") {
            Some(condition) if condition.message.is_some() => {
                finding.proof(proof::condition(pod, condition, "message"))
            }
            _ => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const NODES: &str = "
apiVersion: v1
kind: Node
metadata: {name: small}
status: {allocatable: {cpu: 1, pods: 10}}
---
apiVersion: v1
kind: Node
metadata: {name: big}
spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]}
status: {allocatable: {cpu: 8, pods: 10}}
";

    fn pod(cpu: u32) -> String {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: job, namespace: b, uid: p}}\nspec: {{containers: [{{name: c, resources: {{requests: {{cpu: {cpu}}}}}}}]}}\nstatus: {{phase: Pending, conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: x'}}]}}\n"
        )
    }

    #[test]
    fn the_only_node_that_is_large_enough_is_cordoned() {
        check(&(NODES.to_owned() + &pod(4)))
            .finds("node-cordoned", "Node big")
            .affects("Pod b/job")
            .advises("kubectl uncordon big")
            .alone();
    }

    #[test]
    fn a_cordoned_node_that_would_not_help_is_not_to_blame() {
        check(&(NODES.to_owned() + &pod(16))).does_not_find("node-cordoned");
    }

    #[test]
    fn a_cordoned_node_that_nothing_waits_for_is_well() {
        check(NODES).finds_nothing();
    }
}
