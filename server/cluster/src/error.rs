//! What can keep a question to a cluster from being answered.

use std::path::PathBuf;
use std::time::Duration;

use podside_model::MissingRight;
use podside_model::legible::legible;

/// The result of a question to a cluster.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a cluster could not be asked, or did not answer. The variants are what a
/// caller does about it; the message says what failed, on what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no kubeconfig, and this is not a Pod with a ServiceAccount.
    #[error(
        "there is no kubeconfig at {}; set KUBECONFIG, or try a recording with --replay PATH", path.display()
    )]
    NoKubeconfig {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A kubeconfig file cannot be read.
    #[error("cannot read the kubeconfig {}: {reason}", path.display())]
    KubeconfigUnreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A kubeconfig file is not one.
    #[error(
        "the kubeconfig {} is broken: {reason}; `kubectl config view` shows how kubectl reads it", path.display()
    )]
    KubeconfigBroken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and where.
        reason: String,
    },
    /// The kubeconfig has no such context.
    #[error("the kubeconfig has no context {context:?}; it has {}", names(known))]
    UnknownContext {
        /// The context asked for.
        context: String,
        /// The contexts that there are.
        known: Vec<String>,
    },
    /// No context was asked for, and the kubeconfig names no current one.
    #[error(
        "the kubeconfig names no current context; choose one with --context: it has {}",
        names(known)
    )]
    NoCurrentContext {
        /// The contexts that there are.
        known: Vec<String>,
    },
    /// A context of the kubeconfig cannot be used as it stands.
    #[error("the context {context:?} of the kubeconfig cannot be used: {reason}")]
    ContextUnusable {
        /// The context.
        context: String,
        /// What is missing or wrong.
        reason: String,
    },
    /// The credentials could not be had: an exec plugin or token file failed.
    #[error(
        "cannot log in to {cluster}: {reason}; see that what the kubeconfig names for its user is there and works"
    )]
    Login {
        /// The cluster's name.
        cluster: String,
        /// What failed.
        reason: String,
    },
    /// The API server does not accept the credentials (401).
    #[error(
        "{cluster} ({address}) does not accept the credentials (401 Unauthorized); log in again, then retry"
    )]
    Unauthorized {
        /// The cluster's name.
        cluster: String,
        /// The API server's address.
        address: String,
    },
    /// Nothing answers at the API server's address.
    #[error(
        "cannot reach {cluster} at {address}: {reason}; see that it runs, and that this machine may reach that address"
    )]
    Unreachable {
        /// The cluster's name.
        cluster: String,
        /// The API server's address.
        address: String,
        /// What failed.
        reason: String,
    },
    /// The answer did not come in time.
    #[error("{cluster} at {address} did not answer within {} s: {what}", after.as_secs())]
    TimedOut {
        /// The cluster's name.
        cluster: String,
        /// The API server's address.
        address: String,
        /// The request.
        what: String,
        /// The limit.
        after: Duration,
    },
    /// The API server refuses to show it (403).
    #[error("{message}")]
    Denied {
        /// The right that is missing.
        right: MissingRight,
        /// The API server's own words.
        message: String,
    },
    /// There is no such object, or no such kind (404).
    #[error("{what}: {message}")]
    NotFound {
        /// The request.
        what: String,
        /// The API server's own words.
        message: String,
    },
    /// The API server has no objects of that kind.
    #[error(
        "{cluster} has no kind {kind}; `kubectl api-resources` lists those that it has. A kind goes when its CustomResourceDefinition is deleted"
    )]
    NoKind {
        /// The cluster's name.
        cluster: String,
        /// The kind with its group.
        kind: String,
    },
    /// It cannot be told whether the API server has that kind: what it says of the group
    /// could not be read.
    #[error("it cannot be told whether there is a kind {kind}: of the group {group}, {reason}")]
    KindUnread {
        /// The kind with its group.
        kind: String,
        /// The group.
        group: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The resource version or continue token is too old (410): list again.
    #[error("{what}: the cluster no longer has the changes since then (410 Gone)")]
    Gone {
        /// The request.
        what: String,
    },
    /// The API server answered with another error.
    #[error("{what}: the API server answered {code} {reason}: {message}")]
    Refused {
        /// The request.
        what: String,
        /// The HTTP status code.
        code: u16,
        /// The Status' reason.
        reason: String,
        /// The API server's own words.
        message: String,
    },
    /// The API server fails: it asks to be left alone for a while (`Retry-After`), or too
    /// many others wait to ask it.
    #[error("{what}: {said}; it may be asked again in {} s", again_in.as_secs_f64().ceil())]
    Resting {
        /// The request.
        what: String,
        /// What was answered, or why nothing was asked.
        said: String,
        /// When it may be asked again.
        again_in: Duration,
    },
    /// The answer is not what the Kubernetes API gives.
    #[error("{what}: the answer is not what the Kubernetes API gives: {reason}")]
    Garbled {
        /// The request.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is larger than what is kept.
    #[error("{what}: the answer is larger than {limit} bytes, the most that is read")]
    TooLarge {
        /// The request.
        what: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// Podside itself holds it back for a moment; trying again is all there is to do.
    #[error("{reason}")]
    HeldBack {
        /// What it waits for.
        reason: String,
    },
    /// A rule of the diagnosis failed.
    #[error("the diagnosis failed, which is a fault of Podside: {reason}; please report it")]
    RulesFailed {
        /// What happened.
        reason: String,
    },
    /// A name cannot be one of a Kubernetes object.
    #[error("{name:?} cannot be the name of a Kubernetes object")]
    InvalidName {
        /// The name.
        name: String,
    },
}

impl Error {
    /// Whether the connection itself failed, so that trying again later may help.
    pub fn is_connection(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Login { .. }
        )
    }

    /// Whether the API server answers, and only this request fails.
    pub(crate) fn is_of_one_kind(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. }
                | Self::Garbled { .. }
                | Self::TooLarge { .. }
                | Self::Gone { .. }
                | Self::KindUnread { .. }
        )
    }

    /// Whether the API server is not there to be asked: what answers in its place, or fails
    /// to, says nothing of the cluster.
    pub(crate) fn is_silence(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code >= 500,
            Self::Garbled { .. } => true,
            other => other.is_connection(),
        }
    }

    /// When a server that is busy may be asked again, where it says so.
    pub(crate) fn again_in(&self) -> Option<Duration> {
        match self {
            Self::Resting { again_in, .. } => Some(*again_in),
            _ => None,
        }
    }

    /// Whether the same request may succeed later without anybody changing a right
    /// or a name.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { code, .. } => *code == 429 || *code >= 500,
            Self::Garbled { .. }
            | Self::Gone { .. }
            | Self::Unauthorized { .. }
            | Self::Resting { .. }
            | Self::HeldBack { .. } => true,
            other => other.is_connection(),
        }
    }
}

fn names(known: &[String]) -> String {
    if known.is_empty() {
        "none".to_owned()
    } else {
        legible(&known.join(", ")).into_owned()
    }
}
