//! Objects whose own conditions say that they are not well.
//!
//! What a condition's status means depends on its type, and the types are anybody's. Those of
//! the table are agreed on; of all others only kstatus' `Stalled` counts
//! (<https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md>).

use crate::facts::{
    ApiService, Condition, Gateway, GatewayClass, HorizontalPodAutoscaler, Object, Other, Route,
};
use crate::patience::CONDITION;
use crate::snapshot::Snapshot;

use super::{Unwell, said};

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

/// Phases of custom resources that say that something failed.
const FAILED_PHASES: &[&str] = &["Failed", "Error", "Errored", "Degraded", "FailedValidation"];

/// The first condition that says that something is wrong.
fn bad(conditions: &[Condition]) -> Option<&Condition> {
    let is_bad = |condition: &&Condition| {
        let (kind, status) = (&*condition.kind, &*condition.status);
        POLARITY.contains(&(kind, status))
    };
    conditions.iter().find(is_bad)
}

fn told(object: &impl Object, condition: &Condition, snapshot: &Snapshot) -> Unwell {
    Unwell::of(object, snapshot, "unwell.condition")
        .with("type", &*condition.kind)
        .with("status", &*condition.status)
        .since(condition.changed)
        .waits(CONDITION.wait(condition.changed, snapshot))
        .said([said::condition(&object.object_ref(), condition)])
        .said(said::warnings(object, snapshot))
}

pub(super) fn of_api_service(service: &ApiService, snapshot: &Snapshot) -> Option<Unwell> {
    let unwell = told(service, bad(&service.conditions)?, snapshot);
    // A part of the API that is gone is felt at once.
    Some(unwell.waits(None))
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

/// An object of a kind that has no table of its own: its conditions, or a phase that says
/// that it failed.
pub(super) fn of_other(other: &Other, snapshot: &Snapshot) -> Option<Unwell> {
    if let Some(condition) = bad(&other.conditions) {
        let unwell = told(other, condition, snapshot);
        let has_failed = condition.reason.contains("Fail")
            || condition.reason.contains("Error")
            || &*condition.kind == "Stalled";
        return Some(if has_failed {
            unwell.waits(None)
        } else {
            unwell
        });
    }
    FAILED_PHASES.contains(&&*other.phase).then(|| {
        Unwell::of(other, snapshot, "unwell.phase")
            .with("phase", &*other.phase)
            .said([said::field(&other.object_ref(), "phase", &other.phase)])
            .said(said::warnings(other, snapshot))
    })
}
