use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChartHead, EventRow};
use crate::{MissingRight, ObjectRef};

/// Which events are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventsAsk {
    /// Only warnings, or only what is none.
    pub warning: Option<bool>,
    /// The only reason that is shown; empty for all.
    pub reason: String,
    /// The only kind of object, with its group; empty for all.
    pub kind: String,
    /// Words that must all stand in the object or the message; empty for none.
    pub find: String,
    /// Only what was seen within these minutes.
    pub within: Option<u32>,
    /// Only what was seen from this second since 1970 on, and before that one.
    pub between: Option<(i64, i64)>,
    /// Whether those of one object stand together.
    pub by_object: bool,
    /// How many rows are left out before the first one.
    pub from: usize,
}

impl EventsAsk {
    /// How many rows a page has.
    pub const ROWS: usize = 100;
    /// The longest text that is asked for, in characters.
    pub const LONGEST: usize = 400;
}

/// What the cluster says of its objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What was asked for.
    pub ask: EventsAsk,
    /// The command that lists the same in a terminal.
    pub command: String,
    /// The right without which some or all events cannot be read.
    pub lacks: Option<MissingRight>,
    /// Whether events may be missing that were not read yet, or could not be.
    pub is_partial: bool,
    /// The series of this page.
    pub series: Vec<EventSeries>,
    /// How many series match.
    pub matching: usize,
    /// How many events the series that match are.
    pub events: u64,
    /// How many series there are without the choice of warnings, and how many of them are
    /// warnings.
    pub of_types: (usize, usize),
    /// The reasons that there are, each with how many series it has, the most first.
    pub reasons: Vec<(String, usize)>,
    /// The kinds of objects that there are, each with how many series it has, the most
    /// first.
    pub kinds: Vec<(String, usize)>,
    /// How many events there were when, of all that match but for the chosen time; `None`
    /// without any.
    pub histogram: Option<EventHistogram>,
    /// Since when the events are kept here, also after the cluster has dropped them; `None`
    /// where that is not known.
    #[serde(default, with = "crate::moment::option")]
    pub kept_since: Option<Timestamp>,
    /// From when to when the series that match were seen.
    #[serde(default, with = "crate::moment::option")]
    pub first: Option<Timestamp>,
    /// When the last of them was seen.
    #[serde(default, with = "crate::moment::option")]
    pub last: Option<Timestamp>,
}

/// A moment at which something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tick(#[serde(with = "crate::moment")] pub Timestamp);

/// How many events there were in equal stretches of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventHistogram {
    /// When the first stretch begins.
    #[serde(with = "crate::moment")]
    pub start: Timestamp,
    /// How many seconds a stretch has.
    pub step: u32,
    /// How many events there were in each. Of those that were only counted between the first
    /// and the last one it is not known when they were, so they are spread evenly.
    pub counts: Vec<u64>,
}

/// Events that say the same of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSeries {
    /// What they are about.
    pub object: ObjectRef,
    /// What they say, how often, and when.
    pub event: EventRow,
    /// The moments at which they are known to have happened, in order; of very many a part.
    pub ticks: Vec<Tick>,
    /// Whether who sends them may have left some out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub throttled: bool,
}
