//! Objects of kinds that have no table of their own, such as custom resources, that say
//! themselves that they failed or are not ready.

use crate::facts::{Condition, KindRef, Object, Other, Str};
use crate::patience::CONDITION;
use crate::snapshot::Snapshot;

use super::conditions::{bad, told};
use super::{Unwell, Waits, said};

/// What such an object says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault<'a> {
    /// A condition that says no.
    Condition(&'a Condition),
    /// A state that says that it failed: where it stands, and what it is.
    State(&'static str, &'a Str),
}

/// Phases of any kind that say that something failed.
const FAILED_PHASES: &[&str] = &["Failed", "Error", "Errored", "Degraded", "FailedValidation"];

/// States that say it in the words of one operator: API group, where it stands, the states.
/// Of Argo CD's health nothing is among them: it is that of objects which tell for themselves.
const FAILED_STATES: &[(&str, &str, &[&str])] = &[
    (
        "acme.cert-manager.io",
        "/status/state",
        &["invalid", "errored", "expired"],
    ),
    (
        "argoproj.io",
        "/status/operationState/phase",
        &["Failed", "Error"],
    ),
    (
        "sparkoperator.k8s.io",
        "/status/applicationState/state",
        &["FAILED", "SUBMISSION_FAILED"],
    ),
    (
        "velero.io",
        "/status/phase",
        &["PartiallyFailed", "Unavailable"],
    ),
];

/// Conditions that say it in the words of one operator: API group, the condition's type, its
/// status.
const FAILED_CONDITIONS: &[(&str, &str, &str)] = &[
    // Argo CD gives the conditions of an Application no status: that they are there says it.
    ("argoproj.io", "ComparisonError", ""),
    ("argoproj.io", "InvalidSpecError", ""),
    ("argoproj.io", "SyncError", ""),
    ("monitoring.coreos.com", "Reconciled", "False"),
    ("monitoring.coreos.com", "Available", "Degraded"),
];

/// Reasons of conditions that say no because nothing is to be done.
const AT_REST: &[&str] = &[
    "Completed",
    "Disabled",
    "Finished",
    "Hibernated",
    "Inactive",
    "NoTraffic",
    "Paused",
    "ScaledToZero",
    "Stopped",
    "Succeeded",
    "Suspended",
];

/// What says that an object is not well. What is left alone on purpose says nothing, nor does
/// what is history: a try whose owner is well by another one, or a run that a later one of its
/// schedule has made good.
pub(crate) fn fault<'a>(other: &'a Other, snapshot: &Snapshot) -> Option<Fault<'a>> {
    let fault = own_fault(other)?;
    let is_history = owners(other, snapshot).any(says_well) || is_superseded(other, snapshot);
    (!is_history).then_some(fault)
}

/// Whether that is waited for. What says that it failed is not.
pub(crate) fn waits(fault: Fault<'_>, snapshot: &Snapshot) -> Waits {
    match fault {
        Fault::Condition(condition) if !has_failed(condition) => {
            CONDITION.wait(condition.changed, snapshot).into()
        }
        Fault::Condition(_) | Fault::State(..) => Waits::No,
    }
}

fn has_failed(condition: &Condition) -> bool {
    condition.reason.contains("Fail")
        || condition.reason.contains("Error")
        || condition.kind.ends_with("Error")
        || &*condition.kind == "Stalled"
}

/// The owner, where it is an object of such a kind and here.
pub(crate) fn owner<'a>(other: &Other, snapshot: &'a Snapshot) -> Option<&'a Other> {
    let owner = other.meta.controller()?;
    let within = snapshot.other(&owner.kind.object(&other.meta.namespace, &owner.name));
    // What owns an object of a namespace is in it or in none.
    within.or_else(|| snapshot.other(&owner.kind.object("", &owner.name)))
}

/// The owners, from the nearest upwards.
fn owners<'a>(other: &'a Other, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a Other> {
    /// cert-manager's steps are four; references that go in a circle end here.
    const LONGEST: usize = 6;
    let above = move |other: &&'a Other| owner(other, snapshot);
    std::iter::successors(Some(other), above)
        .skip(1)
        .take(LONGEST)
}

fn own_fault(other: &Other) -> Option<Fault<'_>> {
    if other.suspended || other.meta.deleting.is_some() {
        return None;
    }
    let group = other.group();
    let is_told = |condition: &&Condition| {
        let said = (group, &*condition.kind, &*condition.status);
        FAILED_CONDITIONS.contains(&said)
    };
    let of_operator = other.conditions.iter().find(is_told);
    let condition = of_operator.or_else(|| bad(&other.conditions));
    if let Some(condition) = condition.filter(|it| !AT_REST.contains(&&*it.reason)) {
        return Some(Fault::Condition(condition));
    }
    let has_failed = |pointer: &str, state: &str| {
        FAILED_STATES
            .iter()
            .any(|(of, at, failed)| *of == group && *at == pointer && failed.contains(&state))
    };
    let phase = &other.phase;
    if FAILED_PHASES.contains(&&**phase) || has_failed("/status/phase", phase) {
        return Some(Fault::State("/status/phase", phase));
    }
    let mut states = other.states.iter();
    let state = states.find(|told| has_failed(told.pointer, &told.value))?;
    Some(Fault::State(state.pointer, &state.value))
}

/// Whether an object says that it is well, not only nothing.
fn says_well(other: &Other) -> bool {
    own_fault(other).is_none() && other.conditions.iter().any(Condition::is_true)
}

/// Whether a later run of the same schedule is well. Runs are of one schedule that have one
/// owner, or Velero's label.
fn is_superseded(other: &Other, snapshot: &Snapshot) -> bool {
    const SCHEDULE: &str = "velero.io/schedule-name";
    let owner = other.meta.controller().map(|owner| &owner.uid);
    let schedule = other.meta.label(SCHEDULE);
    if owner.is_none() && schedule.is_none() {
        return false;
    }
    let mut all = snapshot.others.in_namespace(&other.meta.namespace);
    all.any(|later| {
        later.kind == other.kind
            && later.meta.created > other.meta.created
            && later.meta.controller().map(|owner| &owner.uid) == owner
            && later.meta.label(SCHEDULE) == schedule
            && own_fault(later).is_none()
            && (!later.phase.is_empty() || later.conditions.iter().any(Condition::is_true))
    })
}

/// What is visibly not well about an object of such a kind.
pub(super) fn of(other: &Other, snapshot: &Snapshot) -> Option<Unwell> {
    let fault = fault(other, snapshot)?;
    Some(
        match fault {
            Fault::Condition(condition) => told(other, condition, snapshot),
            Fault::State(pointer, state) => Unwell::of(other, snapshot, "unwell.phase")
                .with("phase", &**state)
                .said([said::field(&other.object_ref(), last_step(pointer), state)])
                .said(said::warnings(other, snapshot)),
        }
        .waits(waits(fault, snapshot)),
    )
}

fn last_step(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}

/// The kind of such an object.
pub(super) fn kind(other: &Other) -> KindRef {
    KindRef {
        name: other.kind.clone(),
        group: other.group().into(),
    }
}
