//! Deleting a Pod, or trying to delete something.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    agenda::{Turn, What},
    body::Change,
    create::has_ended,
    state::set,
};
use crate::{
    api::{Query, Refusal},
    catalogue::Resource,
    cluster::Cluster,
    fields::Fields,
    recording::ChangeKind,
};

/// How long the processes of a Pod take to end when they are asked to.
const ENDS_AFTER: Duration = Duration::from_secs(1);

/// The time that a Pod has to end where it says none.
const GRACE: i64 = 30;

/// Deletes a Pod, or begins to; gives it as it is then. Of other objects it can only be
/// tried.
pub(crate) fn object(
    cluster: &Arc<Cluster>,
    resource: &Resource,
    (namespace, name): (&str, &str),
    query: &Query,
    wanted: &Change,
) -> Result<Value, Refusal> {
    let mut done = cluster.acting.done();
    let pod = cluster
        .store
        .get(&resource.storage, namespace, name)
        .ok_or_else(|| Refusal::no_object(resource, name))?;
    let uid = pod.text("/metadata/uid").to_owned();
    for (precondition, field) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
        let wanted = wanted.body.text(&format!("/preconditions/{precondition}"));
        let is = pod.text(&format!("/metadata/{precondition}"));
        if !wanted.is_empty() && wanted != is {
            return Err(Refusal::conflict(
                resource,
                name,
                &format!(
                    "Precondition failed: {field} in precondition: {wanted}, {field} in object meta: {is}"
                ),
            ));
        }
    }
    if wanted.is_tried() {
        return Ok(Value::clone(&pod));
    }
    let asked = wanted.body.number("/gracePeriodSeconds");
    let asked = asked.or_else(|| query.get("gracePeriodSeconds")?.parse().ok());
    let own = pod.number("/spec/terminationGracePeriodSeconds");
    let grace = asked.or(own).unwrap_or(GRACE).max(0);
    let has_processes = !pod.text("/spec/nodeName").is_empty() && !has_ended(&pod);
    let mut pod = Value::clone(&pod);
    if grace == 0 || !has_processes {
        done.deleted.insert(uid.clone());
        done.created.remove(&uid);
        done.added.remove(&uid);
        cluster
            .store
            .apply(ChangeKind::Deleted, &resource.storage, pod.clone());
        return Ok(pod);
    }
    if pod.has("/metadata/deletionTimestamp") {
        return Ok(pod);
    }
    let ends = cluster.now().checked_add(SignedDuration::from_secs(grace));
    let ends = ends.unwrap_or_else(|_| cluster.now());
    if let Some(metadata) = pod.get_mut("metadata") {
        let ends = ends.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        set(metadata, "deletionTimestamp", json!(ends));
        set(metadata, "deletionGracePeriodSeconds", json!(grace));
    }
    cluster
        .store
        .apply(ChangeKind::Modified, &resource.storage, pod.clone());
    let turn = Turn {
        pod: (namespace.to_owned(), name.to_owned()),
        uid,
        what: What::Remove,
    };
    let grace = Duration::from_secs(grace.unsigned_abs());
    cluster.acting.agenda.plan(grace.min(ENDS_AFTER), turn);
    let kept = cluster.store.get(&resource.storage, namespace, name);
    Ok(kept.map_or(pod, |kept| Value::clone(&kept)))
}

/// Its processes have ended: it is gone.
pub(super) fn remove(cluster: &Cluster, turn: &Turn) {
    let mut done = cluster.acting.done();
    let (namespace, name) = &turn.pod;
    let Some(pod) = cluster.store.get("pods", namespace, name) else {
        return;
    };
    if pod.text("/metadata/uid") != turn.uid {
        return;
    }
    done.deleted.insert(turn.uid.clone());
    done.created.remove(&turn.uid);
    done.added.remove(&turn.uid);
    let pod = Value::clone(&pod);
    cluster
        .store
        .apply(ChangeKind::Deleted, &"pods".into(), pod);
}
