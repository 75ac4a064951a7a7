//! What can keep a command from doing its work.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The process's exit code when a command could not do its work. Not 1, which
/// `podside diagnose` gives when it worked and found problems; clap, too, ends
/// with 2 for a wrong command line.
pub(crate) const EXIT_CODE: u8 = 2;

/// Why a command ended without doing what it was asked to. The message says
/// what failed, on what, and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The operating system gave no threads or no event queue.
    #[error("cannot start: the operating system refused threads or an event queue: {0}")]
    Runtime(#[source] io::Error),
    /// The address to listen on is taken.
    #[error(
        "cannot listen on {0}: another program is listening there; stop it, or choose another port with --listen"
    )]
    AddressInUse(SocketAddr),
    /// The address to listen on cannot be had.
    #[error("cannot listen on {address}: {source}; choose another address with --listen")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is no home directory from which to derive the data directory.
    #[error("cannot tell where to keep data: there is no home directory; name one with --data DIR")]
    NoDataDirectory,
    /// The data directory cannot be made or written to.
    #[error("cannot write to the data directory {}: {source}; make it writable, or name another with --data DIR", path.display())]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The server stopped by itself.
    #[error("the server stopped: {0}")]
    Serve(#[source] io::Error),
    /// A cluster cannot be asked, or does not answer.
    #[error(transparent)]
    Cluster(#[from] podside_cluster::Error),
    /// The cluster has no such namespace.
    #[error("{cluster} has no namespace {namespace:?}; it has {}", known.join(", "))]
    UnknownNamespace {
        /// The namespace asked for.
        namespace: String,
        /// The cluster.
        cluster: String,
        /// The namespaces that there are.
        known: Vec<String>,
    },
    /// The credentials do not let anybody read what is in the namespace.
    #[error(
        "you may not read namespace {namespace:?} of {cluster}: the API server shows you nothing in it. Somebody who may can let you: {}",
        view_of(namespace)
    )]
    DeniedNamespace {
        /// The namespace asked for.
        namespace: String,
        /// The cluster.
        cluster: String,
    },
    /// Standard output is closed or full.
    #[error("cannot write to standard output: {0}")]
    Output(#[source] io::Error),
    /// A runbook file cannot be read.
    #[error("cannot read the runbook {}: {source}", path.display())]
    RunbookFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A signal told the command to end before it was done.
    #[error("stopped before {} was complete", file.display())]
    Interrupted {
        /// The file that was being written.
        file: PathBuf,
    },
    /// The database of investigations cannot be used.
    #[error(transparent)]
    Store(#[from] podside_store::Error),
    /// A recording cannot be read or served.
    #[error(transparent)]
    Replay(#[from] podside_replay::ReplayError),
}

/// The command that lets somebody read a namespace, with the role that Kubernetes has for it
/// (<https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles>).
fn view_of(namespace: &str) -> String {
    format!(
        "{} create rolebinding view-for-you --clusterrole=view --user=YOU",
        podside_diagnosis::kubectl::prefix(Some(namespace))
    )
}
