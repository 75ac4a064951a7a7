//! What somebody sees when they look at a place: the sight of a cluster, and the head of
//! their page.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use podside_app::{Place, PortalError, RefusalWords};
use podside_cluster::{Connection, Sight, Viewing};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_model::Liveness;
use podside_model::view::ChartHead;

use super::Session;
use super::access::Grant;
use super::clusters::{Entry, said};
use crate::bounds::{Text, bounded, bounded_if};

/// How long a page waits for a cluster that nobody has looked at. What takes longer is
/// shown as loading.
const FIRST_SIGHT: Duration = Duration::from_secs(2);

/// How long a page waits for the connection to a cluster to be made.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// What is seen at a place.
pub(crate) struct Seen {
    /// The cluster with the viewer's credentials, when it could be connected to.
    pub(crate) connection: Option<Connection>,
    /// The facts that the viewer may list, and what the rules make of them.
    pub(crate) sight: Option<Arc<Sight>>,
    /// The head of the page.
    pub(crate) head: ChartHead,
    /// The command that asks the API server whether it is ready, where one can.
    pub(crate) ready_command: Option<String>,
    /// Keeps the cluster in sight while the page is made.
    _viewing: Option<Viewing>,
}

impl Seen {
    /// What is seen of a cluster that is not shown: nothing, and why.
    pub(super) fn nothing(session: &Session, place: &Place, why: String) -> Self {
        Self {
            connection: None,
            sight: None,
            head: ChartHead {
                clusters: session.doors.names(&session.access),
                cluster: place.cluster.clone().unwrap_or_default(),
                namespaces: Vec::new(),
                namespace: place.namespace.clone(),
                liveness: Liveness::NotLive {
                    since: None,
                    error: why,
                    tries: 0,
                    next_try: None,
                },
                now: Timestamp::now(),
                lang: session.lang(),
            },
            ready_command: None,
            _viewing: None,
        }
    }
}

/// Looks at a place. A cluster that cannot be reached is seen as not live.
pub(super) async fn look(session: &Session, place: &Place) -> Result<Seen, PortalError> {
    let lang = session.lang();
    bounded_if(lang, Text::Namespace, place.namespace.as_deref())?;
    let entry = find(session, place.cluster.as_deref())?;
    let mut head = ChartHead {
        clusters: session.doors.names(&session.access),
        cluster: entry.name().to_owned(),
        namespaces: Vec::new(),
        namespace: place.namespace.clone(),
        liveness: Liveness::Loading {
            read: 0,
            of: 0,
            kind: String::new(),
        },
        now: Timestamp::now(),
        lang,
    };
    let connected = tokio::time::timeout(CONNECTED_WITHIN, entry.cluster()).await;
    let failure = match connected {
        Ok(Ok(cluster)) => {
            let viewing = cluster.look();
            let mut sight = cluster.sight_within(FIRST_SIGHT).await;
            let grant = session.access.grant(entry.name());
            if let Some(grant) = grant {
                let cuts = session.doors.cuts();
                sight = cuts.cut(entry.name(), grant, sight).await;
            }
            head.namespaces = namespaces(&sight.snapshot, grant);
            head.liveness = sight.liveness.clone();
            head.now = Timestamp::now();
            return Ok(Seen {
                connection: Some(match grant {
                    Some(grant) => grant.connection.clone(),
                    None => cluster.connection().clone(),
                }),
                sight: Some(sight),
                head,
                ready_command: entry.ready_command(),
                _viewing: Some(viewing),
            });
        }
        Ok(Err(error)) => said(&error),
        Err(_) => {
            let words = RefusalWords::of(lang);
            (words.not_connected)(entry.name(), CONNECTED_WITHIN.as_secs())
        }
    };
    head.liveness = Liveness::NotLive {
        since: None,
        error: failure,
        tries: 1,
        next_try: None,
    };
    Ok(Seen {
        connection: None,
        sight: None,
        head,
        ready_command: entry.ready_command(),
        _viewing: None,
    })
}

fn find(session: &Session, name: Option<&str>) -> Result<Arc<Entry>, PortalError> {
    if let Some(entry) = session.doors.find(&session.access, name) {
        return Ok(entry);
    }
    let name = name.unwrap_or_default();
    bounded(session.lang(), Text::Cluster, name)?;
    Err(PortalError::NotFound {
        what: (RefusalWords::of(session.lang()).no_cluster)(name),
    })
}

/// The namespaces, or when they may not be listed, those that Pods were seen in and those
/// in which something is granted.
fn namespaces(snapshot: &Snapshot, grant: Option<&Grant>) -> Vec<String> {
    if snapshot.namespaces.reading("") == Reading::Known {
        let names = snapshot.namespaces.iter();
        return names
            .map(|namespace| namespace.meta.name.to_string())
            .collect();
    }
    let granted = grant
        .into_iter()
        .flat_map(|grant| grant.sees.namespaces.keys());
    let pods = snapshot.pods.iter().map(|pod| &pod.meta.namespace);
    let names: BTreeSet<_> = pods.chain(granted).collect();
    names.into_iter().map(ToString::to_string).collect()
}
