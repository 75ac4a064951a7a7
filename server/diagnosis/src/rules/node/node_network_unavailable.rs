//! Symptom: new Pods are not placed on a node.
//! Cause: the node reports NetworkUnavailable: the route for its Pods is not set up.
//! Fix: see to the network plugin or the route controller of the cloud.
//! Source: <https://kubernetes.io/docs/concepts/architecture/nodes/#condition>

use super::pressure;
use crate::facts::{Node, Pod};
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-network-unavailable",
    source: "https://kubernetes.io/docs/concepts/architecture/nodes/#condition",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "The network of node {name} is not set up (NetworkUnavailable)",
            "ノード {name} のネットワークが設定されていない（NetworkUnavailable）",
        ),
        text(
            "explanation",
            "The network plugin or the route controller of the cloud says that Pods on the node cannot be reached, so the scheduler sends none there. {pods} {pods|Pod is|Pods are} affected.",
            "ネットワークプラグインまたはクラウドのルートコントローラーが、このノードの Pod に到達できないと報告しています。スケジューラーは Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "fix.look",
            "See what the condition says, and whether the network plugin runs on the node.",
            "Condition の内容と、ノード上でネットワークプラグインが動作しているかを確認します。",
        ),
        text(
            "fix.mend",
            "Fix the network plugin, or the routes that the cloud controller manager could not make (often a quota of routes).",
            "ネットワークプラグイン、または cloud controller manager が作成できなかったルート（ルート数の上限など）を修復します。",
        ),
    ],
};

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    pressure::on_node(node, snapshot, findings, "NetworkUnavailable", "");
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    pressure::on_pod(
        pod,
        snapshot,
        findings,
        "NetworkUnavailable",
        "node.kubernetes.io/network-unavailable",
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
spec: {taints: [{key: node.kubernetes.io/network-unavailable, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: 'True'}, {type: NetworkUnavailable, status: STATUS, reason: R}]}
";

    const WAITING: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: shop, uid: q}
spec: {containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/network-unavailable: }.'}]}
";

    #[test]
    fn by_itself_it_is_a_warning() {
        check(&NODE.replace("STATUS", "'True'"))
            .finds("node-network-unavailable", "Node n3")
            .is(Severity::Warning)
            .alone();
    }

    #[test]
    fn a_pod_that_waits_for_the_node_makes_it_critical() {
        check(&(NODE.replace("STATUS", "'True'") + WAITING))
            .finds("node-network-unavailable", "Node n3")
            .affects("Pod shop/new")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_node_that_is_well_or_unknown() {
        check(&NODE.replace("STATUS", "'False'")).does_not_find("node-network-unavailable");
        check(&NODE.replace("STATUS", "Unknown")).does_not_find("node-network-unavailable");
    }
}
