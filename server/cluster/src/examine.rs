//! From facts to a diagnosis: the rules judge, what they want beside the facts is
//! fetched, and they judge again.

use std::collections::BTreeSet;
use std::sync::Arc;

use podside_diagnosis::Want;
use podside_diagnosis::judge::Judge;
use podside_diagnosis::snapshot::{LogOf, Snapshot};
use podside_model::{Diagnosis, Message};

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::log_tail::LogTails;

/// How often what is wanted is fetched for one diagnosis. A rule may want a second
/// log because of what the first one says.
const MOST_ROUNDS: usize = 3;

/// A diagnosis and the facts that it was made of.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The facts, with the logs that were fetched.
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
        Examiner::default().examine(self, snapshot).await
    }
}

/// Judges the snapshots of one cluster, one after the other: with the tails of logs that
/// were fetched before, and looking again only at what changed.
#[derive(Debug, Default)]
pub(crate) struct Examiner {
    judge: Judge,
    tails: LogTails,
}

impl Examiner {
    /// Judges a snapshot with the tails that are here, fetching those that are not.
    pub(crate) async fn examine(
        &mut self,
        connection: &Connection,
        mut snapshot: Snapshot,
    ) -> Result<Examined> {
        self.tails.fill(&mut snapshot);
        let mut round = 1;
        loop {
            let (judged, wanted) = self.judge_apart(snapshot).await?;
            let rounds_left = round < MOST_ROUNDS && !wanted.is_empty();
            let fetches =
                rounds_left && self.tails.fetch(connection, &judged.snapshot, wanted).await;
            if !fetches {
                return Ok(judged);
            }
            snapshot = Snapshot::clone(&judged.snapshot);
            self.tails.fill(&mut snapshot);
            round += 1;
        }
    }

    /// Judges on a thread of its own: a large cluster takes longer than a task may hold
    /// its thread. A judge that fails, or is not waited for, is lost with what it
    /// remembers; the next one begins anew.
    async fn judge_apart(&mut self, snapshot: Snapshot) -> Result<(Examined, BTreeSet<LogOf>)> {
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
        let wanted = judgement.wants.into_iter().filter_map(|want| match want {
            Want::Log(of) => Some(of),
            // Secrets are listed with their keys' names wherever they may be read.
            Want::SecretKeys { .. } => None,
        });
        let wanted = wanted.collect();
        let examined = Examined {
            snapshot,
            diagnosis: Arc::new(judgement.diagnosis),
        };
        Ok((examined, wanted))
    }
}
