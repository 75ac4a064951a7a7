//! `podside serve`: the portal, until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use directories::ProjectDirs;
use leptos::prelude::provide_context;
use podside_app::SharedPortal;
use podside_store::SqliteStore;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clusters::Clusters;
use crate::connections;
use crate::error::Error;
use crate::host::AllowedHosts;
use crate::investigations::{self, Investigations};
use crate::portal::ServerPortal;
use crate::router::router;
use crate::says;
use crate::streams::{LogRoutes, Stopping};

/// The flags of `podside serve`.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080",
        env = "PODSIDE_LISTEN"
    )]
    listen: SocketAddr,
    /// Directory for investigations and shares; the platform's by default
    #[arg(long, value_name = "DIR", env = "PODSIDE_DATA")]
    data: Option<PathBuf>,
    /// Context of the kubeconfig to show; all reachable ones by default
    #[arg(long = "context", value_name = "NAME")]
    contexts: Vec<String>,
    /// Recording to show as a cluster: a directory, an archive, or the name of a practice scenario
    #[arg(long = "replay", value_name = "PATH")]
    replays: Vec<PathBuf>,
    /// Host name under which a browser may call the portal, beside the loopback ones
    #[arg(
        long = "host",
        value_name = "NAME",
        env = "PODSIDE_HOSTS",
        value_delimiter = ','
    )]
    hosts: Vec<String>,
}

impl Serve {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        let data = data_directory(self.data.as_deref())?;
        let listener = listen(self.listen).await?;
        let address = listener.local_addr().map_err(Error::Serve)?;
        tracing::info!(data = %data.display(), contexts = ?self.contexts, replays = ?self.replays, "starting");
        let clusters = Arc::new(Clusters::named(&self.replays, &self.contexts).await?);
        let store = SqliteStore::open(&data).await?;
        let investigations = Investigations {
            clusters: Arc::clone(&clusters),
            store: Arc::new(store.clone()),
        };
        let portal: SharedPortal = Arc::new(ServerPortal::new(investigations.clone()));
        let (stop, stopping) = watch::channel(false);
        let for_logs = Arc::clone(&clusters);
        let logs = LogRoutes::new(
            move |name| {
                let clusters = Arc::clone(&for_logs);
                async move { clusters.connection(name.as_deref()).await }
            },
            Stopping::new(stopping),
        );
        let app = router(
            move || provide_context(Arc::clone(&portal)),
            investigations::routes(investigations),
            logs.router(),
            AllowedHosts::new(address, &self.hosts),
        );
        let stops = stop_signal();
        announce(address, &clusters.names()).map_err(Error::Output)?;
        let looking = tokio::spawn(self.look_around(clusters));
        let told = async {
            stops.await;
            // Nobody listens when no stream is open.
            let _ = stop.send(true);
        };
        connections::serve(listener, app, told).await;
        looking.abort();
        // It ends before the runtime does: what it waits for would else look like a failure.
        let _ = looking.await;
        // So that the one file holds everything, for whoever copies it.
        store.close().await;
        Ok(ExitCode::SUCCESS)
    }

    /// Connects to the first cluster before anybody asks, so that the first page is
    /// there at once, and adds the contexts that answer when none was named.
    fn look_around(&self, clusters: Arc<Clusters>) -> impl Future<Output = ()> + use<> {
        let none_named = self.contexts.is_empty();
        async move {
            if let Some(first) = clusters.find(None)
                && let Err(error) = first.cluster().await
            {
                tracing::warn!(%error, cluster = first.name(), "cannot connect");
            }
            if none_named {
                clusters.add_reachable(say).await;
            }
        }
    }
}

/// Says where the portal is and what it shows. A program that starts Podside may wait
/// for the first line and then stop reading.
fn announce(address: SocketAddr, clusters: &[String]) -> io::Result<()> {
    let shown = clusters.join(", ");
    let mut text = format!("Podside is at http://{address}\nShowing {shown}\n");
    if !address.ip().is_loopback() {
        text.push_str("Warning: this address can be reached from other machines, and whoever opens it has your rights on the clusters.\n");
    }
    match says::print(&text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}

/// Tells what is found while the portal runs.
fn say(line: &str) {
    // Nobody need listen; the portal goes on.
    let _ = says::print(&format!("{line}\n"));
}

/// Binds the address, so that a taken port is known before anything is said.
async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => Error::AddressInUse(address),
            _ => Error::Listen { address, source },
        })
}

/// The data directory, made when it is not there, and tried by writing to it.
fn data_directory(named: Option<&Path>) -> Result<PathBuf, Error> {
    let path = match named {
        Some(path) => path.to_owned(),
        None => ProjectDirs::from("", "", "podside")
            .ok_or(Error::NoDataDirectory)?
            .data_dir()
            .to_owned(),
    };
    try_writing(&path).map_err(|source| Error::DataDirectory {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

/// Makes `directory`, readable for its owner alone, and writes a file that is
/// removed again.
fn try_writing(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    let probe = directory.join(format!(".writable-{}", std::process::id()));
    let written = std::fs::write(&probe, b"podside");
    // On a full disk the file is made all the same, and only its content is not.
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

/// Waits for SIGINT or SIGTERM. They are listened to from the call on, so that one that
/// comes before the first wait is not missed.
pub(super) fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::interrupt())
            .and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)))
    };
    async move {
        #[cfg(unix)]
        if let Ok((mut interrupt, mut terminate)) = signals {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        // Without a handler the default action of the signal ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{data_directory, listen};
    use crate::error::Error;

    #[tokio::test]
    async fn a_taken_port_is_said_in_one_message() {
        let first = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = listen(address).await.unwrap_err();
        assert!(matches!(error, Error::AddressInUse(taken) if taken == address));
        assert!(error.to_string().contains("--listen"), "{error}");
    }

    #[test]
    fn a_file_in_place_of_the_data_directory_is_an_error_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = data_directory(Some(file.path())).unwrap_err();
        assert!(
            error.to_string().contains(&*file.path().to_string_lossy()),
            "{error}"
        );
    }

    #[test]
    fn the_data_directory_is_made_for_its_owner_alone_and_left_empty() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        assert_eq!(data_directory(Some(&path)).unwrap(), path);
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }
}
