//! The sentences that are known, as regular expressions.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::claims::{Address, CertificateFault, Claim, Scope};
use super::level::Level;
use super::line::Line;

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
    // The DNS itself fails: Go, c-ares, nslookup and dig.
    (
        r"lookup (?P<host>HOST)(?: on [^\n]{1,120}?)?: server misbehaving",
        resolver_failed,
    ),
    (
        r"(?i)(?:query[A-Za-z]*|getaddrinfo) ESERVFAIL (?P<host>HOST)",
        resolver_failed,
    ),
    (r"(?i)can't find (?P<host>HOST): SERVFAIL", resolver_failed),
    // Go.
    (
        r"lookup (?P<host>HOST)(?: on [^\n]{1,120}?)?: (?:no such host|[Tt]emporary failure in name resolution|i/o timeout|connection refused|[Tt]ry again)",
        unresolved,
    ),
    // Node.js, with the C library and with c-ares.
    (
        r"(?i)(?:getaddrinfo|query[A-Za-z]*) (?:ENOTFOUND|EAI_AGAIN|ENODATA) (?P<host>HOST)",
        unresolved,
    ),
    (
        r"(?i)can't find (?P<host>HOST): (?:NXDOMAIN|No answer)",
        unresolved,
    ),
    // gRPC for Node.js and Python, Netty and librdkafka, Elixir, nginx, aiohttp.
    (
        r"(?i)(?:name|dns) resolution failed for (?:target |service:? ?)?(?:dns:(?:///)?)?(?P<host>HOST)",
        unresolved,
    ),
    (
        r"(?i)failed to resolve (?:['\x22`]|‘)(?P<host>HOST)",
        unresolved,
    ),
    (
        r"(?i)\((?P<host>HOST):\d{1,5}\): (?:non-existing domain|:?nxdomain)",
        unresolved,
    ),
    (r"(?i)(?P<host>HOST) could not be resolved", unresolved),
    (
        r"(?i)connect to host (?P<host>HOST):\d{1,5}[^\n]{0,30}\[(?:UNKNOWN_NAME)",
        unresolved,
    ),
    (r"(?i)resolved for dns name:? (?P<host>HOST)", unresolved),
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
        r"(?i)connect(?:ing|ion) to (?P<host>HOST)(?::\d{1,5})?\.? \(?(?:getaddrinfo(?:\(3\))?: )?(?:UNKNOWN_NAME)",
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
        r"(?i)(?:could not resolve (?:host|address)|couldn't resolve host|unable to resolve host(?: address)?|failed to resolve|cannot resolve|can.t resolve|bad address|unknownhostexception|unknown mysql server host|host not found in (?:upstream|resolver|the)|unknown host|no such host is known\.?|UNKNOWN_NAME)[:=]?\s*(?:['\x22`(]|‘)?(?P<host>HOST)",
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
    // libpq, MySQL's clients.
    (
        r"(?i)connection to server at \x22(?P<host>HOST)\x22[^\n]{0,60}port (?P<port>\d{1,5}) failed: (?:timeout expired|[^\n]{0,20}timed out|no route)",
        no_answer,
    ),
    (
        r"(?i)server on '(?P<host>HOST)(?::(?P<port>\d{1,5}))?' \((?:110|113|60)\b",
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

/// Calls that were answered with a server error, or that broke off: `requests`, Feign, `WebClient`,
/// Go, nginx, curl, wget, Axios, gRPC.
const CALLS: &[(&str, Make)] = &[
    (
        r"(?i)[a-z]://(?P<host>HOST)(?::(?P<port>\d{1,5}))?[^\n]{0,200}?(?:status(?: ?code)?|returned|responded(?: with)?|response|answered|error|failed|http/\d(?:\.\d)?|got|with|[\x22:\])])[ :=\x22(]{1,3}50[0234]\b",
        call_failed,
    ),
    (
        r"(?i)\b50[0234] (?:(?:internal )?server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)[^\n]{0,100}[a-z]://(?P<host>HOST)(?::(?P<port>\d{1,5}))?",
        call_failed,
    ),
    (
        r"->(?P<host>HOST):(?P<port>\d{1,5}): (?:read|write): (?:connection reset|broken pipe)",
        call_failed,
    ),
    (
        r"(?i)[a-z]://(?P<host>HOST)(?::(?P<port>\d{1,5}))?[^\n]{0,120}(?:connection reset by peer|ECONNRESET|socket hang up|: EOF\b|remote end closed connection|server disconnected)",
        call_failed,
    ),
    (
        r"(?i)(?:upstream timed out|prematurely closed connection|no live upstreams)[^\n]{0,400}upstream: \x22[a-z]+://(?P<host>HOST)(?::(?P<port>\d{1,5}))?",
        call_failed,
    ),
    (
        r"(?i)(?:status(?: ?code)?|returned(?: an?)?(?: error)?|responded(?: with)?|response|success)[ :=\x22(]{1,4}50[0234]\b|\b50[0234] (?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)|code = Unavailable|StatusCode\.UNAVAILABLE|\b14 UNAVAILABLE",
        |_| Claim::CallFailed(Address::default()),
    ),
];

/// Files, commands and what the process needs of its machine.
const FILES: &[(&str, Make)] = &[
    (
        r"(?i)(?:(?P<path>/[^\s'\x22:,()]*)['\x22:,()]*[^\n]{0,40})?(?:read-?only ?file ?system|EROFS)(?:[^\n]{0,40}?['\x22\s](?P<after>/[^\s'\x22:,()]+))?",
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
        r"(?i)(?:(?P<path>/[^\s'\x22:,()]*)['\x22:,()]*[^\n]{0,60})?(?:no space left on device|ENOSPC|disk quota exceeded|not enough space on the disk|disk (?:is )?full\b|disk_full|disk usage exceeded|flood[- ]stage disk watermark|os error 28\b)(?:[^\n]{0,40}?['\x22\s](?P<after>/[^\s'\x22:,()]+))?",
        |c| Claim::NoSpace { path: path(c) },
    ),
    (
        r"(?i)(?:outofmemoryerror|heap out of memory|cannot allocate memory|out of memory|memoryerror|std::bad_alloc|allowed memory size of)",
        |_| Claim::OutOfMemory,
    ),
];

/// Certificates by what is wrong with them: Go, OpenSSL (Python, Ruby, curl), Java, Node.js,
/// .NET, rustls.
const CERTIFICATES: &[(&str, Make)] = &[
    (
        r"(?i)certificate (?:has |is )?expired(?:$|[^a-z]*(?:current time [^\n]{1,60} is after|$|[.,;:)\x22']))|CERT_HAS_EXPIRED|CertificateExpiredException|expired certificate|invalid peer certificate: Expired",
        |_| Claim::Certificate(CertificateFault::Expired),
    ),
    (
        r"(?i)current time [^\n]{1,60} is before|certificate is not yet valid|CERT_NOT_YET_VALID|CertificateNotYetValidException|NotValidYet",
        |_| Claim::Certificate(CertificateFault::NotYetValid),
    ),
    (r"(?i)current time [^\n]{1,60} is after", |_| {
        Claim::Certificate(CertificateFault::Expired)
    }),
    (
        r"(?i)certificate is (?:not )?valid for [^\n]{1,400}, not |certificate is not valid for any names|cannot validate certificate for|ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate|hostname mismatch|ip address mismatch|no subject alternative (?:dns |ip )?(?:names?|address)|RemoteCertificateNameMismatch|relies on legacy common name|no alternative certificate subject name|NotValidForName",
        |_| Claim::Certificate(CertificateFault::OtherName),
    ),
    (
        r"(?i)signed by unknown authority|self[- ]signed certificate|unable to get (?:local )?issuer cert|unable to verify the first certificate|PKIX path building failed|valid certification path|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|SELF_SIGNED_CERT|UntrustedRoot|PartialChain|UnknownIssuer|alert unknown ca\b",
        |_| Claim::Certificate(CertificateFault::UnknownAuthority),
    ),
    (r"(?i)certificate[_ ]verify[_ ]failed|x509: ", |_| {
        Claim::Certificate(CertificateFault::Unsaid)
    }),
];

/// The metadata and identity services of clouds, and what they refuse.
const CLOUD: &[(&str, Make)] = &[
    (
        r"(?i)(?:169\.254\.169\.254|169\.254\.170\.2\b|169\.254\.170\.23|metadata\.google\.internal)[^\n]{0,160}(?:timeout|timed out|refused|deadline|unreachable|no route|\b40[134]\b|failed|no such host)",
        |_| Claim::CloudAccess,
    ),
    (
        r"(?i)NoCredentialProviders|no EC2 IMDS role|unable to locate credentials|could not (?:find|load) (?:the )?default credentials|could not load credentials from any|unable to load credentials from|DefaultCredentialsError|DefaultAzureCredential[^\n]{0,40}(?:failed|unable)|ManagedIdentityCredential[^\n]{0,60}(?:failed|unavailable|timed out)|CredentialUnavailableException|WebIdentityErr|AssumeRoleWithWebIdentity[^\n]{0,200}(?:denied|not authorized|failed|error)|InvalidIdentityToken|CredentialsProviderError|is not authorized to perform:?|insufficient authentication scopes|does not have [a-z]+\.[a-z.]+ (?:access|permission)|does not have authorization to perform action",
        |_| Claim::CloudAccess,
    ),
];

/// What the process or those who call it do wrong, by words that have one meaning.
const CONDUCT: &[(&str, Make)] = &[
    (r"(?i)argument list too long|\bE2BIG\b", |_| {
        Claim::ArgumentsTooLong
    }),
    (
        r"(?i)database (?:table |file )?is locked|SQLITE_(?:BUSY|LOCKED)|could not acquire change log lock|waiting for changelog lock",
        |_| Claim::DatabaseLocked,
    ),
    (
        r"(?i)invalid HTTP_HOST header|DisallowedHost|blocked hosts?: |invalid host header|this host \([^)]{1,100}\) is not allowed|blocked request\. this host|host header [^\n]{0,60}(?:not allowed|not trusted|rejected)|untrusted host",
        |_| Claim::HostHeaderRefused,
    ),
];

/// Credentials that a server refuses in words of its own: PostgreSQL, MySQL, MongoDB, Redis,
/// RabbitMQ, Kafka, SQL Server, Oracle, LDAP, NATS, Elasticsearch, SSH and mail servers.
const LOGINS: &[(&str, Make)] = &[(
    r"(?i)password authentication failed|access denied for user|authentication ?failed|SCRAM authentication|invalid credentials|bad credentials|login failed for user|ACCESS_REFUSED|login was refused|no pg_hba\.conf entry|(?:role|user) \x22[^\x22]{1,63}\x22 does not exist|WRONGPASS|NOAUTH|ERR (?:AUTH|invalid password)|NOPERM|SaslAuthenticationException|sasl authentication (?:failed|error)|(?:Topic|Group|Cluster|TransactionalId)AuthorizationException|ORA-010(?:05|17)|ORA-28000|authorization violation|unable to authenticate|permission denied \(publickey|535 5\.7\.\d|530 5\.7\.0|not authorized on \S{1,60} to execute command|incorrect username or password|invalid user ?name[^\n]{0,12}password|password are incorrect|bad user ?name or password",
    |_| Claim::LoginRefused,
)];

/// Requests that a server refuses: HTTP, registries, keys of clouds.
const ANSWERS: &[(&str, Make)] = &[(
    r"(?i)authentication required|no basic auth credentials|pull access denied|invalid[ _](?:api[ _]?key|client|grant|token|access[ _]?token)|(?:api[ _]?key|token) (?:is invalid|is expired|has expired|expired)|\b401[ :,]+unauthorized|\b403[ :,]+forbidden|(?:status(?: ?code)?|http|response(?: code)?|error|success)[ :=\x22]{1,4}40[13]\b|InvalidAccessKeyId|InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|ExpiredToken",
    |_| Claim::Unauthorized,
)];

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
    // Java and .NET name the path behind the class.
    (
        r"java\.nio\.file\.AccessDeniedException: (?P<path>/[^\s'\x22:,()]+)|UnauthorizedAccessException: [^\n]{0,40}'(?P<after>/[^']+)'",
        |c| Claim::PermissionDenied { path: path(c) },
    ),
    (
        r"(?i)(?:(?P<path>/[^\s'\x22:,()]*)['\x22:,()]*[^\n]{0,40})?(?:permission ?denied|EACCES|operation not permitted|access is denied)(?:[^\n]{0,40}?['\x22\s](?P<after>/[^\s'\x22:,()]+))?",
        |c| Claim::PermissionDenied { path: path(c) },
    ),
    // Grafana and others, MongoDB, Elasticsearch.
    (
        r"(?i)(?P<path>/[^\s'\x22:,()]+)['\x22:,()]*(?: directory)? is not (?:writable|writeable)|(?:attempted to create a lock file on a read-only directory:|(?:cannot|can't|unable to|failed to) write (?:in)?to(?: the)?(?: directory| folder)?) ['\x22]?(?P<after>/[^\s'\x22:,()]+)",
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
        CLOUD,
        NAMES,
        PORTS,
        CERTIFICATES,
        CONNECTIONS,
        CALLS,
        FILES,
        CONDUCT,
        VARIABLES,
        LOGINS,
        ANSWERS,
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
pub fn read_line(text: &str) -> Option<Claim> {
    let line = Line::read(upto(text));
    // What it passes on of others is not about its own process.
    if line.quotes_others() {
        return None;
    }
    let found = search(&line.said()).map(|(claim, _)| claim);
    match (found, line.level) {
        // A line that calls itself harmless is not the error that its words remind of.
        (Some(Claim::Fatal), Some(level)) if level < Level::Warning => None,
        (Some(claim), _) => Some(completed(claim, &line)),
        (None, Some(level)) if level >= Level::Error && !is_harmless(&line.said()) => {
            Some(Claim::Fatal)
        }
        (None, _) => None,
    }
}

/// Where in what a line says its error stands, in bytes; `None` where it says none.
pub(super) fn error_in(said: &str) -> Option<Range<usize>> {
    let (_, matched) = search(upto(said))?;
    let start = said.find(&*matched)?;
    Some(start..start + matched.len())
}

/// The beginning of a line: a longer one is data, not a sentence.
fn upto(line: &str) -> &str {
    const LONGEST: usize = 2048;
    let mut end = line.len().min(LONGEST);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).unwrap_or_default()
}

/// The claim of the first form that fits what is said, and the words that fit.
fn search(said: &str) -> Option<(Claim, String)> {
    // A structured line within a plain one writes its quotes with a backslash.
    let said = if said.contains("\\\"") {
        Cow::Owned(said.replace("\\\"", "\""))
    } else {
        Cow::Borrowed(said)
    };
    let said = match NOISE.as_ref() {
        Some(noise) => noise.replace_all(&said, ""),
        None => Cow::Borrowed(&*said),
    };
    FORMS.iter().find_map(|form| {
        let captures = form.pattern.captures(said.as_bytes())?;
        let claim = (form.make)(&captures);
        let matched = String::from_utf8_lossy(captures.get(0)?.as_bytes()).into_owned();
        is_sound(&claim, &said).then_some((claim, matched))
    })
}

/// A claim with what the fields of its line add: the address that is not in the sentence.
fn completed(claim: Claim, line: &Line<'_>) -> Claim {
    let is_bare = |address: &Address| address.host.is_empty() && address.port.is_none();
    let address = || line.fields_called(&ADDRESSES).find_map(Address::read);
    match claim {
        Claim::Refused(to) if is_bare(&to) => Claim::Refused(address().unwrap_or(to)),
        Claim::NoAnswer(to) if is_bare(&to) => Claim::NoAnswer(address().unwrap_or(to)),
        claim => claim,
    }
}

/// The fields in which loggers put whom they call.
const ADDRESSES: [&str; 11] = [
    "addr", "address", "endpoint", "host", "url", "target", "server", "remote", "broker",
    "upstream", "peer",
];

/// Whether a line is of requests that the process answered: what it says of errors is said
/// to its callers.
fn is_harmless(line: &str) -> bool {
    ["HTTP/1.0\"", "HTTP/1.1\"", "HTTP/2.0\"", "HTTP/2\""]
        .into_iter()
        .any(|words| line.contains(words))
}

/// Whether a line tells that a table of the kernel is full, of which it says the same as of a
/// disk: watches of files, semaphores.
fn is_of_kernel_table(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["inotify", "file watchers", "watch ", "semget", "semaphore"]
        .into_iter()
        .any(|words| line.contains(words))
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
        Claim::Fatal => !has_default(line) && !is_harmless(line),
        Claim::LoginRefused | Claim::Unauthorized | Claim::HostHeaderRefused => !is_harmless(line),
        // A proxy quotes the request that it could not pass on.
        Claim::CallFailed(to) => !to.host.is_empty() || !is_harmless(line),
        Claim::NoSpace { .. } => !is_of_kernel_table(line),
        Claim::Unresolved { host } | Claim::ResolverFailed { host } => is_host(host),
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

fn resolver_failed(captures: &Captures<'_>) -> Claim {
    Claim::ResolverFailed {
        host: part(captures, "host").trim_end_matches('.').to_owned(),
    }
}

fn refused(captures: &Captures<'_>) -> Claim {
    Claim::Refused(address(captures))
}

fn no_answer(captures: &Captures<'_>) -> Claim {
    Claim::NoAnswer(address(captures))
}

fn call_failed(captures: &Captures<'_>) -> Claim {
    Claim::CallFailed(address(captures))
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
