//! Whether readers of this portal may write to its store.
//!
//! The server decides it once for all its pages, refuses what is not allowed, and stamps it
//! on `<html>`, from where the browser reads it: so that a button that would be refused is
//! locked, with the reason beside it.

use leptos::prelude::*;
use podside_model::Lang;

use crate::portal::PortalError;
use crate::words::WritesWords;

/// Whether readers may investigate, take notes and share: all that is written to the
/// store. It says nothing of what acts on a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writes {
    /// They may.
    #[default]
    Allowed,
    /// The portal only shows, because it cannot tell who asks.
    OnlyShows,
}

impl Writes {
    /// What holds for the page that is being rendered: from the server's context, or in the
    /// browser from the document that the server sent.
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_else(Self::of_document)
    }

    /// Why a button that writes is locked, in one sentence; `None` when it is not.
    pub fn locked(self, lang: Lang) -> Option<&'static str> {
        (self == Self::OnlyShows).then(|| WritesWords::of(lang).only_shows)
    }

    /// The refusal of a request that would write; `None` when it may.
    pub fn refusal(self, lang: Lang) -> Option<PortalError> {
        self.locked(lang).map(|what| PortalError::OnlyShows {
            what: what.to_owned(),
        })
    }

    /// The value of the attribute `data-writes` of `<html>`.
    #[cfg(feature = "ssr")]
    pub(crate) const fn as_attribute(self) -> Option<&'static str> {
        match self {
            Self::Allowed => None,
            Self::OnlyShows => Some("none"),
        }
    }

    #[cfg(feature = "hydrate")]
    fn of_document() -> Self {
        let root = document().document_element();
        match root.and_then(|root| root.get_attribute("data-writes")) {
            Some(_) => Self::OnlyShows,
            None => Self::Allowed,
        }
    }

    #[cfg(not(feature = "hydrate"))]
    fn of_document() -> Self {
        Self::default()
    }
}
