//! Objects whose own conditions say that they are not well.
//!
//! What a condition's status means depends on its type, and the types are anybody's. Those of
//! the table are agreed on; of all others only kstatus' `Stalled` counts
//! (<https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md>).

use crate::facts::{
    ApiService, Condition, Gateway, GatewayClass, HorizontalPodAutoscaler, Object, Pod, Route,
};
use crate::patience::CONDITION;
use crate::snapshot::Snapshot;

use super::{Unwell, Waits, said};

/// Types of conditions and the status that says that something is wrong.
const POLARITY: &[(&str, &str)] = &[
    ("Ready", "False"),
    ("Available", "False"),
    ("Established", "False"),
    ("Accepted", "False"),
    ("Programmed", "False"),
    ("ResolvedRefs", "False"),
    ("Stalled", "True"),
];

/// The first condition that says that something is wrong.
pub(super) fn bad(conditions: &[Condition]) -> Option<&Condition> {
    let is_bad = |condition: &&Condition| {
        let (kind, status) = (&*condition.kind, &*condition.status);
        POLARITY.contains(&(kind, status))
    };
    conditions.iter().find(is_bad)
}

pub(super) fn told(object: &impl Object, condition: &Condition, snapshot: &Snapshot) -> Unwell {
    Unwell::of(object, snapshot, "unwell.condition")
        .with("type", &*condition.kind)
        .with("status", &*condition.status)
        .since(condition.changed)
        .waits(CONDITION.wait(condition.changed, snapshot))
        .said([said::condition(&object.object_ref(), condition)])
        .said(said::warnings(object, snapshot))
}

pub(super) fn of_api_service(api: &ApiService, snapshot: &Snapshot) -> Option<Unwell> {
    let unwell = told(api, bad(&api.conditions)?, snapshot);
    // Where it is served by Pods that are not ready, their owner answers for it.
    Some(match failing_server(api, snapshot) {
        Some(pod) => Unwell {
            top: snapshot.top_of(pod).object_ref(),
            ..unwell.waits(Waits::Along)
        },
        // A part of the API that is gone is felt at once.
        None => unwell.waits(None),
    })
}

/// A Pod that should serve a part of the API, where there are some and none is ready.
pub(crate) fn failing_server<'a>(api: &ApiService, snapshot: &'a Snapshot) -> Option<&'a Pod> {
    let (namespace, name) = api.service.as_ref()?;
    let service = snapshot.services.get(namespace, name)?;
    let pods = snapshot.pods_of_service(service);
    if pods.iter().any(|pod| pod.is_ready()) {
        return None;
    }
    pods.into_iter().find(|pod| !pod.is_finished())
}

/// An autoscaler that cannot scale. One that is switched off by zero replicas is well.
pub(super) fn of_autoscaler(hpa: &HorizontalPodAutoscaler, snapshot: &Snapshot) -> Option<Unwell> {
    let condition = hpa.conditions.iter().find(|condition| {
        matches!(&*condition.kind, "ScalingActive" | "AbleToScale")
            && condition.is_false()
            && &*condition.reason != "ScalingDisabled"
            && !condition.reason.starts_with("BackoffBoth")
            && !condition.reason.starts_with("BackoffDownscale")
    })?;
    Some(told(hpa, condition, snapshot))
}

pub(super) fn of_gateway_class(class: &GatewayClass, snapshot: &Snapshot) -> Option<Unwell> {
    Some(told(class, bad(&class.conditions)?, snapshot))
}

/// A Gateway that is not accepted or programmed, as a whole or at one of its listeners.
pub(super) fn of_gateway(gateway: &Gateway, snapshot: &Snapshot) -> Option<Unwell> {
    let listeners = || gateway.listeners.iter().find_map(|l| bad(&l.conditions));
    let condition = bad(&gateway.conditions).or_else(listeners)?;
    Some(told(gateway, condition, snapshot))
}

/// A route that a parent does not accept, or whose backends it cannot resolve.
pub(super) fn of_route(route: &Route, snapshot: &Snapshot) -> Option<Unwell> {
    let condition = route.statuses.iter().find_map(|p| bad(&p.conditions))?;
    Some(told(route, condition, snapshot))
}
