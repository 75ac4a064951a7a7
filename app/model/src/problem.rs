use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Cause, Certainty, Evidence, Message, ObjectRef, Severity};

/// The most affected objects of one problem that are kept with it and shown. The rest are
/// counted.
pub const MOST_AFFECTED: usize = 64;

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
    /// What else is broken by it, nearest first: all of it where it is judged, and no more
    /// than [`MOST_AFFECTED`] objects where it is kept or shown.
    pub affects: Vec<Affected<T>>,
    /// How many more objects are broken by it than `affects` lists.
    #[serde(default)]
    pub more_affected: usize,
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
    /// The broken object has the same fault as the subject, of something that both use.
    SharesFault,
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

    /// How many objects are broken by it beside the subject, those that are not listed
    /// included.
    pub fn affected(&self) -> usize {
        self.affects.len().saturating_add(self.more_affected)
    }

    /// The same problem as it is kept and shown: it lists the nearest [`MOST_AFFECTED`]
    /// objects and counts the rest.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let affected = self.affected();
        self.affects.truncate(MOST_AFFECTED);
        self.more_affected = affected - self.affects.len();
        self
    }

    /// The same problem with its texts resolved, [bounded](Self::bounded) because it is then
    /// shown.
    pub fn map_text<U>(self, mut text: impl FnMut(T) -> U) -> Problem<U> {
        let problem = self.bounded();
        Problem {
            cause: problem.cause,
            severity: problem.severity,
            certainty: problem.certainty,
            subject: problem.subject,
            title: text(problem.title),
            explanation: text(problem.explanation),
            fix: problem
                .fix
                .into_iter()
                .map(|step| FixStep {
                    text: text(step.text),
                    command: step.command,
                })
                .collect(),
            evidence: problem
                .evidence
                .into_iter()
                .map(|evidence| evidence.map_text(&mut text))
                .collect(),
            affects: problem
                .affects
                .into_iter()
                .map(|affected| Affected {
                    object: affected.object,
                    by: affected.by,
                    relation: affected.relation,
                    state: text(affected.state),
                })
                .collect(),
            more_affected: problem.more_affected,
            since: problem.since,
        }
    }
}

impl fmt::Display for ProblemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.cause, self.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaking(count: usize) -> Problem {
        let object = |nth: usize| ObjectRef::namespaced("Deployment", "shop", format!("web-{nth}"));
        Problem {
            cause: Cause::known("image-not-found"),
            severity: Severity::Critical,
            certainty: Certainty::Certain,
            subject: object(0),
            title: Message::new("title"),
            explanation: Message::new("explanation"),
            fix: Vec::new(),
            evidence: Vec::new(),
            affects: (1..=count)
                .map(|nth| Affected {
                    object: object(nth),
                    by: object(0),
                    relation: Relation::DialledBy,
                    state: Message::new("state.broken"),
                })
                .collect(),
            more_affected: 0,
            since: None,
        }
    }

    #[test]
    fn what_is_not_listed_is_counted_however_often_it_is_bounded() {
        let whole = breaking(MOST_AFFECTED + 136);
        assert_eq!(whole.affected(), MOST_AFFECTED + 136);
        let shown = whole.map_text(|text| text.id).bounded();
        assert_eq!(shown.affects.len(), MOST_AFFECTED);
        assert_eq!(shown.more_affected, 136);
        assert_eq!(shown.affected(), MOST_AFFECTED + 136);
        let few = breaking(3).bounded();
        assert_eq!((few.affects.len(), few.more_affected), (3, 0));
    }

    #[test]
    fn a_problem_that_was_kept_without_a_count_lists_all() {
        let mut kept = serde_json::to_value(breaking(2)).unwrap();
        kept.as_object_mut().unwrap().remove("more_affected");
        let read: Problem = serde_json::from_value(kept).unwrap();
        assert_eq!(read, breaking(2));
    }
}
