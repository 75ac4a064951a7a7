//! How long what is not well yet is waited for before it is judged: one table for all rules.
//!
//! Patience is for what is on its way. What says itself that it failed, or that nobody works
//! at, has none.

mod table;

use jiff::Timestamp;
use podside_model::Message;

use crate::snapshot::Snapshot;
use crate::text::Text;
pub(crate) use table::*;

/// How long something may take before it is not well.
#[derive(Debug)]
pub(crate) struct Patience {
    /// In seconds. Where the cluster itself says how long, its number is taken instead.
    pub(crate) seconds: i64,
    /// Why it is waited for, as a reader is told.
    pub(crate) why: Text,
}

/// A patience that has not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    pub(crate) patience: &'static Patience,
    pub(crate) until: Timestamp,
}

impl PartialEq for Wait {
    fn eq(&self, other: &Self) -> bool {
        self.until == other.until && self.patience.why.id == other.patience.why.id
    }
}

impl Patience {
    const fn of(seconds: i64, why: Text) -> Self {
        Self { seconds, why }
    }

    /// Whether it has ended for what began at a moment; it has for what began nobody knows
    /// when.
    pub(crate) fn has_ended(&'static self, from: Option<Timestamp>, snapshot: &Snapshot) -> bool {
        self.wait(from, snapshot).is_none()
    }

    /// What is left of it for what began at a moment.
    pub(crate) fn wait(
        &'static self,
        from: Option<Timestamp>,
        snapshot: &Snapshot,
    ) -> Option<Wait> {
        self.wait_for(self.seconds, from, snapshot)
    }

    /// The same, where the cluster says itself how many seconds it takes.
    pub(crate) fn wait_for(
        &'static self,
        seconds: i64,
        from: Option<Timestamp>,
        snapshot: &Snapshot,
    ) -> Option<Wait> {
        let from = from?;
        let until = Timestamp::from_second(from.as_second().checked_add(seconds)?).ok()?;
        (!snapshot.has_passed(from, seconds)).then_some(Wait {
            patience: self,
            until,
        })
    }

    /// Why it is waited for.
    pub(crate) fn message(&self) -> Message {
        Message::new(self.why.id)
    }
}
