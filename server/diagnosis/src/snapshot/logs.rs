use std::sync::Arc;

use jiff::Timestamp;
use podside_model::Why;
use podside_redact::Lines;

use crate::facts::clean::{LONG, clean};
use crate::facts::{Pod, Str};

/// The most lines of one log that are kept.
pub const MOST_LINES: usize = 200;

/// How the kubelet and the container runtime begin what they themselves write where a log
/// should be: of a container that has been removed, a file that is gone, a watch that fails.
const REMARKS: [&str; 7] = [
    "unable to retrieve container logs for ",
    "failed to try resolving symlinks in path ",
    "failed to open log file ",
    "failed to create fsnotify watcher",
    "failed to watch file ",
    "failed to get container status ",
    "Error from server (",
];

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
        let mut lines: Vec<&str> = log
            .lines()
            .rev()
            .filter(|line| !line.trim().is_empty())
            .take(MOST_LINES)
            .collect();
        lines.reverse();
        Self::of(lines.into_iter().map(stamped))
    }

    /// The end of a log by its lines, oldest first, each with its time. What looks like a
    /// secret in them, or spans several of them, does not become a fact.
    pub fn of<'a>(lines: impl IntoIterator<Item = (Option<Timestamp>, &'a str)>) -> Self {
        let mut secrets = Lines::new();
        let mut remarked = false;
        let lines: Vec<LogLine> = lines
            .into_iter()
            .filter(|(_, text)| {
                let is_remark = REMARKS.iter().any(|words| text.starts_with(words));
                remarked |= is_remark;
                !is_remark
            })
            .map(|(at, text)| LogLine {
                at,
                text: Str::from(clean(&secrets.hide(&clean(text, LONG)), LONG)),
            })
            .collect();
        if lines.is_empty() && remarked {
            return Self::Unreadable(Why::Expired);
        }
        Self::Lines(lines.into())
    }

    /// The lines, oldest first; none when it could not be read.
    pub fn lines(&self) -> &[LogLine] {
        match self {
            Self::Lines(lines) => lines,
            Self::Unreadable(_) => &[],
        }
    }
}

/// A line as the API server sends it: its time, where it begins with one, and its text.
fn stamped(line: &str) -> (Option<Timestamp>, &str) {
    line.split_once(' ')
        .and_then(|(at, text)| Some((Some(at.parse().ok()?), text)))
        .unwrap_or((None, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kubelet_says_of_a_log_is_no_line_of_it() {
        let gone = "unable to retrieve container logs for containerd://505b644ccd34";
        assert_eq!(LogTail::read(gone), LogTail::Unreadable(Why::Expired));
        let beside =
            format!("starting\n{gone}\nfailed to create fsnotify watcher: too many open files\n");
        let tail = LogTail::read(&beside);
        assert_eq!(tail.lines().len(), 1);
        assert_eq!(&*tail.lines()[0].text, "starting");
    }

    #[test]
    fn no_secret_becomes_a_line() {
        let log = "dial postgres://app:hunter2hunter2@db:5432/shop\n-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----\nlast";
        let tail = LogTail::read(log);
        let lines: Vec<&str> = tail.lines().iter().map(|line| &*line.text).collect();
        assert!(lines[0].starts_with("dial postgres://app:[hidden: password "));
        assert!(lines[0].ends_with("]@db:5432/shop"), "{lines:?}");
        let all = lines.concat();
        assert!(!all.contains("hunter2") && !all.contains("MIIE"), "{all}");
        assert_eq!(lines.last(), Some(&"last"));
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
