use jiff::Timestamp;
use podside_model::{InvestigationId, ObjectRef};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, SqliteConnection};

use super::SqliteStore;
use super::search::{Head, MOST_ENTRIES};
use crate::{Entry, Error, FollowedRunbook, Investigation, NewEntry, NewInvestigation};

/// The largest entry, as JSON.
const ENTRY_BYTES: usize = 1024 * 1024;
/// The largest runbook text.
const RUNBOOK_BYTES: usize = 1024 * 1024;
/// The most entries of one investigation.
const ENTRIES: u32 = 2_000;
// The index tells so many apart.
const _: () = assert!(ENTRIES <= MOST_ENTRIES);

#[derive(FromRow)]
struct InvestigationRow {
    runbook: Option<String>,
    source: Option<String>,
    cluster: String,
    target_kind: String,
    target_group: String,
    target_namespace: Option<String>,
    target_name: String,
    started_by: String,
    started_at: i64,
}

#[derive(FromRow)]
pub(super) struct EntryRow {
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) who: String,
    pub(super) body: String,
}

impl SqliteStore {
    pub(super) async fn insert_investigation(
        &self,
        new: &NewInvestigation,
        entries: &[NewEntry],
    ) -> Result<InvestigationId, Error> {
        let mut transaction = self.begin().await?;
        let id = self
            .write_investigation(&mut transaction, new, entries)
            .await?;
        transaction.commit().await.map_err(|e| self.failed(e))?;
        Ok(id)
    }

    /// Writes an investigation with its first entries within a transaction.
    pub(super) async fn write_investigation(
        &self,
        connection: &mut SqliteConnection,
        new: &NewInvestigation,
        entries: &[NewEntry],
    ) -> Result<InvestigationId, Error> {
        let digest = match &new.runbook {
            None => None,
            Some(runbook) => Some(self.keep_source(&mut *connection, &runbook.source).await?),
        };
        let id = sqlx::query(
            "INSERT INTO investigation (runbook, runbook_digest, cluster, target_kind, \
             target_group, target_namespace, target_name, started_by, started_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.runbook.as_ref().map(|runbook| &runbook.id))
        .bind(digest)
        .bind(&new.cluster)
        .bind(&new.target.kind)
        .bind(&new.target.group)
        .bind(&new.target.namespace)
        .bind(&new.target.name)
        .bind(&new.started_by)
        .bind(new.started_at.as_millisecond())
        .execute(&mut *connection)
        .await
        .map_err(|e| self.failed(e))?
        .last_insert_rowid();
        let id = InvestigationId(id);
        let head = Head {
            id,
            runbook: new.runbook.as_ref().map(|runbook| runbook.id.as_str()),
            target: &new.target,
            started_by: &new.started_by,
        };
        self.index_head(&mut *connection, head).await?;
        self.write_entries(connection, id, 0, entries).await?;
        Ok(id)
    }

    /// Adds entries after number `after`, or after the last one for `None`. They are
    /// numbered within the transaction, so that two who write at once do not meet.
    pub(super) async fn insert_entries(
        &self,
        id: InvestigationId,
        after: Option<u32>,
        entries: &[NewEntry],
    ) -> Result<u32, Error> {
        let mut transaction = self.begin().await?;
        let last: Option<i64> = sqlx::query_scalar(
            "SELECT coalesce(max(entry.seq), 0) FROM investigation \
             LEFT JOIN entry ON entry.investigation = investigation.id \
             WHERE investigation.id = ? GROUP BY investigation.id",
        )
        .bind(id.0)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?;
        let last = self.seq(last.ok_or(Error::NoInvestigation(id))?)?;
        if let Some(after) = after
            && last != after
        {
            return Err(Error::Outrun {
                investigation: id,
                after,
                last,
            });
        }
        let last = self
            .write_entries(&mut transaction, id, last, entries)
            .await?;
        transaction.commit().await.map_err(|e| self.failed(e))?;
        Ok(last)
    }

    async fn keep_source(
        &self,
        connection: &mut SqliteConnection,
        source: &str,
    ) -> Result<Vec<u8>, Error> {
        within_bytes("the runbook", source.len(), RUNBOOK_BYTES)?;
        let digest = Sha256::digest(source).to_vec();
        sqlx::query(
            "INSERT INTO runbook_source (digest, source) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&digest)
        .bind(source)
        .execute(connection)
        .await
        .map_err(|e| self.failed(e))?;
        Ok(digest)
    }

    async fn write_entries(
        &self,
        connection: &mut SqliteConnection,
        id: InvestigationId,
        after: u32,
        entries: &[NewEntry],
    ) -> Result<u32, Error> {
        let mut seq = after;
        for entry in entries {
            if seq >= ENTRIES {
                return Err(Error::TooLong {
                    investigation: id,
                    most: ENTRIES,
                });
            }
            seq += 1;
            let body = serde_json::to_string(&entry.body).map_err(|e| Error::Failed {
                path: self.path.clone(),
                source: sqlx::Error::Encode(Box::new(e)),
            })?;
            within_bytes("the entry", body.len(), ENTRY_BYTES)?;
            sqlx::query(
                "INSERT INTO entry (investigation, seq, at, who, kind, cause, body) \
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(id.0)
            .bind(i64::from(seq))
            .bind(entry.at.as_millisecond())
            .bind(&entry.who)
            .bind(entry.body.kind())
            .bind(entry.body.cause().map(podside_model::Cause::as_str))
            .bind(body)
            .execute(&mut *connection)
            .await
            .map_err(|e| self.failed(e))?;
            self.index_entry(&mut *connection, id, seq, &entry.who, &entry.body)
                .await?;
        }
        Ok(seq)
    }

    pub(super) async fn select_investigation(
        &self,
        id: InvestigationId,
        last_seq: Option<u32>,
    ) -> Result<Investigation, Error> {
        let row: Option<InvestigationRow> = sqlx::query_as(
            "SELECT runbook, source, cluster, target_kind, target_group, target_namespace, \
             target_name, started_by, started_at FROM investigation \
             LEFT JOIN runbook_source ON digest = runbook_digest WHERE id = ?",
        )
        .bind(id.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        let row = row.ok_or(Error::NoInvestigation(id))?;
        let entries = self.select_entries(id, last_seq).await?;
        Ok(Investigation {
            id,
            runbook: row
                .runbook
                .zip(row.source)
                .map(|(id, source)| FollowedRunbook { id, source }),
            cluster: row.cluster,
            target: ObjectRef {
                kind: row.target_kind,
                group: row.target_group,
                namespace: row.target_namespace,
                name: row.target_name,
                container: None,
            },
            started_by: row.started_by,
            started_at: self.time(row.started_at)?,
            entries,
        })
    }

    /// The entries of an investigation, up to number `last_seq` where one is given.
    async fn select_entries(
        &self,
        id: InvestigationId,
        last_seq: Option<u32>,
    ) -> Result<Vec<Entry>, Error> {
        let rows: Vec<EntryRow> = sqlx::query_as(
            "SELECT seq, at, who, body FROM entry \
             WHERE investigation = ? AND seq <= ? ORDER BY seq",
        )
        .bind(id.0)
        .bind(i64::from(last_seq.unwrap_or(u32::MAX)))
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        rows.into_iter().map(|row| self.entry(row)).collect()
    }

    pub(super) fn entry(&self, row: EntryRow) -> Result<Entry, Error> {
        Ok(Entry {
            seq: self.seq(row.seq)?,
            at: self.time(row.at)?,
            who: row.who,
            body: serde_json::from_str(&row.body)
                .map_err(|e| self.damaged(format!("entry {} cannot be read: {e}", row.seq)))?,
        })
    }

    pub(super) fn seq(&self, seq: i64) -> Result<u32, Error> {
        u32::try_from(seq).map_err(|_| self.damaged(format!("{seq} is no number of an entry")))
    }

    pub(super) fn time(&self, ms: i64) -> Result<Timestamp, Error> {
        Timestamp::from_millisecond(ms).map_err(|_| self.damaged(format!("{ms} ms is no time")))
    }
}

pub(super) fn within_bytes(what: &'static str, bytes: usize, most: usize) -> Result<(), Error> {
    if bytes > most {
        return Err(Error::TooLarge { what, bytes, most });
    }
    Ok(())
}
