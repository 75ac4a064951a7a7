//! `podside serve`: the portal, until it is told to stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use leptos::prelude::provide_context;
use podside_app::SharedPortal;
use podside_store::SqliteStore;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::data::Data;
use crate::clusters::Clusters;
use crate::connections;
use crate::error::Error;
use crate::host::AllowedHosts;
use crate::investigations::{self, Investigations};
use crate::portal::ServerPortal;
use crate::redaction_key;
use crate::router::router;
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
    #[command(flatten)]
    data: Data,
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
        let data = self.data.writable_directory()?;
        let listener = listen(self.listen).await?;
        let address = listener.local_addr().map_err(Error::Serve)?;
        tracing::info!(data = %data.display(), contexts = ?self.contexts, replays = ?self.replays, "starting");
        let clusters = Arc::new(Clusters::named(&self.replays, &self.contexts).await?);
        redaction_key::use_key_of(&data);
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
        // So that the one file holds everything, for whoever moves it; while this runs,
        // `podside backup` copies it.
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
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}

/// Tells what is found while the portal runs.
fn say(line: &str) {
    // Nobody need listen; the portal goes on.
    let _ = writeln!(io::stdout(), "{line}");
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
    use super::listen;
    use crate::error::Error;

    #[tokio::test]
    async fn a_taken_port_is_said_in_one_message() {
        let first = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = listen(address).await.unwrap_err();
        assert!(matches!(error, Error::AddressInUse(taken) if taken == address));
        assert!(error.to_string().contains("--listen"), "{error}");
    }
}
