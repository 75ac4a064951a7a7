//! What somebody sees when they look at a place: the sight of a cluster, and the head of
//! their page.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use podside_app::{Place, PortalError, RefusalWords, Viewer};
use podside_cluster::{Cluster, Sight, Viewing};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_model::view::ChartHead;
use podside_model::{Lang, Liveness};

use crate::bounds::{Text, bounded, bounded_if};
use crate::clusters::{Clusters, Entry, said};

/// How long a page waits for a cluster that nobody has looked at. What takes longer is
/// shown as loading.
const FIRST_SIGHT: Duration = Duration::from_secs(2);

/// How long a page waits for the connection to a cluster to be made.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);

/// What is seen at a place.
pub(crate) struct Seen {
    /// The cluster, when it could be connected to.
    pub(crate) cluster: Option<Cluster>,
    /// The facts and what the rules make of them.
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
    pub(crate) fn nothing(
        clusters: &Clusters,
        viewer: &Viewer,
        place: &Place,
        why: String,
    ) -> Self {
        Self {
            cluster: None,
            sight: None,
            head: ChartHead {
                clusters: clusters.names(),
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
                lang: viewer.lang,
            },
            ready_command: None,
            _viewing: None,
        }
    }
}

/// Looks at a place. A cluster that cannot be reached is seen as not live.
pub(crate) async fn look(
    clusters: &Clusters,
    viewer: &Viewer,
    place: &Place,
) -> Result<Seen, PortalError> {
    bounded_if(viewer.lang, Text::Namespace, place.namespace.as_deref())?;
    let entry = find(clusters, viewer.lang, place.cluster.as_deref())?;
    let mut head = ChartHead {
        clusters: clusters.names(),
        cluster: entry.name().to_owned(),
        namespaces: Vec::new(),
        namespace: place.namespace.clone(),
        liveness: Liveness::Loading {
            read: 0,
            of: 0,
            kind: String::new(),
        },
        now: Timestamp::now(),
        lang: viewer.lang,
    };
    let connected = tokio::time::timeout(CONNECTED_WITHIN, entry.cluster()).await;
    let failure = match connected {
        Ok(Ok(cluster)) => {
            let viewing = cluster.look();
            let sight = cluster.sight_within(FIRST_SIGHT).await;
            head.namespaces = namespaces(&sight.snapshot);
            head.liveness = sight.liveness.clone();
            head.now = Timestamp::now();
            return Ok(Seen {
                cluster: Some(cluster.clone()),
                sight: Some(sight),
                head,
                ready_command: entry.ready_command(),
                _viewing: Some(viewing),
            });
        }
        Ok(Err(error)) => said(&error),
        Err(_) => {
            let words = RefusalWords::of(viewer.lang);
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
        cluster: None,
        sight: None,
        head,
        ready_command: entry.ready_command(),
        _viewing: None,
    })
}

fn find(clusters: &Clusters, lang: Lang, name: Option<&str>) -> Result<Arc<Entry>, PortalError> {
    if let Some(entry) = clusters.find(name) {
        return Ok(entry);
    }
    let name = name.unwrap_or_default();
    bounded(lang, Text::Cluster, name)?;
    Err(PortalError::NotFound {
        what: (RefusalWords::of(lang).no_cluster)(name),
    })
}

/// The namespaces, or when they may not be listed, those that Pods were seen in.
fn namespaces(snapshot: &Snapshot) -> Vec<String> {
    if snapshot.namespaces.reading("") == Reading::Known {
        let names = snapshot.namespaces.iter();
        return names
            .map(|namespace| namespace.meta.name.to_string())
            .collect();
    }
    let names: BTreeSet<_> = snapshot
        .pods
        .iter()
        .map(|pod| &pod.meta.namespace)
        .collect();
    names.into_iter().map(ToString::to_string).collect()
}
