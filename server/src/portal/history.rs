//! Past investigations.

use jiff::{SignedDuration, Timestamp};
use podside_app::{Place, PortalError};
use podside_diagnosis::runbook::find;
use podside_diagnosis::texts::resolve;
use podside_model::view::{HistoryPage, PastInvestigation, SeenBefore};
use podside_model::{Cause, Conclusion, EntryBody, InvestigationId, Lang, ProblemId};
use podside_store::{HistoryQuery, HistoryRow};

use crate::bounds::{Text, bounded};
use crate::investigations::failed;
use crate::numbered::numbered;
use crate::session::Session;

/// Investigations on one page.
const ROWS: u32 = 50;
/// Investigations that are read at once where many are.
const AT_ONCE: u32 = 200;
/// Over how many days sums are made.
const DAYS: i64 = 30;
/// Causes in the list of what breaks most.
const CAUSES: usize = 5;

pub(super) async fn history(
    session: &Session,
    place: &Place,
    words: &str,
    before: Option<InvestigationId>,
) -> Result<HistoryPage, PortalError> {
    let words = searched(words, session.lang())?;
    let head = session.look(place).await?.head;
    let query = HistoryQuery {
        words: words.clone(),
        before,
        // One more than is shown tells whether there are older ones.
        limit: ROWS + 1,
        ..HistoryQuery::default()
    };
    let now = Timestamp::now();
    let store = session.kept();
    let mut rows = store
        .history(query, now)
        .await
        .map_err(|e| failed(session.lang(), e))?;
    let is_more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let days = |count: i64| SignedDuration::from_hours(24 * count);
    let (until, from) = (now + SignedDuration::from_secs(1), now - days(DAYS));
    let sums = store
        .summary(from, until)
        .await
        .map_err(|e| failed(session.lang(), e))?;
    let earlier = store
        .summary(now - days(2 * DAYS), from)
        .await
        .map_err(|e| failed(session.lang(), e))?;
    Ok(HistoryPage {
        head,
        words,
        more: rows.last().filter(|_| is_more).map(|row| row.id),
        rows: rows
            .into_iter()
            .map(|row| past(row, session.lang()))
            .collect(),
        investigations: sums.investigations,
        breaks_most: sums
            .causes
            .into_iter()
            .take(CAUSES)
            .filter_map(|it| Some((Cause::parse(&it.cause)?, it.count)))
            .collect(),
        median_seconds: sums.median_to_cause_ms.map(|ms| ms / 1_000),
        median_seconds_before: earlier.median_to_cause_ms.map(|ms| ms / 1_000),
    })
}

/// Investigations of one file.
const EXPORTED: usize = 10_000;

/// All past investigations that hold these words, newest first; the newest 10,000.
pub(crate) async fn exported(
    session: &Session,
    words: &str,
) -> Result<Vec<PastInvestigation>, PortalError> {
    let words = searched(words, session.lang())?;
    let now = Timestamp::now();
    let mut all: Vec<PastInvestigation> = Vec::new();
    while all.len() < EXPORTED {
        let query = HistoryQuery {
            words: words.clone(),
            before: all.last().map(|row| row.id),
            limit: AT_ONCE,
            ..HistoryQuery::default()
        };
        let rows = session.kept().history(query, now).await;
        let rows = rows.map_err(|e| failed(session.lang(), e))?;
        if rows.is_empty() {
            break;
        }
        all.extend(rows.into_iter().map(|row| past(row, session.lang())));
    }
    all.truncate(EXPORTED);
    Ok(numbered(all))
}

/// The words of a search as the store takes them.
fn searched(words: &str, lang: Lang) -> Result<String, PortalError> {
    bounded(lang, Text::Words, words)?;
    Ok(words.chars().filter(|c| !c.is_control()).collect())
}

/// Past investigations that a problem's page names.
const NAMED: u32 = 3;

/// Which investigations of a cluster found this cause, on whatever object. `None` when the
/// history cannot be read: a problem's page does without it.
pub(super) async fn seen_before(
    session: &Session,
    cluster: &str,
    id: &ProblemId,
) -> Option<SeenBefore> {
    let found = found_before(session, cluster, id).await;
    let (times, latest) = found
        .inspect_err(|error| tracing::warn!(%error, "the history could not be read"))
        .ok()?;
    Some(SeenBefore {
        times: usize::try_from(times).ok()?,
        latest: latest
            .into_iter()
            .map(|row| past(row, session.lang()))
            .collect(),
    })
}

/// How often the cause was found on a cluster, and the latest of these investigations: those
/// of the same object first, newest first within both.
async fn found_before(
    session: &Session,
    cluster: &str,
    id: &ProblemId,
) -> Result<(u32, Vec<HistoryRow>), podside_store::Error> {
    let (store, now) = (session.kept(), Timestamp::now());
    let times = store.times_found(cluster, id.cause.as_str()).await?;
    if times == 0 {
        return Ok((times, Vec::new()));
    }
    let subject = id.subject.without_container();
    let found = HistoryQuery {
        cluster: Some(cluster.to_owned()),
        cause: Some(id.cause.as_str().to_owned()),
        limit: NAMED,
        ..HistoryQuery::default()
    };
    let of_subject = HistoryQuery {
        target: Some(subject.clone()),
        ..found.clone()
    };
    let mut latest = store.history(of_subject, now).await?;
    // Fewer than are named are all that there are, so what is left is of other objects.
    let others = store.history(found, now).await?;
    latest.extend(
        others
            .into_iter()
            .filter(|row| row.target.without_container() != subject),
    );
    latest.truncate(NAMED as usize);
    Ok((times, latest))
}

fn past(row: HistoryRow, lang: Lang) -> PastInvestigation {
    let conclusion = row.conclusion.as_ref().and_then(|entry| match &entry.body {
        EntryBody::Concluded { conclusion, .. } => Some(conclusion),
        _ => None,
    });
    let found = match conclusion {
        Some(Conclusion::Cause {
            problem: Some(problem),
            ..
        }) => Some(resolve(&problem.title, lang)),
        Some(Conclusion::Cause { text, .. }) => Some(text.get(lang).to_owned()),
        _ => None,
    };
    let asked = || {
        let runbook = row.runbook.as_deref()?;
        let title = find(runbook).map(|it| it.runbook.title.get(lang).to_owned());
        Some(title.unwrap_or_else(|| runbook.to_owned()))
    };
    PastInvestigation {
        id: row.id,
        title: found
            .or_else(asked)
            .unwrap_or_else(|| row.target.to_string()),
        cause: row.cause.as_deref().and_then(Cause::parse),
        concluded: conclusion.is_some(),
        seconds: row
            .conclusion
            .as_ref()
            // What was kept with its cause known took no time to find it.
            .filter(|_| row.cause.is_some() && row.runbook.is_some())
            .map(|entry| {
                // Whole seconds of the span, as the median counts them.
                (entry.at.as_millisecond() - row.started_at.as_millisecond()).max(0) / 1_000
            }),
        target: row.target,
        cluster: row.cluster,
        who: row.started_by,
        started_at: row.started_at,
        frozen_links: row.frozen_links,
        live_links: row.live_links,
    }
}
