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
    /// A host's name does not resolve.
    Unresolved {
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
    NoSpace,
    /// The process ran out of memory of its own accord.
    OutOfMemory,
    /// Credentials were refused by a server other than Kubernetes.
    LoginRefused,
    /// An unhandled exception, panic or traceback ends in this line.
    Panic,
    /// The line calls itself fatal or an error.
    Fatal,
    /// The process waits for something.
    Waiting,
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

impl Claim {
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
            | Self::NoSpace
            | Self::OutOfMemory => true,
            Self::PermissionDenied { path } => !path.is_empty(),
            Self::Refused(_)
            | Self::NoAnswer(_)
            | Self::Unresolved { .. }
            | Self::Forbidden { .. }
            | Self::LoginRefused
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
            Self::Fatal => 3,
            Self::Waiting => 4,
            Self::PermissionDenied { .. } | Self::MissingFile { .. } | Self::LoginRefused => 1,
            _ => 0,
        }
    }
}
