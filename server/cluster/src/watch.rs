//! One kind kept up to date: listed, or [`present`] as the beginning of a watch, then watched,
//! for as long as anybody asks.
//!
//! A state and a [`step`](Watch::step), as in kube-runtime's `watcher`, with three
//! differences that are the reason for our own: answers are bounded in size, a
//! Secret's values are never parsed and never logged, and every wait is told, so
//! that a page can say since when it is not live and when it is tried again.

mod present;

use std::time::Duration;

use fastrand::Rng;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use podside_diagnosis::facts::Fact;
use tokio::time::Instant;

use crate::change::{Change, OPEN_FOR, Versioned};
use crate::error::{Error, Result};
use crate::list::{Page, Pages};
pub(crate) use present::Present;

/// The first wait after a failure; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long a refusal is taken for an answer: rights are granted by hand.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// How long a kind that the server does not serve is left alone: who installs one has it told
/// of a little later.
const LOOK_AGAIN: Duration = Duration::from_mins(5);

/// A watch that stood for less than this and brought nothing has failed.
const SHORTEST_WATCH: Duration = Duration::from_secs(1);

/// How long a watch may be silent. The API server ends it after [`OPEN_FOR`]; one
/// that does not is connected to nothing.
const LONGEST_SILENCE: Duration = Duration::from_secs(OPEN_FOR as u64 + 30);

/// The same where the API server sends bookmarks, which it does about once a minute: one
/// that misses them lost its connection without noticing. Up to a third longer, so that
/// watches that fell silent together are not opened again together.
const LONGEST_WITHOUT_BOOKMARK: Duration = Duration::from_secs(90);

/// Where the objects of one kind come from.
pub(crate) trait Source: Send + Sync {
    /// A watch that begins with what there is; `None` when the server has none, so that it
    /// is to be listed.
    fn present(&self) -> BoxFuture<'_, Result<Option<Present>>>;

    /// One page of the list.
    fn page<'a>(&'a self, token: Option<&'a str>) -> BoxFuture<'a, Result<Page<Fact>>>;

    /// The changes after a version.
    fn changes<'a>(&'a self, version: &'a str) -> BoxFuture<'a, Result<Changes>>;
}

/// A watch's events.
pub(crate) type Changes = BoxStream<'static, Result<Versioned>>;

/// One kind, listed and watched.
pub(crate) struct Watch<S> {
    source: S,
    state: State,
    tries: u32,
    /// Whether the list was complete once.
    listed: bool,
    /// Whether a bookmark ever came.
    bookmarked: bool,
    /// Whether the server has refused to begin a watch with what there is.
    by_pages: bool,
    /// So that watches that failed together do not try again together.
    chance: Rng,
}

enum State {
    /// The list is to be read, in one way or the other.
    Beginning,
    /// What there is comes as the beginning of a watch; it is not shown yet.
    Gathering { present: Present },
    /// The list is being read; what was read of it is not shown yet.
    Listing { pages: Pages<Fact> },
    /// The watch is to be opened.
    Opening { version: String },
    /// The watch is open.
    Watching {
        version: String,
        changes: Changes,
        opened: Instant,
        brought: bool,
    },
    /// Something failed; it is tried again at a time. A list begins from the start.
    Waiting {
        until: Instant,
        version: Option<String>,
    },
}

/// What one step brought.
#[derive(Debug)]
pub(crate) enum Step {
    /// The list is complete: what is not in it does not exist, and what is known is what
    /// is.
    Listed(Page<Fact>),
    /// A watch that had failed goes on: what is known is what is.
    Live,
    /// An object is new or was changed.
    Put(Fact),
    /// An object is gone.
    Removed(Fact),
    /// It may not be read, or is not served. It is asked again after a while.
    Refused(Error),
    /// The connection is lost; what is known is old.
    Lost {
        error: Error,
        tries: u32,
        next_try: Instant,
    },
}

impl<S: Source> Watch<S> {
    /// A watch that begins with the list.
    pub(crate) fn new(source: S) -> Self {
        Self::with_chance(source, Rng::new())
    }

    fn with_chance(source: S, chance: Rng) -> Self {
        Self {
            source,
            state: State::Beginning,
            tries: 0,
            listed: false,
            bookmarked: false,
            by_pages: false,
            chance,
        }
    }

    /// Goes on until there is something to tell. Cancelled half-way, it begins again
    /// with the list.
    pub(crate) async fn step(&mut self) -> Step {
        loop {
            let state = std::mem::replace(&mut self.state, State::Beginning);
            let told = match state {
                State::Beginning => self.begin().await,
                State::Gathering { present } => self.gather(present).await,
                State::Listing { pages } => self.list(pages).await,
                State::Opening { version } => self.open(version).await,
                State::Watching {
                    version,
                    changes,
                    opened,
                    brought,
                } => self.watch(version, changes, opened, brought).await,
                State::Waiting { until, version } => {
                    tokio::time::sleep_until(until).await;
                    self.state = match version {
                        Some(version) => State::Opening { version },
                        None => State::Beginning,
                    };
                    None
                }
            };
            if let Some(step) = told {
                return step;
            }
        }
    }

    async fn list(&mut self, mut pages: Pages<Fact>) -> Option<Step> {
        let page = self.source.page(pages.token()).await;
        match page.and_then(|page| pages.add(page)) {
            Ok(None) => {
                self.state = State::Listing { pages };
                None
            }
            Ok(Some(list)) => {
                self.listed = true;
                self.state = State::Opening {
                    version: list.version.clone(),
                };
                Some(Step::Listed(list))
            }
            Err(error) => self.failed(error, None),
        }
    }

    async fn open(&mut self, version: String) -> Option<Step> {
        let opened = Instant::now();
        let mut changes = match self.source.changes(&version).await {
            Ok(changes) => changes,
            Err(error) => return self.failed(error, Some(version)),
        };
        let had_failed = self.tries > 0;
        if had_failed {
            // Whatever answers opens a watch; that it stands, or brings what was asked
            // for, shows that it is one.
            match tokio::time::timeout(SHORTEST_WATCH, changes.next()).await {
                Ok(Some(Ok(event))) => {
                    changes = stream::iter([Ok(event)]).chain(changes).boxed();
                }
                Ok(Some(Err(error))) => return self.failed(error, Some(version)),
                Ok(None) => return self.failed(ends_at_once(), Some(version)),
                Err(_) => {}
            }
        }
        self.state = State::Watching {
            version,
            changes,
            opened,
            brought: false,
        };
        had_failed.then_some(Step::Live)
    }

    async fn watch(
        &mut self,
        version: String,
        mut changes: Changes,
        opened: Instant,
        brought: bool,
    ) -> Option<Step> {
        let next = tokio::time::timeout(self.longest_silence(), changes.next()).await;
        match next {
            Ok(Some(Ok(event))) => {
                self.tries = 0;
                self.state = State::Watching {
                    version: if event.version.is_empty() {
                        version
                    } else {
                        event.version
                    },
                    changes,
                    opened,
                    brought: true,
                };
                match event.change {
                    Change::Put(fact) => Some(Step::Put(fact)),
                    Change::Removed(fact) => Some(Step::Removed(fact)),
                    Change::Bookmark | Change::AllTold => {
                        self.bookmarked = true;
                        None
                    }
                }
            }
            Ok(Some(Err(error))) => self.failed(error, Some(version)),
            // The end of its time, or silence: both are followed by the next watch.
            Ok(None) | Err(_) => {
                if brought || opened.elapsed() >= SHORTEST_WATCH {
                    self.tries = 0;
                    self.state = State::Opening { version };
                    return None;
                }
                self.failed(ends_at_once(), Some(version))
            }
        }
    }

    fn longest_silence(&mut self) -> Duration {
        if self.bookmarked {
            LONGEST_WITHOUT_BOOKMARK.mul_f64(1.0 + self.chance.f64() / 3.0)
        } else {
            LONGEST_SILENCE
        }
    }

    /// What follows a failure: from `version` if it is known and still good, else
    /// from the start.
    fn failed(&mut self, error: Error, version: Option<String>) -> Option<Step> {
        // A version grows too old in the ordinary course of things; the new list
        // follows at once, unless that comes to nothing either.
        if matches!(error, Error::Gone { .. }) && self.tries == 0 {
            self.tries = 1;
            self.state = State::Beginning;
            return None;
        }
        // A kind that was served is not forgotten because of an answer that it is not there.
        let answered_for = match error {
            Error::Denied { .. } => Some(ASK_AGAIN),
            Error::NotFound { .. } | Error::KindUnread { .. } if !self.listed => Some(ASK_AGAIN),
            Error::NoKind { .. } => Some(LOOK_AGAIN),
            _ => None,
        };
        if let Some(wait) = answered_for {
            self.state = State::Waiting {
                until: Instant::now() + wait,
                version: None,
            };
            return Some(Step::Refused(error));
        }
        let version =
            version.filter(|_| !matches!(error, Error::Gone { .. } | Error::Garbled { .. }));
        self.tries = self.tries.saturating_add(1);
        // Those who are told to come back later do not come back together either.
        let wait = wait(self.tries, &mut self.chance) + error.again_in().unwrap_or_default();
        let next_try = Instant::now() + wait;
        self.state = State::Waiting {
            until: next_try,
            version,
        };
        Some(Step::Lost {
            error,
            tries: self.tries,
            next_try,
        })
    }
}

impl State {
    fn pages() -> Self {
        Self::Listing {
            pages: Pages::default(),
        }
    }
}

fn ends_at_once() -> Error {
    Error::Garbled {
        what: "watch".to_owned(),
        reason: "it ends as soon as it is opened".to_owned(),
    }
}

/// The wait before the try after `tries` failures: a chance between half of it and all.
fn wait(tries: u32, chance: &mut Rng) -> Duration {
    let doublings = tries.saturating_sub(1).min(8);
    let longest = (FIRST_WAIT * 2_u32.pow(doublings)).min(LONGEST_WAIT);
    longest.mul_f64(0.5 + chance.f64() / 2.0)
}

#[cfg(test)]
mod tests;
