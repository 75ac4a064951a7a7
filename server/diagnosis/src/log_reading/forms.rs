//! The sentences that are known, as regular expressions.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::claims::{Address, Claim, Scope};

type Make = fn(&Captures<'_>) -> Claim;

struct Form {
    pattern: Regex,
    make: Make,
}

/// A host in a message: a name or an address.
const HOST: &str = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?";

/// An environment variable: its name, or one that cannot be taken for a word.
const VARIABLE: &str = r"[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z][A-Z0-9]{3,}";

/// What is said of a name that does not resolve.
const UNKNOWN_NAME: &str = r"name or service not known|nodename nor servname provided|name does not resolve|no address associated with hostname|temporary failure in name resolution|name resolution failure";

/// The refusals of the API server, as client-go, kubectl and other clients pass them on.
const ACCESS: &[(&str, Make)] = &[
    (
        r#"User "(?P<user>[^"]+)" cannot (?P<verb>[a-z]+) resource "(?P<resource>[^"]+)"(?: in API group "(?P<group>[^"]*)")?(?: in the namespace "(?P<namespace>[^"]+)"|(?P<cluster> at the cluster scope))?"#,
        |c| Claim::Forbidden {
            user: part(c, "user"),
            verb: part(c, "verb"),
            resource: part(c, "resource"),
            group: part(c, "group"),
            scope: match (part(c, "namespace"), c.name("cluster")) {
                (namespace, _) if !namespace.is_empty() => Scope::Namespace(namespace),
                (_, Some(_)) => Scope::Cluster,
                (_, None) => Scope::Unsaid,
            },
        },
    ),
    (
        r"(?i)(?P<user>system:serviceaccount:[a-z0-9.-]+:[a-z0-9.-]+)\b.*\b(?:cannot|forbidden)",
        |c| Claim::Forbidden {
            user: part(c, "user"),
            verb: String::new(),
            resource: String::new(),
            group: String::new(),
            scope: Scope::Unsaid,
        },
    ),
];

/// Names that do not resolve.
const NAMES: &[(&str, Make)] = &[
    // Go.
    (
        r"lookup (?P<host>HOST)(?: on [^\n]{1,120}?)?: (?:no such host|server misbehaving|[Tt]emporary failure in name resolution|i/o timeout|connection refused|[Tt]ry again)",
        unresolved,
    ),
    // Node.js, with the C library and with c-ares.
    (
        r"(?i)(?:getaddrinfo|query[A-Za-z]*) (?:ENOTFOUND|EAI_AGAIN|ESERVFAIL) (?P<host>HOST)",
        unresolved,
    ),
    (
        r"(?i)can't find (?P<host>HOST): (?:NXDOMAIN|SERVFAIL|No answer)",
        unresolved,
    ),
    (
        r"(?i)could not translate host name .(?P<host>HOST). to address",
        unresolved,
    ),
    // PHP, netcat, redis-py, Ruby.
    (
        r"(?i)getaddrinfo (?:for )?(?:host )?['\x22]?(?P<host>HOST)['\x22]?(?: port \d{1,5})?(?: failed|: UNKNOWN_NAME)",
        unresolved,
    ),
    (
        r"(?i)connect(?:ing|ion) to (?P<host>HOST)(?::\d{1,5})?\.? \(?(?:getaddrinfo: )?(?:UNKNOWN_NAME)",
        unresolved,
    ),
    // urllib3.
    (
        r"(?i)host='(?P<host>HOST)', port=\d{1,5}[^\n]*(?:failed to resolve|UNKNOWN_NAME)",
        unresolved,
    ),
    (
        r"(?i)couldn't resolve server (?P<host>HOST):\d{1,5}",
        unresolved,
    ),
    (
        r"(?i)(?:could not resolve host|couldn't resolve host|unable to resolve host(?: address)?|failed to resolve|cannot resolve|can.t resolve|bad address|unknownhostexception|unknown mysql server host|host not found in (?:upstream|resolver|the)|unknown host|no such host is known\.?|UNKNOWN_NAME)[:=]?\s*(?:['\x22`(]|‘)?(?P<host>HOST)",
        unresolved,
    ),
    (
        r"(?i)(?P<host>HOST)(?:['\x22`)]|’)?(?::\d{1,5})?:?\s*(?:\[Errno -\d\] )?(?:UNKNOWN_NAME)",
        unresolved,
    ),
];

/// Ports that the process itself wants to listen on.
const PORTS: &[(&str, Make)] = &[
    (
        r"(?i)(?:listen|bind)[^\n]{0,80}?(?::|\bport |', )(?P<port>\d{1,5})\b[^\n]{0,60}permission denied",
        port_denied,
    ),
    (
        r"(?i)permission denied[^\n]{0,60}(?:bind|listen)[^\n]{0,40}?(?::|\bport )(?P<port>\d{1,5})\b",
        port_denied,
    ),
    (
        r"(?i)EACCES[^\n]{0,40}(?::|\bport )(?P<port>\d{1,5})\b",
        port_denied,
    ),
    // gunicorn, which says no more.
    (
        r"(?i)can't connect to \('[^']{0,40}', (?P<port>\d{1,5})\)",
        port_denied,
    ),
    (
        r"(?i)(?:could not bind|couldn't bind|cannot bind|unable to bind|attempting to bind|error binding|bind\(\)|failed to bind|failed to listen|bind:|bindexception:)[^\n]{0,80}(?:permission denied|operation not permitted)",
        |_| Claim::PortDenied { port: None },
    ),
    (
        r"(?i)(?::|\bport |', )(?P<port>\d{1,5})\b[^\n]{0,60}(?:address already in use|EADDRINUSE|address in use)",
        port_in_use,
    ),
    (
        r"(?i)(?:EADDRINUSE|address already in use|port (?:is )?already in use|connection in use)[^\n]{0,60}?(?::|\bport |', )(?P<port>\d{1,5})\b",
        port_in_use,
    ),
    (
        r"(?i)\bport (?P<port>\d{1,5}) (?:is |was )?already (?:in use|allocated|bound)",
        port_in_use,
    ),
    (r"(?i)address already in use|EADDRINUSE", |_| {
        Claim::PortInUse { port: None }
    }),
];

/// Connections that are refused, or that nobody answers.
const CONNECTIONS: &[(&str, Make)] = &[
    (
        r"(?i)(?:dial (?:tcp|udp)6?|connect(?:ing|ion)?(?: to)?|ECONNREFUSED|refused by|connect to server at|could not connect to|host|server at)[^\n]{0,12}?\s\x22?(?:[a-z]+://)?(?P<host>HOST)\x22?(?: \([0-9a-f.:]+\))?(?:, port |:| port )(?P<port>\d{1,5})\b[^\n]{0,80}(?:connection refused|actively refused|refused)",
        refused,
    ),
    // curl.
    (
        r"(?i)failed to connect to (?P<host>HOST) port (?P<port>\d{1,5})\b[^\n]{0,80}(?:couldn't connect|could not connect)",
        refused,
    ),
    // urllib3, asyncio, MySQL's clients, BusyBox' wget, libpq before 14.
    (
        r"(?i)host='(?P<host>HOST)', port=(?P<port>\d{1,5})[^\n]*connection refused",
        refused,
    ),
    (
        r"(?i)connect call failed \('(?P<host>HOST)', (?P<port>\d{1,5})",
        refused,
    ),
    (
        r"(?i)server on '(?P<host>HOST)(?::(?P<port>\d{1,5}))?' \((?:111\b|61\b|\[Errno 111\])",
        refused,
    ),
    (
        r"(?i)remote host \((?P<host>HOST)(?::(?P<port>\d{1,5}))?\): connection refused",
        refused,
    ),
    (
        r"(?i)is the server running on (?:that )?host \x22(?P<host>HOST)\x22[^\n]{0,60}port (?P<port>\d{1,5})",
        refused,
    ),
    (
        r"(?i)ECONNREFUSED[^\n]{0,10}?\s(?P<host>HOST):(?P<port>\d{1,5})",
        refused,
    ),
    (
        r"(?i)(?P<host>HOST):(?P<port>\d{1,5})\b[^\n]{0,80}(?:connection refused|refused connection|actively refused)",
        refused,
    ),
    (
        r"(?i)connection refused[^\n]{0,40}?[\s/(](?P<host>HOST):(?P<port>\d{1,5})",
        refused,
    ),
    (
        r"(?i)[a-z]://(?P<host>HOST)(?:[/?\x22'\s][^\n]{0,120})?(?:connection refused|ECONNREFUSED)",
        refused,
    ),
    (
        r"(?i)(?:connection ?refused|ECONNREFUSED|actively refused)",
        |_| Claim::Refused(Address::default()),
    ),
    (
        r"(?i)host='(?P<host>HOST)', port=(?P<port>\d{1,5})[^\n]*(?:timed out|no route to host)",
        no_answer,
    ),
    (
        r"(?i)(?:failed to connect to|connection to) (?P<host>HOST) port (?P<port>\d{1,5})\b[^\n]{0,80}(?:timed out|timeout)",
        no_answer,
    ),
    (
        r"(?i)(?P<host>HOST):(?P<port>\d{1,5})\b[^\n]{0,80}(?:i/o timeout|connection timed out|timed out|ETIMEDOUT|no route to host|network is unreachable|EHOSTUNREACH|- no response|could not be established|context deadline exceeded|client\.timeout)",
        no_answer,
    ),
    (
        r"(?i)(?:ETIMEDOUT|EHOSTUNREACH|timed out connecting to|timeout connecting to|connect timed out:)[^\n]{0,10}?\s(?P<host>HOST):(?P<port>\d{1,5})",
        no_answer,
    ),
    (
        r"(?i)[a-z]://(?P<host>HOST)(?:[/?\x22'\s][^\n]{0,120})?(?:i/o timeout|timed out|context deadline exceeded|client\.timeout|no route to host)",
        no_answer,
    ),
];

/// Files, commands and what the process needs of its machine.
const FILES: &[(&str, Make)] = &[
    (
        r"(?i)(?:(?P<path>/[^\s'\x22:,()]*)['\x22:,()]*[^\n]{0,40})?(?:read-only file ?system|EROFS)(?:[^\n]{0,40}?['\x22\s](?P<after>/[^\s'\x22:,()]+))?",
        |c| Claim::ReadOnly { path: path(c) },
    ),
    (
        r"(?i)exec (?:user process caused:? \x22?|container process `)?(?P<path>/[^\s:'\x22`]+)?[^\n]{0,40}exec format error|exec format error",
        |c| Claim::ExecFormat { path: path(c) },
    ),
    (
        r"(?i)exec:? \x22?(?P<name>/[^\s:'\x22]+)\x22?:? no such file or directory",
        command_not_found,
    ),
    (
        r"(?i)exec container process[^\n]{0,40}`(?P<name>/[^`]+)`: no such file or directory",
        command_not_found,
    ),
    (
        r"(?i)\benv: (?:can't execute )?(?:['\x22]|‘)?(?P<name>[^\s'\x22:\x80-\xff]+)(?:\\r)?(?:['\x22]|’)?: no such file or directory",
        command_not_found,
    ),
    (
        r"(?P<name>/[^\s:^'\x22]+)(?:\^M)?: bad interpreter",
        command_not_found,
    ),
    (
        r"(?i)(?:^|: |line \d+: |\d+: )(?P<name>[^\s:'\x22]+): (?:command )?not found$",
        command_not_found,
    ),
    (
        r"(?i)no space left on device|ENOSPC|disk quota exceeded",
        |_| Claim::NoSpace,
    ),
    (
        r"(?i)(?:outofmemoryerror|heap out of memory|cannot allocate memory|out of memory|memoryerror|std::bad_alloc|allowed memory size of)",
        |_| Claim::OutOfMemory,
    ),
];

/// Environment variables. The names are in capitals, the words around them in either case.
const VARIABLES: &[(&str, Make)] = &[
    (
        r"(?i:environment variable|env(?:ironment)? var|env|variable|setting)\s*['\x22`$]?\$?\{?(?P<name>[A-Z][A-Z0-9_]{2,})\}?['\x22`]?\s*(?i:is |was |has |must be |needs to be |must |:\s*)*(?i:not set|missing|required|undefined|not defined|not found|not specified|not provided|not present|unset|not be empty|empty|set)",
        variable,
    ),
    (
        r"(?:^|[\s'\x22:`$(])\$?\{?(?P<name>VARIABLE)\}?['\x22`]?:?\s+(?i:is |was |environment variable |env var |setting |must be |must |parameter |variable )*(?i:not set|missing|required|undefined|not defined|not specified|not provided|unset|not be empty|empty|unbound variable|null or not set|must be set|set: NotPresent)",
        variable,
    ),
    (
        r"(?i:missing|required|undefined|unset|no|set the|KeyError:|missing value for)\s+(?i:required\s+)?(?i:environment variables?|env(?:ironment)? vars?|env|variable|key|array key|index|configuration|config)?:?\s*['\x22`$]?\$?\{?(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b",
        variable,
    ),
    (
        r"(?i:must specify|must provide|must define|must set|please set|please provide|please specify|please define|you need to set|you need to specify)[^\n]{0,40}?\b(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b",
        variable,
    ),
    (
        r"(?i:key not found:|could not resolve placeholder|fetch env[^\n]{0,20}key) ['\x22](?P<name>[A-Z][A-Z0-9_]{2,})['\x22]",
        variable,
    ),
];

/// Paths: what is left of files when no surer form fits.
const PATHS: &[(&str, Make)] = &[
    (
        r"(?i)(?:(?P<path>/[^\s'\x22:,()]*)['\x22:,()]*[^\n]{0,40})?(?:permission ?denied|EACCES|operation not permitted|access is denied)(?:[^\n]{0,40}?['\x22\s](?P<after>/[^\s'\x22:,()]+))?",
        |c| Claim::PermissionDenied { path: path(c) },
    ),
    (
        r"(?i)(?P<path>/[^\s'\x22:,()]+)['\x22:,()]*[^\n]{0,80}(?:no such file or directory|ENOENT|not found)|(?:no such file or directory|ENOENT|filenotfound(?:error|exception)|nosuchfileexception)[^\n]{0,40}?['\x22\s](?P<after>/[^\s'\x22:,()]+)",
        |c| Claim::MissingFile { path: path(c) },
    ),
];

/// What says only that something is wrong.
const REST: &[(&str, Make)] = &[
    (
        r"(?i)(?:password authentication failed|access denied for user|authentication failed|invalid credentials|authentication required|login failed for user|ACCESS_REFUSED|no pg_hba\.conf entry|WRONGPASS|NOAUTH)",
        |_| Claim::LoginRefused,
    ),
    (
        r"^(?:panic: |thread '.*' panicked at|Traceback |Exception in thread |Unhandled exception|Uncaught |PHP Fatal error: |fatal error: |\s*Caused by: |[A-Za-z_.]*(?:Error|Exception)(?: \[[A-Z_]+\])?: |[A-Za-z_.]*(?:Error|Exception)$|[a-z_]+\.[A-Za-z_.]+: )|segmentation fault|core dumped|called `(?:Result|Option)::",
        |_| Claim::Panic,
    ),
    (
        r"(?i)\b(?:fatal|emerg|critical|crit|panic|error|err|severe|exception|abort(?:ed|ing)?|cannot|can't|could not|couldn't|failed|failed to|failure|invalid|unable to|unrecognized|x509|unauthorized|forbidden|denied|timed out|missing|not set|unknown (?:option|flag|command|directive)|usage:)(?:\b|$|\s)",
        |_| Claim::Fatal,
    ),
    (
        r"(?i)\b(?:waiting|wait) (?:for|on|until|to)\b|not ready yet|not yet ready|is unavailable|not (?:yet )?available|retrying|will retry",
        |_| Claim::Waiting,
    ),
];

/// All forms, the surest first; the first that fits a line is its claim.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    sources()
        .filter_map(|(pattern, make)| {
            // Every pattern is fixed here, and a test compiles them all.
            let pattern = pattern
                .replace("HOST", HOST)
                .replace("VARIABLE", VARIABLE)
                .replace("UNKNOWN_NAME", UNKNOWN_NAME);
            // Over bytes: of lines in any language these forms read only the ASCII, and
            // compile a hundred times as fast.
            let pattern = RegexBuilder::new(&pattern).unicode(false).build().ok()?;
            Some(Form {
                pattern,
                make: *make,
            })
        })
        .collect()
});

fn sources() -> impl Iterator<Item = &'static (&'static str, Make)> {
    [
        ACCESS,
        NAMES,
        PORTS,
        CONNECTIONS,
        FILES,
        VARIABLES,
        PATHS,
        REST,
    ]
    .into_iter()
    .flatten()
}

/// Dates, times of the day and places in source code: their numbers look like ports, and
/// their slashes like paths.
static NOISE: LazyLock<Option<regex::Regex>> = LazyLock::new(|| {
    regex::Regex::new(
        r"\b\d{4}[-/]\d{2}[-/]\d{2}T?|\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?|[\w./@-]*\.(?:go|py|rb|js|mjs|cjs|ts|php|java|kt|scala|rs|cs|cpp|cc|c|ex|exs|pl)(?:[:(]| on line )\d+(?:[:,]\d+)?\)?",
    )
    .ok()
});

/// What a line says of why its process fails, if it says anything of the kind.
pub fn read_line(line: &str) -> Option<Claim> {
    /// A longer line is data, not a sentence.
    const LONGEST: usize = 2048;
    let end = line
        .char_indices()
        .map(|(at, _)| at)
        .take_while(|at| *at <= LONGEST)
        .last()
        .unwrap_or(0);
    let line = if line.len() <= LONGEST {
        line
    } else {
        line.get(..end)?
    };
    // A structured line writes its quotes with a backslash.
    let line = if line.contains("\\\"") {
        Cow::Owned(line.replace("\\\"", "\""))
    } else {
        Cow::Borrowed(line)
    };
    let line = match NOISE.as_ref() {
        Some(noise) => noise.replace_all(&line, ""),
        None => Cow::Borrowed(&*line),
    };
    FORMS.iter().find_map(|form| {
        let captures = form.pattern.captures(line.as_bytes())?;
        let claim = (form.make)(&captures);
        is_sound(&claim, &line).then_some(claim)
    })
}

/// Words of messages that stand where a host would.
const NO_HOSTS: &[&str] = &[
    "address",
    "at",
    "code",
    "config",
    "connect",
    "dependencies",
    "dependency",
    "dns",
    "errno",
    "error",
    "failed",
    "for",
    "getaddrinfo",
    "gaierror",
    "host",
    "hostname",
    "image",
    "import",
    "in",
    "information",
    "line",
    "lookup",
    "module",
    "name",
    "package",
    "parameter",
    "path",
    "placeholder",
    "property",
    "reference",
    "resolution",
    "symbol",
    "the",
    "type",
    "upstream",
    "value",
    "variable",
];

/// Words in capitals that are no variables.
const NO_VARIABLES: &[&str] = &[
    "ALERT", "CRITICAL", "DEBUG", "EMERG", "ERROR", "FATAL", "GRPC", "HTTP", "HTTPS", "INFO",
    "JSON", "NOTICE", "PANIC", "POST", "SEVERE", "TRACE", "WARN", "WARNING", "YAML",
];

/// Whether a claim can be what it says: a port is above 1023 for a bind that was denied
/// for another reason, a word in capitals is not always a variable, and one that is not
/// set may have a default.
fn is_sound(claim: &Claim, line: &str) -> bool {
    let is_host = |host: &str| !NO_HOSTS.contains(&&*host.to_ascii_lowercase());
    match claim {
        Claim::PortDenied { port } => port.is_none_or(|port| port < 1024 && port > 0),
        Claim::MissingVariable { name } => !NO_VARIABLES.contains(&&**name) && !has_default(line),
        Claim::Fatal => !has_default(line),
        Claim::Unresolved { host } => is_host(host),
        Claim::Refused(address) | Claim::NoAnswer(address) => is_host(&address.host),
        _ => true,
    }
}

/// Whether a line says that something else is used for what is missing.
fn has_default(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    [
        "using default",
        "default to",
        "defaulting",
        "by default",
        "fall back",
        "falling back",
        "fallback",
    ]
    .into_iter()
    .any(|words| line.contains(words))
}

fn part(captures: &Captures<'_>, name: &str) -> String {
    captures.name(name).map_or_else(String::new, |m| {
        String::from_utf8_lossy(m.as_bytes()).into_owned()
    })
}

fn path(captures: &Captures<'_>) -> String {
    let before = part(captures, "path");
    if before.is_empty() {
        part(captures, "after")
    } else {
        before
    }
}

fn port(captures: &Captures<'_>) -> Option<u16> {
    part(captures, "port").parse().ok()
}

fn address(captures: &Captures<'_>) -> Address {
    Address {
        host: part(captures, "host"),
        port: port(captures),
    }
}

fn unresolved(captures: &Captures<'_>) -> Claim {
    Claim::Unresolved {
        host: part(captures, "host").trim_end_matches('.').to_owned(),
    }
}

fn refused(captures: &Captures<'_>) -> Claim {
    Claim::Refused(address(captures))
}

fn no_answer(captures: &Captures<'_>) -> Claim {
    Claim::NoAnswer(address(captures))
}

fn port_denied(captures: &Captures<'_>) -> Claim {
    Claim::PortDenied {
        port: port(captures),
    }
}

fn port_in_use(captures: &Captures<'_>) -> Claim {
    Claim::PortInUse {
        port: port(captures),
    }
}

fn command_not_found(captures: &Captures<'_>) -> Claim {
    Claim::CommandNotFound {
        name: part(captures, "name"),
    }
}

fn variable(captures: &Captures<'_>) -> Claim {
    Claim::MissingVariable {
        name: part(captures, "name"),
    }
}

#[cfg(test)]
#[path = "forms_tests.rs"]
mod tests;
