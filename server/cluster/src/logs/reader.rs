use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, BoxStream, Fuse};
use jiff::Timestamp;
use podside_model::log::{Seen, SourceId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::api::LogApi;
use super::batch::next_batch;
use super::recent::{Recent, Taken};
use super::repeats::Repeats;
use super::shared::Followed;
use crate::error::{Error, Result};
use crate::log::LogOptions;
use crate::log_line::LogLine;

/// Times of lines that are kept to recognise them where the stored log meets what is
/// written, 1 MiB.
const MAX_TIMES: usize = 65_536;

/// How long to wait for the first word of the shared request before the stored log is
/// read without it. A log without a line gives none.
const FIRST_WORD_WITHIN: Duration = Duration::from_millis(500);

/// How long to wait for the turn to read the stored log.
const TURN_WITHIN: Duration = Duration::from_secs(10);

/// How much later than all that was read by itself a line is, in nanoseconds, when no
/// line after it can be one of those: more than stdout and stderr of one container are
/// ever out of order.
const SURELY_NEW: i64 = 2_000_000_000;

/// One who reads a log that several follow: first what is stored, by itself, then what
/// is written, with the others.
///
/// No line is lost in between, because the place among what is written is taken before
/// the stored log is read. None comes twice: the line before that place is looked for in
/// the stored log, and as many as stand after it there are those that both have. Where it
/// is not found, as with a short tail, they are recognised by their times.
pub(super) struct Reader<A> {
    api: A,
    namespace: String,
    source: SourceId,
    options: LogOptions,
    reads: Arc<Semaphore>,
    place: Place,
    seen: Seen,
    step: Step,
}

enum Step {
    /// The stored log is to be read, from where it was read before.
    Again,
    Stored {
        lines: Fuse<BoxStream<'static, Result<LogLine>>>,
        repeats: Option<Repeats>,
        /// The line before those that will come from the others; `None` when it is not
        /// known that all that is written after these will come from there.
        before: Option<Arc<LogLine>>,
        /// How many lines were stored after that one, if it was met.
        after: Option<u64>,
        _turn: OwnedSemaphorePermit,
    },
    Written {
        /// Lines that were stored too.
        skip: u64,
        /// The times of those that may have been.
        repeats: Option<Repeats>,
    },
    /// It ends with this error.
    Broken(Error),
    Over,
}

/// A place among those who take what is written.
struct Place {
    followed: Arc<Followed>,
    number: u64,
}

impl Place {
    fn recent(&self) -> &Recent {
        &self.followed.recent
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.recent().remove_reader(self.number);
    }
}

impl<A: LogApi> Reader<A> {
    /// Begins to read a log as `options` say.
    ///
    /// # Errors
    /// Those of the request for what is stored; [`Error::HeldBack`] where too many read
    /// what is stored.
    pub(super) async fn begin(
        api: A,
        (namespace, source): (String, SourceId),
        options: &LogOptions,
        followed: Arc<Followed>,
        reads: Arc<Semaphore>,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        let number = followed.recent.add_reader();
        let place = Place { followed, number };
        let is_whole = LogOptions {
            follow: false,
            ..options.clone()
        } == LogOptions::default();
        let seen = if is_whole {
            Seen::from_beginning(MAX_TIMES)
        } else {
            Seen::new(MAX_TIMES)
        };
        let mut reader = Self {
            api,
            namespace,
            source,
            options: LogOptions {
                follow: false,
                ..options.clone()
            },
            reads,
            place,
            seen,
            step: Step::Again,
        };
        let first_word = reader.place.recent().begun();
        // Without it what is stored is read twice, but not later.
        let _ = tokio::time::timeout(FIRST_WORD_WITHIN, first_word).await;
        reader.read_stored().await?;
        let batches = stream::unfold(reader, |mut reader| async {
            let batch = reader.next().await?;
            Some((stream::iter(batch), reader))
        });
        Ok(batches.flatten().boxed())
    }

    async fn read_stored(&mut self) -> Result<()> {
        let turn = Arc::clone(&self.reads).acquire_owned();
        let Ok(Ok(turn)) = tokio::time::timeout(TURN_WITHIN, turn).await else {
            return Err(held_back("many logs are being read from their beginning"));
        };
        let before = self.place.recent().begin(self.place.number);
        let floor = self.seen.floor().filter(|floor| *floor > i64::MIN);
        let options = match floor {
            // Whole seconds, rounded down: what comes again is recognised.
            Some(floor) => LogOptions {
                since_time: Timestamp::from_second(floor.div_euclid(1_000_000_000)).ok(),
                ..LogOptions::default()
            },
            None => self.options.clone(),
        };
        let lines = self
            .api
            .lines(&self.namespace, &self.source, &options)
            .await?;
        self.step = Step::Stored {
            lines: lines.fuse(),
            repeats: floor.map(|_| Repeats::of(&self.seen)),
            before,
            after: None,
            _turn: turn,
        };
        Ok(())
    }

    /// What comes next; `None` at the end.
    async fn next(&mut self) -> Option<Vec<Result<LogLine>>> {
        loop {
            let lines = match &mut self.step {
                Step::Again => {
                    if let Err(error) = self.read_stored().await {
                        self.step = Step::Broken(error);
                    }
                    continue;
                }
                Step::Stored { .. } => self.stored().await,
                Step::Written { .. } => self.written().await,
                Step::Broken(error) => {
                    let error = error.clone();
                    self.step = Step::Over;
                    return Some(vec![Err(error)]);
                }
                Step::Over => return None,
            };
            if !lines.is_empty() {
                return Some(lines.into_iter().map(Ok).collect());
            }
        }
    }

    async fn stored(&mut self) -> Vec<LogLine> {
        let Step::Stored {
            lines,
            repeats,
            before,
            after,
            ..
        } = &mut self.step
        else {
            return Vec::new();
        };
        let (mut batch, error) = next_batch(lines).await;
        let is_end = batch.is_empty();
        batch.retain(|line| {
            // The last one that is the same: at worst a line comes twice, and none is lost.
            let is_before = before.as_deref() == Some(line);
            *after = if is_before {
                Some(0)
            } else {
                after.map(|n| n + 1)
            };
            let Some(time) = time(line) else {
                return true;
            };
            let is_repeat = repeats.as_mut().is_some_and(|r| r.is_repeat(time));
            if !is_repeat {
                self.seen.record(time);
            }
            !is_repeat
        });
        if let Some(error) = error {
            self.step = Step::Broken(error);
        } else if is_end && repeats.as_ref().is_some_and(Repeats::maybe_missing) {
            self.step = Step::Broken(held_back("the log was rotated while it was read"));
        } else if is_end {
            let (joins, after) = (before.is_some(), *after);
            self.join(joins, after).await;
        }
        batch
    }

    /// Goes on with the others where that leaves no hole; else reads what is stored again,
    /// from where it was read.
    async fn join(&mut self, joins: bool, after: Option<u64>) {
        // The turn is for those who read.
        self.step = Step::Again;
        let recent = self.place.recent();
        if !joins {
            recent.begun().await;
        }
        // Of a request that ended without a line the reader is told that it ended.
        let is_silent = !recent.has_begun();
        if is_silent || (joins && !recent.is_behind(self.place.number)) {
            let by_time = after.is_none() && self.seen.newest().is_some();
            self.step = Step::Written {
                skip: after.unwrap_or(0),
                repeats: by_time.then(|| Repeats::of(&self.seen)),
            };
        }
    }

    async fn written(&mut self) -> Vec<LogLine> {
        let taken = self.place.recent().take(self.place.number).await;
        let Step::Written { skip, repeats } = &mut self.step else {
            return Vec::new();
        };
        let newest = self.seen.newest().unwrap_or(i64::MIN);
        let mut fresh = Vec::new();
        match taken {
            Taken::Lines(lines) => {
                for line in lines {
                    if *skip > 0 {
                        *skip -= 1;
                        continue;
                    }
                    if let (Some(expected), Some(time)) = (repeats.as_mut(), time(&line)) {
                        if time > newest.saturating_add(SURELY_NEW) {
                            *repeats = None;
                        } else if expected.is_repeat(time) {
                            continue;
                        }
                    }
                    fresh.push(Arc::unwrap_or_clone(line));
                }
            }
            Taken::Behind(lines) => {
                self.step = Step::Broken(held_back(&format!(
                    "{lines} lines were written faster than this page took them; what is stored of them is read again"
                )));
            }
            Taken::Ended(Ok(())) => self.step = Step::Over,
            Taken::Ended(Err(error)) => self.step = Step::Broken(error),
        }
        fresh
    }
}

fn held_back(reason: &str) -> Error {
    Error::HeldBack {
        reason: reason.to_owned(),
    }
}

fn time(line: &LogLine) -> Option<i64> {
    line.at
        .and_then(|at| i64::try_from(at.as_nanosecond()).ok())
}
