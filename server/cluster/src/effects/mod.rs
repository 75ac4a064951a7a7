//! Work done on somebody's behalf that takes time: it has an id, an owner, a deadline,
//! progress, and an end.
//!
//! An [`Executor`] runs it apart from the request that asked for it, so that it goes on when
//! a page is reloaded, and ends it at its deadline, when somebody wants it ended, and with
//! the executor itself. What it does is a future, the same on a live cluster, on a recording
//! and in a test; [`walk()`] is the one that follows a runbook.

mod executor;
mod progress;
mod walk;

pub use executor::{EffectId, Ended, Executor, NewEffect, NotBegun, Standing};
pub use progress::{Progress, Stage};
pub use walk::{Entries, Sights, walk};
