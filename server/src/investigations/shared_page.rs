//! An investigation as a link shows it.

use jiff::{SignedDuration, Timestamp};
use podside_diagnosis::runbook::find;
use podside_model::Lang;
use podside_model::view::{SHARE_DAYS_USUAL, SharedPage};
use podside_store::Investigation;

use super::hidden::hidden_values;
use super::shown::{concluded, record_row};
use crate::numbered::numbered;
use crate::session::Session;

/// An investigation as a link that is made now would show it, frozen and for the usual time.
pub(crate) fn preview(kept: Investigation, session: &Session, now: Timestamp) -> SharedPage {
    let standing = Standing {
        now,
        frozen_at: Some(now),
        shared_by: session.who(),
        expires_at: now + SignedDuration::from_hours(24 * i64::from(SHARE_DAYS_USUAL)),
    };
    as_shared(kept, standing, session.lang())
}

/// What a link says of itself.
pub(crate) struct Standing {
    /// When it is read.
    pub(crate) now: Timestamp,
    /// When it was frozen; `None` for one that goes on.
    pub(crate) frozen_at: Option<Timestamp>,
    /// Who shared.
    pub(crate) shared_by: String,
    /// From when on it is dead.
    pub(crate) expires_at: Timestamp,
}

/// An investigation as a link shows it.
pub(crate) fn as_shared(kept: Investigation, standing: Standing, lang: Lang) -> SharedPage {
    let record: Vec<_> = kept
        .entries
        .iter()
        .map(|entry| record_row(entry, lang))
        .collect();
    // What is hidden is named by its number, as the rest of the page names it.
    let mut page = numbered(SharedPage {
        now: standing.now,
        frozen_at: standing.frozen_at,
        shared_by: standing.shared_by,
        expires_at: standing.expires_at,
        cluster: kept.cluster,
        target: kept.target,
        started_at: kept.started_at,
        title: kept
            .runbook
            .as_ref()
            .and_then(|followed| find(&followed.id))
            .map(|it| it.runbook.title.get(lang).to_owned()),
        runbook: kept.runbook.map(|followed| followed.id),
        conclusion: concluded(&record),
        record,
        hidden: Vec::new(),
    });
    page.hidden = hidden_values(&page);
    page
}
