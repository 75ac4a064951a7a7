//! What rules want beside the facts: logs' last lines, Secrets' keys, objects of kinds that
//! nobody watches. Fetched a few at a time, and kept for as long as it is of what the facts
//! show.
//!
//! What is of an earlier run of a container, or an earlier version of a Secret, stands in
//! until the newer one is there ([`Wanted::fill_older`]), so that an answer does not come and
//! go with every restart.
//!
//! This is no effect of the [executor](crate::effects): an effect is one person's, who has a
//! few places, sees how far it is, may stop it, and gets its outcome as an entry. What is
//! wanted is of a diagnosis, which many look at and nobody asked for: a hundred for one
//! judgement, each as fresh as what it is of, a few at a time on one connection, all of it
//! dropped with the watch. In the executor it would take the places of people, and its ends
//! would be remembered for nobody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use podside_diagnosis::Want;
use podside_diagnosis::facts::{Fact, Other, Secret, Sharing, State, Str};
use podside_diagnosis::snapshot::{LogTail, Snapshot};
use podside_model::{ObjectRef, Why};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, timeout};

use crate::connection::Connection;
use crate::error::Error;
use crate::{log_tail, pointed, secret};

/// How many are fetched at once.
const AT_ONCE: usize = 4;

/// The most that are fetched for one judgement; the next one fetches more.
const MOST: usize = 100;

/// How long one may take.
const WITHIN: Duration = Duration::from_secs(5);

/// How long the log of a container that runs on is taken for its last lines, and a refusal
/// for an answer: rights are granted by hand.
const FRESH_FOR: Duration = Duration::from_mins(1);

/// How long what could not be fetched is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What was fetched, what is being fetched, and what waits for its turn.
#[derive(Debug)]
pub(crate) struct Wanted {
    connection: Connection,
    sharing: Arc<Sharing>,
    kept: BTreeMap<Want, Kept>,
    waiting: VecDeque<(Want, Of)>,
    under_way: JoinSet<Option<Answer>>,
    /// What each of those is for.
    fetches: Vec<(Id, Want, Of)>,
    /// What failed in a way that may pass, and when.
    failed: BTreeMap<Want, Instant>,
}

#[derive(Debug)]
struct Kept {
    of: Of,
    answer: Answer,
    fetched: Instant,
}

#[derive(Clone, Debug)]
enum Answer {
    Tail(LogTail),
    Keys(Result<Arc<Secret>, Why>),
    /// `None` where it does not exist, or may not be read.
    Object(Option<Arc<Other>>),
    /// None where the server has no such kind, or they may not be listed.
    Objects(Arc<[Arc<Other>]>),
}

/// What an answer is of, as the facts show it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    /// A run of a container: its Pod, how often it was restarted, whether it runs on.
    Run {
        uid: Str,
        restarts: u32,
        running: bool,
    },
    /// A version of a Secret.
    Version { uid: Str, version: Str },
    /// Whatever has the name: what points at it says no more.
    Name,
}

impl Wanted {
    /// Nothing yet. It is fetched through that connection.
    pub(crate) fn new(connection: Connection, sharing: Arc<Sharing>) -> Self {
        Self {
            connection,
            sharing,
            kept: BTreeMap::new(),
            waiting: VecDeque::new(),
            under_way: JoinSet::new(),
            fetches: Vec::new(),
            failed: BTreeMap::new(),
        }
    }

    /// Puts into a snapshot what is of the runs and versions that it shows.
    pub(crate) fn fill(&self, snapshot: &mut Snapshot) {
        for (want, kept) in &self.kept {
            if kept.is_fresh(want, snapshot) {
                kept.put(want, snapshot);
            }
        }
    }

    /// Puts into a snapshot what is of earlier runs and versions, where it is wanted. Tells
    /// whether there was any.
    pub(crate) fn fill_older(&self, snapshot: &mut Snapshot, wants: &BTreeSet<Want>) -> bool {
        let mut any = false;
        for want in wants {
            if let Some(kept) = self.kept.get(want).filter(|k| k.is_of(want, snapshot)) {
                kept.put(want, snapshot);
                any = true;
            }
        }
        any
    }

    /// Has fetched what is wanted and not here, in place of what still waits to be; forgets
    /// what is not wanted any more.
    pub(crate) fn ask(&mut self, snapshot: &Snapshot, wants: &BTreeSet<Want>) {
        self.kept.retain(|want, kept| {
            kept.is_of(want, snapshot) && (wants.contains(want) || kept.is_fresh(want, snapshot))
        });
        self.failed
            .retain(|want, at| wants.contains(want) && at.elapsed() < AGAIN_AFTER);
        let missing = wants.iter().filter_map(|want| {
            let kept = self.kept.get(want);
            let is_here = kept.is_some_and(|kept| kept.is_fresh(want, snapshot));
            let is_asked = self.fetches.iter().any(|(_, asked, _)| asked == want);
            let left_alone = is_here || is_asked || self.failed.contains_key(want);
            Some((want.clone(), of(want, snapshot).filter(|_| !left_alone)?))
        });
        self.waiting = missing.take(MOST).collect();
        self.begin();
    }

    /// How many are being fetched, or wait to be.
    pub(crate) fn awaited(&self) -> usize {
        self.waiting.len() + self.fetches.len()
    }

    /// Waits until one more is here or has failed; for ever where none is awaited.
    pub(crate) async fn arrived(&mut self) {
        let (id, answer) = match self.under_way.join_next_with_id().await {
            Some(Ok(ended)) => ended,
            Some(Err(error)) => (error.id(), None),
            None => return pending().await,
        };
        self.take(id, answer);
        self.begin();
    }

    /// Waits for all that is awaited. Tells whether any of it came.
    pub(crate) async fn all(&mut self) -> bool {
        let failed = self.failed.len();
        let awaited = self.awaited();
        while self.awaited() > 0 {
            self.arrived().await;
        }
        self.failed.len() - failed < awaited
    }

    fn take(&mut self, id: Id, answer: Option<Answer>) {
        let Some(at) = self.fetches.iter().position(|(fetch, ..)| *fetch == id) else {
            return;
        };
        let (_, want, of) = self.fetches.swap_remove(at);
        let fetched = Instant::now();
        match answer.filter(|answer| answer.is_of(&of)) {
            Some(answer) => {
                let kept = Kept {
                    of,
                    answer,
                    fetched,
                };
                self.kept.insert(want, kept);
            }
            // It is tried again. What stood in for it is too old by then.
            None => {
                self.kept.remove(&want);
                self.failed.insert(want, fetched);
            }
        }
    }

    fn begin(&mut self) {
        while self.fetches.len() < AT_ONCE
            && let Some((want, of)) = self.waiting.pop_front()
        {
            let fetch = fetch(
                self.connection.clone(),
                Arc::clone(&self.sharing),
                want.clone(),
            );
            let id = self.under_way.spawn(fetch).id();
            self.fetches.push((id, want, of));
        }
    }
}

impl Kept {
    /// Whether it is of the same Pod or Secret as a snapshot shows.
    fn is_of(&self, want: &Want, snapshot: &Snapshot) -> bool {
        of(want, snapshot).is_some_and(|of| of.uid() == self.of.uid())
    }

    /// Whether it is still what would be fetched.
    fn is_fresh(&self, want: &Want, snapshot: &Snapshot) -> bool {
        let Some(of) = of(want, snapshot) else {
            return false;
        };
        let is_read_since = match (&self.answer, &of) {
            (Answer::Keys(Ok(read)), Of::Version { uid, version }) => {
                read.meta.uid == *uid && read.version == *version
            }
            _ => false,
        };
        let passes = match (want, &of, &self.answer) {
            // Rights are granted, and an object that nobody watches changes unseen.
            (
                _,
                _,
                Answer::Tail(LogTail::Unreadable(Why::Denied))
                | Answer::Keys(Err(_))
                | Answer::Object(_)
                | Answer::Objects(_),
            ) => true,
            (Want::Log(log), Of::Run { running, .. }, _) => *running && !log.previous,
            _ => false,
        };
        (of == self.of || is_read_since) && (!passes || self.fetched.elapsed() < FRESH_FOR)
    }

    fn put(&self, want: &Want, snapshot: &mut Snapshot) {
        match (want, &self.answer) {
            (Want::Log(of), Answer::Tail(tail)) => snapshot.insert_log(of.clone(), tail.clone()),
            (Want::SecretKeys { namespace, name }, Answer::Keys(keys)) => {
                let Some(secret) = snapshot.secrets.get(namespace, name) else {
                    return;
                };
                let secret = match keys {
                    Ok(read) => secret.with_keys(read),
                    Err(why) => secret.without_keys(*why),
                };
                snapshot.insert(Fact::Secret(Arc::new(secret)));
            }
            (_, Answer::Object(Some(other))) => snapshot.insert(Fact::Other(Arc::clone(other))),
            (_, Answer::Objects(others)) => {
                for other in others.iter() {
                    snapshot.insert(Fact::Other(Arc::clone(other)));
                }
            }
            _ => {}
        }
    }
}

impl Answer {
    /// Whether it is of what was asked for: a Secret may have been made anew meanwhile.
    fn is_of(&self, of: &Of) -> bool {
        match self {
            Self::Keys(Ok(read)) => of.uid() == Some(&read.meta.uid),
            Self::Keys(Err(_)) | Self::Tail(_) | Self::Object(_) | Self::Objects(_) => true,
        }
    }
}

impl Of {
    fn uid(&self) -> Option<&Str> {
        match self {
            Self::Run { uid, .. } | Self::Version { uid, .. } => Some(uid),
            Self::Name => None,
        }
    }
}

/// What a want is of; `None` when there is no such thing.
fn of(want: &Want, snapshot: &Snapshot) -> Option<Of> {
    match want {
        Want::Log(of) => {
            let pod = snapshot.pods.get(&of.namespace, &of.pod)?;
            let status = pod.statuses.iter().find(|s| s.name == of.container);
            Some(Of::Run {
                uid: pod.meta.uid.clone(),
                restarts: status.map_or(0, |s| s.restarts),
                running: status.is_some_and(|s| matches!(s.state, State::Running { .. })),
            })
        }
        Want::SecretKeys { namespace, name } => {
            let secret = snapshot.secrets.get(namespace, name)?;
            Some(Of::Version {
                uid: secret.meta.uid.clone(),
                version: secret.version.clone(),
            })
        }
        Want::Object(_) | Want::Objects { .. } => Some(Of::Name),
    }
}

/// What is wanted, or why it cannot be had; `None` when it may be there the next time.
async fn fetch(connection: Connection, sharing: Arc<Sharing>, want: Want) -> Option<Answer> {
    let read = timeout(WITHIN, async {
        match &want {
            Want::Log(of) => log_tail::read(&connection, of).await.map(Answer::Tail),
            Want::SecretKeys { namespace, name } => {
                let read = secret::read(&connection, namespace, name, &sharing).await;
                read.map(|secret| Answer::Keys(Ok(secret)))
            }
            Want::Object(object) => {
                let read = pointed::read(&connection, object, &sharing).await;
                read.map(|other| Answer::Object(Some(other)))
            }
            Want::Objects {
                kind,
                group,
                namespace,
            } => {
                let kind = ObjectRef::cluster(kind, "").in_group(group);
                let read = pointed::read_all(&connection, &kind, namespace, &sharing).await;
                read.map(|others| Answer::Objects(others.into()))
            }
        }
    });
    let error = match read.await {
        Ok(Ok(answer)) => return Some(answer),
        Ok(Err(error)) => error,
        Err(_) => return None,
    };
    match (&want, &error) {
        (Want::Log(_), Error::Denied { .. }) => Some(unreadable(Why::Denied)),
        (Want::Log(_), Error::NotFound { .. }) => Some(unreadable(Why::NotRecorded)),
        // The kubelet's answer for a run whose log is gone, or that never was.
        (Want::Log(_), Error::Refused { code: 400, .. }) => Some(unreadable(Why::Expired)),
        (Want::SecretKeys { .. }, Error::Denied { .. }) => Some(Answer::Keys(Err(Why::Denied))),
        (Want::Object(_), Error::Denied { .. } | Error::NotFound { .. } | Error::NoKind { .. }) => {
            Some(Answer::Object(None))
        }
        (
            Want::Objects { .. },
            Error::Denied { .. } | Error::NotFound { .. } | Error::NoKind { .. },
        ) => Some(Answer::Objects(Arc::default())),
        // A Secret that is gone, its watch tells of.
        _ => {
            tracing::debug!(%error, ?want, "what a rule wants cannot be read now");
            None
        }
    }
}

const fn unreadable(why: Why) -> Answer {
    Answer::Tail(LogTail::Unreadable(why))
}
