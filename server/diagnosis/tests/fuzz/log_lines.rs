//! Lines of logs, whatever a container writes.

use podside_diagnosis::log_reading::{brief, read_line, telling};
use podside_diagnosis::snapshot::LogTail;
use proptest::prelude::*;

use super::cases;
use super::hostile::text;

/// Sentences that are known, to be cut up and put together anew.
const KNOWN: [&str; 14] = [
    "FATAL: DB_URL is not set",
    "dial tcp 10.0.0.1:80: connect: connection refused",
    "dial tcp: lookup db on 10.96.0.10:53: no such host",
    "Error: getaddrinfo ENOTFOUND api",
    "open /etc/app/config.yaml: no such file or directory",
    "PermissionError: [Errno 13] Permission denied: '/data'",
    "java.lang.OutOfMemoryError: Java heap space",
    "panic: runtime error: invalid memory address",
    "password authentication failed for user \"app\"",
    "{\"level\":\"fatal\",\"msg\":\"cannot start\",\"error\":\"EADDRINUSE\"}",
    "x509: certificate signed by unknown authority",
    "bind: address already in use 0.0.0.0:8080",
    "KeyError: 'API_TOKEN'",
    "Traceback (most recent call last):",
];

fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(&KNOWN[..]);
    prop_oneof![
        2 => (known.clone(), any::<prop::sample::Index>(), text()).prop_map(|(known, at, text)| {
            let (before, after) = known.split_at(at.index(known.len()));
            format!("{before}{text}{after}")
        }),
        1 => (known, "[A-Za-z0-9_.:/ -]{0,300}").prop_map(|(known, rest)| format!("{known} {rest}")),
        1 => text(),
    ]
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_line_is_read_or_left(line in line()) {
        let claim = read_line(&line);
        // What is claimed was read in the line, and is no longer than it.
        let length = format!("{claim:?}").len();
        prop_assert!(length <= 12 * line.len() + 200);
        prop_assert!(brief(&line).chars().count() <= 121);
        prop_assert_eq!(read_line(&line), claim);
    }

    #[test]
    fn any_log_has_a_bounded_end(lines in prop::collection::vec((prop::option::of("[0-9T:.Z-]{0,30}"), line()), 0..30)) {
        let log: String = lines.iter().map(|(at, line)| format!("{} {line}\n", at.as_deref().unwrap_or("2026-01-01T12:00:00Z"))).collect();
        let tail = LogTail::read(&log);
        prop_assert!(tail.lines().len() <= 200);
        for line in tail.lines() {
            prop_assert!(!line.text.contains(|c: char| c.is_control() && c != '\t'), "{:?}", line.text);
            prop_assert!(line.text.len() <= 4096);
        }
        prop_assert!(telling(tail.lines()).len() <= 8);
    }
}
