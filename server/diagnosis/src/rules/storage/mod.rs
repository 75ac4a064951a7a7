//! Rules of the area `storage`: a Pod does not get or loses the storage that it needs.

mod claims;
mod csi_driver_not_registered;
mod ephemeral_storage_exceeded;
mod pv_failed;
mod pvc_missing;
mod pvc_unbound;
mod storage_class_missing;
mod volume_held_elsewhere;
mod volume_mount_failed;
mod volume_node_affinity_conflict;
mod volumes;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &ephemeral_storage_exceeded::RULE,
    &pvc_missing::RULE,
    &pvc_unbound::RULE,
    &pv_failed::RULE,
    &storage_class_missing::RULE,
    &csi_driver_not_registered::RULE,
    &volume_held_elsewhere::RULE,
    &volume_mount_failed::RULE,
    &volume_node_affinity_conflict::RULE,
];
