//! Doing something in a cluster, on somebody's word.
//!
//! Before an action there is what it would be ([`Connection::plan`]): the kubectl command,
//! the object that would be created, and the rights that are missing. Each action is sent
//! once: whoever wants it again decides that anew. What is created is named before, carries
//! Podside's label and says for whom and until when it is ([`Mark`]), so that it is found
//! again ([`Connection::leftovers`]) and taken away ([`Connection::delete`]).
//!
//! What comes out of a container or the API server leaves as it may be shown: without what
//! steers a terminal, and with what looks like a secret hidden.

mod debug_container;
mod deletion;
mod dry_run;
mod ending;
mod exec;
mod leftovers;
mod mark;
mod needs;
mod not_done;
mod output;
mod place;
mod seen;
mod short_pod;
mod written;

use serde_json::Value;

pub use crate::access::Need;
use crate::connection::Connection;
pub use debug_container::{DebugContainer, Profile};
pub use deletion::{Deleted, Deletion};
pub use dry_run::{DryRun, PatchForm};
pub use ending::{ContainerEnd, ending};
pub use exec::{Ended, Exec, ExecLimits, LONGEST_COMMAND, Ran};
pub use leftovers::{Leftovers, OwnPod};
pub use mark::{MANAGED_BY, Mark, until};
pub use needs::connect_verbs;
pub use not_done::{Lacking, NotDone};
pub use output::Output;
pub use place::{RunPlace, has_no_program, place};
pub use seen::{Became, PodEnd, PodId};
pub use short_pod::{OWN_CONTAINER, ShortPod, name_of, new_name, one_command};

/// Something to be done in a cluster.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A command is run in a container.
    Exec(Exec),
    /// A container is added to a Pod.
    AddContainer(DebugContainer),
    /// A Pod of Podside's own is created.
    CreatePod(ShortPod),
    /// An object is taken away.
    Delete(Deletion),
    /// A change is tried and not made.
    DryRun(DryRun),
}

/// What an action would be, told before it is carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The same with kubectl.
    pub kubectl: String,
    /// The object that is created, or the container that is added, where one is.
    pub object: Option<Value>,
    /// The rights that are missing, as far as the API server tells; `None` for none.
    pub lacking: Option<Lacking>,
}

impl Action {
    /// The same with kubectl.
    pub fn kubectl(&self) -> String {
        match self {
            Self::Exec(exec) => exec.kubectl(),
            Self::AddContainer(container) => container.kubectl(),
            Self::CreatePod(pod) => pod.kubectl(),
            Self::Delete(deletion) => deletion.kubectl(),
            Self::DryRun(dry_run) => dry_run.kubectl(),
        }
    }

    /// The object that is created, or the container that is added, where one is.
    pub fn object(&self) -> Option<Value> {
        match self {
            Self::AddContainer(container) => Some(container.object()),
            Self::CreatePod(pod) => Some(pod.object()),
            Self::Exec(_) | Self::Delete(_) | Self::DryRun(_) => None,
        }
    }
}

impl Connection {
    /// What an action would be, and what is missing for it. Nothing is done.
    ///
    /// # Errors
    /// When the API server cannot be asked, or has no such kind.
    pub async fn plan(&self, action: &Action) -> Result<Plan, NotDone> {
        let needs = self.needs(action).await?;
        self.plan_of(action, &needs).await
    }

    /// The same of an action whose output is read afterwards: of what is created, that is its
    /// log.
    ///
    /// # Errors
    /// As of [`plan`](Self::plan).
    pub async fn plan_to_read(&self, action: &Action) -> Result<Plan, NotDone> {
        let mut needs = self.needs(action).await?;
        match action {
            Action::AddContainer(container) => {
                let pod = &container.pod;
                needs.push(written::need(&pod.namespace, &pod.name));
            }
            Action::CreatePod(pod) => needs.push(written::need(&pod.namespace, &pod.name)),
            Action::Exec(_) | Action::Delete(_) | Action::DryRun(_) => {}
        }
        self.plan_of(action, &needs).await
    }

    async fn needs(&self, action: &Action) -> Result<Vec<Need>, NotDone> {
        Ok(match action {
            Action::Exec(exec) => exec.needs(&self.known_version().await?),
            Action::AddContainer(container) => container.needs(),
            Action::CreatePod(pod) => pod.needs(),
            Action::Delete(deletion) => self.deletion_needs(deletion).await?,
            Action::DryRun(dry_run) => self.dry_run_needs(dry_run).await?,
        })
    }

    async fn plan_of(&self, action: &Action, needs: &[Need]) -> Result<Plan, NotDone> {
        Ok(Plan {
            kubectl: action.kubectl(),
            object: action.object(),
            lacking: self.lacking(needs).await?,
        })
    }
}
