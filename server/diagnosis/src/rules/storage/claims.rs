//! Which Pods use which PersistentVolumeClaims.

use crate::facts::{PersistentVolumeClaim, Pod, VolumeSource};
use crate::snapshot::Snapshot;

/// A claim that a Pod's volume names.
pub(super) struct ClaimRef<'a> {
    /// The claim's name.
    pub(super) name: &'a str,
    /// JSON Pointer of the name in the Pod.
    pub(super) pointer: String,
}

/// The claims that a Pod's volumes name.
pub(super) fn claims_of(pod: &Pod) -> impl Iterator<Item = ClaimRef<'_>> {
    pod.spec.volumes.iter().filter_map(|volume| {
        let VolumeSource::Claim(name) = &volume.source else {
            return None;
        };
        Some(ClaimRef {
            name,
            pointer: format!(
                "/spec/volumes/{}/persistentVolumeClaim/claimName",
                volume.index
            ),
        })
    })
}

/// The Pods that wait for a node and use a claim, by name.
pub(super) fn waiting_pods<'a>(
    claim: &'a PersistentVolumeClaim,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a Pod> {
    users(claim, snapshot).filter(|pod| pod.is_unscheduled())
}

/// The Pods that use a claim, by name; also through a volume of their own (`ephemeral`),
/// whose claim is named `POD-VOLUME`.
pub(super) fn users<'a>(
    claim: &'a PersistentVolumeClaim,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a Pod> {
    let name = &*claim.meta.name;
    snapshot
        .pods
        .in_namespace(&claim.meta.namespace)
        .filter(move |pod| {
            pod.spec.volumes.iter().any(|volume| match &volume.source {
                VolumeSource::Claim(claim) => &**claim == name,
                VolumeSource::Ephemeral => {
                    name.strip_prefix(&*pod.meta.name)
                        .and_then(|rest| rest.strip_prefix('-'))
                        == Some(&*volume.name)
                }
                _ => false,
            })
        })
}
