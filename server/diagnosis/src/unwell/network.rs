//! Services and Ingresses that something needs, without endpoints or an address.

use podside_model::ObjectRef;

use super::{Unwell, Waits, said};
use crate::facts::{Ingress, Object, Pod, Service};
use crate::patience::LOAD_BALANCER;
use crate::snapshot::Snapshot;

/// A Service without an address that it asks for, or without ready endpoints though an
/// Ingress or a webhook leads to it.
pub(super) fn of_service(service: &Service, snapshot: &Snapshot) -> Option<Unwell> {
    if &*service.kind == "LoadBalancer" && service.load_balancer.is_empty() {
        let from = service.meta.created;
        return Some(
            Unwell::of(service, snapshot, "unwell.load-balancer")
                .since(from)
                .waits(LOAD_BALANCER.wait(from, snapshot))
                .said(said::warnings(service, snapshot)),
        );
    }
    if service.selector.is_empty() || service.is_external_name() || service.publish_not_ready {
        return None;
    }
    let by = needed_by(service, snapshot)?;
    let backends = snapshot.pods_of_service(service);
    if backends.iter().any(|pod| pod.is_ready()) {
        return None;
    }
    // Where there are Pods, their owner answers for it.
    let owner = backends
        .iter()
        .copied()
        .find(|pod: &&Pod| !pod.is_finished());
    let unwell = match owner {
        Some(pod) => Unwell::under(
            service.object_ref(),
            &snapshot.top_of(pod),
            "unwell.endpoints",
        )
        .waits(Waits::Along),
        None => Unwell::of(service, snapshot, "unwell.endpoints"),
    };
    Some(unwell.with("by", format!("{} {}", by.kind, by.name)))
}

fn needed_by(service: &Service, snapshot: &Snapshot) -> Option<ObjectRef> {
    let ingress = snapshot.ingresses_to(service).next();
    let webhook = || snapshot.webhooks_through(service).next();
    ingress
        .map(Object::object_ref)
        .or_else(|| webhook().map(Object::object_ref))
}

/// An Ingress without an address, where its controller gives others one.
pub(super) fn of_ingress(ingress: &Ingress, snapshot: &Snapshot) -> Option<Unwell> {
    if !ingress.addresses.is_empty() {
        return None;
    }
    let mut others = snapshot.ingresses.iter();
    others.find(|other| other.class == ingress.class && !other.addresses.is_empty())?;
    let from = ingress.meta.created;
    Some(
        Unwell::of(ingress, snapshot, "unwell.ingress")
            .with("class", &*ingress.class)
            .since(from)
            .waits(LOAD_BALANCER.wait(from, snapshot))
            .said(said::warnings(ingress, snapshot)),
    )
}
