//! Symptom: a Pod stays Pending; the scheduler speaks of untolerated taints.
//! Cause: every node that would otherwise fit has a taint that the Pod does not tolerate.
//! Fix: add a toleration, or remove the taint.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>

use std::collections::BTreeSet;

use podside_model::Message;

use super::refused::{self, Refused, refused};
use super::verdict::verdict;
use crate::facts::{Node, Object, Pod, Taint};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle};
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "taint-not-tolerated",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} does not tolerate the taint {taint} of the {fitting} {fitting|node|nodes} that would fit",
            "{kind} {name} は、適合する {fitting} 台のノードの taint {taint} を許容していない",
        ),
        text(
            "title.told",
            "{kind} {name} does not tolerate a taint of the nodes that would fit",
            "{kind} {name} は、適合するノードの taint を許容していない",
        ),
        text(
            "title.rejected",
            "Node {node} refuses {kind} {name}, which does not tolerate its taint {taint}",
            "ノード {node} の taint {taint} を許容していないため、{kind} {name} の Pod が拒否された",
        ),
        text(
            "title.refused",
            "Node {node} refuses {kind} {name}, which does not tolerate one of its taints",
            "ノード {node} の taint を許容していないため、{kind} {name} の Pod が拒否された",
        ),
        text(
            "explanation.rejected",
            "The Pod came to {node} without the scheduler (by spec.nodeName, for example). The kubelet accepts no Pod that does not tolerate a NoExecute taint of its node. A Pod that is refused like this is not tried again. {pods} {pods|Pod|Pods}.",
            "Pod は spec.nodeName などによりスケジューラーを通さずに {node} に割り当てられました。kubelet は、ノードの NoExecute taint を許容しない Pod を拒否します。拒否された Pod は再試行されません。Pod {pods} 個です。",
        ),
        text(
            "explanation",
            "A taint keeps a node free for Pods that tolerate it. Of {nodes} {nodes|node|nodes}, {fitting} would take this Pod but for the taint, and none of the others fits. {pods} {pods|Pod waits|Pods wait}.",
            "taint は、それを許容する Pod のためにノードを空けておく仕組みです。{nodes} 台のうち {fitting} 台は taint がなければ適合し、他のノードは適合しません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.told",
            "A taint keeps a node free for Pods that tolerate it. The nodes could not be read, so the scheduler's own words are the proof. {pods} {pods|Pod waits|Pods wait}.",
            "taint は、それを許容する Pod のためにノードを空けておく仕組みです。ノードは読み取れなかったため、スケジューラーのメッセージが根拠です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.tolerate",
            "If the Pod belongs on {node}, add a toleration for {taint} to {kind} {name}.",
            "Pod を {node} で動作させる場合は、{kind} {name} に {taint} の toleration を追加します。",
        ),
        text(
            "explanation.component",
            "The taint is not one that somebody chose: {component} keeps it on a node until that is ready for Pods, and removes it by itself. It has not on {fitting} of {nodes} {nodes|node|nodes}, and none of the others fits. {pods} {pods|Pod waits|Pods wait}.",
            "この taint は、ノードで Pod を動作させる準備ができるまで {component} が付けておき、自動的に外すものです。{nodes} 台のノードのうち {fitting} 台で外されておらず、他のノードは適合しません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.component",
            "See why {component} does not remove the taint of {node}, in its log and in the node's conditions. A toleration, or removing the taint by hand, lets Pods start where they cannot work yet.",
            "{component} が {node} の taint を外さない原因を、そのログとノードの Condition で確認します。toleration を追加したり taint を手で外したりすると、まだ準備のできていないノードで Pod が起動します。",
        ),
        text(
            "component.cloud",
            "the cloud controller manager",
            "cloud controller manager",
        ),
        text(
            "component.nodes",
            "the node controller",
            "ノードコントローラー",
        ),
        text(
            "component.network",
            "the network plugin",
            "ネットワークプラグイン",
        ),
        text(
            "component.cilium",
            "the Cilium agent",
            "Cilium のエージェント",
        ),
        text("component.karpenter", "Karpenter", "Karpenter"),
        text(
            "component.autoscaler",
            "the cluster autoscaler",
            "クラスターオートスケーラー",
        ),
        text("component.csi", "the CSI driver", "CSI ドライバー"),
        text(
            "component.any",
            "a component of the cluster",
            "クラスターのコンポーネント",
        ),
        text(
            "fix.untaint",
            "Or remove the taint, if the node need not be kept for others.",
            "または、ノードを専用にしておく必要がなければ taint を外します。",
        ),
        text(
            "fix.told",
            "See the taints of the nodes, and add a toleration to {kind} {name} or remove the taint.",
            "ノードの taint を確認し、{kind} {name} に toleration を追加するか、taint を外します。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    if refused(pod, snapshot) == Some(Refused::Taint) {
        findings.add(rejected(pod, snapshot));
        return;
    }
    let Some(verdict) = verdict(pod, snapshot, findings, &[Blame::Taint, Blame::Reserved]) else {
        return;
    };
    let tainted: Vec<(&Node, &Taint)> = verdict
        .blamed()
        .filter_map(|judged| {
            let taint = judged.obstacles.iter().find_map(|o| match o {
                Obstacle::Taint(taint) => Some(*taint),
                _ => None,
            })?;
            Some((judged.node, taint))
        })
        .collect();
    let finding = verdict.finding(pod, snapshot);
    let Some((node, taint)) = tainted.first().copied() else {
        findings.add(
            finding
                .title("title.told")
                .explanation("explanation.told")
                .fix_with("fix.told", "kubectl describe nodes"),
        );
        return;
    };
    if let Some(component) = component(&taint.key) {
        findings.add(
            finding
                .explanation("explanation.component")
                .arg(
                    "component",
                    Message::new(format!("taint-not-tolerated.component.{component}")),
                )
                .arg("taint", show(taint))
                .arg("fitting", tainted.len())
                .arg("node", &*node.meta.name)
                .deciding([proof::field(
                    node,
                    format!("/spec/taints/{}/key", taint.index),
                    &taint.key,
                )])
                .fix_with("fix.component", kubectl::describe(&node.object_ref())),
        );
        return;
    }
    let shown: BTreeSet<String> = tainted.iter().map(|(_, t)| show(t)).collect();
    let shown: Vec<String> = shown.into_iter().collect();
    let untaint = format!(
        "kubectl taint node {} {}-",
        kubectl::word(&node.meta.name),
        kubectl::word(&format!("{}:{}", taint.key, taint.effect))
    );
    findings.add(
        finding
            .arg("taint", shown.join(", "))
            .arg("fitting", tainted.len())
            .arg("node", &*node.meta.name)
            .deciding([proof::field(
                node,
                format!("/spec/taints/{}/key", taint.index),
                &taint.key,
            )])
            .fix_with("fix.tolerate", tolerate(pod, taint, snapshot))
            .fix_with("fix.untaint", untaint),
    );
}

/// The component that sets a taint and removes it by itself, by the end or the beginning of
/// the taint's key: the end of the id of its name among the texts.
fn component(key: &str) -> Option<&'static str> {
    const KEYS: [(&str, &str); 14] = [
        ("node.cloudprovider.kubernetes.io/uninitialized", "cloud"),
        ("node.cloudprovider.kubernetes.io/shutdown", "cloud"),
        ("node.kubernetes.io/not-ready", "nodes"),
        ("node.kubernetes.io/unreachable", "nodes"),
        ("node.kubernetes.io/network-unavailable", "network"),
        ("node.kubernetes.io/disk-pressure", "nodes"),
        ("node.kubernetes.io/memory-pressure", "nodes"),
        ("node.kubernetes.io/pid-pressure", "nodes"),
        ("node.cilium.io/agent-not-ready", "cilium"),
        ("karpenter.sh/unregistered", "karpenter"),
        ("karpenter.sh/disrupted", "karpenter"),
        ("ToBeDeletedByClusterAutoscaler", "autoscaler"),
        ("DeletionCandidateOfClusterAutoscaler", "autoscaler"),
        // CSI drivers keep Pods away until they have registered on the node.
        (".csi.aws.com/agent-not-ready", "csi"),
    ];
    let is_meant = |known: &str| match known.strip_prefix('.') {
        Some(_) => key.ends_with(known),
        None => key == known,
    };
    KEYS.iter()
        .find(|(known, _)| is_meant(known))
        .map(|(_, component)| *component)
        .or_else(|| {
            key.starts_with("startup-taint.cluster-autoscaler.kubernetes.io/")
                .then_some("any")
        })
}

/// A Pod that its node refused, with the taint as far as the node still has it.
fn rejected(pod: &Pod, snapshot: &Snapshot) -> Finding {
    let finding = refused::finding(pod, snapshot);
    let tolerations = &pod.spec.placement.tolerations;
    let seen = snapshot.nodes.get("", &pod.node).and_then(|node| {
        let taint = node.taints.iter().find(|t| {
            &*t.effect == "NoExecute"
                && !tolerations
                    .iter()
                    .any(|own| own.tolerates(&t.key, &t.value, &t.effect))
        })?;
        Some((node, taint))
    });
    match seen {
        Some((node, taint)) => {
            let path = format!("/spec/taints/{}/key", taint.index);
            finding
                .title("title.rejected")
                .arg("taint", show(taint))
                .proof(proof::field(node, path, &taint.key))
                .fix_with("fix.tolerate", tolerate(pod, taint, snapshot))
        }
        None => finding
            .title("title.refused")
            .fix_with("fix.told", "kubectl describe nodes"),
    }
}

/// The command that lets the Pods of a template tolerate a taint, beside those that it has.
fn tolerate(pod: &Pod, taint: &Taint, snapshot: &Snapshot) -> String {
    let top = snapshot.top_of(pod);
    let mut toleration = serde_json::json!({"key": &*taint.key, "effect": &*taint.effect});
    if let Some(fields) = toleration.as_object_mut() {
        if taint.value.is_empty() {
            fields.insert("operator".to_owned(), "Exists".into());
        } else {
            fields.insert("value".to_owned(), (&*taint.value).into());
        }
    }
    let has_others = snapshot
        .template_of(&top)
        .is_some_and(|template| !template.spec.placement.tolerations.is_empty());
    let top = top.object_ref();
    if has_others {
        kubectl::set_exactly_in_template(&top, "add", "/tolerations/-", Some(&toleration))
    } else {
        kubectl::set_in_template(&top, &serde_json::json!({"tolerations": [toleration]}))
    }
}

/// A taint as kubectl writes it.
fn show(taint: &Taint) -> String {
    if taint.value.is_empty() {
        format!("{}:{}", taint.key, taint.effect)
    } else {
        format!("{}={}:{}", taint.key, taint.value, taint.effect)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {pool: batch}}
spec: {taints: [{key: team, value: data, effect: NoSchedule}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2, labels: {pool: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: sort, namespace: etl, uid: p}
spec: {nodeSelector: {pool: batch}, TOLERATIONS containers: [{name: c}]}
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 'MESSAGE'}]
";

    fn with(tolerations: &str) -> String {
        OBJECTS.replace("TOLERATIONS", tolerations).replace("MESSAGE", "0/2 nodes are available: 1 node(s) didn''t match Pod''s node affinity/selector, 1 node(s) had untolerated taint {team: data}. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.")
    }

    #[test]
    fn a_taint_on_the_only_node_that_fits() {
        check(&with(""))
            .finds("taint-not-tolerated", "Pod etl/sort")
            .tells("title")
            .with("taint", "team=data:NoSchedule")
            .with("fitting", 1)
            .advises("kubectl taint node n1 team:NoSchedule-")
            .alone();
    }

    #[test]
    fn a_toleration_for_another_value_does_not_help() {
        check(&with(
            "tolerations: [{key: team, value: web, effect: NoSchedule}],",
        ))
        .finds("taint-not-tolerated", "Pod etl/sort");
    }

    #[test]
    fn without_the_right_to_read_nodes_the_first_reason_of_the_scheduler_counts() {
        check(&with(""))
            .denying("nodes")
            .finds("taint-not-tolerated", "Pod etl/sort")
            .tells("explanation.told");
    }

    #[test]
    fn a_node_refuses_a_pod_that_names_it() {
        let refused = with("nodeName: n1,").replace("effect: NoSchedule", "effect: NoExecute");
        let refused = refused.split_once("  phase: Pending").map(|(before, _)| {
            format!("{before}  phase: Failed\n  reason: TaintToleration\n  message: 'Pod was rejected: Predicate TaintToleration failed: node(s) had taints that the pod didn''t tolerate'\n")
        });
        check(&refused.unwrap_or_default())
            .finds("taint-not-tolerated", "Pod etl/sort")
            .tells("title.rejected")
            .with("taint", "team=data:NoExecute")
            .alone();
    }

    #[test]
    fn a_pod_that_has_a_node_is_well() {
        check(&with("nodeName: n1,")).does_not_find("taint-not-tolerated");
    }
}
