//! Creating something: first in the store, then in the cluster.

use jiff::Timestamp;
use podside_cluster::Connection;
use podside_cluster::acting::{DebugContainer, Deletion, Mark, NotDone, PodId, ShortPod, until};
use podside_model::InvestigationId;
use podside_store::{CreationId, CreationNote, NewCreation};

use super::{Ledger, NotKept, said};
use crate::session::Acts;

/// What something is created for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Purpose {
    /// The investigation with whose end it goes.
    pub(crate) investigation: Option<InvestigationId>,
    /// When it goes at the latest.
    pub(crate) deadline: Timestamp,
}

impl Ledger<'_> {
    /// How a Pod of Podside's own is marked that the viewer has created.
    pub(crate) fn mark(self, purpose: &Purpose) -> Mark {
        Mark {
            owner: self.session.who(),
            investigation: purpose
                .investigation
                .map(|id| id.to_string())
                .unwrap_or_default(),
            deadline: purpose.deadline,
        }
    }

    /// Creates a Pod of Podside's own, with the [mark](Self::mark) of this purpose. It lives
    /// no longer than its deadline.
    ///
    /// # Errors
    /// When it is not created. When it is not known whether it was, as after
    /// [`NotDone::TimedOut`], the ledger finds out by itself.
    pub(crate) async fn create_pod(
        &self,
        cluster: &str,
        pod: ShortPod,
        purpose: &Purpose,
    ) -> Result<(CreationId, PodId), NotKept> {
        let connection = self.connection_to_act_in(cluster).await?;
        let now = Timestamp::now();
        let pod = ShortPod {
            mark: self.mark(purpose),
            lives: pod.lives.min(until(purpose.deadline, now)),
            ..pod
        };
        let meant = self.meant(cluster, (&pod.namespace, &pod.name), purpose, now);
        let id = self.session.kept().intend(meant).await?;
        let created = connection.create_pod(&pod).await;
        let created = self.unless_not_created(id, created).await?;
        if !self.note_there(id, &created.uid).await {
            take_back(&connection, &created).await;
            return Err(NotKept::EndedMeanwhile);
        }
        Ok((id, created))
    }

    /// Adds a container to a Pod. Its name must be one that nobody else chooses
    /// ([`new_name`](podside_cluster::acting::new_name)), as it is known again by it.
    ///
    /// # Errors
    /// As of [`create_pod`](Self::create_pod).
    pub(crate) async fn add_container(
        &self,
        cluster: &str,
        container: &DebugContainer,
        purpose: &Purpose,
    ) -> Result<CreationId, NotKept> {
        let connection = self.connection_to_act_in(cluster).await?;
        let pod = &container.pod;
        let place = (pod.namespace.as_str(), pod.name.as_str());
        let meant = NewCreation {
            container: Some(container.name.clone()),
            uid: Some(pod.uid.clone()),
            ..self.meant(cluster, place, purpose, Timestamp::now())
        };
        let id = self.session.kept().intend(meant).await?;
        let added = connection.add_container(container).await;
        self.unless_not_created(id, added).await?;
        if !self.note_there(id, &pod.uid).await {
            // It cannot be taken back; whoever ended it asked for what can be done.
            if let Err(error) = connection.end_container(pod, &container.name).await {
                tracing::warn!(%error, "a container that nobody wants any more goes on");
            }
            return Err(NotKept::EndedMeanwhile);
        }
        Ok(id)
    }

    /// The cluster, where something may be created or run in it.
    ///
    /// # Errors
    /// When nothing may be done in clusters for the viewer, or it cannot be connected to.
    pub(crate) async fn connection_to_act_in(&self, cluster: &str) -> Result<Connection, NotKept> {
        self.may_act()?;
        self.connection(cluster).await
    }

    /// Whether anything may be created or run in clusters for the viewer.
    ///
    /// # Errors
    /// When nothing may.
    pub(crate) fn may_act(self) -> Result<(), NotKept> {
        match self.session.acts() {
            Acts::Allowed => Ok(()),
            Acts::OnlyCleansUp => Err(NotKept::ReadOnly),
            Acts::Nothing => Err(NotKept::ForNobody),
        }
    }

    fn meant(
        self,
        cluster: &str,
        (namespace, pod): (&str, &str),
        purpose: &Purpose,
        now: Timestamp,
    ) -> NewCreation {
        NewCreation {
            cluster: cluster.to_owned(),
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: None,
            uid: None,
            creator: self.session.who(),
            investigation: purpose.investigation,
            created_at: now,
            deadline: purpose.deadline,
        }
    }

    /// Closes what was certainly not created; of what may have been, it is kept why that is
    /// not known.
    async fn unless_not_created<T>(
        &self,
        id: CreationId,
        created: Result<T, NotDone>,
    ) -> Result<T, NotKept> {
        let error = match created {
            Ok(created) => return Ok(created),
            Err(error) => error,
        };
        let note = match &error {
            NotDone::Denied { .. }
            | NotDone::Refused { .. }
            | NotDone::Conflict { .. }
            | NotDone::Gone { .. }
            | NotDone::NotSupported { .. }
            | NotDone::NotRecorded { .. } => CreationNote::Gone(Some(said(&error))),
            NotDone::TimedOut { .. } | NotDone::Failed(_) => CreationNote::Unchanged(said(&error)),
        };
        self.note(id, Timestamp::now(), note).await;
        Err(NotKept::NotDone(error))
    }

    /// Keeps that it is there; `false` when it was said to be gone meanwhile. What cannot be
    /// kept is found again by its name.
    async fn note_there(&self, id: CreationId, uid: &str) -> bool {
        let there = CreationNote::There {
            uid: uid.to_owned(),
        };
        self.note(id, Timestamp::now(), there).await
    }
}

/// Takes a Pod away that nobody wants any more. Where that fails, it goes at its deadline: it
/// carries the label.
async fn take_back(connection: &Connection, pod: &PodId) {
    let deletion = Deletion {
        object: pod.object(),
        uid: pod.uid.clone(),
        grace: None,
    };
    if let Err(error) = connection.delete(&deletion).await {
        tracing::warn!(%error, pod = %pod.name, "a Pod that nobody wants any more is left");
    }
}
