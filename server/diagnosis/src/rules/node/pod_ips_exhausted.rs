//! Symptom: a Pod has a node and stays in `ContainerCreating`; events tell of
//! `FailedCreatePodSandBox`.
//! Cause: the network plugin has no address left to give: the range of the node, the subnet or
//! the pool is used up.
//! Fix: free addresses, or widen the range.
//! Source: <https://kubernetes.io/docs/concepts/cluster-administration/networking/>

use podside_model::{ObjectRef, Relation};

use super::pod_sandbox_failing::{awaits_sandbox, error};
use super::state::severity;
use crate::facts::{Node, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::last_tries::last_tries;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-ips-exhausted",
    source: "https://kubernetes.io/docs/concepts/cluster-administration/networking/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Node {name} has no address left for Pods: {error}",
            "ノード {name} に Pod 用のアドレスが残っていない: {error}",
        ),
        text(
            "explanation",
            "Each Pod needs an address of its own, which the network plugin of the node gives it, and that has none left. {used} Pods of the node have one. {pods} {pods|Pod waits|Pods wait} here; more CPU or memory would not help.",
            "Pod にはそれぞれ固有のアドレスが必要で、ノードのネットワークプラグインが割り当てますが、残りがありません。このノードでは {used} 個の Pod がアドレスを使用中です。{pods} 個の Pod が待機しており、CPU やメモリーを増やしても解決しません。",
        ),
        text(
            "explanation.range",
            "Each Pod needs an address of its own, and node {name} gives them out of {range}, where none is left. {used} Pods of the node have one. {pods} {pods|Pod waits|Pods wait} here; more CPU or memory would not help.",
            "Pod にはそれぞれ固有のアドレスが必要で、ノード {name} は {range} から割り当てますが、残りがありません。このノードでは {used} 個の Pod がアドレスを使用中です。{pods} 個の Pod が待機しており、CPU やメモリーを増やしても解決しません。",
        ),
        text(
            "fix.aws",
            "See how many addresses are free in the VPC subnet of node {name}, and whether its network interfaces (ENIs) are at the limit of its instance type. Give the nodes a larger or a further subnet, or let aws-node hold fewer in reserve and give out whole prefixes (WARM_IP_TARGET, ENABLE_PREFIX_DELEGATION).",
            "ノード {name} の VPC サブネットの空きアドレス数と、ネットワークインターフェイス（ENI）がインスタンスタイプの上限に達していないかを確認します。より大きいサブネットや追加のサブネットを使うか、aws-node の予備を減らし、プレフィックス単位で割り当てます（WARM_IP_TARGET、ENABLE_PREFIX_DELEGATION）。",
        ),
        text(
            "fix.range",
            "Run fewer Pods on node {name}, or give nodes a larger range (a node's podCIDR is fixed: delete the node and let it join again). Where fewer Pods run than the range has addresses, some of Pods that are gone were never given back: see /var/lib/cni/networks on the node.",
            "ノード {name} の Pod を減らすか、ノードに割り当てる範囲を広げます（podCIDR は変更できないため、ノードを作り直します）。Pod の数が範囲のアドレス数より少ない場合は、終了した Pod のアドレスが返却されていません。ノードの /var/lib/cni/networks を確認します。",
        ),
        text(
            "fix.pool",
            "Widen the pool of the network plugin or add another, and see whether it still holds addresses of Pods that are gone.",
            "ネットワークプラグインのアドレスプールを拡張または追加し、終了した Pod のアドレスが保持されたままになっていないか確認します。",
        ),
        text(
            "proof.range",
            "The addresses that node {name} has for Pods",
            "ノード {name} の Pod 用アドレス範囲",
        ),
    ],
};

/// Where a plugin takes its addresses from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// Network interfaces in a subnet of the cloud (VPC CNI of AWS).
    Aws,
    /// The range of the node (host-local, used by kubenet, flannel, bridge and GKE).
    Range,
    /// A pool of its own.
    Pool,
}

/// What network plugins say when no address is left.
const WORDS: &[(&str, From)] = &[
    // https://github.com/aws/amazon-vpc-cni-k8s
    ("failed to assign an IP address to container", From::Aws),
    // https://github.com/containernetworking/plugins, host-local
    ("no IP addresses available in range set", From::Range),
    // Cilium, in cluster-pool and multi-pool mode.
    ("No more IPs available", From::Pool),
    ("range is full", From::Pool),
    // Calico's IPAM.
    ("IPAM allocated only 0", From::Pool),
    // Whereabouts.
    ("Could not allocate IP in range", From::Pool),
    // Azure's CNI.
    ("No available addresses", From::Pool),
    ("Failed to allocate address", From::Pool),
    // Kube-OVN.
    ("NoAvailableAddress", From::Pool),
    // OVN-Kubernetes.
    ("subnet address pool exhausted", From::Pool),
];

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if !awaits_sandbox(pod) {
        return;
    }
    let told = last_tries(pod, snapshot)
        .filter(|event| &*event.reason == "FailedCreatePodSandBox")
        .find_map(|event| {
            let (_, from) = WORDS
                .iter()
                .find(|(words, _)| event.message.contains(words))?;
            Some((event, *from))
        });
    let Some((event, from)) = told else { return };
    let node = snapshot.nodes.get("", &pod.node);
    let finding = match node {
        Some(node) => Finding::on(node),
        // Without the right to read nodes the name is all that is known of it.
        None => Finding::on_ref(ObjectRef::cluster("Node", &*pod.node)),
    };
    let finding = finding
        .breaks(pod)
        .relation(Relation::Runs)
        .severity(severity(pod, snapshot))
        .arg("error", error(&event.message))
        .arg("used", addresses(pod, snapshot))
        .proof(proof::event(event))
        .since(event.first);
    findings.add(match from {
        From::Aws => finding.fix_with(
            "fix.aws",
            "kubectl -n kube-system describe daemonset aws-node",
        ),
        From::Range => of_range(finding, node),
        From::Pool => finding.fix_with("fix.pool", kubectl::describe(&pod.object_ref())),
    });
}

fn of_range(finding: Finding, node: Option<&Node>) -> Finding {
    let ranges = node.map_or(&[][..], |node| &node.pod_cidrs[..]);
    let finding = match (node, ranges.first()) {
        (Some(node), Some(first)) => finding
            .explanation("explanation.range")
            .arg("range", ranges.join(", "))
            .proof(proof::field(node, "/spec/podCIDRs/0", first).saying("proof.range")),
        _ => finding,
    };
    finding.fix_with(
        "fix.range",
        "kubectl get nodes -o custom-columns=NAME:.metadata.name,PODCIDR:.spec.podCIDR",
    )
}

/// How many Pods of a Pod's node have an address of the network plugin.
fn addresses(pod: &Pod, snapshot: &Snapshot) -> usize {
    snapshot
        .pods_on_node(&pod.node)
        .filter(|other| !other.ip.is_empty() && !other.spec.host_network && !other.is_finished())
        .count()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(message: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: w1}}
spec: {{podCIDRs: [10.1.2.0/28]}}
status: {{conditions: [{{type: Ready, status: 'True'}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: old, namespace: n, uid: o}}
spec: {{nodeName: w1, containers: [{{name: c}}]}}
status: {{phase: Running, podIP: 10.1.2.3, conditions: [{{type: Ready, status: 'True'}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: new, namespace: n, uid: p}}
spec: {{nodeName: w1, containers: [{{name: c}}]}}
status: {{phase: Pending, containerStatuses: [{{name: c, state: {{waiting: {{reason: ContainerCreating}}}}}}]}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: n}}
involvedObject: {{kind: Pod, namespace: n, name: new, uid: p}}
reason: FailedCreatePodSandBox
type: Warning
lastTimestamp: '2026-01-01T11:59:00Z'
message: 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"d6\": {message}'
"
        )
    }

    #[test]
    fn the_range_of_the_node_is_used_up() {
        let words = "plugin type=\"bridge\" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.1.2.1-10.1.2.14";
        check(&with(words))
            .finds("pod-ips-exhausted", "Node w1")
            .tells("explanation.range")
            .with("range", "10.1.2.0/28")
            .with("used", 1_usize)
            .affects("Pod n/new")
            .alone();
    }

    #[test]
    fn a_subnet_of_the_cloud_is_used_up() {
        let words = "plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign an IP address to container";
        check(&with(words))
            .finds("pod-ips-exhausted", "Node w1")
            .offers("fix.aws")
            .advises("aws-node")
            .alone();
    }

    #[test]
    fn a_plugin_that_fails_otherwise_is_another_cause() {
        let words = "plugin type=\"calico\" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized";
        check(&with(words))
            .does_not_find("pod-ips-exhausted")
            .finds("pod-sandbox-failing", "Node w1");
    }

    #[test]
    fn a_pod_that_got_its_address_is_well() {
        let started = with("no IP addresses available in range set: 10.1.2.1-10.1.2.14")
            .replace("waiting: {reason: ContainerCreating}", "running: {}");
        check(&started).does_not_find("pod-ips-exhausted");
    }
}
