//! One reading of a whole cluster: every kind listed once.

use std::sync::Arc;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Kind, Sharing};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_model::Why;
use serde::Deserialize;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::list;
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
    /// what may not be read at all is said in the snapshot.
    ///
    /// # Errors
    /// When the API server does not answer, does not accept the credentials, or
    /// shows nothing at all.
    pub async fn read_once(&self, namespaces: &[String]) -> Result<Snapshot> {
        let version = self.server_version().await?;
        let sharing = Arc::new(Sharing::default());
        let listed: Vec<(Kind, Result<Listed>)> = stream::iter(Kind::ALL.iter().copied())
            .map(|kind| {
                let sharing = &sharing;
                async move { (kind, self.list_all(kind, None, sharing).await) }
            })
            .buffered(AT_ONCE)
            .collect()
            .await;

        let mut snapshot = Snapshot::new(Timestamp::now());
        snapshot.set_server_version(version);
        let mut clock: Option<Timestamp> = None;
        let mut denied = Vec::new();
        let mut first_denial = None;
        for (kind, listed) in listed {
            match listed {
                Ok(listed) => {
                    clock = clock.max(listed.at);
                    let reading = take(&mut snapshot, listed);
                    snapshot.set_reading(kind, None, reading);
                }
                Err(error) => {
                    let Some(why) = why_not(&error) else {
                        return Err(error);
                    };
                    snapshot.set_reading(kind, None, Reading::Unknown(why));
                    if why == Why::Denied && kind.is_namespaced() {
                        denied.push(kind);
                    }
                    if why == Why::Denied {
                        first_denial.get_or_insert(error);
                    }
                }
            }
        }
        if !denied.is_empty() {
            let found = Namespaces::find(self, namespaces).await;
            let at = self
                .read_each(&mut snapshot, &denied, &found, &sharing)
                .await?;
            clock = clock.max(at);
        }
        let nothing = snapshot
            .readings()
            .iter()
            .all(|(_, _, reading)| *reading != Reading::Known);
        if let (true, Some(error)) = (nothing, first_denial) {
            return Err(error);
        }
        snapshot.set_observed_at(clock.unwrap_or(snapshot.observed_at()));
        Ok(snapshot)
    }

    /// Reads the kinds that may not be read everywhere, one namespace at a time.
    async fn read_each(
        &self,
        snapshot: &mut Snapshot,
        kinds: &[Kind],
        namespaces: &Namespaces,
        sharing: &Arc<Sharing>,
    ) -> Result<Option<Timestamp>> {
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
        let mut clock = None;
        for (kind, namespace, listed) in listed {
            match listed {
                Ok(listed) => {
                    clock = clock.max(listed.at);
                    let reading = take(snapshot, listed);
                    snapshot.set_reading(kind, Some(&namespace), reading);
                }
                Err(error) => {
                    let why = why_not(&error).ok_or(error)?;
                    snapshot.set_reading(kind, Some(&namespace), Reading::Unknown(why));
                }
            }
        }
        Ok(clock)
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
        let mut facts = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = list::facts(self, kind, namespace, token.as_deref(), sharing).await?;
            facts.extend(page.items);
            let complete = page.next.is_none();
            if complete || facts.len() >= MOST_OBJECTS {
                return Ok(Listed {
                    facts,
                    complete,
                    at: page.at,
                });
            }
            token = page.next;
        }
    }

    /// `gitVersion` of the API server, such as `v1.36.2`.
    pub async fn server_version(&self) -> Result<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            git_version: String,
        }
        let answer = self.get_up_to("/version", 64 * 1024).await;
        let answer = match answer {
            // Some API servers show their version to nobody; that is no reason to stop.
            Err(Error::Denied { .. } | Error::NotFound { .. }) => return Ok(String::new()),
            answer => answer?,
        };
        let version: Version =
            serde_json::from_slice(&answer.body).map_err(|error| Error::Garbled {
                what: "GET /version".to_owned(),
                reason: format!("{error}; is {} a Kubernetes API server?", self.address()),
            })?;
        Ok(crate::terminal::plain(&version.git_version, 64))
    }
}

fn take(snapshot: &mut Snapshot, listed: Listed) -> Reading {
    for fact in listed.facts {
        snapshot.insert(fact);
    }
    if listed.complete {
        Reading::Known
    } else {
        Reading::Unknown(Why::NotSeen)
    }
}
