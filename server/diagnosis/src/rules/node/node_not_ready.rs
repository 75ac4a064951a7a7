//! Symptom: Pods on a node are not ready or end in Terminating; new ones are not placed.
//! Cause: the node reports Ready False, or its kubelet has stopped reporting.
//! Fix: see to the node: its kubelet, container runtime, network plugin, or the machine.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-cluster/>

use podside_model::{Relation, Severity};

use super::state::waits_for;
use crate::facts::{Condition, Node, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::NODE_JOINS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;
use crate::unwell::says_failed;

pub(super) const RULE: Rule = Rule {
    cause: "node-not-ready",
    source: "https://kubernetes.io/docs/concepts/architecture/nodes/#condition",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "Node {name} is not ready: {reason}",
            "ノード {name} が Ready ではない: {reason}",
        ),
        text(
            "title.unsaid",
            "Node {name} is not ready, and its kubelet does not say why",
            "ノード {name} が Ready ではなく、kubelet は理由を報告していない",
        ),
        text(
            "title.silent",
            "Node {name} does not answer: its kubelet has stopped reporting",
            "ノード {name} が応答しない: kubelet が状態を報告していない",
        ),
        text(
            "explanation",
            "The kubelet of the node says itself that it cannot run Pods now, and the scheduler sends none there. {pods} {pods|Pod is|Pods are} affected.",
            "ノードの kubelet 自身が、いまは Pod を動作させられないと報告しています。スケジューラーはこのノードに Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "explanation.silent",
            "The machine is down, cut off from the API server, or its kubelet does not run; which of these cannot be told from here. Its Pods count as not ready, and after five minutes they are evicted unless they tolerate it. {pods} {pods|Pod is|Pods are} affected.",
            "マシンが停止しているか、API サーバーと通信できないか、kubelet が動作していません。どれであるかはここからは判断できません。このノードの Pod は Ready ではないとみなされ、許容していなければ 5 分後に退避されます。{pods} 個の Pod に影響があります。",
        ),
        text(
            "fix.look",
            "Look at the node: its conditions and events say what the kubelet last knew.",
            "ノードを確認します。Condition とイベントに、kubelet が最後に把握した状態が記録されています。",
        ),
        text(
            "fix.machine",
            "On the machine, see whether it runs and whether the kubelet does (systemctl status kubelet, journalctl -u kubelet).",
            "マシン上で、マシンと kubelet が動作しているか確認します（systemctl status kubelet、journalctl -u kubelet）。",
        ),
        text(
            "fix.network",
            "Install or fix the network plugin: the container runtime finds no working CNI configuration on the node (/etc/cni/net.d).",
            "ネットワークプラグインを導入または修復します。コンテナランタイムが、ノード上で有効な CNI の設定（/etc/cni/net.d）を見つけられません。",
        ),
        text(
            "fix.gone",
            "If the machine will not come back, delete the Node, so that its Pods are created again elsewhere.",
            "マシンが戻らない場合は Node を削除します。Pod は別のノードで作り直されます。",
        ),
    ],
};

/// Taints of a node that is not ready.
pub(super) const TAINTS: &[&str] = &[
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

fn find(node: &Node, snapshot: &Snapshot) -> Option<Finding> {
    let ready = node.condition("Ready").filter(|c| !c.is_true())?;
    let failed = ready.message.as_deref().is_some_and(says_failed);
    let joins = !failed && !NODE_JOINS.has_ended(node.meta.created, snapshot);
    if node.meta.deleting.is_some() || (joins && ready.is_false()) {
        return None;
    }
    let mut finding = Finding::on(node)
        .relation(Relation::Runs)
        .proof(proof::condition(node, ready, "status"))
        .proof(proof::condition(node, ready, "reason"))
        .since(ready.changed)
        .fix_with("fix.look", kubectl::describe(&node.object_ref()));
    if ready.message.is_some() {
        finding = finding.proof(proof::condition(node, ready, "message"));
    }
    Some(if ready.is_false() {
        let reason = reason(ready);
        let finding = if reason.is_empty() {
            finding.title("title.unsaid")
        } else {
            finding.arg("reason", reason)
        };
        let network = ready
            .message
            .as_deref()
            .is_some_and(|m| m.contains("NetworkReady=false") || m.contains("cni"));
        if network {
            finding.fix("fix.network")
        } else {
            finding.fix("fix.machine")
        }
    } else {
        finding
            .title("title.silent")
            .explanation("explanation.silent")
            .fix("fix.machine")
            .fix_with(
                "fix.gone",
                format!("kubectl delete node {}", kubectl::word(&node.meta.name)),
            )
    })
}

/// The deciding words of the kubelet: the first sentence of its message.
fn reason(ready: &Condition) -> String {
    const LONGEST: usize = 100;
    let message = ready.message.as_deref().unwrap_or(&ready.reason);
    let first = message.split(": ").next().unwrap_or(message);
    first.chars().take(LONGEST).collect()
}

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(mut finding) = find(node, snapshot) else {
        return;
    };
    let mut any = false;
    let down = snapshot
        .pods_on_node(&node.meta.name)
        .filter(|p| !p.is_finished() && !p.is_ready());
    for pod in down {
        any = true;
        finding = finding.breaks(pod);
    }
    // Pods may still be well on it, and then it is one node less.
    if !any {
        finding = finding.severity(Severity::Warning);
    }
    findings.add(finding);
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    waits_for(pod, snapshot, findings, TAINTS, find);
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const NODE: &str = "
apiVersion: v1
kind: Node
metadata: {name: n7, creationTimestamp: '2026-01-01T08:00:00Z'}
spec: {taints: [{key: node.kubernetes.io/unreachable, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: STATUS, reason: R, message: 'MESSAGE'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, uid: p, ownerReferences: [{kind: StatefulSet, name: db, uid: s, controller: true}]}
spec: {nodeName: n7, containers: [{name: c}]}
status: {phase: Running, conditions: [{type: Ready, status: 'False'}]}
";

    fn with(status: &str, message: &str) -> String {
        NODE.replace("STATUS", status).replace("MESSAGE", message)
    }

    #[test]
    fn a_kubelet_that_stopped_reporting() {
        check(&with("Unknown", "Kubelet stopped posting node status."))
            .finds("node-not-ready", "Node n7")
            .tells("title.silent")
            .affects("StatefulSet shop/db")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_network_plugin_that_is_not_there() {
        check(&with("'False'", "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"))
            .finds("node-not-ready", "Node n7")
            .tells("title").with("reason", "container runtime network not ready")
            .offers("fix.network");
    }

    #[test]
    fn a_pod_that_waits_for_it() {
        let waiting = "---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: shop, uid: q}
spec: {containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.'}]}
";
        check(&(with("Unknown", "x") + waiting))
            .finds("node-not-ready", "Node n7")
            .affects("Pod shop/new")
            .alone();
    }

    #[test]
    fn a_node_that_is_ready_or_has_just_joined() {
        check(&with("'True'", "kubelet is posting ready status")).does_not_find("node-not-ready");
        check(&with("'False'", "x").replace("08:00:00", "11:59:30"))
            .does_not_find("node-not-ready");
    }
}
