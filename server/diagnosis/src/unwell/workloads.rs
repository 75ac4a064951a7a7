//! Workloads that are short of ready Pods.

use jiff::Timestamp;

use super::{Unwell, Waits, pods, said};
use crate::facts::{
    Condition, DaemonSet, Deployment, Kind, Meta, Object, Pod, PodSpec, ReplicaSet, Replicas,
    ReplicationController, StatefulSet,
};
use crate::patience::{CONTROLLER_ACTS, NONE_READY, ROLLOUT};
use crate::snapshot::Snapshot;

/// A Deployment that is short of ready Pods, or that its controller has not looked at.
pub(super) fn of_deployment(deployment: &Deployment, snapshot: &Snapshot) -> Option<Unwell> {
    let unseen = unobserved(deployment, deployment.observed_generation, snapshot);
    let unwell = unseen.or_else(|| short(deployment, deployment.replicas, snapshot))?;
    let unwell = words(unwell, deployment, &deployment.conditions, snapshot);
    if unwell.patience == Waits::No || deployment.replicas.wanted == 0 {
        return Some(unwell);
    }
    let available = deployment.condition("Available").filter(|c| c.is_false());
    let dark = available.filter(|_| deployment.replicas.ready == 0);
    let budget = starts_within(&deployment.template.spec);
    let none_ready = dark
        .and_then(|available| available.changed)
        .is_some_and(|at| NONE_READY.wait_for(budget, Some(at), snapshot).is_none());
    let deadline = deployment.progress_deadline.unwrap_or(ROLLOUT.seconds);
    let stuck = available
        .and_then(|available| available.changed)
        .is_some_and(|at| ROLLOUT.wait_for(deadline, Some(at), snapshot).is_none());
    Some(if none_ready || stuck {
        unwell.waits(None)
    } else {
        unwell
    })
}

/// A ReplicaSet that nobody but itself answers for.
pub(super) fn of_replica_set(set: &ReplicaSet, snapshot: &Snapshot) -> Option<Unwell> {
    let owner = set.meta.controller();
    if owner.is_some_and(|owner| owner.kind.is(Kind::Deployment)) {
        return None;
    }
    let unwell = short(set, set.replicas, snapshot)?;
    Some(words(unwell, set, &set.conditions, snapshot))
}

/// The same of a ReplicationController.
pub(super) fn of_replication_controller(
    controller: &ReplicationController,
    snapshot: &Snapshot,
) -> Option<Unwell> {
    let unseen = unobserved(controller, controller.observed_generation, snapshot);
    let unwell = unseen.or_else(|| short(controller, controller.replicas, snapshot))?;
    Some(words(unwell, controller, &controller.conditions, snapshot))
}

/// A StatefulSet that is short of ready Pods.
pub(super) fn of_stateful_set(set: &StatefulSet, snapshot: &Snapshot) -> Option<Unwell> {
    let unwell = short(set, set.replicas, snapshot)?;
    Some(words(unwell, set, &set.conditions, snapshot))
}

/// A DaemonSet that is short of ready Pods.
pub(super) fn of_daemon_set(set: &DaemonSet, snapshot: &Snapshot) -> Option<Unwell> {
    let unwell = short(set, set.replicas, snapshot)?;
    Some(words(unwell, set, &set.conditions, snapshot))
}

/// A workload whose latest change its controller has not acted on.
fn unobserved(
    workload: &impl Object,
    observed: Option<i64>,
    snapshot: &Snapshot,
) -> Option<Unwell> {
    let meta = workload.meta();
    let behind = meta.generation? > observed.unwrap_or(0);
    behind.then(|| {
        let from = changed(meta);
        Unwell::of(workload, snapshot, "unwell.unobserved")
            .since(from)
            .waits(CONTROLLER_ACTS.wait(from, snapshot))
    })
}

fn short(workload: &impl Object, replicas: Replicas, snapshot: &Snapshot) -> Option<Unwell> {
    if replicas.ready >= replicas.wanted {
        return None;
    }
    let top = snapshot.top_of(workload);
    let pods = snapshot.pods_under(&workload.meta().uid);
    let unready: Vec<&Pod> = pods
        .into_iter()
        .filter(|pod| !pod.is_ready() && !pod.is_finished())
        .collect();
    let since = unready.iter().filter_map(|pod| since(pod)).min();
    let unwell = Unwell::under(workload.object_ref(), &top, "unwell.replicas")
        .with("ready", replicas.ready)
        .with("wanted", replicas.wanted)
        .since(since.or_else(|| changed(workload.meta())));
    // Pods that are there answer for themselves. Those that are not are for the controller
    // to make; it may say of some that nobody else sees.
    let there = i64::try_from(unready.len()).unwrap_or(i64::MAX);
    let changed = changed(workload.meta());
    Some(if there >= replicas.wanted - replicas.ready {
        unwell.waits(Waits::Along)
    } else if there < replicas.current - replicas.ready {
        unwell.waits(NONE_READY.wait(changed, snapshot))
    } else {
        unwell.waits(CONTROLLER_ACTS.wait(changed, snapshot))
    })
}

fn since(pod: &Pod) -> Option<Timestamp> {
    let ready = pod
        .condition("Ready")
        .and_then(|condition| condition.changed);
    ready.or(pod.meta.created)
}

/// When anybody last changed what is asked for.
fn changed(meta: &Meta) -> Option<Timestamp> {
    meta.last_change()
        .and_then(|change| change.time)
        .or(meta.created)
}

/// Adds what the conditions and events of a workload say. A controller that was refused says
/// so itself.
fn words(
    unwell: Unwell,
    workload: &impl Object,
    conditions: &[Condition],
    snapshot: &Snapshot,
) -> Unwell {
    let object = workload.object_ref();
    let failure = conditions
        .iter()
        .find(|c| &*c.kind == "ReplicaFailure" && c.is_true());
    let stalled = conditions
        .iter()
        .find(|c| &*c.kind == "Progressing" && c.is_false());
    let unwell = if failure.or(stalled).is_some() {
        unwell.waits(None)
    } else {
        unwell
    };
    let said = [failure, stalled].into_iter().flatten();
    unwell
        .said(said.map(|condition| said::condition(&object, condition)))
        .said(said::warnings(workload, snapshot))
}

fn starts_within(spec: &PodSpec) -> i64 {
    pods::starts_within(spec).max(NONE_READY.seconds)
}
