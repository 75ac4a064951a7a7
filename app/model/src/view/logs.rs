use serde::{Deserialize, Serialize};

use super::{Beginning, ChartHead, Secrets};
use crate::ObjectRef;
use crate::log::{EndWhy, LogNote, LogSource};

/// Which logs a page asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LogsAsk {
    /// The namespace; `None` when it is still to be chosen.
    pub namespace: Option<String>,
    /// Whose Pods, as `Kind/name`; all of the namespace when empty.
    pub targets: Vec<String>,
    /// Only the containers of this name.
    pub container: Option<String>,
    /// Of which runs of the containers.
    pub run: LogRun,
    /// Only the last so many seconds.
    pub since: Option<u32>,
    /// What is done with what looks like a secret.
    pub secrets: Secrets,
}

/// Of which runs of a container the log is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogRun {
    /// The run that there is now.
    #[default]
    Current,
    /// The run before.
    Previous,
    /// Both, one after the other.
    Both,
}

impl LogRun {
    /// The value of the parameter `previous` in addresses; `None` for its default.
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Current => None,
            Self::Previous => Some("true"),
            Self::Both => Some("too"),
        }
    }

    /// Reads the value of the parameter; what is not known is the default.
    pub fn of_parameter(value: Option<&str>) -> Self {
        [Self::Previous, Self::Both]
            .into_iter()
            .find(|run| run.parameter() == value)
            .unwrap_or_default()
    }
}

/// Logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogsPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What was asked for.
    pub ask: LogsAsk,
    /// What was found.
    pub logs: Logs,
}

/// What there is to read, and its last lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logs {
    /// What is broken or was restarted, where no namespace is chosen yet.
    pub beginnings: Vec<Beginning>,
    /// Workloads and Pods of the namespace whose logs can be chosen.
    pub choices: Vec<ObjectRef>,
    /// The names of the containers of what was chosen.
    pub containers: Vec<String>,
    /// The label selector that stands for what was chosen, when there is one.
    pub selector: Option<String>,
    /// The sources, in the order of their numbers.
    pub sources: Vec<LogSource>,
    /// Sources that are left out, because only so many are followed at once.
    pub left_out: usize,
    /// The last lines and what is said about them, in order.
    pub rows: Vec<LogRow>,
    /// Why there is nothing to read.
    pub failed: Option<EndWhy>,
}

/// A line, or something said about the lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogRow {
    /// A line.
    Line {
        /// The number of its source.
        source: u8,
        /// Nanoseconds since 1970, where the text came with a time.
        time: Option<i64>,
        /// The text, with SGR colours.
        text: String,
    },
    /// A note.
    Note(LogNote),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_what_it_was_written() {
        let rows = [
            LogRow::Line {
                source: 1,
                time: None,
                text: "a".into(),
            },
            LogRow::Note(LogNote::Live),
        ];
        let text = serde_json::to_string(&rows).unwrap();
        assert_eq!(serde_json::from_str::<[LogRow; 2]>(&text).unwrap(), rows);
    }

    #[test]
    fn runs_are_spelt_as_in_addresses() {
        for run in [LogRun::Current, LogRun::Previous, LogRun::Both] {
            assert_eq!(LogRun::of_parameter(run.parameter()), run);
        }
        assert_eq!(LogRun::of_parameter(Some("x")), LogRun::Current);
    }
}
