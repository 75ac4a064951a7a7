//! The parts of a Pod that a step shows beside its answer.

use podside_model::{Evidence, Message};

use super::format::Show;
use crate::facts::{ContainerKind, ContainerStatus, Pod, State};
use crate::proof::{self, Proof};

/// The most pieces of evidence that one step shows.
pub(super) const MOST: usize = 8;

/// The evidence that a step shows of a Pod.
pub(super) fn show(pod: &Pod, shows: &[Show]) -> Vec<Evidence<Message>> {
    shows
        .iter()
        .flat_map(|show| pieces(pod, *show))
        .take(MOST)
        .filter_map(Proof::into_evidence)
        .collect()
}

fn pieces(pod: &Pod, show: Show) -> Vec<Proof> {
    match show {
        Show::Phase => vec![proof::field(pod, "/status/phase", &*pod.phase)],
        Show::Node if pod.node.is_empty() => Vec::new(),
        Show::Node => vec![proof::field(pod, "/spec/nodeName", &*pod.node)],
        Show::Conditions => pod
            .conditions
            .iter()
            .filter(|condition| !condition.is_true())
            .map(|condition| {
                let message = condition.message.as_deref().unwrap_or_default();
                proof::condition(
                    pod,
                    condition,
                    if message.is_empty() {
                        "status"
                    } else {
                        "message"
                    },
                )
            })
            .collect(),
        Show::States => unfinished(pod)
            .filter_map(|status| state(pod, status))
            .collect(),
        Show::LastStates => unfinished(pod)
            .filter_map(|status| {
                let end = status.last_end()?;
                let field = if end.1.reason.is_empty() {
                    "exitCode"
                } else {
                    "reason"
                };
                Some(proof::ended(pod, status, end, field))
            })
            .collect(),
        Show::TerminationMessages => unfinished(pod)
            .filter_map(|status| {
                let end = status.last_end()?;
                end.1.message.as_ref()?;
                Some(proof::ended(pod, status, end, "message"))
            })
            .collect(),
        Show::Images => pod
            .containers()
            .filter(|(container, _)| container.kind != ContainerKind::Ephemeral)
            .map(|(container, _)| {
                proof::field(
                    pod,
                    format!("{}/image", container.path()),
                    &*container.image,
                )
                .in_container(&container.name)
            })
            .collect(),
        Show::Deletion => {
            pod.meta
                .deleting
                .iter()
                .map(|at| proof::field(pod, "/metadata/deletionTimestamp", at.to_string()))
                .chain((!pod.meta.finalizers.is_empty()).then(|| {
                    proof::field(pod, "/metadata/finalizers", pod.meta.finalizers.join(", "))
                }))
                .collect()
        }
    }
}

/// The containers that are still of interest: an init container that ended well is not.
fn unfinished(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    pod.containers().filter_map(|(container, status)| {
        let status = status?;
        let done = container.kind == ContainerKind::Init
            && matches!(&status.state, State::Terminated(end) if end.exit_code == 0);
        (!done).then_some(status)
    })
}

fn state(pod: &Pod, status: &ContainerStatus) -> Option<Proof> {
    match &status.state {
        State::Absent => None,
        State::Waiting { .. } => Some(proof::waiting(pod, status)),
        State::Running { .. } => {
            Some(proof::field(pod, status.path("ready"), status.ready).in_container(&status.name))
        }
        State::Terminated(end) => Some(proof::ended(pod, status, ("state", end), "exitCode")),
    }
}
