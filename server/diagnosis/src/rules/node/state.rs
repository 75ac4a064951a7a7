//! What a node's state means for Pods: those that wait for it because of the taint that
//! Kubernetes sets for the state
//! (<https://kubernetes.io/docs/reference/labels-annotations-taints/>).

use podside_model::{Relation, Severity};

use crate::facts::{Node, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle};
use crate::rules::scheduling::verdict::verdict;
use crate::snapshot::Snapshot;

/// The nodes that would take a waiting Pod but for an obstacle of the node's own state.
///
/// At most three are named: where a whole cluster is in that state, each node more says
/// nothing new.
pub(super) fn would_take<'s>(
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    is_meant: impl Fn(&Obstacle<'_>) -> bool,
) -> Vec<&'s Node> {
    const MOST: usize = 3;
    let Some(verdict) = verdict(pod, snapshot, findings, &[Blame::State]) else {
        return Vec::new();
    };
    verdict
        .blamed()
        .filter(|judged| judged.obstacles.iter().any(&is_meant))
        .map(|judged| judged.node)
        .take(MOST)
        .collect()
}

/// Hands in the findings on the nodes that a Pod waits for because of a taint.
pub(super) fn waits_for<'s>(
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    taints: &[&str],
    find: fn(&Node, &Snapshot) -> Option<Finding>,
) {
    let is_meant = |obstacle: &Obstacle<'_>| matches!(obstacle, Obstacle::State(taint) if taints.contains(&&*taint.key));
    for node in would_take(pod, snapshot, findings, is_meant) {
        if let Some(finding) = find(node, snapshot) {
            findings.add(
                finding
                    .breaks(pod)
                    .relation(Relation::Runs)
                    .severity(severity(pod, snapshot)),
            );
        }
    }
}

/// How much a Pod that does not run breaks: all, when its owner has no other.
pub(super) fn severity(pod: &Pod, snapshot: &Snapshot) -> Severity {
    let others = snapshot.pods_of(&snapshot.top_of(pod));
    if others.iter().any(|p| p.is_ready() && !p.is_terminating()) {
        Severity::Warning
    } else {
        Severity::Critical
    }
}
