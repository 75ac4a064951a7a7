use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Cause, Certainty, Evidence, Message, ObjectRef, Severity};

/// A cause found on the object that a person must change.
///
/// `T` is [`Message`] where it is judged and kept, and `String` where it is shown
/// in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem<T = Message> {
    /// The root cause.
    pub cause: Cause,
    /// How much it breaks.
    pub severity: Severity,
    /// How sure the evidence makes it.
    pub certainty: Certainty,
    /// The object to change.
    pub subject: ObjectRef,
    /// The finding in one sentence that names objects and the fault.
    pub title: T,
    /// Why that breaks, in two or three sentences.
    pub explanation: T,
    /// What to do, in order.
    pub fix: Vec<FixStep<T>>,
    /// What proves it, the deciding piece first.
    pub evidence: Vec<Evidence<T>>,
    /// What else is broken by it, nearest first.
    pub affects: Vec<Affected<T>>,
    /// Since when, where the cluster says.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::moment::option"
    )]
    pub since: Option<Timestamp>,
}

/// One step of a fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixStep<T = Message> {
    /// The sentence.
    pub text: T,
    /// The command that does it, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// An object that a problem breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected<T = Message> {
    /// The broken object.
    pub object: ObjectRef,
    /// The object that breaks it: the subject, or one that stands before it in the chain.
    pub by: ObjectRef,
    /// How it is broken by it.
    pub relation: Relation,
    /// Its state in a few words ("0 of 2 ready").
    pub state: T,
}

/// How one object's fault reaches the next. Read from breaker to broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The broken object's Pods mount the breaker.
    MountedBy,
    /// The broken object connects to the breaker.
    DialledBy,
    /// The breaker's Pods are the Service's backends.
    Backs,
    /// The breaker's selector chooses the broken object.
    Selects,
    /// The breaker owns the broken object.
    Owns,
    /// The Ingress routes to the breaker.
    RoutedBy,
    /// The broken object runs on the breaker.
    Runs,
    /// The breaker scales the broken object.
    Scales,
    /// The broken object refers to the breaker by name.
    ReferredToBy,
    /// The breaker admits, refuses or limits the broken object.
    Admits,
}

/// What names a problem in a URL: its cause and its subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProblemId {
    /// The root cause.
    pub cause: Cause,
    /// The object to change.
    pub subject: ObjectRef,
}

impl<T> Problem<T> {
    /// What names this problem.
    pub fn id(&self) -> ProblemId {
        ProblemId {
            cause: self.cause.clone(),
            subject: self.subject.clone(),
        }
    }

    /// The same problem with its texts resolved.
    pub fn map_text<U>(self, mut text: impl FnMut(T) -> U) -> Problem<U> {
        Problem {
            cause: self.cause,
            severity: self.severity,
            certainty: self.certainty,
            subject: self.subject,
            title: text(self.title),
            explanation: text(self.explanation),
            fix: self
                .fix
                .into_iter()
                .map(|step| FixStep {
                    text: text(step.text),
                    command: step.command,
                })
                .collect(),
            evidence: self
                .evidence
                .into_iter()
                .map(|evidence| evidence.map_text(&mut text))
                .collect(),
            affects: self
                .affects
                .into_iter()
                .map(|affected| Affected {
                    object: affected.object,
                    by: affected.by,
                    relation: affected.relation,
                    state: text(affected.state),
                })
                .collect(),
            since: self.since,
        }
    }
}

impl fmt::Display for ProblemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.cause, self.subject)
    }
}
