//! A list that comes as the beginning of a watch: a streaming list
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists>).
//!
//! It spares the API server a list of the whole kind in its memory, and us a second request.
//! What comes is an object at a time, and nothing of it is shown before all has come, as of a
//! list in pages. A server that offers none, or that does not come to its end, is asked for
//! pages from then on.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Str};
use tokio::time::{Instant, timeout};

use super::{Changes, Source, State, Step, Watch};
use crate::change::Change;
use crate::error::Error;
use crate::list::{MOST_OBJECTS, Page};

/// How long the next object may be waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A watch that begins with what there is.
pub(crate) struct Present {
    changes: Changes,
    /// The API server's clock.
    at: Option<Timestamp>,
    opened: Instant,
    /// What has come so far, by namespace and name.
    found: BTreeMap<(Str, Str), Fact>,
}

impl Present {
    /// A watch of which nothing has come yet.
    pub(crate) fn new(changes: Changes, at: Option<Timestamp>) -> Self {
        Self {
            changes,
            at,
            opened: Instant::now(),
            found: BTreeMap::new(),
        }
    }
}

impl<S: Source> Watch<S> {
    pub(super) async fn begin(&mut self) -> Option<Step> {
        if self.by_pages {
            self.state = State::pages();
            return None;
        }
        match self.source.present().await {
            Ok(Some(present)) => self.state = State::Gathering { present },
            Ok(None) => self.state = State::pages(),
            // What is wrong with a list is told of the list.
            Err(error) if is_refusal(&error) => {
                self.by_pages = matches!(error, Error::Refused { .. });
                self.state = State::pages();
            }
            Err(error) => return self.failed(error, None),
        }
        None
    }

    pub(super) async fn gather(&mut self, mut present: Present) -> Option<Step> {
        let event = match timeout(LONGEST_PAUSE, present.changes.next()).await {
            Ok(Some(Ok(event))) => event,
            Ok(Some(Err(error))) => return self.failed(error, None),
            // Whatever it is, it is not what was asked for.
            Ok(None) | Err(_) => {
                self.by_pages = true;
                self.state = State::pages();
                return None;
            }
        };
        let found = &mut present.found;
        match event.change {
            Change::Put(fact) => drop(found.insert(key(&fact), fact)),
            Change::Removed(fact) => drop(found.remove(&key(&fact))),
            Change::Bookmark => {}
            Change::AllTold => {
                (self.listed, self.bookmarked, self.tries) = (true, true, 0);
                self.state = State::Watching {
                    version: event.version.clone(),
                    changes: present.changes,
                    opened: present.opened,
                    brought: true,
                };
                return Some(Step::Listed(Page {
                    items: present.found.into_values().collect(),
                    next: None,
                    version: event.version,
                    at: present.at,
                }));
            }
        }
        if found.len() > MOST_OBJECTS {
            let error = Error::Garbled {
                what: "watch".to_owned(),
                reason: "what it begins with does not end".to_owned(),
            };
            return self.failed(error, None);
        }
        self.state = State::Gathering { present };
        None
    }
}

/// Whether the API server says that it does not give this.
fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Refused { code, .. } => (400..500).contains(code) && *code != 429,
        Error::Denied { .. }
        | Error::NotFound { .. }
        | Error::NoKind { .. }
        | Error::KindUnread { .. } => true,
        _ => false,
    }
}

fn key(fact: &Fact) -> (Str, Str) {
    let meta = fact.meta();
    (Str::clone(&meta.namespace), Str::clone(&meta.name))
}
