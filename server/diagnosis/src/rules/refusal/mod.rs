//! Why a controller could not create the objects that it owns: the one place that reads
//! it. The rules for quotas, limit ranges, Pod Security, webhooks, ServiceAccounts and
//! priority classes each look at the refusals of their own kind.
//!
//! A ReplicaSet says it in its condition `ReplicaFailure`; it, StatefulSets, DaemonSets,
//! Jobs and CronJobs say it in `FailedCreate` events; a Deployment whose ReplicaSet is
//! refused says it in its condition `Progressing`. All of them try again for as long as
//! objects are missing, with at most some twenty minutes between two tries, so the
//! newest event tells the present as long as nothing was created after it.

mod message;
mod owner;

use jiff::Timestamp;
use podside_model::{Message, ObjectRef, Relation, Severity};

use crate::facts::{Condition, Event, Kind, Labels, Object, Template};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::patience::CONTROLLER_ACTS;
use crate::proof::{self, Proof};
use crate::snapshot::{Lookup, Snapshot, Top};
pub(crate) use message::{Bound, LimitBreach, Reason};
use owner::{Creator, Shortage};

/// The runs of a rule that looks at refusals: `found` is called with each of them. Other
/// runs may follow.
macro_rules! on_refusals {
    ($found:path $(, $run:expr)*) => {
        &[
            $crate::rule::Run::ReplicaSet(|o, s, f| $crate::rules::refusal::each(o, s, f, $found)),
            $crate::rule::Run::StatefulSet(|o, s, f| $crate::rules::refusal::each(o, s, f, $found)),
            $crate::rule::Run::DaemonSet(|o, s, f| $crate::rules::refusal::each(o, s, f, $found)),
            $crate::rule::Run::Job(|o, s, f| $crate::rules::refusal::each(o, s, f, $found)),
            $crate::rule::Run::CronJob(|o, s, f| $crate::rules::refusal::each(o, s, f, $found)),
            $crate::rule::Run::Deployment(|o, s, f| $crate::rules::refusal::each(o, s, f, $found)),
            $($run,)*
        ]
    };
}
pub(crate) use on_refusals;

/// An owner whose objects are refused.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    /// The owner itself, such as a ReplicaSet.
    pub(crate) owner: Owner<'a>,
    /// The owner at its top, such as a Deployment.
    pub(crate) top: Top,
    /// The Pod template that it creates from.
    pub(crate) template: &'a Template,
    /// Why.
    pub(crate) reason: Reason<'a>,
    /// How many objects there should be, and are.
    pub(crate) shortage: Shortage,
    proofs: Vec<Proof>,
    since: Option<Timestamp>,
}

/// An owner as an object, whatever its kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    kind: &'a str,
    meta: &'a crate::facts::Meta,
}

impl Object for Owner<'_> {
    fn meta(&self) -> &crate::facts::Meta {
        self.meta
    }

    fn kind(&self) -> &str {
        self.kind
    }
}

/// Calls `found` when objects of that owner are refused.
pub(crate) fn each<O: Creator>(
    owner: &O,
    snapshot: &Snapshot,
    findings: &mut Findings,
    found: fn(&Refusal<'_>, &Snapshot, &mut Findings),
) {
    if let Some(refusal) = refusal(owner, snapshot) {
        found(&refusal, snapshot, findings);
    } else {
        say_unknown(owner, snapshot, findings);
    }
}

/// Only events say why a StatefulSet or a Job creates nothing: without them, and with no
/// Pod to look at, nothing can be told.
fn say_unknown<O: Creator>(owner: &O, snapshot: &Snapshot, findings: &mut Findings) {
    let meta = owner.meta();
    let (Some(why), Some(shortage)) = (
        snapshot.events.unreadable(&meta.namespace),
        owner.shortage(),
    ) else {
        return;
    };
    if shortage.created == "Pods" && shortage.have == 0 && meta.deleting.is_none() {
        findings.unknown_creation(&owner.object_ref(), why);
    }
}

fn refusal<'a, O: Creator>(owner: &'a O, snapshot: &'a Snapshot) -> Option<Refusal<'a>> {
    if owner.meta().deleting.is_some() {
        return None;
    }
    let shortage = owner.shortage()?;
    let condition = owner.failure();
    let event = newest_failure(owner, snapshot);
    // A condition is taken back when a creation succeeds; an event stays.
    let is_past = event.is_some_and(|e| succeeded_after(owner, snapshot, e));
    if condition.is_none() && is_past {
        return None;
    }
    let message = event
        .map(|e| &*e.message)
        .or_else(|| condition.and_then(|c| c.message.as_deref()));
    let reason = match message {
        Some(message) => Reason::read(message),
        None if shortage.created == "Pods" => absent(owner, snapshot)?,
        None => return None,
    };
    let owner_of = Owner {
        kind: owner.kind(),
        meta: owner.meta(),
    };
    let proofs = event
        .map(proof::event)
        .into_iter()
        .chain(condition.map(|c| proof::condition(owner, c, "message")))
        .collect();
    Some(Refusal {
        owner: owner_of,
        top: snapshot.top_of(owner),
        template: owner.template(),
        reason,
        shortage,
        proofs,
        since: since(condition, event),
    })
}

/// What the template names and does not exist, so that no Pod can be created from it. It is
/// told without the controller's words, which are gone after an hour.
fn absent<'a>(owner: &'a impl Creator, snapshot: &Snapshot) -> Option<Reason<'a>> {
    let meta = owner.meta();
    if !CONTROLLER_ACTS.has_ended(meta.created, snapshot) {
        return None;
    }
    let spec = &owner.template().spec;
    let account = &*spec.service_account;
    let priority = &*spec.placement.priority_class;
    let class = &*spec.placement.runtime_class;
    let accounts = || snapshot.service_accounts.find(&meta.namespace, account);
    if !account.is_empty() && matches!(accounts(), Lookup::Missing) {
        return Some(Reason::ServiceAccountMissing { name: account });
    }
    let priorities = || snapshot.priority_classes.find("", priority);
    // Those of Kubernetes itself are there in every cluster.
    let is_named = !priority.is_empty() && !priority.starts_with("system-");
    if is_named && matches!(priorities(), Lookup::Missing) {
        return Some(Reason::PriorityClassMissing { name: priority });
    }
    let classes = || snapshot.runtime_classes.find("", class);
    (!class.is_empty() && matches!(classes(), Lookup::Missing))
        .then_some(Reason::RuntimeClassMissing { name: class })
}

fn since(condition: Option<&Condition>, event: Option<&Event>) -> Option<Timestamp> {
    condition
        .and_then(|c| c.changed)
        .or_else(|| event.and_then(|e| e.first))
}

fn newest_failure<'a>(owner: &'a impl Creator, snapshot: &'a Snapshot) -> Option<&'a Event> {
    snapshot
        .events_of(owner)
        .find(|e| owner.tells_of_failure(&e.reason))
}

/// Whether an object was created after that event, so that it tells of the past.
fn succeeded_after(owner: &impl Creator, snapshot: &Snapshot, failure: &Event) -> bool {
    snapshot
        .events_of(owner)
        .any(|e| &*e.reason == "SuccessfulCreate" && e.last > failure.last)
}

impl Refusal<'_> {
    /// The namespace.
    pub(crate) fn namespace(&self) -> &str {
        &self.owner.meta.namespace
    }

    /// What an answer says of any object: its words without the names that are this owner's own,
    /// so that two owners who break one rule get the same.
    pub(crate) fn rule_of(&self, said: &str) -> String {
        let containers = &self.template.spec.containers;
        let names = containers
            .iter()
            .flat_map(|container| [&*container.name, &*container.image])
            .chain([&*self.owner.meta.name, &*self.top.name]);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        let is_of = |part: &str, name: &str| {
            let rest = part.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let is_own = |word: &str| {
            let of = |name: &&str| word == *name || word.split('/').any(|part| is_of(part, name));
            names.iter().any(of)
        };
        let is_in_name = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
        let words = said.split_inclusive(|c| !is_in_name(c));
        words
            .map(|word| {
                let name = word.trim_end_matches(|c| !is_in_name(c));
                let name = name.trim_end_matches(['.', ':']);
                match word.get(name.len()..) {
                    Some(rest) if is_own(name) => format!("*{rest}"),
                    _ => word.to_owned(),
                }
            })
            .collect()
    }

    /// A finding on the owner at the top, with everything that is the same for every
    /// reason. Sets `have` and `wanted` (counts of `created`, such as `Pods`).
    pub(crate) fn finding(&self, snapshot: &Snapshot) -> Finding {
        self.on(self.top.object_ref(), snapshot)
    }

    /// The same finding on another subject, which then affects the owner.
    pub(crate) fn finding_on(&self, subject: ObjectRef, snapshot: &Snapshot) -> Finding {
        let state = Message::new("state.ready")
            .with("ready", ready(snapshot, &self.top))
            .with("wanted", self.shortage.wanted);
        let owner = self.top.object_ref();
        self.on(subject, snapshot)
            .arg("owner", owner.name.clone())
            .arg("owner_kind", owner.kind.clone())
            .affects(owner, Relation::Admits, state)
    }

    fn on(&self, subject: ObjectRef, snapshot: &Snapshot) -> Finding {
        let severity = if ready(snapshot, &self.top) > 0 {
            Severity::Warning
        } else {
            Severity::Critical
        };
        let mut finding = Finding::on_ref(subject)
            .severity(severity)
            .arg("have", self.shortage.have)
            .arg("wanted", self.shortage.wanted)
            .arg("created", self.shortage.created)
            .proofs(self.proofs.iter().cloned())
            .since(self.since);
        for (service, state) in starved(snapshot, self.namespace(), &self.template.labels) {
            finding = finding.affects(service, Relation::Backs, state);
        }
        finding
    }
}

fn ready(snapshot: &Snapshot, top: &Top) -> usize {
    let pods = snapshot.pods_of(top);
    pods.iter().filter(|pod| pod.is_ready()).count()
}

/// The Services that wait for Pods with these labels and have no ready one.
pub(crate) fn starved(
    snapshot: &Snapshot,
    namespace: &str,
    labels: &Labels,
) -> Vec<(ObjectRef, Message)> {
    snapshot
        .services
        .in_namespace(namespace)
        .filter(|s| s.selects(labels) && !s.is_external_name())
        .filter_map(|service| {
            let pods = snapshot.pods_of_service(service);
            if pods.iter().any(|pod| pod.is_ready()) {
                return None;
            }
            let state = Message::new("state.endpoints")
                .with("ready", 0_usize)
                .with("wanted", pods.len());
            Some((
                proof::object(Kind::Service, namespace, &service.meta.name),
                state,
            ))
        })
        .collect()
}
