//! The ports of a Service and the containers behind it.

use std::sync::Arc;

use crate::facts::{Container, ContainerPort, Pod, PortRef, Service, ServicePort};
use crate::findings::Findings;
use crate::proof::{self, Proof};
use crate::snapshot::Snapshot;

/// The Pods that a Service sends traffic to, or would: those that are not ended.
pub(super) fn backends<'a>(service: &'a Service, snapshot: &'a Snapshot) -> Vec<&'a Pod> {
    if service.is_external_name() || service.meta.deleting.is_some() {
        return Vec::new();
    }
    let mut pods = snapshot.pods_of_service(service);
    pods.retain(|pod| !pod.is_finished() && !pod.is_terminating());
    pods
}

/// The same, worked out once for all rules that look at a Service.
pub(super) fn its_backends<'s>(
    service: &'s Service,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
) -> Arc<[&'s Pod]> {
    let key = (service.meta.namespace.clone(), service.meta.name.clone());
    findings
        .backends
        .recall(key, |_| backends(service, snapshot).into())
}

/// The declared ports of a Pod's lasting containers.
pub(super) fn declared(pod: &Pod) -> impl Iterator<Item = (&Container, usize, &ContainerPort)> {
    pod.spec
        .lasting()
        .flat_map(|c| c.ports.iter().enumerate().map(move |(i, p)| (c, i, p)))
}

/// Whether a declared port is the one that a Service's port means, whatever its protocol.
pub(super) fn is_target(port: &ContainerPort, target: &PortRef) -> bool {
    match target {
        PortRef::Number(number) => port.number == *number,
        PortRef::Name(name) => port.name == *name,
    }
}

/// The field of a Service's port that says where it goes: `targetPort`, or `port` when
/// there is none.
pub(super) fn target(service: &Service, port: &ServicePort) -> Proof {
    // The API server fills targetPort in; an object from a file may do without.
    let pointer = format!("/spec/ports/{}/targetPort", port.index);
    proof::field(service, pointer, &port.target)
}

/// A field of a port that a container declares.
pub(super) fn container_port(
    pod: &Pod,
    (container, index, port): (&Container, usize, &ContainerPort),
    field: &str,
) -> Proof {
    let value = match field {
        "name" => port.name.to_string(),
        "protocol" => port.protocol.to_string(),
        _ => port.number.to_string(),
    };
    let pointer = format!("{}/ports/{index}/{field}", container.path());
    proof::field(pod, pointer, value).in_container(&container.name)
}
