//! The store in one SQLite file.

mod backup;
mod create;
mod creations;
mod failure;
mod history;
mod inspect;
mod investigations;
mod open;
mod openings;
mod read_words;
mod search;
mod shares;
mod terms;
mod whole_file;

use std::path::PathBuf;

use async_trait::async_trait;
use jiff::Timestamp;
use podside_model::InvestigationId;
use sqlx::{Sqlite, SqlitePool, Transaction};

pub use self::creations::MOST_LEFT;
use self::openings::{ON_THE_WAY, Openings};
use crate::{
    Creation, CreationId, CreationNote, Error, HistoryQuery, HistoryRow, HistorySummary,
    Investigation, NewCreation, NewEntry, NewInvestigation, NewShare, Share, ShareToken, Shared,
    Store, Within, Wording,
};

/// [`Store`] in one SQLite file in write-ahead-log mode.
///
/// One connection writes, so that a write never meets another of the same
/// process; a few others read beside it. `synchronous = FULL`: a commit has
/// reached the disk when it is acknowledged.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    openings: Openings,
    wording: Wording,
}

impl SqliteStore {
    /// Writes what the log still holds into the database file and closes it.
    pub async fn close(&self) {
        self.write_openings().await;
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A write that takes its lock at once: SQLite lets no reading transaction
    /// wait for the lock when it begins to write. Dropped without a commit, it is taken
    /// back; the pool sees to it that a failure of either ends with the connection.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, Error> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|e| self.failed(e))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn start(
        &self,
        investigation: NewInvestigation,
        entries: Vec<NewEntry>,
    ) -> Result<InvestigationId, Error> {
        self.insert_investigation(&investigation, &entries).await
    }

    async fn append(
        &self,
        id: InvestigationId,
        after: u32,
        entries: Vec<NewEntry>,
    ) -> Result<u32, Error> {
        self.insert_entries(id, Some(after), &entries).await
    }

    async fn append_last(&self, id: InvestigationId, entries: Vec<NewEntry>) -> Result<u32, Error> {
        self.insert_entries(id, None, &entries).await
    }

    async fn investigation(&self, id: InvestigationId) -> Result<Investigation, Error> {
        self.select_investigation(id, None).await
    }

    async fn history(&self, query: HistoryQuery, now: Timestamp) -> Result<Vec<HistoryRow>, Error> {
        self.select_history(&query, now).await
    }

    async fn times_found(
        &self,
        cluster: &str,
        cause: &str,
        within: Option<&Within>,
    ) -> Result<u32, Error> {
        self.count_found(cluster, cause, within).await
    }

    async fn summary(
        &self,
        from: Timestamp,
        until: Timestamp,
        within: Option<&Within>,
    ) -> Result<HistorySummary, Error> {
        self.select_summary(from, until, within).await
    }

    async fn share(&self, share: NewShare) -> Result<(Share, ShareToken), Error> {
        self.insert_share(share).await
    }

    async fn shares(
        &self,
        investigation: InvestigationId,
        now: Timestamp,
    ) -> Result<Vec<Share>, Error> {
        self.select_shares(investigation, now).await
    }

    async fn shown_by(&self, share: i64) -> Result<InvestigationId, Error> {
        self.select_shown(share).await
    }

    async fn revoke(&self, share: i64, by: &str, now: Timestamp) -> Result<(), Error> {
        self.mark_revoked(share, by, now).await
    }

    async fn open_share(&self, token: &str, now: Timestamp) -> Result<Option<Shared>, Error> {
        self.select_shared(token, now).await
    }

    async fn count_opening(&self, share: i64, now: Timestamp) {
        self.openings.add(share, now);
        // What is not written in time is written with the next.
        let _ = tokio::time::timeout(ON_THE_WAY, self.write_openings()).await;
    }

    async fn intend(&self, creation: NewCreation) -> Result<CreationId, Error> {
        self.insert_creation(&creation).await
    }

    async fn note_creation(
        &self,
        id: CreationId,
        at: Timestamp,
        note: CreationNote,
    ) -> Result<bool, Error> {
        self.update_creation(id, at, &note).await
    }

    async fn creation(&self, id: CreationId) -> Result<Creation, Error> {
        self.select_creation(id).await
    }

    async fn left(&self, within: Option<&Within>) -> Result<Vec<Creation>, Error> {
        self.select_left(within).await
    }

    async fn left_to_look_at(
        &self,
        now: Timestamp,
        not_since: Timestamp,
    ) -> Result<Vec<Creation>, Error> {
        self.select_to_look_at(now, not_since).await
    }
}

#[cfg(test)]
mod tests {
    use podside_model::{EntryBody, ObjectRef, Redacted, RedactedPart};

    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_said_and_leaves_what_was_stored() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        let investigation = NewInvestigation {
            runbook: None,
            cluster: "practice".to_owned(),
            target: ObjectRef::namespaced("Pod", "shop", "cart"),
            started_by: "you".to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
        };
        let note = NewEntry {
            at: Timestamp::UNIX_EPOCH,
            who: "you".to_owned(),
            body: EntryBody::Noted {
                step: None,
                text: Redacted {
                    parts: vec![RedactedPart::Text("x".repeat(50_000))],
                },
            },
        };
        let id = store
            .start(investigation, vec![note.clone()])
            .await
            .unwrap();
        // SQLite meets this bound as it meets a disk without space: SQLITE_FULL.
        sqlx::query("PRAGMA max_page_count = 1")
            .execute(&store.writer)
            .await
            .unwrap();
        let full = store.append(id, 1, vec![note.clone(), note]).await;
        assert!(matches!(full, Err(Error::Full { .. })), "{full:?}");
        assert_eq!(store.investigation(id).await.unwrap().last_seq(), 1);
    }
}
