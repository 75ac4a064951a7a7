//! Taking away what was created, and looking whether it is there.

use std::time::Duration;

use jiff::Timestamp;
use podside_cluster::Connection;
use podside_cluster::acting::{
    ContainerEnd, Deleted, Deletion, Mark, NotDone, OwnPod, PodEnd, PodId,
};
use podside_store::{Creation, CreationId, CreationNote, CreationState, NewCreation};
use tokio::time::{Instant, sleep};

use super::{Ledger, NotKept, said};
use crate::session::Acts;

/// How long somebody waits for a Pod that was asked to go.
const GOES_WITHIN: Duration = Duration::from_secs(5);

/// How often it is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(400);

impl Ledger<'_> {
    /// Takes away one thing that Podside created, as far as it can be, and keeps what came of
    /// it.
    ///
    /// # Errors
    /// When there is none of this number that the viewer may know of, or the cluster does not
    /// do it: it is tried again by itself at its deadline.
    pub(crate) async fn end(&self, id: CreationId) -> Result<(), NotKept> {
        self.may_clean_up()?;
        let kept = self.session.kept();
        let creation = kept.creation(id).await?;
        if creation.state == CreationState::Gone {
            return Ok(());
        }
        let connection = self.connection(&creation.made.cluster).await?;
        let ended = ended(&connection, &creation).await;
        let note = match &ended {
            Ok(note) => note.clone(),
            Err(error) => CreationNote::Unchanged(said(error)),
        };
        kept.note_creation(id, Timestamp::now(), note).await?;
        ended?;
        Ok(())
    }

    /// Takes away a Pod that was found by its label, and that the store need not know: one
    /// that another Podside created, or this one before its data were lost.
    ///
    /// # Errors
    /// When it is not Podside's or another one than was meant, or the cluster does not do it.
    pub(crate) async fn end_found(&self, cluster: &str, pod: &PodId) -> Result<(), NotKept> {
        self.may_clean_up()?;
        let connection = self.connection(cluster).await?;
        let found = connection.own_pod(&pod.namespace, &pod.name).await?;
        match found {
            Some(found) if found.id == *pod => {
                delete(&connection, pod).await?;
                Ok(())
            }
            // Somebody else was faster, which is what was asked for.
            None if is_gone(&connection, pod).await? => Ok(()),
            _ => Err(NotKept::NotOwn(pod.object().to_string())),
        }
    }

    /// The cluster of that name, with the viewer's credentials.
    pub(super) async fn connection(&self, cluster: &str) -> Result<Connection, NotKept> {
        let found = self.session.connection_to(cluster).await;
        let found = found.map_err(NotKept::NotConnected)?;
        found.ok_or_else(|| NotKept::NoCluster(cluster.to_owned()))
    }

    fn may_clean_up(self) -> Result<(), NotKept> {
        match self.session.acts() {
            Acts::Allowed | Acts::OnlyCleansUp => Ok(()),
            Acts::Nothing => Err(NotKept::ForNobody),
        }
    }
}

/// Looks whether something is there.
pub(super) async fn seen(
    connection: &Connection,
    creation: &Creation,
) -> Result<CreationNote, NotDone> {
    let made = &creation.made;
    let Some(pod) = pod_of(made) else {
        let found = connection.own_pod(&made.namespace, &made.pod).await?;
        return Ok(match found {
            Some(found) if is_meant(&found, made) => there(&found.id),
            // None, or one of somebody else.
            _ => CreationNote::Gone(creation.error.clone()),
        });
    };
    let found = match connection.pod(&pod).await {
        Err(NotDone::Gone { .. }) => return Ok(CreationNote::Gone(None)),
        found => found?,
    };
    let Some(container) = &made.container else {
        return Ok(there(&pod));
    };
    let is_in_it = found.containers().any(|(it, _)| *it.name == **container);
    let is_over = |status: &podside_diagnosis::facts::ContainerStatus| {
        let of_it = *status.name == **container;
        of_it && matches!(status.state, podside_diagnosis::facts::State::Terminated(_))
    };
    Ok(if !is_in_it || found.statuses.iter().any(is_over) {
        CreationNote::Gone(creation.error.clone().filter(|_| !is_in_it))
    } else {
        there(&pod)
    })
}

/// Has something go, and tells how far that came.
pub(super) async fn ended(
    connection: &Connection,
    creation: &Creation,
) -> Result<CreationNote, NotDone> {
    let made = &creation.made;
    let pod = match (pod_of(made), seen(connection, creation).await?) {
        (_, gone @ CreationNote::Gone(_)) => return Ok(gone),
        (Some(pod), _) => pod,
        (None, CreationNote::There { uid }) => PodId {
            namespace: made.namespace.clone(),
            name: made.pod.clone(),
            uid,
        },
        (None, other) => return Ok(other),
    };
    let Some(container) = &made.container else {
        return delete(connection, &pod).await;
    };
    match connection.end_container(&pod, container).await {
        Ok(ContainerEnd::Ended | ContainerEnd::NeverWas) | Err(NotDone::Gone { .. }) => {
            Ok(CreationNote::Gone(None))
        }
        Ok(ContainerEnd::GoesOn(why)) => Ok(CreationNote::Stays(why)),
        Err(error) => Err(error),
    }
}

/// Deletes a Pod and waits a while until it is gone.
pub(super) async fn delete(connection: &Connection, pod: &PodId) -> Result<CreationNote, NotDone> {
    let deletion = Deletion {
        object: pod.object(),
        uid: pod.uid.clone(),
        grace: None,
    };
    if connection.delete(&deletion).await? == Deleted::WasGone {
        return Ok(CreationNote::Gone(None));
    }
    let until = Instant::now() + GOES_WITHIN;
    while !is_gone(connection, pod).await? {
        if Instant::now() >= until {
            return Ok(CreationNote::Going);
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(CreationNote::Gone(None))
}

async fn is_gone(connection: &Connection, pod: &PodId) -> Result<bool, NotDone> {
    let end = connection.await_end(pod, Duration::ZERO).await?;
    Ok(end == PodEnd::Gone)
}

/// The Pod of something, where its uid is known.
fn pod_of(made: &NewCreation) -> Option<PodId> {
    Some(PodId {
        namespace: made.namespace.clone(),
        name: made.pod.clone(),
        uid: made.uid.clone()?,
    })
}

fn there(pod: &PodId) -> CreationNote {
    CreationNote::There {
        uid: pod.uid.clone(),
    }
}

/// Whether a Pod that carries Podside's label is the one that was meant: another Podside may
/// have created one of that name.
fn is_meant(found: &OwnPod, made: &NewCreation) -> bool {
    let investigation = made.investigation.map(|id| id.to_string());
    found.mark.as_ref().is_some_and(|mark: &Mark| {
        mark.owner == made.creator
            && mark.investigation == investigation.unwrap_or_default()
            // The store keeps milliseconds.
            && mark.deadline.as_millisecond() == made.deadline.as_millisecond()
    })
}
