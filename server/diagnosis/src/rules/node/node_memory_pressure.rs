//! Symptom: Pods are evicted from a node, and new ones are not placed there.
//! Cause: the node reports MemoryPressure: less memory is left than the eviction threshold.
//! Fix: see what uses the memory; set requests and limits; add memory or nodes.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>

use super::pressure;
use crate::facts::{Node, Pod};
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-memory-pressure",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "Node {name} is short of memory (MemoryPressure)",
            "ノード {name} のメモリーが不足している（MemoryPressure）",
        ),
        text(
            "explanation",
            "The kubelet found less memory left than its eviction threshold. It evicts Pods, those that use more than they request first, and the scheduler sends no BestEffort Pods there. {pods} {pods|Pod is|Pods are} affected.",
            "空きメモリーが kubelet の退避しきい値を下回っています。kubelet は要求を超えて使用する Pod から順に退避し、スケジューラーは BestEffort の Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "explanation.used",
            "The kubelet found less memory left than its eviction threshold. Of the {evicted} {evicted|Pod|Pods} that it evicted {user} used most: {used} ({size}); Pods that used little are not the cause. The scheduler sends no BestEffort Pods there. {pods} {pods|Pod is|Pods are} affected.",
            "メモリーの空きが kubelet の退避しきい値を下回っています。退避された {evicted} 個の Pod のうち最も多く使用していたのは {user} で、{used}（{size}）です。使用量の少ない Pod は巻き込まれただけです。スケジューラーは BestEffort の Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "fix.user",
            "Give {user} a memory limit, and a request near what it uses.",
            "{user} にメモリーの上限と、実際の使用量に近い request を設定します。",
        ),
        text(
            "fix.look",
            "See what uses the memory of the node.",
            "ノードのメモリーを何が使っているか確認します。",
        ),
        text(
            "fix.mend",
            "Set memory requests and limits on what uses it, move Pods away, or add memory.",
            "使用している Pod にメモリーの要求と上限を設定するか、Pod を移すか、メモリーを増やします。",
        ),
    ],
};

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    pressure::on_node(node, snapshot, findings, "MemoryPressure", "memory");
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    pressure::on_pod(
        pod,
        snapshot,
        findings,
        "MemoryPressure",
        "node.kubernetes.io/memory-pressure",
    );
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const NODE: &str = "
apiVersion: v1
kind: Node
metadata: {name: n3}
spec: {taints: [{key: node.kubernetes.io/memory-pressure, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: 'True'}, {type: MemoryPressure, status: STATUS, reason: R}]}
";

    const WAITING: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: shop, uid: q}
spec: {containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }.'}]}
";

    #[test]
    fn by_itself_it_is_a_warning() {
        check(&NODE.replace("STATUS", "'True'"))
            .finds("node-memory-pressure", "Node n3")
            .is(Severity::Warning)
            .alone();
    }

    #[test]
    fn a_pod_that_waits_for_the_node_makes_it_critical() {
        check(&(NODE.replace("STATUS", "'True'") + WAITING))
            .finds("node-memory-pressure", "Node n3")
            .affects("Pod shop/new")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_node_that_is_well_or_unknown() {
        check(&NODE.replace("STATUS", "'False'")).does_not_find("node-memory-pressure");
        check(&NODE.replace("STATUS", "Unknown")).does_not_find("node-memory-pressure");
    }
}
