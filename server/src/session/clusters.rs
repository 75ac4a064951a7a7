//! The clusters that the portal shows: recordings, contexts of the kubeconfig, and the
//! practice cluster that is always there.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::{StreamExt, stream};
use podside_cluster::{Cluster, Connection, IN_CLUSTER, Kubeconfig, Settings, Viewing};
use podside_diagnosis::facts::clean::{SHORT, clean};
use podside_diagnosis::kubectl;
use podside_model::legible::legible;
use podside_replay::{Play, Recording, ServeOptions, Served, practice};
use tokio::sync::OnceCell;

use crate::error::Error;

/// The practice cluster's name.
pub(crate) const PRACTICE: &str = "practice";

/// How long a context may take to answer before it counts as not reachable. Login
/// plugins are part of it.
const REACHED_WITHIN: Duration = Duration::from_secs(10);

/// How many contexts are tried at once.
const TRIED_AT_ONCE: usize = 4;

/// All clusters that can be chosen, the one that is shown first in front.
#[derive(Debug)]
pub(crate) struct Clusters {
    shown: RwLock<Vec<Arc<Entry>>>,
}

/// One cluster that can be chosen. It is connected to when somebody chooses it.
#[derive(Debug)]
pub(super) struct Entry {
    name: String,
    source: Source,
    opened: OnceCell<Opened>,
}

#[derive(Debug)]
enum Source {
    /// The recordings that are part of the program, played as they happened.
    Practice,
    /// A recording, frozen at its end.
    Recording(Box<Recording>),
    /// A context of the kubeconfig; no name for the cluster that this runs in. Whoever
    /// asks it shares the credentials of the one connection.
    Context {
        name: Option<String>,
        connection: Connection,
    },
}

#[derive(Debug)]
struct Opened {
    cluster: Cluster,
    /// The server of a recording, and somebody who always looks at it: its watches
    /// cost next to nothing, and its page is there at once.
    _kept: Option<(Served, Viewing)>,
}

impl Clusters {
    /// The clusters that are named, and the practice cluster. Recordings are read;
    /// nothing is connected to.
    ///
    /// # Errors
    /// When a recording cannot be read, or a context is not in the kubeconfig.
    pub(crate) async fn named(replays: &[PathBuf], contexts: &[String]) -> Result<Self, Error> {
        let mut shown: Vec<Arc<Entry>> = Vec::new();
        for path in replays {
            let recording = Recording::find(path)?;
            let name = free_name(recording.name(), &shown);
            shown.push(Entry::new(name, Source::Recording(Box::new(recording))));
        }
        for context in contexts {
            // Says what is wrong with it now, not on the first page.
            let connection = Connection::from_context(Some(context)).await?;
            let name = free_name(context, &shown);
            let source = Source::Context {
                name: Some(context.clone()),
                connection,
            };
            shown.push(Entry::new(name, source));
        }
        let name = free_name(PRACTICE, &shown);
        shown.push(Entry::new(name, Source::Practice));
        Ok(Self {
            shown: RwLock::new(shown),
        })
    }

    /// One cluster that is served already, so that it can go away and several can share it.
    #[cfg(test)]
    pub(crate) fn of(name: &str, connection: Connection) -> Self {
        let source = Source::Context {
            name: Some(name.to_owned()),
            connection,
        };
        Self {
            shown: RwLock::new(vec![Entry::new(name.to_owned(), source)]),
        }
    }

    /// Adds those contexts of the user's kubeconfig that answer, the current one in
    /// front, and tells of each. For when none was named.
    pub(crate) async fn add_reachable(&self, tell: impl Fn(&str)) {
        let (current, contexts) = match Kubeconfig::find() {
            Ok(Some(kubeconfig)) => (
                kubeconfig.current().map(str::to_owned),
                kubeconfig.contexts().into_iter().map(Some).collect(),
            ),
            Ok(None) if podside_cluster::runs_in_cluster() => (None, vec![None]),
            Ok(None) => return,
            Err(error) => return tell(&format!("{error}")),
        };
        let mut tried = stream::iter(contexts)
            .map(|context: Option<String>| async move {
                let reached = reach(context.as_deref()).await;
                (context, reached)
            })
            .buffered(TRIED_AT_ONCE);
        while let Some((context, reached)) = tried.next().await {
            let name = context.as_deref().unwrap_or(IN_CLUSTER);
            match reached {
                Ok(connection) => {
                    tell(&format!("Showing {name}"));
                    let first = context == current;
                    let source = Source::Context {
                        name: context.clone(),
                        connection,
                    };
                    self.add(name, source, first);
                }
                Err(error) => tell(&format!("Not showing {name}: {error}")),
            }
        }
    }

    /// The names, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        self.read(|shown| shown.iter().map(|entry| entry.name.clone()).collect())
    }

    /// The names of those that are connected to.
    pub(super) fn connected(&self) -> Vec<String> {
        self.read(|shown| {
            let connected = shown.iter().filter(|entry| entry.opened.initialized());
            connected.map(|entry| entry.name.clone()).collect()
        })
    }

    /// The cluster of that name, the first one for `None`, of those that are meant.
    pub(super) fn find(
        &self,
        name: Option<&str>,
        is_meant: impl Fn(&str) -> bool,
    ) -> Option<Arc<Entry>> {
        self.read(|shown| {
            shown
                .iter()
                .filter(|entry| is_meant(&entry.name))
                .find(|entry| name.is_none_or(|name| entry.name == name))
                .cloned()
        })
    }

    /// Connects to the first cluster before anybody asks, so that the first page is there at
    /// once, and tells of a failure in the log.
    pub(crate) async fn connect_first(&self) {
        if let Some(first) = self.find(None, |_| true)
            && let Err(error) = first.cluster().await
        {
            tracing::warn!(%error, cluster = first.name(), "cannot connect");
        }
    }

    fn add(&self, name: &str, source: Source, first: bool) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        let name = free_name(name, &shown);
        // The practice cluster stays last.
        let place = if first {
            0
        } else {
            shown.len().saturating_sub(1)
        };
        shown.insert(place, Entry::new(name, source));
    }

    fn read<T>(&self, read: impl FnOnce(&[Arc<Entry>]) -> T) -> T {
        read(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How much of the practice cluster's recording has passed when it is first shown, so
/// that a newcomer meets its problems and not their beginnings. A frozen recording
/// stands at its end anyway.
const HEAD_START: std::time::Duration = std::time::Duration::from_secs(15);

impl Entry {
    fn new(name: String, source: Source) -> Arc<Self> {
        Arc::new(Self {
            name,
            source,
            opened: OnceCell::new(),
        })
    }

    /// The name under which it is chosen.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The command that asks its API server whether it is ready; `None` for a recording,
    /// which no kubeconfig names.
    pub(super) fn ready_command(&self) -> Option<String> {
        match &self.source {
            Source::Context { name, .. } => {
                Some(kubectl::ready(name.as_deref().map(legible).as_deref()))
            }
            Source::Practice | Source::Recording(_) => None,
        }
    }

    /// The cluster, connected to by the first who asks. A failure is not kept: the
    /// next one tries again.
    pub(super) async fn cluster(&self) -> Result<&Cluster, Error> {
        let opened = self.opened.get_or_try_init(|| self.open()).await?;
        Ok(&opened.cluster)
    }

    /// The same, within a time and with words for what keeps it from being connected to.
    ///
    /// # Errors
    /// These words.
    pub(super) async fn reached(&self) -> Result<&Cluster, String> {
        match tokio::time::timeout(REACHED_WITHIN, self.cluster()).await {
            Ok(Ok(cluster)) => Ok(cluster),
            Ok(Err(error)) => Err(said(&error)),
            Err(_) => Err(format!(
                "{} could not be connected to within {} s",
                self.name,
                REACHED_WITHIN.as_secs()
            )),
        }
    }

    async fn open(&self) -> Result<Opened, Error> {
        let (recordings, play) = match &self.source {
            Source::Context { connection, .. } => {
                return Ok(Opened {
                    cluster: Cluster::new(connection.clone(), Settings::default()),
                    _kept: None,
                });
            }
            Source::Practice => (practice::cluster()?, Play::Alive { speed: 1.0 }),
            Source::Recording(recording) => (vec![Recording::clone(recording)], Play::Frozen),
        };
        let options = ServeOptions {
            play,
            skip: HEAD_START,
            ..ServeOptions::default()
        };
        let served = podside_replay::serve(recordings, options).await?;
        let kubeconfig = Kubeconfig::parse(self.name.as_ref(), &served.kubeconfig(&self.name))?;
        let connection = Connection::from_kubeconfig(&kubeconfig, None).await?;
        let cluster = Cluster::new(connection, Settings::default());
        let viewing = cluster.look();
        Ok(Opened {
            cluster,
            _kept: Some((served, viewing)),
        })
    }
}

/// The connection to a context's API server, if that answers.
async fn reach(context: Option<&str>) -> Result<Connection, podside_cluster::Error> {
    let answer = async {
        let connection = Connection::from_context(context).await?;
        connection.server_version().await?;
        Ok(connection)
    };
    tokio::time::timeout(REACHED_WITHIN, answer)
        .await
        .unwrap_or_else(|_| {
            Err(podside_cluster::Error::TimedOut {
                cluster: context.unwrap_or(IN_CLUSTER).to_owned(),
                address: "its address".to_owned(),
                what: "GET /version".to_owned(),
                after: REACHED_WITHIN,
            })
        })
}

/// An error as a page may show it: that of a recording names what stands in its files.
pub(super) fn said(error: &Error) -> String {
    legible(&error.to_string()).into_owned()
}

/// `name`, or `name-2` and so on when it is taken. It comes from a file's name or a
/// kubeconfig, and every page shows it.
fn free_name(name: &str, taken: &[Arc<Entry>]) -> String {
    let name = &*clean(name, SHORT);
    let is_free = |name: &str| taken.iter().all(|entry| entry.name != name);
    if is_free(name) {
        return name.to_owned();
    }
    // One of these is free, as there are more of them than names taken.
    (2..=taken.len() + 2)
        .map(|number| format!("{name}-{number}"))
        .find(|name| is_free(name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_practice_cluster_is_always_there_and_last() {
        let clusters = Clusters::named(&[], &[]).await.unwrap();
        assert_eq!(clusters.names(), [PRACTICE]);
        let somewhere = Connection::to_address("somewhere", "http://127.0.0.1:1", None).await;
        let somewhere = somewhere.unwrap();
        let context = |name: &str| Source::Context {
            name: Some(name.to_owned()),
            connection: somewhere.clone(),
        };
        clusters.add(PRACTICE, context(PRACTICE), false);
        clusters.add("prod", context("prod"), true);
        assert_eq!(clusters.names(), ["prod", "practice-2", PRACTICE]);
        let found = |name| {
            let found = clusters.find(name, |_| true);
            found.map(|entry| entry.name().to_owned())
        };
        assert_eq!(found(None).as_deref(), Some("prod"));
        assert_eq!(found(Some("nowhere")), None);
        let other = clusters.find(None, |name| name != "prod").unwrap();
        assert_eq!(other.name(), "practice-2");
        assert!(clusters.find(Some("prod"), |name| name != "prod").is_none());
    }

    #[tokio::test]
    async fn a_recording_that_is_not_there_stops_the_start() {
        let error = Clusters::named(&["/nowhere/at/all".into()], &[])
            .await
            .unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }
}
