//! A cluster kept in sight for as long as somebody looks.
//!
//! One watch a kind, shared by all who look; started by the first [`Viewing`] and
//! stopped when the last has been gone for a while. What pages show is one
//! [`Sight`]: facts, diagnosis and freshness that belong together.

mod follow;
mod last;
mod store;
mod supervise;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use podside_diagnosis::facts::Str;
use podside_diagnosis::snapshot::Snapshot;
use podside_model::{Diagnosis, Liveness, Message};
use tokio::sync::{OnceCell, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::connection::Connection;
use last::Last;
use store::Store;

/// What is known of a cluster at one moment.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The facts. Empty while nothing has been read.
    pub snapshot: Arc<Snapshot>,
    /// What the rules make of them; `None` until every kind has been read once. The last
    /// one, when the API server fails.
    pub diagnosis: Option<Arc<Diagnosis<Message>>>,
    /// How many logs and Secrets that the rules want are still being read. What depends on
    /// them is among the unknown of the diagnosis.
    pub awaited: usize,
    /// Since when events are kept, also after the API server has dropped them: what was
    /// dropped before that is not known. `None` while they have not been read.
    pub events_since: Option<jiff::Timestamp>,
    /// How fresh they are.
    pub liveness: Liveness,
}

/// How a cluster is kept in sight.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long watches go on after the last viewer left.
    pub idle_after: Duration,
    /// How long changes are gathered before the rules look again.
    pub gather_for: Duration,
    /// How often the rules look when nothing changes: some faults are a matter of time.
    pub look_every: Duration,
    /// How often the API server is asked for a sign of life. It has half of that to give one.
    pub listen_every: Duration,
}

impl Default for Settings {
    /// A minute after the last viewer; a fifth of a second; a quarter of a minute; ten
    /// seconds.
    fn default() -> Self {
        Self {
            idle_after: Duration::from_mins(1),
            gather_for: Duration::from_millis(200),
            look_every: Duration::from_secs(15),
            listen_every: Duration::from_secs(10),
        }
    }
}

/// How long who comes first waits for the logs that the rules want, once there is a
/// diagnosis without them: most are there by then.
const LOGS_WITHIN: Duration = Duration::from_millis(500);

/// A cluster that can be looked at. Cheap to clone; all clones share its watches.
#[derive(Clone, Debug)]
pub struct Cluster {
    inner: Arc<Inner>,
}

/// Somebody looks at a cluster. While this lives, its watches go on.
#[derive(Debug)]
pub struct Viewing {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    connection: Connection,
    /// The same connection, for what can wait while people ask.
    watching: Connection,
    settings: Settings,
    store: Store,
    /// Whether the version of the API server was waited for.
    waited: OnceCell<()>,
    /// What is shown when there is nothing newer.
    last: Last,
    sight: watch::Sender<Arc<Sight>>,
    viewers: watch::Sender<usize>,
    supervisor: Mutex<Option<JoinHandle<()>>>,
}

impl Cluster {
    /// A cluster that nobody looks at yet: nothing is asked of it.
    pub fn new(connection: Connection, settings: Settings) -> Self {
        let store = Store::default();
        let sight = Arc::new(store.sight());
        Self {
            inner: Arc::new(Inner {
                watching: connection.for_watches(),
                connection,
                settings,
                store,
                waited: OnceCell::new(),
                last: Last::default(),
                sight: watch::Sender::new(sight),
                viewers: watch::Sender::new(0),
                supervisor: Mutex::new(None),
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.inner.connection.name()
    }

    /// The connection, to ask for what is not a fact: logs, an object's YAML.
    pub fn connection(&self) -> &Connection {
        &self.inner.connection
    }

    /// Begins to look, or goes on looking.
    pub fn look(&self) -> Viewing {
        self.inner.viewers.send_modify(|viewers| *viewers += 1);
        let mut supervisor = self.inner.supervisor();
        if supervisor.as_ref().is_none_or(JoinHandle::is_finished) {
            let watched = Arc::clone(&self.inner);
            *supervisor = Some(tokio::spawn(async move {
                Box::pin(supervise::run(&watched)).await;
            }));
        }
        Viewing {
            inner: Arc::clone(&self.inner),
        }
    }

    /// What is known now. Without a [`Viewing`] it is not kept up to date.
    pub fn sight(&self) -> Arc<Sight> {
        Arc::clone(&self.inner.sight.borrow())
    }

    /// What is known, whenever it changes.
    pub fn sights(&self) -> watch::Receiver<Arc<Sight>> {
        self.inner.sight.subscribe()
    }

    /// What is known as soon as there is a diagnosis, or cannot be one, or `within` is over.
    /// The first diagnosis is waited for a moment longer, until the logs are in it.
    pub async fn sight_within(&self, within: Duration) -> Arc<Sight> {
        let mut sights = self.sights();
        let is_told = |sight: &Sight| {
            sight.diagnosis.is_some() || matches!(sight.liveness, Liveness::NotLive { .. })
        };
        if is_told(&sights.borrow()) {
            return self.sight();
        }
        let _ = timeout(within, async {
            // The sender lives as long as the cluster, so waiting cannot fail.
            let _ = sights.wait_for(|sight| is_told(sight)).await;
            let _ = timeout(LOGS_WITHIN, sights.wait_for(|sight| sight.awaited == 0)).await;
        })
        .await;
        self.sight()
    }
}

/// The first version whose API servers offer [streaming lists](crate::watch::Present)
/// without being told to. Those that are told not to refuse them.
const STREAMS_SINCE: (u32, u32) = (1, 32);

/// How long lists wait for the version. Who may not read it, or hears nothing in time, lists in
/// pages, which differ in nothing that is seen.
const VERSION_WITHIN: Duration = Duration::from_millis(300);

impl Inner {
    /// Whether lists may be had as the beginning of watches. The first lists wait a moment
    /// for the version that the first sign of life tells.
    async fn offers_streams(&self) -> bool {
        let version = || Str::clone(self.store.sight().snapshot.server_version());
        let heard = async {
            let mut changes = self.store.changes();
            while version().is_empty() {
                // The sender lives as long as the store, so waiting cannot fail.
                let _ = changes.changed().await;
            }
        };
        let wait = || async {
            let _ = timeout(VERSION_WITHIN, heard).await;
        };
        self.waited.get_or_init(wait).await;
        is_at_least(&version(), STREAMS_SINCE)
    }

    fn supervisor(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.supervisor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Viewing {
    fn drop(&mut self) {
        self.inner
            .viewers
            .send_modify(|viewers| *viewers = viewers.saturating_sub(1));
    }
}

/// Whether a version, such as `v1.36.2`, is that one or a later one.
fn is_at_least(version: &str, (major, minor): (u32, u32)) -> bool {
    let digits = |part: Option<&str>| -> Option<u32> {
        let part = part?;
        let end = part.find(|c: char| !c.is_ascii_digit());
        part.get(..end.unwrap_or(part.len()))?.parse().ok()
    };
    let mut parts = version.trim_start_matches('v').split('.');
    let its = (digits(parts.next()), digits(parts.next()));
    matches!(its, (Some(its_major), Some(its_minor)) if (its_major, its_minor) >= (major, minor))
}

/// The local clock, which waits are told by.
fn now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, is_new) in [
            ("v1.36.2", true),
            ("v1.32.0-eks-a1b2", true),
            ("v1.32+", true),
            ("v2.0", true),
            ("v1.31.9", false),
            ("v1.9", false),
            ("v1", false),
            ("", false),
        ] {
            assert_eq!(is_at_least(version, STREAMS_SINCE), is_new, "{version}");
        }
    }
}
