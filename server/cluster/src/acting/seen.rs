//! Looking at a Pod until something has come of it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use podside_diagnosis::facts::{Fact, Kind, Pod, Sharing, State, Terminated, from_object_of};
use podside_model::ObjectRef;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::not_done::NotDone;
use crate::answer::Asked;
use crate::connection::Connection;
use crate::discovery::Resource;

/// How long it takes at first until a Pod is looked at again. Each time twice as long.
const FIRST_LOOK: Duration = Duration::from_millis(200);

/// The longest time until a Pod is looked at again.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The largest Pod that is read. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 8 * 1024 * 1024;

/// Why a container waits that does not start by itself, or not soon: the kubelet's words
/// (`pkg/kubelet/container`, `pkg/kubelet/images`). It may try again later.
const DOES_NOT_START: [&str; 11] = [
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "PostStartHookError",
    "PreCreateHookError",
    "RegistryUnavailable",
    "RunContainerError",
];

/// One Pod, and no other of that name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodId {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its `metadata.uid`.
    pub uid: String,
}

impl PodId {
    /// The Pod as an object.
    pub fn object(&self) -> ObjectRef {
        ObjectRef::namespaced("Pod", &self.namespace, &self.name)
    }

    /// Where it is.
    pub(super) fn path(&self) -> Result<String, NotDone> {
        let path = Resource::of(Kind::Pod).object_path(Some(&self.namespace), &self.name);
        path.map_err(NotDone::Failed)
    }
}

/// What has come of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It runs.
    Running,
    /// It ended.
    Ended(Box<Terminated>),
    /// It does not start: the kubelet's reason and message. The kubelet may try again.
    NotStarted {
        /// The reason, such as `ErrImagePull`.
        reason: String,
        /// The message; empty for none.
        message: String,
    },
    /// None of that yet, and the time is over: why it waits, as far as the kubelet tells.
    StillWaiting {
        /// The reason, such as `ContainerCreating`; empty for none.
        reason: String,
        /// The message; empty for none.
        message: String,
    },
}

/// How a Pod ended, or that it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodEnd {
    /// It ended well: all its containers did.
    Succeeded(Arc<Pod>),
    /// It ended otherwise, such as at its deadline.
    Failed(Arc<Pod>),
    /// It is not there any more.
    Gone,
    /// It goes on, and the time is over.
    StillThere(Arc<Pod>),
}

impl Connection {
    /// A Pod as it is.
    ///
    /// # Errors
    /// [`NotDone::Gone`] when it is not there, or another one of that name is; and when it
    /// cannot be read.
    pub async fn pod(&self, id: &PodId) -> Result<Arc<Pod>, NotDone> {
        let path = id.path()?;
        let answer = self.get_up_to(&path, LARGEST).await;
        let answer = answer.map_err(|error| self.not_done(error))?;
        let asked = Asked::one(Kind::Pod, Some(&id.namespace), &id.name);
        let object: Value = answer.object(&asked).map_err(NotDone::Failed)?;
        let fact = from_object_of(Kind::Pod, &object, &Sharing::default());
        match fact {
            Some(Fact::Pod(pod)) if *pod.meta.uid == *id.uid => Ok(pod),
            _ => Err(NotDone::Gone {
                what: answer.what,
                message: format!("the Pod {} is another one than it was", id.name),
            }),
        }
    }

    /// The state of a container of a Pod; [`State::Absent`] where the kubelet has not told
    /// any.
    ///
    /// # Errors
    /// As of [`pod`](Self::pod).
    pub async fn container_state(&self, id: &PodId, container: &str) -> Result<State, NotDone> {
        Ok(state(&*self.pod(id).await?, container))
    }

    /// Waits until a container runs, has ended or does not start, for so long at most.
    ///
    /// # Errors
    /// As of [`pod`](Self::pod).
    pub async fn await_container(
        &self,
        id: &PodId,
        container: &str,
        within: Duration,
    ) -> Result<Became, NotDone> {
        let look = |pod: Arc<Pod>| became(state(&pod, container));
        self.look_until(id, within, look).await
    }

    /// Waits until a container has ended, for so long at most.
    ///
    /// # Errors
    /// As of [`pod`](Self::pod).
    pub async fn await_container_end(
        &self,
        id: &PodId,
        container: &str,
        within: Duration,
    ) -> Result<Became, NotDone> {
        let look = |pod: Arc<Pod>| match became(state(&pod, container)) {
            ControlFlow::Break(Became::Running) => ControlFlow::Continue(Became::Running),
            other => other,
        };
        self.look_until(id, within, look).await
    }

    /// Waits until a Pod has ended or is gone, for so long at most.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn await_end(&self, id: &PodId, within: Duration) -> Result<PodEnd, NotDone> {
        let look = |pod: Arc<Pod>| match &*pod.phase {
            "Succeeded" => ControlFlow::Break(PodEnd::Succeeded(pod)),
            "Failed" => ControlFlow::Break(PodEnd::Failed(pod)),
            _ => ControlFlow::Continue(PodEnd::StillThere(pod)),
        };
        match self.look_until(id, within, look).await {
            Err(NotDone::Gone { .. }) => Ok(PodEnd::Gone),
            ended => ended,
        }
    }

    /// Looks at a Pod now and then until `look` has seen enough; what it saw last when the
    /// time is over.
    async fn look_until<T>(
        &self,
        id: &PodId,
        within: Duration,
        mut look: impl FnMut(Arc<Pod>) -> ControlFlow<T, T>,
    ) -> Result<T, NotDone> {
        let deadline = Instant::now() + within;
        let mut wait = FIRST_LOOK;
        loop {
            let seen = match look(self.pod(id).await?) {
                ControlFlow::Break(seen) => return Ok(seen),
                ControlFlow::Continue(seen) => seen,
            };
            let now = Instant::now();
            if now >= deadline {
                return Ok(seen);
            }
            sleep_until((now + wait).min(deadline)).await;
            wait = (wait * 2).min(LOOK_EVERY);
        }
    }
}

fn state(pod: &Pod, container: &str) -> State {
    let mut statuses = pod.statuses.iter();
    let status = statuses.find(|status| &*status.name == container);
    status
        .map(|status| status.state.clone())
        .unwrap_or_default()
}

fn became(state: State) -> ControlFlow<Became, Became> {
    match state {
        State::Running { .. } => ControlFlow::Break(Became::Running),
        State::Terminated(ended) => ControlFlow::Break(Became::Ended(ended)),
        State::Waiting { reason, message } => {
            let message = message
                .map(|message| message.to_string())
                .unwrap_or_default();
            let reason = reason.to_string();
            if DOES_NOT_START.contains(&reason.as_str()) {
                ControlFlow::Break(Became::NotStarted { reason, message })
            } else {
                ControlFlow::Continue(Became::StillWaiting { reason, message })
            }
        }
        State::Absent => ControlFlow::Continue(Became::StillWaiting {
            reason: String::new(),
            message: String::new(),
        }),
    }
}
