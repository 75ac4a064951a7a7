//! Symptom: a Pod stays Pending; the scheduler speaks of a volume node affinity conflict.
//! Cause: the volume of its claim may only be used from nodes that do not exist or that
//! the Pod's own nodeSelector or affinity excludes.
//! Fix: bring back such a node, or give the Pod another volume.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity>

use podside_model::Relation;

use super::claims::claims_of;
use crate::facts::{Kind, Node, NodeTerm, PersistentVolume, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "volume-node-affinity-conflict",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Volume {volume} of PersistentVolumeClaim {name} is bound to nodes with {terms}, and there is none",
            "PersistentVolumeClaim {name} のボリューム {volume} は {terms} のノードでしか使えず、該当するノードがない",
        ),
        text(
            "title.excluded",
            "Volume {volume} of PersistentVolumeClaim {name} is bound to nodes with {terms}, which the Pod's own placement excludes",
            "PersistentVolumeClaim {name} のボリューム {volume} は {terms} のノードでしか使えないが、Pod の配置条件がそのノードを除外している",
        ),
        text(
            "explanation",
            "A local or zonal volume stays where its data is: its nodeAffinity allows only some nodes, and a Pod that mounts it can run nowhere else. None of the {nodes} {nodes|node|nodes} will do, so {pods} {pods|Pod stays|Pods stay} Pending.",
            "ローカルまたはゾーンのボリュームはデータのある場所に固定されます。nodeAffinity が許すノードでしか使えず、マウントする Pod もそこでしか動作できません。{nodes} 台のノードのいずれも該当しないため、{pods} 個の Pod が Pending のままです。",
        ),
        text(
            "fix.node",
            "Bring back or add a node with {terms}.",
            "{terms} のノードを復旧または追加します。",
        ),
        text(
            "fix.claim",
            "Or, if the data may go or is restored elsewhere, delete PersistentVolumeClaim {name} and create it again, so that it is bound to a volume that the nodes can use.",
            "または、データが不要か別の場所に復元できる場合は、PersistentVolumeClaim {name} を削除して作り直し、ノードが使えるボリュームにバインドします。",
        ),
        text(
            "fix.placement",
            "Change the Pod's nodeSelector or affinity so that it allows those nodes.",
            "そのノードを許すように Pod の nodeSelector や affinity を変更します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if !pod.is_unscheduled() {
        return;
    }
    for reference in claims_of(pod) {
        let claims = &snapshot.claims;
        let Some(claim) = claims.get(&pod.meta.namespace, reference.name) else {
            continue;
        };
        if claim.volume.is_empty() {
            continue;
        }
        let volume = match snapshot.volumes.find("", &claim.volume) {
            Lookup::Found(volume) => volume,
            Lookup::Missing => continue,
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::PersistentVolume, "", &claim.volume, why);
                continue;
            }
        };
        let Some(terms) = volume.node_terms.as_deref() else {
            continue;
        };
        if let Some(why) = snapshot.nodes.unreadable("") {
            findings.unknown_object(Kind::Node, "", &shown(terms), why);
            continue;
        }
        let mut usable = snapshot
            .nodes
            .iter()
            .filter(|n| matches(terms, n))
            .peekable();
        let excluded = usable.peek().is_some();
        if usable.any(|node| is_chosen(pod, node)) {
            continue;
        }
        let finding = Finding::on(claim)
            .breaks(pod)
            .relation(Relation::MountedBy)
            .arg("volume", &*volume.meta.name)
            .arg("terms", shown(terms))
            .arg("nodes", snapshot.nodes.len())
            .proofs(required(volume, terms))
            .proof(proof::field(claim, "/spec/volumeName", &claim.volume))
            .proofs(
                pod.condition("PodScheduled")
                    .filter(|c| c.message.is_some())
                    .map(|c| proof::condition(pod, c, "message")),
            )
            .since(pod.meta.created);
        findings.add(if excluded {
            finding
                .title("title.excluded")
                .fix_with("fix.placement", "kubectl get nodes --show-labels")
                .fix("fix.claim")
        } else {
            finding
                .fix_with("fix.node", "kubectl get nodes --show-labels")
                .fix("fix.claim")
        });
    }
}

fn matches(terms: &[NodeTerm], node: &Node) -> bool {
    terms
        .iter()
        .any(|t| t.matches(&node.meta.name, &node.meta.labels))
}

/// Whether the Pod's own nodeSelector and required affinity allow a node.
fn is_chosen(pod: &Pod, node: &Node) -> bool {
    let placement = &pod.spec.placement;
    let selected = placement
        .node_selector
        .iter()
        .all(|(key, value)| node.meta.labels.get(key) == Some(value));
    selected
        && placement
            .node_terms
            .as_deref()
            .is_none_or(|terms| matches(terms, node))
}

/// The terms as kubectl writes selectors.
fn shown(terms: &[NodeTerm]) -> String {
    let term = |term: &NodeTerm| {
        let requirements = term.labels.iter().chain(&term.fields);
        requirements
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    terms.iter().map(term).collect::<Vec<_>>().join(" / ")
}

/// The first value that the volume's nodeAffinity asks for.
fn required(volume: &PersistentVolume, terms: &[NodeTerm]) -> Option<proof::Proof> {
    let value = terms.first()?.labels.first()?.values.first()?;
    Some(proof::field(
        volume,
        "/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/values/0",
        value,
    ))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk-a}
spec:
  storageClassName: zonal
  claimRef: {namespace: crm, name: data}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [zone-a]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: crm, uid: c}
spec: {storageClassName: zonal, volumeName: disk-a}
status: {phase: Bound}
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {topology.kubernetes.io/zone: ZONE, pool: green}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: crm, uid: p}
spec: {nodeSelector: {pool: POOL}, containers: [{name: db, image: x}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}
status: {phase: Pending}
";

    fn with(zone: &str, pool: &str) -> String {
        OBJECTS.replace("ZONE", zone).replace("POOL", pool)
    }

    const SUBJECT: &str = "PersistentVolumeClaim crm/data";

    #[test]
    fn no_node_is_in_the_zone() {
        check(&with("zone-b", "green"))
            .finds("volume-node-affinity-conflict", SUBJECT)
            .tells("title")
            .with("terms", "topology.kubernetes.io/zone=zone-a")
            .affects("Pod crm/db");
    }

    #[test]
    fn the_pod_excludes_the_nodes_of_the_zone() {
        check(&with("zone-a", "blue"))
            .finds("volume-node-affinity-conflict", SUBJECT)
            .tells("title.excluded");
    }

    #[test]
    fn a_node_that_will_do_is_held_up_by_something_else() {
        check(&with("zone-a", "green")).does_not_find("volume-node-affinity-conflict");
    }

    #[test]
    fn nodes_that_cannot_be_read_are_unknown() {
        check(&with("zone-b", "green"))
            .denying("nodes")
            .does_not_find("volume-node-affinity-conflict")
            .cannot_tell("unknown.cluster-object")
            .with("kind", "Node");
    }
}
