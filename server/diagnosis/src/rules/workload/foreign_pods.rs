//! Pods that an autoscaler counts and its target does not own: the controller measures all
//! that the target's selector matches
//! (<https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details>).

use crate::facts::{Kind, Object, Pod};
use crate::finding::Finding;
use crate::kubectl;
use crate::proof;
use crate::snapshot::{Snapshot, Top};

/// The resource of which the controller says that a request is missing.
pub(super) fn missing_resource(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("missing request for ")?;
    let end = rest.find([' ', ',', ';']).unwrap_or(rest.len());
    rest.get(..end).filter(|resource| !resource.is_empty())
}

/// A Pod that the target's selector matches (those that have ended count, too), that the target does not own, and in which a
/// container requests none of a resource.
pub(super) fn foreign<'s>(target: &Top, resource: &str, snapshot: &'s Snapshot) -> Option<&'s Pod> {
    let (namespace, name) = (&*target.namespace, &*target.name);
    let selector = match target.kind.known()? {
        Kind::Deployment => &snapshot.deployments.get(namespace, name)?.selector,
        Kind::StatefulSet => &snapshot.stateful_sets.get(namespace, name)?.selector,
        _ => &snapshot.replica_sets.get(namespace, name)?.selector,
    };
    let asks = |pod: &Pod| {
        pod.spec.requests.contains_key(resource)
            || pod
                .spec
                .lasting()
                .all(|c| c.requests.contains_key(resource) || c.limits.contains_key(resource))
    };
    snapshot
        .pods
        .in_namespace(namespace)
        .filter(|pod| selector.matches(&pod.meta.labels))
        .find(|pod| !asks(pod) && snapshot.top_of(*pod).uid != target.uid)
}

pub(super) fn of_another(finding: Finding, pod: &Pod, snapshot: &Snapshot) -> Finding {
    let owner = snapshot.top_of(pod).object_ref();
    let label = pod.meta.labels.iter().next();
    finding
        .title("title.foreign")
        .explanation("explanation.foreign")
        .arg("pod", &*pod.meta.name)
        .arg("owner_kind", &owner.kind)
        .arg("owner", &owner.name)
        .proofs(label.map(|(key, value)| {
            let pointer = format!("/metadata/labels/{}", crate::facts::escape_pointer(key));
            proof::field(pod, pointer, value)
        }))
        .fix_with(
            "fix.foreign",
            format!("{} --show-labels", kubectl::get(&pod.object_ref())),
        )
}
