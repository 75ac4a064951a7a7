use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Cause, Message, ObjectRef, Problem, ProblemId};

/// What the rules make of one snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis<T = Message> {
    /// The moment that the snapshot shows.
    #[serde(with = "crate::moment")]
    pub observed_at: Timestamp,
    /// The problems, worst and most certain first.
    pub problems: Vec<Problem<T>>,
    /// What is not well yet, but within its patience; what is judged first comes first.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<Unsettled<T>>,
    /// What is visibly not well and no rule explains; what has been so longest comes first.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub unexplained: Vec<Unexplained<T>>,
    /// What could not be told, and what would settle it.
    pub unknown: Vec<Unknown<T>>,
    /// What looks unusual and is well.
    pub checked: Vec<Checked<T>>,
    /// How many objects of each kind were looked at, in the order of their kinds.
    pub looked_at: Vec<LookedAt>,
    /// How many rules looked.
    pub rules: usize,
}

impl<T> Diagnosis<T> {
    /// The problem with this cause and subject, if it is found now.
    pub fn problem(&self, id: &ProblemId) -> Option<&Problem<T>> {
        self.problems
            .iter()
            .find(|problem| problem.cause == id.cause && problem.subject == id.subject)
    }
}

/// Why something could not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The API server refused to show it.
    Denied,
    /// It was there and is gone: an event after its hour, a rotated log.
    Expired,
    /// It has not been read, or not yet.
    NotSeen,
    /// The recording does not hold it.
    NotRecorded,
}

/// Something that is not well yet, but within its patience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsettled<T = Message> {
    /// The object: the owner at the top of what is not well.
    pub object: ObjectRef,
    /// What is not well, as a sentence.
    pub what: T,
    /// Why it is waited for, in a few words.
    pub why: T,
    /// Since when.
    #[serde(
        default,
        with = "crate::moment::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub since: Option<Timestamp>,
    /// When its patience ends, so that it is judged.
    #[serde(with = "crate::moment")]
    pub judged_at: Timestamp,
    /// What else is not well with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<ObjectRef>,
}

impl<T> Unsettled<T> {
    /// The same with its texts resolved.
    pub fn map_text<U>(self, mut text: impl FnMut(T) -> U) -> Unsettled<U> {
        Unsettled {
            object: self.object,
            what: text(self.what),
            why: text(self.why),
            since: self.since,
            judged_at: self.judged_at,
            affects: self.affects,
        }
    }
}

/// Something that is visibly not well and that no rule explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unexplained<T = Message> {
    /// The object: the owner at the top of what is not well.
    pub object: ObjectRef,
    /// Its state, as a sentence.
    pub what: T,
    /// Since when.
    #[serde(
        default,
        with = "crate::moment::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub since: Option<Timestamp>,
    /// What the cluster itself says of it, what decides most first.
    pub said: Vec<Said>,
    /// What would settle it, with its command.
    pub settle: T,
    /// What else is not well with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<ObjectRef>,
}

impl<T> Unexplained<T> {
    /// The same with its texts resolved.
    pub fn map_text<U>(self, mut text: impl FnMut(T) -> U) -> Unexplained<U> {
        Unexplained {
            object: self.object,
            what: text(self.what),
            since: self.since,
            said: self.said,
            settle: text(self.settle),
            affects: self.affects,
        }
    }
}

/// Words of the cluster about an object that is not well: an event, a condition, the reason
/// with which a container waits or ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said {
    /// The object that they are about.
    pub object: ObjectRef,
    /// `reason`, such as `FailedMount`; the type of a condition that has no reason.
    pub reason: String,
    /// `message`; empty where there is none.
    pub message: String,
    /// How often it was said, at least.
    pub count: u32,
    /// When it was last said; of a state, since when it is so.
    #[serde(
        default,
        with = "crate::moment::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub last: Option<Timestamp>,
}

/// Something that could not be told. Unknown is not healthy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown<T = Message> {
    /// What cannot be told, as a sentence.
    pub what: T,
    /// Why.
    pub why: Why,
    /// What would settle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<T>,
    /// The object in question, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// The rights that are missing, when it was denied: all of one namespace, or of the whole
    /// cluster.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<MissingRight>,
    /// The causes that it leaves open, each once: those whose rules wanted to know it. Known where it is
    /// judged; what is kept or sent does not carry them.
    #[serde(skip)]
    pub causes: Vec<Cause>,
    /// Whether it is of the whole cluster and nothing that was looked at asked for it: who
    /// looks at one namespace need not be told.
    #[serde(skip)]
    pub spare: bool,
}

/// A right that the API server says the reader does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MissingRight {
    /// The verb, such as `list`.
    pub verb: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The resource, such as `secrets` or `pods/log`.
    pub resource: String,
    /// The namespace; `None` for the whole cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// Something that looks unusual, was looked at, and is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked<T = Message> {
    /// The object.
    pub object: ObjectRef,
    /// Why it is well, in a few words.
    pub why: T,
}

/// How many objects of one kind were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAt {
    /// The API kind.
    pub kind: String,
    /// How many.
    pub count: usize,
}

impl<T> Diagnosis<T> {
    /// The same diagnosis with its texts resolved.
    pub fn map_text<U>(self, mut text: impl FnMut(T) -> U) -> Diagnosis<U> {
        Diagnosis {
            observed_at: self.observed_at,
            problems: self
                .problems
                .into_iter()
                .map(|problem| problem.map_text(&mut text))
                .collect(),
            unsettled: self
                .unsettled
                .into_iter()
                .map(|unsettled| unsettled.map_text(&mut text))
                .collect(),
            unexplained: self
                .unexplained
                .into_iter()
                .map(|unexplained| unexplained.map_text(&mut text))
                .collect(),
            unknown: self
                .unknown
                .into_iter()
                .map(|unknown| Unknown {
                    what: text(unknown.what),
                    why: unknown.why,
                    settle: unknown.settle.map(&mut text),
                    object: unknown.object,
                    rights: unknown.rights,
                    causes: unknown.causes,
                    spare: unknown.spare,
                })
                .collect(),
            checked: self
                .checked
                .into_iter()
                .map(|checked| Checked {
                    object: checked.object,
                    why: text(checked.why),
                })
                .collect(),
            looked_at: self.looked_at,
            rules: self.rules,
        }
    }
}
