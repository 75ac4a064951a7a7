//! Conditions of a node that are bad when they are True.

use podside_model::{Relation, Severity};

use super::state::{severity, would_take};
use crate::facts::{Node, Object, Pod, Quantity};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::Obstacle;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rules::eviction::{Usage, usage};
use crate::rules::scheduling::amount::amount;
use crate::snapshot::Snapshot;

/// A finding on a node whose condition of that type is True.
fn find(node: &Node, condition: &str) -> Option<Finding> {
    let condition = node.condition(condition).filter(|c| c.is_true())?;
    let mut finding = Finding::on(node)
        .relation(Relation::Runs)
        .proof(proof::condition(node, condition, "status"))
        .since(condition.changed);
    if condition.message.is_some() {
        finding = finding.proof(proof::condition(node, condition, "message"));
    }
    Some(finding)
}

/// The steps that are the same whoever used it up.
fn mended(finding: Finding, node: &Node) -> Finding {
    finding
        .fix_with("fix.look", kubectl::describe(&node.object_ref()))
        .fix("fix.mend")
}

/// The evicted Pod that used most, with what the kubelet said of it.
fn greatest<'s>(
    evicted: &[&'s Pod],
    snapshot: &'s Snapshot,
) -> Option<(&'s Pod, Usage<'s>, Proof)> {
    let said = |pod: &&'s Pod| -> Option<(&'s Pod, Usage<'s>, Proof)> {
        let status = pod.message.as_deref().and_then(usage);
        if let (Some(used), Some(message)) = (status, pod.message.as_deref()) {
            let proof = proof::field(*pod, "/status/message", message).marking(used.used);
            return Some((*pod, used, proof));
        }
        let mut events = snapshot.events_of(*pod);
        let event = events.find(|event| &*event.reason == "Evicted")?;
        Some((*pod, usage(&event.message)?, proof::event(event)))
    };
    let milli = |of: &Usage<'_>| Quantity::milli_of(of.used).unwrap_or_default();
    evicted
        .iter()
        .filter_map(said)
        .max_by_key(|(_, used, _)| milli(used))
        .filter(|(_, used, _)| milli(used) > 0)
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
    let evicted: Vec<&Pod> = evicted.collect();
    let mut worst = Severity::Warning;
    for pod in &evicted {
        worst = worst.min(severity(pod, snapshot));
        finding = finding.breaks(pod);
    }
    if let Some((pod, used, proof)) = greatest(&evicted, snapshot) {
        let top = snapshot.top_of(pod).object_ref();
        finding = finding
            .explanation("explanation.used")
            .arg("evicted", evicted.len())
            .arg("user", format!("{} {}", top.kind, top.name))
            .arg("used", used.used)
            .arg(
                "size",
                amount("memory", Quantity::milli_of(used.used).unwrap_or_default()),
            )
            .proof(proof)
            .fix_with("fix.user", kubectl::change(&top));
    }
    findings.add(mended(finding, node).severity(worst));
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
            let finding = mended(finding, node).breaks(pod);
            findings.add(finding.severity(severity(pod, snapshot)));
        }
    }
}
