//! Which mount of a container a path is in.

use crate::facts::{Container, Mount, Pod, VolumeSource};

/// Whether a path is a mount's or lies below it.
pub(in crate::rules) fn holds(mount: &str, path: &str) -> bool {
    let mount = mount.trim_end_matches('/');
    !mount.is_empty()
        && path
            .strip_prefix(mount)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The mount that a path is in: the innermost one.
pub(in crate::rules) fn mount_of<'a>(container: &'a Container, path: &str) -> Option<&'a Mount> {
    container
        .mounts
        .iter()
        .filter(|mount| holds(&mount.path, path))
        .max_by_key(|mount| mount.path.len())
}

/// Whether a mount may not be written, by its own field or because of what it holds.
pub(in crate::rules) fn is_read_only(pod: &Pod, mount: &Mount) -> bool {
    let always = pod.spec.volume(&mount.volume).is_some_and(|volume| {
        matches!(
            volume.source,
            VolumeSource::ConfigMap(_) | VolumeSource::Secret(_) | VolumeSource::Projected(_)
        )
    });
    mount.read_only || always
}

/// The name of the claim that a mount's volume is of; `None` of another kind of volume.
pub(in crate::rules) fn claim_of(pod: &Pod, mount: &Mount) -> Option<String> {
    let volume = pod.spec.volume(&mount.volume)?;
    match &volume.source {
        VolumeSource::Claim(name) => Some(name.to_string()),
        VolumeSource::Ephemeral => Some(format!("{}-{}", pod.meta.name, volume.name)),
        _ => None,
    }
}
