//! Symptom: a node is not ready, or its Pods stay in `CreateContainerError`; the kubelet says
//! that the container runtime is down, that PLEG is not healthy, or that a call did not end in
//! time.
//! Cause: the container runtime of the node is stalled or broken: mostly the disk is too slow
//! or full, or too many containers are made or ended at once.
//! Fix: relieve the node's disk, start the runtime again, or replace the node.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/>

use podside_model::{ObjectRef, Relation, Severity};

use super::node_not_ready::TAINTS;
use super::state::{severity, waits_for};
use crate::facts::{Node, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::start_error::{StartFault, start_errors};
use crate::rules::last_tries::last_tries;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-runtime-failing",
    source: "https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "The container runtime of node {name} does not answer: {said}",
            "ノード {name} のコンテナランタイムが応答しない: {said}",
        ),
        text(
            "title.slow",
            "The container runtime of node {name} does not make containers in time",
            "ノード {name} のコンテナランタイムが時間内にコンテナを作成できない",
        ),
        text(
            "explanation",
            "The kubelet starts, looks after and ends all containers through the runtime (containerd, CRI-O), and gets no answer, so the node counts as not ready. {pods} {pods|Pod is|Pods are} affected. The usual reasons are a disk that is too slow or full, and a runtime that hangs.",
            "kubelet はすべてのコンテナの起動、監視、終了をランタイム（containerd、CRI-O）経由で行いますが、応答がないため、ノードは Ready ではないとみなされます。{pods} 個の Pod に影響があります。よくある原因は、ディスクの遅延や空き不足、ランタイムのハングです。",
        ),
        text(
            "explanation.slow",
            "The image is there, and making the container took longer than the kubelet waits (context deadline exceeded). It tries again while the runtime is still at the first try, which then says that the name is reserved: that is only a consequence. The configuration of the Pod is not at fault. The usual reason is a slow disk: large images, a small or throttled disk, too many Pods that start at once. {pods} {pods|Pod waits|Pods wait} on this node.",
            "イメージはありますが、コンテナの作成が kubelet の待ち時間を超えました（context deadline exceeded）。kubelet が再試行すると、最初の試行がまだ終わっていないため名前が予約済みと報告されますが、これは副次的なものです。Pod の設定に問題はありません。よくある原因はディスクの遅さで、大きなイメージ、性能の低い、または制限されたディスク、同時に起動する Pod の多さなどです。このノードで {pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.runtime",
            "On node {name}, see the log of the runtime and its disk (journalctl -u containerd or crio, crictl ps, iostat -x, df -h), and start the runtime again.",
            "ノード {name} で、ランタイムのログとディスクを確認し（journalctl -u containerd または crio、crictl ps、iostat -x、df -h）、ランタイムを再起動します。",
        ),
        text(
            "fix.disk",
            "Relieve the disk of node {name}: a faster or larger one, smaller images, fewer Pods that start at once (iostat -x shows whether it is saturated).",
            "ノード {name} のディスクの負荷を減らします。より高速または大きなディスク、小さなイメージ、同時に起動する Pod の削減が有効です（iostat -x で飽和しているか確認できます）。",
        ),
        text(
            "fix.elsewhere",
            "Until then have the Pods created again on another node: cordon this one and delete them.",
            "それまでは、このノードを cordon して Pod を削除し、別のノードで作り直します。",
        ),
    ],
};

/// What a kubelet says of a runtime that does not answer, from 1.27 to 1.36.
const WORDS: &[&str] = &[
    "container runtime is down",
    "PLEG is not healthy",
    "container runtime status check failed",
    "runtime is unavailable",
];

fn find(node: &Node, _: &Snapshot) -> Option<Finding> {
    let ready = node.condition("Ready").filter(|ready| ready.is_false())?;
    let message = ready.message.as_deref()?;
    let at = WORDS.iter().find_map(|words| message.find(words))?;
    if node.meta.deleting.is_some() {
        return None;
    }
    Some(
        Finding::on(node)
            .relation(Relation::Runs)
            .arg("said", said(message.get(at..).unwrap_or(message)))
            .proof(proof::condition(node, ready, "message"))
            .proof(proof::condition(node, ready, "status"))
            .since(ready.changed)
            .fix_with("fix.runtime", kubectl::describe(&node.object_ref())),
    )
}

/// The kubelet's words, up to the end of the first thing that it says.
fn said(message: &str) -> String {
    const LONGEST: usize = 120;
    let first = message.split([',', ']']).next().unwrap_or(message);
    first.chars().take(LONGEST).collect()
}

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(mut finding) = find(node, snapshot) else {
        return;
    };
    let down = snapshot
        .pods_on_node(&node.meta.name)
        .filter(|pod| !pod.is_finished() && !pod.is_ready());
    let mut any = false;
    for pod in down {
        any = true;
        finding = finding.breaks(pod);
    }
    findings.add(if any {
        finding
    } else {
        finding.severity(Severity::Warning)
    });
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    waits_for(pod, snapshot, findings, TAINTS, find);
    if pod.node.is_empty() || pod.is_terminating() || pod.is_finished() {
        return;
    }
    let mut slow = start_errors(pod, snapshot).filter(|(.., e)| e.fault == StartFault::Runtime);
    let Some((.., error)) = slow.next() else {
        return;
    };
    let node = match snapshot.nodes.get("", &pod.node) {
        Some(node) => node.object_ref(),
        // Without the right to read nodes the name is all that is known of it.
        None => ObjectRef::cluster("Node", &*pod.node),
    };
    // The first try, which took too long, tells more than its echo.
    let first =
        last_tries(pod, snapshot).find(|event| event.message.contains("context deadline exceeded"));
    let describe = kubectl::describe(&node);
    let cordon = format!("kubectl cordon {}", kubectl::word(&pod.node));
    findings.add(
        Finding::on_ref(node)
            .title("title.slow")
            .explanation("explanation.slow")
            .breaks(pod)
            .relation(Relation::Runs)
            .severity(severity(pod, snapshot))
            .proofs(first.map(proof::event))
            .proof(error.proof)
            .since(first.and_then(|event| event.first).or(pod.started))
            .fix_with("fix.disk", describe)
            .fix_with("fix.elsewhere", cordon),
    );
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    fn node(status: &str, message: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: n7, creationTimestamp: '2026-01-01T08:00:00Z'}}
status: {{conditions: [{{type: Ready, status: '{status}', reason: KubeletNotReady, message: '{message}'}}]}}
"
        )
    }

    fn pod(state: &str) -> String {
        format!(
            "---
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, uid: p}}
spec: {{nodeName: n7, containers: [{{name: c, image: x}}]}}
status: {{phase: Pending, conditions: [{{type: Ready, status: 'False'}}], containerStatuses: [{{name: c, state: {{{state}}}}}]}}
"
        )
    }

    #[test]
    fn a_runtime_that_is_down_is_told_instead_of_the_node() {
        let words = "[container runtime is down, PLEG is not healthy: pleg was last seen active 6m3s ago; threshold is 3m0s]";
        check(&(node("False", words) + &pod("waiting: {reason: ContainerCreating}")))
            .finds("node-runtime-failing", "Node n7")
            .tells("title")
            .with("said", "container runtime is down")
            .affects("Pod shop/web")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn containers_that_are_not_made_in_time() {
        for words in [
            "context deadline exceeded",
            "failed to reserve container name \"c_web\": name \"c_web\" is reserved for \"8b21\"",
        ] {
            let waits = format!("waiting: {{reason: CreateContainerError, message: '{words}'}}");
            check(&(node("True", "kubelet is posting ready status") + &pod(&waits)))
                .finds("node-runtime-failing", "Node n7")
                .tells("title.slow")
                .affects("Pod shop/web")
                .alone();
        }
    }

    #[test]
    fn a_container_that_cannot_be_made_as_it_is_configured_is_another_cause() {
        let waits = "waiting: {reason: CreateContainerError, message: 'failed to create subPath directory'}";
        check(&(node("True", "kubelet is posting ready status") + &pod(waits)))
            .does_not_find("node-runtime-failing")
            .finds("container-config-error", "Pod shop/web[c]");
    }

    #[test]
    fn a_node_without_a_network_or_one_that_works_is_not_meant() {
        let network =
            "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady";
        check(&node("False", network))
            .does_not_find("node-runtime-failing")
            .finds("node-not-ready", "Node n7");
        check(&node("True", "kubelet is posting ready status")).finds_nothing();
    }
}
