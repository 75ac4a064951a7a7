//! What an investigation looks at: an object, the Pod behind it, and what stands around it.

use podside_model::{Diagnosis, ObjectRef, Problem, Why};
use serde_json::{Map, Value as Json, json};

use super::placeholder::Names;
use crate::facts::{ContainerKind, ContainerStatus, Kind, Object, Pod, State, Terminated};
use crate::snapshot::{Lookup, Snapshot};

/// The object that an investigation is about, found in one snapshot.
#[derive(Debug)]
pub struct Target<'a> {
    snapshot: &'a Snapshot,
    object: ObjectRef,
    pod: Result<&'a Pod, Why>,
    related: Vec<ObjectRef>,
}

impl<'a> Target<'a> {
    /// Finds an object in a snapshot. For a workload, the Pod is the one that is
    /// worst off, so that the runbook looks at what is broken.
    pub fn find(snapshot: &'a Snapshot, object: &ObjectRef) -> Self {
        let object = object.without_container();
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let pod = if Kind::Pod.is(&object) {
            match snapshot.pods.find(namespace, &object.name) {
                Lookup::Found(pod) => Ok(pod),
                // It was there when the investigation began.
                Lookup::Missing => Err(Why::Expired),
                Lookup::Unknown(why) => Err(why),
            }
        } else {
            pods_of(snapshot, &object)
                .into_iter()
                // Of equally bad ones the first by name, so that the choice stays.
                .min_by_key(|pod| health(pod))
                .ok_or(snapshot.pods.unreadable(namespace).unwrap_or(Why::NotSeen))
        };
        let mut related = vec![object.clone()];
        if let Ok(pod) = pod {
            related.push(pod.object_ref());
            related.extend(
                pod.meta
                    .controller()
                    .map(|owner| owner.kind.object(namespace, &owner.name)),
            );
            related.push(snapshot.top_of(pod).object_ref());
            related.dedup();
        }
        Self {
            snapshot,
            object,
            pod,
            related,
        }
    }

    /// The object itself.
    pub const fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// The Pod that is looked at, or why there is none.
    pub const fn pod(&self) -> Result<&'a Pod, Why> {
        self.pod
    }

    /// The names for texts and commands.
    pub fn names(&self) -> Names {
        Names {
            target: self.object.clone(),
            pod: self.pod.ok().map(|pod| pod.meta.name.to_string()),
            container: self.pod.ok().and_then(container_in_question),
        }
    }

    /// Whether an object is the target, its Pod, or one of the owners between them.
    pub fn is_related(&self, object: &ObjectRef) -> bool {
        self.related.contains(&object.without_container())
    }

    /// Whether an object is related, or a Pod that has the same owner at the top as the Pod
    /// that is looked at.
    pub fn is_alike(&self, object: &ObjectRef) -> bool {
        let other = || {
            let namespace = object.namespace.as_deref().unwrap_or_default();
            let is_pod = object.kind == Kind::Pod.name();
            is_pod.then(|| self.snapshot.pods.get(namespace, &object.name))?
        };
        let are_alike = |a: &Pod, b: &Pod| self.snapshot.top_of(a) == self.snapshot.top_of(b);
        self.is_related(object)
            || self
                .pod
                .is_ok_and(|pod| other().is_some_and(|other| are_alike(pod, other)))
    }

    /// The problems that concern the target, in the diagnosis' order: what must be
    /// changed, what is affected, or what proves it is the target.
    pub fn problems(&self, diagnosis: &Diagnosis) -> Vec<Problem> {
        diagnosis
            .problems
            .iter()
            .filter(|problem| {
                self.is_related(&problem.subject)
                    || problem.affects.iter().any(|a| self.is_related(&a.object))
                    || problem.evidence.iter().any(|e| self.is_related(&e.object))
            })
            .cloned()
            .collect()
    }
}

fn pods_of<'a>(snapshot: &'a Snapshot, object: &ObjectRef) -> Vec<&'a Pod> {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    Kind::ALL
        .iter()
        .find(|kind| kind.name() == object.kind)
        .and_then(|kind| snapshot.meta_of(*kind, namespace, &object.name))
        .map(|meta| snapshot.pods_under(&meta.uid))
        .unwrap_or_default()
}

/// How well a Pod is: the lower, the worse.
fn health(pod: &Pod) -> (bool, bool, std::cmp::Reverse<u32>) {
    let restarts = pod.statuses.iter().map(|s| s.restarts).max().unwrap_or(0);
    (
        pod.is_ready(),
        pod.is_terminating(),
        std::cmp::Reverse(restarts),
    )
}

/// The container that is worst off; the first of several equals, in the order in
/// which they start. An init container that is done is no question any more.
fn container_in_question(pod: &Pod) -> Option<String> {
    pod.containers()
        .filter(|(container, _)| container.kind != ContainerKind::Ephemeral)
        .filter(|(container, status)| !(container.kind == ContainerKind::Init && is_done(*status)))
        .min_by_key(|(container, status)| {
            let ended = status.is_some_and(|s| s.last_end().is_some());
            let ready = status.is_some_and(|s| s.ready);
            (ready, !ended, container.kind)
        })
        .map(|(container, _)| container.name.to_string())
}

fn is_done(status: Option<&ContainerStatus>) -> bool {
    matches!(status.map(|s| &s.state), Some(State::Terminated(end)) if end.exit_code == 0)
}

/// A Pod's facts as expressions see them, under `pod`. Fields bear the names of the
/// API; what the API leaves out when it is empty is there and empty, but for the
/// states of containers and conditions, which are asked for with `has(…)`.
///
/// ```text
/// pod.name, pod.namespace, pod.phase, pod.reason, pod.nodeName    strings, '' when absent
/// pod.deleting, pod.ready                                         booleans
/// pod.conditions.TYPE.status, .reason, .message
/// pod.containers[i].name, .kind ('init', 'sidecar', 'regular', 'ephemeral'), .image
/// pod.containers[i].ready, .restartCount
/// pod.containers[i].state, .lastState    one of .waiting.reason, .waiting.message;
///                                        .running; .terminated.exitCode, .reason, .message
/// ```
pub fn facts(pod: &Pod) -> Json {
    let conditions: Map<String, Json> = pod
        .conditions
        .iter()
        .map(|c| {
            let message = c.message.as_deref().unwrap_or_default();
            let condition =
                json!({ "status": &*c.status, "reason": &*c.reason, "message": message });
            (c.kind.to_string(), condition)
        })
        .collect();
    let containers: Vec<Json> = pod
        .containers()
        .map(|(container, status)| {
            json!({
                "name": &*container.name,
                "kind": kind(container.kind),
                "image": &*container.image,
                "ready": status.is_some_and(|s| s.ready),
                "restartCount": status.map_or(0, |s| s.restarts),
                "state": status.map_or_else(|| json!({}), |s| state(&s.state)),
                "lastState": status.map_or_else(|| json!({}), |s| state(&s.last)),
            })
        })
        .collect();
    json!({
        "name": &*pod.meta.name,
        "namespace": &*pod.meta.namespace,
        "phase": &*pod.phase,
        "reason": &*pod.reason,
        "nodeName": &*pod.node,
        "deleting": pod.is_terminating(),
        "ready": pod.is_ready(),
        "conditions": conditions,
        "containers": containers,
    })
}

const fn kind(kind: ContainerKind) -> &'static str {
    match kind {
        ContainerKind::Init => "init",
        ContainerKind::Sidecar => "sidecar",
        ContainerKind::Regular => "regular",
        ContainerKind::Ephemeral => "ephemeral",
    }
}

fn state(state: &State) -> Json {
    match state {
        State::Absent => json!({}),
        State::Waiting { reason, message } => {
            let message = message.as_deref().unwrap_or_default();
            json!({ "waiting": { "reason": &**reason, "message": message } })
        }
        State::Running { .. } => json!({ "running": {} }),
        State::Terminated(end) => json!({ "terminated": terminated(end) }),
    }
}

fn terminated(end: &Terminated) -> Json {
    json!({
        "exitCode": end.exit_code,
        "reason": &*end.reason,
        "message": end.message.as_deref().unwrap_or_default(),
    })
}
