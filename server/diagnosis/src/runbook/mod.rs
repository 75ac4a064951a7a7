//! Runbooks: guided decision flows, one YAML file each, and the engine that walks them.
//!
//! [`read`] makes a [`Runbook`] of a file or says with line and column what is
//! wrong with it. [`step`] is the engine: a pure function of the runbook, the
//! [`State`] of one walk and an [`Event`]; what it wants done comes back as
//! [`Effect`]s. [`tree`] lays out the whole runbook with the walk in it.

mod around;
mod check;
mod engine;
mod expression;
mod fault;
mod format;
mod library;
mod placeholder;
mod probe;
mod read;
#[cfg(test)]
mod sample;
mod seen;
mod show;
mod show_target;
mod target;
mod translated;
mod tree;
mod types;
mod typing;
mod unfold;

pub use check::check;
pub use engine::{Effect, Event, Here, Refusal, State, Walked, replay, step};
pub use expression::{Expression, ExpressionError, Unanswered};
pub use fault::Fault;
pub use format::Show;
pub use library::{BuiltIn, built_in, find, vocabulary};
pub use placeholder::{Names, Template};
pub use probe::{Probe, Ran};
pub use read::{Vocabulary, read};
pub use seen::reference;
pub use target::Target;
pub use tree::{Node, NodeState, Place, tree};
pub use types::{Check, Docs, Next, Runbook, Step};
