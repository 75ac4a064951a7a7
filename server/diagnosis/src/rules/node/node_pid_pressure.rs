//! Symptom: processes cannot be started on a node, and new Pods are not placed there.
//! Cause: the node reports PIDPressure: nearly all process ids are used.
//! Fix: end what forks without bound; set a PID limit for Pods.
//! Source: <https://kubernetes.io/docs/concepts/policy/pid-limiting/>

use super::pressure;
use crate::facts::{Node, Pod};
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-pid-pressure",
    source: "https://kubernetes.io/docs/concepts/policy/pid-limiting/",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "Node {name} is short of process ids (PIDPressure)",
            "ノード {name} のプロセス ID が不足している（PIDPressure）",
        ),
        text(
            "explanation",
            "Too many processes and threads run on the node, so new ones may fail to start. The kubelet evicts Pods, and the scheduler sends none there. {pods} {pods|Pod is|Pods are} affected.",
            "ノード上のプロセスとスレッドが多すぎるため、新しいプロセスを起動できないことがあります。kubelet は Pod を退避し、スケジューラーは Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "fix.look",
            "See which Pod starts so many processes.",
            "どの Pod が多数のプロセスを起動しているか確認します。",
        ),
        text(
            "fix.mend",
            "Fix what starts processes without limit, and set podPidsLimit in the configuration of the kubelet so that one Pod cannot use them all.",
            "際限なくプロセスを生成するものを修正し、1 つの Pod が使い切らないように kubelet の設定で podPidsLimit を指定します。",
        ),
    ],
};

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    pressure::on_node(node, snapshot, findings, "PIDPressure", "pids");
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    pressure::on_pod(
        pod,
        snapshot,
        findings,
        "PIDPressure",
        "node.kubernetes.io/pid-pressure",
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
spec: {taints: [{key: node.kubernetes.io/pid-pressure, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: 'True'}, {type: PIDPressure, status: STATUS, reason: R}]}
";

    const WAITING: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: shop, uid: q}
spec: {containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/pid-pressure: }.'}]}
";

    #[test]
    fn by_itself_it_is_a_warning() {
        check(&NODE.replace("STATUS", "'True'"))
            .finds("node-pid-pressure", "Node n3")
            .is(Severity::Warning)
            .alone();
    }

    #[test]
    fn a_pod_that_waits_for_the_node_makes_it_critical() {
        check(&(NODE.replace("STATUS", "'True'") + WAITING))
            .finds("node-pid-pressure", "Node n3")
            .affects("Pod shop/new")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_node_that_is_well_or_unknown() {
        check(&NODE.replace("STATUS", "'False'")).does_not_find("node-pid-pressure");
        check(&NODE.replace("STATUS", "Unknown")).does_not_find("node-pid-pressure");
    }
}
