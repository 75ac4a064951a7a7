use jiff::Timestamp;
use podside_model::InvestigationId;
use sqlx::{FromRow, SqliteConnection};

use super::SqliteStore;
use super::openings::ON_THE_WAY;
use crate::{Error, NewShare, Share, ShareForm, ShareScope, ShareToken, Shared, ToShare};

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
    ended_at: Option<i64>,
    times: Option<i64>,
    last_at: Option<i64>,
}

impl SqliteStore {
    pub(super) async fn insert_share(&self, new: NewShare) -> Result<(Share, ShareToken), Error> {
        let token = ShareToken::random()?;
        let last_seq = match new.scope {
            ShareScope::Frozen(seq) => Some(seq),
            ShareScope::Live => None,
        };
        let mut transaction = self.begin().await?;
        if let Some(made) = self.made_by(&mut transaction, &new.form).await? {
            return Err(Error::FormUsed(made));
        }
        let investigation = match &new.of {
            ToShare::Kept(id) => self.known(&mut transaction, *id).await?,
            ToShare::New(investigation, entries) => {
                self.write_investigation(&mut transaction, investigation, entries)
                    .await?
            }
        };
        let id = sqlx::query(
            "INSERT INTO share (token_hash, investigation, last_seq, created_by, created_at, \
             expires_at, form) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.hash().as_slice())
        .bind(investigation.0)
        .bind(last_seq.map(i64::from))
        .bind(&new.created_by)
        .bind(new.created_at.as_millisecond())
        .bind(new.expires_at.as_millisecond())
        .bind(new.form.text())
        .execute(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?
        .last_insert_rowid();
        transaction.commit().await.map_err(|e| self.failed(e))?;
        let share = Share {
            id,
            investigation,
            scope: new.scope,
            created_by: new.created_by,
            created_at: self.time(new.created_at.as_millisecond())?,
            expires_at: self.time(new.expires_at.as_millisecond())?,
            revoked: None,
            ended: None,
            opened: 0,
            last_opened: None,
        };
        Ok((share, token))
    }

    /// What the link shows that a form has made, if it has made one.
    async fn made_by(
        &self,
        connection: &mut SqliteConnection,
        form: &ShareForm,
    ) -> Result<Option<InvestigationId>, Error> {
        let made: Option<i64> =
            sqlx::query_scalar("SELECT investigation FROM share WHERE form = ?")
                .bind(form.text())
                .fetch_optional(connection)
                .await
                .map_err(|e| self.failed(e))?;
        Ok(made.map(InvestigationId))
    }

    async fn known(
        &self,
        connection: &mut SqliteConnection,
        id: InvestigationId,
    ) -> Result<InvestigationId, Error> {
        let known: bool = sqlx::query_scalar("SELECT count(*) > 0 FROM investigation WHERE id = ?")
            .bind(id.0)
            .fetch_one(connection)
            .await
            .map_err(|e| self.failed(e))?;
        if known {
            Ok(id)
        } else {
            Err(Error::NoInvestigation(id))
        }
    }

    pub(super) async fn select_shares(
        &self,
        investigation: InvestigationId,
        now: Timestamp,
    ) -> Result<Vec<Share>, Error> {
        self.end_expired(now).await;
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, investigation, last_seq, created_by, created_at, expires_at, revoked_at, \
             revoked_by, ended_at, times, last_at FROM share \
             LEFT JOIN share_opening ON share_opening.share = share.id \
             WHERE investigation = ? ORDER BY id DESC",
        )
        .bind(investigation.0)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        rows.into_iter().map(|row| self.row_share(row)).collect()
    }

    pub(super) async fn select_shown(&self, share: i64) -> Result<InvestigationId, Error> {
        let shown: Option<i64> = sqlx::query_scalar("SELECT investigation FROM share WHERE id = ?")
            .bind(share)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        shown.map(InvestigationId).ok_or(Error::NoShare(share))
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
        self.end_expired(now).await;
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, investigation, last_seq, created_by, created_at, expires_at, revoked_at, \
             revoked_by, ended_at, times, last_at FROM share \
             LEFT JOIN share_opening ON share_opening.share = share.id WHERE token_hash = ?",
        )
        .bind(token.hash().as_slice())
        .fetch_optional(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        let share = row.map(|row| self.row_share(row)).transpose()?;
        let Some(share) = share.filter(|share| share.is_open(now)) else {
            return Ok(None);
        };
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

    /// Remembers of every link that is expired now that it was seen so.
    ///
    /// Each link costs one write in its life. Where that fails, or takes too long, the link
    /// is dead by the clock alone, and the next call tries again.
    async fn end_expired(&self, now: Timestamp) {
        match tokio::time::timeout(ON_THE_WAY, self.try_to_end_expired(now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(%error, "that a link has expired is not written yet");
            }
            Err(_) => tracing::debug!("that a link has expired is not written yet"),
        }
    }

    async fn try_to_end_expired(&self, now: Timestamp) -> Result<(), sqlx::Error> {
        let now = now.as_millisecond();
        let some: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM share WHERE ended_at IS NULL AND expires_at <= ?)",
        )
        .bind(now)
        .fetch_one(&self.readers)
        .await?;
        if !some {
            return Ok(());
        }
        let mut connection = self.writer.acquire().await?;
        sqlx::query("UPDATE share SET ended_at = ? WHERE ended_at IS NULL AND expires_at <= ?")
            .bind(now)
            .bind(now)
            .execute(&mut *connection)
            .await
            .map(|_| ())
    }

    fn row_share(&self, row: Row) -> Result<Share, Error> {
        let unwritten = self.openings.of(row.id);
        let counted = u32::try_from(row.times.unwrap_or(0)).unwrap_or(u32::MAX);
        let last_opened = row.last_at.map(|at| self.time(at)).transpose()?;
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
            ended: row.ended_at.map(|at| self.time(at)).transpose()?,
            opened: counted.saturating_add(unwritten.map_or(0, |opened| opened.times)),
            last_opened: last_opened.max(unwritten.map(|opened| opened.last)),
        })
    }
}
