use jiff::Timestamp;
use podside_model::InvestigationId;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::SqliteStore;
use super::investigations::within_bytes;
use crate::{Creation, CreationId, CreationNote, CreationState, Error, NewCreation, Within};

/// How much may be left in one cluster. Who creates ever more without taking it away is
/// stopped here.
const LEFT: u32 = 200;
/// The most of what is left that one answer holds.
pub const MOST_LEFT: u32 = 500;
/// The longest text about one of them.
const TEXT_BYTES: usize = 8 * 1024;

/// All of them, with whether the investigation of each has ended since. One who goes back
/// takes the end back.
const SELECT: &str = "SELECT id, cluster, namespace, pod, container, uid, creator, investigation, \
     created_at, deadline, state, looked_at, error, gone_at, \
     EXISTS (SELECT 1 FROM entry AS ended WHERE ended.investigation = creation.investigation \
         AND ended.kind = 'concluded' AND ended.at >= creation.created_at \
         AND NOT EXISTS (SELECT 1 FROM entry AS later \
             WHERE later.investigation = ended.investigation \
             AND later.kind = 'returned' AND later.seq > ended.seq)) AS investigation_ended \
     FROM creation";

#[derive(FromRow)]
struct CreationRow {
    id: i64,
    cluster: String,
    namespace: String,
    pod: String,
    container: Option<String>,
    uid: Option<String>,
    creator: String,
    investigation: Option<i64>,
    created_at: i64,
    deadline: i64,
    state: String,
    looked_at: Option<i64>,
    error: Option<String>,
    gone_at: Option<i64>,
    investigation_ended: bool,
}

impl SqliteStore {
    pub(super) async fn insert_creation(&self, new: &NewCreation) -> Result<CreationId, Error> {
        let texts = [&new.cluster, &new.namespace, &new.pod, &new.creator];
        let optional = [&new.container, &new.uid];
        let texts = texts.into_iter().chain(optional.into_iter().flatten());
        let bytes = texts.map(String::len).sum();
        within_bytes("what is to be created", bytes, TEXT_BYTES)?;
        let mut transaction = self.begin().await?;
        let left: u32 = sqlx::query_scalar(
            "SELECT count(*) FROM creation WHERE cluster = ? AND state <> 'gone'",
        )
        .bind(&new.cluster)
        .fetch_one(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?;
        if left >= LEFT {
            return Err(Error::TooManyLeft {
                cluster: new.cluster.clone(),
                most: LEFT,
            });
        }
        let id = sqlx::query(
            "INSERT INTO creation (cluster, namespace, pod, container, uid, creator, \
             investigation, created_at, deadline, state) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'intended')",
        )
        .bind(&new.cluster)
        .bind(&new.namespace)
        .bind(&new.pod)
        .bind(&new.container)
        .bind(&new.uid)
        .bind(&new.creator)
        .bind(new.investigation.map(|id| id.0))
        .bind(new.created_at.as_millisecond())
        .bind(new.deadline.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?
        .last_insert_rowid();
        transaction.commit().await.map_err(|e| self.failed(e))?;
        Ok(CreationId(id))
    }

    pub(super) async fn update_creation(
        &self,
        id: CreationId,
        at: Timestamp,
        note: &CreationNote,
    ) -> Result<bool, Error> {
        let (state, uid, error) = match note {
            CreationNote::There { uid } => (Some("there"), Some(uid), None),
            CreationNote::Going => (Some("going"), None, None),
            CreationNote::Unchanged(why) => (None, None, Some(why)),
            CreationNote::Stays(why) => (Some("stays"), None, Some(why)),
            CreationNote::Gone(why) => (Some("gone"), None, why.as_ref()),
        };
        let bytes = error.map_or(0, String::len);
        within_bytes("what is told of a creation", bytes, TEXT_BYTES)?;
        let now = at.as_millisecond();
        let gone_at = matches!(note, CreationNote::Gone(_)).then_some(now);
        let mut transaction = self.begin().await?;
        let known = sqlx::query_scalar("SELECT state <> 'gone' FROM creation WHERE id = ?")
            .bind(id.0)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|e| self.failed(e))?;
        let is_left: bool = known.ok_or(Error::NoCreation(id))?;
        // Two may find at once that it is gone.
        if !is_left {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE creation SET state = coalesce(?, state), uid = coalesce(uid, ?), \
             looked_at = ?, error = ?, gone_at = ? WHERE id = ?",
        )
        .bind(state)
        .bind(uid)
        .bind(now)
        .bind(error)
        .bind(gone_at)
        .bind(id.0)
        .execute(&mut *transaction)
        .await
        .map_err(|e| self.failed(e))?;
        transaction.commit().await.map_err(|e| self.failed(e))?;
        Ok(true)
    }

    pub(super) async fn select_creation(&self, id: CreationId) -> Result<Creation, Error> {
        let mut sql = QueryBuilder::new(SELECT);
        sql.push(" WHERE id = ").push_bind(id.0);
        let found = self.creations(sql).await?;
        found.into_iter().next().ok_or(Error::NoCreation(id))
    }

    pub(super) async fn select_left(
        &self,
        within: Option<&Within>,
    ) -> Result<Vec<Creation>, Error> {
        let mut sql = QueryBuilder::new(SELECT);
        sql.push(" WHERE state <> 'gone'");
        if let Some(within) = within {
            sql.push(" AND EXISTS (SELECT 1 FROM json_each(")
                .push_bind(within.json())
                .push(
                    ") AS place WHERE place.value ->> 0 = cluster \
                     AND (place.value ->> 1 IS NULL OR place.value ->> 1 = namespace))",
                );
        }
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(MOST_LEFT);
        self.creations(sql).await
    }

    pub(super) async fn select_to_look_at(
        &self,
        now: Timestamp,
        not_since: Timestamp,
    ) -> Result<Vec<Creation>, Error> {
        let mut sql = QueryBuilder::new(format!("SELECT * FROM ({SELECT})"));
        sql.push(
            " WHERE state <> 'gone' AND (state IN ('intended', 'going') OR (state = 'there' AND (deadline <= ",
        )
        .push_bind(now.as_millisecond())
        .push(" OR investigation_ended)) OR coalesce(looked_at, created_at) <= ")
        .push_bind(not_since.as_millisecond())
        .push(") ORDER BY coalesce(looked_at, 0), id LIMIT ")
        .push_bind(MOST_LEFT);
        self.creations(sql).await
    }

    async fn creations(&self, mut sql: QueryBuilder<Sqlite>) -> Result<Vec<Creation>, Error> {
        let rows: Vec<CreationRow> = sql
            .build_query_as()
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        rows.into_iter().map(|row| self.as_creation(row)).collect()
    }

    fn as_creation(&self, row: CreationRow) -> Result<Creation, Error> {
        let time = |ms: Option<i64>| ms.map(|ms| self.time(ms)).transpose();
        Ok(Creation {
            id: CreationId(row.id),
            state: match row.state.as_str() {
                "intended" => CreationState::Intended,
                "there" => CreationState::There,
                "going" => CreationState::Going,
                "stays" => CreationState::Stays,
                "gone" => CreationState::Gone,
                other => return Err(self.damaged(format!("{other} is no state of a creation"))),
            },
            investigation_ended: row.investigation_ended,
            looked_at: time(row.looked_at)?,
            error: row.error,
            gone_at: time(row.gone_at)?,
            made: NewCreation {
                cluster: row.cluster,
                namespace: row.namespace,
                pod: row.pod,
                container: row.container,
                uid: row.uid,
                creator: row.creator,
                investigation: row.investigation.map(InvestigationId),
                created_at: self.time(row.created_at)?,
                deadline: self.time(row.deadline)?,
            },
        })
    }
}
