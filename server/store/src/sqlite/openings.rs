//! How often links were opened: counted in memory, written when nobody else writes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::SqliteStore;

/// A reader waits at most so long for what is written on the way: another process may hold
/// the file.
pub(super) const ON_THE_WAY: Duration = Duration::from_secs(1);

/// Openings that are counted and not written yet, by the link's number. At most one entry
/// a link.
#[derive(Debug, Clone, Default)]
pub(super) struct Openings(Arc<Mutex<BTreeMap<i64, Opened>>>);

/// How often and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opened {
    /// How often.
    pub(super) times: u32,
    /// When last.
    pub(super) last: Timestamp,
}

impl Openings {
    /// Counts one opening.
    pub(super) fn add(&self, share: i64, at: Timestamp) {
        self.with(|all| {
            all.entry(share)
                .and_modify(|opened| {
                    opened.times = opened.times.saturating_add(1);
                    opened.last = opened.last.max(at);
                })
                .or_insert(Opened { times: 1, last: at });
        });
    }

    /// What is not written yet of a link.
    pub(super) fn of(&self, share: i64) -> Option<Opened> {
        self.with(|all| all.get(&share).copied())
    }

    /// Everything that is not written yet.
    fn all(&self) -> Vec<(i64, Opened)> {
        self.with(|all| {
            all.iter()
                .map(|(share, opened)| (*share, *opened))
                .collect()
        })
    }

    /// Forgets what was written; openings that came meanwhile stay.
    fn written(&self, share: i64, written: Opened) {
        self.with(|all| {
            if let Some(opened) = all.get_mut(&share) {
                opened.times = opened.times.saturating_sub(written.times);
                if opened.times == 0 {
                    all.remove(&share);
                }
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<i64, Opened>) -> T) -> T {
        // A count is whole at every moment, so a panic elsewhere leaves nothing half-done.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SqliteStore {
    /// Writes what is counted, unless another write is under way: then the next opening
    /// does. Each statement is a transaction of its own, so that a disk without space
    /// leaves none open.
    pub(super) async fn write_openings(&self) {
        let unwritten = self.openings.all();
        if unwritten.is_empty() {
            return;
        }
        let Some(mut connection) = self.idle_writer().await else {
            return;
        };
        for (share, opened) in unwritten {
            match write(&mut connection, share, opened).await {
                Ok(()) => self.openings.written(share, opened),
                Err(error) => tracing::debug!(%error, share, "an opening is not written yet"),
            }
        }
    }

    /// The connection that writes, when nobody has it.
    async fn idle_writer(&self) -> Option<sqlx::pool::PoolConnection<sqlx::Sqlite>> {
        match self.writer.try_acquire() {
            Some(connection) => Some(connection),
            // It was idle for so long that the pool has closed it.
            None if self.writer.size() == 0 => self.writer.acquire().await.ok(),
            None => None,
        }
    }
}

async fn write(
    connection: &mut SqliteConnection,
    share: i64,
    opened: Opened,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO share_opening (share, times, last_at) VALUES (?, ?, ?) \
         ON CONFLICT (share) DO UPDATE SET times = times + excluded.times, \
         last_at = max(last_at, excluded.last_at)",
    )
    .bind(share)
    .bind(i64::from(opened.times))
    .bind(opened.last.as_millisecond())
    .execute(connection)
    .await
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use podside_model::ObjectRef;

    use super::*;
    use crate::{NewInvestigation, NewShare, Share, ShareForm, ShareScope, Store, ToShare};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    async fn shared(store: &SqliteStore) -> (Share, String) {
        let kept = NewInvestigation {
            runbook: None,
            cluster: "practice".to_owned(),
            target: ObjectRef::namespaced("Pod", "shop", "cart"),
            started_by: "you".to_owned(),
            started_at: at(0),
        };
        let new = NewShare {
            form: ShareForm::random().unwrap(),
            of: ToShare::New(Box::new(kept), Vec::new()),
            scope: ShareScope::Live,
            created_by: "you".to_owned(),
            created_at: at(0),
            expires_at: at(100),
        };
        let (share, token) = store.share(new).await.unwrap();
        (share, token.reveal())
    }

    async fn listed(store: &SqliteStore, share: &Share) -> (u32, Option<Timestamp>) {
        let links = store.shares(share.investigation, at(1)).await.unwrap();
        (links[0].opened, links[0].last_opened)
    }

    async fn written(store: &SqliteStore) -> Option<i64> {
        sqlx::query_scalar("SELECT times FROM share_opening")
            .fetch_optional(&store.readers)
            .await
            .unwrap()
    }

    /// Makes every write fail, or not, as a disk without space does.
    async fn refuse_writes(store: &SqliteStore, refuse: bool) {
        let mut writer = store.writer.acquire().await.unwrap();
        let pragma = if refuse {
            "PRAGMA query_only = ON"
        } else {
            "PRAGMA query_only = OFF"
        };
        sqlx::query(pragma).execute(&mut *writer).await.unwrap();
        writer.return_to_pool().await;
    }

    #[tokio::test]
    async fn a_link_opens_where_nothing_can_be_written_and_is_counted_later() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        let (share, token) = shared(&store).await;
        refuse_writes(&store, true).await;
        for second in [10, 12, 11] {
            let opened = store.open_share(&token, at(second)).await.unwrap();
            store
                .count_opening(opened.unwrap().share.id, at(second))
                .await;
        }
        assert_eq!(written(&store).await, None);
        assert_eq!(listed(&store, &share).await, (3, Some(at(12))));
        // Dead by the clock, although that it was seen cannot be written.
        assert!(store.open_share(&token, at(100)).await.unwrap().is_none());

        refuse_writes(&store, false).await;
        store.close().await;
        let store = SqliteStore::open(directory.path()).await.unwrap();
        assert_eq!(written(&store).await, Some(3));
        assert_eq!(listed(&store, &share).await, (3, Some(at(12))));
    }

    #[tokio::test]
    async fn an_opening_does_not_wait_for_another_write() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        let (share, _) = shared(&store).await;
        // Who waits here waits for ever.
        let writing = store.begin().await.unwrap();
        store.count_opening(share.id, at(10)).await;
        assert_eq!(written(&store).await, None);
        assert_eq!(listed(&store, &share).await, (1, Some(at(10))));
        writing.rollback().await.unwrap();
    }
}
