//! What of the target and its Pod a step shows beside its answer.

use podside_model::{Evidence, Message};

use super::format::Show;
use super::show_target;
use super::target::Target;
use crate::facts::{Condition, ContainerKind, ContainerStatus, Meta, Pod, State};
use crate::proof::{self, Proof};

/// The most pieces of evidence that one step shows.
pub(super) const MOST: usize = 8;

/// The evidence that a step shows. What cannot be read shows nothing: the answer says so.
pub(super) fn show(target: &Target<'_>, shows: &[Show]) -> Vec<Evidence<Message>> {
    shows
        .iter()
        .flat_map(|show| pieces(target, *show))
        .take(MOST)
        .filter_map(Proof::into_evidence)
        .collect()
}

fn pieces(target: &Target<'_>, show: Show) -> Vec<Proof> {
    match show {
        Show::TargetPhase => show_target::phase(target),
        Show::TargetConditions => show_target::conditions(target),
        Show::TargetDeletion => show_target::deletion(target),
        Show::Replicas => show_target::replicas(target),
        Show::Selectors => show_target::selectors(target),
        Show::Endpoints => show_target::endpoints(target),
        Show::NodeConditions => show_target::node_conditions(target),
        Show::Warnings => show_target::warnings(target),
        Show::Phase
        | Show::Node
        | Show::Conditions
        | Show::States
        | Show::LastStates
        | Show::TerminationMessages
        | Show::Images
        | Show::Deletion => match target.pod() {
            Ok(pod) => of_pod(pod, show),
            Err(_) => Vec::new(),
        },
    }
}

fn of_pod(pod: &Pod, show: Show) -> Vec<Proof> {
    match show {
        Show::Phase => vec![proof::field(pod, "/status/phase", &*pod.phase)],
        Show::Node if pod.node.is_empty() => Vec::new(),
        Show::Node => vec![proof::field(pod, "/spec/nodeName", &*pod.node)],
        Show::Conditions => pod
            .conditions
            .iter()
            .filter(|condition| !condition.is_true())
            .map(|condition| proof::condition(pod, condition, telling(condition)))
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
        Show::Deletion => deletion(&pod.meta, |path, value| proof::field(pod, path, value)),
        // What is of the target, others show.
        _ => Vec::new(),
    }
}

/// Since when an object is to go, and what holds it.
pub(super) fn deletion(meta: &Meta, field: impl Fn(&'static str, String) -> Proof) -> Vec<Proof> {
    let deleted = meta.deleting.iter();
    let deleted = deleted.map(|at| field("/metadata/deletionTimestamp", at.to_string()));
    let held = (!meta.finalizers.is_empty())
        .then(|| field("/metadata/finalizers", meta.finalizers.join(", ")));
    deleted.chain(held).collect()
}

/// The field of a condition that tells the most.
pub(super) fn telling(condition: &Condition) -> &'static str {
    match condition.message.as_deref() {
        None | Some("") => "status",
        Some(_) => "message",
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

#[cfg(test)]
#[path = "show_tests.rs"]
mod tests;
