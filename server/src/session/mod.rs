//! Who asks, in which language, with which rights and credentials: the only door to a
//! cluster and to the store.
//!
//! Pages, server functions, forms, streams and exports get a [`Session`] and reach facts,
//! logs, objects and investigations through it alone: the clusters and the store are private
//! to this module. What a session shows is cut to what its viewer may list ([`cuts`] the
//! facts and their judgement, [`masked`] what was kept). A test asks every route of the
//! router as somebody who may see nothing.

mod access;
mod acts;
mod changes;
mod clusters;
mod concern;
mod cuts;
mod doors;
mod kept;
mod masked;
mod seen;
#[cfg(test)]
pub(crate) mod tests;
mod viewer;
mod views;

use std::sync::Arc;

use podside_app::{Place, Viewer};
use podside_cluster::Connection;
use podside_cluster::effects::Executor;
use podside_cluster::logs::WatchedLogs;
use podside_diagnosis::facts::clean::clean;
use podside_model::{Lang, ObjectRef};

pub(crate) use access::Access;
pub(crate) use acts::Acts;
pub(crate) use changes::Changes;
pub(crate) use clusters::Clusters;
pub(crate) use doors::{Doors, Outcome, TEST_IMAGE};
pub(crate) use kept::Kept;
pub(crate) use seen::Seen;
pub(crate) use viewer::viewer;
pub(crate) use views::Views;

use crate::streams::Of;

/// The longest name under which somebody's doings are kept, in bytes.
const WHO_BYTES: usize = 80;

/// Somebody who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    viewer: Viewer,
    access: Access,
    doors: Doors,
}

impl Session {
    /// The language in which the viewer reads.
    pub(crate) fn lang(&self) -> Lang {
        self.viewer.lang
    }

    /// The same session in the language of a page, which its address may name.
    pub(crate) fn reading(&self, lang: Lang) -> Self {
        let viewer = Viewer {
            lang,
            ..self.viewer.clone()
        };
        Self {
            viewer,
            ..self.clone()
        }
    }

    /// The name under which the viewer's doings are kept: their own, else that of the
    /// account that runs this Podside.
    pub(crate) fn who(&self) -> String {
        let account = || {
            ["USER", "LOGNAME", "USERNAME"]
                .into_iter()
                .find_map(|name| std::env::var(name).ok())
        };
        let name = self.viewer.name.clone().or_else(account);
        name.map(|name| clean(&name.replace('\n', " "), WHO_BYTES).into_owned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "local".to_owned())
    }

    /// Whether the viewer may know of an object of a cluster.
    pub(crate) fn may_see(&self, cluster: &str, object: &ObjectRef) -> bool {
        self.access.may_see(cluster, object)
    }

    /// Looks at a place. A cluster that cannot be reached is seen as not live.
    pub(crate) async fn look(&self, place: &Place) -> Result<Seen, podside_app::PortalError> {
        seen::look(self, place).await
    }

    /// What is seen of a cluster that is not shown: nothing, and why.
    pub(crate) fn nothing_at(&self, place: &Place, why: String) -> Seen {
        Seen::nothing(self, place, why)
    }

    /// The cluster of that name, the first one for `None`, to read logs of: the name under
    /// which the same logs are read with the same credentials, and the logs. `None` when the
    /// viewer has no cluster of that name.
    ///
    /// # Errors
    /// What keeps it from being connected to, in words.
    pub(crate) async fn logs_of(
        &self,
        name: Option<&str>,
    ) -> Result<Option<(String, WatchedLogs)>, String> {
        let Some(entry) = self.doors.find(&self.access, name) else {
            return Ok(None);
        };
        let own = WatchedLogs::new(entry.reached().await?.clone());
        Ok(Some(match self.access.grant(entry.name()) {
            None => (entry.name().to_owned(), own),
            Some(grant) => (
                grant.key(entry.name()),
                own.seen_by(grant.connection.clone(), Arc::clone(&grant.sees)),
            ),
        }))
    }

    /// The changes of the cluster of that name, the first one for `None`, or of what is kept;
    /// `None` when the viewer has no such cluster, or it cannot be connected to. `about` is the
    /// one object that a page shows, which they may see: it is told of what concerns that. That
    /// something changed is all that they tell.
    pub(crate) async fn changes(
        &self,
        of: Of,
        cluster: Option<&str>,
        about: Option<&ObjectRef>,
    ) -> Option<Changes> {
        let kept = (of == Of::Kept).then(|| self.doors.noted().subscribe());
        let entry = self.doors.find(&self.access, cluster);
        let cluster = match &entry {
            Some(entry) => entry.cluster().await.ok(),
            None => None,
        };
        if let (Some(entry), Some(object)) = (&entry, about)
            && !self.may_see(entry.name(), object)
        {
            return None;
        }
        // What was kept of a cluster that is not shown any more goes on.
        (kept.is_some() || cluster.is_some()).then(|| Changes::new(of, about, cluster, kept))
    }

    /// The views that were made for anybody of the facts that they may list.
    pub(crate) fn views(&self) -> &Views {
        self.doors.views()
    }

    /// What runs on anybody's behalf. What an effect is about is known to who knows that.
    pub(crate) fn effects(&self) -> &Executor<Outcome> {
        self.doors.effects()
    }

    /// The cluster of that name, to do something there with the viewer's credentials. `None`
    /// when the viewer has no cluster of that name.
    ///
    /// # Errors
    /// What keeps it from being connected to, in words.
    pub(crate) async fn connection_to(&self, cluster: &str) -> Result<Option<Connection>, String> {
        let Some(entry) = self.doors.find(&self.access, Some(cluster)) else {
            return Ok(None);
        };
        let own = entry.reached().await?.connection();
        let grant = self.access.grant(entry.name());
        Ok(Some(grant.map_or(own, |grant| &grant.connection).clone()))
    }

    /// The names of the clusters that are connected to already.
    pub(crate) fn connected(&self) -> Vec<String> {
        self.doors.connected(&self.access)
    }

    /// What may be done in clusters for the viewer.
    pub(crate) fn acts(&self) -> Acts {
        self.doors.acts()
    }

    /// The image of what is created to run a test.
    pub(crate) fn test_image(&self) -> &str {
        self.doors.test_image()
    }

    /// What Podside remembers, as the viewer may know it.
    pub(crate) fn kept(&self) -> Kept<'_> {
        Kept::new(self.doors.store(), &self.access, self.doors.noted())
    }
}
