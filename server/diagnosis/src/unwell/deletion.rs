//! Objects that were asked to go and stay.

use podside_model::Arg;

use super::{Unwell, said, top};
use crate::facts::{KindRef, Meta};
use crate::patience::DELETION;
use crate::snapshot::Snapshot;

/// Finalizers that keep what is in use for as long as it is
/// (<https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection>).
const PROTECTION: &[&str] = &[
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
];

/// An object that is being deleted and has had the time for it. While the time lasts nothing
/// is wrong with it.
pub(super) fn of(kind: KindRef, meta: &Meta, snapshot: &Snapshot) -> Option<Unwell> {
    let mut finalizers = meta.finalizers.iter();
    let protected = finalizers.len() > 0 && finalizers.all(|f| PROTECTION.contains(&&**f));
    if protected || !DELETION.has_ended(meta.deleting, snapshot) {
        return None;
    }
    let object = kind.object(&meta.namespace, &meta.name);
    let events = snapshot.events_about(&kind.group, &kind.name, &meta.namespace, &meta.name);
    let events = said::quoted(events);
    let top = top(kind, meta, snapshot);
    let unwell = if meta.finalizers.is_empty() {
        Unwell::under(object, &top, "unwell.deletion")
    } else {
        let finalizers = meta.finalizers.iter().map(ToString::to_string).collect();
        Unwell::under(object, &top, "unwell.deletion-held")
            .with("finalizers", Arg::List(finalizers))
    };
    Some(unwell.since(meta.deleting).said(events))
}
