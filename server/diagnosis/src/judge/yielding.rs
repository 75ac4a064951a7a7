//! Symptoms yield to the roots that explain them.

use std::collections::{BTreeMap, HashMap};

use podside_model::{Arg, Certainty, ObjectRef, Relation, Severity};

use super::fold::Case;
use crate::facts::Str;
use crate::rule::Rank;
use crate::vocabulary::refines;

/// A case that stands, and how bad it is with all that it explains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    pub(super) case: &'a Case,
    pub(super) severity: Severity,
}

/// Those cases that no deeper one explains: on the same Pods and container, or further
/// along the chain of what it breaks.
pub(super) fn unexplained(mut cases: Vec<&Case>) -> Vec<Standing<'_>> {
    cases.sort_by(|a, b| {
        // A special case comes before what it is a case of.
        let key = |case: &Case| {
            (
                case.rule.rank,
                !case.special,
                case.problem.severity,
                case.place,
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.finding.subject.cmp(&b.finding.subject))
    });
    let mut kept: Vec<Standing<'_>> = Vec::with_capacity(cases.len());
    let mut roots = Roots::default();
    for case in cases {
        let severity = case.problem.severity;
        let explained = roots
            .near(case)
            .into_iter()
            .find(|at| kept.get(*at).is_some_and(|root| explains(root.case, case)));
        match explained.and_then(|at| kept.get_mut(at)) {
            // What it explains is as bad as it is.
            Some(root) => root.severity = root.severity.min(severity),
            None => {
                roots.add(case, kept.len());
                kept.push(Standing { case, severity });
            }
        }
    }
    kept
}

/// The cases that stand, by what they have to do with others: only those are compared.
#[derive(Default)]
struct Roots<'a> {
    by_pod: HashMap<&'a (Str, Str), Vec<usize>>,
    by_subject: BTreeMap<&'a ObjectRef, Vec<usize>>,
    by_affected: BTreeMap<&'a ObjectRef, Vec<usize>>,
}

impl<'a> Roots<'a> {
    fn add(&mut self, case: &'a Case, at: usize) {
        for pod in &case.finding.pods {
            self.by_pod.entry(pod).or_default().push(at);
        }
        self.by_subject.entry(&case.whole).or_default().push(at);
        for object in &case.broken {
            self.by_affected.entry(object).or_default().push(at);
        }
    }

    /// Those that may explain a case, the first one first.
    fn near(&self, case: &Case) -> Vec<usize> {
        let of_pods = case.finding.pods.iter().filter_map(|p| self.by_pod.get(p));
        let of_subject = self.by_subject.get(&case.whole);
        let above = self.by_affected.get(&case.whole);
        let mut near: Vec<usize> = of_pods
            .chain(of_subject)
            .chain(above)
            .flatten()
            .copied()
            .collect();
        near.sort_unstable();
        near.dedup();
        near
    }
}

fn explains(root: &Case, case: &Case) -> bool {
    // A special case is told instead of what it is a case of.
    let deeper = root.rule.rank < case.rule.rank || refines(root.rule.cause, case.rule.cause);
    if deeper && is_same_place(root, case) {
        return true;
    }
    if was_changed_on_admission(root, case) {
        return true;
    }
    // A root further along the chain is a fault of its own: it would remain when the
    // first one is mended. Only what merely fails is explained by what it depends on.
    case.rule.rank > Rank::Root && !case.finding.of_its_own && is_downstream(root, case)
}

/// Whether a webhook made the container what it is: whatever then fails in it, be it a
/// root elsewhere, is the webhook's doing.
fn was_changed_on_admission(root: &Case, case: &Case) -> bool {
    root.finding.relation == Relation::Admits
        && root.place != case.place
        && root.finding.certainty == Certainty::Certain
        && !root.finding.pods.is_disjoint(&case.finding.pods)
        && match (
            root.finding.args.get("container"),
            &case.finding.subject.container,
        ) {
            (Some(Arg::Text(changed)), Some(failing)) => changed == failing,
            _ => false,
        }
}

/// Whether a case is about the same container as a deeper one, or about a Pod as a whole
/// and one of its containers. A root that breaks no Pod that exists, such as a quota that
/// refuses new ones, does not explain what is wrong with those that do.
fn is_same_place(root: &Case, case: &Case) -> bool {
    let (a, b) = (&root.finding, &case.finding);
    let of_pod = a.containers.is_empty() || b.containers.is_empty();
    let containers = of_pod || !a.containers.is_disjoint(&b.containers);
    let pods = !a.pods.is_disjoint(&b.pods);
    let subject = root.is_on(&case.whole);
    containers && (pods || (subject && b.pods.is_empty()))
}

/// Whether the subject of a case is among what another one breaks. Of a workload that calls
/// what is broken only those containers are that fail with it: one beside them that has ended
/// and does not call it has a reason of its own.
fn is_downstream(root: &Case, case: &Case) -> bool {
    if !root.broken.contains(&case.whole) {
        return false;
    }
    let containers = &case.finding.containers;
    root.callers.get(&case.whole).is_none_or(|failing| {
        !failing.is_empty() && (containers.is_empty() || !failing.is_disjoint(containers))
    })
}
