//! Symptom: Pods are Pending although nodes have joined; the nodes keep a taint such as
//! `node.cloudprovider.kubernetes.io/uninitialized`.
//! Cause: who is to initialize the nodes, such as the cloud controller manager, does not, and
//! takes the taint away only then.
//! Fix: mend or install that component. A toleration would place Pods on nodes that are not
//! ready for them.
//! Source: <https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/>

use podside_model::{Arg, Message, ObjectRef, Relation, Severity};

use super::state::severity;
use crate::facts::{Node, Object, Pod, PodSpec, Taint};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle};
use crate::kubectl;
use crate::patience::CONDITION;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::scheduling::verdict::verdict;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-uninitialized",
    source: "https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/",
    rank: Rank::Root,
    runs: &[Run::Node(on_node), Run::Pod(on_pod)],
    texts: &[
        text(
            "title",
            "{n} {n|node waits|nodes wait} to be initialized: taint {taint} of {name} is not taken away",
            "{n} 台のノードが初期化を待っている: {name} の taint {taint} が外されない",
        ),
        text(
            "explanation",
            "The kubelets say that a cloud controller is to initialize their nodes (--cloud-provider=external) and set this taint until it has: it finds the machine of each node in the cloud by the node's name or provider ID. {manager} is to do so, and has not. {pods} {pods|Pod waits|Pods wait} for a node.",
            "kubelet は、クラウドコントローラーがノードを初期化するまで（--cloud-provider=external）この taint を付けます。コントローラーはノード名またはプロバイダー ID から、クラウド上の対応するマシンを見つけます。担当は {manager} ですが、まだ初期化していません。{pods} 個の Pod がノードを待っています。",
        ),
        text(
            "explanation.none",
            "The kubelets say that a cloud controller is to initialize their nodes (--cloud-provider=external) and set this taint until it has; no cloud controller manager is seen in this cluster. {pods} {pods|Pod waits|Pods wait} for a node.",
            "kubelet は、クラウドコントローラーがノードを初期化するまで（--cloud-provider=external）この taint を付けますが、このクラスターに cloud controller manager が見当たりません。{pods} 個の Pod がノードを待っています。",
        ),
        text(
            "explanation.other",
            "Nodes of this cluster begin with this taint, and the component that it names takes it away when it is ready on the node: it is not. {pods} {pods|Pod waits|Pods wait} for a node.",
            "このクラスターのノードにはこの taint が最初から付いており、名前が示すコンポーネントがノードで準備できたときに外します。まだ外されていません。{pods} 個の Pod がノードを待っています。",
        ),
        text(
            "fix.manager",
            "See in the log of {manager} why it does not initialize node {name}: usually it finds no machine of that name in the cloud, or has no right to ask. It removes the taint by itself; a toleration or taking the taint away by hand would only hide that.",
            "{manager} のログで、ノード {name} を初期化しない理由を確認します。多くの場合、クラウドに同じ名前のマシンがないか、問い合わせる権限がありません。taint は自動的に外れます。toleration の追加や手動での削除は、問題を隠すだけです。",
        ),
        text(
            "fix.none",
            "Install the cloud controller manager of your cloud; it removes the taint by itself. Where there is no cloud, start the kubelets without --cloud-provider=external.",
            "クラウドの cloud controller manager を導入します。taint は自動的に外れます。クラウドでない場合は、kubelet を --cloud-provider=external なしで起動します。",
        ),
        text(
            "fix.other",
            "See why that component is not ready on node {name}: its DaemonSet must run there and tolerate the taint itself. It removes the taint; do not tolerate it in applications.",
            "そのコンポーネントがノード {name} で準備できない理由を確認します。コンポーネントの DaemonSet はそのノードで動作し、この taint を許容している必要があります。taint はコンポーネントが外すため、アプリケーション側で許容しないでください。",
        ),
        text(
            "proof.taint",
            "The taint that node {name} keeps",
            "ノード {name} に残っている taint",
        ),
    ],
};

/// The taint of kubelets that wait for their cloud
/// (<https://kubernetes.io/docs/reference/labels-annotations-taints/#node-cloudprovider-kubernetes-io-uninitialized>).
const CLOUD: &str = "node.cloudprovider.kubernetes.io/uninitialized";

/// How the keys of taints end that nodes begin with and a component takes away when it is
/// ready there: Cluster API, Cilium, the CSI drivers of AWS, Karpenter.
const ENDINGS: &[&str] = &["/uninitialized", "/agent-not-ready", "/unregistered"];

/// The taint of a node that waits to be initialized.
fn waiting(node: &Node) -> Option<&Taint> {
    let begins_with = |taint: &&Taint| ENDINGS.iter().any(|ending| taint.key.ends_with(ending));
    let mut taints = node.taints.iter();
    taints
        .find(begins_with)
        .filter(|_| node.meta.deleting.is_none())
}

/// All nodes that have waited for longer than it takes: those that wait for nothing else
/// first, so that one tells for all.
fn all(snapshot: &Snapshot) -> Vec<(&Node, &Taint)> {
    let mut nodes: Vec<(&Node, &Taint)> = snapshot
        .nodes
        .iter()
        .filter(|node| CONDITION.has_ended(node.meta.created, snapshot))
        .filter_map(|node| Some((node, waiting(node)?)))
        .collect();
    nodes.sort_by_key(|(node, _)| (node.taints.len(), &node.meta.name));
    nodes
}

fn on_node(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    if waiting(node).is_none() {
        return;
    }
    let nodes = all(snapshot);
    // One of them tells for all.
    if nodes
        .first()
        .is_some_and(|(first, _)| first.meta.name == node.meta.name)
        && let Some(finding) = find(&nodes, snapshot)
    {
        findings.add(finding.severity(Severity::Warning));
    }
}

fn on_pod<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let Some(verdict) = verdict(pod, snapshot, findings, &[Blame::Taint, Blame::Reserved]) else {
        return;
    };
    let keeps_away = verdict.blamed().any(|judged| {
        judged.obstacles.iter().any(|obstacle| match obstacle {
            Obstacle::Taint(taint) => ENDINGS.iter().any(|ending| taint.key.ends_with(ending)),
            _ => false,
        })
    });
    if keeps_away && let Some(finding) = find(&all(snapshot), snapshot) {
        findings.add(
            finding
                .breaks(pod)
                .relation(Relation::Runs)
                .severity(severity(pod, snapshot)),
        );
    }
}

fn find(nodes: &[(&Node, &Taint)], snapshot: &Snapshot) -> Option<Finding> {
    const MOST: usize = 16;
    let (first, taint) = nodes.first()?;
    let mut finding = Finding::on(*first)
        .arg("n", nodes.len())
        .arg("taint", &*taint.key)
        .since(first.meta.created)
        .proof(
            proof::field(
                *first,
                format!("/spec/taints/{}/key", taint.index),
                &taint.key,
            )
            .saying("proof.taint"),
        );
    for (other, _) in nodes.iter().skip(1).take(MOST) {
        finding = finding.affects(
            other.object_ref(),
            Relation::ReferredToBy,
            Message::new("state.waits"),
        );
    }
    if &*taint.key != CLOUD {
        let describe = kubectl::describe(&first.object_ref());
        return Some(
            finding
                .explanation("explanation.other")
                .fix_with("fix.other", describe),
        );
    }
    Some(match manager(snapshot) {
        Some(manager) => finding
            .arg(
                "manager",
                Arg::Text(format!("{} {}", manager.kind, manager.name)),
            )
            .fix_with("fix.manager", kubectl::all_logs(&manager)),
        None => finding
            .explanation("explanation.none")
            .fix_with("fix.none", "kubectl get pods -A"),
    })
}

/// The cloud controller manager, where it runs in the cluster.
fn manager(snapshot: &Snapshot) -> Option<ObjectRef> {
    let is_one = |spec: &PodSpec| {
        let mut containers = spec.containers.iter();
        containers.any(|c| c.image.contains("cloud-controller-manager"))
    };
    let deployments = snapshot.deployments.iter();
    let mut deployment = deployments.filter(|w| is_one(&w.template.spec));
    let daemon_sets = snapshot.daemon_sets.iter();
    let mut daemon_set = daemon_sets.filter(|w| is_one(&w.template.spec));
    deployment
        .next()
        .map(Object::object_ref)
        .or_else(|| daemon_set.next().map(Object::object_ref))
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    fn node(name: &str, taints: &str, created: &str) -> String {
        format!(
            "---
apiVersion: v1
kind: Node
metadata: {{name: {name}, creationTimestamp: '{created}'}}
spec: {{taints: [{taints}]}}
status: {{allocatable: {{cpu: '4', memory: 8Gi, pods: '110'}}, conditions: [{{type: Ready, status: 'True'}}]}}
"
        )
    }

    const CLOUD: &str =
        "{key: node.cloudprovider.kubernetes.io/uninitialized, value: 'true', effect: NoSchedule}";
    const EARLY: &str = "2026-01-01T08:00:00Z";

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: n, uid: p, creationTimestamp: '2026-01-01T08:10:00Z'}
spec: {containers: [{name: c, image: x}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/2 nodes are available: 2 node(s) had untolerated taint {node.cloudprovider.kubernetes.io/uninitialized: true}. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.'}]}
";

    fn manager() -> &'static str {
        "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ccm, namespace: kube-system, uid: d}
spec: {replicas: 1, template: {spec: {containers: [{name: c, image: 'example/example-cloud-controller-manager:v1'}]}}}
status: {replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1}
"
    }

    #[test]
    fn all_nodes_wait_for_the_cloud_controller() {
        let nodes = node("a", CLOUD, EARLY) + &node("b", CLOUD, EARLY);
        check(&[POD, &nodes, manager()].concat())
            .finds("node-uninitialized", "Node a")
            .tells("title")
            .with("n", 2_usize)
            .tells("explanation")
            .with("manager", "Deployment ccm")
            .affects("Pod n/web-1")
            .affects("Node b")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn without_a_controller_that_is_said() {
        check(&(POD.to_owned() + &node("a", CLOUD, EARLY)))
            .finds("node-uninitialized", "Node a")
            .tells("explanation.none")
            .offers("fix.none");
    }

    #[test]
    fn a_component_that_is_not_ready_keeps_its_own_taint() {
        let taint = "{key: node.example.io/agent-not-ready, effect: NoSchedule}";
        check(&node("a", taint, EARLY))
            .finds("node-uninitialized", "Node a")
            .tells("explanation.other")
            .is(Severity::Warning);
    }

    #[test]
    fn a_node_that_has_just_joined_is_given_time() {
        check(&node("a", CLOUD, "2026-01-01T11:58:00Z")).finds_nothing();
    }

    #[test]
    fn a_taint_that_somebody_set_is_another_cause() {
        let taint = "{key: team, value: db, effect: NoSchedule}";
        let pod = POD.replace(
            "node.cloudprovider.kubernetes.io/uninitialized: true",
            "team: db",
        );
        check(&(pod + &node("a", taint, EARLY)))
            .does_not_find("node-uninitialized")
            .finds("taint-not-tolerated", "Pod n/web-1");
    }
}
