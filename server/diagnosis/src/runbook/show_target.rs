//! What of the target, its Services, nodes and events a step shows.

use super::show::{deletion as deletion_of, telling};
use super::target::Target;
use crate::facts::{Condition, Kind, Replicas};
use crate::kubectl;
use crate::proof::{self, Proof};

/// `status.phase`.
pub(super) fn phase(target: &Target<'_>) -> Vec<Proof> {
    let (snapshot, (namespace, name)) = (target.snapshot(), target.place());
    let phase = match target.kind() {
        Some(Kind::Pod) => snapshot.pods.get(namespace, name).map(|it| &it.phase),
        Some(Kind::PersistentVolumeClaim) => {
            snapshot.claims.get(namespace, name).map(|it| &it.phase)
        }
        Some(Kind::PersistentVolume) => snapshot.volumes.get("", name).map(|it| &it.phase),
        Some(Kind::Namespace) => snapshot.namespaces.get("", name).map(|it| &it.phase),
        Some(_) => None,
        None => snapshot.other(target.object()).map(|it| &it.phase),
    };
    let phase = phase.filter(|phase| !phase.is_empty());
    phase
        .map(|phase| field(target, "/status/phase", phase))
        .into_iter()
        .collect()
}

/// `status.conditions`.
pub(super) fn conditions(target: &Target<'_>) -> Vec<Proof> {
    let all = conditions_of(target).unwrap_or_default();
    let shown = all.iter().map(|condition| {
        proof::condition_of(target.object().clone(), condition, telling(condition))
    });
    shown.collect()
}

fn conditions_of<'a>(target: &Target<'a>) -> Option<&'a [Condition]> {
    let (snapshot, (namespace, name)) = (target.snapshot(), target.place());
    macro_rules! of {
        ($table:ident) => {
            snapshot
                .$table
                .get(namespace, name)
                .map(|it| &*it.conditions)
        };
    }
    match target.kind() {
        Some(Kind::Pod) => of!(pods),
        Some(Kind::Deployment) => of!(deployments),
        Some(Kind::ReplicaSet) => of!(replica_sets),
        Some(Kind::ReplicationController) => of!(replication_controllers),
        Some(Kind::StatefulSet) => of!(stateful_sets),
        Some(Kind::DaemonSet) => of!(daemon_sets),
        Some(Kind::Job) => of!(jobs),
        Some(Kind::HorizontalPodAutoscaler) => of!(autoscalers),
        Some(Kind::PodDisruptionBudget) => of!(disruption_budgets),
        Some(Kind::PersistentVolumeClaim) => of!(claims),
        Some(Kind::Node) => of!(nodes),
        Some(Kind::Namespace) => of!(namespaces),
        Some(Kind::ApiService) => of!(api_services),
        Some(Kind::GatewayClass) => of!(gateway_classes),
        Some(Kind::Gateway) => of!(gateways),
        Some(_) => None,
        None => snapshot.other(target.object()).map(|it| &*it.conditions),
    }
}

/// `metadata.deletionTimestamp` and `metadata.finalizers`.
pub(super) fn deletion(target: &Target<'_>) -> Vec<Proof> {
    let meta = target.meta();
    meta.map(|meta| deletion_of(meta, |path, value| field(target, path, value)))
        .unwrap_or_default()
}

/// The counts of a workload that are not 0; the API leaves out those that are.
pub(super) fn replicas(target: &Target<'_>) -> Vec<Proof> {
    let (snapshot, (namespace, name)) = (target.snapshot(), target.place());
    macro_rules! of {
        ($table:ident) => {
            snapshot.$table.get(namespace, name).map(|it| it.replicas)
        };
    }
    let counted = match target.kind() {
        Some(Kind::Deployment) => of!(deployments),
        Some(Kind::ReplicaSet) => of!(replica_sets),
        Some(Kind::ReplicationController) => of!(replication_controllers),
        Some(Kind::StatefulSet) => of!(stateful_sets),
        Some(Kind::DaemonSet) => of!(daemon_sets),
        _ => None,
    };
    let Some(Replicas {
        wanted,
        current,
        updated,
        ready,
        available,
    }) = counted
    else {
        return Vec::new();
    };
    let paths = match target.kind() {
        Some(Kind::DaemonSet) => [
            "/status/desiredNumberScheduled",
            "/status/currentNumberScheduled",
            "/status/updatedNumberScheduled",
            "/status/numberReady",
            "/status/numberAvailable",
        ],
        _ => [
            "/spec/replicas",
            "/status/replicas",
            "/status/updatedReplicas",
            "/status/readyReplicas",
            "/status/availableReplicas",
        ],
    };
    let counts = paths
        .into_iter()
        .zip([wanted, current, updated, ready, available]);
    // How many are wanted says something even if that is none.
    let said = counts
        .enumerate()
        .filter(|(place, (_, count))| *place == 0 || *count != 0);
    said.map(|(_, (path, count))| field(target, path, count))
        .collect()
}

/// What the Services select.
pub(super) fn selectors(target: &Target<'_>) -> Vec<Proof> {
    let services = target.services().unwrap_or_default().into_iter();
    let selecting = services.filter(|service| !service.selector.is_empty());
    selecting
        .map(|service| {
            let labels = service
                .selector
                .iter()
                .map(|(key, value)| format!("{key}={value}"));
            let selector = labels.collect::<Vec<_>>().join(",");
            proof::field(service, "/spec/selector", selector)
        })
        .collect()
}

/// How many endpoints each Service has.
pub(super) fn endpoints(target: &Target<'_>) -> Vec<Proof> {
    let Ok(endpoints) = target.endpoints() else {
        return Vec::new();
    };
    let services = target.services().unwrap_or_default().into_iter();
    services
        .map(|service| {
            let own = || {
                endpoints
                    .iter()
                    .filter(|it| std::ptr::eq(it.service, service))
            };
            let ready = own().filter(|it| it.endpoint.ready).count();
            let value = format!("ready: {ready}, not ready: {}", own().count() - ready);
            let object = proof::object(Kind::Service, &service.meta.namespace, &service.meta.name);
            let command = format!(
                "{} -l kubernetes.io/service-name={}",
                kubectl::list(Some(&service.meta.namespace), "endpointslices"),
                kubectl::word(&service.meta.name),
            );
            proof::command(object, command, value)
        })
        .collect()
}

/// The conditions of the nodes that are not well: `Ready` that is not True, others that are
/// not False.
pub(super) fn node_conditions(target: &Target<'_>) -> Vec<Proof> {
    let nodes = target.nodes().unwrap_or_default().into_iter();
    let is_well = |condition: &Condition| match &*condition.kind {
        "Ready" => condition.is_true(),
        _ => condition.is_false(),
    };
    nodes
        .flat_map(|node| {
            let ill = node
                .conditions
                .iter()
                .filter(|condition| !is_well(condition));
            ill.map(|condition| proof::condition(node, condition, telling(condition)))
        })
        .collect()
}

/// The newest events that warn.
pub(super) fn warnings(target: &Target<'_>) -> Vec<Proof> {
    let events = target.events().unwrap_or_default().into_iter();
    events
        .filter(|event| event.warning)
        .map(proof::event)
        .collect()
}

fn field(target: &Target<'_>, path: &'static str, value: impl ToString) -> Proof {
    proof::field_of(target.object().clone(), path, value)
}
