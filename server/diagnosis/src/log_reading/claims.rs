/// What a line of a log says of why its process fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// An environment variable is not set.
    MissingVariable {
        /// Its name.
        name: String,
    },
    /// Nothing listens at an address: the connection was refused.
    Refused(Address),
    /// No answer came from an address in time, or there is no way to it.
    NoAnswer(Address),
    /// A call was answered with a server error, or broke off. The address is that of whom was
    /// called; without one it may as well be the process's own answer.
    CallFailed(Address),
    /// A host's name does not resolve.
    Unresolved {
        /// The name that was asked for.
        host: String,
    },
    /// The DNS failed to answer for a host's name (SERVFAIL), which says nothing of whether
    /// there is such a name.
    ResolverFailed {
        /// The name that was asked for.
        host: String,
    },
    /// The API server refused a request of the process's ServiceAccount.
    Forbidden {
        /// The user, such as `system:serviceaccount:NAMESPACE:NAME`; empty when not said.
        user: String,
        /// The verb; empty when not said.
        verb: String,
        /// The resource; empty when not said.
        resource: String,
        /// The API group; empty for the core group or when not said.
        group: String,
        /// Where it was asked for.
        scope: Scope,
    },
    /// The file system may not be written.
    ReadOnly {
        /// The path; empty when not said.
        path: String,
    },
    /// The process may not use a port below 1024.
    PortDenied {
        /// The port, when it is said.
        port: Option<u16>,
    },
    /// The port that the process wants to listen on is taken.
    PortInUse {
        /// The port, when it is said.
        port: Option<u16>,
    },
    /// A file or directory may not be used.
    PermissionDenied {
        /// The path; empty when not said.
        path: String,
    },
    /// A program cannot be executed: another architecture, or no interpreter line.
    ExecFormat {
        /// The program; empty when not said.
        path: String,
    },
    /// A program is not there.
    CommandNotFound {
        /// The program.
        name: String,
    },
    /// A file or directory does not exist.
    MissingFile {
        /// The path.
        path: String,
    },
    /// No space is left, or a quota is used up.
    NoSpace {
        /// The path; empty when not said.
        path: String,
    },
    /// The process ran out of memory of its own accord.
    OutOfMemory,
    /// A server other than Kubernetes refused whom the process logs in as, in words of its own.
    LoginRefused,
    /// A server other than Kubernetes answered a request with 401 or 403, or refused its key or
    /// token. Such answers are logged of requests that matter little, too.
    Unauthorized,
    /// A TLS certificate was not accepted.
    Certificate(CertificateFault),
    /// The cloud's metadata or identity service gave no credentials, or the cloud refused
    /// what was asked with them.
    CloudAccess,
    /// A program was started with more arguments and variables than the kernel takes.
    ArgumentsTooLong,
    /// Another process holds the lock of a database.
    DatabaseLocked,
    /// The application does not answer requests for the host that they name.
    HostHeaderRefused,
    /// An unhandled exception, panic or traceback ends in this line.
    Panic,
    /// The line calls itself fatal or an error.
    Fatal,
    /// The process waits for something.
    Waiting,
}

/// Why a certificate was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateFault {
    /// It has expired.
    Expired,
    /// It is not valid yet: a clock may be wrong.
    NotYetValid,
    /// It is for another name.
    OtherName,
    /// Nobody whom the client trusts has signed it.
    UnknownAuthority,
    /// It is not said.
    Unsaid,
}

/// Where a request was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// It is not said.
    #[default]
    Unsaid,
    /// At the cluster scope: in all namespaces, or for what is in none.
    Cluster,
    /// In a namespace.
    Namespace(String),
}

/// Where a connection was to go.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The host, a name or an address; empty when not said.
    pub host: String,
    /// The port, when it is said.
    pub port: Option<u16>,
}

impl Address {
    /// The address that a value names: `host`, `host:port`, `http://host/…`. `None` when
    /// it names none.
    pub(super) fn read(value: &str) -> Option<Self> {
        let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#', ' ', ',']).next()?;
        let authority = authority.rsplit('@').next()?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (authority, None),
        };
        let is_host = !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.[]:".contains(&b));
        is_host.then(|| Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl Claim {
    /// The host whose name was not resolved, for whatever reason.
    pub fn unresolved_host(&self) -> Option<&str> {
        match self {
            Self::Unresolved { host } | Self::ResolverFailed { host } => Some(host),
            _ => None,
        }
    }

    /// Whether it only says that something is wrong, or is waited for, and not what.
    pub const fn is_vague(&self) -> bool {
        match self {
            Self::Panic | Self::Fatal | Self::Waiting => true,
            Self::CallFailed(to) => to.host.is_empty(),
            _ => false,
        }
    }

    /// Whether it names a fault on this side of the network: it would be the same if all that
    /// the process calls worked.
    pub fn is_local(&self) -> bool {
        match self {
            Self::MissingVariable { .. }
            | Self::ReadOnly { .. }
            | Self::PortDenied { .. }
            | Self::PortInUse { .. }
            | Self::ExecFormat { .. }
            | Self::CommandNotFound { .. }
            | Self::MissingFile { .. }
            | Self::NoSpace { .. }
            | Self::OutOfMemory
            | Self::ArgumentsTooLong => true,
            Self::PermissionDenied { path } => !path.is_empty(),
            Self::Refused(_)
            | Self::NoAnswer(_)
            | Self::CallFailed(_)
            | Self::Unresolved { .. }
            | Self::ResolverFailed { .. }
            | Self::Forbidden { .. }
            | Self::LoginRefused
            | Self::Unauthorized
            | Self::Certificate(_)
            | Self::CloudAccess
            | Self::DatabaseLocked
            | Self::HostHeaderRefused
            | Self::Panic
            | Self::Fatal
            | Self::Waiting => false,
        }
    }

    /// How much a claim tells: less is more. A claim that names what is wrong comes
    /// before one that only says that something is.
    pub(super) const fn weight(&self) -> u8 {
        match self {
            Self::Panic => 2,
            Self::CallFailed(to) if to.host.is_empty() => 3,
            Self::Fatal => 3,
            Self::Waiting => 4,
            Self::PermissionDenied { .. }
            | Self::MissingFile { .. }
            | Self::Unauthorized
            | Self::CallFailed(_) => 1,
            _ => 0,
        }
    }
}
