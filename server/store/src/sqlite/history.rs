use jiff::Timestamp;
use podside_model::{InvestigationId, ObjectRef};
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::SqliteStore;
use super::investigations::EntryRow;
use crate::{CauseCount, Error, HistoryQuery, HistoryRow, HistorySummary};

/// The most rows of one answer.
const ROWS: u32 = 200;
/// The most words of a search that count.
const WORDS: usize = 8;
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

    pub(super) async fn select_summary(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<HistorySummary, Error> {
        let (from, until) = (from.as_millisecond(), until.as_millisecond());
        let investigations: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM investigation WHERE started_at >= ? AND started_at < ?",
        )
        .bind(from)
        .bind(until)
        .fetch_one(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;

        // Of an investigation that concluded more than once, the last conclusion counts.
        let causes: Vec<(String, i64)> = sqlx::query_as(
            "SELECT cause, count(*) AS times FROM investigation \
             JOIN entry ON entry.investigation = investigation.id \
               AND seq = (SELECT max(seq) FROM entry WHERE investigation = investigation.id \
                          AND kind = 'concluded') \
             WHERE started_at >= ? AND started_at < ? AND cause IS NOT NULL \
             GROUP BY cause ORDER BY times DESC, cause LIMIT ?",
        )
        .bind(from)
        .bind(until)
        .bind(CAUSES)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;

        // What was kept with its cause known took no time to find it.
        let spans: Vec<i64> = sqlx::query_scalar(
            "SELECT min(at) - started_at AS span FROM investigation \
             JOIN entry ON entry.investigation = investigation.id \
               AND kind = 'concluded' AND cause IS NOT NULL \
             WHERE started_at >= ? AND started_at < ? AND runbook IS NOT NULL \
             GROUP BY investigation.id ORDER BY span LIMIT ?",
        )
        .bind(from)
        .bind(until)
        .bind(SPANS)
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
        .push(
            ") AS live_links FROM investigation LEFT JOIN entry \
             ON entry.investigation = investigation.id \
             AND seq = (SELECT max(seq) FROM entry AS last \
                        WHERE last.investigation = investigation.id AND last.kind = 'concluded') \
             WHERE TRUE",
        );
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
    if let Some(before) = query.before {
        sql.push(" AND investigation.id < ").push_bind(before.0);
    }
    for word in query.words.split_whitespace().take(WORDS) {
        let pattern = containing(word);
        sql.push(
            " AND (target_kind || ' ' || target_group || ' ' || coalesce(target_namespace || '/', '') || target_name \
             || ' ' || started_by || ' ' || coalesce(runbook, '') LIKE ",
        )
        .push_bind(pattern.clone())
        .push(
            " ESCAPE '\\' OR EXISTS (SELECT 1 FROM entry AS any_entry \
             WHERE any_entry.investigation = investigation.id \
             AND any_entry.who || ' ' || coalesce(any_entry.cause, '') || ' ' || any_entry.words \
             LIKE ",
        )
        .push_bind(pattern)
        .push(" ESCAPE '\\'))");
    }
    sql.push(" ORDER BY investigation.id DESC LIMIT ")
        .push_bind(i64::from(query.limit.min(ROWS)));
    sql
}

/// A LIKE pattern for texts that contain a word as it stands.
fn containing(word: &str) -> String {
    let mut pattern = String::from("%");
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
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
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[1, 3]), Some(2));
        assert_eq!(median(&[1, 3, 100]), Some(3));
    }

    #[test]
    fn a_searched_word_is_no_pattern() {
        assert_eq!(containing(r"a%b_c\d"), r"%a\%b\_c\\d%");
    }
}
