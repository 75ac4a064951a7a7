//! What the pages ask, answered: one file a page.

mod bounds;
mod hidden;
mod history;
mod investigation;
mod logs;
mod problem;
mod resource;
mod runbook;
mod seen;
mod sharing;
mod shown;
mod triage;

use std::sync::Arc;

use axum::http::Method;
use axum::http::request::Parts;
use leptos::prelude::use_context;
use podside_app::{Answer, Place, Portal, PortalError, Viewer};
use podside_model::view::{
    HistoryPage, InvestigationPage, LinksPage, LogsAsk, LogsPage, ProblemPage, ResourcePage,
    ResourceView, RunbookPage, RunbooksPage, ShareOf, SharedPage, SharingPage, TriageAsk,
    TriagePage,
};
use podside_model::{InvestigationId, Lang, ObjectRef, ProblemId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clusters::Clusters;
use crate::investigations::Investigations;
use crate::numbered::numbered;
pub(crate) use bounds::{Text, bounded};
pub(crate) use history::exported;
pub(crate) use seen::{Seen, look};
pub(crate) use sharing::{preview, shared};

/// The portal on the clusters that it shows.
#[derive(Debug)]
pub(crate) struct ServerPortal {
    clusters: Arc<Clusters>,
    investigations: Investigations,
}

impl ServerPortal {
    /// A portal on the clusters on which these investigations run.
    pub(crate) fn new(investigations: Investigations) -> Self {
        Self {
            clusters: Arc::clone(&investigations.clusters),
            investigations,
        }
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
        answer(triage::triage(&self.clusters, viewer, place, ask))
    }

    fn problem<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a ProblemId,
        show: Option<usize>,
    ) -> Answer<'a, ProblemPage> {
        answer(problem::problem(
            &self.investigations,
            viewer,
            place,
            id,
            show,
        ))
    }

    fn resource<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        object: &'a ObjectRef,
        view: &'a ResourceView,
    ) -> Answer<'a, ResourcePage> {
        answer(resource::resource(
            &self.clusters,
            viewer,
            place,
            object,
            view,
        ))
    }

    fn logs<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a LogsAsk,
    ) -> Answer<'a, LogsPage> {
        answer(logs::logs(&self.clusters, viewer, place, ask))
    }

    fn runbooks<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, RunbooksPage> {
        answer(runbook::runbooks(&self.clusters, viewer, place))
    }

    fn runbook<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a str,
        target: Option<&'a ObjectRef>,
    ) -> Answer<'a, RunbookPage> {
        answer(runbook::runbook(&self.clusters, viewer, place, id, target))
    }

    fn investigation<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: InvestigationId,
    ) -> Answer<'a, InvestigationPage> {
        answer(investigation::investigation(
            &self.investigations,
            viewer,
            id,
        ))
    }

    fn history<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        words: &'a str,
        before: Option<InvestigationId>,
    ) -> Answer<'a, HistoryPage> {
        answer(history::history(
            &self.investigations,
            viewer,
            place,
            words,
            before,
        ))
    }

    fn sharing<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        of: &'a ShareOf,
    ) -> Answer<'a, SharingPage> {
        answer(sharing::sharing(&self.investigations, viewer, place, of))
    }

    fn links<'a>(&'a self, viewer: &'a Viewer, id: InvestigationId) -> Answer<'a, LinksPage> {
        answer(sharing::links(&self.investigations, viewer, id))
    }

    fn shared<'a>(&'a self, lang: Lang, token: &'a str) -> Answer<'a, SharedPage> {
        let counts = is_a_page_of_a_link();
        answer(sharing::opened(&self.investigations, lang, token, counts))
    }
}

/// Whether the page that a link opens is being rendered for somebody. A page that asks
/// again, and whoever asks for the headers alone, opens nothing.
fn is_a_page_of_a_link() -> bool {
    use_context::<Parts>().is_some_and(|asked| {
        asked.method == Method::GET && asked.uri.path().starts_with("/shared/")
    })
}
