//! Where a process says that it listens, from its log.

use std::sync::LazyLock;

use regex::Regex;

use crate::snapshot::LogTail;

/// An address on which a process says that it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) struct Listening<'a> {
    /// The host; empty for every address of the Pod.
    pub(in crate::rules) host: &'a str,
    /// The port.
    pub(in crate::rules) port: i64,
    /// The index of the line in the log.
    pub(in crate::rules) line: usize,
}

impl Listening<'_> {
    /// Whether only the Pod itself can reach it.
    pub(in crate::rules) fn is_local(&self) -> bool {
        self.host.starts_with("127.") || matches!(self.host, "localhost" | "::1" | "[::1]")
    }
}

/// The words by which servers say that they listen: Go's, Node.js', Java's, Python's
/// (Uvicorn, gunicorn, Flask, Django), Ruby's, nginx' and databases' alike.
const WORDS: [&str; 14] = [
    "listen",
    "serving",
    "running on",
    "running at",
    "started on",
    "started at",
    "server at",
    "server started",
    "development server",
    "available on",
    "available at",
    "bind-address",
    "local:",
    "{http/1.1",
];

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<host>127(?:\.\d{1,3}){3}|0\.0\.0\.0|localhost|\[::1?\]|\[::\]|\*)?:(?P<port>\d{2,5})\b")
        .ok()
});

/// A port by that word, with the address before it where there is one: as PostgreSQL and
/// MySQL write it.
static PORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:["'\s](?P<host>127(?:\.\d{1,3}){3}|localhost|::1)["']?,?\s+)?\bports?(?:\(s\))?["']?[\s:=]+(?P<port>\d{2,5})\b"#,
    )
    .ok()
});

/// Every address on which the lines of a log say that the process listens.
pub(in crate::rules) fn addresses(log: &LogTail) -> Vec<Listening<'_>> {
    let mut found = Vec::new();
    for (line, text) in log.lines().iter().enumerate() {
        let lower = text.text.to_lowercase();
        if !WORDS.iter().any(|word| lower.contains(word)) {
            continue;
        }
        // A time of day looks like a port; an address comes after the word.
        let from = WORDS
            .iter()
            .filter_map(|w| lower.find(w))
            .min()
            .unwrap_or(0);
        let Some(rest) = text.text.get(from..) else {
            continue;
        };
        let captures = ADDRESS
            .as_ref()
            .and_then(|form| form.captures(rest))
            .or_else(|| PORT.as_ref()?.captures(rest));
        let Some(captures) = captures else { continue };
        let host = captures.name("host").map_or("", |m| m.as_str());
        let port = captures.name("port").and_then(|m| m.as_str().parse().ok());
        if let Some(port) = port {
            found.push(Listening { host, port, line });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::addresses;
    use crate::snapshot::LogTail;

    #[test]
    fn servers_say_where_they_listen() {
        for (line, host, port) in [
            (r#"{"msg":"listening","address":":8080"}"#, "", 8080),
            (
                "INFO: Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)",
                "127.0.0.1",
                8000,
            ),
            (
                "[1] [INFO] Listening at: http://0.0.0.0:5000 (1)",
                "0.0.0.0",
                5000,
            ),
            (
                "Starting development server at http://127.0.0.1:8000/",
                "127.0.0.1",
                8000,
            ),
            ("Server listening on localhost:3000", "localhost", 3000),
            ("Tomcat started on port(s): 8081 (http)", "", 8081),
            ("Serving on port 9376.", "", 9376),
            ("12:30:45 listening on [::]:9000", "[::]", 9000),
        ] {
            let log = LogTail::read(line);
            let found = addresses(&log);
            assert_eq!(found.len(), 1, "{line}");
            assert_eq!((found[0].host, found[0].port), (host, port), "{line}");
        }
        assert!(addresses(&LogTail::read("12:30:45 GET http://x:80/ 200")).is_empty());
    }
}
