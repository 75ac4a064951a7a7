//! What Podside creates in clusters, and that it is taken away again.
//!
//! Nothing is created past the [`Ledger`]: it stands in the store before it is asked of the
//! cluster ([`creating`]), whatever happens to this process then. It goes when somebody says
//! so ([`ending`]), when its investigation ends or its deadline passes ([`Reaper`]). What the
//! store says is compared with the cluster again and again, and an object is touched only
//! where its uid is the one that was kept, or where it carries Podside's label and says
//! itself that its time is over.

mod creating;
mod ending;
mod reaper;
#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;
use podside_app::{PortalError, RefusalWords};
use podside_cluster::acting::NotDone;
use podside_diagnosis::facts::clean::{LONG, clean};
use podside_model::Lang;
use podside_store::{CreationId, CreationNote};

use crate::investigations::failed;
use crate::session::Session;
pub(crate) use creating::Purpose;
pub(crate) use reaper::{Reaper, unknown};

/// How long it takes at most until what was asked to be created is there, or never is: a
/// request ends before that, with a login before it.
const SETTLED: Duration = Duration::from_mins(2);

/// What a session can do with what Podside creates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger<'a> {
    session: &'a Session,
}

impl<'a> Ledger<'a> {
    /// What is created for a session, and what it may know of.
    pub(crate) fn of(session: &'a Session) -> Self {
        Self { session }
    }

    /// Keeps what became of something; `false` when it was gone before. What cannot be kept
    /// comes up again at the next look at the cluster.
    async fn note(&self, id: CreationId, at: Timestamp, note: CreationNote) -> bool {
        let kept = self.session.kept();
        kept.note_creation(id, at, note)
            .await
            .unwrap_or_else(|error| {
                tracing::warn!(%error, creation = %id, "what became of it could not be kept");
                true
            })
    }
}

/// Why nothing was created or taken away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    /// Nothing is created on this Podside, and nothing run: `--read-only`.
    #[error("{}", RefusalWords::of(Lang::En).read_only)]
    ReadOnly,
    /// Nothing is done in clusters for whoever reaches this Podside from elsewhere.
    #[error("{}", RefusalWords::of(Lang::En).acts_for_nobody)]
    ForNobody,
    /// There is no cluster of this name that somebody may reach.
    #[error("{}", (RefusalWords::of(Lang::En).no_cluster)(.0))]
    NoCluster(String),
    /// The cluster cannot be connected to, for this reason.
    #[error("{0}")]
    NotConnected(String),
    /// The Pod of this name is not Podside's, or another one than was meant: it is left alone.
    #[error("{}", (RefusalWords::of(Lang::En).not_own_pod)(.0))]
    NotOwn(String),
    /// Somebody had it taken away while it was created.
    #[error("{}", RefusalWords::of(Lang::En).ended_meanwhile)]
    EndedMeanwhile,
    /// The store did not keep it, so that nothing was asked of the cluster.
    #[error(transparent)]
    Store(#[from] podside_store::Error),
    /// The cluster did not do it.
    #[error(transparent)]
    NotDone(#[from] NotDone),
}

impl NotKept {
    /// What somebody is told, in their language.
    pub(crate) fn told(self, lang: Lang) -> PortalError {
        let w = RefusalWords::of(lang);
        match self {
            Self::ReadOnly => PortalError::OnlyShows {
                what: w.read_only.to_owned(),
            },
            Self::ForNobody => PortalError::OnlyShows {
                what: w.acts_for_nobody.to_owned(),
            },
            Self::NoCluster(name) => PortalError::NotFound {
                what: (w.no_cluster)(&name),
            },
            Self::NotConnected(what) => PortalError::Unavailable { what },
            Self::NotOwn(pod) => PortalError::NotFound {
                what: (w.not_own_pod)(&pod),
            },
            Self::EndedMeanwhile => PortalError::NotFound {
                what: w.ended_meanwhile.to_owned(),
            },
            Self::Store(podside_store::Error::NoCreation(id)) => PortalError::NotFound {
                what: (w.no_creation)(id.0),
            },
            Self::Store(error) => failed(lang, error),
            Self::NotDone(NotDone::Denied { lacking, message }) => {
                match lacking.rights.into_iter().next() {
                    Some(right) => PortalError::Denied { right },
                    None => PortalError::Unavailable { what: message },
                }
            }
            Self::NotDone(error) => PortalError::Unavailable { what: said(&error) },
        }
    }
}

/// What the cluster said, as it may be kept and shown.
fn said(error: &NotDone) -> String {
    clean(&error.to_string(), LONG).into_owned()
}

/// Whether it is known by now whether something was created.
fn is_settled(created_at: Timestamp, now: Timestamp) -> bool {
    let age: Duration = now
        .duration_since(created_at)
        .try_into()
        .unwrap_or_default();
    age >= SETTLED
}
