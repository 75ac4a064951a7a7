use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Severity;

/// What was observed of one object over the time that a page's strips show. All strips
/// of a page have the same ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strip {
    /// The moment at its left end.
    #[serde(with = "crate::moment")]
    pub from: Timestamp,
    /// The moment of observation, at its right end.
    #[serde(with = "crate::moment")]
    pub to: Timestamp,
    /// What it was, in order of time: each from the end of the one before, the first from
    /// `from`, the last until `to`.
    pub spans: Vec<StripSpan>,
    /// When something was started, in order; only moments that the cluster told.
    #[serde(with = "crate::moment::list")]
    pub ticks: Vec<Timestamp>,
    /// How often containers were restarted, whether or not the cluster still knows when.
    pub restarts: u32,
}

/// A time over which a strip's object was the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripSpan {
    /// Its end.
    #[serde(with = "crate::moment")]
    pub until: Timestamp,
    /// What the object was.
    pub state: StripState,
}

/// What an object was over a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StripState {
    /// It did not exist yet.
    Absent,
    /// Nobody saw, or the cluster does not tell any more.
    Unobserved,
    /// Its container ran.
    Ran,
    /// It was broken.
    Broken(Severity),
    /// It was not well, and no rule explains it.
    Unexplained,
}
