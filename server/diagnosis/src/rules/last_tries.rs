//! What the kubelet said of a Pod that still waits.

use crate::facts::{Event, Pod};
use crate::snapshot::Snapshot;

/// What the kubelet says when it got further than volumes and sandbox.
const FURTHER: &[&str] = &["Pulling", "Pulled", "Created", "Started"];

/// The events about a Pod that still waits, newest first, back to the one with which the
/// kubelet got further. They count at any age: the kubelet holds back what it says too often,
/// and goes on to try.
pub(in crate::rules) fn last_tries<'a>(
    pod: &'a Pod,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a Event> {
    snapshot
        .events_of(pod)
        .take_while(|event| !FURTHER.contains(&&*event.reason))
}
