//! `podside serve`: the portal, until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use podside_app::Writes;
use podside_store::{SqliteStore, Wording};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::data::Data;
use crate::connections::{self, Limits};
use crate::error::Error;
use crate::host::{AllowedHosts, host_name};
use crate::ledger::Reaper;
use crate::open_files;
use crate::redaction_key;
use crate::router::portal;
use crate::says;
use crate::session::{Acts, Clusters, Doors, TEST_IMAGE};
use crate::streams::Stopping;

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
    /// Host name under which a browser may call the portal, beside loopback names and addresses
    #[arg(
        long = "host",
        value_name = "NAME",
        env = "PODSIDE_HOSTS",
        value_delimiter = ',',
        value_parser = host_name
    )]
    hosts: Vec<String>,
    /// Let whoever reaches the portal from other machines investigate, take notes and share
    ///
    /// There is no login, so beyond loopback the portal only shows unless this says
    /// otherwise. It covers what is kept in the data directory, never what acts on a cluster.
    #[arg(long, env = "PODSIDE_ALLOW_ANONYMOUS_WRITES")]
    allow_anonymous_writes: bool,
    /// Create nothing in a cluster and run nothing there
    ///
    /// What an earlier Podside left is still taken away: at its deadline, and when somebody
    /// asks for it.
    #[arg(long, env = "PODSIDE_READ_ONLY")]
    read_only: bool,
    /// Image of the container or Pod that is created to run a runbook's test where no container
    /// has the program
    #[arg(
        long,
        value_name = "IMAGE",
        default_value = TEST_IMAGE,
        env = "PODSIDE_TEST_IMAGE"
    )]
    test_image: String,
}

/// How what is kept reads to whoever searches the history.
const WORDING: Wording = Wording {
    message: podside_diagnosis::texts::resolve,
    runbook: |id| podside_diagnosis::runbook::find(id).map(|it| it.runbook.title.clone()),
};

impl Serve {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        let data = self.data.writable_directory()?;
        let listener = listen(self.listen).await?;
        let address = listener.local_addr().map_err(Error::Serve)?;
        let files = open_files::raise();
        let limits = Limits::within(files);
        let writes = writes(address, self.allow_anonymous_writes);
        tracing::info!(data = %data.display(), contexts = ?self.contexts, replays = ?self.replays, "starting");
        let clusters = Arc::new(Clusters::named(&self.replays, &self.contexts).await?);
        redaction_key::use_key_of(&data);
        let store = SqliteStore::open_worded(&data, WORDING).await?;
        let acts = Acts::of(is_loopback(address), self.read_only);
        let doors = Doors::open(Arc::clone(&clusters), Arc::new(store.clone()))
            .allowing(acts)
            .testing_with(&self.test_image);
        let (stop, stopping) = watch::channel(false);
        let reaper = Reaper::new(doors.own_session()).run(Stopping::new(stopping.clone()));
        let hosts = AllowedHosts::new(address, &self.hosts);
        let app = portal(&doors, Stopping::new(stopping), hosts, writes);
        let stops = stop_signal();
        let mut said = announcement(address, &clusters.names(), &self.hosts, writes);
        said.extend(open_files::warning(files, limits.connections));
        announce(&said).map_err(Error::Output)?;
        let looking = tokio::spawn(self.look_around(clusters));
        let reaping = tokio::spawn(reaper);
        let told = async {
            stops.await;
            // Nobody listens when no stream is open.
            let _ = stop.send(true);
        };
        connections::serve(listener, app, limits, told).await;
        looking.abort();
        // It ends before the runtime does: what it waits for would else look like a failure.
        let _ = looking.await;
        let _ = reaping.await;
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
            clusters.connect_first().await;
            if none_named {
                clusters.add_reachable(say).await;
            }
        }
    }
}

/// Whether an address is reached from this machine alone.
fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// What readers may write to the store. Nobody logs in, so beyond loopback it takes
/// somebody who says that everybody may.
fn writes(address: SocketAddr, allowed: bool) -> Writes {
    if allowed || is_loopback(address) {
        Writes::Allowed
    } else {
        Writes::OnlyShows
    }
}

/// Where the portal is, what it shows, and what to know where other machines reach it.
fn announcement(
    address: SocketAddr,
    clusters: &[String],
    hosts: &[String],
    writes: Writes,
) -> String {
    let shown = clusters.join(", ");
    let mut text = format!("Podside is at http://{address}\nShowing {shown}\n");
    if is_loopback(address) {
        return text;
    }
    text.push_str("Warning: this address can be reached from other machines, and whoever opens it sees what you may see of the clusters.\n");
    text.push_str(match writes {
        Writes::OnlyShows => "Listening beyond loopback without a login: this portal only shows; --allow-anonymous-writes lets whoever opens it investigate, take notes and share.\n",
        Writes::Allowed => "--allow-anonymous-writes: whoever opens it may investigate, take notes and share.\n",
    });
    if hosts.is_empty() {
        text.push_str("It answers to its addresses alone; --host NAME lets it answer to a name.\n");
    }
    text
}

/// Says it. A program that starts Podside may wait for the first line and then stop
/// reading.
fn announce(text: &str) -> io::Result<()> {
    match says::print(text) {
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
    use podside_app::Writes;

    use super::{announcement, listen, writes};
    use crate::error::Error;

    #[test]
    fn beyond_loopback_it_only_shows_unless_told_otherwise() {
        for (address, allowed, wanted) in [
            ("127.0.0.1:80", false, Writes::Allowed),
            ("127.8.8.8:80", false, Writes::Allowed),
            ("[::1]:80", false, Writes::Allowed),
            ("[::ffff:127.0.0.1]:80", false, Writes::Allowed),
            ("0.0.0.0:80", false, Writes::OnlyShows),
            ("[::]:80", false, Writes::OnlyShows),
            ("192.168.1.2:80", false, Writes::OnlyShows),
            ("0.0.0.0:80", true, Writes::Allowed),
        ] {
            let writes = writes(address.parse().unwrap(), allowed);
            assert_eq!(writes, wanted, "{address} {allowed}");
        }
    }

    #[test]
    fn what_other_machines_may_do_is_said_at_the_start() {
        let clusters = ["prod".to_owned()];
        let say = |address: &str, hosts: &[String], writes| {
            announcement(address.parse().unwrap(), &clusters, hosts, writes)
        };
        let local = say("127.0.0.1:80", &[], Writes::Allowed);
        assert_eq!(local, "Podside is at http://127.0.0.1:80\nShowing prod\n");
        let shows = say("0.0.0.0:80", &[], Writes::OnlyShows);
        assert!(
            shows.contains("only shows; --allow-anonymous-writes"),
            "{shows}"
        );
        assert!(shows.contains("--host NAME"), "{shows}");
        let named = say(
            "0.0.0.0:80",
            &["podside.example".to_owned()],
            Writes::Allowed,
        );
        assert!(named.contains("may investigate"), "{named}");
        assert!(
            !named.contains("only shows") && !named.contains("--host"),
            "{named}"
        );
    }

    #[tokio::test]
    async fn a_taken_port_is_said_in_one_message() {
        let first = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = listen(address).await.unwrap_err();
        assert!(matches!(error, Error::AddressInUse(taken) if taken == address));
        assert!(error.to_string().contains("--listen"), "{error}");
    }
}
