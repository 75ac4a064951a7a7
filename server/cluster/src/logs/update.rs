use std::time::Duration;

use jiff::Timestamp;
use podside_model::log::{EndWhy, LogEvent};

use crate::log_line::LogLine;

/// What comes from one source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Update {
    /// The log is open; lines may come at once.
    Opened,
    /// Lines, in the log's own order.
    Lines(Vec<LogLine>),
    /// Nothing is to be expected for now.
    Quiet,
    /// The connection is lost and is being tried again.
    Lost {
        /// When.
        at: Timestamp,
        /// What failed.
        said: String,
    },
    /// The log goes on after a break.
    Resumed {
        /// When the connection was lost.
        at: Timestamp,
        /// How long it was away.
        lasted: Duration,
        /// Lines that came again and were removed.
        removed: u64,
        /// Whether lines may be missing.
        maybe_missing: bool,
    },
    /// The container was started again.
    Restarted {
        /// The exit code of the run before.
        exit_code: Option<i32>,
        /// The new restart count.
        restarts: i32,
    },
    /// An event about a Pod. Not from a log, but ordered among the lines.
    Event(LogEvent),
    /// Nothing comes any more.
    Ended(EndWhy),
}
