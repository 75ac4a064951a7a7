//! The hosts that texts name: the values of variables, commands and their arguments, scripts
//! within them, and configuration files.
//!
//! What is found is what a person would take for a host that is called; that it is one, only
//! the cluster or a log can tell.

/// A host that a text names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NamedHost {
    /// A name or an address, as it is written.
    pub(crate) host: String,
    /// The port, where it is named with it.
    pub(crate) port: Option<u16>,
    /// Whether it is written as an address: in a URL, or with a port behind it.
    pub(crate) is_address: bool,
}

/// The most of a text that is looked at, in bytes. Configuration files are longer at times.
const MOST_BYTES: usize = 16 * 1024;

/// The most hosts that are taken from one text.
const MOST_HOSTS: usize = 32;

/// How names end whose value is a host, in small letters and without what parts their words.
const HOSTS: [&str; 17] = [
    "host",
    "hostname",
    "hosts",
    "hostnames",
    "addr",
    "addrs",
    "address",
    "addresses",
    "endpoint",
    "endpoints",
    "server",
    "servers",
    "service",
    "upstream",
    "backend",
    "broker",
    "brokers",
];

/// Names that end so and are not of whom the process calls.
const OWN: [&str; 8] = [
    "hostname",
    "listenaddress",
    "listenaddr",
    "bindaddress",
    "bindaddr",
    "listenhost",
    "bindhost",
    "advertisedhost",
];

/// Programs that take hosts as arguments, each with how.
const PROGRAMS: &[(&str, Takes)] = &[
    ("nc", Takes::First),
    ("ncat", Takes::First),
    ("netcat", Takes::First),
    ("telnet", Takes::First),
    ("nslookup", Takes::First),
    ("dig", Takes::First),
    ("ping", Takes::First),
    ("getent", Takes::First),
    ("wait-for-it", Takes::First),
    ("wait-for-it.sh", Takes::First),
    ("wait-for", Takes::First),
    ("curl", Takes::Last),
    ("wget", Takes::Last),
    ("psql", Takes::Option),
    ("pg_isready", Takes::Option),
    ("pg_dump", Takes::Option),
    ("mysql", Takes::Option),
    ("mysqladmin", Takes::Option),
    ("mariadb", Takes::Option),
    ("mariadb-admin", Takes::Option),
    ("redis-cli", Takes::Option),
    ("mosquitto_pub", Takes::Option),
    ("mosquitto_sub", Takes::Option),
    ("rabbitmqadmin", Takes::Option),
    ("ldapsearch", Takes::Option),
];

/// Where among its arguments a program takes its host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// The first that is no option.
    First,
    /// The last that is no option.
    Last,
    /// Behind `-h`.
    Option,
}

/// The hosts in the value of a variable or a key of that name.
pub(crate) fn in_value(name: &str, value: &str) -> Vec<NamedHost> {
    let mut hosts = Hosts::default();
    if names_host(name) {
        value
            .split([',', ' ', ';'])
            .filter(|part| !part.is_empty())
            .for_each(|part| hosts.bare(part));
    }
    hosts.text(value);
    hosts.found()
}

/// The hosts in a command and its arguments, and in the scripts that are among them.
pub(crate) fn in_command<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<NamedHost> {
    let mut hosts = Hosts::default();
    let tokens: Vec<Token<'_>> = words.into_iter().flat_map(tokens).collect();
    hosts.tokens(&tokens);
    hosts.found()
}

/// Whether the value of what is called so is a host.
fn names_host(name: &str) -> bool {
    let name: String = name
        .bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    HOSTS.iter().any(|end| name.ends_with(end)) && !OWN.contains(&&*name)
}

/// A word of a command or a text, or what ends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    End,
}

/// The words of a text as a shell parts them, near enough: quotes and brackets part them too.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for command in upto(text).split(['\n', ';', '|', '&', '<', '>']) {
        let words = command
            .split(|c: char| c.is_whitespace() || "\"'`(),{}[]".contains(c))
            .filter(|word| !word.is_empty());
        if !tokens.is_empty() {
            tokens.push(Token::End);
        }
        tokens.extend(words.map(Token::Word));
    }
    tokens
}

fn upto(text: &str) -> &str {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[derive(Default)]
struct Hosts {
    found: Vec<NamedHost>,
}

impl Hosts {
    fn found(mut self) -> Vec<NamedHost> {
        self.found.sort();
        self.found.dedup_by(|later, first| {
            let same = later.host == first.host && later.port == first.port;
            first.is_address |= same && later.is_address;
            same
        });
        self.found
    }

    fn text(&mut self, text: &str) {
        self.tokens(&tokens(text));
    }

    fn tokens(&mut self, tokens: &[Token<'_>]) {
        for (at, token) in tokens.iter().enumerate() {
            let Token::Word(word) = *token else { continue };
            let rest = tokens.get(at + 1..).unwrap_or_default();
            let next = match rest.first() {
                Some(Token::Word(next)) => Some(*next),
                _ => None,
            };
            self.word(word, next);
            let program = word.rsplit('/').next().unwrap_or(word);
            let takes = PROGRAMS.iter().find(|(name, _)| *name == program);
            if let Some((_, takes)) = takes {
                let arguments: Vec<&str> = rest
                    .iter()
                    .map_while(|token| match token {
                        Token::Word(word) => Some(*word),
                        Token::End => None,
                    })
                    .take(64)
                    .collect();
                self.arguments(*takes, &arguments);
            }
        }
    }

    /// A word that is an address, assigns a host to a name, or is a name and the next word its
    /// value.
    fn word(&mut self, word: &str, next: Option<&str>) {
        if let Some((key, value)) = word.split_once('=').filter(|(key, _)| !key.contains("://")) {
            if names_host(key) || key.eq_ignore_ascii_case("source") {
                self.bare(value);
            } else {
                self.address(value);
            }
            return;
        }
        let value_follows =
            word.starts_with("--") || word.strip_suffix(':').is_some_and(|key| !key.is_empty());
        if value_follows && names_host(word) {
            if let Some(next) = next {
                self.bare(next);
            }
            return;
        }
        if let Some(place) = word.strip_prefix("/dev/tcp/") {
            let (host, port) = place.split_once('/').unwrap_or((place, ""));
            self.add(host, port.parse().ok(), true);
            return;
        }
        self.address(word);
    }

    /// Takes a word that is surely an address: a URL, or a host and a port.
    fn address(&mut self, word: &str) {
        let Some((host, port, is_address)) = authority(word) else {
            return;
        };
        if is_address {
            self.add(host, port, true);
        }
    }

    /// Takes a value that is a host by what it is called.
    fn bare(&mut self, value: &str) {
        // SQL Server: tcp:db,1433.
        let value = value.strip_prefix("tcp:").unwrap_or(value);
        if let Some((host, port, is_address)) = authority(value) {
            self.add(host, port, is_address);
        }
    }

    fn arguments(&mut self, takes: Takes, arguments: &[&str]) {
        let listens =
            |word: &&&str| word.starts_with('-') && !word.starts_with("--") && word.contains('l');
        match takes {
            Takes::Option => {
                let mut words = arguments.iter();
                while let Some(word) = words.next() {
                    match word.strip_prefix("-h") {
                        Some("") => words.next().into_iter().for_each(|host| self.bare(host)),
                        Some(host) if !host.starts_with('e') => self.bare(host),
                        _ => {}
                    }
                }
            }
            Takes::First if arguments.iter().any(|word| listens(&word)) => {}
            Takes::First | Takes::Last => {
                let is_host = |word: &str| {
                    !word.starts_with(['-', '$', '+', '%'])
                        && !matches!(word, "hosts" | "ahosts" | "ahostsv4")
                        && authority(word).is_some_and(|(host, _, _)| is_host(host))
                };
                let found = if takes == Takes::First {
                    arguments.iter().position(|word| is_host(word))
                } else {
                    arguments.iter().rposition(|word| is_host(word))
                };
                let Some(at) = found else { return };
                let Some((host, port, is_address)) = arguments.get(at).and_then(|w| authority(w))
                else {
                    return;
                };
                let behind = arguments.get(at + 1).and_then(|word| word.parse().ok());
                self.add(host, port.or(behind), is_address);
            }
        }
    }

    fn add(&mut self, host: &str, port: Option<u16>, is_address: bool) {
        if is_host(host) && self.found.len() < MOST_HOSTS {
            self.found.push(NamedHost {
                host: host.to_owned(),
                port,
                is_address,
            });
        }
    }
}

/// Host and port of a word, and whether it is written as an address. Who logs in there and what
/// is asked for is left out.
fn authority(word: &str) -> Option<(&str, Option<u16>, bool)> {
    let (rest, is_url) = match word.split_once("://") {
        Some((_, rest)) => (rest, true),
        None => (word, false),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit('@').next()?;
    match authority.split_once(':') {
        None => Some((authority, None, is_url)),
        Some((host, port)) => {
            let is_number =
                (2..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
            match port.parse().ok().filter(|_| is_number) {
                Some(port) => Some((host, Some(port), true)),
                None => is_url.then_some((host, None, true)),
            }
        }
    }
}

/// Whether a text can be a host that somebody calls: labels, with a letter among them, and not
/// the machine itself.
fn is_host(host: &str) -> bool {
    const NONE: [&str; 6] = ["localhost", "true", "false", "null", "none", "nil"];
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
    };
    host.len() <= 253
        && host.bytes().any(|b| b.is_ascii_alphabetic())
        && host.trim_end_matches('.').split('.').all(is_label)
        && !NONE.contains(&&*host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(found: Vec<NamedHost>) -> Vec<(String, Option<u16>)> {
        found.into_iter().map(|n| (n.host, n.port)).collect()
    }

    #[test]
    fn values_name_hosts_in_many_forms() {
        for (name, value, host, port) in [
            ("CART", "http://cart/healthz", "cart", None),
            ("DB", "postgres://app@db.shop:5432/x", "db.shop", Some(5432)),
            ("DB_HOSTNAME", "db", "db", None),
            ("DB_HOST", "db", "db", None),
            ("db.host", "db", "db", None),
            ("CACHE", "memcached:11211", "memcached", Some(11211)),
            ("DSN", "app@tcp(db:3306)/shop", "db", Some(3306)),
            ("DSN", "host=db port=5432 dbname=x", "db", None),
            ("DSN", "Server=db;Database=x", "db", None),
            ("DSN", "Data Source=tcp:db,1433;User=x", "db", None),
            ("JDBC_URL", "jdbc:mysql://db:3306/x?a=b", "db", Some(3306)),
            ("app.yaml", "database:\n  host: db\n  name: x", "db", None),
            (
                "app.properties",
                "spring.data.redis.host=db\nx=1",
                "db",
                None,
            ),
        ] {
            assert_eq!(
                hosts(in_value(name, value)),
                [(host.to_owned(), port)],
                "{name}={value}"
            );
        }
        assert_eq!(
            hosts(in_value("KAFKA_BROKERS", "kafka-0:9092,kafka-1:9092")),
            [
                ("kafka-0".to_owned(), Some(9092)),
                ("kafka-1".to_owned(), Some(9092))
            ]
        );
    }

    #[test]
    fn what_is_no_host_is_not_taken_for_one() {
        for (name, value) in [
            ("HOSTNAME", "web-1"),
            ("LISTEN_ADDRESS", ":8080"),
            ("BIND_HOST", "0.0.0.0"),
            ("DB_HOST", "localhost"),
            ("DB_HOST", "$(OTHER)"),
            ("DB_HOST", "10.0.0.1"),
            ("IMAGE", "redis:7"),
            ("X", "plain words, 10:30"),
            ("ADDR", "/run/app.sock"),
        ] {
            assert_eq!(hosts(in_value(name, value)), [], "{name}={value}");
        }
    }

    #[test]
    fn commands_name_hosts() {
        let none = None;
        for (command, host, port) in [
            (
                &["app", "--redis=redis-master:6379"][..],
                "redis-master",
                Some(6379),
            ),
            (&["app", "--db-host=db"], "db", none),
            (&["app", "--db-host", "db"], "db", none),
            (&["pg_isready", "-h", "db", "-p", "5432"], "db", none),
            (&["mysqladmin", "ping", "-hdb"], "db", none),
            (
                &["sh", "-c", "until nc -z -w 3 db 5432; do sleep 1; done"],
                "db",
                Some(5432),
            ),
            (
                &["sh", "-c", "while ! nslookup db.shop.svc; do sleep 2; done"],
                "db.shop.svc",
                none,
            ),
            (
                &[
                    "sh",
                    "-c",
                    "until getent hosts db > /dev/null\ndo sleep 1\ndone",
                ],
                "db",
                none,
            ),
            (&["sh", "-c", "wget -qO- web || exit 1"], "web", none),
            (&["sh", "-c", "curl -sf web/health && echo up"], "web", none),
            (&["bash", "-c", "echo > /dev/tcp/db/5432"], "db", Some(5432)),
            (
                &["/usr/bin/wait-for-it.sh", "db:5432", "--", "app"],
                "db",
                Some(5432),
            ),
        ] {
            let found = hosts(in_command(command.iter().copied()));
            assert_eq!(found, [(host.to_owned(), port)], "{command:?}");
        }
        for command in [
            &["httpd", "-f", "-p", "8080", "-h", "/tmp/w"][..],
            &["sh", "-c", "nc -l -p 27017 </dev/null"],
            &["nginx", "-g", "daemon off;"],
            &["app", "--listen-address=0.0.0.0:8080"],
        ] {
            assert_eq!(
                hosts(in_command(command.iter().copied())),
                [],
                "{command:?}"
            );
        }
    }

    #[test]
    fn work_is_bounded() {
        let long = "http://a/ ".repeat(100_000);
        assert_eq!(in_value("X", &long).len(), 1);
        let many: String = (0..1000).map(|n| format!("h{n}:80 ")).collect();
        assert_eq!(in_value("X", &many).len(), MOST_HOSTS);
    }
}
