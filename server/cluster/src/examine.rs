//! From facts to a diagnosis: the rules judge, what they want beside the facts is
//! fetched, and they judge again.

use std::collections::BTreeSet;
use std::sync::Arc;

use podside_diagnosis::Want;
use podside_diagnosis::facts::Sharing;
use podside_diagnosis::judge::Judge;
use podside_diagnosis::snapshot::Snapshot;
use podside_model::{Diagnosis, Message};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::wanted::Wanted;

/// How often a snapshot is judged. A rule may want a second log because of what the first
/// one says, and a Secret's keys because of what the second one does.
const MOST_ROUNDS: usize = 4;

/// A diagnosis and the facts that it was made of.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The facts, with the logs and Secrets' keys that were fetched.
    pub snapshot: Arc<Snapshot>,
    /// What the rules make of them.
    pub diagnosis: Arc<Diagnosis<Message>>,
}

impl Connection {
    /// Judges a snapshot, fetching what the rules want beside it.
    ///
    /// # Errors
    /// When a rule fails, which is a bug.
    pub async fn examine(&self, snapshot: Snapshot) -> Result<Examined> {
        let mut examiner = Examiner::new(self.clone(), Arc::default());
        examiner.examine(snapshot).await
    }
}

/// Judges the snapshots of one cluster, one after the other: with what was fetched before,
/// and looking again only at what changed.
#[derive(Debug)]
pub(crate) struct Examiner {
    judge: Judge,
    wanted: Wanted,
}

impl Examiner {
    /// One that has judged nothing yet, and fetches through that connection.
    pub(crate) fn new(connection: Connection, sharing: Arc<Sharing>) -> Self {
        Self {
            judge: Judge::default(),
            wanted: Wanted::new(connection, sharing),
        }
    }

    /// Judges a snapshot with all that the rules want, waiting for it.
    async fn examine(&mut self, mut snapshot: Snapshot) -> Result<Examined> {
        let mut round = 1;
        loop {
            self.wanted.fill(&mut snapshot);
            let (judged, wants) = self.judge_apart(snapshot).await?;
            if round == MOST_ROUNDS {
                return Ok(judged);
            }
            self.wanted.ask(&judged.snapshot, &wants);
            if !self.wanted.all().await {
                return Ok(judged);
            }
            snapshot = Snapshot::clone(&judged.snapshot);
            round += 1;
        }
    }

    /// Judges a snapshot with what is here of what the rules want, and has the rest fetched
    /// meanwhile: what depends on that is unknown until the next look.
    pub(crate) async fn look(&mut self, mut snapshot: Snapshot) -> Result<Examined> {
        self.wanted.fill(&mut snapshot);
        let (mut judged, mut wants) = self.judge_apart(snapshot).await?;
        let mut newly_wanted = wants.clone();
        for _ in 1..MOST_ROUNDS {
            let mut snapshot = Snapshot::clone(&judged.snapshot);
            if !self.wanted.fill_older(&mut snapshot, &newly_wanted) {
                break;
            }
            (judged, newly_wanted) = self.judge_apart(snapshot).await?;
            wants.extend(newly_wanted.iter().cloned());
        }
        self.wanted.ask(&judged.snapshot, &wants);
        Ok(judged)
    }

    /// How much of what the rules want is still being fetched.
    pub(crate) fn awaited(&self) -> usize {
        self.wanted.awaited()
    }

    /// Waits until more of it is here; for ever where nothing is being fetched.
    pub(crate) async fn arrived(&mut self) {
        self.wanted.arrived().await;
    }

    /// Judges on a thread of its own: a large cluster takes longer than a task may hold
    /// its thread. A judge that fails, or is not waited for, is lost with what it
    /// remembers; the next one begins anew.
    async fn judge_apart(&mut self, snapshot: Snapshot) -> Result<(Examined, BTreeSet<Want>)> {
        let snapshot = Arc::new(snapshot);
        let judged = Arc::clone(&snapshot);
        let mut judge = std::mem::take(&mut self.judge);
        let (judge, judgement) = tokio::task::spawn_blocking(move || {
            let judgement = judge.judge(&judged);
            (judge, judgement)
        })
        .await
        .map_err(|error| Error::RulesFailed {
            reason: error.to_string(),
        })?;
        self.judge = judge;
        let examined = Examined {
            snapshot,
            diagnosis: Arc::new(judgement.diagnosis),
        };
        Ok((examined, judgement.wants))
    }
}
