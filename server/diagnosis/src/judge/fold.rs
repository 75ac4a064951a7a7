use std::collections::{BTreeMap, BTreeSet};

use podside_model::{Affected, Arg, Cause, Evidence, Message, ObjectRef, Problem, Severity};

use super::mending;
use crate::facts::{Pod, Str};
use crate::finding::{Breaks, Finding, Sibling};
use crate::hidden;
use crate::proof::{Proof, What};
use crate::rule::Rule;
use crate::snapshot::{Snapshot, Top};
use crate::texts;
use crate::vocabulary;

/// The most pieces of evidence that one problem shows.
const MOST_PROOFS: usize = 12;

/// A problem and what it is joined with others by.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) rule: &'static Rule,
    pub(super) finding: Finding,
    /// The rule's place in the registry, for ties.
    pub(super) place: usize,
    /// Whether its cause is a special case of another.
    pub(super) special: bool,
    /// The subject as a whole, should it be a container.
    pub(super) whole: ObjectRef,
    /// The owners of the broken Pods.
    pub(super) tops: BTreeSet<Top>,
    /// The objects that the problem affects.
    pub(super) broken: BTreeSet<ObjectRef>,
    /// How many of them fail beside it; more than any number when no name resolves in the whole
    /// cluster.
    pub(super) breadth: usize,
    /// Of the affected objects that merely call what is broken, the containers that fail
    /// because of it; none where they work.
    pub(super) callers: BTreeMap<ObjectRef, BTreeSet<Str>>,
    pub(super) problem: Problem<Message>,
}

/// Makes one finding of those of a rule on a subject whose titles read the same.
pub(super) fn fold<'a>(mut findings: impl Iterator<Item = &'a Finding>) -> Option<Finding> {
    let mut kept = findings.next()?.clone();
    for finding in findings {
        merge(&mut kept, finding);
    }
    Some(kept)
}

/// Adds a sibling's finding. The first one's texts and evidence stay: the Pods are
/// looked at in the order of their names, so it is always the same one's.
fn merge(kept: &mut Finding, other: &Finding) {
    if other.certainty < kept.certainty {
        // A sibling that proves it is the better witness.
        let proven = other.clone().since(kept.since);
        let mut doubted = std::mem::replace(kept, proven);
        kept.siblings = std::mem::take(&mut doubted.siblings);
        kept.siblings
            .retain(|sibling| sibling.subject != kept.subject);
        keep_sibling(kept, &doubted);
        kept.pods.extend(doubted.pods);
        share_containers(kept, &doubted.containers);
        kept.affects.extend(doubted.affects);
        return;
    }
    keep_sibling(kept, other);
    kept.pods.extend(other.pods.iter().cloned());
    share_containers(kept, &other.containers);
    kept.since = match (kept.since, other.since) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    kept.severity = match (kept.severity, other.severity) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    for breaks in &other.affects {
        if !kept.affects.iter().any(|b| b.object == breaks.object) {
            kept.affects.push(breaks.clone());
        }
    }
}

/// Remembers the subject of a finding that is told on another one.
fn keep_sibling(kept: &mut Finding, other: &Finding) {
    let is_known = kept.subject == other.subject
        || kept
            .siblings
            .iter()
            .any(|sibling| sibling.subject == other.subject);
    if is_known {
        return;
    }
    let mut args = other.args.clone();
    Finding::named(&mut args, &other.subject);
    kept.siblings.push(Sibling {
        subject: other.subject.clone(),
        args,
        fixes: other.fixes.clone(),
    });
}

/// Of two findings the containers in which they show: none, that is the Pods as a whole, as
/// soon as one of them does not say.
fn share_containers(kept: &mut Finding, others: &BTreeSet<Str>) {
    if others.is_empty() {
        kept.containers.clear();
    } else if !kept.containers.is_empty() {
        kept.containers.extend(others.iter().cloned());
    }
}

/// The case of a folded finding, without what follows from it for other objects.
pub(super) fn case(
    snapshot: &Snapshot,
    rule: &'static Rule,
    place: usize,
    mut finding: Finding,
) -> Case {
    let tops: BTreeSet<Top> = pods(snapshot, &finding)
        .map(|pod| snapshot.top_of(pod))
        .collect();
    let severity = finding
        .severity
        .unwrap_or_else(|| severity(snapshot, &finding, &tops));
    let subject = finding.subject.clone();
    Finding::named(&mut finding.args, &subject);
    let pods = finding.pods.len();
    finding = finding.arg("pods", pods);
    Case {
        rule,
        problem: problem(rule, &finding, severity, snapshot),
        whole: subject.without_container(),
        finding,
        place,
        special: vocabulary::is_special(rule.cause),
        tops,
        broken: BTreeSet::new(),
        breadth: 0,
        callers: BTreeMap::new(),
    }
}

/// The Pods that a finding breaks.
pub(super) fn pods<'a>(
    snapshot: &'a Snapshot,
    finding: &'a Finding,
) -> impl Iterator<Item = &'a Pod> {
    finding
        .pods
        .iter()
        .filter_map(|(namespace, name): &(Str, Str)| snapshot.pods.get(namespace, name))
}

/// Critical when an owner of the broken Pods has no ready Pod left, a warning while
/// others still serve.
fn severity(snapshot: &Snapshot, finding: &Finding, tops: &BTreeSet<Top>) -> Severity {
    let serves = |top: &Top| {
        snapshot
            .pods_of(top)
            .iter()
            .any(|pod| pod.is_ready() && !pod.is_terminating())
    };
    if !finding.pods.is_empty() && !tops.is_empty() && tops.iter().all(serves) {
        Severity::Warning
    } else {
        Severity::Critical
    }
}

/// A text of a rule with those of the arguments that it uses.
pub(super) fn message(rule: &Rule, id: &str, args: &BTreeMap<String, Arg>) -> Message {
    let id = format!("{}.{id}", rule.cause);
    let used = texts::placeholders(&id);
    let args = used
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), args.get(name)?.clone())))
        .collect();
    hidden::message(Message { id, args })
}

impl Case {
    /// Whether the subject is itself the owner of broken Pods.
    pub(super) fn owns(&self, top: &Top) -> bool {
        self.finding.subject.without_container() == top.object_ref()
    }

    /// Whether an object has the fault itself: the subject, or one that shares it.
    pub(super) fn is_on(&self, whole: &ObjectRef) -> bool {
        let siblings = &self.finding.siblings;
        self.whole == *whole
            || siblings
                .iter()
                .any(|sibling| sibling.subject.without_container() == *whole)
    }
}

fn problem(
    rule: &Rule,
    finding: &Finding,
    severity: Severity,
    snapshot: &Snapshot,
) -> Problem<Message> {
    let say = |id: &str| message(rule, id, &finding.args);
    Problem {
        cause: Cause::known(rule.cause),
        severity,
        certainty: finding.certainty,
        title: say(finding.title),
        explanation: say(finding.explanation),
        fix: mending::steps(rule, finding, snapshot),
        evidence: finding
            .proofs
            .iter()
            .take(MOST_PROOFS)
            .map(|proof| evidence(rule, proof, &finding.args))
            .collect(),
        affects: Vec::new(),
        more_affected: 0,
        since: finding.since,
        subject: finding.subject.clone(),
    }
}

fn evidence(rule: &Rule, proof: &Proof, args: &BTreeMap<String, Arg>) -> Evidence<Message> {
    proof.evidence(match &proof.what {
        What::Shared(message) => message.clone(),
        What::Own(id) => message(rule, id, args),
    })
}

/// An affected object as a finding names it, broken by the subject.
pub(super) fn affected(subject: &ObjectRef, breaks: &Breaks) -> Affected<Message> {
    Affected {
        object: breaks.object.clone(),
        by: subject.without_container(),
        relation: breaks.relation,
        state: hidden::message(breaks.state.clone()),
    }
}
