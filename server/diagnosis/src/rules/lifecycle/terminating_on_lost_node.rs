//! Symptom: a Pod stays in `Terminating` or `Unknown`.
//! Cause: its node does not report any more, so nobody confirms that the containers have
//! stopped.
//! Fix: bring the node back, or declare it lost; in the last resort delete the Pod by force.
//! Source: <https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/>

use podside_model::Relation;

use crate::facts::{Condition, Kind, Node, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "terminating-on-lost-node",
    source: "https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/",
    // That the node is lost, and why, says more.
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{pods} {pods|Pod stays|Pods stay} in Terminating, because node {node} does not report any more",
            "ノード {node} が応答しないため、{pods} 個の Pod が Terminating のままになっている",
        ),
        text(
            "title.gone",
            "Pod {name} stays in Terminating, because its node {node} does not exist any more",
            "ノード {node} が存在しないため、Pod {name} が Terminating のままになっている",
        ),
        text(
            "explanation",
            "Only the kubelet of {node} can say that the containers have stopped, and it is silent. Until then the Pod keeps its name and volumes; a StatefulSet makes no other of that name.",
            "コンテナの停止を確認できるのは {node} の kubelet だけですが、応答がありません。それまで Pod は名前とボリュームを保持し、StatefulSet は同じ名前の Pod を作成しません。",
        ),
        text(
            "fix.node",
            "Bring node {node} back, or, if it is lost for good, delete it from the cluster.",
            "ノード {node} を復旧するか、復旧できない場合はクラスターから削除します。",
        ),
        text(
            "fix.taint",
            "If it is certain that the node is off, say so: its Pods are removed and their volumes detached.",
            "ノードが確実に停止している場合は、次の taint で示すと Pod が削除されボリュームが切り離されます。",
        ),
        text(
            "fix.force",
            "As a last resort delete the Pod by force. If the node still runs it, two of them use the same data.",
            "最後の手段として Pod を強制的に削除します。ノード上でまだ動作している場合、同じデータを二重に使用することになります。",
        ),
        text(
            "proof.deleted",
            "When the Pod was to be gone",
            "Pod が削除されるはずだった時刻",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(deleting) = pod.meta.deleting else {
        return;
    };
    if pod.node.is_empty() || pod.is_finished() {
        return;
    }
    let finding = match snapshot.nodes.find("", &pod.node) {
        Lookup::Found(node) => {
            let Some(silent) = silent(node) else { return };
            Finding::on(node)
                .breaks(pod)
                .relation(Relation::Runs)
                .proof(proof::condition(node, silent, "reason"))
                .proof(proof::condition(node, silent, "message"))
                .since(silent.changed)
                .fix_with("fix.node", kubectl::describe(&node.object_ref()))
                .fix_with(
                    "fix.taint",
                    format!(
                        "{} taint node {} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
                        kubectl::prefix(None),
                        kubectl::word(&pod.node)
                    ),
                )
        }
        Lookup::Missing => Finding::on(pod)
            .breaks(pod)
            .title("title.gone")
            .proof(proof::absence(
                proof::object(Kind::Node, "", &pod.node),
                pod,
                "/spec/nodeName",
            ))
            .since(Some(deleting)),
        Lookup::Unknown(why) => {
            findings.unknown_object(Kind::Node, "", &pod.node, why);
            return;
        }
    };
    findings.add(
        finding
            .arg("node", &*pod.node)
            .proof(
                proof::field(pod, "/metadata/deletionTimestamp", deleting).saying("proof.deleted"),
            )
            .fix_with(
                "fix.force",
                format!(
                    "{} delete pod {} --force --grace-period=0",
                    kubectl::prefix(Some(&pod.meta.namespace)),
                    kubectl::word(&pod.meta.name)
                ),
            ),
    );
}

/// The condition with which the node controller says that the kubelet is silent. A kubelet
/// that reports `Ready: False` itself can still stop containers.
fn silent(node: &Node) -> Option<&Condition> {
    node.condition("Ready").filter(|c| &*c.status == "Unknown")
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(ready: &str, node: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: w1}}
status: {{conditions: [{{type: Ready, status: '{ready}', reason: NodeStatusUnknown, message: Kubelet stopped posting node status.}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: db-0, namespace: n, uid: p, deletionTimestamp: '2026-01-01T11:00:00Z', ownerReferences: [{{kind: StatefulSet, name: db, uid: s, controller: true}}]}}
spec: {{nodeName: {node}, containers: [{{name: a}}]}}
status: {{phase: Running}}
---
apiVersion: v1
kind: Pod
metadata: {{name: db-1, namespace: n, uid: q, deletionTimestamp: '2026-01-01T11:00:00Z', ownerReferences: [{{kind: StatefulSet, name: db, uid: s, controller: true}}]}}
spec: {{nodeName: {node}, containers: [{{name: a}}]}}
status: {{phase: Running}}
"
        )
    }

    #[test]
    fn a_node_that_was_deleted_leaves_its_pods() {
        check(&with("True", "w9"))
            .finds("terminating-on-lost-node", "Pod n/db-0")
            .proves("w9")
            .advises("--force");
    }

    #[test]
    fn pods_of_a_node_that_works_are_only_slow() {
        check(&with("True", "w1")).does_not_find("terminating-on-lost-node");
        check(&with("False", "w1")).does_not_find("terminating-on-lost-node");
    }

    #[test]
    fn nodes_that_may_not_be_read_are_unknown() {
        check(&with("Unknown", "w1"))
            .denying("nodes")
            .does_not_find("terminating-on-lost-node")
            .cannot_tell("unknown.cluster-object")
            .with("kind", "Node")
            .with("name", "w1");
    }
}
