//! The index over what a reader sees of investigations.

use podside_model::{EntryBody, InvestigationId, ObjectRef, Texts};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use super::SqliteStore;
use super::read_words::{ReadWords, read_words};
use super::terms::{indexed, phrases};
use crate::Error;

/// Bits of the number of an entry in the number of its row; the others are the
/// investigation's.
const ENTRY_BITS: u32 = 12;
/// The most entries of an investigation for each to have a row of its own.
pub(super) const MOST_ENTRIES: u32 = (1 << ENTRY_BITS) - 1;
/// Investigations of earlier versions that are indexed in one transaction.
const STEP: i64 = 100;

/// What is searched of an investigation itself.
pub(super) struct Head<'a> {
    pub(super) id: InvestigationId,
    pub(super) runbook: Option<&'a str>,
    pub(super) target: &'a ObjectRef,
    pub(super) started_by: &'a str,
}

#[derive(FromRow)]
struct Unindexed {
    id: i64,
    runbook: Option<String>,
    target_kind: String,
    target_group: String,
    target_namespace: Option<String>,
    target_name: String,
    started_by: String,
}

impl SqliteStore {
    /// Indexes an investigation itself, its entries apart.
    pub(super) async fn index_head(
        &self,
        connection: &mut SqliteConnection,
        head: Head<'_>,
    ) -> Result<(), Error> {
        let Texts { en, ja } = head
            .runbook
            .and_then(self.wording.runbook)
            .unwrap_or_default();
        let open = format!(
            "{}\n{}\n{}\n{en}\n{ja}",
            head.target,
            head.started_by,
            head.runbook.unwrap_or_default()
        );
        let words = ReadWords {
            open,
            restricted: String::new(),
        };
        self.index(connection, head.id, 0, &words).await
    }

    /// Indexes an entry.
    pub(super) async fn index_entry(
        &self,
        connection: &mut SqliteConnection,
        id: InvestigationId,
        seq: u32,
        who: &str,
        body: &EntryBody,
    ) -> Result<(), Error> {
        let words = read_words(who, body, &self.wording);
        self.index(connection, id, seq, &words).await
    }

    async fn index(
        &self,
        connection: &mut SqliteConnection,
        id: InvestigationId,
        seq: u32,
        words: &ReadWords,
    ) -> Result<(), Error> {
        sqlx::query("INSERT INTO entry_words (rowid, open, restricted) VALUES (?, ?, ?)")
            .bind((id.0 << ENTRY_BITS) + i64::from(seq))
            .bind(indexed(&words.open))
            .bind(indexed(&words.restricted))
            .execute(connection)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    /// Indexes what was kept before there was an index, some investigations at a time. Ended
    /// midway, it goes on where it was when the store is opened again.
    pub(super) async fn index_what_is_not(&self) -> Result<(), Error> {
        while self.index_some().await? {}
        Ok(())
    }

    /// Whether there may be more.
    async fn index_some(&self) -> Result<bool, Error> {
        let waiting: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM not_indexed)")
            .fetch_one(&self.writer)
            .await
            .map_err(|e| self.failed(e))?;
        if !waiting {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let some: Vec<Unindexed> = sqlx::query_as(
            "SELECT id, runbook, target_kind, target_group, target_namespace, target_name, \
             started_by FROM not_indexed JOIN investigation ON id = not_indexed.investigation \
             ORDER BY id LIMIT ?",
        )
        .bind(STEP)
        .fetch_all(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?;
        for one in &some {
            self.index_whole(&mut transaction, one).await?;
        }
        transaction.commit().await.map_err(|e| self.failed(e))?;
        Ok(!some.is_empty())
    }

    async fn index_whole(
        &self,
        connection: &mut SqliteConnection,
        one: &Unindexed,
    ) -> Result<(), Error> {
        let id = InvestigationId(one.id);
        let target = ObjectRef {
            kind: one.target_kind.clone(),
            group: one.target_group.clone(),
            namespace: one.target_namespace.clone(),
            name: one.target_name.clone(),
            container: None,
        };
        let head = Head {
            id,
            runbook: one.runbook.as_deref(),
            target: &target,
            started_by: &one.started_by,
        };
        self.index_head(&mut *connection, head).await?;
        let mut seq = 0_u32;
        // One at a time: all entries of an investigation may be two gigabytes.
        while let Some((next, who, body)) = self.entry_after(&mut *connection, id, seq).await? {
            seq = self.seq(next)?;
            // What cannot be read says so where it is shown.
            if let Ok(body) = serde_json::from_str::<EntryBody>(&body) {
                self.index_entry(&mut *connection, id, seq, &who, &body)
                    .await?;
            }
        }
        sqlx::query("DELETE FROM not_indexed WHERE investigation = ?")
            .bind(id.0)
            .execute(connection)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(())
    }

    async fn entry_after(
        &self,
        connection: &mut SqliteConnection,
        id: InvestigationId,
        seq: u32,
    ) -> Result<Option<(i64, String, String)>, Error> {
        sqlx::query_as(
            "SELECT seq, who, body FROM entry WHERE investigation = ? AND seq > ? \
             ORDER BY seq LIMIT 1",
        )
        .bind(id.0)
        .bind(i64::from(seq))
        .fetch_optional(connection)
        .await
        .map_err(|e| self.failed(e))
    }
}

/// Leaves out the investigations that do not have all words of a search. Somebody who may
/// not see everything finds nothing by words that may name what they may not list.
pub(super) fn push_words(sql: &mut QueryBuilder<Sqlite>, words: &str, sees_all: bool) {
    let phrases = phrases(words);
    if phrases.is_empty() && !words.trim().is_empty() {
        sql.push(" AND FALSE");
    }
    for phrase in phrases {
        let phrase = if sees_all {
            phrase
        } else {
            format!("open : {phrase}")
        };
        sql.push(" AND investigation.id IN (SELECT rowid >> ")
            .push(ENTRY_BITS)
            .push(" FROM entry_words WHERE entry_words MATCH ")
            .push_bind(phrase)
            .push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_indexed_waits_for_nothing_and_a_word_is_found_by_the_index() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        assert!(!store.index_some().await.unwrap());
        let mut sql =
            QueryBuilder::new("EXPLAIN QUERY PLAN SELECT id FROM investigation WHERE TRUE");
        push_words(&mut sql, "cart", true);
        let steps: Vec<(i64, i64, i64, String)> = sql
            .build_query_as()
            .fetch_all(&store.readers)
            .await
            .unwrap();
        let plan: Vec<&str> = steps.iter().map(|(.., step)| step.as_str()).collect();
        assert!(
            plan.iter()
                .any(|step| step.contains("entry_words VIRTUAL TABLE INDEX")),
            "{plan:?}"
        );
    }
}
