//! One run of a source of credentials, shared by all who wait for it.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use kube::Config;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Held, Source, client, login_failed};
use crate::error::Result;

/// How long a source that failed is left alone, at least; longer where its failure took
/// longer, so that a plugin that opens a browser does not do it all the time.
const FAILED_PAUSE: Duration = Duration::from_secs(10);

/// One run of a source: what has come of it, or will.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) number: u64,
    /// Whether it had to be because of a refusal.
    pub(super) after_refusal: bool,
    /// What was had before and may still be used.
    before: Option<Held>,
    pub(super) ended: Shared<BoxFuture<'static, Ended>>,
}

impl Run {
    /// What has come of it, if it has ended.
    pub(super) fn outcome(&self) -> Option<Ended> {
        self.ended.clone().now_or_never()
    }

    /// What may be used while it goes on, so that nobody waits for what is not needed yet.
    pub(super) fn meanwhile(&self) -> Option<Held> {
        let before = self.before.clone().filter(Held::is_good)?;
        self.outcome().is_none().then_some(before)
    }
}

/// What has come of a run.
#[derive(Clone)]
pub(super) struct Ended {
    pub(super) held: Result<Held>,
    pub(super) at: Instant,
    /// When the source is to be asked again.
    again_at: Option<Instant>,
}

/// Why a source is asked.
pub(super) enum Why {
    /// Nothing was had, or what was had ends; it is still used where it is good and nothing
    /// else can be had.
    Due(Option<Held>),
    /// This was not accepted.
    Refused(Held),
}

/// What one run does.
pub(super) struct Job {
    pub(super) cluster: String,
    /// All of the connection but its credentials.
    pub(super) config: Arc<Config>,
    pub(super) source: Arc<dyn Source>,
    pub(super) number: u64,
    pub(super) why: Why,
}

impl Job {
    /// Begins it: a task that ends when nobody holds the run any more.
    pub(super) fn start(self) -> Run {
        let (before, after_refusal) = match &self.why {
            Why::Due(before) => (before.clone(), false),
            Why::Refused(_) => (None, true),
        };
        let (number, cluster) = (self.number, self.cluster.clone());
        let mut task = JoinSet::new();
        task.spawn(self.carry_out());
        let ended = async move {
            match task.join_next().await {
                Some(Ok(ended)) => ended,
                Some(Err(error)) => Ended::failed(&cluster, error.to_string()),
                None => Ended::failed(&cluster, "it was not tried".to_owned()),
            }
        };
        Run {
            number,
            after_refusal,
            before,
            ended: ended.boxed().shared(),
        }
    }

    async fn carry_out(self) -> Ended {
        let began = Instant::now();
        match self.held().await {
            Ok((held, again_in)) => {
                let at = Instant::now();
                Ended {
                    held: Ok(held),
                    at,
                    again_at: again_in.and_then(|wait| at.checked_add(wait)),
                }
            }
            Err(reason) => {
                let failed = Ended::failed(&self.cluster, reason);
                let again_at = failed.at.checked_add(FAILED_PAUSE.max(began.elapsed()));
                let held = match self.why {
                    Why::Due(Some(before)) if before.is_good() => {
                        tracing::warn!(cluster = self.cluster, "cannot have newer credentials");
                        Ok(Held {
                            number: self.number,
                            ..before
                        })
                    }
                    _ => failed.held,
                };
                Ended {
                    held,
                    again_at,
                    ..failed
                }
            }
        }
    }

    async fn held(&self) -> Result<(Held, Option<Duration>), String> {
        let given = self.source.fetch().await?;
        let before = match &self.why {
            Why::Due(before) => before.as_ref(),
            Why::Refused(before) => Some(before),
        };
        // The connections that stand go on where nothing has changed.
        let client = match before.filter(|held| held.credential.is_same(&given.credential)) {
            Some(same) => same.client.clone(),
            None => client::with(&self.config, &given.credential).await?,
        };
        let held = Held {
            number: self.number,
            good_until: given
                .good_for
                .and_then(|time| Instant::now().checked_add(time)),
            ..Held::new(client, given.credential)
        };
        Ok((held, given.again_in))
    }
}

impl Ended {
    pub(super) fn is_due(&self) -> bool {
        self.again_at.is_some_and(|at| at <= Instant::now())
    }

    fn failed(cluster: &str, reason: String) -> Self {
        let at = Instant::now();
        Self {
            held: Err(login_failed(cluster, reason)),
            at,
            again_at: Some(at),
        }
    }
}
