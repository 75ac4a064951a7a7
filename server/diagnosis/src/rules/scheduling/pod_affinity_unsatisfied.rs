//! Symptom: a Pod stays Pending; the scheduler speaks of Pod affinity or anti-affinity.
//! Cause: required Pod affinity or anti-affinity leaves no node.
//! Fix: loosen the rule, or add nodes (or topology domains) for it.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity>

use super::near_labels::{near_label, without_topology};
use super::verdict::{Verdict, verdict};
use crate::facts::{Object, Pod, PodTerm};
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle};
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::lifecycle::pod_stuck_terminating::is_stuck;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-affinity-unsatisfied",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} may not run beside Pods like {other}, and every {topology} has one",
            "{kind} {name} は {other} のような Pod と同じ {topology} では動作できず、すべての {topology} にその Pod がある",
        ),
        text(
            "title.refused",
            "Pod {other} keeps {kind} {name} away by its anti-affinity",
            "Pod {other} の anti-affinity が {kind} {name} を遠ざけている",
        ),
        text(
            "title.affinity",
            "{kind} {name} must run beside a Pod that matches {selector}, and none runs on a node that fits",
            "{kind} {name} は {selector} に一致する Pod と同じ場所で動作する必要があるが、適合するノードにその Pod がない",
        ),
        text(
            "title.told",
            "Required Pod affinity or anti-affinity leaves no node for {kind} {name}",
            "必須の Pod affinity または anti-affinity により、{kind} {name} を配置できるノードがない",
        ),
        text(
            "explanation",
            "Required anti-affinity allows one such Pod for each {topology}. There {nodes|is|are} {nodes} {nodes|node|nodes}. {pods} {pods|Pod waits|Pods wait}.",
            "必須の anti-affinity により、{topology} ごとに 1 つしか配置できません。ノードは {nodes} 台です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.any",
            "The scheduler never breaks required affinity rules. {pods} {pods|Pod waits|Pods wait}.",
            "必須の affinity をスケジューラーが緩めることはありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "title.topology",
            "{kind} {name} must run beside other Pods within one {topology}, a label that no node has",
            "{kind} {name} は同じ {topology} の Pod のそばで動作する必要があるが、このラベルを持つノードがない",
        ),
        text(
            "explanation.near",
            "No Pod matches {selector}; there are Pods with {near}. The scheduler never breaks required affinity rules. {pods} {pods|Pod waits|Pods wait}.",
            "{selector} に一致する Pod はありませんが、{near} を持つ Pod があります。必須の affinity をスケジューラーが緩めることはありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.topology",
            "topologyKey names the node label whose equal values make up one place, and none of the {nodes} {nodes|node|nodes} has {topology}. {pods} {pods|Pod waits|Pods wait}.",
            "topologyKey は、値の等しいノードを同じ場所とみなすノードのラベルです。{nodes} 台のノードに {topology} を持つものはありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.topology-near",
            "topologyKey names the node label whose equal values make up one place. None of the {nodes} {nodes|node|nodes} has {topology}; there is {near}. {pods} {pods|Pod waits|Pods wait}.",
            "topologyKey は、値の等しいノードを同じ場所とみなすノードのラベルです。{nodes} 台のノードに {topology} を持つものはなく、{near} があります。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.topology",
            "Correct topologyKey in {kind} {name}, or give the nodes that label.",
            "{kind} {name} の topologyKey を修正するか、ノードにそのラベルを付けます。",
        ),
        text(
            "fix.loosen",
            "See what the rules of {kind} {name} ask for, and which Pods are in the way.",
            "{kind} {name} のルールが求める条件と、妨げになっている Pod を確認します。",
        ),
        text(
            "fix.replicas",
            "Run no more such Pods than there are places for one each ({kind} {name} keeps them apart on purpose), or add nodes.",
            "{kind} {name} は Pod を意図的に別々の場所に置くため、その場所の数を超えない数にするか、ノードを追加します。",
        ),
        text(
            "fix.terminating",
            "See why Pod {leaving} on node {node} does not end: it is being deleted and still holds the place.",
            "ノード {node} の Pod {leaving} が終了しない原因を確認します。削除中のこの Pod がまだ場所を占めています。",
        ),
        text(
            "explanation.terminating",
            "Required anti-affinity allows one such Pod for each {topology}, and Pod {leaving}, which is being deleted, still holds the place on node {node}. There {nodes|is|are} {nodes} {nodes|node|nodes}. {pods} {pods|Pod waits|Pods wait}.",
            "必須の anti-affinity により、{topology} ごとに 1 つしか配置できず、削除中の Pod {leaving} がまだノード {node} の場所を占めています。ノードは {nodes} 台です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.nodes",
            "Add nodes that fit.",
            "適合するノードを追加します。",
        ),
        text(
            "fix.affinity",
            "Correct the label selector of the rule in {kind} {name}, or run the Pods that it asks for.",
            "{kind} {name} のルールのラベルセレクターを修正するか、求める Pod を動作させます。",
        ),
    ],
};

const PATH: &str = "/spec/affinity";
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let Some(verdict) = verdict(
        pod,
        snapshot,
        findings,
        &[Blame::Affinity, Blame::AntiAffinity],
    ) else {
        return;
    };
    let edit = kubectl::change(&snapshot.top_of(pod).object_ref());
    let finding = verdict.finding(pod, snapshot);
    let placement = &pod.spec.placement;
    let topology = |kind: &str, term: &PodTerm| {
        let pointer = format!("{PATH}/{kind}/{REQUIRED}/{}/topologyKey", term.index);
        proof::field(pod, pointer, &term.topology_key)
    };
    let seen = verdict
        .blamed()
        .flat_map(|judged| judged.obstacles.iter())
        .find(|o| matches!(o, Obstacle::Affinity(_) | Obstacle::AntiAffinity { .. }));
    let finding = match seen {
        Some(Obstacle::AntiAffinity { term, other }) => {
            let name = format!("{}/{}", other.meta.namespace, other.meta.name);
            let own = term.and_then(|i| placement.pod_anti_affinity.iter().find(|t| t.index == i));
            match own {
                // Why that Pod does not go is told, and who waits for its place with it.
                Some(_) if leaving(&verdict).is_some_and(|pod| is_stuck(pod, snapshot)) => return,
                Some(term) => {
                    // Siblings would name each another Pod; their common owner names them all.
                    let top = snapshot.top_of(*other).object_ref();
                    let finding = finding
                        .arg("other", format!("{} {}", top.kind, top.name))
                        .arg("topology", &*term.topology_key)
                        .deciding([topology("podAntiAffinity", term)]);
                    findings.add(match leaving(&verdict) {
                        Some(leaving) => finding
                            .explanation("explanation.terminating")
                            .arg("leaving", &*leaving.meta.name)
                            .arg("node", &*leaving.node)
                            .fix_with("fix.terminating", kubectl::describe(&leaving.object_ref())),
                        None => finding.fix_with(
                            "fix.replicas",
                            kubectl::list(
                                None,
                                &format!("nodes -L {}", kubectl::word(&term.topology_key)),
                            ),
                        ),
                    });
                    return;
                }
                None => finding
                    .title("title.refused")
                    .explanation("explanation.any")
                    .arg("other", name),
            }
        }
        Some(Obstacle::Affinity(index)) => {
            let term = placement.pod_affinity.iter().find(|t| t.index == *index);
            let selector = term.map(|t| t.selector.to_string()).unwrap_or_default();
            let finding = finding.deciding(term.map(|t| topology("podAffinity", t)));
            let nodes = verdict.nodes().iter().map(|judged| judged.node);
            if let Some(term) = term
                && let Some(finding) = without_topology(&finding, &term.topology_key, nodes)
            {
                findings.add(finding.fix_with("fix.topology", edit));
                return;
            }
            let finding = finding
                .title("title.affinity")
                .arg("selector", selector)
                .fix_with("fix.affinity", edit);
            match term.and_then(|term| near_label(pod, term, snapshot)) {
                Some(near) => finding.explanation("explanation.near").arg("near", near),
                None => finding.explanation("explanation.any"),
            }
        }
        _ => finding
            .title("title.told")
            .explanation("explanation.any")
            .fix_with(
                "fix.loosen",
                kubectl::describe(&snapshot.top_of(pod).object_ref()),
            ),
    };
    findings.add(finding.fix("fix.nodes"));
}

/// A Pod that is being deleted and holds one of the places.
fn leaving<'s>(verdict: &Verdict<'s>) -> Option<&'s Pod> {
    verdict
        .blamed()
        .flat_map(|judged| judged.obstacles.iter())
        .find_map(|obstacle| match obstacle {
            Obstacle::AntiAffinity { other, .. } if other.is_terminating() => Some(*other),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(affinity: &str, message: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: n1, labels: {{kubernetes.io/hostname: n1}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: q-0, namespace: mq, uid: o, labels: {{app: q}}}}
spec: {{nodeName: n1, containers: [{{name: c}}]}}
status: {{phase: Running}}
---
apiVersion: v1
kind: Pod
metadata: {{name: q-1, namespace: mq, uid: p, labels: {{app: q}}}}
spec: {{containers: [{{name: c}}], affinity: {{{affinity}: {{requiredDuringSchedulingIgnoredDuringExecution: [{{labelSelector: {{matchLabels: {{app: APP}}}}, topologyKey: kubernetes.io/hostname}}]}}}}}}
status:
  phase: Pending
  conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/1 nodes are available: 1 node(s) didn't match {message}.\"}}]
"
        )
    }

    #[test]
    fn anti_affinity_to_its_own_kind() {
        check(&objects("podAntiAffinity", "pod anti-affinity rules").replace("APP", "q"))
            .finds("pod-affinity-unsatisfied", "Pod mq/q-1")
            .tells("title")
            .with("topology", "kubernetes.io/hostname")
            .offers("fix.replicas")
            .alone();
    }

    #[test]
    fn a_pod_that_does_not_end_is_what_is_in_the_way() {
        let leaving = objects("podAntiAffinity", "pod anti-affinity rules")
            .replace("APP", "q")
            .replace(
                "uid: o, labels",
                "uid: o, deletionTimestamp: '2026-01-01T11:59:50Z', deletionGracePeriodSeconds: 30, labels",
            );
        check(&leaving)
            .finds("pod-affinity-unsatisfied", "Pod mq/q-1")
            .tells("explanation.terminating")
            .with("leaving", "q-0")
            .offers("fix.terminating")
            .advises("describe pod q-0");
    }

    #[test]
    fn affinity_to_pods_that_do_not_run() {
        check(&objects("podAffinity", "pod affinity rules").replace("APP", "cache"))
            .finds("pod-affinity-unsatisfied", "Pod mq/q-1")
            .tells("title.affinity")
            .with("selector", "app=cache");
    }

    #[test]
    fn a_label_that_is_spelt_alike_is_named() {
        check(
            &objects("podAffinity", "pod affinity rules")
                .replace("APP", "queeu")
                .replace("app: q}", "app: queue}"),
        )
        .finds("pod-affinity-unsatisfied", "Pod mq/q-1")
        .tells("explanation.near")
        .with("selector", "app=queeu")
        .tells("explanation.near")
        .with("near", "app=queue");
    }

    #[test]
    fn a_topology_key_that_no_node_has_is_named() {
        let spelt = objects("podAffinity", "pod affinity rules")
            .replace("APP", "q")
            .replace(
                "topologyKey: kubernetes.io/hostname",
                "topologyKey: kubernetes.io/hostnam",
            );
        check(&spelt)
            .finds("pod-affinity-unsatisfied", "Pod mq/q-1")
            .tells("title.topology")
            .with("topology", "kubernetes.io/hostnam")
            .tells("explanation.topology-near")
            .with("near", "kubernetes.io/hostname");
    }

    #[test]
    fn affinity_that_is_met_is_not_in_the_way() {
        let met = objects("podAffinity", "pod topology spread constraints").replace("APP", "q");
        check(&met).does_not_find("pod-affinity-unsatisfied");
    }
}
