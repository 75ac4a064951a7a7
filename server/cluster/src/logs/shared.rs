use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{BoxStream, Fuse};
use podside_model::log::{LogEvent, SourceId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use super::answers::Answers;
use super::api::LogApi;
use super::batch::next_batch;
use super::pods::PodList;
use super::reader::Reader;
use super::recent::Recent;
use super::run::ContainerRun;
use super::target::LogTarget;
use crate::error::{Error, Result};
use crate::log::LogOptions;
use crate::log_line::LogLine;

/// Containers whose logs are followed at once, each by one request however many read it.
const MOST_FOLLOWED: usize = 512;

/// Requests at once for what is stored of logs that are followed.
const MOST_READS: usize = 256;

/// After how long a silence a log is followed anew for those who come. A little less than
/// the silence after which readers come again, see `follow`.
const STALE: Duration = Duration::from_secs(110);

/// How long a list of Pods or events counts as new. They are looked for every few seconds.
const LIST_FRESH_FOR: Duration = Duration::from_secs(2);

/// How long the state of a container counts as new.
const RUN_FRESH_FOR: Duration = Duration::from_millis(500);

/// Readers of one log up to which each line goes to them at once. With more of them a line
/// waits a moment for others, because it wakes every one of them.
const FEW_READERS: usize = 16;

/// How long it waits: little for who reads, and ten times a second for each of 500 readers
/// is enough for the server.
const GATHERED_WITHIN: Duration = Duration::from_millis(100);

/// Lines and bytes with which nothing more is waited for.
const GATHERED_LINES: usize = 256;
const GATHERED_BYTES: usize = 64 * 1024;

/// A cluster whose followed logs are read once for all who read them.
///
/// What is stored of a log each reader reads by itself, at its own pace; what is written
/// from then on comes through one request for all of them. It is for readers with the same
/// rights: a cluster that is asked with somebody's own credentials is another one.
///
/// Cheap to clone; a log is followed as long as anybody reads it.
#[derive(Debug)]
pub struct SharedLogs<A>(Arc<Inner<A>>);

#[derive(Debug)]
struct Inner<A> {
    api: A,
    followed: Mutex<HashMap<Log, Weak<Followed>>>,
    follows: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    pods: Answers<(String, Vec<LogTarget>), PodList>,
    events: Answers<String, Vec<LogEvent>>,
    runs: Answers<Log, ContainerRun>,
}

/// A container's log: its namespace and source.
type Log = (String, SourceId);

/// A log that is followed, as long as somebody holds this.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) recent: Arc<Recent>,
    task: AbortHandle,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<A> Clone for SharedLogs<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: LogApi> SharedLogs<A> {
    /// The cluster that `api` asks.
    pub fn new(api: A) -> Self {
        Self(Arc::new(Inner {
            api,
            followed: Mutex::default(),
            follows: Arc::new(Semaphore::new(MOST_FOLLOWED)),
            reads: Arc::new(Semaphore::new(MOST_READS)),
            pods: Answers::new(LIST_FRESH_FOR),
            events: Answers::new(LIST_FRESH_FOR),
            runs: Answers::new(RUN_FRESH_FOR),
        }))
    }

    /// The log, followed by somebody else already or from here on.
    fn follow(&self, log: &Log) -> Result<Arc<Followed>> {
        let mut followed = self
            .0
            .followed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = followed.get(log).and_then(Weak::upgrade)
            && !running.recent.is_over(STALE)
        {
            return Ok(running);
        }
        followed.retain(|_, followed| followed.strong_count() > 0);
        let free = Arc::clone(&self.0.follows).try_acquire_owned();
        let permit = free.map_err(|_| Error::HeldBack {
            reason: format!("{MOST_FOLLOWED} logs of this cluster are followed already"),
        })?;
        let recent = Arc::new(Recent::default());
        let task = tokio::spawn(pump(
            self.0.api.clone(),
            log.clone(),
            Arc::clone(&recent),
            Arc::downgrade(&self.0),
        ));
        let new = Arc::new(Followed {
            recent,
            task: task.abort_handle(),
            _permit: permit,
        });
        followed.insert(log.clone(), Arc::downgrade(&new));
        Ok(new)
    }
}

/// Reads what a log's container writes into `recent`, to the end of the request. The last
/// line that is stored comes first and tells that all that follows will come: kubelets
/// begin their answer only with a line.
async fn pump<A: LogApi>(api: A, log: Log, recent: Arc<Recent>, of: Weak<Inner<A>>) {
    let options = LogOptions {
        follow: true,
        tail_lines: Some(1),
        ..LogOptions::default()
    };
    let ended = match api.lines(&log.0, &log.1, &options).await {
        Ok(lines) => {
            let mut lines = lines.fuse();
            loop {
                let (batch, error) = gather(&mut lines, &recent).await;
                let is_end = batch.is_empty();
                if !is_end {
                    recent.push(batch).await;
                }
                if let Some(error) = error {
                    break Err(error);
                }
                if is_end {
                    break Ok(());
                }
            }
        }
        Err(error) => Err(error),
    };
    // Its end may mean that the container is in another state than was heard last.
    if let Some(inner) = of.upgrade() {
        inner.runs.forget(&log);
    }
    recent.end(ended);
}

/// Lines that are there, and with many readers those that come a moment later. Empty at
/// the end.
async fn gather(
    lines: &mut Fuse<BoxStream<'static, Result<LogLine>>>,
    recent: &Recent,
) -> (Vec<LogLine>, Option<Error>) {
    let (mut batch, mut error) = next_batch(lines).await;
    if recent.readers() <= FEW_READERS {
        return (batch, error);
    }
    let until = Instant::now() + GATHERED_WITHIN;
    let mut is_end = batch.is_empty();
    while !is_end
        && error.is_none()
        && batch.len() < GATHERED_LINES
        && batch.iter().map(|line| line.text.len()).sum::<usize>() < GATHERED_BYTES
        && let Ok((more, failed)) = timeout_at(until, next_batch(lines)).await
    {
        // The end is met again by the next call.
        is_end = more.is_empty();
        batch.extend(more);
        error = failed;
    }
    (batch, error)
}

impl<A: LogApi> LogApi for SharedLogs<A> {
    async fn lines(
        &self,
        namespace: &str,
        source: &SourceId,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        if !options.follow {
            return self.0.api.lines(namespace, source, options).await;
        }
        let log = (namespace.to_owned(), source.clone());
        let followed = self.follow(&log)?;
        let reads = Arc::clone(&self.0.reads);
        Reader::begin(self.0.api.clone(), log, options, followed, reads).await
    }

    async fn run(&self, namespace: &str, source: &SourceId) -> Result<ContainerRun> {
        let log = (namespace.to_owned(), source.clone());
        let (api, asked) = (self.0.api.clone(), log.clone());
        let ask = || async move { api.run(&asked.0, &asked.1).await };
        self.0.runs.get(log, ask).await
    }

    async fn pods(&self, namespace: &str, targets: &[LogTarget]) -> Result<PodList> {
        let whose = (namespace.to_owned(), targets.to_vec());
        let (api, asked) = (self.0.api.clone(), whose.clone());
        let ask = || async move { api.pods(&asked.0, &asked.1).await };
        self.0.pods.get(whose, ask).await
    }

    async fn events(&self, namespace: &str) -> Result<Vec<LogEvent>> {
        let namespace = namespace.to_owned();
        let (api, asked) = (self.0.api.clone(), namespace.clone());
        let ask = || async move { api.events(&asked).await };
        self.0.events.get(namespace, ask).await
    }
}
