//! Symptom: a Pod is `Failed` as soon as it has a node, and none of its containers ever ran.
//! Cause: the kubelet of the node refuses it: a security profile or a sysctl that the node does
//! not have or allow, another operating system, resources that cannot be had together, a
//! device plugin that fails.
//! Fix: what the kubelet names, on the node or in the Pod. The kubelet does not try again.
//! Source: <https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/>

use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::scheduling::refused::refused;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-rejected-by-kubelet",
    source: "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#enabling-unsafe-sysctls",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "The kubelet refuses to run the Pods of {kind} {name}: {said}",
            "kubelet が {kind} {name} の Pod の実行を拒否している: {said}",
        ),
        text(
            "explanation",
            "Before the kubelet of node {node} starts a Pod it looks whether it can run it, and refused it ({reason}). Such a Pod is Failed for good: no container of it was started, and the kubelet does not try again. {pods} {pods|Pod|Pods}.",
            "ノード {node} の kubelet は、Pod を起動する前に実行できるかを確認し、拒否しました（{reason}）。この Pod は Failed のままで、コンテナは起動されず、再試行もされません。{pods} 個の Pod が該当します。",
        ),
        text(
            "fix.apparmor",
            "Run it on a node that has AppArmor with the profile that is asked for: enable AppArmor or load the profile on node {node}, or choose such nodes with a nodeSelector in {kind} {name}.",
            "指定された AppArmor プロファイルを使えるノードで実行します。ノード {node} で AppArmor を有効にするかプロファイルを読み込むか、{kind} {name} の nodeSelector でそのようなノードを選びます。",
        ),
        text(
            "fix.profile",
            "If no node of this cluster is to have AppArmor, take the profile out of the securityContext (or the older annotation) of {kind} {name}.",
            "このクラスターのノードで AppArmor を使わない場合は、{kind} {name} の securityContext（または以前の形式の annotation）からプロファイルの指定を外します。",
        ),
        text(
            "fix.sysctl",
            "Sysctl {sysctl} is not among those that are safe: allow it in the kubelet of the nodes that are to run the Pod (allowedUnsafeSysctls), and choose them with a nodeSelector; or remove it from securityContext.sysctls of {kind} {name}.",
            "sysctl {sysctl} は安全な sysctl に含まれません。Pod を実行するノードの kubelet で許可し（allowedUnsafeSysctls）、nodeSelector でそのノードを選びます。または {kind} {name} の securityContext.sysctls から外します。",
        ),
        text(
            "fix.os",
            "Choose nodes of the operating system that the Pod is for: spec.os and a nodeSelector kubernetes.io/os in {kind} {name} must agree with each other and with the node.",
            "Pod に合ったオペレーティングシステムのノードを選びます。{kind} {name} の spec.os と nodeSelector kubernetes.io/os を、互いに、またノードと一致させます。",
        ),
        text(
            "fix.topology",
            "The topology manager of node {node} does not find the CPUs, memory and devices of the Pod together: ask for less in {kind} {name}, run it where more is free in one NUMA node, or have the node's topology policy reconsidered.",
            "ノード {node} のトポロジーマネージャーが、Pod の CPU、メモリー、デバイスをまとめて割り当てられません。{kind} {name} の要求を減らすか、1 つの NUMA ノードの空きが多いノードで実行するか、ノードのトポロジーポリシーを見直します。",
        ),
        text(
            "fix.any",
            "Fix on node {node} what the message names, or change it in {kind} {name}.",
            "メッセージが示す点をノード {node} で修正するか、{kind} {name} で変更します。",
        ),
        text(
            "fix.again",
            "Then have the Pod created again: this one stays Failed.",
            "その後 Pod を作り直します。この Pod は Failed のままです。",
        ),
    ],
};

/// Reasons with which the kubelet refuses Pods, from 1.27 to 1.36, beside those that rules of
/// scheduling know: its admission handlers each have one.
const REASONS: &[&str] = &[
    "AppArmor",
    "SysctlForbidden",
    "UnexpectedAdmissionError",
    "TopologyAffinityError",
    "SMTAlignmentError",
    "PodOSNotSupported",
    "PodOSSelectorNodeLabelDoesNotMatch",
    "InvalidNodeInfo",
    "InitContainerRestartPolicyForbidden",
    "SupplementalGroupsPolicyNotSupported",
    "PodFeatureUnsupported",
    "PodLevelResourcesNotSupported",
];

/// How a message begins with which the kubelet refuses a Pod, since 1.29.
const REJECTED: &str = "Pod was rejected: ";

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(message) = pod.message.as_deref() else {
        return;
    };
    let known = REASONS.contains(&&*pod.reason) || message.starts_with(REJECTED);
    if &*pod.phase != "Failed" || !known || pod.is_terminating() {
        return;
    }
    // A node that shuts down takes no Pods, and is as it should be. What the scheduler
    // looks at too has causes of its own.
    if &*pod.reason == "NodeShutdown" || refused(pod, snapshot).is_some() {
        return;
    }
    // One that its owner has replaced by one that works is history.
    let siblings = snapshot.pods_of(&snapshot.top_of(pod));
    if siblings.iter().any(|other| other.is_ready()) {
        return;
    }
    let owner = snapshot.top_of(pod).object_ref();
    let finding = Finding::on_pod(snapshot, pod)
        .arg("said", said(message))
        .arg("node", &*pod.node)
        .arg("reason", &*pod.reason)
        .proof(proof::field(pod, "/status/message", message))
        .proof(proof::field(pod, "/status/reason", &pod.reason))
        .since(pod.started.or(pod.meta.created));
    let change = kubectl::change(&owner);
    let finding = match &*pod.reason {
        "AppArmor" => finding.fix("fix.apparmor").fix_with("fix.profile", change),
        "SysctlForbidden" => match message.split('"').nth(1) {
            Some(sysctl) => finding.arg("sysctl", sysctl).fix_with("fix.sysctl", change),
            None => finding.fix_with("fix.any", change),
        },
        "PodOSNotSupported" | "PodOSSelectorNodeLabelDoesNotMatch" => {
            finding.fix_with("fix.os", change)
        }
        "TopologyAffinityError" | "SMTAlignmentError" => finding.fix_with("fix.topology", change),
        _ => finding.fix_with("fix.any", kubectl::describe(&owner)),
    };
    // Owners but Jobs make another Pod by themselves.
    findings.add(if owner.kind == "Pod" {
        finding.fix("fix.again")
    } else {
        finding
    });
}

/// The kubelet's words, on one line and without what every refusal begins with.
fn said(message: &str) -> String {
    const LONGEST: usize = 160;
    let told = message.strip_prefix(REJECTED).unwrap_or(message);
    let line = told.lines().next().unwrap_or_default();
    line.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn pod(reason: &str, message: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Pod
metadata: {{name: tuned, namespace: n, uid: p, creationTimestamp: '2026-01-01T11:00:00Z'}}
spec: {{nodeName: w1, containers: [{{name: a, image: x}}]}}
status: {{phase: Failed, reason: {reason}, startTime: '2026-01-01T11:00:01Z', message: '{message}'}}
"
        )
    }

    const SYSCTL: &str = "Pod was rejected: forbidden sysctl: \"kernel.sem\" not allowlisted";

    #[test]
    fn a_sysctl_that_the_node_does_not_allow() {
        check(&pod("SysctlForbidden", SYSCTL))
            .finds("pod-rejected-by-kubelet", "Pod n/tuned")
            .tells("title")
            .with("said", "forbidden sysctl: \"kernel.sem\" not allowlisted")
            .offers("fix.sysctl")
            .with("sysctl", "kernel.sem")
            .alone();
    }

    #[test]
    fn a_profile_that_the_node_cannot_enforce() {
        // Older kubelets do not say that the Pod was rejected.
        let words = "Cannot enforce AppArmor: profile \"web\" is not loaded";
        check(&pod("AppArmor", words))
            .finds("pod-rejected-by-kubelet", "Pod n/tuned")
            .offers("fix.apparmor")
            .with("node", "w1")
            .proves("is not loaded");
    }

    #[test]
    fn a_reason_that_a_newer_kubelet_gives() {
        check(&pod(
            "SomethingNew",
            "Pod was rejected: something new is not supported",
        ))
        .finds("pod-rejected-by-kubelet", "Pod n/tuned")
        .tells("title")
        .with("said", "something new is not supported");
    }

    #[test]
    fn what_the_scheduler_looks_at_too_has_causes_of_its_own() {
        let words = "Pod was rejected: Node didn''t have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000";
        check(&pod("OutOfcpu", words)).does_not_find("pod-rejected-by-kubelet");
        let words = "Pod was rejected: Allocate failed due to requested number of devices unavailable for nvidia.com/gpu. Requested: 1, Available: 0, which is unexpected";
        check(&pod("UnexpectedAdmissionError", words)).does_not_find("pod-rejected-by-kubelet");
    }

    #[test]
    fn pods_that_failed_by_themselves_or_were_replaced() {
        check(&pod("Evicted", "The node was low on resource: memory."))
            .does_not_find("pod-rejected-by-kubelet");
        check(&pod(
            "NodeShutdown",
            "Pod was rejected as the node is shutting down.",
        ))
        .finds_nothing();
        let owner = "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: r, controller: true}]";
        let owned = pod("SysctlForbidden", SYSCTL).replace("uid: p,", &format!("uid: p, {owner},"));
        let ready = "---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: n, uid: q, OWNER}
spec: {nodeName: w2, containers: [{name: a, image: x}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
"
        .replace("OWNER", owner);
        check(&(owned + &ready)).finds_nothing();
    }
}
