//! Where a process says that it listens, from its log.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::log_reading::{Level, Line};
use crate::snapshot::LogTail;

/// An address on which a process says that it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) struct Listening {
    /// The host; empty for every address of the Pod.
    pub(in crate::rules) host: String,
    /// The port.
    pub(in crate::rules) port: i64,
    /// The index of the line in the log.
    pub(in crate::rules) line: usize,
}

impl Listening {
    /// Whether only the Pod itself can reach it.
    pub(in crate::rules) fn is_local(&self) -> bool {
        self.host.starts_with("127.") || matches!(&*self.host, "localhost" | "::1" | "[::1]")
    }
}

/// The words by which servers say that they listen: Go's, Node.js', Java's, Python's
/// (Uvicorn, gunicorn, Flask, Django), Ruby's, .NET's, nginx' and databases' alike.
const WORDS: &str = r"\blisten(?:ing|s)?\b|\bserving\b|\brunning (?:on|at)\b|\bstart(?:ed|ing)\b|\bserver (?:is )?(?:started|up|ready|running)\b|\bdevelopment server\b|\bavailable (?:on|at)\b|\bbind-address\b|\bbound to\b|\blocal:|\bready for connections\b|\{http/1\.1";

/// The words that may stand between such a word and the address. Any other word means that
/// the address is not where the process listens.
const BETWEEN: &str = r"(?:[\s=,'\x22(<{}>-]|:\s|:$|\b(?:on|at|to|in|for|all|the|and|is|now|securely|insecurely|socket|tcp[46]?|udp|https?|grpc|rest|web|api|admin|metrics|health|ipv[46]|ip|address(?:es)?|addr|interfaces?|host|endpoint|url|server|service|app|application|connections?|requests?|traffic|started|listening|running|successfully|netty|tomcat|jetty|undertow|with|version|embedded|development)\b:?|\(?http/1\.1\)?)";

/// An address, with what it is of: its own, every one, or one of the Pod's.
const ADDRESS: &str = r"(?:[a-z][a-z0-9+.]{1,9}://)?(?P<host>(?:\d{1,3}\.){3}\d{1,3}|localhost|\[::(?:1|ffff:[0-9.]+)?\]|::1|::|\*)?:(?P<port>\d{2,5})\b";

/// A port by that word, with the address before it where there is one: as PostgreSQL, MySQL
/// and Python write it.
const PORT: &str = r"(?:(?P<at>(?:\d{1,3}\.){3}\d{1,3}|localhost|::1|::|\*)['\x22]?,?\s+)?\bports?(?:\(s\))?['\x22]?[\s:=]+(?P<number>\d{2,5})\b";

/// A number and nothing behind it.
const NUMBER: &str = r"\b(?:on|at):?\s+(?P<bare>\d{3,5})[.!]?\s*$";

static SAYS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)(?:{WORDS}){BETWEEN}{{0,12}}?(?:{ADDRESS}|{PORT}|{NUMBER})"
    ))
    .ok()
});

/// One more address behind another.
static FURTHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^['\x22)/\]]{{0,3}}(?:,|;|\s|\band\b|&){{1,8}}(?:{ADDRESS})"
    ))
    .ok()
});

/// Words of a line that says the opposite.
static FAILS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:cannot|can't|could not|couldn't|fail(?:ed|s|ure)?|unable|stopp(?:ed|ing)|closed|no longer|not listening|error|refused|denied|already in use|connecting|dial(?:ing)?)\b").ok()
});

/// The fields in which loggers put the address.
const FIELDS: [&str; 11] = [
    "addr",
    "address",
    "listen",
    "listen_addr",
    "listenaddress",
    "listening",
    "bind",
    "bind_address",
    "endpoint",
    "url",
    "port",
];

/// Every address on which the lines of a log say that the process listens.
pub(in crate::rules) fn addresses(log: &LogTail) -> Vec<Listening> {
    let lines = log.lines().iter().enumerate();
    lines
        .flat_map(|(line, text)| {
            said(&Line::read(&text.text))
                .into_iter()
                .map(move |(host, port)| Listening { host, port, line })
        })
        .collect()
}

/// The addresses in one line: hosts and ports.
fn said(line: &Line<'_>) -> Vec<(String, i64)> {
    static SPEAKS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!("(?i){WORDS}")).ok());
    let text = &*line.message;
    let is = |form: &LazyLock<Option<Regex>>| form.as_ref().is_some_and(|f| f.is_match(text));
    if !is(&SPEAKS) || line.level >= Some(Level::Error) || line.quotes_others() || is(&FAILS) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for captures in SAYS.iter().flat_map(|form| form.captures_iter(text)) {
        found.extend(address(&captures));
        let mut end = captures.get(0).map_or(text.len(), |m| m.end());
        while let Some(further) = text
            .get(end..)
            .and_then(|rest| FURTHER.as_ref()?.captures(rest))
        {
            found.extend(address(&further));
            end += further.get(0).map_or(1, |m| m.end().max(1));
        }
    }
    if found.is_empty() {
        found.extend(line.fields_called(&FIELDS).find_map(of_field));
    }
    found.dedup();
    found
}

fn address(captures: &Captures<'_>) -> Option<(String, i64)> {
    let part = |names: [&str; 2]| names.into_iter().find_map(|name| captures.name(name));
    let host = part(["host", "at"]).map_or("", |m| m.as_str());
    let port = part(["port", "number"]).or_else(|| captures.name("bare"))?;
    let port = port.as_str().parse().ok()?;
    is_port(port).then(|| (host.to_owned(), port))
}

/// An address in a field of its own: `:8080`, `0.0.0.0:8080`, `http://[::]:8080`, `8080`.
fn of_field(value: &str) -> Option<(String, i64)> {
    static WHOLE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!("(?i)^(?:{ADDRESS})/?$")).ok());
    if let Ok(port) = value.parse() {
        return is_port(port).then(|| (String::new(), port));
    }
    let captures = WHOLE.as_ref()?.captures(value)?;
    let host = captures.name("host").map_or("", |m| m.as_str());
    let port = captures.name("port")?.as_str().parse().ok()?;
    is_port(port).then(|| (host.to_owned(), port))
}

fn is_port(port: i64) -> bool {
    (1..=65535).contains(&port)
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
                r#"{"addr":":8080","level":"info","msg":"listening","time":"2026-01-01T08:43:40.6Z"}"#,
                "",
                8080,
            ),
            (
                r#"time="2026-01-01T08:43:40Z" level=info msg="server started" port=9090"#,
                "",
                9090,
            ),
            (
                "I0101 12:30:45.000001       1 secure_serving.go:197] Serving securely on [::]:8443",
                "[::]",
                8443,
            ),
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
            (
                "2026-01-01T12:00:00.000Z  INFO 1 --- [main] o.s.b.w.e.tomcat.TomcatWebServer  : Tomcat started on port 8081 (http) with context path '/'",
                "",
                8081,
            ),
            ("Serving on port 9376.", "", 9376),
            (
                "Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...",
                "0.0.0.0",
                8000,
            ),
            ("12:30:45 listening on [::]:9000", "[::]", 9000),
            ("Now listening on: http://[::]:8080", "[::]", 8080),
            (
                "2026-01-01 12:00:00.000 UTC [1] LOG:  listening on IPv4 address \"127.0.0.1\", port 5432",
                "127.0.0.1",
                5432,
            ),
            (
                "Started ServerConnector@1a2b{HTTP/1.1, (http/1.1)}{0.0.0.0:8080}",
                "0.0.0.0",
                8080,
            ),
            ("Example app listening on 3000", "", 3000),
        ] {
            let log = LogTail::read(line);
            let found = addresses(&log);
            assert_eq!(found.len(), 1, "{line} {found:?}");
            assert_eq!((&*found[0].host, found[0].port), (host, port), "{line}");
        }
    }

    #[test]
    fn every_address_of_a_line_counts() {
        let log = LogTail::read("listening on :8080 and :8443, admin listening on :9090");
        let ports: Vec<i64> = addresses(&log).iter().map(|l| l.port).collect();
        assert_eq!(ports, [8080, 8443, 9090]);
    }

    #[test]
    fn what_is_no_address_of_its_own_is_none() {
        for line in [
            "12:30:45 GET http://x:80/ 200",
            r#"{"msg":"listening","time":"2026-01-01T08:43:40.6Z"}"#,
            "I0101 12:30:45.000001 1 event.go:377] Event(v1.ObjectReference{Kind:\"Pod\"}): type: 'Normal' listening on :80",
            "listen tcp :80: bind: address already in use",
            "failed to start listening on :8080",
            "connecting to server at 10.0.0.1:5432",
            "started 12 workers at 10:30",
            "Started reading config version 3 from db:5432",
            "Listening for changes of 300 objects since 12:30:45",
        ] {
            let log = LogTail::read(line);
            assert!(addresses(&log).is_empty(), "{line} {:?}", addresses(&log));
        }
    }
}
