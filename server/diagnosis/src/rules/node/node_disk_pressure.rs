//! Symptom: Pods are evicted from a node, images are removed, and new Pods are not placed there.
//! Cause: the node reports DiskPressure: its disk or its inodes are nearly used up.
//! Fix: free the disk (logs, images, emptyDir volumes), or make it larger.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>

use super::pressure;
use crate::facts::{Node, Pod};
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-disk-pressure",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "Node {name} is short of disk space (DiskPressure)",
            "ノード {name} のディスクが不足している（DiskPressure）",
        ),
        text(
            "explanation",
            "The kubelet found less disk space or fewer inodes left than its eviction threshold. It removes unused images and evicts Pods, and the scheduler sends no Pods there. {pods} {pods|Pod is|Pods are} affected.",
            "ディスクの空き容量または inode が kubelet の退避しきい値を下回っています。kubelet は未使用のイメージを削除し、Pod を退避します。スケジューラーは Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "explanation.used",
            "The kubelet found less disk space or fewer inodes left than its eviction threshold. Of the {evicted} {evicted|Pod|Pods} that it evicted {user} used most: {used} ({size}); Pods that used little are not the cause. It removes unused images too, and the scheduler sends no Pods there. {pods} {pods|Pod is|Pods are} affected.",
            "ディスクの空き容量または inode が kubelet の退避しきい値を下回っています。退避された {evicted} 個の Pod のうち最も多く使用していたのは {user} で、{used}（{size}）です。使用量の少ない Pod は巻き込まれただけです。kubelet は未使用のイメージも削除し、スケジューラーは Pod を配置しません。{pods} 個の Pod に影響があります。",
        ),
        text(
            "fix.user",
            "Let {user} write less (its log level, its files), and give it a limit of ephemeral-storage.",
            "{user} の書き込みを減らし（ログレベルやファイル）、ephemeral-storage の上限を設定します。",
        ),
        text(
            "fix.look",
            "See what fills the disk: container logs, images, emptyDir volumes, or something outside of Kubernetes.",
            "ディスクを何が使っているか確認します（コンテナのログ、イメージ、emptyDir ボリューム、Kubernetes 外のファイル）。",
        ),
        text(
            "fix.mend",
            "Remove what is not needed, set ephemeral-storage limits on what writes, or give the node a larger disk.",
            "不要なものを削除するか、書き込む Pod に ephemeral-storage の上限を設定するか、ディスクを大きくします。",
        ),
    ],
};

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    pressure::on_node(
        node,
        snapshot,
        findings,
        "DiskPressure",
        "ephemeral-storage",
    );
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    pressure::on_pod(
        pod,
        snapshot,
        findings,
        "DiskPressure",
        "node.kubernetes.io/disk-pressure",
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
spec: {taints: [{key: node.kubernetes.io/disk-pressure, effect: NoSchedule}]}
status: {conditions: [{type: Ready, status: 'True'}, {type: DiskPressure, status: STATUS, reason: R}]}
";

    const WAITING: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: new, namespace: shop, uid: q}
spec: {containers: [{name: c}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.'}]}
";

    #[test]
    fn by_itself_it_is_a_warning() {
        check(&NODE.replace("STATUS", "'True'"))
            .finds("node-disk-pressure", "Node n3")
            .is(Severity::Warning)
            .alone();
    }

    #[test]
    fn a_pod_that_waits_for_the_node_makes_it_critical() {
        check(&(NODE.replace("STATUS", "'True'") + WAITING))
            .finds("node-disk-pressure", "Node n3")
            .affects("Pod shop/new")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn of_the_evicted_pods_the_one_that_used_most_is_named() {
        let evicted = |name: &str, used: &str| {
            format!(
                "---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, uid: {name}}}
spec: {{nodeName: n3, containers: [{{name: app}}]}}
status: {{phase: Failed, reason: Evicted, message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0. Container app was using {used}, request is 0, has larger consumption of ephemeral-storage. '}}
"
            )
        };
        let objects = NODE.replace("STATUS", "'True'")
            + &evicted("cart", "212Ki")
            + &evicted("index", "31985460Ki");
        check(&objects)
            .finds("node-disk-pressure", "Node n3")
            .tells("explanation.used")
            .with_all(&[
                ("user", "Pod index"),
                ("used", "31985460Ki"),
                ("size", "30.5Gi"),
            ])
            .offers("fix.user")
            .proves("31985460Ki");
    }

    #[test]
    fn a_node_that_is_well_or_unknown() {
        check(&NODE.replace("STATUS", "'False'")).does_not_find("node-disk-pressure");
        check(&NODE.replace("STATUS", "Unknown")).does_not_find("node-disk-pressure");
    }
}
