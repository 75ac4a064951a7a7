//! Autoscalers that count the same Pods, which the controller then scales by none of them.

use podside_model::{Message, Relation};

use crate::facts::{HorizontalPodAutoscaler, Object};
use crate::finding::Finding;
use crate::proof;
use crate::snapshot::Snapshot;

/// Several autoscalers count the same Pods, which the first of them by name tells of. `None`
/// for the others, and when none of them is there any more.
pub(super) fn ambiguous(
    finding: Finding,
    hpa: &HorizontalPodAutoscaler,
    said: &str,
    snapshot: &Snapshot,
) -> Option<Finding> {
    let (_, listed) = said.split_once("multiple HPAs:")?;
    let is_listed = |name: &str| {
        listed
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)))
            .any(|word| word == name)
    };
    let rivals: Vec<&HorizontalPodAutoscaler> = snapshot
        .autoscalers
        .in_namespace(&hpa.meta.namespace)
        .filter(|other| other.meta.name != hpa.meta.name && is_listed(&other.meta.name))
        .filter(|other| other.meta.deleting.is_none())
        .collect();
    let is_ambiguous = |other: &&HorizontalPodAutoscaler| {
        other
            .condition("ScalingActive")
            .is_some_and(|c| c.is_false() && &*c.reason == "AmbiguousSelector")
    };
    let is_told =
        |other: &&HorizontalPodAutoscaler| other.meta.name < hpa.meta.name && is_ambiguous(other);
    if rivals.is_empty() || rivals.iter().any(is_told) {
        return None;
    }
    let names: Vec<String> = rivals.iter().map(|r| r.meta.name.to_string()).collect();
    let same = rivals.iter().all(|other| other.target == hpa.target);
    let mut finding = finding
        .title("title.ambiguous")
        .explanation(if same {
            "explanation.ambiguous-target"
        } else {
            "explanation.ambiguous"
        })
        .arg("rivals", names.len())
        .arg("others", names);
    for other in rivals {
        finding = finding
            .proof(proof::field(
                other,
                "/spec/scaleTargetRef/name",
                &other.target.name,
            ))
            .affects(
                other.object_ref(),
                Relation::Selects,
                Message::new("state.broken"),
            );
    }
    Some(if same {
        finding.fix("fix.rival")
    } else {
        finding.fix("fix.labels")
    })
}
