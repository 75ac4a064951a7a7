//! Symptom: a custom resource does nothing; a Secret, Deployment or Service that should come
//! from it does not exist.
//! Cause: it says itself that it failed or is not ready, and its controller says why.
//! Fix: what the controller asks for, in the resource or in what it points to.
//! Source: <https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/>

use podside_model::{Message, Relation, Severity};

use super::custom_resource_not_ready_texts::TEXTS;
use super::families::{Families, steps};
use super::makers::{is_failing, takes_from};
use crate::facts::{Event, Kind, Object, Other, Pod, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::unwell::events::goes_on;
use crate::unwell::others::{Fault, fault, owner};

pub(super) const RULE: Rule = Rule {
    cause: "custom-resource-not-ready",
    source: "https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/",
    // What its own Pods fail by says more, and so does a missing ServiceAccount.
    rank: Rank::Mechanism,
    runs: &[Run::Snapshot(run)],
    texts: TEXTS,
};

/// The most custom resources that are told of; of ten thousand that fail alike the first
/// say as much as all.
const MOST: usize = 500;

/// The most objects that are named as affected by one.
const MOST_AFFECTED: usize = 32;

/// The longest quotation in a title, in characters.
const LONGEST: usize = 200;

fn run(snapshot: &Snapshot, findings: &mut Findings) {
    let mut families = None;
    let mut told = 0;
    for other in snapshot.others.seen() {
        if told == MOST {
            break;
        }
        if is_failing(other, snapshot) {
            if is_told_elsewhere(other, snapshot, findings) {
                continue;
            }
            for step in steps(other) {
                findings.want_all(&step, &other.meta.namespace);
            }
            let families = families.get_or_insert_with(|| Families::of(snapshot));
            findings.add(failing(other, families, snapshot));
            told += 1;
        } else if let Some(event) = warned(other, snapshot) {
            findings.add(of_warning(other, event));
            told += 1;
        }
    }
}

/// Whether another object answers for it: one that it was made from, one that it needs, or
/// its own Pods, which say by themselves why they are not ready.
fn is_told_elsewhere(other: &Other, snapshot: &Snapshot, findings: &mut Findings) -> bool {
    if owner(other, snapshot).is_some_and(|owner| is_failing(owner, snapshot)) {
        return true;
    }
    for need in &other.needs {
        let object = need.kind.object(&need.namespace, &need.name);
        match snapshot.other(&object) {
            Some(needed) if is_failing(needed, snapshot) => return true,
            Some(_) => {}
            None => findings.want_object(object),
        }
    }
    let pods = snapshot.pods_under(&other.meta.uid);
    !other.meta.uid.is_empty()
        && pods
            .iter()
            .any(|pod: &&Pod| !pod.is_finished() && !pod.is_ready())
}

fn failing(other: &Other, families: &Families<'_>, snapshot: &Snapshot) -> Finding {
    let way = families.way_down(other);
    // The deepest one that says anything knows best.
    let deepest = way
        .iter()
        .rev()
        .find_map(|part| Some((*part, words(part)?)));
    let own = own_words(other, snapshot);
    let users = families.in_need_of(other);
    let gone = gone_secrets(other, snapshot);
    let finding = Finding::on(other)
        .arg("state", state(other, snapshot))
        .proofs(deepest.as_ref().map(|(_, words)| words.proof.clone()))
        .proofs(own.iter().map(|words| words.proof.clone()))
        .proofs(state_proof(other, snapshot))
        .since(since(other, snapshot));
    let finding = match (&deepest, &own) {
        (Some((part, words)), _) => finding
            .title("title.part")
            .arg("part", &*part.meta.name)
            .arg("part_kind", &*part.kind)
            .arg("said", &*words.said),
        (None, Some(words)) if has_failed(other, snapshot) => {
            finding.title("title.failed").arg("said", &*words.said)
        }
        (None, Some(words)) => finding.arg("said", &*words.said),
        (None, None) => finding.title("title.silent"),
    };
    let finding = if !gone.is_empty() {
        let names: Vec<String> = gone.iter().map(ToString::to_string).collect();
        finding
            .explanation("explanation.secrets")
            .arg("secrets", names)
    } else if !users.is_empty() {
        finding
            .explanation("explanation.needed")
            .arg("users", users.len())
    } else {
        finding
    };
    let said = deepest.map(|(_, words)| words).or(own);
    let finding = with_fix(
        finding,
        other,
        said.map(|words| words.proof.value),
        snapshot,
    );
    let finding = with_affected(finding, other, &way, users, families);
    let finding = gone.iter().fold(finding, |finding, secret| {
        with_waiting(finding, other, secret, snapshot)
    });
    // Where Pods wait for it, they say how bad it is.
    if finding.pods.is_empty() {
        finding.severity(Severity::Warning)
    } else {
        finding
    }
}

/// Words of the cluster and where they stand.
struct Words {
    said: String,
    proof: Proof,
}

/// What an object or a part says of why, wherever it does.
fn words(other: &Other) -> Option<Words> {
    let condition = other
        .conditions
        .iter()
        .find(|it| it.is_false() && it.message.is_some());
    let told = other.words.first();
    match (told, condition) {
        (Some(told), _) => Some(Words {
            said: short(&told.value),
            proof: proof::field(other, told.pointer, &told.value),
        }),
        (None, Some(condition)) => Some(Words {
            said: short(condition.message.as_deref()?),
            proof: proof::condition(other, condition, "message"),
        }),
        (None, None) => None,
    }
}

/// What an object that fails says of why: in its condition, else elsewhere in its status, else
/// its controller in an event.
fn own_words(other: &Other, snapshot: &Snapshot) -> Option<Words> {
    if let Some(Fault::Condition(condition)) = fault(other, snapshot)
        && let Some(message) = &condition.message
        && !message.is_empty()
    {
        return Some(Words {
            said: short(message),
            proof: proof::condition(other, condition, "message"),
        });
    }
    words(other).or_else(|| {
        let event = snapshot.events_of(other).find(|event| event.warning)?;
        Some(Words {
            said: short(event.said()),
            proof: proof::event(event),
        })
    })
}

fn has_failed(other: &Other, snapshot: &Snapshot) -> bool {
    matches!(fault(other, snapshot), Some(Fault::State(..)))
}

/// What the status is, as it is told: `Ready=False (NotFound)` or `FAILED`.
fn state(other: &Other, snapshot: &Snapshot) -> String {
    match fault(other, snapshot) {
        Some(Fault::Condition(condition)) => {
            let status = match &*condition.status {
                "" => condition.kind.to_string(),
                status => format!("{}={status}", condition.kind),
            };
            match &*condition.reason {
                "" => status,
                reason => format!("{status} ({reason})"),
            }
        }
        Some(Fault::State(_, state)) => state.to_string(),
        None => other.phase.to_string(),
    }
}

fn state_proof(other: &Other, snapshot: &Snapshot) -> Option<Proof> {
    match fault(other, snapshot)? {
        Fault::Condition(condition) if !condition.status.is_empty() => {
            Some(proof::condition(other, condition, "status"))
        }
        Fault::Condition(condition) => {
            Some(proof::field(other, condition.path("type"), &condition.kind))
        }
        Fault::State(pointer, state) => Some(proof::field(other, pointer, state)),
    }
}

fn since(other: &Other, snapshot: &Snapshot) -> Option<jiff::Timestamp> {
    match fault(other, snapshot)? {
        Fault::Condition(condition) => condition.changed,
        Fault::State(..) => None,
    }
}

/// The Secrets that should come from it and do not exist.
fn gone_secrets<'a>(other: &'a Other, snapshot: &Snapshot) -> Vec<&'a Str> {
    let namespace = &*other.meta.namespace;
    let is_gone =
        |secret: &&Str| matches!(snapshot.secrets.find(namespace, secret), Lookup::Missing);
    other.secrets.iter().filter(is_gone).collect()
}

fn with_fix(finding: Finding, other: &Other, said: Option<String>, snapshot: &Snapshot) -> Finding {
    let edit = kubectl::edit(&other.object_ref());
    let Some(said) = said else {
        return finding.fix_with("fix.look", kubectl::describe(&other.object_ref()));
    };
    let lacks = other.needs.iter().find(|need| {
        let object = need.kind.object(&need.namespace, &need.name);
        snapshot.other(&object).is_none()
            && said.contains("not found")
            && said.contains(&*need.name)
    });
    let lower = said.to_ascii_lowercase();
    let finding = if let Some(account) = missing_account(&said) {
        finding
            .arg("account", account)
            .fix_with("fix.account", edit)
    } else if let Some(need) = lacks {
        finding
            .arg("need", &*need.name)
            .arg("need_kind", &*need.kind.name)
            .fix_with("fix.missing", edit)
    } else if other.group() == "cert-manager.io" && lower.contains("-01 challenge") {
        finding.fix_with("fix.challenge", kubectl::describe(&other.object_ref()))
    } else if REFUSALS.iter().any(|word| lower.contains(word)) {
        finding.fix_with("fix.rights", kubectl::describe(&other.object_ref()))
    } else {
        finding.fix_with("fix.spec", edit)
    };
    if has_failed(other, snapshot) {
        finding.fix("fix.again")
    } else {
        finding
    }
}

/// Words with which somebody is told that they may not do something, in small letters.
const REFUSALS: &[&str] = &[
    "forbidden",
    "accessdenied",
    "access denied",
    "permission denied",
    "unauthorized",
    "not authorized",
];

/// The ServiceAccount that does not exist, where a message says so: `serviceaccount "NAME" not
/// found`.
fn missing_account(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("serviceaccount \"")?;
    let (name, rest) = rest.split_once('"')?;
    (rest.trim_start().starts_with("not found") && !name.is_empty()).then_some(name)
}

/// What it was made for and what was made for it, and what needs it, each with its own parts.
fn with_affected(
    mut finding: Finding,
    other: &Other,
    way: &[&Other],
    users: &[&Other],
    families: &Families<'_>,
) -> Finding {
    let broken = || Message::new("state.broken");
    if let Some(owner) = other.meta.controller() {
        let owner = owner.kind.object(&other.meta.namespace, &owner.name);
        finding = finding.affects(owner, Relation::ReferredToBy, broken());
    }
    for part in way {
        finding = finding.affects(part.object_ref(), Relation::ReferredToBy, broken());
    }
    for user in users.iter().take(MOST_AFFECTED) {
        finding = finding.affects(user.object_ref(), Relation::ReferredToBy, broken());
        for part in families.way_down(user) {
            finding = finding.affects(part.object_ref(), Relation::ReferredToBy, broken());
        }
    }
    finding
}

/// The Pods and Ingresses that wait for a Secret that should come from it.
fn with_waiting(mut finding: Finding, maker: &Other, secret: &Str, snapshot: &Snapshot) -> Finding {
    let namespace = &*maker.meta.namespace;
    let waiting = snapshot.pods.in_namespace(namespace);
    let waiting = waiting
        .filter(|pod| !pod.is_finished() && !pod.is_ready() && takes_from(&pod.spec, secret));
    for pod in waiting {
        finding = finding.breaks(pod);
    }
    let ingresses = snapshot.ingresses.in_namespace(namespace);
    let ingresses = ingresses.filter(|it| it.tls.iter().any(|tls| tls.secret == *secret));
    for ingress in ingresses.take(MOST_AFFECTED) {
        finding = finding.affects(
            ingress.object_ref(),
            Relation::ReferredToBy,
            Message::new("state.waits"),
        );
    }
    let missing = proof::object(Kind::Secret, namespace, secret);
    let command = kubectl::get(&missing);
    finding.proof(proof::command(missing, command, "").absent())
}

/// A warning that goes on about an object whose status says nothing.
fn warned<'a>(other: &'a Other, snapshot: &'a Snapshot) -> Option<&'a Event> {
    let says_nothing =
        other.conditions.is_empty() && other.phase.is_empty() && other.states.is_empty();
    if !says_nothing || other.suspended || other.meta.deleting.is_some() {
        return None;
    }
    // What is said last counts.
    let last = snapshot.events_of(other).next()?;
    goes_on(last, snapshot).then_some(last)
}

fn of_warning(other: &Other, event: &Event) -> Finding {
    Finding::on(other)
        .severity(Severity::Warning)
        .title("title.warned")
        .explanation("explanation.warned")
        .arg("reason", &*event.reason)
        .arg("said", short(event.said()))
        .arg("count", event.count)
        .proof(proof::event(event))
        .since(event.first)
        .fix_with("fix.spec", kubectl::edit(&other.object_ref()))
}

/// One line of a message, no longer than a title may quote. Of a longer one the end is kept:
/// programs put what they were doing before what went wrong.
fn short(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default().trim().trim_end_matches('.');
    let length = line.chars().count();
    if length <= LONGEST {
        return line.to_owned();
    }
    let end: String = line.chars().skip(length - LONGEST).collect();
    match end.split_once(' ') {
        Some((_, whole)) => format!("…{whole}"),
        None => format!("…{end}"),
    }
}

#[cfg(test)]
#[path = "custom_resource_not_ready_tests.rs"]
mod tests;
