//! What gives addresses to Services of type `LoadBalancer`, as far as it runs in the cluster.

use podside_model::ObjectRef;

use crate::facts::{Object, PodSpec, Replicas};
use crate::snapshot::Snapshot;

/// A workload that gives out addresses.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    /// The workload.
    pub(super) workload: ObjectRef,
    /// How many of its Pods are wanted.
    pub(super) wanted: i64,
    /// How many of them are ready.
    pub(super) ready: i64,
}

impl Provider {
    /// As it is told: kind and name.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.workload.kind, self.workload.name)
    }
}

/// Parts of the names of images of programs that give out addresses. MetalLB's speaker and
/// K3s' klipper only announce them.
const IMAGES: &[&str] = &[
    "metallb/controller",
    "metallb-controller",
    "cloud-controller-manager",
    "aws-load-balancer-controller",
    "kube-vip-cloud-provider",
    "kube-vip/kube-vip",
    "cloud-provider-kind",
    "openelb",
    "loxilb",
    "purelb",
];

/// The workload that gives out addresses; one that is ready rather than one that is not.
pub(super) fn find(snapshot: &Snapshot) -> Option<Provider> {
    let deployments = snapshot.deployments.iter().map(|workload| {
        let spec = &workload.template.spec;
        (workload.object_ref(), workload.replicas, spec)
    });
    let daemon_sets = snapshot.daemon_sets.iter().map(|workload| {
        let spec = &workload.template.spec;
        (workload.object_ref(), workload.replicas, spec)
    });
    let provides = |spec: &PodSpec| {
        let mut containers = spec.containers.iter();
        containers.any(|c| IMAGES.iter().any(|image| c.image.contains(image)))
    };
    deployments
        .chain(daemon_sets)
        .filter(|(_, _, spec)| provides(spec))
        .map(
            |(workload, replicas, _): (ObjectRef, Replicas, _)| Provider {
                workload,
                wanted: replicas.wanted,
                ready: replicas.ready,
            },
        )
        .max_by_key(|provider| {
            (
                provider.ready > 0,
                std::cmp::Reverse(provider.workload.clone()),
            )
        })
}

/// Whether all workloads and Services of the cluster are known.
pub(super) fn all_seen(snapshot: &Snapshot) -> bool {
    snapshot.deployments.unreadable("").is_none()
        && snapshot.daemon_sets.unreadable("").is_none()
        && snapshot.services.unreadable("").is_none()
}
