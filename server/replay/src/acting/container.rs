//! Adding a container to a Pod that runs
//! (<https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/>).

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    Added, MOST_ADDED,
    agenda::{Turn, What},
    body::Change,
    course::{self, Course},
    create::end_container,
    defaults, state,
    state::{set, set_status, status},
    trial,
};
use crate::{
    api::Refusal, catalogue::Resource, cluster::Cluster, fields::Fields, recording::ChangeKind,
};

/// How long it takes until the node has taken up the container, and until that starts.
const TAKEN_UP_AFTER: Duration = Duration::from_millis(200);
const STARTED_AFTER: Duration = Duration::from_millis(800);

const SPEC: &str = "/spec/ephemeralContainers";
const STATUS: &str = "/status/ephemeralContainerStatuses";

/// Adds containers as a patch says; gives the Pod with them.
pub(crate) fn patch(
    cluster: &Arc<Cluster>,
    pods: &Resource,
    (namespace, name): (&str, &str),
    wanted: &Change,
) -> Result<trial::Tried, Refusal> {
    let mut done = cluster.acting.done();
    let before = cluster
        .store
        .get(&pods.storage, namespace, name)
        .ok_or_else(|| Refusal::no_object(pods, name))?;
    let tried = trial::patched(pods, &before, wanted)?;
    // Of all that the patch says, this subresource takes the containers only.
    let mut pod = Value::clone(&before);
    let mut all = tried.object.list(SPEC).to_vec();
    let old = before.list(SPEC);
    check(name, old, &all, &before)?;
    let fresh = all.get_mut(old.len()..).unwrap_or_default();
    fresh.iter_mut().for_each(defaults::container);
    let fresh = fresh.to_vec();
    if let Some(spec) = pod.get_mut("spec") {
        set(spec, "ephemeralContainers", Value::Array(all));
    }
    trial::admitted(cluster, pods, &pod)?;
    let answer = |object| trial::Tried {
        object,
        warnings: tried.warnings.clone(),
    };
    if wanted.options.dry_run || fresh.is_empty() {
        return Ok(answer(pod));
    }
    let count: usize = done.added.values().map(Vec::len).sum();
    if count + fresh.len() > MOST_ADDED {
        return Err(Refusal::forbidden(
            format!(
                "pods {name:?} is forbidden: the practice cluster takes {MOST_ADDED} such containers at most"
            ),
            "pods",
            name,
        ));
    }
    let uid = pod.text("/metadata/uid").to_owned();
    cluster
        .store
        .apply(ChangeKind::Modified, &pods.storage, pod.clone());
    let added = done.added.entry(uid.clone()).or_default();
    for spec in fresh {
        let container = spec.text("/name").to_owned();
        added.push(Added { spec, status: None });
        let turn = Turn {
            pod: (namespace.to_owned(), name.to_owned()),
            uid: uid.clone(),
            what: What::TakeUp { container },
        };
        cluster.acting.agenda.plan(TAKEN_UP_AFTER, turn);
    }
    let kept = cluster.store.get(&pods.storage, namespace, name);
    Ok(answer(kept.map_or(pod, |kept| Value::clone(&kept))))
}

/// Whether the containers may be those of a Pod
/// (`ValidatePodEphemeralContainersUpdate` of `k8s.io/kubernetes/pkg/apis/core/validation`).
fn check(name: &str, old: &[Value], all: &[Value], pod: &Value) -> Result<(), Refusal> {
    let refuse = |field: &str, message: &str| {
        Refusal::invalid_object(
            "Pod",
            name,
            &format!("spec.ephemeralContainers{field}"),
            message,
        )
    };
    if all.get(..old.len()) != Some(old) {
        return Err(refuse(
            "",
            "Forbidden: existing ephemeral containers may not be changed or removed",
        ));
    }
    let lists = ["/spec/containers", "/spec/initContainers"];
    let others: Vec<&str> = lists
        .iter()
        .flat_map(|list| pod.list(list))
        .map(|container| container.text("/name"))
        .collect();
    for (index, container) in all.iter().enumerate().skip(old.len()) {
        let named = container.text("/name");
        let before = all.get(..index).unwrap_or_default();
        let place = |field: &str| format!("[{index}].{field}");
        if named.is_empty() {
            return Err(refuse(&place("name"), "Required value"));
        }
        if container.text("/image").is_empty() {
            return Err(refuse(&place("image"), "Required value"));
        }
        let is_taken = others.contains(&named) || before.iter().any(|c| c.text("/name") == named);
        if is_taken {
            return Err(refuse(
                &place("name"),
                &format!("Duplicate value: {named:?}"),
            ));
        }
        let target = container.text("/targetContainerName");
        if !target.is_empty() && !others.contains(&target) {
            return Err(refuse(
                &place("targetContainerName"),
                &format!("Not found: {target:?}"),
            ));
        }
        for field in [
            "ports",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
        ] {
            if container.has(&format!("/{field}")) {
                return Err(refuse(
                    &place(field),
                    "Forbidden: cannot be set for an Ephemeral Container",
                ));
            }
        }
        if container.map_len("/resources") > 0 {
            return Err(refuse(
                &place("resources"),
                "Forbidden: cannot be set for an Ephemeral Container",
            ));
        }
    }
    Ok(())
}

/// Puts containers that were added into a Pod as it was recorded.
pub(super) fn keep(pod: &mut Value, added: &[Added]) {
    let mut specs = pod.list(SPEC).to_vec();
    let mut statuses = pod.list(STATUS).to_vec();
    for container in added {
        specs.push(container.spec.clone());
        statuses.extend(container.status.clone());
    }
    if let Some(spec) = pod.get_mut("spec") {
        set(spec, "ephemeralContainers", Value::Array(specs));
    }
    set_status(pod, "ephemeralContainerStatuses", Value::Array(statuses));
}

/// The node takes it up.
pub(super) fn take_up(cluster: &Cluster, turn: &Turn, container: &str) {
    let waiting = json!({"waiting": {"reason": "ContainerCreating"}});
    if tell(cluster, turn, container, |spec, _| {
        Some(status(spec, waiting, ""))
    }) {
        let what = What::StartAdded {
            container: container.to_owned(),
        };
        plan(cluster, turn, STARTED_AFTER, what);
    }
}

/// It starts, or does not.
pub(super) fn start(cluster: &Cluster, turn: &Turn, container: &str) {
    let (namespace, name) = &turn.pod;
    let pod = cluster.store.get("pods", namespace, name);
    let containers = pod.as_ref().map(|pod| pod.list(SPEC)).unwrap_or_default();
    let Some(spec) = containers.iter().find(|c| c.text("/name") == container) else {
        return;
    };
    let course = course::of(cluster, namespace, spec, false);
    let now = state::now(cluster);
    let (state, id) = match &course {
        Course::NotStarted { reason, message } => (
            json!({"waiting": {"reason": reason, "message": message}}),
            String::new(),
        ),
        _ => (
            json!({"running": {"startedAt": now}}),
            state::container_id(),
        ),
    };
    let told = tell(cluster, turn, container, |spec, _| {
        let mut status = status(spec, state, &id);
        // One that was added is never ready: nothing waits for it.
        set(&mut status, "ready", json!(false));
        Some(status)
    });
    if let (true, Course::Ends { after, exit_code }) = (told, course) {
        let what = What::EndAdded {
            container: container.to_owned(),
            exit_code,
        };
        plan(cluster, turn, after, what);
    }
}

/// It ends.
pub(super) fn end(cluster: &Cluster, turn: &Turn, container: &str, exit_code: i32) {
    let now = state::now(cluster);
    tell(cluster, turn, container, |_, before| {
        let mut status = before
            .filter(|status| status.has("/state/running"))?
            .clone();
        end_container(&mut status, exit_code, &now);
        Some(status)
    });
}

fn plan(cluster: &Cluster, turn: &Turn, after: Duration, what: What) {
    let turn = Turn {
        what,
        ..turn.clone()
    };
    cluster.acting.agenda.plan(after, turn);
}

/// Tells the state of a container that was added, as `of` gives it for its spec and the state
/// before; whether it was told.
fn tell(
    cluster: &Cluster,
    turn: &Turn,
    container: &str,
    of: impl FnOnce(&Value, Option<&Value>) -> Option<Value>,
) -> bool {
    let mut done = cluster.acting.done();
    let added = done.added.get_mut(&turn.uid).into_iter().flatten();
    let mut added = added.filter(|added| added.spec.text("/name") == container);
    let Some(added) = added.next() else {
        return false;
    };
    let Some(told) = of(&added.spec, added.status.as_ref()) else {
        return false;
    };
    added.status = Some(told.clone());
    let mut is_told = false;
    state::change_held(cluster, turn, |pod| {
        let mut statuses = pod.list(STATUS).to_vec();
        statuses.retain(|status| status.text("/name") != container);
        statuses.push(told);
        set_status(pod, "ephemeralContainerStatuses", Value::Array(statuses));
        is_told = true;
        true
    });
    is_told
}
