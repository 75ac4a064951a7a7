//! How an object is, in a word or a few, as the facts have it.

use podside_app::ObservedWords;
use podside_diagnosis::facts::{Kind, Node, Pod, Replicas, Service, State as Of, StatusList};
use podside_diagnosis::snapshot::{Lookup, Snapshot};
use podside_model::ObjectRef;

/// How an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is there, and so it is; empty for a kind that has no state.
    Is(String),
    /// It does not exist.
    Missing,
    /// Its kind could not be read, or is none that the facts know.
    Unread,
}

/// How an object is.
pub(super) fn state(snapshot: &Snapshot, object: &ObjectRef, words: &ObservedWords) -> State {
    let (namespace, name) = (
        object.namespace.as_deref().unwrap_or_default(),
        &*object.name,
    );
    let Some(kind) = Kind::of(object) else {
        return State::Unread;
    };
    let ready = |of: &Replicas| (words.ready_of)(of.ready, of.wanted);
    match kind {
        Kind::Pod => of(snapshot.pods.find(namespace, name), |it| pod(it, words)),
        Kind::Deployment => of(snapshot.deployments.find(namespace, name), |it| {
            ready(&it.replicas)
        }),
        Kind::ReplicaSet => of(snapshot.replica_sets.find(namespace, name), |it| {
            ready(&it.replicas)
        }),
        Kind::StatefulSet => of(snapshot.stateful_sets.find(namespace, name), |it| {
            ready(&it.replicas)
        }),
        Kind::DaemonSet => of(snapshot.daemon_sets.find(namespace, name), |it| {
            ready(&it.replicas)
        }),
        Kind::ReplicationController => of(
            snapshot.replication_controllers.find(namespace, name),
            |it| ready(&it.replicas),
        ),
        Kind::Job => of(snapshot.jobs.find(namespace, name), |it| {
            let is_true = |kind: &str| {
                it.conditions
                    .iter()
                    .any(|c| *c.kind == *kind && c.is_true())
            };
            match ["Complete", "Failed", "Suspended"]
                .into_iter()
                .find(|kind| is_true(kind))
            {
                Some(word) => word.to_owned(),
                None => (words.active)(it.active),
            }
        }),
        Kind::CronJob => of(snapshot.cron_jobs.find(namespace, name), |it| {
            if it.suspended {
                words.suspended.to_owned()
            } else {
                it.schedule.to_string()
            }
        }),
        Kind::Service => of(snapshot.services.find(namespace, name), |it| {
            service(snapshot, it, words)
        }),
        Kind::EndpointSlice => of(snapshot.endpoint_slices.find(namespace, name), |it| {
            let ready = it.endpoints.iter().filter(|it| it.ready).count();
            (words.ready_of)(count(ready), count(it.endpoints.len()))
        }),
        Kind::PersistentVolumeClaim => of(snapshot.claims.find(namespace, name), |it| {
            it.phase.to_string()
        }),
        Kind::PersistentVolume => of(snapshot.volumes.find(namespace, name), |it| {
            it.phase.to_string()
        }),
        Kind::StorageClass => of(snapshot.storage_classes.find(namespace, name), |it| {
            it.provisioner.to_string()
        }),
        Kind::Node => of(snapshot.nodes.find(namespace, name), node),
        Kind::ConfigMap => of(snapshot.config_maps.find(namespace, name), |it| {
            (words.keys)(it.keys.len())
        }),
        Kind::Secret => of(snapshot.secrets.find(namespace, name), |it| {
            let keys = it.keys.as_ref().ok();
            keys.map_or_else(String::new, |keys| (words.keys)(keys.len()))
        }),
        Kind::HorizontalPodAutoscaler => of(snapshot.autoscalers.find(namespace, name), |it| {
            (words.between)(it.current, it.min, it.max)
        }),
        kind => match (
            snapshot.meta_of(kind, namespace, name),
            snapshot.unreadable(kind, namespace),
        ) {
            (Some(_), _) => State::Is(String::new()),
            (None, None) => State::Missing,
            (None, Some(_)) => State::Unread,
        },
    }
}

fn of<T>(found: Lookup<&T>, word: impl FnOnce(&T) -> String) -> State {
    match found {
        Lookup::Found(it) => State::Is(word(it)),
        Lookup::Missing => State::Missing,
        Lookup::Unknown(_) => State::Unread,
    }
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// A Pod's state as `kubectl get` prints it (`printPod` in `k8s.io/kubernetes`), but that a
/// bare `Running` is not said of a Pod that is not ready.
fn pod(pod: &Pod, words: &ObservedWords) -> String {
    if pod.is_terminating() {
        return "Terminating".to_owned();
    }
    if !pod.reason.is_empty() {
        return pod.reason.to_string();
    }
    let stuck = |list: StatusList| {
        let of_list = pod.statuses.iter().filter(move |it| it.list == list);
        of_list.filter_map(|it| match &it.state {
            Of::Waiting { reason, .. } if !reason.is_empty() => Some(reason.to_string()),
            Of::Terminated(end) if end.exit_code != 0 && !end.reason.is_empty() => {
                Some(end.reason.to_string())
            }
            _ => None,
        })
    };
    // What waits for its turn is not what holds the Pod up.
    let initial = stuck(StatusList::Init).find(|reason| reason != "PodInitializing");
    if let Some(reason) = initial {
        return format!("Init:{reason}");
    }
    if let Some(reason) = stuck(StatusList::Regular).next() {
        return reason;
    }
    match &*pod.phase {
        "Running" if !pod.is_ready() => words.running_not_ready.to_owned(),
        "Succeeded" => "Completed".to_owned(),
        phase => phase.to_owned(),
    }
}

fn node(node: &Node) -> String {
    let ready = match node.condition("Ready") {
        Some(ready) if ready.is_true() => "Ready",
        Some(ready) if ready.is_false() => "NotReady",
        _ => "Unknown",
    };
    let cordoned = if node.unschedulable {
        ", SchedulingDisabled"
    } else {
        ""
    };
    format!("{ready}{cordoned}")
}

fn service(snapshot: &Snapshot, service: &Service, words: &ObservedWords) -> String {
    if service.is_external_name() {
        return format!("ExternalName {}", service.external_name);
    }
    let endpoints = || {
        snapshot
            .slices_of(service)
            .flat_map(|slice| &slice.endpoints)
    };
    let ready = endpoints().filter(|it| it.ready).count();
    (words.endpoints_ready)(count(ready), count(endpoints().count()))
}
