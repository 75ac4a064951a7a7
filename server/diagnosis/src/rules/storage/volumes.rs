//! Whether a PersistentVolume can be bound to a claim, as the volume controller decides
//! it (`pkg/controller/volume/persistentvolume`, `FindMatchingVolume`).

use podside_model::Message;

use crate::facts::{PersistentVolume, PersistentVolumeClaim};
use crate::snapshot::Snapshot;

/// Why a volume cannot be bound to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Misfit {
    /// It is smaller than what is asked for.
    Small,
    /// It does not have every access mode that is asked for.
    AccessModes,
    /// One is a block device, the other a file system.
    VolumeMode,
    /// The claim's selector does not match its labels.
    Selector,
    /// A claim that is gone had it, and it is kept.
    Released,
    /// Another claim has it.
    Claimed,
    /// It is of another class.
    Class,
}

fn misfit(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> Option<Misfit> {
    let class = claim.class.as_deref().unwrap_or_default();
    let mode = |mode: &str| mode == "Block";
    let own =
        |(namespace, name): &(_, _)| *namespace == claim.meta.namespace && *name == claim.meta.name;
    if *volume.class != *class {
        Some(Misfit::Class)
    } else if is_released(volume) {
        Some(Misfit::Released)
    } else if volume.claim.as_ref().is_some_and(|c| !own(c)) {
        Some(Misfit::Claimed)
    } else if claim.selector.present && !claim.selector.matches(&volume.meta.labels) {
        Some(Misfit::Selector)
    } else if mode(&claim.volume_mode) != mode(&volume.volume_mode) {
        Some(Misfit::VolumeMode)
    } else if !claim
        .access_modes
        .iter()
        .all(|m| volume.access_modes.contains(m))
    {
        Some(Misfit::AccessModes)
    } else {
        let (asked, has) = (claim.request.as_ref(), volume.capacity.as_ref());
        let small = asked.zip(has).is_some_and(|(a, h)| h.whole() < a.whole());
        small.then_some(Misfit::Small)
    }
}

/// Whether some volume can be bound to the claim.
pub(super) fn one_fits(claim: &PersistentVolumeClaim, snapshot: &Snapshot) -> bool {
    snapshot.volumes.iter().any(|v| misfit(claim, v).is_none())
}

/// Whether a volume is bound to a claim that is gone, also when a claim of the same name
/// has been made since: what counts is the claim's uid.
fn is_released(volume: &PersistentVolume) -> bool {
    matches!(&*volume.phase, "Released" | "Failed")
}

/// A volume that is kept for a claim that is gone, and would fit otherwise.
pub(super) fn released<'a>(
    claim: &PersistentVolumeClaim,
    snapshot: &'a Snapshot,
) -> Option<&'a PersistentVolume> {
    snapshot.volumes.iter().find(|volume| {
        let free = PersistentVolume {
            claim: None,
            phase: "Available".into(),
            ..(*volume).clone()
        };
        is_released(volume) && misfit(claim, &free).is_none()
    })
}

/// The volume that is nearest to what a claim asks for, and what keeps it from being
/// bound, as a text of the rule `pvc-unbound`.
pub(super) fn nearest(claim: &PersistentVolumeClaim, snapshot: &Snapshot) -> Option<Message> {
    let (_, volume) = snapshot
        .volumes
        .iter()
        .filter_map(|v| Some((misfit(claim, v)?, v)))
        .filter(|(why, _)| *why != Misfit::Class)
        .min_by_key(|(why, v)| (*why, &v.meta.name))?;
    why_not(claim, volume)
}

/// What keeps a volume from being bound to a claim, as a text of the rule `pvc-unbound`.
pub(super) fn why_not(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> Option<Message> {
    let why = misfit(claim, volume)?;
    let say =
        |id: &str| Message::new(format!("pvc-unbound.{id}")).with("volume", &*volume.meta.name);
    let had = || {
        let claim = volume.claim.as_ref();
        claim
            .map(|(namespace, name)| format!("{namespace}/{name}"))
            .unwrap_or_default()
    };
    let class = |name: &str| {
        if name.is_empty() {
            "\"\"".to_owned()
        } else {
            name.to_owned()
        }
    };
    Some(match why {
        Misfit::Small => say("near.small")
            .with("has", shown(volume.capacity.as_ref()))
            .with("asked", shown(claim.request.as_ref())),
        Misfit::AccessModes => say("near.modes")
            .with("has", volume.access_modes.join(", "))
            .with("asked", claim.access_modes.join(", ")),
        Misfit::VolumeMode => say("near.volume-mode"),
        Misfit::Selector => say("near.selector"),
        Misfit::Released => say("near.released").with("claim", had()),
        Misfit::Claimed => say("near.claimed").with("claim", had()),
        Misfit::Class => say("near.class")
            .with("has", class(&volume.class))
            .with("asked", class(claim.class.as_deref().unwrap_or_default())),
    })
}

fn shown(quantity: Option<&crate::facts::Quantity>) -> String {
    quantity.map(ToString::to_string).unwrap_or_default()
}
