//! Symptom: a Pod stays Pending; the scheduler says `Insufficient memory`.
//! Cause: no node has so much of memory left for Pods as this one requests.
//! Fix: request less, make room, or add a node.
//! Source: <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling>

use super::shortage;
use crate::facts::Pod;
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "insufficient-memory",
    source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "No node has {asked} of memory left for {kind} {name}: the most that is free is {free}",
            "{kind} {name} が要求するメモリー {asked} の空きがあるノードがない（最大の空きは {free}）",
        ),
        text(
            "title.too-large",
            "{kind} {name} requests {asked} of memory, and the largest node that it may use has {allocatable}",
            "{kind} {name} が要求するメモリーは {asked} だが、使用できる最大のノードでも {allocatable} しかない",
        ),
        text(
            "title.told",
            "No node has enough memory left for {kind} {name}",
            "{kind} {name} に必要なメモリーの空きがあるノードがない",
        ),
        text(
            "title.several",
            "No node has all that {kind} {name} requests: {shortages}",
            "{kind} {name} が要求するものをすべて満たすノードがない: {shortages}",
        ),
        text(
            "title.told-several",
            "No node has enough left of {shortages} for {kind} {name}",
            "{kind} {name} に必要な {shortages} の空きがあるノードがない",
        ),
        text(
            "explanation",
            "The scheduler counts what Pods request, not what they use. Node {node} has {allocatable} in all, and the Pods on it already request all but {free}. {pods} {pods|Pod waits|Pods wait}.",
            "スケジューラーは使用量ではなく要求の合計で判断します。ノード {node} の総量は {allocatable} で、そこにある Pod の要求を除いた残りは {free} です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.too-large",
            "Even an empty node could not take this Pod: node {node} has {allocatable} for Pods in all. {pods} {pods|Pod waits|Pods wait}, and will wait forever.",
            "空のノードでもこの Pod は入りません。ノード {node} の総量は {allocatable} です。{pods} 個の Pod が待機しており、このままでは配置されません。",
        ),
        text(
            "explanation.told",
            "The scheduler counts what Pods request, not what they use. How much is free on each node could not be read, so the scheduler's own words are the proof. {pods} {pods|Pod waits|Pods wait}.",
            "スケジューラーは使用量ではなく要求の合計で判断します。各ノードの空きは読み取れなかったため、スケジューラーのメッセージが根拠です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.rejected",
            "Node {node} itself refused the Pod: what is requested was not left there when the Pod came. A Pod that is refused like this is not tried again. {pods} {pods|Pod|Pods}.",
            "ノード {node} 自身が Pod を拒否しました。Pod が割り当てられた時点で、要求された量の空きがありませんでした。拒否された Pod は再試行されません。Pod {pods} 個です。",
        ),
        text(
            "fix.lower",
            "Lower the request for memory in {kind} {name} to what it needs.",
            "{kind} {name} のメモリーの要求を必要な量まで下げます。",
        ),
        text(
            "fix.room",
            "Or free resources: scale down or remove something else, or add a node.",
            "または、他の Pod を減らして空きを作るか、ノードを追加します。",
        ),
        text(
            "fix.larger",
            "Or add a node that is large enough.",
            "または、十分に大きいノードを追加します。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    shortage::find(pod, snapshot, findings, |name| name == "memory");
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(asked: &str, allocatable: &str, used: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: n1}}
status: {{allocatable: {{cpu: 4, pods: 100, memory: {allocatable}}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: old, namespace: other, uid: o}}
spec: {{nodeName: n1, containers: [{{name: c, resources: {{requests: {{memory: {used}}}}}}}]}}
status: {{phase: Running}}
---
apiVersion: v1
kind: Pod
metadata: {{name: new, namespace: shop, uid: p}}
spec: {{containers: [{{name: c, resources: {{requests: {{memory: {asked}}}}}}}]}}
status:
  phase: Pending
  conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.'}}]
"
        )
    }

    #[test]
    fn what_is_left_is_not_enough() {
        check(&objects("2Gi", "4Gi", "3Gi"))
            .finds("insufficient-memory", "Pod shop/new")
            .tells("title")
            .with("free", "1Gi")
            .alone();
    }

    #[test]
    fn no_node_is_large_enough() {
        check(&objects("9Gi", "4Gi", "0Gi"))
            .finds("insufficient-memory", "Pod shop/new")
            .tells("title.too-large")
            .with("allocatable", "4Gi");
    }

    #[test]
    fn without_the_right_to_read_nodes_the_scheduler_s_words_count() {
        check(&objects("2Gi", "4Gi", "3Gi"))
            .denying("nodes")
            .finds("insufficient-memory", "Pod shop/new")
            .tells("explanation.told");
    }

    #[test]
    fn a_pod_that_is_about_to_get_the_room_of_another_waits_rightly() {
        let nominated = objects("2Gi", "4Gi", "3Gi")
            .replace("phase: Pending", "phase: Pending\n  nominatedNodeName: n1");
        check(&nominated).does_not_find("insufficient-memory");
    }
}
