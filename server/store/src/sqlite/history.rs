use jiff::Timestamp;
use podside_model::{InvestigationId, ObjectRef};
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::SqliteStore;
use super::investigations::EntryRow;
use super::search::push_words;
use crate::{CauseCount, Error, HistoryQuery, HistoryRow, HistorySummary, Within};

/// The most rows of one answer.
const ROWS: u32 = 200;
/// The most causes of a summary.
const CAUSES: i64 = 10;
/// The most investigations whose time to cause goes into one median.
const SPANS: i64 = 100_000;

#[derive(FromRow)]
struct Row {
    id: i64,
    runbook: Option<String>,
    cluster: String,
    target_kind: String,
    target_group: String,
    target_namespace: Option<String>,
    target_name: String,
    started_by: String,
    started_at: i64,
    cause: Option<String>,
    seq: Option<i64>,
    at: Option<i64>,
    who: Option<String>,
    body: Option<String>,
    frozen_links: i64,
    live_links: i64,
}

impl SqliteStore {
    pub(super) async fn select_history(
        &self,
        query: &HistoryQuery,
        now: Timestamp,
    ) -> Result<Vec<HistoryRow>, Error> {
        let mut sql = history_sql(query, now);
        let rows: Vec<Row> = sql
            .build_query_as()
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        rows.into_iter().map(|row| self.history_row(row)).collect()
    }

    fn history_row(&self, row: Row) -> Result<HistoryRow, Error> {
        let conclusion = match (row.seq, row.at, row.who, row.body) {
            (Some(seq), Some(at), Some(who), Some(body)) => {
                Some(self.entry(EntryRow { seq, at, who, body })?)
            }
            _ => None,
        };
        Ok(HistoryRow {
            id: InvestigationId(row.id),
            runbook: row.runbook,
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
            cause: row.cause,
            conclusion,
            frozen_links: self.seq(row.frozen_links)?,
            live_links: self.seq(row.live_links)?,
        })
    }

    pub(super) async fn count_found(
        &self,
        cluster: &str,
        cause: &str,
        within: Option<&Within>,
    ) -> Result<u32, Error> {
        let times: i64 = count_sql(cluster, cause, within)
            .build_query_scalar()
            .fetch_one(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        self.seq(times)
    }

    pub(super) async fn select_summary(
        &self,
        from: Timestamp,
        until: Timestamp,
        within: Option<&Within>,
    ) -> Result<HistorySummary, Error> {
        let started_then = |statement: &str| {
            let mut sql = QueryBuilder::new(statement);
            sql.push(" WHERE started_at >= ")
                .push_bind(from.as_millisecond())
                .push(" AND started_at < ")
                .push_bind(until.as_millisecond());
            push_within(&mut sql, within);
            sql
        };
        let investigations: i64 = started_then("SELECT count(*) FROM investigation")
            .build_query_scalar()
            .fetch_one(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;

        // Of an investigation that concluded more than once, the last conclusion counts.
        let mut causes = started_then(
            "SELECT cause, count(*) AS times FROM investigation \
             JOIN entry ON entry.investigation = investigation.id \
               AND seq = (SELECT max(seq) FROM entry WHERE investigation = investigation.id \
                          AND kind = 'concluded')",
        );
        causes
            .push(" AND cause IS NOT NULL GROUP BY cause ORDER BY times DESC, cause LIMIT ")
            .push_bind(CAUSES);
        let causes: Vec<(String, i64)> = causes
            .build_query_as()
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;

        // What was kept with its cause known took no time to find it.
        let mut spans = started_then(
            "SELECT min(at) - started_at AS span FROM investigation \
             JOIN entry ON entry.investigation = investigation.id \
               AND kind = 'concluded' AND cause IS NOT NULL",
        );
        spans
            .push(" AND runbook IS NOT NULL GROUP BY investigation.id ORDER BY span LIMIT ")
            .push_bind(SPANS);
        let spans: Vec<i64> = spans
            .build_query_scalar()
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;

        Ok(HistorySummary {
            investigations: self.seq(investigations)?,
            causes: causes
                .into_iter()
                .map(|(cause, count)| {
                    Ok(CauseCount {
                        cause,
                        count: self.seq(count)?,
                    })
                })
                .collect::<Result<_, Error>>()?,
            median_to_cause_ms: median(&spans),
        })
    }
}

fn history_sql(query: &HistoryQuery, now: Timestamp) -> QueryBuilder<Sqlite> {
    let links = |scope: &str| {
        format!(
            "(SELECT count(*) FROM share WHERE share.investigation = investigation.id \
             AND last_seq IS {scope} NULL AND revoked_at IS NULL AND ended_at IS NULL AND expires_at > "
        )
    };
    let mut sql = QueryBuilder::new(
        "SELECT investigation.id, runbook, cluster, target_kind, target_group, target_namespace, \
         target_name, started_by, started_at, cause, seq, at, who, body, ",
    );
    sql.push(links("NOT"))
        .push_bind(now.as_millisecond())
        .push(") AS frozen_links, ")
        .push(links(""))
        .push_bind(now.as_millisecond())
        .push(") AS live_links ");
    match &query.cause {
        // The newest investigation comes first in its index.
        None => sql.push(
            "FROM investigation LEFT JOIN entry ON entry.investigation = investigation.id \
             AND seq = (SELECT max(seq) FROM entry AS last \
                        WHERE last.investigation = investigation.id AND last.kind = 'concluded') \
             WHERE TRUE",
        ),
        Some(cause) => push_found(&mut sql, cause),
    };
    if let Some(cluster) = &query.cluster {
        sql.push(" AND cluster = ").push_bind(cluster.clone());
    }
    if let Some(target) = &query.target {
        sql.push(" AND target_kind = ")
            .push_bind(target.kind.clone())
            .push(" AND target_group = ")
            .push_bind(target.group.clone())
            .push(" AND target_namespace IS ")
            .push_bind(target.namespace.clone())
            .push(" AND target_name = ")
            .push_bind(target.name.clone());
    }
    push_within(&mut sql, query.within.as_ref());
    if let Some(before) = query.before {
        sql.push(" AND investigation.id < ").push_bind(before.0);
    }
    push_words(&mut sql, &query.words, query.within.is_none());
    // The same number either way; so named, the index that leads here has its order.
    sql.push(if query.cause.is_some() {
        " ORDER BY entry.investigation DESC LIMIT "
    } else {
        " ORDER BY investigation.id DESC LIMIT "
    })
    .push_bind(i64::from(query.limit.min(ROWS)));
    sql
}

/// In how many investigations of a cluster a cause was the last conclusion.
fn count_sql(cluster: &str, cause: &str, within: Option<&Within>) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new("SELECT count(*) ");
    push_found(&mut sql, cause)
        .push(" AND cluster = ")
        .push_bind(cluster.to_owned());
    push_within(&mut sql, within);
    sql
}

/// Leaves out the investigations whose target does not lie within these places.
fn push_within(sql: &mut QueryBuilder<Sqlite>, within: Option<&Within>) {
    if let Some(within) = within {
        sql.push(" AND EXISTS (SELECT 1 FROM json_each(")
            .push_bind(within.json())
            .push(
                ") AS place WHERE place.value ->> 0 = cluster \
                 AND (place.value ->> 1 IS NULL OR place.value ->> 1 = target_namespace))",
            );
    }
}

/// The entries that conclude with a cause and are the last conclusion of their
/// investigation, each with it. A cross join is one that SQLite does not turn round: the
/// conclusions are found by their cause, and no other entry is looked at.
fn push_found<'a>(sql: &'a mut QueryBuilder<Sqlite>, cause: &str) -> &'a mut QueryBuilder<Sqlite> {
    sql.push(
        "FROM entry CROSS JOIN investigation ON investigation.id = entry.investigation \
         WHERE entry.kind = 'concluded' AND entry.cause = ",
    )
    .push_bind(cause.to_owned())
    .push(
        " AND NOT EXISTS (SELECT 1 FROM entry AS later \
         WHERE later.investigation = entry.investigation AND later.kind = 'concluded' \
         AND later.seq > entry.seq)",
    )
}

/// The middle of sorted values; the mean of the two middle ones of an even number.
fn median(sorted: &[i64]) -> Option<i64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some(i64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[1, 3]), Some(2));
        assert_eq!(median(&[1, 3, 100]), Some(3));
    }

    /// How SQLite finds what a statement asks for, a line a step.
    async fn plan(store: &SqliteStore, sql: QueryBuilder<Sqlite>) -> String {
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.into_string()));
        let steps: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sql).fetch_all(&store.readers).await.unwrap();
        let steps: Vec<String> = steps.into_iter().map(|(_, _, _, step)| step).collect();
        steps.join("\n")
    }

    #[tokio::test]
    async fn a_cause_is_found_by_its_index_and_no_entry_is_looked_through() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path()).await.unwrap();
        let found = HistoryQuery {
            cluster: Some("practice".to_owned()),
            cause: Some("oom-killed".to_owned()),
            limit: 3,
            ..HistoryQuery::default()
        };
        let on_one = HistoryQuery {
            target: Some(ObjectRef::namespaced("Pod", "shop", "cart")),
            ..found.clone()
        };
        let now = Timestamp::UNIX_EPOCH;
        for sql in [
            count_sql("practice", "oom-killed", None),
            history_sql(&found, now),
            history_sql(&on_one, now),
        ] {
            let plan = plan(&store, sql).await;
            assert!(
                plan.starts_with("SEARCH entry ")
                    && plan.contains("INDEX entry_by_cause (cause=?)"),
                "{plan}"
            );
            assert!(!plan.contains("SCAN"), "{plan}");
            assert!(!plan.contains("ORDER BY"), "{plan}");
        }
        // A page of the history goes through the investigations, the newest first, and
        // finds each one's entries by index.
        let plan = plan(&store, history_sql(&HistoryQuery::default(), now)).await;
        assert_eq!(plan.matches("SCAN").count(), 1, "{plan}");
        assert!(plan.contains("SCAN investigation"), "{plan}");
        assert!(!plan.contains("ORDER BY"), "{plan}");
    }
}
