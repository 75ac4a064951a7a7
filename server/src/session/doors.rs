//! What sessions lead to, and who gets which.

use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use podside_app::{PortalError, Viewer};
use podside_cluster::effects::Executor;
use podside_model::Lang;
use podside_store::Store;
use tokio::sync::watch;

use super::Session;
use super::access::Access;
use super::acts::Acts;
use super::clusters::{Clusters, Entry};
use super::cuts::Cuts;
use super::viewer::viewer;
use super::views::Views;

/// Tells by the headers of a request what who sends it may reach.
type Recognise = dyn Fn(&HeaderMap) -> Access + Send + Sync;

/// The clusters and the store, which are reached with a [`Session`] alone. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Doors {
    inner: Arc<Inner>,
    acts: Acts,
    image: Arc<str>,
}

/// The image of what is created to run a test, where nobody names another one.
pub(crate) const TEST_IMAGE: &str = "busybox:1.37";

struct Inner {
    clusters: Arc<Clusters>,
    store: Arc<dyn Store>,
    recognise: Box<Recognise>,
    cuts: Cuts,
    views: Views,
    effects: Executor<Outcome>,
    /// Counts what is written to the store, for who looks at what is kept.
    noted: watch::Sender<u64>,
}

/// What comes of an effect; what it found is in the store by then.
pub(crate) type Outcome = Result<(), PortalError>;

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doors").finish_non_exhaustive()
    }
}

impl Doors {
    /// Doors that are open to whoever reaches them: there is no login, and everybody is the
    /// one viewer who uses the credentials of the kubeconfig.
    pub(crate) fn open(clusters: Arc<Clusters>, store: Arc<dyn Store>) -> Self {
        Self::guarded(clusters, store, |_| Access::Own)
    }

    /// Doors behind which one finds what `recognise` says.
    pub(crate) fn guarded(
        clusters: Arc<Clusters>,
        store: Arc<dyn Store>,
        recognise: impl Fn(&HeaderMap) -> Access + Send + Sync + 'static,
    ) -> Self {
        let inner = Inner {
            clusters,
            store,
            recognise: Box::new(recognise),
            cuts: Cuts::default(),
            views: Views::default(),
            effects: Executor::default(),
            noted: watch::Sender::new(0),
        };
        Self {
            inner: Arc::new(inner),
            acts: Acts::default(),
            image: TEST_IMAGE.into(),
        }
    }

    /// The same doors, through which this may be done.
    pub(crate) fn allowing(self, acts: Acts) -> Self {
        Self { acts, ..self }
    }

    /// The same doors, behind which this is the image of what is created to run a test.
    pub(crate) fn testing_with(self, image: &str) -> Self {
        Self {
            image: image.into(),
            ..self
        }
    }

    /// The session of Podside itself: nobody asks, and what it does is done with the
    /// credentials with which it reads the clusters.
    pub(crate) fn own_session(&self) -> Session {
        Session {
            viewer: Viewer {
                name: Some("podside".to_owned()),
                lang: Lang::En,
            },
            access: Access::Own,
            doors: self.clone(),
        }
    }

    /// The session of who sends a request.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Session {
        Session {
            viewer: viewer(headers),
            access: (self.inner.recognise)(headers),
            doors: self.clone(),
        }
    }

    /// The cluster of a name that may be reached, or the first of those that may.
    pub(super) fn find(&self, access: &Access, name: Option<&str>) -> Option<Arc<Entry>> {
        self.inner
            .clusters
            .find(name, |cluster| access.reaches(cluster))
    }

    /// The names of the clusters that may be reached.
    pub(super) fn names(&self, access: &Access) -> Vec<String> {
        let mut names = self.inner.clusters.names();
        names.retain(|name| access.reaches(name));
        names
    }

    /// The names of the clusters that may be reached and are connected to.
    pub(super) fn connected(&self, access: &Access) -> Vec<String> {
        let mut names = self.inner.clusters.connected();
        names.retain(|name| access.reaches(name));
        names
    }

    pub(super) fn acts(&self) -> Acts {
        self.acts
    }

    pub(super) fn test_image(&self) -> &str {
        &self.image
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    pub(super) fn views(&self) -> &Views {
        &self.inner.views
    }

    pub(super) fn effects(&self) -> &Executor<Outcome> {
        &self.inner.effects
    }

    pub(super) fn noted(&self) -> &watch::Sender<u64> {
        &self.inner.noted
    }

    pub(super) fn cuts(&self) -> &Cuts {
        &self.inner.cuts
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session
where
    Doors: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Doors::from_ref(state).session(&parts.headers))
    }
}
