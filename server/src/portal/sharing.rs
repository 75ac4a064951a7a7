//! What a link would show, the links that there are, and what one opens.

use jiff::Timestamp;
use podside_app::{Place, PortalError};
use podside_diagnosis::runbook::Here;
use podside_model::InvestigationId;
use podside_model::view::{
    ChartHead, LinksPage, Revoked, ShareOf, ShareRow, SharedPage, SharingPage,
};
use podside_store::{Investigation, Share, ShareForm, ShareScope};

use crate::investigations::{
    Investigations, Standing, Walk, as_investigation, as_shared, failed, fingerprint, preview,
};
use crate::session::Session;

/// What would be shared. Nothing is kept by looking at it.
pub(super) async fn sharing(
    session: &Session,
    place: &Place,
    of: &ShareOf,
) -> Result<SharingPage, PortalError> {
    let investigations = Investigations::of(session);
    let form = ShareForm::random().map_err(|e| failed(session.lang(), e))?;
    let (kept, head, seen, open_question, open_links) = match of {
        ShareOf::Investigation(id) => {
            let kept = investigations.read(*id).await?;
            let links = all_links(session, *id).await?;
            let now = Timestamp::now();
            let open_links = links.iter().filter(|link| link.is_open(now)).count();
            let (kept, head, question) = looked_at(session, kept).await?;
            let last = kept.last_seq().to_string();
            (kept, head, last, question, open_links)
        }
        ShareOf::Problem(id) => {
            let (seen, problem) = investigations.found(place, id).await?;
            let found = fingerprint(&problem);
            let cluster = seen.head.cluster.clone();
            let kept = as_investigation(session, cluster, problem, seen.head.now);
            (kept, seen.head, found, None, 0)
        }
    };
    Ok(SharingPage {
        of: of.clone(),
        form: form.text(),
        seen,
        preview: preview(kept, session, head.now),
        open_question,
        open_links,
        head,
    })
}

/// An investigation with the head of its page and the question that it is at.
async fn looked_at(
    session: &Session,
    kept: Investigation,
) -> Result<(Investigation, ChartHead, Option<String>), PortalError> {
    let investigations = Investigations::of(session);
    if kept.runbook.is_none() {
        let head = investigations.seen(&kept).await?.head;
        return Ok((kept, head, None));
    }
    let walk = Walk::of(&investigations, kept).await?;
    let question = match &walk.state.here {
        Here::Step(_) => walk.state.step(&walk.runbook).map(|step| {
            let question = walk.state.names.fill(&step.question);
            question.get(session.lang()).to_owned()
        }),
        Here::Concluded { .. } => None,
    };
    Ok((walk.investigation, walk.head, question))
}

/// The links to an investigation.
pub(super) async fn links(
    session: &Session,
    id: InvestigationId,
) -> Result<LinksPage, PortalError> {
    let investigations = Investigations::of(session);
    let kept = investigations.read(id).await?;
    let head = investigations.seen(&kept).await?.head;
    let links = all_links(session, id).await?;
    let target = kept.target.clone();
    let shown = preview(kept, session, head.now);
    let cause = shown.conclusion.as_ref().and_then(|it| match it {
        podside_model::view::ConclusionView::Cause { cause, .. } => Some(cause.to_string()),
        _ => None,
    });
    Ok(LinksPage {
        id,
        title: shown.title.or(cause).unwrap_or_else(|| target.to_string()),
        target,
        links: links.iter().map(|link| share_row(link, head.now)).collect(),
        head,
    })
}

async fn all_links(session: &Session, id: InvestigationId) -> Result<Vec<Share>, PortalError> {
    let links = session.kept().shares(id, Timestamp::now()).await;
    links.map_err(|e| failed(session.lang(), e))
}

/// A link as it is listed.
pub(super) fn share_row(share: &Share, now: Timestamp) -> ShareRow {
    ShareRow {
        id: share.id,
        live: share.scope == ShareScope::Live,
        created_by: share.created_by.clone(),
        created_at: share.created_at,
        expires_at: share.expires_at,
        revoked: share.revoked.clone().map(|(at, by)| Revoked { at, by }),
        open: share.is_open(now),
        opened: share.opened,
        last_opened: share.last_opened,
    }
}

/// What a link opens, for its page, and for the file of it.
pub(crate) async fn shared(session: &Session, token: &str) -> Result<SharedPage, PortalError> {
    opened(session, token, false).await
}

/// The same; with `counts` it is counted that somebody opened it.
pub(super) async fn opened(
    session: &Session,
    token: &str,
    counts: bool,
) -> Result<SharedPage, PortalError> {
    let now = Timestamp::now();
    let (store, lang) = (session.kept(), session.lang());
    let opened = store.open_share(token, now).await;
    let Some(opened) = opened.map_err(|e| failed(lang, e))? else {
        return Err(PortalError::NotFound {
            what: String::new(),
        });
    };
    if counts {
        store.count_opening(opened.share.id, now).await;
    }
    let share = opened.share;
    let standing = Standing {
        now,
        frozen_at: (share.scope != ShareScope::Live).then_some(share.created_at),
        shared_by: share.created_by,
        expires_at: share.expires_at,
    };
    Ok(as_shared(opened.investigation, standing, lang))
}
