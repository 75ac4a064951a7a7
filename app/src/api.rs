//! The server functions: what the browser asks after the first page. Each is one
//! line that asks the [`Portal`](crate::Portal).
#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, whose fields cannot carry docs"
)]

use crate::json_text::JsonText;
use leptos::prelude::*;
use podside_model::view::{
    EventsAsk, EventsPage, FoundPage, HistoryPage, InvestigationPage, KindsPage, LeftoversPage,
    LinksPage, LogsAsk, LogsPage, ObjectsAsk, ObjectsPage, ProblemPage, ResourcePage, ResourceView,
    RunbookPage, RunbooksPage, ShareOf, SharedPage, SharingPage, TriageAsk, TriagePage,
};
use podside_model::{InvestigationId, Lang, ObjectRef, ProblemId};

use crate::portal::{Place, PortalError};
#[cfg(feature = "ssr")]
use crate::portal::{SharedPortal, Viewer, told};

/// What is broken at a place.
#[server(prefix = "/api", endpoint = "triage", input = JsonText, output = JsonText)]
pub async fn triage(lang: Lang, place: Place, ask: TriageAsk) -> Result<TriagePage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.triage(&viewer, &place, &ask).await.map_err(told)
}

/// One problem.
#[server(prefix = "/api", endpoint = "problem", input = JsonText, output = JsonText)]
pub async fn problem(
    lang: Lang,
    place: Place,
    id: ProblemId,
    show: Option<usize>,
) -> Result<ProblemPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal
        .problem(&viewer, &place, &id, show)
        .await
        .map_err(told)
}

/// One object.
#[server(prefix = "/api", endpoint = "resource", input = JsonText, output = JsonText)]
pub async fn resource(
    lang: Lang,
    place: Place,
    object: ObjectRef,
    view: ResourceView,
) -> Result<ResourcePage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal
        .resource(&viewer, &place, &object, &view)
        .await
        .map_err(told)
}

/// The kinds that a cluster has.
#[server(prefix = "/api", endpoint = "kinds", input = JsonText, output = JsonText)]
pub async fn kinds(lang: Lang, place: Place) -> Result<KindsPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.kinds(&viewer, &place).await.map_err(told)
}

/// The objects of one kind.
#[server(prefix = "/api", endpoint = "objects", input = JsonText, output = JsonText)]
pub async fn objects(
    lang: Lang,
    place: Place,
    ask: ObjectsAsk,
) -> Result<ObjectsPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.objects(&viewer, &place, &ask).await.map_err(told)
}

/// What the cluster says of its objects.
#[server(prefix = "/api", endpoint = "events", input = JsonText, output = JsonText)]
pub async fn events(lang: Lang, place: Place, ask: EventsAsk) -> Result<EventsPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.events(&viewer, &place, &ask).await.map_err(told)
}

/// What is found of a message or of words.
#[server(prefix = "/api", endpoint = "found", input = JsonText, output = JsonText)]
pub async fn found(lang: Lang, place: Place, words: String) -> Result<FoundPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.found(&viewer, &place, &words).await.map_err(told)
}

/// Logs.
#[server(prefix = "/api", endpoint = "logs", input = JsonText, output = JsonText)]
pub async fn logs(lang: Lang, place: Place, ask: LogsAsk) -> Result<LogsPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.logs(&viewer, &place, &ask).await.map_err(told)
}

/// The runbooks.
#[server(prefix = "/api", endpoint = "runbooks", input = JsonText, output = JsonText)]
pub async fn runbooks(lang: Lang, place: Place) -> Result<RunbooksPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.runbooks(&viewer, &place).await.map_err(told)
}

/// One runbook.
#[server(prefix = "/api", endpoint = "runbook", input = JsonText, output = JsonText)]
pub async fn runbook(
    lang: Lang,
    place: Place,
    id: String,
    target: Option<ObjectRef>,
) -> Result<RunbookPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal
        .runbook(&viewer, &place, &id, target.as_ref())
        .await
        .map_err(told)
}

/// One investigation.
#[server(prefix = "/api", endpoint = "investigation", input = JsonText, output = JsonText)]
pub async fn investigation(
    lang: Lang,
    id: InvestigationId,
) -> Result<InvestigationPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.investigation(&viewer, id).await.map_err(told)
}

/// Past investigations.
#[server(prefix = "/api", endpoint = "history", input = JsonText, output = JsonText)]
pub async fn history(
    lang: Lang,
    place: Place,
    words: String,
    before: Option<InvestigationId>,
) -> Result<HistoryPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal
        .history(&viewer, &place, &words, before)
        .await
        .map_err(told)
}

/// What Podside created and is still there.
#[server(prefix = "/api", endpoint = "leftovers", input = JsonText, output = JsonText)]
pub async fn leftovers(lang: Lang, place: Place) -> Result<LeftoversPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.leftovers(&viewer, &place).await.map_err(told)
}

/// What a link would show.
#[server(prefix = "/api", endpoint = "sharing", input = JsonText, output = JsonText)]
pub async fn sharing(lang: Lang, place: Place, of: ShareOf) -> Result<SharingPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.sharing(&viewer, &place, &of).await.map_err(told)
}

/// The links to an investigation.
#[server(prefix = "/api", endpoint = "links", input = JsonText, output = JsonText)]
pub async fn links(lang: Lang, id: InvestigationId) -> Result<LinksPage, PortalError> {
    let (portal, viewer) = asked(lang)?;
    portal.links(&viewer, id).await.map_err(told)
}

/// What a link opens.
#[server(prefix = "/api", endpoint = "shared", input = JsonText, output = JsonText)]
pub async fn shared(lang: Lang, token: String) -> Result<SharedPage, PortalError> {
    let (portal, _) = asked(lang)?;
    portal.shared(lang, &token).await.map_err(told)
}

/// Whom a server function asks, and for whom. The language comes with the call,
/// because it is the page's and not the cookie's.
#[cfg(feature = "ssr")]
pub(crate) fn asked(lang: Lang) -> Result<(SharedPortal, Viewer), PortalError> {
    let portal = use_context::<SharedPortal>().ok_or_else(|| PortalError::Unavailable {
        what: "this Podside serves no clusters".to_owned(),
    })?;
    let name = use_context::<Viewer>().and_then(|viewer| viewer.name);
    Ok((portal, Viewer { name, lang }))
}
