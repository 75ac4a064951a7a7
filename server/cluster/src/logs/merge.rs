use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::update::Update;
use crate::log_line::LogLine;

/// How long the others wait for a source that has been sending. Longer orders better,
/// shorter shows sooner.
const PATIENCE: Duration = Duration::from_millis(150);

/// How long the others wait for the first word of a source, whose connection is yet
/// to be made.
const FIRST_PATIENCE: Duration = Duration::from_secs(2);

/// How long the others wait for the first line of a log that was opened: its first
/// lines set the order of what is stored.
const OPENED_PATIENCE: Duration = Duration::from_millis(500);

/// Lines that are handed on at once.
const MOST: usize = 512;

/// Several sources in the order of time.
///
/// Each source is in its own order; the next line is the earliest of their heads,
/// which is known only when each has a head or has nothing to say. A source that says
/// nothing is waited for a moment, then goes on outside the order.
#[derive(Debug, Default)]
pub(crate) struct Merge {
    inputs: Vec<Input>,
    /// Whether it has been said that all that was stored has come.
    said_live: bool,
}

#[derive(Debug)]
struct Input {
    source: u8,
    updates: mpsc::Receiver<Update>,
    heads: VecDeque<Head>,
    /// The time of the last line, under which remarks without a time are ordered.
    time: i64,
    /// Until when the others wait for it; `None` once it was found silent.
    awaited: Option<Instant>,
    /// Whether the merged log goes on for its sake.
    counts: bool,
    ended: bool,
}

#[derive(Debug)]
struct Head {
    time: i64,
    what: Merged,
}

/// What comes out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Merged {
    /// A line.
    Line(LogLine),
    /// Anything that is not a line.
    Other(Update),
}

/// The next part of the merged log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// At least one line or remark, each with the number of its source.
    Some(Vec<(u8, Merged)>),
    /// Every source has fallen silent for the first time: what was stored has come.
    Live,
    /// Every source has ended.
    End,
}

impl Merge {
    /// Adds a source.
    pub(crate) fn add(&mut self, source: u8, updates: mpsc::Receiver<Update>) {
        self.push(source, updates, true);
    }

    /// Adds what is said about the sources, which does not keep the merged log going.
    pub(crate) fn add_remarks(&mut self, updates: mpsc::Receiver<Update>) {
        self.push(u8::MAX, updates, false);
    }

    fn push(&mut self, source: u8, updates: mpsc::Receiver<Update>, counts: bool) {
        self.inputs.push(Input {
            counts,
            source,
            updates,
            heads: VecDeque::new(),
            time: i64::MIN,
            awaited: Some(Instant::now() + FIRST_PATIENCE),
            ended: false,
        });
    }

    /// The next part. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Part {
        loop {
            poll_fn(|cx| {
                self.poll_inputs(cx);
                Poll::Ready(())
            })
            .await;
            let now = Instant::now();
            for input in &mut self.inputs {
                if input.awaited.is_some_and(|until| until <= now) {
                    input.awaited = None;
                }
            }
            let part = self.take();
            if !part.is_empty() {
                return Part::Some(part);
            }
            if self.inputs.iter().all(|i| i.ended || !i.counts) {
                return Part::End;
            }
            let awaited = self
                .inputs
                .iter()
                .filter(|i| i.is_silent())
                .filter_map(|i| i.awaited)
                .min();
            if awaited.is_none() && !self.said_live {
                self.said_live = true;
                return Part::Live;
            }
            self.change(awaited).await;
        }
    }

    /// Waits until a silent source speaks or the patience with one is over.
    async fn change(&mut self, until: Option<Instant>) {
        let spoken = poll_fn(|cx| {
            if self.poll_inputs(cx) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        match until {
            Some(until) => drop(tokio::time::timeout_at(until, spoken).await),
            None => spoken.await,
        }
    }

    /// Takes from each source without a head, and tells whether any spoke or ended.
    fn poll_inputs(&mut self, cx: &mut Context<'_>) -> bool {
        let mut spoke = false;
        for input in self.inputs.iter_mut().filter(|i| i.is_silent()) {
            match input.updates.poll_recv(cx) {
                Poll::Ready(Some(update)) => {
                    input.take_in(update);
                    spoke = true;
                }
                Poll::Ready(None) => {
                    input.ended = true;
                    spoke = true;
                }
                Poll::Pending => {}
            }
        }
        spoke
    }

    /// The heads in the order of time, as long as it is known.
    fn take(&mut self) -> Vec<(u8, Merged)> {
        let mut taken = Vec::new();
        while taken.len() < MOST {
            let waits = |i: &Input| i.is_silent() && i.awaited.is_some();
            if self.inputs.iter().any(waits) {
                break;
            }
            let heads = self
                .inputs
                .iter_mut()
                .filter_map(|i| Some((i.heads.front()?.time, i)));
            let Some((_, first)) = heads.min_by_key(|(time, _)| *time) else {
                break;
            };
            if let Some(head) = first.heads.pop_front() {
                taken.push((first.source, head.what));
            }
        }
        taken
    }
}

impl Input {
    fn is_silent(&self) -> bool {
        self.heads.is_empty() && !self.ended
    }

    fn take_in(&mut self, update: Update) {
        self.awaited = Some(Instant::now() + PATIENCE);
        match update {
            Update::Lines(lines) => {
                for line in lines {
                    let at = line
                        .at
                        .and_then(|at| i64::try_from(at.as_nanosecond()).ok());
                    self.time = at.unwrap_or(self.time);
                    let what = Merged::Line(line);
                    self.heads.push_back(Head {
                        time: self.time,
                        what,
                    });
                }
            }
            Update::Opened => self.awaited = Some(Instant::now() + OPENED_PATIENCE),
            Update::Quiet => self.awaited = None,
            Update::Event(event) => {
                self.time = event.at;
                let what = Merged::Other(Update::Event(event));
                self.heads.push_back(Head {
                    time: self.time,
                    what,
                });
            }
            other => {
                // The others need not wait for a source that is cut off or has ended.
                if matches!(other, Update::Lost { .. } | Update::Ended(_)) {
                    self.awaited = None;
                }
                let what = Merged::Other(other);
                self.heads.push_back(Head {
                    time: self.time,
                    what,
                });
            }
        }
    }
}
