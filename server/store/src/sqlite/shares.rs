use jiff::Timestamp;
use podside_model::InvestigationId;
use sqlx::FromRow;

use super::SqliteStore;
use crate::{Error, NewShare, Share, ShareScope, ShareToken, Shared};

#[derive(FromRow)]
struct Row {
    id: i64,
    investigation: i64,
    last_seq: Option<i64>,
    created_by: String,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    revoked_by: Option<String>,
}

impl SqliteStore {
    pub(super) async fn insert_share(&self, new: NewShare) -> Result<(Share, ShareToken), Error> {
        let token = ShareToken::random()?;
        let last_seq = match new.scope {
            ShareScope::Frozen(seq) => Some(seq),
            ShareScope::Live => None,
        };
        let mut transaction = self.begin().await?;
        let known: bool = sqlx::query_scalar("SELECT count(*) > 0 FROM investigation WHERE id = ?")
            .bind(new.investigation.0)
            .fetch_one(&mut *transaction)
            .await
            .map_err(|e| self.failed(e))?;
        if !known {
            return Err(Error::NoInvestigation(new.investigation));
        }
        let id = sqlx::query(
            "INSERT INTO share (token_hash, investigation, last_seq, created_by, created_at, \
             expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(token.hash().as_slice())
        .bind(new.investigation.0)
        .bind(last_seq.map(i64::from))
        .bind(&new.created_by)
        .bind(new.created_at.as_millisecond())
        .bind(new.expires_at.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?
        .last_insert_rowid();
        transaction.commit().await.map_err(|e| self.failed(e))?;
        let share = Share {
            id,
            investigation: new.investigation,
            scope: new.scope,
            created_by: new.created_by,
            created_at: self.time(new.created_at.as_millisecond())?,
            expires_at: self.time(new.expires_at.as_millisecond())?,
            revoked: None,
        };
        Ok((share, token))
    }

    pub(super) async fn select_shares(
        &self,
        investigation: InvestigationId,
    ) -> Result<Vec<Share>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, investigation, last_seq, created_by, created_at, expires_at, revoked_at, \
             revoked_by FROM share WHERE investigation = ? ORDER BY id DESC",
        )
        .bind(investigation.0)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        rows.into_iter().map(|row| self.row_share(row)).collect()
    }

    pub(super) async fn mark_revoked(
        &self,
        share: i64,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let changed = sqlx::query(
            "UPDATE share SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL",
        )
        .bind(now.as_millisecond())
        .bind(by)
        .bind(share)
        .execute(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?
        .rows_affected();
        if changed == 0 {
            return Err(Error::NoShare(share));
        }
        transaction.commit().await.map_err(|e| self.failed(e))
    }

    pub(super) async fn select_shared(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Shared>, Error> {
        let Some(token) = ShareToken::parse(token) else {
            return Ok(None);
        };
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, investigation, last_seq, created_by, created_at, expires_at, revoked_at, \
             revoked_by FROM share WHERE token_hash = ? AND revoked_at IS NULL AND expires_at > ?",
        )
        .bind(token.hash().as_slice())
        .bind(now.as_millisecond())
        .fetch_optional(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        let Some(row) = row else {
            return Ok(None);
        };
        let share = self.row_share(row)?;
        let last_seq = match share.scope {
            ShareScope::Frozen(seq) => Some(seq),
            ShareScope::Live => None,
        };
        let investigation = self
            .select_investigation(share.investigation, last_seq)
            .await?;
        Ok(Some(Shared {
            share,
            investigation,
        }))
    }

    fn row_share(&self, row: Row) -> Result<Share, Error> {
        Ok(Share {
            id: row.id,
            investigation: InvestigationId(row.investigation),
            scope: match row.last_seq {
                Some(seq) => ShareScope::Frozen(self.seq(seq)?),
                None => ShareScope::Live,
            },
            created_by: row.created_by,
            created_at: self.time(row.created_at)?,
            expires_at: self.time(row.expires_at)?,
            revoked: match row.revoked_at.zip(row.revoked_by) {
                Some((at, by)) => Some((self.time(at)?, by)),
                None => None,
            },
        })
    }
}
