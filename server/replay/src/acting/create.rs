//! Creating a Pod, and what becomes of it.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    MOST_CREATED,
    agenda::{Turn, What},
    body::Change,
    course::{self, Course},
    state::{self, change, set, set_condition, set_status, status, terminated},
    trial,
};
use crate::{
    api::Refusal, catalogue::Resource, cluster::Cluster, fields::Fields, recording::ChangeKind,
    store::Key,
};

/// How long it takes until a node has taken up a Pod, and until its containers start.
const SCHEDULED_AFTER: Duration = Duration::from_millis(200);
const STARTED_AFTER: Duration = Duration::from_millis(800);

/// What the kubelet says of a Pod that ran longer than it may.
const TOO_LONG: &str = "Pod was active on the node longer than the specified deadline";

/// Creates a Pod; gives it as it was created.
pub(crate) fn pod(
    cluster: &Arc<Cluster>,
    pods: &Resource,
    namespace: &str,
    wanted: &Change,
) -> Result<trial::Tried, Refusal> {
    let mut tried = trial::create(cluster, pods, Some(namespace), wanted)?;
    if wanted.options.dry_run {
        return Ok(tried);
    }
    let key = key_of_pod(&tried.object);
    let uid = tried.object.text("/metadata/uid").to_owned();
    {
        let mut done = cluster.acting.done();
        if cluster.store.get("pods", &key.0, &key.1).is_some() {
            return Err(Refusal::exists(pods, &key.1));
        }
        if done.created.len() >= MOST_CREATED {
            return Err(Refusal::forbidden(
                format!(
                    "pods {:?} is forbidden: the practice cluster takes {MOST_CREATED} Pods at most",
                    key.1
                ),
                "pods",
                &key.1,
            ));
        }
        done.created.insert(uid.clone());
        cluster
            .store
            .apply(ChangeKind::Added, &pods.storage, tried.object.clone());
    }
    if let Some(kept) = cluster.store.get("pods", &key.0, &key.1) {
        tried.object = Value::clone(&kept);
    }
    let turn = Turn {
        pod: key,
        uid,
        what: What::Schedule,
    };
    cluster.acting.agenda.plan(SCHEDULED_AFTER, turn);
    Ok(tried)
}

fn key_of_pod(pod: &Value) -> Key {
    (
        pod.text("/metadata/namespace").to_owned(),
        pod.text("/metadata/name").to_owned(),
    )
}

/// A node takes it up, if there is one.
pub(super) fn schedule(cluster: &Cluster, turn: &Turn) {
    let node = node(cluster);
    let now = state::now(cluster);
    let mut taken_up = false;
    change(cluster, turn, |pod| {
        let chosen = pod.text("/spec/nodeName").to_owned();
        let Some(node) = Some(chosen).filter(|n| !n.is_empty()).or(node) else {
            set_condition(pod, "PodScheduled", false, "Unschedulable", &now);
            return true;
        };
        if let Some(spec) = pod.get_mut("spec") {
            set(spec, "nodeName", json!(node));
        }
        set_condition(pod, "PodScheduled", true, "", &now);
        set_condition(pod, "Initialized", true, "", &now);
        set_condition(pod, "Ready", false, "ContainersNotReady", &now);
        set_condition(pod, "ContainersReady", false, "ContainersNotReady", &now);
        set_status(pod, "startTime", json!(now));
        let waiting = json!({"waiting": {"reason": "ContainerCreating"}});
        let statuses = statuses(pod, |_| (waiting.clone(), String::new()));
        set_status(pod, "containerStatuses", statuses);
        taken_up = true;
        true
    });
    if !taken_up {
        return;
    }
    plan(cluster, turn, STARTED_AFTER, What::Start);
    let (namespace, name) = &turn.pod;
    let pod = cluster.store.get("pods", namespace, name);
    let seconds = pod.and_then(|pod| pod.number("/spec/activeDeadlineSeconds"));
    if let Some(seconds) = seconds.and_then(|seconds| u64::try_from(seconds).ok()) {
        plan(cluster, turn, Duration::from_secs(seconds), What::Deadline);
    }
}

/// Its containers start, or do not.
pub(super) fn start(cluster: &Cluster, turn: &Turn) {
    let (namespace, name) = &turn.pod;
    let Some(pod) = cluster.store.get("pods", namespace, name) else {
        return;
    };
    let again = pod.text("/spec/restartPolicy") == "Always";
    let containers = pod.list("/spec/containers");
    let courses: Vec<(String, Course)> = containers
        .iter()
        .map(|container| {
            let course = course::of(cluster, namespace, container, again);
            (container.text("/name").to_owned(), course)
        })
        .collect();
    let not_started = |name: &str| match courses.iter().find(|(of, _)| of == name) {
        Some((_, Course::NotStarted { reason, message })) => Some((reason, message)),
        _ => None,
    };
    let now = state::now(cluster);
    let mut started = false;
    change(cluster, turn, |pod| {
        if has_ended(pod) {
            return false;
        }
        let statuses = statuses(pod, |name| match not_started(name) {
            Some((reason, message)) => (
                json!({"waiting": {"reason": reason, "message": message}}),
                String::new(),
            ),
            None => (
                json!({"running": {"startedAt": now}}),
                state::container_id(),
            ),
        });
        set_status(pod, "containerStatuses", statuses);
        let all = courses.iter().all(|(name, _)| not_started(name).is_none());
        let any = courses.iter().any(|(name, _)| not_started(name).is_none());
        let why = if all { "" } else { "ContainersNotReady" };
        set_condition(pod, "ContainersReady", all, why, &now);
        set_condition(pod, "Ready", all, why, &now);
        if any {
            set_status(pod, "phase", json!("Running"));
        }
        started = true;
        true
    });
    for (container, course) in courses {
        if let (true, Course::Ends { after, exit_code }) = (started, course) {
            let what = What::End {
                container,
                exit_code,
            };
            plan(cluster, turn, after, what);
        }
    }
}

/// One of its containers ends.
pub(super) fn end(cluster: &Cluster, turn: &Turn, container: &str, exit_code: i32) {
    let now = state::now(cluster);
    change(cluster, turn, |pod| {
        if has_ended(pod) {
            return false;
        }
        end_containers(pod, exit_code, &now, |name| name == container);
        let codes: Vec<Option<i64>> = pod
            .list("/status/containerStatuses")
            .iter()
            .map(|status| status.number("/state/terminated/exitCode"))
            .collect();
        set_condition(pod, "ContainersReady", false, "PodCompleted", &now);
        set_condition(pod, "Ready", false, "PodCompleted", &now);
        if codes.iter().all(Option::is_some) {
            let well = codes.iter().all(|code| *code == Some(0));
            let phase = if well { "Succeeded" } else { "Failed" };
            set_status(pod, "phase", json!(phase));
        }
        true
    });
}

/// It may not run any longer: the kubelet ends it.
pub(super) fn deadline(cluster: &Cluster, turn: &Turn) {
    let now = state::now(cluster);
    change(cluster, turn, |pod| {
        if has_ended(pod) {
            return false;
        }
        // 128 and the number of the signal that ends it.
        end_containers(pod, 137, &now, |_| true);
        set_condition(pod, "ContainersReady", false, "PodFailed", &now);
        set_condition(pod, "Ready", false, "PodFailed", &now);
        set_status(pod, "phase", json!("Failed"));
        set_status(pod, "reason", json!("DeadlineExceeded"));
        set_status(pod, "message", json!(TOO_LONG));
        true
    });
}

/// Whether all its containers have ended for good.
pub(super) fn has_ended(pod: &Value) -> bool {
    matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
}

fn plan(cluster: &Cluster, turn: &Turn, after: Duration, what: What) {
    let turn = Turn {
        what,
        ..turn.clone()
    };
    cluster.acting.agenda.plan(after, turn);
}

/// The states of the containers in `spec`, each with what `of` gives for its name.
fn statuses(pod: &Value, of: impl Fn(&str) -> (Value, String)) -> Value {
    let containers = pod.list("/spec/containers").iter();
    let statuses = containers.map(|container| {
        let (state, id) = of(container.text("/name"));
        status(container, state, &id)
    });
    Value::Array(statuses.collect())
}

/// Ends those containers that run and are meant.
fn end_containers(pod: &mut Value, exit_code: i32, now: &str, is_meant: impl Fn(&str) -> bool) {
    let statuses = pod
        .pointer_mut("/status/containerStatuses")
        .and_then(Value::as_array_mut);
    for status in statuses.into_iter().flatten() {
        if status.has("/state/running") && is_meant(status.text("/name")) {
            end_container(status, exit_code, now);
        }
    }
}

/// Ends the container of a status.
pub(super) fn end_container(status: &mut Value, exit_code: i32, now: &str) {
    let started = status.text("/state/running/startedAt").to_owned();
    let id = status.text("/containerID").to_owned();
    set(status, "state", terminated(exit_code, &id, &started, now));
    set(status, "ready", json!(false));
    set(status, "started", json!(false));
}

/// The first node that takes Pods.
fn node(cluster: &Cluster) -> Option<String> {
    let (_, nodes) = cluster.store.list("nodes", None, None).ok()?;
    let takes_pods = |node: &&Arc<Value>| {
        let conditions = node.list("/status/conditions").iter();
        let mut ready = conditions.filter(|c| c.text("/type") == "Ready");
        !node.flag("/spec/unschedulable") && ready.any(|c| c.text("/status") == "True")
    };
    let node = nodes.iter().find(takes_pods)?;
    Some(node.text("/metadata/name").to_owned())
}
