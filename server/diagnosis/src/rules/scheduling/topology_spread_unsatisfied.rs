//! Symptom: a Pod stays Pending; the scheduler speaks of topology spread constraints.
//! Cause: a constraint with `whenUnsatisfiable: DoNotSchedule` leaves no node.
//! Fix: add nodes in other domains, allow a larger skew, or make it a preference.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>

use std::collections::BTreeSet;

use super::near_labels::without_topology;
use super::verdict::verdict;
use crate::facts::Pod;
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle};
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "topology-spread-unsatisfied",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} must be spread over {topology} with maxSkew {skew}, and no node is left for that",
            "{kind} {name} は {topology} に maxSkew {skew} で分散する必要があり、配置できるノードがない",
        ),
        text(
            "title.domains",
            "{kind} {name} must be spread over at least {least} {topology}, and the nodes have {domains}",
            "{kind} {name} は {least} 個以上の {topology} に分散する必要があるが、ノードには {domains} 個しかない",
        ),
        text(
            "title.told",
            "A topology spread constraint of {kind} {name} leaves no node",
            "{kind} {name} の topologySpreadConstraints により、配置できるノードがない",
        ),
        text(
            "explanation",
            "With DoNotSchedule the scheduler rather leaves a Pod waiting than lets one domain have {skew} more than another. The nodes have {domains} {domains|domain|domains} of {topology}. {pods} {pods|Pod waits|Pods wait}.",
            "DoNotSchedule では、ドメイン間の差が {skew} を超える配置は行われず、Pod は待機します。ノードの {topology} は {domains} 個です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.told",
            "With DoNotSchedule the scheduler rather leaves a Pod waiting than spreads the Pods unevenly. {pods} {pods|Pod waits|Pods wait}.",
            "DoNotSchedule では、均等にならない配置は行われず、Pod は待機します。{pods} 個の Pod が待機しています。",
        ),
        text(
            "title.topology",
            "{kind} {name} must be spread over {topology}, a label that no node has",
            "{kind} {name} は {topology} に分散する必要があるが、このラベルを持つノードがない",
        ),
        text(
            "explanation.topology",
            "topologyKey names the node label whose values are the domains, and with DoNotSchedule no node without it takes the Pod. None of the {nodes} {nodes|node|nodes} has {topology}. {pods} {pods|Pod waits|Pods wait}.",
            "topologyKey は、その値をドメインとするノードのラベルです。DoNotSchedule では、このラベルのないノードには配置されません。{nodes} 台のノードに {topology} を持つものはありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.topology-near",
            "topologyKey names the node label whose values are the domains, and with DoNotSchedule no node without it takes the Pod. None of the {nodes} {nodes|node|nodes} has {topology}; there is {near}. {pods} {pods|Pod waits|Pods wait}.",
            "topologyKey は、その値をドメインとするノードのラベルです。DoNotSchedule では、このラベルのないノードには配置されません。{nodes} 台のノードに {topology} を持つものはなく、{near} があります。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.topology",
            "Correct topologyKey in {kind} {name}, or give the nodes that label.",
            "{kind} {name} の topologyKey を修正するか、ノードにそのラベルを付けます。",
        ),
        text(
            "fix.loosen",
            "Only if {kind} {name} need not be spread so: allow a larger maxSkew (or a smaller minDomains).",
            "{kind} {name} をこのように分散させる必要がない場合に限り、maxSkew を大きく（minDomains を小さく）します。",
        ),
        text(
            "fix.nodes",
            "Make room for the Pods in the {topology} that has the fewest of them, or add nodes in another one: they are spread on purpose.",
            "Pod は意図的に分散されているため、Pod が最も少ない {topology} に空きを作るか、別の {topology} にノードを追加します。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let Some(verdict) = verdict(pod, snapshot, findings, &[Blame::Spread]) else {
        return;
    };
    let edit = kubectl::edit(&snapshot.top_of(pod).object_ref());
    let finding = verdict.finding(pod, snapshot);
    let index = verdict
        .blamed()
        .flat_map(|judged| judged.obstacles.iter())
        .find_map(|o| match o {
            Obstacle::Spread(index) => Some(*index),
            _ => None,
        });
    let spreads = &pod.spec.placement.spread;
    let Some(spread) = index.and_then(|i| spreads.iter().find(|s| s.index == i)) else {
        findings.add(
            finding
                .title("title.told")
                .explanation("explanation.told")
                .fix_with("fix.loosen", edit),
        );
        return;
    };
    let domains: BTreeSet<_> = verdict
        .nodes()
        .iter()
        .filter_map(|n| n.node.meta.labels.get(&spread.topology_key))
        .collect();
    let count = domains.len();
    let path = format!(
        "/spec/topologySpreadConstraints/{index}",
        index = spread.index
    );
    let key = proof::field(pod, format!("{path}/topologyKey"), &spread.topology_key);
    let nodes = verdict.nodes().iter().map(|judged| judged.node);
    if let Some(finding) = without_topology(&finding, &spread.topology_key, nodes) {
        findings.add(finding.deciding([key]).fix_with("fix.topology", edit));
        return;
    }
    let finding = finding
        .arg("topology", &*spread.topology_key)
        .arg("skew", spread.max_skew)
        .arg("domains", count)
        .fix_with(
            "fix.nodes",
            kubectl::list(
                None,
                &format!("nodes -L {}", kubectl::word(&spread.topology_key)),
            ),
        )
        .fix_with("fix.loosen", loosen(pod, spread.index, snapshot));
    let least = spread
        .min_domains
        .filter(|least| usize::try_from(*least).is_ok_and(|least| least > count));
    findings.add(match least {
        Some(least) => finding
            .title("title.domains")
            .arg("least", least)
            .deciding([proof::field(pod, format!("{path}/minDomains"), least)]),
        None => finding.deciding([key]),
    });
}

/// The command that lets Pods be placed though one of their constraints is not met.
fn loosen(pod: &Pod, index: usize, snapshot: &Snapshot) -> String {
    let top = snapshot.top_of(pod);
    // The template has them in the same order unless somebody added to those of the Pod.
    let is_alike = snapshot
        .template_of(&top)
        .is_some_and(|it| it.spec.placement.spread == pod.spec.placement.spread);
    if !is_alike {
        return kubectl::change(&top.object_ref());
    }
    let pointer = format!("/topologySpreadConstraints/{index}/whenUnsatisfiable");
    let value = "ScheduleAnyway".into();
    kubectl::set_exactly_in_template(&top.object_ref(), "replace", &pointer, Some(&value))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(constraint: &str) -> String {
        let node = |name: &str, zone: &str, more: &str| {
            format!(
                "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{zone: {zone}}}}}\n{more}"
            )
        };
        format!(
            "
apiVersion: v1
kind: Pod
metadata: {{name: a, namespace: web, uid: o, labels: {{app: web}}}}
spec: {{nodeName: n1, containers: [{{name: c}}]}}
status: {{phase: Running}}
---
apiVersion: v1
kind: Pod
metadata: {{name: b, namespace: web, uid: p, labels: {{app: web}}}}
spec: {{containers: [{{name: c}}], topologySpreadConstraints: [{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {{matchLabels: {{app: web}}}}{constraint}}}]}}
status:
  phase: Pending
  conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, 1 node(s) had untolerated taint(s).\"}}]
{}{}",
            node("n1", "a", ""),
            node("n2", "b", "spec: {taints: [{key: x, effect: NoSchedule}]}\n"),
        )
    }

    #[test]
    fn the_other_zone_cannot_be_used() {
        check(&objects(""))
            .finds("topology-spread-unsatisfied", "Pod web/b")
            .tells("title")
            .with("topology", "zone")
            .with("skew", 1);
    }

    #[test]
    fn there_are_fewer_domains_than_asked_for() {
        check(&objects(", minDomains: 3"))
            .finds("topology-spread-unsatisfied", "Pod web/b")
            .tells("title.domains")
            .with("least", 3)
            .with("topology", "zone")
            .with("domains", 2);
    }

    #[test]
    fn a_topology_key_that_no_node_has_is_named() {
        let spelt = objects("").replace("topologyKey: zone", "topologyKey: zones");
        check(&spelt)
            .finds("topology-spread-unsatisfied", "Pod web/b")
            .tells("title.topology")
            .with("topology", "zones")
            .tells("explanation.topology-near")
            .with("near", "zone");
    }

    #[test]
    fn of_another_revision_are_not_counted() {
        let revisions = objects(", matchLabelKeys: [pod-template-hash]")
            .replace(
                "uid: o, labels: {app: web}",
                "uid: o, labels: {app: web, pod-template-hash: old}",
            )
            .replace(
                "uid: p, labels: {app: web}",
                "uid: p, labels: {app: web, pod-template-hash: new}",
            );
        // No node is then seen to break the constraint: only the scheduler's words are left.
        check(&revisions)
            .finds("topology-spread-unsatisfied", "Pod web/b")
            .tells("title.told");
        let same = revisions.replace("pod-template-hash: old", "pod-template-hash: new");
        check(&same)
            .finds("topology-spread-unsatisfied", "Pod web/b")
            .tells("title")
            .with("topology", "zone")
            .with("skew", 1);
    }

    #[test]
    fn a_preference_never_stops_a_pod() {
        let preferred = objects("").replace("DoNotSchedule", "ScheduleAnyway");
        let preferred = preferred.replace("didn't match pod topology spread constraints", "x");
        check(&preferred).does_not_find("topology-spread-unsatisfied");
    }
}
