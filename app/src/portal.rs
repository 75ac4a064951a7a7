//! What the pages ask of the server.
//!
//! The server implements [`Portal`] and hands it to Leptos by context, for the
//! rendering on the server and for the server functions alike. A page is thereby a
//! function of its answers, and a test renders it against a Portal of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use podside_model::view::{
    EventsAsk, EventsPage, FoundPage, HistoryPage, InvestigationPage, KindsPage, LeftoversPage,
    LinksPage, LogsAsk, LogsPage, ObjectsAsk, ObjectsPage, ProblemPage, ResourcePage, ResourceView,
    RunbookPage, RunbooksPage, ShareOf, SharedPage, SharingPage, TriageAsk, TriagePage,
};
use podside_model::{InvestigationId, Lang, MissingRight, ObjectRef, ProblemId};
use serde::{Deserialize, Serialize};

use crate::json_text::JsonTextEncoding;
use crate::status::answer_with_status;

/// An answer that takes a while.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, PortalError>> + Send + 'a>>;

/// The Portal as Leptos' context carries it.
pub type SharedPortal = Arc<dyn Portal>;

/// The longest search in the history, in characters. A page does not let one write more;
/// whoever asks for more is refused.
pub const LONGEST_SEARCH: usize = 200;

/// What the pages ask of the server. Every question names who asks and where.
pub trait Portal: Send + Sync {
    /// What is broken at a place, worst first.
    fn triage<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a TriageAsk,
    ) -> Answer<'a, TriagePage>;

    /// One problem with all that proves it, and the object in which piece `show` of its
    /// evidence was found, counted from 1.
    fn problem<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a ProblemId,
        show: Option<usize>,
    ) -> Answer<'a, ProblemPage>;

    /// One object in one of its views.
    fn resource<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        object: &'a ObjectRef,
        view: &'a ResourceView,
    ) -> Answer<'a, ResourcePage>;

    /// The kinds that a cluster has.
    fn kinds<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, KindsPage> {
        let _ = (viewer, place);
        lists_nothing()
    }

    /// The objects of one kind.
    fn objects<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a ObjectsAsk,
    ) -> Answer<'a, ObjectsPage> {
        let _ = (viewer, place, ask);
        lists_nothing()
    }

    /// What the cluster says of its objects.
    fn events<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a EventsAsk,
    ) -> Answer<'a, EventsPage> {
        let _ = (viewer, place, ask);
        lists_nothing()
    }

    /// What says the same as a pasted message, and what is called by its words.
    fn found<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        words: &'a str,
    ) -> Answer<'a, FoundPage> {
        let _ = (viewer, place, words);
        lists_nothing()
    }

    /// Logs, with their last lines.
    fn logs<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a LogsAsk,
    ) -> Answer<'a, LogsPage>;

    /// The runbooks that there are.
    fn runbooks<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, RunbooksPage> {
        let _ = (viewer, place);
        keeps_nothing()
    }

    /// One runbook, to be read or to be started on `target`.
    fn runbook<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a str,
        target: Option<&'a ObjectRef>,
    ) -> Answer<'a, RunbookPage> {
        let _ = (viewer, place, id, target);
        keeps_nothing()
    }

    /// One investigation as it goes on.
    fn investigation<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: InvestigationId,
    ) -> Answer<'a, InvestigationPage> {
        let _ = (viewer, id);
        keeps_nothing()
    }

    /// Past investigations that hold all of these words, newest first; those older
    /// than `before`.
    fn history<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        words: &'a str,
        before: Option<InvestigationId>,
    ) -> Answer<'a, HistoryPage> {
        let _ = (viewer, place, words, before);
        keeps_nothing()
    }

    /// What Podside created in clusters and is still there.
    fn leftovers<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, LeftoversPage> {
        let _ = (viewer, place);
        keeps_nothing()
    }

    /// What a link would show, and the form that makes it. Asking keeps nothing.
    fn sharing<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        of: &'a ShareOf,
    ) -> Answer<'a, SharingPage> {
        let _ = (viewer, place, of);
        keeps_nothing()
    }

    /// The links to an investigation.
    fn links<'a>(&'a self, viewer: &'a Viewer, id: InvestigationId) -> Answer<'a, LinksPage> {
        let _ = (viewer, id);
        keeps_nothing()
    }

    /// What a link opens, for whoever has it. A link that is wrong, expired or revoked
    /// is not found, and the answer does not tell which.
    fn shared<'a>(&'a self, lang: Lang, token: &'a str) -> Answer<'a, SharedPage> {
        let _ = (lang, token);
        keeps_nothing()
    }
}

/// The answer of a Portal that has no runbooks and keeps no investigations.
fn keeps_nothing<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(PortalError::Unavailable {
        what: "This Podside keeps no investigations.".to_owned(),
    })))
}

/// The answer of a Portal that has no clusters.
fn lists_nothing<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(PortalError::Unavailable {
        what: "This Podside lists no objects.".to_owned(),
    })))
}

/// Who looks at a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The name under which what they do is recorded; `None` on a Podside without login.
    pub name: Option<String>,
    /// The language they read.
    pub lang: Lang,
}

/// Where a page looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The cluster; `None` for the first one.
    pub cluster: Option<String>,
    /// The namespace; `None` for all.
    pub namespace: Option<String>,
}

/// Why a question has no answer. The variants are what a page does about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PortalError {
    /// There is no such thing; `what` names it in the viewer's language.
    NotFound {
        /// What is not there.
        what: String,
    },
    /// The viewer may not see it.
    Denied {
        /// The right that is missing.
        right: MissingRight,
    },
    /// The cluster or the database does not answer now; asking again may help.
    Unavailable {
        /// What does not answer, where, and why; empty when it is Podside itself.
        what: String,
    },
    /// The question itself is wrong.
    Invalid {
        /// What is wrong with it.
        what: String,
    },
    /// It would be written down or done in a cluster, and this portal only shows.
    OnlyShows {
        /// What to do about it, in the viewer's language.
        what: String,
    },
}

impl PortalError {
    /// The HTTP status of an answer that says so.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Invalid { .. } => 400,
            Self::Denied { .. } | Self::OnlyShows { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Unavailable { .. } => 503,
        }
    }
}

impl std::fmt::Display for PortalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound { what }
            | Self::Unavailable { what }
            | Self::Invalid { what }
            | Self::OnlyShows { what } => f.write_str(what),
            Self::Denied { right } => write!(f, "no right to {} {}", right.verb, right.resource),
        }
    }
}

impl std::error::Error for PortalError {}

/// The error, with the status of its answer set where there is one to be sent.
pub(crate) fn told(error: PortalError) -> PortalError {
    answer_with_status(error.status());
    error
}

impl FromServerFnError for PortalError {
    type Encoder = JsonTextEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(what)
            | ServerFnErrorErr::MissingArg(what)
            | ServerFnErrorErr::Deserialization(what) => told(Self::Invalid { what }),
            // Nothing was heard of the server: the page says so in its own words.
            ServerFnErrorErr::Request(_) => Self::Unavailable {
                what: String::new(),
            },
            other => Self::Unavailable {
                what: other.to_string(),
            },
        }
    }
}
