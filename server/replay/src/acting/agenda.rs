//! What is still to come of what was done: a node takes up a Pod, its containers start and
//! end, its time is over.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{container, create, delete};
use crate::{cluster::Cluster, store::Key};

/// What is to happen, and when.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    turns: Mutex<Turns>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Turns {
    /// By time, and in the order in which they were planned.
    planned: BTreeMap<(Instant, u64), Turn>,
    count: u64,
}

/// Something that happens to a Pod, if it is still the same one.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) pod: Key,
    pub(super) uid: String,
    pub(super) what: What,
}

/// What happens.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A node takes it up.
    Schedule,
    /// Its containers start, or do not.
    Start,
    /// One of its containers ends with this exit code.
    End { container: String, exit_code: i32 },
    /// It may not run any longer.
    Deadline,
    /// Its processes have ended after it was deleted.
    Remove,
    /// A container that was added is taken up by the node.
    TakeUp { container: String },
    /// A container that was added starts, or does not.
    StartAdded { container: String },
    /// A container that was added ends with this exit code.
    EndAdded { container: String, exit_code: i32 },
}

impl Agenda {
    /// Lets something happen after a while.
    pub(super) fn plan(&self, after: Duration, turn: Turn) {
        let mut turns = self.turns();
        turns.count += 1;
        let number = turns.count;
        // Far beyond what anybody waits for, and what an instant can tell.
        let after = after.min(Duration::from_hours(24 * 365));
        turns.planned.insert((Instant::now() + after, number), turn);
        drop(turns);
        self.changed.notify_one();
    }

    fn next(&self) -> Option<Instant> {
        self.turns()
            .planned
            .first_key_value()
            .map(|((at, _), _)| *at)
    }

    fn due(&self) -> Option<Turn> {
        let mut turns = self.turns();
        let first = turns.planned.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets everything happen at its time, until the cluster stops.
pub(crate) async fn keep(cluster: Arc<Cluster>) {
    let agenda = &cluster.acting.agenda;
    loop {
        while let Some(turn) = agenda.due() {
            happen(&cluster, &turn);
        }
        let next = agenda.next();
        let waited = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = cluster.stopping.cancelled() => return,
            () = agenda.changed.notified() => {}
            () = waited => {}
        }
    }
}

fn happen(cluster: &Cluster, turn: &Turn) {
    match &turn.what {
        What::Schedule => create::schedule(cluster, turn),
        What::Start => create::start(cluster, turn),
        What::End {
            container,
            exit_code,
        } => create::end(cluster, turn, container, *exit_code),
        What::Deadline => create::deadline(cluster, turn),
        What::Remove => delete::remove(cluster, turn),
        What::TakeUp { container } => container::take_up(cluster, turn, container),
        What::StartAdded { container } => container::start(cluster, turn, container),
        What::EndAdded {
            container,
            exit_code,
        } => container::end(cluster, turn, container, *exit_code),
    }
}
