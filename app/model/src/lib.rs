//! The words of Podside as types: what the server and the browser say to each other.
//!
//! This crate is the only one that is built for the server and for the browser,
//! so it holds data and the reading and writing of it, and no logic that needs a
//! clock, a cluster or a regular expression.

mod cause;
mod diagnosis;
mod evidence;
pub mod form;
mod investigation;
mod language;
pub mod legible;
mod liveness;
pub mod log;
mod message;
mod moment;
mod object_ref;
mod own_group;
mod problem;
pub mod role;
mod severity;
mod strip;
mod texts;
pub mod view;

pub use cause::Cause;
pub use diagnosis::{
    Checked, Diagnosis, LookedAt, MissingRight, Said, Unexplained, Unknown, Unsettled, Why,
};
pub use evidence::{Evidence, EvidenceKind};
pub use investigation::{
    Answer, Conclusion, EntryBody, Finding, InvestigationId, NoSuggestion, NotAnAnswer, NotRun,
    Redacted, RedactedPart, SecretKind,
};
pub use language::{Lang, UnknownLanguage};
pub use liveness::Liveness;
pub use message::{Arg, Message};
pub use object_ref::{ObjectRef, kind_and_group};
pub use own_group::own_group;
pub use problem::{Affected, FixStep, MOST_AFFECTED, Problem, ProblemId, Relation};
pub use severity::{Certainty, Severity};
pub use strip::{Strip, StripSpan, StripState};
pub use texts::Texts;
