//! Symptom: a Pod stays Pending; the scheduler says that nodes do not match its node
//! affinity or selector.
//! Cause: nodeSelector or required node affinity asks for labels that no node has.
//! Fix: correct the selector, or label a node.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>

use std::collections::BTreeMap;

use podside_model::ObjectRef;

use super::refused::{self, Refused, refused};
use super::verdict::verdict;
use crate::facts::{Node, NodeTerm, Pod, escape_pointer};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::Blame;
use crate::kubectl;
use crate::near;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-selector-mismatch",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "No node has {wanted}, which {kind} {name} asks for",
            "{kind} {name} が求める {wanted} を持つノードがない",
        ),
        text(
            "title.together",
            "No node has all of {wanted}, which {kind} {name} asks for",
            "{kind} {name} が求める {wanted} をすべて持つノードがない",
        ),
        text(
            "title.told",
            "No node matches the node selector or affinity of {kind} {name}",
            "{kind} {name} の nodeSelector または affinity に合うノードがない",
        ),
        text(
            "title.rejected",
            "Node {node} refuses {kind} {name}: it does not have {wanted}, which the Pod asks for",
            "ノード {node} に {wanted} がないため、これを求める {kind} {name} の Pod が拒否された",
        ),
        text(
            "title.refused",
            "Node {node} refuses {kind} {name}: its labels do not match the Pod's node selector or affinity",
            "ノード {node} のラベルが nodeSelector または affinity に合わず、{kind} {name} の Pod が拒否された",
        ),
        text(
            "explanation.rejected",
            "The kubelet of {node} checks the Pod's nodeSelector and required node affinity itself, and these do not match: the Pod names the node in spec.nodeName, which skips the scheduler, or the node's labels were changed after it was placed. A Pod that is refused like this is not tried again. {pods} {pods|Pod|Pods}.",
            "{node} の kubelet は Pod の nodeSelector と必須の node affinity を自ら確認し、合わない Pod を拒否します。Pod がスケジューラーを通さず spec.nodeName でノードを指定しているか、配置後にノードのラベルが変更されました。拒否された Pod は再試行されません。Pod {pods} 個です。",
        ),
        text(
            "explanation",
            "A Pod runs only on a node whose labels match its nodeSelector and its required node affinity. {nodes} {nodes|node was|nodes were} looked at. {pods} {pods|Pod waits|Pods wait}.",
            "Pod は、nodeSelector と必須の node affinity に合うラベルを持つノードでのみ動作します。{nodes} 台のノードを確認しました。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.near",
            "A Pod runs only on a node whose labels match its nodeSelector and its required node affinity. {count} of {nodes} {nodes|node|nodes} {count|has|have} {near}. {pods} {pods|Pod waits|Pods wait}.",
            "Pod は、nodeSelector と必須の node affinity に合うラベルを持つノードでのみ動作します。{nodes} 台のうち {count} 台が {near} を持っています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.told",
            "A Pod runs only on a node whose labels match its nodeSelector and its required node affinity. The nodes' labels could not be read, so the scheduler's own words are the proof. {pods} {pods|Pod waits|Pods wait}.",
            "Pod は、nodeSelector と必須の node affinity に合うラベルを持つノードでのみ動作します。ノードのラベルは読み取れなかったため、スケジューラーのメッセージが根拠です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.selector",
            "Correct nodeSelector or affinity in {kind} {name}.",
            "{kind} {name} の nodeSelector または affinity を修正します。",
        ),
        text(
            "fix.label",
            "Or give a node the label {wanted}, if that node is the right one.",
            "または、適切なノードにラベル {wanted} を付けます。",
        ),
        text(
            "fix.node",
            "Or add a node that has the labels.",
            "または、そのラベルを持つノードを追加します。",
        ),
        text(
            "proof.selector",
            "{kind} {name} asks for it",
            "{kind} {name} が求めている",
        ),
    ],
};

/// One thing that is asked of a node's labels.
struct Wanted {
    shown: String,
    key: String,
    value: Option<String>,
    proof: Option<Proof>,
    /// How many nodes have it.
    nodes: usize,
}

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    if refused(pod, snapshot) == Some(Refused::Selector) {
        findings.add(rejected(pod, snapshot));
        return;
    }
    let Some(verdict) = verdict(pod, snapshot, findings, &[Blame::Selector]) else {
        return;
    };
    let owner = snapshot.top_of(pod).object_ref();
    let finding = verdict.finding(pod, snapshot);
    let nodes: Vec<&Node> = verdict.nodes().iter().map(|n| n.node).collect();
    if nodes.is_empty() {
        findings.add(
            finding
                .fix_with("fix.selector", kubectl::change(&owner))
                .title("title.told")
                .explanation("explanation.told")
                .fix("fix.node"),
        );
        return;
    }
    let wanted = wanted(pod, &nodes);
    let unmet: Vec<&Wanted> = wanted.iter().filter(|w| w.nodes == 0).collect();
    let named = unmet.first().copied().or_else(|| wanted.first());
    let list = if unmet.is_empty() {
        wanted.iter().collect()
    } else {
        unmet.clone()
    };
    let shown: Vec<String> = list.iter().map(|w| w.shown.clone()).collect();
    let mut finding = finding.arg("wanted", shown.join(", "));
    if unmet.is_empty() {
        finding = finding.title("title.together");
    }
    finding = finding.deciding(list.iter().filter_map(|w| w.proof.clone()));
    let near = named.and_then(|w| nearest(w, &nodes));
    let select = match (named, &near) {
        (Some(named), Some((near, _))) => select(&owner, pod, named, near),
        _ => kubectl::change(&owner),
    };
    finding = finding.fix_with("fix.selector", select);
    finding = match near {
        Some((near, count)) => finding
            .arg("near", near)
            .arg("count", count)
            .explanation("explanation.near"),
        None => finding,
    };
    finding = match named.filter(|w| w.value.is_some()) {
        Some(w) => label(finding, w, &nodes),
        None => finding.fix("fix.node"),
    };
    findings.add(finding);
}

/// A Pod that its node refused, with what the node still lacks as far as it can be seen.
fn rejected(pod: &Pod, snapshot: &Snapshot) -> Finding {
    let finding = refused::finding(pod, snapshot).fix_with(
        "fix.selector",
        kubectl::change(&snapshot.top_of(pod).object_ref()),
    );
    let nodes: Vec<&Node> = snapshot.nodes.get("", &pod.node).into_iter().collect();
    let mut lacking: Vec<Wanted> = wanted(pod, &nodes);
    lacking.retain(|wanted| wanted.nodes == 0);
    if nodes.is_empty() || lacking.is_empty() {
        return finding.title("title.refused");
    }
    let shown: Vec<&str> = lacking.iter().map(|w| &*w.shown).collect();
    let finding = finding
        .title("title.rejected")
        .arg("wanted", shown.join(", "))
        .proofs(lacking.iter().filter_map(|w| w.proof.clone()));
    match lacking.into_iter().find(|w| w.value.is_some()) {
        Some(named) => label(finding, &named, &nodes),
        None => finding,
    }
}

/// The command that lets the Pods of a template go to the nodes that have a label `KEY=VALUE`
/// instead of the one that is asked for.
fn select(owner: &ObjectRef, pod: &Pod, wanted: &Wanted, near: &str) -> String {
    let is_selected = pod.spec.placement.node_selector.contains_key(&*wanted.key);
    let Some((key, value)) = near.split_once('=').filter(|_| is_selected) else {
        return kubectl::change(owner);
    };
    let mut selector = serde_json::Map::new();
    if key != wanted.key {
        selector.insert(wanted.key.clone(), serde_json::Value::Null);
    }
    selector.insert(key.to_owned(), value.into());
    kubectl::set_in_template(owner, &serde_json::json!({"nodeSelector": selector}))
}

/// The command names the first of the nodes; which one is the right one a person must say.
fn label(finding: Finding, wanted: &Wanted, nodes: &[&Node]) -> Finding {
    let value = wanted.value.as_deref().unwrap_or_default();
    let node = nodes.first().map_or("NODE", |node| &*node.meta.name);
    finding.fix_with(
        "fix.label",
        format!(
            "kubectl label node {} {}",
            kubectl::word(node),
            kubectl::word(&format!("{}={value}", wanted.key))
        ),
    )
}

fn wanted(pod: &Pod, nodes: &[&Node]) -> Vec<Wanted> {
    let placement = &pod.spec.placement;
    let mut all: Vec<Wanted> = placement
        .node_selector
        .iter()
        .map(|(key, value)| Wanted {
            shown: format!("{key}={value}"),
            key: key.to_string(),
            value: Some(value.to_string()),
            proof: Some(
                proof::field(
                    pod,
                    format!("/spec/nodeSelector/{}", escape_pointer(key)),
                    value,
                )
                .saying("proof.selector"),
            ),
            nodes: count(nodes, |n| n.meta.labels.get(key) == Some(value)),
        })
        .collect();
    // One of the terms must match; what all of them want says enough when there is one.
    if let Some([term]) = placement.node_terms.as_deref() {
        all.extend(of_term(pod, term, nodes));
    } else if let Some(terms) = placement.node_terms.as_deref() {
        let shown: Vec<String> = terms.iter().map(show).collect();
        all.push(Wanted {
            shown: shown.join(" / "),
            key: String::new(),
            value: None,
            proof: None,
            nodes: count(nodes, |n| {
                terms
                    .iter()
                    .any(|t| t.matches(&n.meta.name, &n.meta.labels))
            }),
        });
    }
    all
}

fn of_term(pod: &Pod, term: &NodeTerm, nodes: &[&Node]) -> Vec<Wanted> {
    const TERM: &str = "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchExpressions";
    let labels = term.labels.iter().enumerate().map(|(index, r)| Wanted {
        shown: r.to_string(),
        key: r.key.to_string(),
        value: match &*r.values {
            [one] if &*r.operator == "In" => Some(one.to_string()),
            _ => None,
        },
        proof: Some(
            proof::field(pod, format!("{TERM}/{index}/key"), &r.key).saying("proof.selector"),
        ),
        nodes: count(nodes, |n| {
            r.matches(n.meta.labels.get(&r.key).map(|v| &**v))
        }),
    });
    let fields = term.fields.iter().map(|r| Wanted {
        shown: r.to_string(),
        key: r.key.to_string(),
        value: None,
        proof: None,
        nodes: count(nodes, |n| r.matches(Some(&n.meta.name))),
    });
    labels.chain(fields).collect()
}

fn show(term: &NodeTerm) -> String {
    let requirements = term.labels.iter().chain(&term.fields);
    let shown: Vec<String> = requirements.map(ToString::to_string).collect();
    shown.join(", ")
}

fn count(nodes: &[&Node], matches: impl Fn(&Node) -> bool) -> usize {
    nodes.iter().filter(|n| matches(n)).count()
}

/// The label that most nodes have and that was probably meant: another value of the
/// same key, or a key that is spelt alike.
fn nearest(wanted: &Wanted, nodes: &[&Node]) -> Option<(String, usize)> {
    let mut values: BTreeMap<&str, usize> = BTreeMap::new();
    for value in nodes.iter().filter_map(|n| n.meta.labels.get(&*wanted.key)) {
        *values.entry(value).or_insert(0) += 1;
    }
    // A value that is spelt alike was probably meant, whatever most nodes have.
    let alike = wanted
        .value
        .as_deref()
        .and_then(|value| near::name(value, values.keys().copied()))
        .and_then(|value| values.get_key_value(value));
    let most = alike.or_else(|| {
        values
            .iter()
            .max_by_key(|(value, count)| (**count, std::cmp::Reverse(**value)))
    });
    if let Some((value, count)) = most {
        return Some((format!("{}={value}", wanted.key), *count));
    }
    let keys: BTreeMap<&str, &str> = nodes
        .iter()
        .flat_map(|n| n.meta.labels.iter())
        .map(|(k, v)| (&**k, &**v))
        .collect();
    let key = near::name(&wanted.key, keys.keys().copied())?;
    let value = keys.get(key)?;
    let pair = format!("{key}={value}");
    let have = count(nodes, |n| {
        n.meta.labels.get(key).is_some_and(|v| &**v == *value)
    });
    Some((pair, have))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(spec: &str, labels: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: n1, labels: {{{labels}}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: render, namespace: media, uid: p}}
spec: {{{spec} containers: [{{name: c}}]}}
status:
  phase: Pending
  conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.\"}}]
"
        )
    }

    #[test]
    fn a_node_refuses_a_pod_that_names_it() {
        let pod = objects("nodeName: n1, nodeSelector: {disk: ssd},", "disk: hdd")
            .split_once("status:")
            .map(|(before, _)| format!("{before}status: {{phase: Failed, reason: NodeAffinity, message: 'Pod was rejected: Predicate NodeAffinity failed: node(s) didn''t match Pod''s node affinity/selector'}}"))
            .unwrap_or_default();
        check(&pod)
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("title.rejected")
            .with("node", "n1")
            .with("kind", "Pod")
            .with("name", "render")
            .with("wanted", "disk=ssd")
            .proves("Predicate NodeAffinity failed")
            .advises("kubectl label node")
            .alone();
        check(&pod)
            .denying("nodes")
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("title.refused");
        let replaced = pod.replace(
            "uid: p}",
            "uid: p, ownerReferences: [{kind: DaemonSet, name: d, uid: d, controller: true}]}",
        ) + "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: render-2, namespace: media, uid: q, ownerReferences: [{kind: DaemonSet, name: d, uid: d, controller: true}]}\nspec: {nodeName: n1, containers: [{name: c}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: 'True'}]}\n";
        check(&replaced).finds_nothing();
    }

    #[test]
    fn a_node_selector_and_a_near_miss() {
        check(&objects("nodeSelector: {disk: ssd},", "disk: hdd"))
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("title")
            .with("wanted", "disk=ssd")
            .tells("explanation.near")
            .with("count", 1)
            .with("nodes", 1)
            .with("near", "disk=hdd")
            .proves("ssd")
            .alone();
    }

    #[test]
    fn the_value_that_is_spelt_alike_is_named_before_the_one_of_most_nodes() {
        let nodes = objects("nodeSelector: {pool: frontned},", "pool: frontend")
            + "---\napiVersion: v1\nkind: Node\nmetadata: {name: n2, labels: {pool: batch}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: n3, labels: {pool: batch}}\n";
        check(&nodes)
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("explanation.near")
            .with("count", 1)
            .with("nodes", 3)
            .with("near", "pool=frontend");
    }

    #[test]
    fn required_affinity() {
        let affinity = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]}}},";
        check(&objects(affinity, "zon: a"))
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("title")
            .with("wanted", "zone in (a, b)")
            .tells("explanation.near")
            .with("near", "zon=a");
    }

    #[test]
    fn each_label_exists_but_not_on_one_node() {
        let two = objects("nodeSelector: {a: x, b: x},", "a: x")
            + "---\napiVersion: v1\nkind: Node\nmetadata: {name: n2, labels: {b: x}}\n";
        check(&two)
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("title.together")
            .with("wanted", "a=x, b=x");
    }

    #[test]
    fn without_the_right_to_read_nodes() {
        check(&objects("nodeSelector: {disk: ssd},", "disk: hdd"))
            .denying("nodes")
            .finds("node-selector-mismatch", "Pod media/render")
            .tells("explanation.told");
    }
}
