//! Pods that should be ready or ended, and are not.

use jiff::Timestamp;
use podside_model::{Message, Said};

use super::{Unwell, Waits, said};
use crate::facts::{
    Condition, Container, ContainerKind, ContainerStatus, Object, Pod, PodSpec, State,
};
use crate::kubectl;
use crate::patience::{CONTAINERS_CREATED, IMAGE_PULL, INIT, SCHEDULING, STARTING};
use crate::snapshot::Snapshot;

/// Reasons with which a container waits while all is well.
const ON_ITS_WAY: &[&str] = &["", "ContainerCreating", "PodInitializing"];

/// A Pod that should be ready or ended and is not. Of a Pod that failed its controller tells,
/// which makes another.
pub(super) fn of(pod: &Pod, snapshot: &Snapshot) -> Option<Unwell> {
    let unwell = match &*pod.phase {
        "Succeeded" => return None,
        "Failed" => failed(pod, snapshot)?,
        _ if pod.is_ready() => return None,
        "Unknown" => Unwell::of(pod, snapshot, "unwell.lost-pod"),
        _ => waiting_or_not_ready(pod, snapshot)?,
    };
    Some(unwell.said(said::warnings(pod, snapshot)))
}

fn failed(pod: &Pod, snapshot: &Snapshot) -> Option<Unwell> {
    if pod.meta.controller().is_some() {
        return None;
    }
    let ended = pod
        .statuses
        .iter()
        .filter_map(|status| match &status.state {
            State::Terminated(end) if end.exit_code != 0 => Some((status, &**end)),
            _ => None,
        });
    let since = ended.clone().filter_map(|(_, end)| end.finished).min();
    let mut words: Vec<Said> = Vec::new();
    if !pod.reason.is_empty() {
        let message = pod.message.as_deref().unwrap_or_default();
        words.push(said::field(&pod.object_ref(), &pod.reason, message));
    }
    words.extend(ended.map(|(status, end)| said::ended(pod, status, end)));
    Some(
        Unwell::of(pod, snapshot, "unwell.failed-pod")
            .since(since.or(pod.started).or(pod.meta.created))
            .said(words),
    )
}

fn waiting_or_not_ready(pod: &Pod, snapshot: &Snapshot) -> Option<Unwell> {
    if pod.node.is_empty() {
        return Some(unscheduled(pod, snapshot));
    }
    let mut states = pod.containers().filter_map(|(c, s)| Some((c, s?)));
    if let Some((container, status)) = states.find(|(c, s)| has_failed(c, s, pod)) {
        return Some(at_fault(pod, container, status, snapshot));
    }
    let init = pod.containers().find(|(container, status)| {
        container.kind == ContainerKind::Init
            && !status.is_some_and(|s| matches!(s.state, State::Terminated(_)))
    });
    let scheduled = pod
        .condition("PodScheduled")
        .and_then(|condition| condition.changed)
        .or(pod.meta.created);
    let runs = pod.statuses.iter().any(ContainerStatus::is_running);
    match init {
        Some((container, status)) if status.is_some_and(ContainerStatus::is_running) => {
            let from = status.and_then(ContainerStatus::running_since);
            Some(
                Unwell::of(pod, snapshot, "unwell.init")
                    .with("container", &*container.name)
                    .since(from)
                    .waits(INIT.wait(from, snapshot))
                    .settled_by(log(pod, container)),
            )
        }
        _ if init.is_some() || !runs => {
            // A Pod of a Job may have ended in all its containers and not yet say so.
            let words = pod.statuses.iter().filter_map(|s| said::waiting(pod, s));
            let patience = if is_pulling(pod, snapshot) {
                &IMAGE_PULL
            } else {
                &CONTAINERS_CREATED
            };
            Some(
                Unwell::of(pod, snapshot, "unwell.creating")
                    .with("node", &*pod.node)
                    .since(scheduled)
                    .waits(patience.wait(scheduled, snapshot))
                    .said(words),
            )
        }
        _ => not_ready(pod, snapshot),
    }
}

/// Whether the last that the kubelet said of a Pod's images is that it pulls one.
fn is_pulling(pod: &Pod, snapshot: &Snapshot) -> bool {
    let mut images = snapshot
        .events_of(pod)
        .filter(|event| matches!(&*event.reason, "Pulling" | "Pulled" | "Failed" | "BackOff"));
    images
        .next()
        .is_some_and(|event| &*event.reason == "Pulling")
}

fn unscheduled(pod: &Pod, snapshot: &Snapshot) -> Unwell {
    let words = pod
        .condition("PodScheduled")
        .filter(|condition| condition.is_false())
        .map(|condition| said::condition(&pod.object_ref(), condition));
    Unwell::of(pod, snapshot, "unwell.unscheduled")
        .since(pod.meta.created)
        .waits(SCHEDULING.wait(pod.meta.created, snapshot))
        .said(words)
}

/// Whether a container's state says itself that it failed.
fn has_failed(container: &Container, status: &ContainerStatus, pod: &Pod) -> bool {
    match &status.state {
        State::Waiting { reason, .. } => !ON_ITS_WAY.contains(&&**reason),
        State::Terminated(end) => match container.kind {
            ContainerKind::Ephemeral => false,
            // One that ends well is started again where everything is.
            ContainerKind::Regular | ContainerKind::Sidecar => {
                end.exit_code != 0 || always_restarts(&pod.spec)
            }
            ContainerKind::Init => end.exit_code != 0,
        },
        State::Running { .. } | State::Absent => false,
    }
}

fn always_restarts(spec: &PodSpec) -> bool {
    matches!(&*spec.restart_policy, "" | "Always")
}

fn at_fault(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &Snapshot,
) -> Unwell {
    let end = status.last_end();
    let unwell = match (&status.state, end) {
        (State::Waiting { reason, .. }, _) => {
            Unwell::of(pod, snapshot, "unwell.waiting").with("reason", &**reason)
        }
        (_, Some((_, end))) => {
            Unwell::of(pod, snapshot, "unwell.ended").with("code", end.exit_code)
        }
        _ => Unwell::of(pod, snapshot, "unwell.not-ready"),
    };
    let unwell = unwell
        .with("container", &*container.name)
        .since(not_ready_since(pod))
        .said(said::waiting(pod, status))
        .said(end.map(|(_, end)| said::ended(pod, status, end)));
    match end {
        Some(_) => unwell.settled_by(log(pod, container)),
        None => unwell,
    }
}

/// A Pod whose containers run without being ready. One that works until it ends, and some of
/// whose containers have done so well, is at work.
fn not_ready(pod: &Pod, snapshot: &Snapshot) -> Option<Unwell> {
    let idle = pod.containers().find(|(container, status)| {
        matches!(
            container.kind,
            ContainerKind::Regular | ContainerKind::Sidecar
        ) && status.is_some_and(|s| s.is_running() && !s.ready)
    });
    let gates = pod
        .conditions
        .iter()
        .find(|c| &*c.kind == "Ready" && &*c.reason == "ReadinessGatesNotReady");
    let container = match (idle, gates) {
        (Some((container, _)), _) => container,
        (None, Some(_)) => pod.spec.containers.first()?,
        (None, None) if always_restarts(&pod.spec) => pod.spec.containers.first()?,
        (None, None) => return None,
    };
    let from = started(pod);
    let wait = STARTING.wait_for(starts_within(&pod.spec), from, snapshot);
    let ready = pod
        .condition("Ready")
        .map(|condition| said::condition(&pod.object_ref(), condition));
    Some(
        Unwell::of(pod, snapshot, "unwell.not-ready")
            .since(not_ready_since(pod))
            .waits(Waits::from(wait))
            .said(ready)
            .settled_by(log(pod, container)),
    )
}

/// When the newest of its containers began to run.
fn started(pod: &Pod) -> Option<Timestamp> {
    let running = pod
        .statuses
        .iter()
        .filter_map(ContainerStatus::running_since);
    running.max().or(pod.started)
}

/// How many seconds the probes of a Pod let it take to become ready, and never less than an
/// application without probes has.
pub(super) fn starts_within(spec: &PodSpec) -> i64 {
    let of_container = |container: &Container| {
        let probes = [&container.startup, &container.readiness];
        let budgets = probes.into_iter().flatten().map(|p| p.patience_seconds());
        budgets.fold(0_i64, i64::saturating_add)
    };
    let longest = spec.containers.iter().map(of_container).max();
    longest.unwrap_or(0).max(STARTING.seconds)
}

fn not_ready_since(pod: &Pod) -> Option<Timestamp> {
    let ready = pod.condition("Ready").and_then(|c: &Condition| c.changed);
    ready.or(pod.started).or(pod.meta.created)
}

fn log(pod: &Pod, container: &Container) -> Message {
    let status = pod.status_of(container);
    let previous = status.is_some_and(|s| !s.is_running() && s.restarts > 0);
    let command = kubectl::logs(
        &pod.meta.namespace,
        &pod.meta.name,
        &container.name,
        previous,
    );
    Message::new("settle.logs").with("command", command)
}
