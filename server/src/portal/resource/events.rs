//! The events about one object.

use podside_cluster::Sight;
use podside_diagnosis::snapshot::Reading as Known;
use podside_model::view::{EventRow, Reading, Secrets};
use podside_model::{MissingRight, ObjectRef, Why};
use podside_redact::hide;

/// The events about an object with that uid, the newest first. Those about an older object
/// of the same name are left out.
pub(super) fn of(
    sight: &Sight,
    object: &ObjectRef,
    uid: &str,
    secrets: Secrets,
) -> Reading<Vec<EventRow>> {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let events = &sight.snapshot.events;
    // Events about cluster-scoped objects stand in the namespace "default".
    let of = if namespace.is_empty() {
        "default"
    } else {
        namespace
    };
    if events.reading(of) == Known::Unknown(Why::Denied) {
        return Reading::Denied(MissingRight {
            verb: "list".to_owned(),
            group: String::new(),
            resource: "events".to_owned(),
            namespace: object.namespace.clone(),
        });
    }
    let said = |words: &str| match secrets {
        Secrets::Hidden => hide(words).into_owned(),
        Secrets::Shown => words.to_owned(),
    };
    // While the rest is on its way, as the head says, those that are here are shown.
    let rows = sight
        .snapshot
        .events_about(&object.group, &object.kind, namespace, &object.name)
        .filter(|event| {
            event.about.uid.is_empty() || uid.is_empty() || &*event.about.uid == uid
                // The kubelet puts a Node's name where its uid belongs.
                || object.is("Node")
        })
        .map(|event| EventRow {
            warning: event.warning,
            reason: said(&event.reason),
            message: said(&event.message),
            count: event.count,
            first: event.first,
            last: event.last,
        });
    Reading::Read(rows.collect())
}

/// At most `most` of them.
pub(super) fn newest(events: Reading<Vec<EventRow>>, most: usize) -> Reading<Vec<EventRow>> {
    match events {
        Reading::Read(mut events) => {
            events.truncate(most);
            Reading::Read(events)
        }
        other => other,
    }
}
