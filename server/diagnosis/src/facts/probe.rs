use super::fields::Fields;
use super::port::PortRef;
use super::sharing::Str;

/// A liveness, readiness or startup probe. Times are in seconds; absent ones have
/// the API's defaults.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Probe {
    /// What it does.
    pub handler: Handler,
    /// `initialDelaySeconds`.
    pub initial_delay: i64,
    /// `periodSeconds`.
    pub period: i64,
    /// `timeoutSeconds`.
    pub timeout: i64,
    /// `failureThreshold`.
    pub failure_threshold: i64,
}

/// What a probe or a lifecycle hook does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Handler {
    /// Runs a command in the container.
    Exec(Box<[Str]>),
    /// Sends an HTTP request to the Pod.
    Http {
        /// `path`.
        path: Str,
        /// `port`.
        port: Option<PortRef>,
        /// `scheme`: `HTTP` or `HTTPS`.
        scheme: Str,
        /// `host`; empty for the Pod's own address.
        host: Str,
    },
    /// Opens a TCP connection to the Pod.
    Tcp {
        /// `port`.
        port: Option<PortRef>,
        /// `host`; empty for the Pod's own address.
        host: Str,
    },
    /// Calls the gRPC health service.
    Grpc {
        /// `port`.
        port: Option<PortRef>,
        /// `service`.
        service: Str,
    },
    /// Waits (lifecycle hooks only).
    Sleep(i64),
}

impl Handler {
    pub(crate) fn read(handler: Fields<'_>) -> Option<Self> {
        let (exec, http) = (handler.at("exec"), handler.at("httpGet"));
        let (tcp, grpc) = (handler.at("tcpSocket"), handler.at("grpc"));
        if exec.exists() {
            Some(Self::Exec(exec.strs("command").into()))
        } else if http.exists() {
            Some(Self::Http {
                path: http
                    .filled("path")
                    .unwrap_or_else(|| http.sharing().str("/")),
                port: PortRef::read(http, "port"),
                scheme: http
                    .filled("scheme")
                    .unwrap_or_else(|| http.sharing().str("HTTP")),
                host: http.name("host"),
            })
        } else if tcp.exists() {
            Some(Self::Tcp {
                port: PortRef::read(tcp, "port"),
                host: tcp.name("host"),
            })
        } else if grpc.exists() {
            Some(Self::Grpc {
                port: PortRef::read(grpc, "port"),
                service: grpc.name("service"),
            })
        } else {
            handler.at("sleep").int("seconds").map(Self::Sleep)
        }
    }

    /// The port that is asked, if any.
    pub fn port(&self) -> Option<&PortRef> {
        match self {
            Self::Http { port, .. } | Self::Tcp { port, .. } | Self::Grpc { port, .. } => {
                port.as_ref()
            }
            Self::Exec(_) | Self::Sleep(_) => None,
        }
    }

    /// The field that holds it, such as `httpGet`.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Exec(_) => "exec",
            Self::Http { .. } => "httpGet",
            Self::Tcp { .. } => "tcpSocket",
            Self::Grpc { .. } => "grpc",
            Self::Sleep(_) => "sleep",
        }
    }
}

impl Probe {
    pub(crate) fn read(probe: Fields<'_>) -> Option<Self> {
        Some(Self {
            handler: Handler::read(probe)?,
            initial_delay: probe.int("initialDelaySeconds").unwrap_or(0),
            period: probe.int("periodSeconds").unwrap_or(10),
            timeout: probe.int("timeoutSeconds").unwrap_or(1),
            failure_threshold: probe.int("failureThreshold").unwrap_or(3),
        })
    }

    /// The seconds after the container's start within which a failing probe says
    /// nothing yet: the initial delay and the failures that are allowed.
    pub fn patience_seconds(&self) -> i64 {
        self.initial_delay
            .saturating_add(self.period.saturating_mul(self.failure_threshold))
    }
}
