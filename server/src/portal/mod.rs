//! What the pages ask, answered: one file a page.

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
use podside_app::{Answer, Place, Portal, Viewer};
use podside_model::view::{
    HistoryPage, InvestigationPage, LinksPage, LogsAsk, LogsPage, ProblemPage, ResourcePage,
    ResourceView, RunbookPage, RunbooksPage, ShareOf, SharedPage, SharingPage, TriagePage,
};
use podside_model::{InvestigationId, Lang, ObjectRef, ProblemId};

use crate::clusters::Clusters;
use crate::investigations::Investigations;
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

impl Portal for ServerPortal {
    fn triage<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, TriagePage> {
        Box::pin(triage::triage(&self.clusters, viewer, place))
    }

    fn problem<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a ProblemId,
        show: Option<usize>,
    ) -> Answer<'a, ProblemPage> {
        Box::pin(problem::problem(
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
        Box::pin(resource::resource(
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
        Box::pin(logs::logs(&self.clusters, viewer, place, ask))
    }

    fn runbooks<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, RunbooksPage> {
        Box::pin(runbook::runbooks(&self.clusters, viewer, place))
    }

    fn runbook<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a str,
        target: Option<&'a ObjectRef>,
    ) -> Answer<'a, RunbookPage> {
        Box::pin(runbook::runbook(&self.clusters, viewer, place, id, target))
    }

    fn investigation<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: InvestigationId,
    ) -> Answer<'a, InvestigationPage> {
        Box::pin(investigation::investigation(
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
        Box::pin(history::history(
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
        Box::pin(sharing::sharing(&self.investigations, viewer, place, of))
    }

    fn links<'a>(&'a self, viewer: &'a Viewer, id: InvestigationId) -> Answer<'a, LinksPage> {
        Box::pin(sharing::links(&self.investigations, viewer, id))
    }

    fn shared<'a>(&'a self, lang: Lang, token: &'a str) -> Answer<'a, SharedPage> {
        let counts = is_a_page_of_a_link();
        Box::pin(sharing::opened(&self.investigations, lang, token, counts))
    }
}

/// Whether the page that a link opens is being rendered for somebody. A page that asks
/// again, and whoever asks for the headers alone, opens nothing.
fn is_a_page_of_a_link() -> bool {
    use_context::<Parts>().is_some_and(|asked| {
        asked.method == Method::GET && asked.uri.path().starts_with("/shared/")
    })
}
