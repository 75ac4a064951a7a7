use jiff::Timestamp;
use podside_model::{EntryBody, InvestigationId, ObjectRef};

/// What is known when an investigation starts.
#[derive(Debug, Clone, PartialEq)]
pub struct NewInvestigation {
    /// The runbook that is followed; `None` for a free investigation.
    pub runbook: Option<FollowedRunbook>,
    /// The cluster's name as the portal shows it.
    pub cluster: String,
    /// What is looked at.
    pub target: ObjectRef,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
}

/// A runbook as it was when an investigation began to follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedRunbook {
    /// Its id, such as `pod`.
    pub id: String,
    /// Its whole text, kept once for all investigations that follow the same text.
    pub source: String,
}

/// An investigation with its entries in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Investigation {
    /// Its number.
    pub id: InvestigationId,
    /// The runbook as it was then; `None` for a free investigation.
    pub runbook: Option<FollowedRunbook>,
    /// The cluster's name.
    pub cluster: String,
    /// What is looked at.
    pub target: ObjectRef,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// Everything that was written down, oldest first.
    pub entries: Vec<Entry>,
}

impl Investigation {
    /// The number of the last entry, 0 when there is none: what [`crate::Store::append`] asks for.
    pub fn last_seq(&self) -> u32 {
        self.entries.last().map_or(0, |entry| entry.seq)
    }
}

/// An entry to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// What happened, evidence included.
    pub body: EntryBody,
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place in the investigation: 1, 2, 3, without gaps.
    pub seq: u32,
    /// When it happened, to the millisecond.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// What happened, evidence included.
    pub body: EntryBody,
}
