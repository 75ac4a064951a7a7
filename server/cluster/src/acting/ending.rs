//! Ending a container that was added to a Pod. It cannot be taken away; what can be ended is
//! its processes.

use std::time::Duration;

use podside_diagnosis::facts::State;

use super::exec::{Ended, Exec, ExecLimits};
use super::not_done::NotDone;
use super::seen::{Became, PodId};
use crate::connection::Connection;

/// Ends the processes of the container in which it runs, and no others.
///
/// A container that was added may see the processes of another one, or of the whole node,
/// and the first process need not be its own: a `kill 1` could end the application. Those
/// that were started in the same container have the same mount namespace, which no other
/// container has. First they are asked, and an interactive shell is told that its terminal is
/// gone; who does not listen is ended.
///
/// The first process of a PID namespace of its own cannot be ended from within where it does
/// not listen (`pid_namespaces(7)`). Therefore nobody relies on this: the state is looked at.
const END_OWN: &str = r#"own=$(readlink /proc/self/ns/mnt)
[ -n "$own" ] || exit 3
for sign in HUP TERM KILL; do
  for place in /proc/[0-9]*; do
    it=${place#/proc/}
    [ "$it" = "$$" ] && continue
    [ "$(readlink "$place/ns/mnt" 2>/dev/null)" = "$own" ] && kill -s "$sign" "$it" 2>/dev/null
  done
  sleep 1
done"#;

/// How long the processes may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// How much is kept of what the ending says.
const SAID: usize = 1024;

/// What came of ending a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerEnd {
    /// It has ended.
    Ended,
    /// It was never added to the Pod.
    NeverWas,
    /// It goes on, or begins yet, for this reason.
    GoesOn(String),
}

/// The command that ends what runs in a container that was added to a Pod.
pub fn ending(pod: &PodId, container: &str) -> Exec {
    Exec {
        namespace: pod.namespace.clone(),
        pod: pod.name.clone(),
        container: container.to_owned(),
        command: ["sh", "-c", END_OWN].map(str::to_owned).to_vec(),
    }
}

impl Connection {
    /// Ends a container that was added to a Pod, where that can be done, and looks whether it
    /// has ended.
    ///
    /// # Errors
    /// [`NotDone::Gone`] when the Pod is gone, and the container with it; and when the cluster
    /// cannot be asked. That it cannot be ended is no error.
    pub async fn end_container(
        &self,
        pod: &PodId,
        container: &str,
    ) -> Result<ContainerEnd, NotDone> {
        let found = self.pod(pod).await?;
        if !found.containers().any(|(it, _)| &*it.name == container) {
            return Ok(ContainerEnd::NeverWas);
        }
        match self.container_state(pod, container).await? {
            State::Terminated(_) => return Ok(ContainerEnd::Ended),
            State::Running { .. } => {}
            State::Waiting { reason, .. } => {
                return Ok(ContainerEnd::GoesOn(format!("it waits: {reason}")));
            }
            State::Absent => {
                return Ok(ContainerEnd::GoesOn("it has no state yet".to_owned()));
            }
        }
        let limits = ExecLimits {
            within: ENDS_WITHIN,
            bytes: SAID,
        };
        let why = match self.exec(&ending(pod, container), &limits).await {
            Ok(ran) => match ran.ended {
                // It ends itself with the rest.
                Ended::Exited(_) | Ended::BrokeOff(_) | Ended::TimedOut(_) => {
                    "its processes do not end".to_owned()
                }
                Ended::NotStarted(said) => format!("nothing in it can end it: {said}"),
            },
            Err(
                error @ (NotDone::Denied { .. }
                | NotDone::Refused { .. }
                | NotDone::NotSupported { .. }
                | NotDone::NotRecorded { .. }),
            ) => error.to_string(),
            // It may have ended a moment ago, so that there is nothing to connect to.
            Err(error) => match self.container_state(pod, container).await? {
                State::Terminated(_) => return Ok(ContainerEnd::Ended),
                _ => return Err(error),
            },
        };
        match self
            .await_container_end(pod, container, ENDS_WITHIN)
            .await?
        {
            Became::Ended(_) => Ok(ContainerEnd::Ended),
            _ => Ok(ContainerEnd::GoesOn(why)),
        }
    }
}
