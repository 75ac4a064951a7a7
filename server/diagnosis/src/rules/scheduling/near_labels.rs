//! Labels that are spelt like one that a Pod's placement asks for.

use crate::facts::{Labels, Node, Pod, PodTerm};
use crate::finding::Finding;
use crate::near;
use crate::snapshot::Snapshot;

/// The label that Pods have instead of one that a term of affinity asks for, where the term
/// means no Pod at all: a value that is spelt alike under the same key, or the same value
/// under a key that is.
pub(super) fn near_label(pod: &Pod, term: &PodTerm, snapshot: &Snapshot) -> Option<String> {
    let own = std::slice::from_ref(&pod.meta.namespace);
    let namespaces = match &*term.namespaces {
        [] if term.namespace_selector.is_some() => return None,
        [] => own,
        listed => listed,
    };
    let sets: Vec<&Labels> = namespaces
        .iter()
        .flat_map(|namespace| snapshot.label_sets(namespace))
        .map(|(labels, _)| labels)
        .collect();
    if sets.iter().any(|labels| term.selector.matches(labels)) {
        return None;
    }
    let single = term.selector.expressions.iter().filter_map(|r| {
        let [value] = &*r.values else { return None };
        (&*r.operator == "In").then_some((&r.key, value))
    });
    term.selector
        .labels
        .iter()
        .chain(single)
        .find_map(|(key, value)| {
            let values = sets.iter().filter_map(|labels| labels.get(key));
            if let Some(near) = near::name(value, values.map(|v| &**v)) {
                return Some(format!("{key}={near}"));
            }
            let same = sets.iter().flat_map(|labels| labels.iter());
            let keys = same.filter(|(_, v)| *v == value).map(|(k, _)| &**k);
            near::name(key, keys).map(|near| format!("{near}={value}"))
        })
}

/// A finding that says that no node has a topology key, and which label is spelt alike, in the
/// texts `title.topology`, `explanation.topology` and `explanation.topology-near`. `None` when
/// a node has it, or no nodes are known.
pub(super) fn without_topology<'a>(
    finding: &Finding,
    key: &str,
    nodes: impl Iterator<Item = &'a Node> + Clone,
) -> Option<Finding> {
    let mut seen = nodes.clone().peekable();
    seen.peek()?;
    if seen.any(|node| node.meta.labels.contains_key(key)) {
        return None;
    }
    let finding = finding.clone().title("title.topology").arg("topology", key);
    let keys = nodes.flat_map(|node| node.meta.labels.keys());
    Some(match near::name(key, keys.map(|key| &**key)) {
        Some(near) => finding
            .explanation("explanation.topology-near")
            .arg("near", near),
        None => finding.explanation("explanation.topology"),
    })
}
