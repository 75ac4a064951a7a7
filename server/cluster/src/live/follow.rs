//! One watch, carried out: every step goes into the store.

use futures::FutureExt;
use futures::future::BoxFuture;
use podside_diagnosis::facts::Fact;
use podside_model::Why;
use tokio::time::Instant;

use super::{Inner, now};
use crate::change;
use crate::connection::Connection;
use crate::error::Result;
use crate::health::{Loss, Place};
use crate::list::{self, Page};
use crate::scope::why_not;
use crate::watch::{Changes, Present, Source, Step, Watch};

/// Follows one kind until it is stopped from outside. Comes back only when a kind
/// with namespaces may not be read everywhere at once: then it is for the caller to
/// follow it one namespace at a time.
pub(crate) async fn follow(inner: &Inner, place: &Place) {
    inner.store.begun(place);
    let mut watch = Watch::new(Api { inner, place });
    loop {
        match watch.step().await {
            Step::Listed(page) => inner.store.listed(place, page),
            Step::Live => inner.store.live(place),
            Step::Put(fact) => inner.store.put(fact),
            Step::Removed(fact) => inner.store.removed(&fact),
            Step::Refused(error) => {
                inner.store.refused(place, &error);
                let is_denied = why_not(&error) == Some(Why::Denied);
                if is_denied && place.0.is_namespaced() && place.1.is_none() {
                    return;
                }
            }
            Step::Lost {
                error,
                tries,
                next_try,
            } => {
                let wait = next_try.saturating_duration_since(Instant::now());
                let loss = Loss {
                    error: error.to_string(),
                    tries,
                    next_try: now().saturating_add(wait).ok(),
                    alone: error.is_of_one_kind(),
                };
                inner.store.lost(place, &error, loss);
            }
        }
    }
}

/// The API server as the source of one kind.
struct Api<'a> {
    inner: &'a Inner,
    place: &'a Place,
}

impl Api<'_> {
    fn watching(&self) -> &Connection {
        &self.inner.watching
    }
}

impl Source for Api<'_> {
    fn present(&self) -> BoxFuture<'_, Result<Option<Present>>> {
        async move {
            if !self.inner.offers_streams().await {
                return Ok(None);
            }
            let (kind, namespace) = self.place;
            let (at, changes) = change::from_the_beginning(
                self.watching(),
                *kind,
                namespace.as_deref(),
                &self.inner.store.sharing,
            )
            .await?;
            Ok(Some(Present::new(changes, at)))
        }
        .boxed()
    }

    fn page<'a>(&'a self, token: Option<&'a str>) -> BoxFuture<'a, Result<Page<Fact>>> {
        let (kind, namespace) = self.place;
        list::facts(
            self.watching(),
            *kind,
            namespace.as_deref(),
            token,
            &self.inner.store.sharing,
        )
        .boxed()
    }

    fn changes<'a>(&'a self, version: &'a str) -> BoxFuture<'a, Result<Changes>> {
        let (kind, namespace) = self.place;
        change::changes(
            self.watching(),
            *kind,
            namespace.as_deref(),
            version,
            &self.inner.store.sharing,
        )
        .boxed()
    }
}
