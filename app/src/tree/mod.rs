//! The tree of a runbook: which rows are shown, where they stand, how they are drawn.
//!
//! The rows are an ordered list of words; behind it lies one drawing of their lines and
//! nodes. Both are functions of the rows alone.

mod drawing;
mod layout;
mod words;

pub use drawing::{drawing, strip};
pub use layout::{Placed, Scale, place, rows_that_matter};
pub(crate) use words::{answers, deciding, label, relation};
