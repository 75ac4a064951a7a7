//! Symptom: work on a node is slow, hangs or fails to write, while the node is Ready.
//! Cause: Node Problem Detector reports a condition, such as KernelDeadlock.
//! Fix: drain the node and mend or replace it.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-cluster/monitor-node-health/>

use podside_model::{Relation, Severity};

use crate::facts::{Condition, Node, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-problem-reported",
    source: "https://kubernetes.io/docs/tasks/debug/debug-cluster/monitor-node-health/",
    rank: Rank::Root,
    runs: &[Run::Node(run)],
    texts: &[
        text(
            "title",
            "Node {name} reports {conditions}",
            "ノード {name} が {conditions} を報告している",
        ),
        text(
            "explanation",
            "Something that watches the node's kernel, devices and services, such as Node Problem Detector, found what these conditions name. Kubernetes itself does nothing about them: Pods stay and new ones are still placed there.",
            "Node Problem Detector など、ノードのカーネル、デバイス、サービスを監視するものが、これらの Condition が示す問題を検出しました。Kubernetes 自体は対処しないため、Pod はそのまま残り、新しい Pod も配置されます。",
        ),
        text(
            "fix.look",
            "See what was found, and when.",
            "検出された内容と時刻を確認します。",
        ),
        text(
            "fix.drain",
            "Drain the node, then fix, restart or replace the machine.",
            "ノードを drain してから、マシンを修復、再起動、または交換します。",
        ),
        text(
            "proof.condition",
            "{conditions} of node {name}",
            "ノード {name} の {conditions}",
        ),
    ],
};

/// The conditions that the kubelet and the node controllers report.
const OWN: &[&str] = &[
    "Ready",
    "MemoryPressure",
    "DiskPressure",
    "PIDPressure",
    "NetworkUnavailable",
    "OutOfDisk",
    "ConfigOK",
];

/// The conditions of Node Problem Detector's own configurations, all of which are bad when
/// True (<https://github.com/kubernetes/node-problem-detector/tree/master/config>).
const KNOWN: &[&str] = &[
    "KernelDeadlock",
    "ReadonlyFilesystem",
    "CorruptDockerOverlay2",
    "FrequentKubeletRestart",
    "FrequentDockerRestart",
    "FrequentContainerdRestart",
    "FrequentUnregisterNetDevice",
    "KubeletUnhealthy",
    "ContainerRuntimeUnhealthy",
    "XfsShutdown",
    "XfsHang",
    "Ext4Error",
    "CperHardwareErrorFatal",
    "MemoryErrors",
];

/// The conditions of the node monitoring agent of EKS, all of which are bad when False
/// (<https://docs.aws.amazon.com/eks/latest/userguide/node-health.html>).
const GOOD: &[&str] = &[
    "AcceleratedHardwareReady",
    "ContainerRuntimeReady",
    "KernelReady",
    "NetworkingReady",
    "StorageReady",
];

fn run(node: &Node, _: &Snapshot, findings: &mut Findings) {
    let bad: Vec<&Condition> = node
        .conditions
        .iter()
        .filter(|c| {
            (c.is_true() && is_bad_when_true(node, &c.kind))
                || (c.is_false() && GOOD.contains(&&*c.kind))
        })
        .collect();
    if bad.is_empty() {
        return;
    }
    let named: Vec<String> = bad
        .iter()
        .map(|c| {
            if c.is_true() {
                c.kind.to_string()
            } else {
                format!("{}=False", c.kind)
            }
        })
        .collect();
    let mut finding = Finding::on(node)
        .relation(Relation::Runs)
        .severity(Severity::Warning)
        .arg("conditions", named)
        .since(bad.iter().filter_map(|c| c.changed).min())
        .fix_with("fix.look", kubectl::describe(&node.object_ref()))
        .fix_with(
            "fix.drain",
            format!(
                "kubectl drain {} --ignore-daemonsets",
                kubectl::word(&node.meta.name)
            ),
        );
    for condition in bad {
        finding = finding.proof(proof::condition(node, condition, "status"));
        if condition.message.is_some() {
            finding = finding.proof(proof::condition(node, condition, "message"));
        }
    }
    findings.add(finding);
}

/// Whether a condition of that type means trouble when it is True.
///
/// Node Problem Detector's are: by who reports them, or by their name. A condition that
/// somebody else reports may as well be True when all is well (`EtcdIsVoter`), so nothing
/// is said of it.
fn is_bad_when_true(node: &Node, kind: &str) -> bool {
    if OWN.contains(&kind) || GOOD.contains(&kind) {
        return false;
    }
    KNOWN.contains(&kind)
        || kind.ends_with("Problem")
        || node
            .reporters
            .get(kind)
            .is_some_and(|reporter| reporter.contains("node-problem-detector"))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn node(kind: &str, status: &str, manager: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata:
  name: n2
  managedFields:
    - manager: {manager}
      operation: Update
      subresource: status
      fieldsV1: {{'f:status': {{'f:conditions': {{'k:{{\"type\":\"{kind}\"}}': {{}}}}}}}}
status: {{conditions: [{{type: Ready, status: 'True'}}, {{type: {kind}, status: '{status}', message: 'seen in /dev/kmsg'}}]}}
"
        )
    }

    #[test]
    fn a_condition_of_the_detector() {
        check(&node("KernelDeadlock", "True", "other"))
            .finds("node-problem-reported", "Node n2")
            .tells("title")
            .with_list("conditions", ["KernelDeadlock"])
            .proves("/dev/kmsg")
            .alone();
    }

    #[test]
    fn a_condition_of_one_s_own_that_the_detector_reports() {
        check(&node("GpuFellOffTheBus", "True", "node-problem-detector"))
            .finds("node-problem-reported", "Node n2");
    }

    #[test]
    fn a_condition_that_should_be_true() {
        check(&node(
            "NetworkingReady",
            "False",
            "eks-node-monitoring-agent",
        ))
        .finds("node-problem-reported", "Node n2")
        .tells("title")
        .with_list("conditions", ["NetworkingReady=False"]);
        check(&node(
            "NetworkingReady",
            "True",
            "eks-node-monitoring-agent",
        ))
        .finds_nothing();
    }

    #[test]
    fn conditions_that_are_well() {
        check(&node("KernelDeadlock", "False", "node-problem-detector")).finds_nothing();
        check(&node("EtcdIsVoter", "True", "etcd-operator")).finds_nothing();
    }
}
