//! Nodes that are not ready, or that report trouble.

use podside_model::ObjectRef;

use super::{Unwell, said};
use crate::facts::{Condition, Node, Object};
use crate::patience::NODE_JOINS;
use crate::snapshot::Snapshot;

/// Conditions of a node that are trouble when they are true: the kubelet's own
/// (<https://kubernetes.io/docs/reference/node/node-status/#condition>) and those of Node
/// Problem Detector's default configuration. What others are called says nothing of what they
/// mean.
const TROUBLE: &[&str] = &[
    "MemoryPressure",
    "DiskPressure",
    "PIDPressure",
    "NetworkUnavailable",
    "KernelDeadlock",
    "ReadonlyFilesystem",
    "FrequentKubeletRestart",
    "FrequentDockerRestart",
    "FrequentContainerdRestart",
    "FrequentUnregisterNetDevice",
    "CorruptDockerOverlay2",
    "KubeletUnhealthy",
    "ContainerRuntimeUnhealthy",
    "KubeletProblem",
    "ContainerRuntimeProblem",
    "NTPProblem",
    "XfsShutdown",
    "CperHardwareErrorFatal",
];

/// What a kubelet says that will not mend by waiting. Else it may be on its way, as with
/// "container runtime status check may not have completed yet" or "pod has yet to be
/// successful".
const FAILED: &[&str] = &["is down", "was last seen active", "is not healthy"];

/// Whether a kubelet's message about its readiness says that something failed, and not that
/// it has yet to come.
pub(crate) fn says_failed(message: &str) -> bool {
    FAILED.iter().any(|words| message.contains(words))
}

/// A node that is not ready, or that reports trouble.
pub(super) fn of(node: &Node, snapshot: &Snapshot) -> Option<Unwell> {
    let object = node.object_ref();
    let Some(ready) = node.condition("Ready").filter(|ready| !ready.is_true()) else {
        let trouble = node
            .conditions
            .iter()
            .find(|condition| condition.is_true() && TROUBLE.contains(&&*condition.kind))?;
        return Some(troubled(object, trouble));
    };
    let failed = ready.message.as_deref().is_some_and(says_failed) || !ready.is_false();
    let joins = (!failed)
        .then(|| NODE_JOINS.wait(node.meta.created, snapshot))
        .flatten();
    let what = if joins.is_some() {
        "unwell.node-joins"
    } else {
        "unwell.node"
    };
    let since = if joins.is_some() {
        node.meta.created
    } else {
        ready.changed
    };
    Some(
        Unwell::on(object.clone(), what)
            .since(since)
            .waits(joins)
            .said([said::condition(&object, ready)])
            .said(said::warnings(node, snapshot)),
    )
}

fn troubled(object: ObjectRef, trouble: &Condition) -> Unwell {
    let said = said::condition(&object, trouble);
    Unwell::on(object, "unwell.condition")
        .with("type", &*trouble.kind)
        .with("status", &*trouble.status)
        .since(trouble.changed)
        .said([said])
}
