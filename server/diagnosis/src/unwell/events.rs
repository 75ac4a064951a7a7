//! Warnings that come again and again about an object that looks well.

use super::{Unwell, Waits, said};
use crate::facts::{Event, Kind, Pod};
use crate::patience::REPEATED;
use crate::snapshot::Snapshot;

/// How often a warning must have come.
const OFTEN: u32 = 5;

/// What is said of a Pod on its way, which its readiness has answered since.
const ANSWERED_BY_READINESS: &[&str] = &[
    "BackOff",
    "Failed",
    "FailedAttachVolume",
    "FailedCreatePodSandBox",
    "FailedMount",
    "FailedScheduling",
    "FailedPostStartHook",
    "NetworkNotReady",
    "Unhealthy",
    "ProbeWarning",
];

/// Whether a warning has come often and goes on. The recorder repeats one at least every five
/// minutes while what it tells of lasts, so one that is older than two of these has ended.
pub(crate) fn goes_on(event: &Event, snapshot: &Snapshot) -> bool {
    let is_recent = |last| !snapshot.has_passed(last, 2 * REPEATED.seconds);
    event.warning && event.count >= OFTEN && event.last.is_some_and(is_recent)
}

/// A warning that goes on.
pub(super) fn of(event: &Event, snapshot: &Snapshot) -> Option<Unwell> {
    if !goes_on(event, snapshot) {
        return None;
    }
    let about = &event.about;
    let object = about.kind.object(&about.namespace, &about.name);
    if object.name.is_empty() || is_answered(event, snapshot) {
        return None;
    }
    let meta = about
        .kind
        .known()
        .and_then(|kind| snapshot.meta_of(kind, &about.namespace, &about.name));
    let unwell = match meta {
        Some(meta) => {
            let top = snapshot.top_above(about.kind.clone(), meta);
            Unwell::under(object, &top, "unwell.warned")
        }
        // What is of a known kind and not there is gone, and its events are history.
        None if about.kind.known().is_some() => return None,
        None => Unwell::on(object, "unwell.warned"),
    };
    Some(
        unwell
            .with("reporter", &*event.reporter)
            .with("reason", &*event.reason)
            .since(event.first)
            .waits(Waits::from(REPEATED.wait(event.first, snapshot)))
            .said([said::event(event)]),
    )
}

/// Whether the object's present state says that what the event tells of is over.
fn is_answered(event: &Event, snapshot: &Snapshot) -> bool {
    let about = &event.about;
    if !about.kind.is(Kind::Pod) {
        return false;
    }
    let pod = snapshot.pods.get(&about.namespace, &about.name);
    pod.is_none_or(|pod: &Pod| {
        pod.is_finished()
            || pod.is_terminating()
            || (pod.is_ready() && ANSWERED_BY_READINESS.contains(&&*event.reason))
    })
}
