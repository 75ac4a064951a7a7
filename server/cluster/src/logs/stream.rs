use std::collections::HashSet;

use jiff::Timestamp;
use podside_model::log::{Cursor, EndWhy, Gap, LogNote, LogSource, MAX_SOURCES, SourceId};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::api::LogApi;
use super::follow::follow;
use super::lookout::{Lookout, keep_looking};
use super::merge::{Merge, Merged, Part};
use super::pods::{PodList, PodSources};
use super::target::{LogQuery, LogTarget, Plan, Since};
use super::update::Update;
use crate::error::Result;
use crate::log_line::LogLine;

/// Batches of one source that wait to be merged: with 64 KiB each, all that is read
/// ahead.
const AHEAD: usize = 4;

/// The highest number of a source, which shares its byte with a flag.
const MOST_NUMBERS: usize = 127;

/// One thing that the stream says.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamItem {
    /// A line of the source with that number.
    Line(u8, LogLine),
    /// Something said about the lines.
    Note(LogNote),
}

/// The logs of everything that a query stands for.
///
/// Dropping it ends every request that it has made of the cluster. Who does not call
/// [`LogStream::next`] holds the cluster back: nothing is dropped, and no more than
/// a few batches of each source are read ahead.
pub struct LogStream<A> {
    api: A,
    query: LogQuery,
    resume: Vec<Cursor>,
    away_ms: u64,
    sources: Vec<LogSource>,
    known: HashSet<(String, String)>,
    /// The containers that were there, read or left out, when the reader began: those that
    /// come later are read from their first line.
    old: HashSet<(String, String)>,
    left_out: usize,
    merge: Merge,
    follows: JoinSet<()>,
    /// Looks for Pods that join; aborted with the stream.
    looks: JoinSet<()>,
    joining: mpsc::Receiver<PodList>,
    pending: Vec<StreamItem>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Some source may still speak.
    Reading,
    /// Every source has ended, but Pods may join.
    Waiting,
    Ended,
}

impl<A: LogApi> LogStream<A> {
    /// Finds the sources and begins to read them.
    ///
    /// `resume` says what the reader has read before and `away_ms` for how many
    /// milliseconds it was away.
    ///
    /// # Errors
    /// Those of finding the Pods: no such object, no right, no answer.
    pub async fn open(api: A, query: LogQuery, resume: Vec<Cursor>, away_ms: u64) -> Result<Self> {
        query.check()?;
        let list = api.pods(&query.namespace, &query.targets).await?;
        let mut merge = Merge::default();
        let mut looks = JoinSet::new();
        let (join, joining) = mpsc::channel(1);
        let (remarks, events) = mpsc::channel(AHEAD);
        merge.add_remarks(events);
        looks.spawn(keep_looking(Lookout {
            api: api.clone(),
            query: query.clone(),
            events_after: resume
                .iter()
                .filter_map(|c| c.seen.last().map(|t| t.0))
                .max(),
            join,
            remarks,
        }));
        let mut stream = Self {
            api,
            query,
            resume,
            away_ms,
            sources: Vec::new(),
            known: HashSet::new(),
            old: HashSet::new(),
            left_out: 0,
            merge,
            follows: JoinSet::new(),
            looks,
            joining,
            pending: Vec::new(),
            state: State::Reading,
        };
        stream.start_resumed();
        if stream.resume.is_empty() {
            let names = list.pods.iter().flat_map(|pod| {
                let containers = pod.containers.iter();
                containers.map(|(container, _)| (pod.name.clone(), container.clone()))
            });
            stream.old.extend(names);
        }
        stream.join(&list);
        stream.say_sources();
        Ok(stream)
    }

    /// The sources so far, in the order of their numbers.
    pub fn sources(&self) -> &[LogSource] {
        &self.sources
    }

    /// The next lines and notes; empty when the stream has ended. Nothing is lost when
    /// the future is dropped.
    pub async fn next(&mut self) -> Vec<StreamItem> {
        while self.pending.is_empty() && self.state != State::Ended {
            let reading = self.state == State::Reading;
            tokio::select! {
                part = self.merge.next(), if reading => self.take_in(part),
                Some(list) = self.joining.recv() => {
                    if self.join(&list) {
                        self.say_sources();
                    }
                }
                // Nothing is read and nobody looks any more.
                else => self.end(),
            }
        }
        std::mem::take(&mut self.pending)
    }

    /// Gives the sources that the reader knows the numbers that it knows them by.
    fn start_resumed(&mut self) {
        let known: Vec<SourceId> = self.resume.iter().map(|c| c.source.clone()).collect();
        for id in known.into_iter().take(MAX_SOURCES) {
            if self.known.insert((id.pod.clone(), id.container.clone())) {
                self.old.insert((id.pod.clone(), id.container.clone()));
                let source = LogSource {
                    id,
                    owner: None,
                    waits: None,
                };
                self.start(source, None);
            }
        }
    }

    /// Begins to read the containers that are not read yet, and tells whether the list
    /// of sources has changed.
    fn join(&mut self, list: &PodList) -> bool {
        while self.follows.try_join_next().is_some() {}
        let mut changed = false;
        let mut left_out = list.left_out;
        for pod in &list.pods {
            for (container, restarts) in &pod.containers {
                let wanted = self.query.container.as_ref();
                if wanted.is_some_and(|wanted| wanted != container) {
                    continue;
                }
                if self.known.contains(&(pod.name.clone(), container.clone())) {
                    changed |= self.learn(pod, container);
                    continue;
                }
                if self.follows.len() >= MAX_SOURCES || self.sources.len() >= MOST_NUMBERS {
                    left_out += 1;
                    continue;
                }
                self.known.insert((pod.name.clone(), container.clone()));
                let id = SourceId {
                    pod: pod.name.clone(),
                    container: container.clone(),
                    previous: self.query.is_previous(),
                };
                let owner = pod.owner.as_ref().map(|owner| owner.name.clone());
                let waits = pod.waits.get(container).cloned();
                self.start(LogSource { id, owner, waits }, Some(*restarts));
                changed = true;
            }
        }
        changed |= left_out != self.left_out;
        self.left_out = left_out;
        changed
    }

    /// What else is known of a source than its names, by which alone a reader resumes it;
    /// tells whether that is news.
    fn learn(&mut self, pod: &PodSources, container: &str) -> bool {
        let is_it = |s: &&mut LogSource| s.id.pod == pod.name && s.id.container == container;
        let Some(source) = self.sources.iter_mut().find(is_it) else {
            return false;
        };
        let owner = pod.owner.as_ref().map(|owner| owner.name.clone());
        let owner = source.owner.clone().or(owner);
        let waits = pod.waits.get(container).cloned();
        let is_news = source.owner != owner || source.waits != waits;
        (source.owner, source.waits) = (owner, waits);
        is_news
    }

    fn start(&mut self, source: LogSource, restarts: Option<i32>) {
        let Ok(number) = u8::try_from(self.sources.len()) else {
            return;
        };
        let cursor = self.resume.iter().find(|c| c.source == source.id);
        let names = (source.id.pod.clone(), source.id.container.clone());
        let has_joined = !self.old.contains(&names);
        let plan = Plan {
            namespace: self.query.namespace.clone(),
            source: source.id.clone(),
            instances: self.query.instances,
            since: if has_joined {
                Since::All
            } else {
                self.query.since
            },
            tail: self.query.tail.filter(|_| !has_joined),
            follow: self.query.follow,
            restarts,
            resume: cursor.map(|c| (c.clone(), self.away_ms)),
        };
        let (out, updates) = mpsc::channel(AHEAD);
        self.follows.spawn(follow(self.api.clone(), plan, out));
        self.merge.add(number, updates);
        self.sources.push(source);
        self.state = State::Reading;
    }

    fn say_sources(&mut self) {
        self.pending.push(StreamItem::Note(LogNote::Sources {
            sources: self.sources.clone(),
            left_out: self.left_out,
        }));
    }

    fn take_in(&mut self, part: Part) {
        match part {
            Part::Some(items) => {
                for (source, what) in items {
                    self.pending.extend(self.said(source, what));
                }
            }
            Part::Live => self.pending.push(StreamItem::Note(LogNote::Live)),
            Part::End if self.more_may_join() => {
                self.state = State::Waiting;
                // Nothing that is stored is to come, as with sources that have fallen silent.
                self.pending.push(StreamItem::Note(LogNote::Live));
            }
            Part::End => self.end(),
        }
    }

    fn end(&mut self) {
        self.state = State::Ended;
        self.looks.abort_all();
        let why = EndWhy::Complete;
        self.pending.push(StreamItem::Note(LogNote::Closed { why }));
    }

    /// Whether Pods may come that the query also stands for.
    fn more_may_join(&self) -> bool {
        let is_open = |t: &LogTarget| !matches!(t, LogTarget::Pod(_));
        self.query.follow
            && (self.query.targets.is_empty() || self.query.targets.iter().any(is_open))
    }

    fn said(&self, source: u8, what: Merged) -> Option<StreamItem> {
        let update = match what {
            Merged::Line(line) => return Some(StreamItem::Line(source, line)),
            Merged::Other(update) => update,
        };
        let note = match update {
            // The merge takes lines apart and keeps what is only said to it.
            Update::Lines(_) | Update::Opened | Update::Quiet => return None,
            Update::Event(event) => {
                let is_about_us = self.sources.iter().any(|s| s.id.pod == event.pod);
                return is_about_us.then_some(StreamItem::Note(LogNote::Event(event)));
            }
            Update::Lost { at, said } => LogNote::Lost {
                source,
                at: nanoseconds(at),
                said,
            },
            Update::Resumed {
                at,
                lasted,
                removed,
                maybe_missing,
            } => LogNote::Gap(Gap {
                source: Some(source),
                at: nanoseconds(at),
                lasted_ms: u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
                removed,
                lost: 0,
                maybe_missing,
            }),
            Update::Restarted {
                exit_code,
                restarts,
            } => LogNote::Restarted {
                source,
                at: nanoseconds(Timestamp::now()),
                exit_code,
                restarts,
            },
            Update::Ended(why) => LogNote::Ended {
                source,
                at: nanoseconds(Timestamp::now()),
                why,
            },
        };
        Some(StreamItem::Note(note))
    }
}

fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}
