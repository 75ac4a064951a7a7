//! Pods that their node refused. The kubelet checks again what the scheduler checked, which
//! matters for Pods that were given their node by `spec.nodeName` or by a scheduler that knew
//! less, and for nodes that changed before the kubelet was started again. Such a Pod is
//! `Failed` for good
//! (<https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodename>).

use crate::facts::Pod;
use crate::finding::Finding;
use crate::proof;
use crate::snapshot::Snapshot;

/// For want of what a node refused a Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Refused<'a> {
    /// A resource that was not left.
    Resource(&'a str),
    /// The node's labels do not match nodeSelector or required affinity.
    Selector,
    /// A hostPort was taken.
    HostPort,
    /// A NoExecute taint is not tolerated.
    Taint,
}

/// Why the kubelet refused a Pod, by the reasons that it gives from 1.27 to 1.36. A Pod that its
/// owner has replaced by one that works is history.
pub(in crate::rules) fn refused<'a>(pod: &'a Pod, snapshot: &Snapshot) -> Option<Refused<'a>> {
    if &*pod.phase != "Failed" || pod.reason.is_empty() || pod.is_terminating() {
        return None;
    }
    let refused = match &*pod.reason {
        "NodeAffinity" => Refused::Selector,
        "NodePorts" => Refused::HostPort,
        "TaintToleration" => Refused::Taint,
        "UnexpectedAdmissionError" => Refused::Resource(device(pod.message.as_deref()?)?),
        other => Refused::Resource(other.strip_prefix("OutOf").filter(|r| !r.is_empty())?),
    };
    let pods = snapshot.pods_of(&snapshot.top_of(pod));
    let replaced = pods.iter().any(|other| other.is_ready());
    (!replaced).then_some(refused)
}

/// The resource of which a device plugin has none to give.
fn device(message: &str) -> Option<&str> {
    let rest = [
        "requested number of devices unavailable for ",
        "cannot allocate unhealthy devices ",
        "cannot allocate unregistered device ",
    ]
    .into_iter()
    .find_map(|words| Some(message.split_once(words)?.1))?;
    let name = rest.split([' ', ',', ';']).next()?.trim_end_matches('.');
    (!name.is_empty()).then_some(name)
}

/// A problem of the Pod's owner, with the kubelet's words as its proof.
pub(super) fn finding(pod: &Pod, snapshot: &Snapshot) -> Finding {
    let message = pod.message.as_ref();
    Finding::on_pod(snapshot, pod)
        .arg("node", &*pod.node)
        .explanation("explanation.rejected")
        .proofs(message.map(|message| proof::field(pod, "/status/message", message)))
        .proof(proof::field(pod, "/status/reason", &pod.reason))
        .since(pod.meta.created)
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_plugin_s_resource_is_named() {
        for (message, resource) in [
            (
                "Pod was rejected: Allocate failed due to requested number of devices unavailable for nvidia.com/gpu. Requested: 1, Available: 0, which is unexpected",
                Some("nvidia.com/gpu"),
            ),
            (
                "Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected",
                Some("nvidia.com/gpu"),
            ),
            (
                "Pod was rejected: Allocate failed due to rpc error: code = Unavailable, which is unexpected",
                None,
            ),
        ] {
            assert_eq!(device(message), resource, "{message}");
        }
    }
}
