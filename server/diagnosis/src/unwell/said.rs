//! The cluster's own words about an object.

use podside_model::{ObjectRef, Said};

use crate::facts::{Condition, ContainerStatus, Event, Object, Pod, Terminated};
use crate::hidden;
use crate::snapshot::Snapshot;

/// The most events of one object that are quoted.
const MOST_EVENTS: usize = 5;

/// The longest message that is quoted, in characters: long enough for a scheduler's list of
/// reasons.
const LONGEST: usize = 1_000;

/// The warnings about an object, newest first.
pub(super) fn warnings(object: &impl Object, snapshot: &Snapshot) -> Vec<Said> {
    quoted(snapshot.events_of(object))
}

/// The warnings among events, each as it is said; no more than a few.
pub(super) fn quoted<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<Said> {
    let warnings = events.filter(|event| event.warning);
    warnings.take(MOST_EVENTS).map(event).collect()
}

/// What an event says.
pub(super) fn event(event: &Event) -> Said {
    let about = &event.about;
    let object = about.kind.object(&about.namespace, &about.name);
    Said {
        object: match event.container() {
            Some(container) => object.with_container(container),
            None => object,
        },
        reason: quote(&event.reason),
        message: quote(event.said()),
        count: event.count,
        last: event.last,
    }
}

/// What a condition says.
pub(super) fn condition(object: &ObjectRef, condition: &Condition) -> Said {
    let reason = if condition.reason.is_empty() {
        &condition.kind
    } else {
        &condition.reason
    };
    Said {
        object: object.clone(),
        reason: quote(reason),
        message: quote(condition.message.as_deref().unwrap_or_default()),
        count: 1,
        last: condition.changed,
    }
}

/// The reason with which a container waits, and its message.
pub(super) fn waiting(pod: &Pod, status: &ContainerStatus) -> Option<Said> {
    let (reason, message) = status.waiting()?;
    (!reason.is_empty()).then(|| Said {
        object: pod.object_ref().with_container(&*status.name),
        reason: quote(reason),
        message: quote(message.unwrap_or_default()),
        count: 1,
        last: None,
    })
}

/// How a container ended, and what it left as its message.
pub(super) fn ended(pod: &Pod, status: &ContainerStatus, end: &Terminated) -> Said {
    let reason = if end.reason.is_empty() {
        "Terminated"
    } else {
        &end.reason
    };
    let code = format!("exit code {}", end.exit_code);
    let message = match &end.message {
        Some(message) => format!("{code}: {message}"),
        None => code,
    };
    Said {
        object: pod.object_ref().with_container(&*status.name),
        reason: quote(reason),
        message: quote(&message),
        count: status.restarts.max(1),
        last: end.finished,
    }
}

/// Words of the cluster that stand in a field of an object.
pub(super) fn field(object: &ObjectRef, reason: &str, message: &str) -> Said {
    Said {
        object: object.clone(),
        reason: quote(reason),
        message: quote(message),
        count: 1,
        last: None,
    }
}

/// Words as they are quoted: what looks like a secret is hidden before anything is cut off.
fn quote(words: &str) -> String {
    hidden::words(words.to_owned())
        .chars()
        .take(LONGEST)
        .collect()
}
