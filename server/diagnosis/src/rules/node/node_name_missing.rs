//! Symptom: a Pod stays Pending with a node's name, without conditions or events, until it is
//! deleted and made anew.
//! Cause: `spec.nodeName` names a node that does not exist. The scheduler leaves such a Pod
//! alone, and no kubelet takes it up.
//! Fix: name a node that exists, or let the scheduler choose.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename>

use crate::facts::{Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::patience::SCHEDULING;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-name-missing",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} names node {node} for its Pods, which does not exist",
            "{kind} {name} が Pod に指定するノード {node} が存在しない",
        ),
        text(
            "title.near",
            "{kind} {name} names node {node} for its Pods, which does not exist; there is {near}",
            "{kind} {name} が Pod に指定するノード {node} が存在しない（似た名前の {near} がある）",
        ),
        text(
            "explanation",
            "A Pod with spec.nodeName skips the scheduler: only the kubelet of that node would run it, and there is no such node. After a minute or two the cluster deletes it, and its owner creates it again. {pods} {pods|Pod waits|Pods wait}. The nodes are: {nodes}.",
            "spec.nodeName のある Pod はスケジューラーを通りません。そのノードの kubelet だけが実行しますが、ノードが存在しません。1、2 分後に Pod は削除され、所有者がいれば作り直されます。{pods} 個の Pod が待機しています。ノード: {nodes}。",
        ),
        text(
            "fix",
            "Take nodeName out of {kind} {name} and let the scheduler choose, by a nodeSelector where the node matters; or name a node that exists.",
            "{kind} {name} から nodeName を外してスケジューラーに任せ、ノードを選ぶ必要があれば nodeSelector を使います。または存在するノードを指定します。",
        ),
    ],
};

/// The most nodes that are listed.
const MOST: usize = 8;

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    // What a kubelet has taken up has lost its node since, which is another matter.
    let taken_up = pod.started.is_some() || !pod.statuses.is_empty();
    let waits = &*pod.phase == "Pending" && !pod.is_ready() && !pod.is_terminating();
    if pod.node.is_empty() || taken_up || !waits {
        return;
    }
    match snapshot.nodes.find("", &pod.node) {
        Lookup::Found(_) => return,
        Lookup::Unknown(why) => {
            findings.unknown_object(Kind::Node, "", &pod.node, why);
            return;
        }
        Lookup::Missing => {}
    }
    // A node that an autoscaler takes away may have been there when the Pod was bound.
    if !SCHEDULING.has_ended(pod.meta.created, snapshot) {
        return;
    }
    let names = || snapshot.nodes.iter().map(|node| &*node.meta.name);
    // Where no node is known at all, that is not what this Pod's name is about.
    if names().next().is_none() {
        return;
    }
    let listed: Vec<String> = names().take(MOST).map(str::to_owned).collect();
    let owner = snapshot.top_of(pod).object_ref();
    let finding = Finding::on_pod(snapshot, pod)
        .arg("node", &*pod.node)
        .arg("nodes", listed)
        .proof(proof::absence(
            proof::object(Kind::Node, "", &pod.node),
            pod,
            "/spec/nodeName",
        ))
        .since(pod.meta.created)
        .fix_with("fix", kubectl::change(&owner));
    findings.add(match near::name(&pod.node, names()) {
        Some(near) => finding.title("title.near").arg("near", near),
        None => finding,
    });
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(status: &str, created: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: worker-1}}
status: {{conditions: [{{type: Ready, status: 'True'}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: pinned, namespace: n, uid: p, creationTimestamp: '{created}'}}
spec: {{nodeName: NODE, containers: [{{name: a, image: x}}]}}
status: {{phase: Pending{status}}}
"
        )
    }

    const EARLY: &str = "2026-01-01T11:58:00Z";

    #[test]
    fn a_node_that_does_not_exist() {
        check(&with("", EARLY).replace("NODE", "render-9"))
            .finds("node-name-missing", "Pod n/pinned")
            .tells("title")
            .with("node", "render-9")
            .tells("explanation")
            .with_list("nodes", ["worker-1"])
            .alone();
        check(&with("", EARLY).replace("NODE", "worker-l"))
            .finds("node-name-missing", "Pod n/pinned")
            .tells("title.near")
            .with("near", "worker-1");
    }

    #[test]
    fn a_pod_that_lost_its_node_or_is_about_to_start_is_another_matter() {
        let lost = with(", startTime: '2026-01-01T11:58:01Z'", EARLY).replace("NODE", "render-9");
        check(&lost).does_not_find("node-name-missing");
        check(&with("", "2026-01-01T11:59:50Z").replace("NODE", "render-9"))
            .does_not_find("node-name-missing");
    }

    #[test]
    fn a_node_that_exists_is_well() {
        check(&with("", EARLY).replace("NODE", "worker-1")).does_not_find("node-name-missing");
    }

    #[test]
    fn nodes_that_may_not_be_read_are_unknown() {
        check(&with("", EARLY).replace("NODE", "render-9"))
            .denying("nodes")
            .does_not_find("node-name-missing")
            .cannot_tell("unknown.cluster-object")
            .with("name", "render-9");
    }
}
