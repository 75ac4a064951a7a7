//! The sentence of a log that says why a process fails.
//!
//! The last lines of a log are searched for sentences of a known form: a variable that is
//! not set, a connection that is refused, a name that does not resolve, a file that may
//! not be written, ... What such a line says is a [`Claim`]: the rules hold it against the
//! cluster before they believe it. The words are those of the C library, of Go, Java,
//! Node.js, Python, Ruby, nginx and the API server, which hardly ever change.

mod claims;
mod forms;
mod level;
mod line;
mod logfmt;
mod quote;
mod words;

pub use claims::{Address, CertificateFault, Claim, Scope};
pub use forms::read_line;
pub use level::Level;
pub use line::Line;
pub use quote::brief;
pub use words::{LastWords, Source, Told, is_killed};

use crate::snapshot::LogLine;

/// The lines that say why, the most telling first: those with the surest claim, among
/// these the last one; of those that only call themselves errors the first of the last burst,
/// as what follows it are its consequences. At most eight.
pub fn telling(lines: &[LogLine]) -> Vec<(Claim, &LogLine)> {
    const MOST: usize = 8;
    let mut found: Vec<(Claim, &LogLine)> = Vec::new();
    for (index, line) in lines.iter().enumerate().rev() {
        let Some(claim) = read_line(&line.text) else {
            continue;
        };
        let (claim, line) = in_context(claim, index, line, lines);
        // A process that is restarted or tries again says the same many times.
        if !found.iter().any(|(known, _)| *known == claim) {
            found.push((claim, line));
        }
    }
    for (claim, line) in &mut found {
        if *claim == Claim::Fatal {
            *line = first_of_burst(line, lines);
        }
    }
    // Stable: among claims of the same weight the later line stays first.
    found.sort_by_key(|(claim, _)| claim.weight());
    found.truncate(MOST);
    found
}

/// The first line that only calls itself an error, among those shortly before such a line.
fn first_of_burst<'a>(last: &'a LogLine, lines: &'a [LogLine]) -> &'a LogLine {
    /// One failure is told within so long, and so many lines.
    const SECONDS: i64 = 10;
    const LINES: usize = 40;
    let Some(end) = lines.iter().rposition(|line| std::ptr::eq(line, last)) else {
        return last;
    };
    let is_near = |line: &LogLine| match (line.at, last.at) {
        (Some(at), Some(last)) => last.as_second() - at.as_second() <= SECONDS,
        _ => true,
    };
    let before = lines
        .get(end.saturating_sub(LINES)..end)
        .unwrap_or_default();
    before
        .iter()
        .find(|line| is_near(line) && read_line(&line.text) == Some(Claim::Fatal))
        .unwrap_or(last)
}

/// A claim with what the lines around it tell: an announcement is followed by what it
/// announces, and a traceback says before its last line what was tried.
fn in_context<'a>(
    claim: Claim,
    index: usize,
    line: &'a LogLine,
    lines: &'a [LogLine],
) -> (Claim, &'a LogLine) {
    /// A traceback is about so long.
    const NEAR: usize = 12;
    let read = Line::read(&line.text);
    let text = read.message.trim_end();
    let after = || lines.iter().skip(index + 1).take(NEAR * 4);
    match &claim {
        // Rust: thread 'main' panicked at src/main.rs:4:5:
        Claim::Panic if text.starts_with("thread '") && text.ends_with(':') => {
            let next = after().next().filter(|l| !l.text.starts_with("note: "));
            (claim, next.unwrap_or(line))
        }
        Claim::Panic if text.starts_with("Traceback ") => {
            let last = after().find(|l| !l.text.starts_with(char::is_whitespace));
            (claim, last.unwrap_or(line))
        }
        Claim::PermissionDenied { path } if path.is_empty() => {
            let binds = |line: &LogLine| {
                ["bind(", ".listen(", "server_bind"]
                    .into_iter()
                    .any(|call| line.text.contains(call))
            };
            let from = index.saturating_sub(NEAR);
            let before = lines.get(from..index).unwrap_or_default();
            if before.iter().any(binds) {
                (Claim::PortDenied { port: None }, line)
            } else {
                (claim, line)
            }
        }
        _ => (claim, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::LogTail;

    #[test]
    fn a_cause_weighs_more_than_the_farewell() {
        let tail = LogTail::read(
            "starting\ndial tcp: lookup db on 10.96.0.10:53: no such host\nFATAL: giving up\n",
        );
        let told = telling(tail.lines());
        assert!(matches!(&told[0].0, Claim::Unresolved { host } if host == "db"));
        assert!(matches!(told[1].0, Claim::Fatal));
    }

    #[test]
    fn a_panic_is_told_by_what_it_says() {
        for (log, said) in [
            (
                "thread 'main' panicked at src/main.rs:4:5:\nno queue named jobs\nnote: run with `RUST_BACKTRACE=1`\n",
                "no queue named jobs",
            ),
            (
                "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    main()\nacme.Misconfigured\n",
                "acme.Misconfigured",
            ),
        ] {
            let tail = LogTail::read(log);
            let told = telling(tail.lines());
            assert_eq!(
                told.first().map(|(_, line)| &*line.text),
                Some(said),
                "{log}"
            );
        }
    }

    #[test]
    fn a_traceback_tells_that_a_port_was_denied() {
        let tail = LogTail::read(
            "Traceback (most recent call last):\n  File \"/usr/lib/python3.12/socketserver.py\", line 478, in server_bind\n    self.socket.bind(self.server_address)\nPermissionError: [Errno 13] Permission denied\n",
        );
        let told = telling(tail.lines());
        assert_eq!(
            told.first().map(|(claim, _)| claim),
            Some(&Claim::PortDenied { port: None })
        );
    }

    #[test]
    fn the_first_error_of_a_burst_is_the_reason_and_not_its_consequences() {
        let tail = LogTail::read(
            "2026-01-01T10:00:00Z ERROR slow reply\n2026-01-01T11:00:00Z ERROR no queue named jobs\n2026-01-01T11:00:01Z ERROR worker gave up\n2026-01-01T11:00:02Z sync finished, 1204 rows\n",
        );
        let told = telling(tail.lines());
        assert_eq!(
            told.first().map(|(_, line)| &*line.text),
            Some("ERROR no queue named jobs")
        );
    }

    #[test]
    fn what_is_said_often_is_told_once() {
        let tail = LogTail::read("ERROR: no\nERROR: no\n");
        assert_eq!(telling(tail.lines()).len(), 1);
    }
}
