//! One reading of a whole cluster: every kind listed once.

use std::sync::Arc;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Kind, Sharing};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_model::Why;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::list::{self, Pages};
use crate::scope::{Namespaces, why_not};

/// How many lists are asked for at once. The API server's fair queues let a user
/// have about as many seats.
const AT_ONCE: usize = 8;

/// The most objects of one kind that are read.
const MOST_OBJECTS: usize = 200_000;

/// What one list gave.
struct Listed {
    facts: Vec<Fact>,
    complete: bool,
    at: Option<Timestamp>,
}

impl Connection {
    /// Reads every kind once. A kind that may not be read everywhere is read one
    /// namespace at a time, in those that can be found and those in `namespaces`;
    /// what may not be read at all, or fails to be, is said in the snapshot.
    ///
    /// # Errors
    /// When the API server does not answer, does not accept the credentials, or
    /// gives nothing at all.
    pub async fn read_once(&self, namespaces: &[String]) -> Result<Snapshot> {
        let version = self.server_version().await?;
        let sharing = Arc::new(Sharing::default());
        let mut lists = stream::iter(Kind::ALL.iter().copied())
            .map(|kind| {
                let sharing = &sharing;
                async move { (kind, self.list_all(kind, None, sharing).await) }
            })
            .buffered(AT_ONCE);

        let mut reading = OnceRead::new(version);
        let mut denied = Vec::new();
        // Each is taken in while the next ones are on their way.
        while let Some((kind, listed)) = lists.next().await {
            let why = reading.take(kind, None, listed)?;
            if why == Some(Why::Denied) && kind.is_namespaced() {
                denied.push(kind);
            }
        }
        drop(lists);
        if !denied.is_empty() {
            let found = Namespaces::find(self, namespaces).await;
            self.read_each(&mut reading, &denied, &found, &sharing)
                .await?;
        }
        reading.whole()
    }

    /// Reads the kinds that may not be read everywhere, one namespace at a time.
    async fn read_each(
        &self,
        reading: &mut OnceRead,
        kinds: &[Kind],
        namespaces: &Namespaces,
        sharing: &Arc<Sharing>,
    ) -> Result<()> {
        let mut places: Vec<(Kind, String)> = Vec::new();
        for kind in kinds {
            places.extend(
                namespaces
                    .readable(*kind)
                    .map(|name| (*kind, name.to_owned())),
            );
        }
        let listed: Vec<_> = stream::iter(places)
            .map(|(kind, namespace)| async move {
                let listed = self.list_all(kind, Some(&namespace), sharing).await;
                (kind, namespace, listed)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (kind, namespace, listed) in listed {
            reading.take(kind, Some(&namespace), listed)?;
        }
        Ok(())
    }

    /// All pages of a kind. A list that grows too old while it is read is begun
    /// again once.
    async fn list_all(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        sharing: &Arc<Sharing>,
    ) -> Result<Listed> {
        match self.list_pages(kind, namespace, sharing).await {
            Err(Error::Gone { .. }) => self.list_pages(kind, namespace, sharing).await,
            listed => listed,
        }
    }

    async fn list_pages(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        sharing: &Arc<Sharing>,
    ) -> Result<Listed> {
        let mut pages = Pages::default();
        loop {
            let page = list::facts(self, kind, namespace, pages.token(), sharing);
            // Boxed, as this stands in all that reads once.
            let page = Box::pin(page).await?;
            let at = page.at;
            if let Some(list) = pages.add(page)? {
                return Ok(Listed {
                    facts: list.items,
                    complete: true,
                    at,
                });
            }
            if pages.items.len() >= MOST_OBJECTS {
                return Ok(Listed {
                    facts: pages.items,
                    complete: false,
                    at,
                });
            }
        }
    }

    /// `gitVersion` of the API server, such as `v1.36.2`.
    pub async fn server_version(&self) -> Result<String> {
        let answer = self.get_up_to("/version", 64 * 1024).await;
        let answer = match answer {
            // Some API servers show their version to nobody; that is no reason to stop.
            Err(Error::Denied { .. } | Error::NotFound { .. }) => return Ok(String::new()),
            answer => answer?,
        };
        let (_, version) = answer.version(self.address())?;
        Ok(version)
    }
}

/// What was read so far, and the first error of those that leave something unread.
struct OnceRead {
    snapshot: Snapshot,
    clock: Option<Timestamp>,
    error: Option<Error>,
    /// Whether any list was read completely.
    any: bool,
}

impl OnceRead {
    fn new(version: String) -> Self {
        let mut snapshot = Snapshot::new(Timestamp::now());
        snapshot.set_server_version(version);
        Self {
            snapshot,
            clock: None,
            error: None,
            any: false,
        }
    }

    /// Takes what one list gave; tells why it gave nothing.
    ///
    /// # Errors
    /// When it failed in a way that concerns every kind.
    fn take(
        &mut self,
        kind: Kind,
        namespace: Option<&str>,
        listed: Result<Listed>,
    ) -> Result<Option<Why>> {
        let reading = match listed {
            Ok(listed) => {
                self.clock = self.clock.max(listed.at);
                for fact in listed.facts {
                    self.snapshot.insert(fact);
                }
                self.any |= listed.complete;
                if listed.complete {
                    Reading::Known
                } else {
                    Reading::Unknown(Why::NotSeen)
                }
            }
            // There is none of it.
            Err(Error::NoKind { .. }) => Reading::Known,
            Err(error) => {
                let why = match why_not(&error) {
                    Some(why) => why,
                    None if error.is_of_one_kind() => Why::NotSeen,
                    None => return Err(error),
                };
                self.error.get_or_insert(error);
                Reading::Unknown(why)
            }
        };
        self.snapshot.set_reading(kind, namespace, reading);
        Ok(reading.why())
    }

    /// All that was read.
    ///
    /// # Errors
    /// When that is nothing: the first reason why.
    fn whole(mut self) -> Result<Snapshot> {
        if let (false, Some(error)) = (self.any, self.error) {
            return Err(error);
        }
        if let Some(clock) = self.clock {
            self.snapshot.set_observed_at(clock);
        }
        let now = self.snapshot.observed_at();
        self.snapshot.forget_old_events(now);
        Ok(self.snapshot)
    }
}
