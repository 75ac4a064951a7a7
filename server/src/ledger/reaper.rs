//! Comparing what the store says was created with what is in the clusters, again and again.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use podside_cluster::Connection;
use podside_cluster::acting::{Leftovers, NotDone, OwnPod};
use podside_store::{Creation, CreationNote, CreationState};
use tokio::time::{Instant, sleep, timeout};

use super::ending::{delete, ended, seen};
use super::{Ledger, is_settled, said};
use crate::session::Session;
use crate::streams::Stopping;

/// The time between two looks, give or take a quarter, so that several Podsides do not ask a
/// cluster at the same moment.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How long what should be there is not looked at, and how long nobody looks for what no
/// store knows: to find that takes a list of all Pods.
const NOW_AND_THEN: Duration = Duration::from_mins(10);

/// How much later than its deadline a Pod is taken away that this Podside did not create. The
/// one that did comes first, and the clocks of two machines differ.
const OF_OTHERS: Duration = Duration::from_mins(5);

/// How long one look at one cluster may take. What is left then comes first the next time.
const ONE_LOOK: Duration = Duration::from_mins(2);

/// How many clusters are looked at at once.
const AT_ONCE: usize = 4;

/// Takes away whose time is over, and closes what is not there any more.
#[derive(Debug)]
pub(crate) struct Reaper {
    session: Session,
    /// When it was last looked for what no store knows, by cluster.
    looked_for: BTreeMap<String, Instant>,
}

impl Reaper {
    /// Of Podside's own [session](crate::session::Doors::own_session): nobody has to look at a
    /// page for what is left to go.
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            looked_for: BTreeMap::new(),
        }
    }

    /// Looks at the start and then every half a minute, until the server stops.
    pub(crate) async fn run(mut self, mut stopping: Stopping) {
        let looking = async {
            loop {
                self.look(Timestamp::now()).await;
                sleep(LOOK_EVERY.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
            }
        };
        // What is interrupted is done again at the next start.
        tokio::select! {
            () = looking => {}
            () = stopping.wait() => {}
        }
    }

    /// One look at every cluster in which something is left, and now and then at those that
    /// are connected to. No other cluster is connected to.
    pub(crate) async fn look(&mut self, now: Timestamp) {
        let rarely = now - NOW_AND_THEN;
        let kept = self.session.kept();
        let (to_look_at, left) = match tokio::join!(kept.left_to_look_at(now, rarely), kept.left())
        {
            (Ok(to_look_at), Ok(left)) => (to_look_at, left),
            (Err(error), _) | (_, Err(error)) => {
                tracing::warn!(%error, "what is left in the clusters cannot be looked up");
                return;
            }
        };
        let mut places: BTreeMap<String, Place> = BTreeMap::new();
        for creation in to_look_at {
            let cluster = creation.made.cluster.clone();
            places.entry(cluster).or_default().creations.push(creation);
        }
        let connected = self.session.connected();
        let with_some_left = left.iter().map(|it| &it.made.cluster);
        let moment = Instant::now();
        for cluster in connected.iter().chain(with_some_left) {
            let last = self.looked_for.get(cluster);
            if last.is_none_or(|last| moment.duration_since(*last) >= NOW_AND_THEN) {
                self.looked_for.insert(cluster.clone(), moment);
                places.entry(cluster.clone()).or_default().looks_for_others = true;
            }
        }
        let looks = places.into_iter().map(|(cluster, place)| {
            let look = look_at(&self.session, cluster.clone(), place, &left, now);
            async move {
                if timeout(ONE_LOOK, look).await.is_err() {
                    tracing::warn!(%cluster, "looking at what is left took too long");
                }
            }
        });
        stream::iter(looks)
            .buffer_unordered(AT_ONCE)
            .collect::<()>()
            .await;
    }
}

/// What is looked at in one cluster.
#[derive(Debug, Default)]
struct Place {
    creations: Vec<Creation>,
    looks_for_others: bool,
}

async fn look_at(
    session: &Session,
    cluster: String,
    place: Place,
    left: &[Creation],
    now: Timestamp,
) {
    let mut creations = place
        .creations
        .iter()
        .filter(|it| it.state != CreationState::Intended || is_settled(it.made.created_at, now));
    let connection = match Ledger::of(session).connection(&cluster).await {
        Ok(connection) => connection,
        Err(error) => return all_unchanged(session, creations, &error.to_string(), now).await,
    };
    while let Some(creation) = creations.next() {
        match look_at_one(&connection, creation, now).await {
            Ok(note) => keep(session, creation, note, now).await,
            Err(error) => {
                let why = said(&error);
                tracing::warn!(%cluster, creation = %creation.id, error = %why, "it is not taken away");
                unchanged(session, creation, &why, now).await;
                // Who does not answer is not asked for the others, too.
                if matches!(error, NotDone::Failed(_) | NotDone::TimedOut { .. }) {
                    return all_unchanged(session, creations, &why, now).await;
                }
            }
        }
    }
    if place.looks_for_others {
        look_for_others(&connection, &cluster, left, now).await;
    }
}

/// What becomes of one: it goes when its time is over.
async fn look_at_one(
    connection: &Connection,
    creation: &Creation,
    now: Timestamp,
) -> Result<CreationNote, NotDone> {
    if creation.is_due(now) || creation.state == CreationState::Going {
        return ended(connection, creation).await;
    }
    let note = seen(connection, creation).await?;
    Ok(match note {
        // Somebody tried to end it before its time, and it goes on.
        CreationNote::There { .. } if creation.state == CreationState::Stays => {
            CreationNote::Unchanged(creation.error.clone().unwrap_or_default())
        }
        note => note,
    })
}

async fn keep(session: &Session, creation: &Creation, note: CreationNote, now: Timestamp) {
    if let CreationNote::Gone(_) = &note {
        let made = &creation.made;
        tracing::info!(cluster = %made.cluster, namespace = %made.namespace, pod = %made.pod, "gone");
    }
    Ledger::of(session).note(creation.id, now, note).await;
}

/// Keeps that nothing changed, and why. The same reason is not written at every look.
async fn unchanged(session: &Session, creation: &Creation, why: &str, now: Timestamp) {
    let is_new = creation.error.as_deref() != Some(why);
    let is_old = creation.looked_at.is_none_or(|at| at <= now - NOW_AND_THEN);
    if is_new || is_old {
        let note = CreationNote::Unchanged(why.to_owned());
        keep(session, creation, note, now).await;
    }
}

async fn all_unchanged<'a>(
    session: &Session,
    creations: impl Iterator<Item = &'a Creation>,
    why: &str,
    now: Timestamp,
) {
    for creation in creations {
        unchanged(session, creation, why, now).await;
    }
}

/// Takes away Pods with Podside's label that no store here knows, when the time is over that
/// they name themselves. Whoever created them may be at work in this cluster, too.
async fn look_for_others(
    connection: &Connection,
    cluster: &str,
    left: &[Creation],
    now: Timestamp,
) {
    let namespaces: Vec<String> = left
        .iter()
        .filter(|it| it.made.cluster == cluster)
        .map(|it| it.made.namespace.clone())
        .collect();
    let found = match connection.leftovers(&namespaces).await {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(%error, cluster, "Pods that nobody knows were not looked for");
            return;
        }
    };
    for pod in unknown(&found, left) {
        let ends = pod.mark.as_ref().map(|mark| mark.deadline + OF_OTHERS);
        if ends.is_none_or(|ends| now < ends) {
            continue;
        }
        match delete(connection, &pod.id).await {
            Ok(_) => {
                tracing::info!(cluster, namespace = %pod.id.namespace, pod = %pod.id.name, "took away what was left");
            }
            Err(error) => {
                tracing::warn!(%error, cluster, pod = %pod.id.name, "what was left stays");
            }
        }
    }
}

/// The Pods among those found that nothing of what is left is about.
pub(crate) fn unknown<'a>(
    found: &'a Leftovers,
    left: &'a [Creation],
) -> impl Iterator<Item = &'a OwnPod> {
    let is_known = |pod: &OwnPod| {
        left.iter().map(|it| &it.made).any(|made| match &made.uid {
            // Whatever its cluster is called: two names may be those of one.
            Some(uid) => *uid == pod.id.uid,
            None => (&made.namespace, &made.pod) == (&pod.id.namespace, &pod.id.name),
        })
    };
    found.pods.iter().filter(move |pod| !is_known(pod))
}
