use std::sync::Arc;

use podside_model::Why;

use super::{Claim, telling};
use crate::facts::{ContainerStatus, Pod, Terminated};
use crate::proof::{self, Proof};
use crate::snapshot::{LogLine, LogOf, LogTail};

/// The last words of a container: what its log and its termination message say of why it
/// fails. Those of one Pod stand for its siblings.
#[derive(Clone, Debug)]
pub struct LastWords {
    /// What was told, the most telling first.
    pub told: Vec<Told>,
    /// The last line of the log, when there is one. It is no reason by itself.
    pub last: Option<Told>,
    /// Why the log is not known; `None` when it was read.
    pub unread: Option<Why>,
    /// Whether the log has been asked for and has not come yet.
    pub awaited: bool,
}

/// One line that tells something.
#[derive(Clone, Debug)]
pub struct Told {
    /// What it says.
    pub claim: Claim,
    /// The line.
    pub line: LogLine,
    /// Where it stands.
    pub source: Source,
}

/// Where a telling line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In a log.
    Log(LogOf),
    /// In the termination message of `state` or `lastState`.
    Message {
        /// The container.
        container: Arc<str>,
        /// JSON Pointer of the message in the Pod.
        pointer: String,
        /// The whole message.
        message: Arc<str>,
    },
}

/// Whether an exit code says that a signal from outside ended the process, SIGKILL or SIGTERM.
pub const fn is_killed(exit_code: i64) -> bool {
    matches!(exit_code, 137 | 143)
}

impl LastWords {
    pub(crate) fn new() -> Self {
        Self {
            told: Vec::new(),
            last: None,
            unread: None,
            awaited: false,
        }
    }

    /// Listens to a log.
    pub(crate) fn hear_log(&mut self, of: &LogOf, tail: &LogTail) {
        if let LogTail::Unreadable(why) = tail {
            self.unread = Some(*why);
            return;
        }
        let lines = tail.lines();
        self.hear(lines, &Source::Log(of.clone()));
        if let Some(line) = lines.last() {
            self.last = Some(Told {
                claim: Claim::Fatal,
                line: line.clone(),
                source: Source::Log(of.clone()),
            });
        }
    }

    /// Listens to a termination message.
    pub(crate) fn hear_message(
        &mut self,
        status: &ContainerStatus,
        (state, end): (&'static str, &Terminated),
    ) {
        // What the runtime says of a container that is lost is not the application's.
        let Some(message) = end
            .message
            .as_ref()
            .filter(|_| &*end.reason != "ContainerStatusUnknown")
        else {
            return;
        };
        let lines: Vec<LogLine> = message
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| LogLine {
                at: end.finished,
                text: Arc::from(line),
            })
            .collect();
        let source = Source::Message {
            container: status.name.clone(),
            pointer: status.path(&format!("{state}/terminated/message")),
            message: message.clone(),
        };
        self.hear(&lines, &source);
    }

    fn hear(&mut self, lines: &[LogLine], source: &Source) {
        self.told
            .extend(telling(lines).into_iter().map(|(claim, line)| Told {
                claim,
                line: line.clone(),
                source: source.clone(),
            }));
        self.told.sort_by_key(|told| told.claim.weight());
    }

    /// The first line of which `wanted` holds.
    pub fn find(&self, wanted: impl Fn(&Claim) -> bool) -> Option<&Told> {
        self.told.iter().find(|told| wanted(&told.claim))
    }

    /// The line that says most of why. A process that a signal ended from outside says
    /// nothing of why by waiting.
    pub fn reason(&self, exit_code: i64) -> Option<&Told> {
        self.told
            .iter()
            .find(|told| !is_killed(exit_code) || told.claim != Claim::Waiting)
    }

    /// The line that says most of why, or else the last one.
    pub fn best(&self) -> Option<&Told> {
        self.told.first().or(self.last.as_ref())
    }
}

impl Told {
    /// The line as evidence. `pod` is a Pod of the same template, which may be another
    /// one than the line is of.
    pub fn proof(&self, pod: &Pod) -> Proof {
        match &self.source {
            Source::Log(of) => proof::log_line(of, &self.line),
            Source::Message {
                container,
                pointer,
                message,
            } => proof::field(pod, pointer.clone(), message)
                .in_container(container)
                .marking(&*self.line.text)
                .at(self.line.at),
        }
    }
}
