//! Conditions of a node that are bad when they are True.

use podside_model::{Relation, Severity};

use super::state::{severity, would_take};
use crate::facts::{Node, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::Obstacle;
use crate::kubectl;
use crate::proof;
use crate::snapshot::Snapshot;

/// A finding on a node whose condition of that type is True.
fn find(node: &Node, condition: &str) -> Option<Finding> {
    let condition = node.condition(condition).filter(|c| c.is_true())?;
    let mut finding = Finding::on(node)
        .relation(Relation::Runs)
        .proof(proof::condition(node, condition, "status"))
        .since(condition.changed)
        .fix_with("fix.look", kubectl::describe(&node.object_ref()))
        .fix("fix.mend");
    if condition.message.is_some() {
        finding = finding.proof(proof::condition(node, condition, "message"));
    }
    Some(finding)
}

/// Hands in a node under pressure with the Pods that were evicted from it for that
/// `resource`.
pub(super) fn on_node(
    node: &Node,
    snapshot: &Snapshot,
    findings: &mut Findings,
    condition: &str,
    resource: &str,
) {
    let Some(mut finding) = find(node, condition) else {
        return;
    };
    let words = format!("The node was low on resource: {resource}");
    let evicted = snapshot
        .pods_on_node(&node.meta.name)
        .filter(|p| &*p.reason == "Evicted" && !resource.is_empty())
        .filter(|p| p.message.as_deref().is_some_and(|m| m.starts_with(&words)));
    let mut worst = Severity::Warning;
    for pod in evicted {
        worst = worst.min(severity(pod, snapshot));
        finding = finding.breaks(pod);
    }
    findings.add(finding.severity(worst));
}

/// Hands in the nodes that a Pod waits for because of the taint of a condition.
pub(super) fn on_pod<'s>(
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    condition: &str,
    taint: &str,
) {
    let is_meant =
        |obstacle: &Obstacle<'_>| matches!(obstacle, Obstacle::State(t) if &*t.key == taint);
    for node in would_take(pod, snapshot, findings, is_meant) {
        if let Some(finding) = find(node, condition) {
            findings.add(finding.breaks(pod).severity(severity(pod, snapshot)));
        }
    }
}
