//! The last lines of containers' logs, fetched because a rule wants them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use podside_diagnosis::facts::{State, Str};
use podside_diagnosis::snapshot::{LogOf, LogTail, MOST_LINES, Snapshot};
use podside_model::Why;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::log::LogOptions;

/// How many logs are fetched at once.
const AT_ONCE: usize = 4;

/// The most logs that are fetched for one judgement; the next one fetches more.
const MOST_LOGS: usize = 100;

/// The most bytes that are read of one tail.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// How long one tail may take.
const WITHIN: Duration = Duration::from_secs(5);

/// How long the log of a container that runs on is taken for its last lines.
const FRESH_FOR: Duration = Duration::from_mins(1);

/// The tails that were fetched, each with the run of the container it is of.
#[derive(Debug, Default)]
pub(crate) struct LogTails {
    kept: BTreeMap<LogOf, Kept>,
}

#[derive(Debug)]
struct Kept {
    run: Run,
    tail: LogTail,
    fetched: Instant,
}

/// Which run of a container: its Pod, how often it was restarted, whether it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    uid: Str,
    restarts: u32,
    running: bool,
}

impl LogTails {
    /// Puts those tails into a snapshot that are still of the runs it shows, and
    /// forgets the others.
    pub(crate) fn fill(&mut self, snapshot: &mut Snapshot) {
        self.kept.retain(|of, kept| {
            let same = run_of(snapshot, of).is_some_and(|run| run == kept.run);
            same && (!kept.run.running || of.previous || kept.fetched.elapsed() < FRESH_FOR)
        });
        let tails = self.kept.iter();
        snapshot.set_logs(
            tails
                .map(|(of, kept)| (of.clone(), kept.tail.clone()))
                .collect(),
        );
    }

    /// Fetches the tails that are wanted and not here. Tells whether any was.
    pub(crate) async fn fetch(
        &mut self,
        connection: &Connection,
        snapshot: &Snapshot,
        wanted: BTreeSet<LogOf>,
    ) -> bool {
        let missing: Vec<(LogOf, Run)> = wanted
            .into_iter()
            .filter(|of| !self.kept.contains_key(of))
            .filter_map(|of| run_of(snapshot, &of).map(|run| (of, run)))
            .take(MOST_LOGS)
            .collect();
        let fetched: Vec<_> = stream::iter(missing)
            .map(|(of, run)| async move {
                let tail = tail(connection, &of).await;
                (of, run, tail)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut any = false;
        for (of, run, tail) in fetched {
            // A failure that may pass is not an answer; it is tried again the next time.
            if let Some(tail) = tail {
                let fetched = Instant::now();
                self.kept.insert(of, Kept { run, tail, fetched });
                any = true;
            }
        }
        any
    }
}

fn run_of(snapshot: &Snapshot, of: &LogOf) -> Option<Run> {
    let pod = snapshot.pods.get(&of.namespace, &of.pod)?;
    let status = pod.statuses.iter().find(|s| s.name == of.container);
    Some(Run {
        uid: pod.meta.uid.clone(),
        restarts: status.map_or(0, |s| s.restarts),
        running: status.is_some_and(|s| matches!(s.state, State::Running { .. })),
    })
}

/// The tail, or why there is none; `None` when it may be there the next time.
async fn tail(connection: &Connection, of: &LogOf) -> Option<LogTail> {
    let read = tokio::time::timeout(WITHIN, read(connection, of)).await;
    match read {
        Ok(Ok(tail)) => Some(tail),
        Ok(Err(Error::Denied { .. })) => Some(LogTail::Unreadable(Why::Denied)),
        Ok(Err(Error::NotFound { .. })) => Some(LogTail::Unreadable(Why::NotRecorded)),
        // The kubelet's answer for a run whose log is gone, or that never was.
        Ok(Err(Error::Refused { code: 400, .. })) => Some(LogTail::Unreadable(Why::Expired)),
        Ok(Err(error)) => {
            tracing::debug!(%error, pod = %of.pod, "a log cannot be read now");
            None
        }
        Err(_) => None,
    }
}

async fn read(connection: &Connection, of: &LogOf) -> Result<LogTail> {
    let options = LogOptions {
        previous: of.previous,
        tail_lines: u32::try_from(MOST_LINES).ok(),
        ..LogOptions::default()
    };
    let mut lines = connection
        .logs(&of.namespace, &of.pod, &of.container, &options)
        .await?;
    let mut kept = VecDeque::new();
    let mut bytes = 0;
    while let Some(line) = lines.next().await {
        let line = line?;
        bytes += line.text.len();
        if bytes > MOST_BYTES {
            break;
        }
        let text = line.plain();
        if text.trim().is_empty() {
            continue;
        }
        if kept.len() == MOST_LINES {
            kept.pop_front();
        }
        kept.push_back((line.at, text));
    }
    let lines = kept.iter().map(|(at, text)| (*at, text.as_str()));
    Ok(LogTail::of(lines))
}
