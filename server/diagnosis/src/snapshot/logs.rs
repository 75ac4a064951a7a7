use std::sync::Arc;

use jiff::Timestamp;
use podside_model::Why;

use crate::facts::clean::{LONG, clean};
use crate::facts::{Pod, Str};

/// The most lines of one log that are kept.
pub const MOST_LINES: usize = 200;

/// How the kubelet begins what it sends as the log of a container that has been removed.
const NO_LOG: &str = "unable to retrieve container logs for ";

/// Which log of which container.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogOf {
    /// The Pod's namespace.
    pub namespace: Str,
    /// The Pod.
    pub pod: Str,
    /// The container.
    pub container: Str,
    /// Whether the log of the container's previous run is meant.
    pub previous: bool,
}

/// The last lines of a log, or why there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogTail {
    /// The last lines, oldest first.
    Lines(Arc<[LogLine]>),
    /// It could not be read.
    Unreadable(Why),
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written, where the log says.
    pub at: Option<Timestamp>,
    /// The line, without control characters.
    pub text: Str,
}

impl LogOf {
    /// The log of a container of a Pod.
    pub fn of(pod: &Pod, container: &Str, previous: bool) -> Self {
        Self {
            namespace: pod.meta.namespace.clone(),
            pod: pod.meta.name.clone(),
            container: container.clone(),
            previous,
        }
    }
}

impl LogTail {
    /// The end of a log as the API server sends it with `timestamps=true`. Lines
    /// without a timestamp are taken whole.
    pub fn read(log: &str) -> Self {
        let mut lines: Vec<LogLine> = log
            .lines()
            .rev()
            .filter(|line| !line.trim().is_empty())
            .take(MOST_LINES)
            .map(line)
            .collect();
        lines.reverse();
        match &*lines {
            [only] if only.text.starts_with(NO_LOG) => Self::Unreadable(Why::Expired),
            _ => Self::Lines(lines.into()),
        }
    }

    /// The lines, oldest first; none when it could not be read.
    pub fn lines(&self) -> &[LogLine] {
        match self {
            Self::Lines(lines) => lines,
            Self::Unreadable(_) => &[],
        }
    }
}

fn line(line: &str) -> LogLine {
    let stamped = line
        .split_once(' ')
        .and_then(|(at, text)| Some((at.parse::<Timestamp>().ok()?, text)));
    let (at, text) = match stamped {
        Some((at, text)) => (Some(at), text),
        None => (None, line),
    };
    LogLine {
        at,
        text: Str::from(clean(text, LONG)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kubelet_says_of_a_log_that_is_gone_is_no_log() {
        let gone = "unable to retrieve container logs for containerd://505b644ccd34";
        assert_eq!(LogTail::read(gone), LogTail::Unreadable(Why::Expired));
        let quoted = format!("starting\n{gone}\n");
        assert_eq!(LogTail::read(&quoted).lines().len(), 2);
    }

    #[test]
    fn the_timestamp_is_taken_off_and_escapes_are_removed() {
        let tail =
            LogTail::read("2026-11-20T20:13:14.5Z \u{1b}[31mFATAL\u{1b}[0m x\nplain line\n\n");
        let lines = tail.lines();
        assert_eq!(&*lines[0].text, "FATAL x");
        assert!(lines[0].at.is_some());
        assert_eq!(&*lines[1].text, "plain line");
        assert_eq!(lines.len(), 2);
    }
}
