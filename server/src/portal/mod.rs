//! What the pages ask, answered: one file a page.

mod beginnings;
mod events;
mod found;
mod history;
mod investigation;
mod leftovers;
mod logs;
mod objects;
mod problem;
mod resource;
mod runbook;
mod sharing;
mod shown;
mod test_step;
mod triage;
mod worst;

use axum::http::Method;
use axum::http::request::Parts;
use leptos::prelude::use_context;
use podside_app::{Answer, Place, Portal, PortalError, Viewer};
use podside_model::view::{
    EventsAsk, EventsPage, FoundPage, HistoryPage, InvestigationPage, KindsPage, LeftoversPage,
    LinksPage, LogsAsk, LogsPage, ObjectsAsk, ObjectsPage, ProblemPage, ResourcePage, ResourceView,
    RunbookPage, RunbooksPage, ShareOf, SharedPage, SharingPage, TriageAsk, TriagePage,
};
use podside_model::{InvestigationId, Lang, ObjectRef, ProblemId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::numbered::numbered;
use crate::session::Session;
pub(crate) use history::exported;
pub(crate) use sharing::shared;

/// The portal as one session has it.
#[derive(Debug)]
pub(crate) struct ServerPortal {
    session: Session,
}

impl ServerPortal {
    /// The portal of who asks.
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session in the language of a page.
    fn read_by(&self, viewer: &Viewer) -> Session {
        self.session.reading(viewer.lang)
    }
}

/// An answer as its reader gets it: every page passes through here.
fn answer<'a, T: Serialize + DeserializeOwned>(
    page: impl Future<Output = Result<T, PortalError>> + Send + 'a,
) -> Answer<'a, T> {
    Box::pin(async move { page.await.map(numbered) })
}

impl Portal for ServerPortal {
    fn triage<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a TriageAsk,
    ) -> Answer<'a, TriagePage> {
        let session = self.read_by(viewer);
        answer(async move { triage::triage(&session, place, ask).await })
    }

    fn problem<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a ProblemId,
        show: Option<usize>,
    ) -> Answer<'a, ProblemPage> {
        let session = self.read_by(viewer);
        answer(async move { problem::problem(&session, place, id, show).await })
    }

    fn resource<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        object: &'a ObjectRef,
        view: &'a ResourceView,
    ) -> Answer<'a, ResourcePage> {
        let session = self.read_by(viewer);
        answer(async move { resource::resource(&session, place, object, view).await })
    }

    fn kinds<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, KindsPage> {
        let session = self.read_by(viewer);
        answer(async move { objects::kinds(&session, place).await })
    }

    fn objects<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a ObjectsAsk,
    ) -> Answer<'a, ObjectsPage> {
        let session = self.read_by(viewer);
        answer(async move { objects::objects(&session, place, ask).await })
    }

    fn events<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a EventsAsk,
    ) -> Answer<'a, EventsPage> {
        let session = self.read_by(viewer);
        answer(async move { events::events(&session, place, ask).await })
    }

    fn found<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        words: &'a str,
    ) -> Answer<'a, FoundPage> {
        let session = self.read_by(viewer);
        answer(async move { found::found(&session, place, words).await })
    }

    fn logs<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a LogsAsk,
    ) -> Answer<'a, LogsPage> {
        let session = self.read_by(viewer);
        answer(async move { logs::logs(&session, place, ask).await })
    }

    fn runbooks<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, RunbooksPage> {
        let session = self.read_by(viewer);
        answer(async move { runbook::runbooks(&session, place).await })
    }

    fn runbook<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a str,
        target: Option<&'a ObjectRef>,
    ) -> Answer<'a, RunbookPage> {
        let session = self.read_by(viewer);
        answer(async move { runbook::runbook(&session, place, id, target).await })
    }

    fn investigation<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: InvestigationId,
    ) -> Answer<'a, InvestigationPage> {
        let session = self.read_by(viewer);
        answer(async move { investigation::investigation(&session, id).await })
    }

    fn history<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        words: &'a str,
        before: Option<InvestigationId>,
    ) -> Answer<'a, HistoryPage> {
        let session = self.read_by(viewer);
        answer(async move { history::history(&session, place, words, before).await })
    }

    fn leftovers<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, LeftoversPage> {
        let session = self.read_by(viewer);
        answer(async move { leftovers::leftovers(&session, place).await })
    }

    fn sharing<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        of: &'a ShareOf,
    ) -> Answer<'a, SharingPage> {
        let session = self.read_by(viewer);
        answer(async move { sharing::sharing(&session, place, of).await })
    }

    fn links<'a>(&'a self, viewer: &'a Viewer, id: InvestigationId) -> Answer<'a, LinksPage> {
        let session = self.read_by(viewer);
        answer(async move { sharing::links(&session, id).await })
    }

    fn shared<'a>(&'a self, lang: Lang, token: &'a str) -> Answer<'a, SharedPage> {
        let counts = is_a_page_of_a_link();
        let session = self.session.reading(lang);
        answer(async move { sharing::opened(&session, token, counts).await })
    }
}

/// Whether the page that a link opens is being rendered for somebody. A page that asks
/// again, and whoever asks for the headers alone, opens nothing.
fn is_a_page_of_a_link() -> bool {
    use_context::<Parts>().is_some_and(|asked| {
        asked.method == Method::GET && asked.uri.path().starts_with("/shared/")
    })
}
