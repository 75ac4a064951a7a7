use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Message, ObjectRef};

/// What kind of thing proves a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// A field of an object and its value.
    Field,
    /// An event.
    Event,
    /// A line of a container's log.
    Log,
    /// An object, key or label that is not there.
    Absence,
    /// What a command printed.
    Command,
}

/// One piece of evidence. `T` is [`Message`] where it is kept and `String` where
/// it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence<T = Message> {
    /// What kind of thing this is.
    #[serde(rename = "type")]
    pub kind: EvidenceKind,
    /// The sentence that says what this shows.
    pub what: T,
    /// The object that carries it, with the container where a log or a container
    /// status is meant. For an absence, the object that is not there.
    pub object: ObjectRef,
    /// For a field: the JSON Pointer (RFC 6901) of the value in the object. For an
    /// absence: the pointer to the reference, within `referrer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// For an absence: the object whose field asks for what is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<ObjectRef>,
    /// For an event: its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The value, the event's message or the log line, verbatim but for control
    /// characters, which were removed when it entered.
    pub value: String,
    /// The part of `value` that decides, when not all of it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// The command that shows the same.
    pub kubectl: String,
    /// For an event: how often it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// When it was last so, where the cluster says.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::moment::option"
    )]
    pub at: Option<Timestamp>,
}

impl<T> Evidence<T> {
    /// The same evidence with its text resolved.
    pub fn map_text<U>(self, mut text: impl FnMut(T) -> U) -> Evidence<U> {
        Evidence {
            kind: self.kind,
            what: text(self.what),
            object: self.object,
            path: self.path,
            referrer: self.referrer,
            reason: self.reason,
            value: self.value,
            mark: self.mark,
            kubectl: self.kubectl,
            count: self.count,
            at: self.at,
        }
    }
}
