//! Claims without a volume, and volumes that failed.

use super::{Unwell, said};
use crate::facts::{PersistentVolume, PersistentVolumeClaim, Pod, VolumeSource};
use crate::patience::CLAIM_BINDS;
use crate::snapshot::Snapshot;

/// A claim that is not bound although a Pod uses it, or that has lost its volume.
pub(super) fn of_claim(claim: &PersistentVolumeClaim, snapshot: &Snapshot) -> Option<Unwell> {
    let warnings = said::warnings(claim, snapshot);
    match &*claim.phase {
        "Bound" => None,
        "Lost" => Some(Unwell::of(claim, snapshot, "unwell.claim-lost").said(warnings)),
        phase => {
            let user = snapshot
                .pods
                .in_namespace(&claim.meta.namespace)
                .filter(|pod| !pod.is_finished() && !pod.is_terminating())
                .find(|pod| uses(pod, &claim.meta.name))?;
            // A claim that waits for its first consumer is bound from when the Pod is there.
            let from = claim.meta.created.max(user.meta.created);
            Some(
                Unwell::of(claim, snapshot, "unwell.claim")
                    .with("phase", if phase.is_empty() { "Pending" } else { phase })
                    .with("pod", &*user.meta.name)
                    .since(from)
                    .waits(CLAIM_BINDS.wait(from, snapshot))
                    .said(warnings),
            )
        }
    }
}

/// A volume that could not be recycled or deleted.
pub(super) fn of_volume(volume: &PersistentVolume, snapshot: &Snapshot) -> Option<Unwell> {
    (&*volume.phase == "Failed").then(|| {
        Unwell::of(volume, snapshot, "unwell.volume").said(said::warnings(volume, snapshot))
    })
}

fn uses(pod: &Pod, claim: &str) -> bool {
    let mut volumes = pod.spec.volumes.iter();
    volumes.any(|volume| match &volume.source {
        VolumeSource::Claim(name) => **name == *claim,
        VolumeSource::Ephemeral => {
            let of_pod = claim.strip_prefix(&*pod.meta.name);
            of_pod.and_then(|rest| rest.strip_prefix('-')) == Some(&*volume.name)
        }
        _ => false,
    })
}
