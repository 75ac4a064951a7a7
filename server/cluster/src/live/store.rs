//! The facts of one cluster and the states of its watches.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use podside_diagnosis::facts::{Fact, Kind, Sharing, Str};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_model::Why;
use tokio::sync::watch;

use super::{Sight, now};
use crate::error::Error;
use crate::health::{Fares, Health, Loss, Place};
use crate::list::Page;
use crate::scope::why_not;

/// Clocks that differ by less are the same: the `Date` header has whole seconds.
const SAME_CLOCK: SignedDuration = SignedDuration::from_secs(3);

/// The facts and the health, and a note that they changed.
#[derive(Debug)]
pub(crate) struct Store {
    held: Mutex<Held>,
    changed: watch::Sender<u64>,
    pub(crate) sharing: Arc<Sharing>,
}

#[derive(Debug)]
struct Held {
    snapshot: Arc<Snapshot>,
    health: Health,
    /// How far the API server's clock is ahead of ours.
    ahead: SignedDuration,
    /// When events were last listed whole: a list leaves out what was dropped before it.
    events_since: Option<Timestamp>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            held: Mutex::new(Held {
                snapshot: Arc::new(Snapshot::new(now())),
                health: Health::default(),
                ahead: SignedDuration::ZERO,
                events_since: None,
            }),
            changed: watch::Sender::new(0),
            sharing: Arc::default(),
        }
    }
}

impl Store {
    /// Notes of changes to the facts or the health.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// What is known, without a diagnosis.
    pub(crate) fn sight(&self) -> Sight {
        let held = self.held();
        Sight {
            snapshot: Arc::clone(&held.snapshot),
            diagnosis: None,
            awaited: 0,
            events_since: held.events_since,
            liveness: held.health.liveness(held.observed_at()),
        }
    }

    /// A copy of the facts to be judged, as of now; `None` while not every kind has
    /// been read.
    pub(crate) fn to_judge(&self) -> Option<Snapshot> {
        let held = self.held();
        held.health.is_complete().then(|| {
            let mut snapshot = Snapshot::clone(&held.snapshot);
            unread(&mut snapshot);
            // What is not live any more is judged as of when it was.
            snapshot.set_observed_at(match held.health.liveness(held.observed_at()) {
                podside_model::Liveness::NotLive {
                    since: Some(since), ..
                } => since.saturating_add(held.ahead).unwrap_or(since),
                _ => held.observed_at(),
            });
            snapshot
        })
    }

    /// The version that the API server says it is.
    pub(crate) fn set_version(&self, version: &str) {
        if **self.held().snapshot.server_version() != *version {
            self.change(|held| held.snapshot_mut().set_server_version(version));
        }
    }

    /// A watch is begun.
    pub(crate) fn begun(&self, place: &Place) {
        self.change(|held| held.health.set(place.clone(), Fares::Reading));
    }

    /// A list is complete: what was known of its place and the list leaves out is gone.
    pub(crate) fn listed(&self, place: &Place, page: Page<Fact>) {
        let there: HashSet<(Str, Str)> = page.items.iter().map(key).collect();
        let (kind, namespace) = (place.0, place.1.as_deref());
        self.change(|held| {
            if let Some(at) = page.at {
                let ahead = at.duration_since(now());
                held.ahead = if ahead.abs() < SAME_CLOCK {
                    SignedDuration::ZERO
                } else {
                    ahead
                };
            }
            let now = held.observed_at();
            let snapshot = held.snapshot_mut();
            let known = snapshot.facts_of(kind, namespace).into_iter();
            for gone in known.filter(|fact| !there.contains(&key(fact))) {
                snapshot.remove(&gone);
            }
            if kind == Kind::Event {
                snapshot.count_events_anew(namespace);
            }
            for fact in page.items {
                snapshot.insert(fact);
            }
            if kind == Kind::Event {
                snapshot.forget_old_events(now);
            }
            snapshot.set_reading(kind, namespace, Reading::Known);
            if kind == Kind::Event {
                held.events_since = Some(now);
            }
            held.health.set(place.clone(), Fares::Live);
        });
    }

    pub(crate) fn live(&self, place: &Place) {
        self.change(|held| held.health.set(place.clone(), Fares::Live));
    }

    pub(crate) fn put(&self, fact: Fact) {
        self.change(|held| held.snapshot_mut().insert(fact));
    }

    pub(crate) fn removed(&self, fact: &Fact) {
        self.change(|held| {
            held.snapshot_mut().remove(fact);
        });
    }

    /// The API server refuses it: what was known of it is not known any more. Of a kind that
    /// it does not serve it is known that there is none.
    pub(crate) fn refused(&self, place: &Place, error: &Error) {
        let why = why_not(error).unwrap_or(Why::NotSeen);
        let (reading, fares) = match (error, why) {
            (Error::NoKind { .. }, _) => (Reading::Known, Fares::NotServed),
            (Error::KindUnread { .. }, _) => (Reading::Unknown(why), Fares::NotServed),
            (_, Why::Denied) => (Reading::Unknown(why), Fares::Refused),
            _ => {
                let error = error.to_string();
                (Reading::Unknown(why), Fares::Absent { error })
            }
        };
        self.change(|held| {
            let (kind, namespace) = place;
            let snapshot = held.snapshot_mut();
            for fact in snapshot.facts_of(*kind, namespace.as_deref()) {
                snapshot.remove(&fact);
            }
            snapshot.set_reading(*kind, namespace.as_deref(), reading);
            held.health.set(place.clone(), fares);
        });
    }

    pub(crate) fn lost(&self, place: &Place, error: &Error, loss: Loss) {
        tracing::debug!(kind = place.0.name(), namespace = ?place.1, %error, "a watch is lost");
        self.change(|held| {
            let was_read = held.health.lost(place.clone(), now(), loss);
            if !was_read {
                let (kind, namespace) = place;
                let unread = Reading::Unknown(Why::NotSeen);
                let snapshot = held.snapshot_mut();
                snapshot.set_reading(*kind, namespace.as_deref(), unread);
            }
        });
    }

    /// The API server gave no sign of life.
    pub(crate) fn silent(&self, error: &Error) {
        self.change(|held| held.health.silent(now(), error.to_string()));
    }

    /// It gave one.
    pub(crate) fn heard(&self) {
        if self.held().health.is_silent() {
            self.change(|held| held.health.heard());
        }
    }

    /// A watch is not needed: its kind is read one namespace at a time.
    pub(crate) fn replaced(&self, place: &Place) {
        self.change(|held| held.health.forget(place));
    }

    /// Events that are too old are forgotten, in case the API server keeps them.
    pub(crate) fn forget_old_events(&self) {
        let held = &mut *self.held();
        let now = held.observed_at();
        held.snapshot_mut().forget_old_events(now);
    }

    /// Nobody looks: the facts are forgotten.
    pub(crate) fn clear(&self) {
        self.change(|held| {
            held.snapshot = Arc::new(Snapshot::new(now()));
            held.health.clear();
        });
        self.sharing.forget_unused();
    }

    fn change(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.held());
        self.changed
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// The facts, to be changed. They are copied when a page still shows them.
    fn snapshot_mut(&mut self) -> &mut Snapshot {
        Arc::make_mut(&mut self.snapshot)
    }

    /// The API server's clock now.
    fn observed_at(&self) -> Timestamp {
        let now = now();
        now.saturating_add(self.ahead).unwrap_or(now)
    }
}

/// Says of what nobody has read that it was not: nothing that is judged is silently empty.
fn unread(snapshot: &mut Snapshot) {
    let not_yet: Vec<_> = snapshot
        .readings()
        .into_iter()
        .filter(|(_, _, reading)| *reading == Reading::NotYet)
        .map(|(kind, namespace, _)| (kind, namespace.cloned()))
        .collect();
    for (kind, namespace) in not_yet {
        let unread = Reading::Unknown(Why::NotSeen);
        snapshot.set_reading(kind, namespace.as_deref(), unread);
    }
}

fn key(fact: &Fact) -> (Str, Str) {
    let meta = fact.meta();
    (Str::clone(&meta.namespace), Str::clone(&meta.name))
}
