//! Symptom: `kubectl drain`, a node upgrade or the cluster autoscaler hangs on a node.
//! Cause: a PodDisruptionBudget never allows an eviction: it wants as many Pods as there
//! are, or it cannot be computed.
//! Fix: let one Pod be missing, or run one more.
//! Source: <https://kubernetes.io/docs/tasks/run-application/configure-pdb/>

use podside_model::{Message, Relation, Severity};

use crate::facts::{Kind, Object, Pod, PodDisruptionBudget, condition};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Snapshot, Top};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "disruption-budget-blocks",
    source: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    rank: Rank::Root,
    runs: &[Run::PodDisruptionBudget(run)],
    texts: &[
        text(
            "title",
            "PodDisruptionBudget {name} allows no eviction: {bound} of {expected} {expected|Pod|Pods}",
            "PodDisruptionBudget {name} は退避を一切許可しない（{bound}、Pod は {expected} 個）",
        ),
        text(
            "title.sync",
            "PodDisruptionBudget {name} allows no eviction, because it cannot be computed",
            "PodDisruptionBudget {name} は計算できないため、退避を一切許可しない",
        ),
        text(
            "title.two",
            "PodDisruptionBudgets {name} and {other} select the same Pods, so these cannot be evicted",
            "PodDisruptionBudget {name} と {other} が同じ Pod を選択しているため、退避できない",
        ),
        text(
            "explanation",
            "There {expected|is|are} {expected} {expected|Pod|Pods}, and even when all are healthy none may be evicted, so a drain of their nodes waits forever. Nothing is broken until somebody drains a node.",
            "{expected} 個の Pod がすべて正常でも 1 つも退避できないため、ノードの drain が終わりません。drain するまでは影響はありません。",
        ),
        text(
            "explanation.draining",
            "There {expected|is|are} {expected} {expected|Pod|Pods}, and even when all are healthy none may be evicted, so a drain of their nodes waits forever. Nodes that run them are cordoned already: {nodes}.",
            "{expected} 個の Pod がすべて正常でも 1 つも退避できないため、ノードの drain が終わりません。これらの Pod は、すでに cordon された {nodes} で動作しています。",
        ),
        text(
            "explanation.sync",
            "The controller says: {said}. Until it can count the Pods, every eviction is refused.",
            "コントローラーのエラー: {said}。Pod を数えられるようになるまで、退避はすべて拒否されます。",
        ),
        text(
            "explanation.two",
            "The eviction API refuses Pods that more than one PodDisruptionBudget selects.",
            "複数の PodDisruptionBudget に選択された Pod の退避は API に拒否されます。",
        ),
        text(
            "fix.allow",
            "Let one Pod be missing.",
            "1 つの Pod が欠けることを許可します。",
        ),
        text(
            "fix.replicas",
            "Or run one Pod more than the budget wants.",
            "または必要数より 1 つ多く Pod を実行します。",
        ),
        text(
            "fix.selector",
            "Make its selector match the Pods of one workload with a controller, and of no other budget.",
            "セレクターが 1 つのワークロードの Pod だけに一致し、ほかの PodDisruptionBudget と重ならないようにします。",
        ),
        text(
            "proof.other",
            "The other PodDisruptionBudget",
            "もう一方の PodDisruptionBudget",
        ),
    ],
};

fn run(budget: &PodDisruptionBudget, snapshot: &Snapshot, findings: &mut Findings) {
    if budget.meta.deleting.is_some() {
        return;
    }
    if let Some(other) = rival(budget, snapshot) {
        findings.add(two(budget, other));
        return;
    }
    if budget.allowed != Some(0) {
        return;
    }
    let blocked = condition::find(&budget.conditions, "DisruptionAllowed").filter(|c| c.is_false());
    if let Some(failed) = blocked.filter(|c| &*c.reason == "SyncFailed") {
        let said = failed.message.as_deref().unwrap_or_default();
        findings.add(
            Finding::on(budget)
                .title("title.sync")
                .explanation("explanation.sync")
                .severity(Severity::Warning)
                .arg("said", said.trim_end_matches('.'))
                .proof(proof::condition(budget, failed, "message"))
                .since(failed.changed)
                .fix_with("fix.selector", kubectl::edit(&budget.object_ref())),
        );
        return;
    }
    // With fewer wanted than there are, it is ill Pods that use the budget up: they are
    // what is to be mended.
    if budget.expected == 0 || budget.desired < budget.expected {
        return;
    }
    let pods = selected(budget, snapshot);
    let mut nodes: Vec<String> = pods
        .iter()
        .filter_map(|pod| snapshot.nodes.get("", &pod.node))
        .filter(|node| node.unschedulable)
        .map(|node| node.meta.name.to_string())
        .collect();
    nodes.sort_unstable();
    nodes.dedup();
    let (bound, field) = bound(budget);
    let mut finding = Finding::on(budget)
        .severity(Severity::Warning)
        .arg("bound", bound)
        .arg("expected", budget.expected)
        .proof(proof::field(budget, "/status/disruptionsAllowed", 0))
        .proofs(field)
        .proof(proof::field(
            budget,
            "/status/expectedPods",
            budget.expected,
        ))
        .since(blocked.and_then(|c| c.changed))
        .fix_with("fix.allow", allow_one(budget));
    if !nodes.is_empty() {
        finding = finding
            .explanation("explanation.draining")
            .arg("nodes", nodes);
    }
    for top in tops(&pods, snapshot) {
        let owner = top.object_ref();
        finding = finding
            .fix_with("fix.replicas", one_more(&top, budget.expected))
            .affects(
                owner,
                Relation::Selects,
                Message::new("state.ready")
                    .with("ready", budget.healthy)
                    .with("wanted", budget.expected),
            );
    }
    findings.add(finding);
}

/// What the budget says, and the field that says it.
fn bound(budget: &PodDisruptionBudget) -> (String, Option<Proof>) {
    let (name, value) = if budget.max_unavailable.is_empty() {
        ("minAvailable", &budget.min_available)
    } else {
        ("maxUnavailable", &budget.max_unavailable)
    };
    let field = (!value.is_empty()).then(|| proof::field(budget, format!("/spec/{name}"), value));
    (format!("{name} {value}"), field)
}

fn allow_one(budget: &PodDisruptionBudget) -> String {
    format!(
        "{} patch pdb {} --type=merge -p '{{\"spec\":{{\"minAvailable\":null,\"maxUnavailable\":1}}}}'",
        kubectl::prefix(Some(&budget.meta.namespace)),
        kubectl::word(&budget.meta.name)
    )
}

fn one_more(top: &Top, expected: i64) -> String {
    format!(
        "{} scale {} --replicas={}",
        kubectl::prefix(Some(&top.namespace)),
        kubectl::target(&top.object_ref()),
        expected.saturating_add(1)
    )
}

/// The Pods that a budget selects. Pods of one template share their labels, so sets of
/// labels are compared and not Pods.
fn selected<'a>(budget: &PodDisruptionBudget, snapshot: &'a Snapshot) -> Vec<&'a Pod> {
    let namespace = &*budget.meta.namespace;
    if !snapshot
        .label_sets(namespace)
        .iter()
        .any(|(labels, _)| budget.selector.matches(labels))
    {
        return Vec::new();
    }
    snapshot
        .pods
        .in_namespace(namespace)
        .filter(|pod| budget.selector.matches(&pod.meta.labels) && !pod.is_finished())
        .collect()
}

/// The workloads of the Pods that can be scaled.
fn tops(pods: &[&Pod], snapshot: &Snapshot) -> Vec<Top> {
    let mut tops: Vec<Top> = pods
        .iter()
        .map(|pod| snapshot.top_of(*pod))
        .filter(|top| {
            matches!(
                top.kind.known(),
                Some(Kind::Deployment | Kind::StatefulSet | Kind::ReplicaSet)
            )
        })
        .collect();
    tops.sort_unstable();
    tops.dedup();
    tops
}

/// Another budget, of a later name, that selects some of the same Pods.
fn rival<'a>(
    budget: &PodDisruptionBudget,
    snapshot: &'a Snapshot,
) -> Option<&'a PodDisruptionBudget> {
    let namespace = &*budget.meta.namespace;
    let mut later = snapshot
        .disruption_budgets
        .in_namespace(namespace)
        .filter(|other| other.meta.name > budget.meta.name)
        .peekable();
    later.peek()?;
    let sets = snapshot.label_sets(namespace);
    let own: Vec<_> = sets
        .iter()
        .filter(|(labels, _)| budget.selector.matches(labels))
        .collect();
    later.find(|other| own.iter().any(|(labels, _)| other.selector.matches(labels)))
}

fn two(budget: &PodDisruptionBudget, other: &PodDisruptionBudget) -> Finding {
    let other_ref = proof::object(
        Kind::PodDisruptionBudget,
        &other.meta.namespace,
        &other.meta.name,
    );
    Finding::on(budget)
        .title("title.two")
        .explanation("explanation.two")
        .severity(Severity::Warning)
        .arg("other", &*other.meta.name)
        .proof(proof::field(budget, "/metadata/name", &budget.meta.name))
        .proof(proof::field(other, "/metadata/name", &other.meta.name).saying("proof.other"))
        .fix_with("fix.selector", kubectl::edit(&other_ref))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(spec: &str, status: &str) -> String {
        format!(
            "
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: zk, namespace: n}}
spec: {{selector: {{matchLabels: {{app: zk}}}}, {spec}}}
status: {status}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: zk, namespace: n, uid: s}}
spec: {{replicas: 3}}
status: {{replicas: 3, readyReplicas: 3}}
---
apiVersion: v1
kind: Pod
metadata: {{name: zk-0, namespace: n, uid: p, labels: {{app: zk}}, ownerReferences: [{{kind: StatefulSet, name: zk, uid: s, controller: true}}]}}
spec: {{nodeName: w1}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}
---
apiVersion: v1
kind: Node
metadata: {{name: w1}}
spec: {{unschedulable: true}}
status: {{conditions: [{{type: Ready, status: 'True'}}]}}
"
        )
    }

    #[test]
    fn a_budget_without_room_blocks_and_names_the_node_that_is_drained() {
        check(&with(
            "maxUnavailable: 0%",
            "{disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3}",
        ))
        .finds("disruption-budget-blocks", "PodDisruptionBudget n/zk")
        .tells("title")
        .with("bound", "maxUnavailable 0%")
        .with("expected", 3)
        .tells("explanation.draining")
        .with_list("nodes", ["w1"])
        .affects("StatefulSet n/zk")
        .advises("scale statefulset/zk --replicas=4");
    }

    #[test]
    fn one_that_cannot_be_computed_blocks() {
        check(&with(
            "minAvailable: 1",
            "{disruptionsAllowed: 0, expectedPods: 0, conditions: [{type: DisruptionAllowed, status: 'False', reason: SyncFailed, message: found no controllers for pod \"zk-0\"}]}",
        ))
        .finds("disruption-budget-blocks", "PodDisruptionBudget n/zk")
        .tells("explanation.sync").with("said", "found no controllers for pod \"zk-0\"");
    }

    #[test]
    fn two_budgets_on_one_pod_block() {
        let second = "---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: zk-2, namespace: n}
spec: {selector: {}, minAvailable: 1}
status: {disruptionsAllowed: 2, expectedPods: 3, desiredHealthy: 1, currentHealthy: 3}
";
        check(&(with("minAvailable: 1", "{disruptionsAllowed: 2}") + second))
            .finds("disruption-budget-blocks", "PodDisruptionBudget n/zk")
            .tells("title.two")
            .with("name", "zk")
            .with("other", "zk-2");
    }

    #[test]
    fn room_ill_pods_and_no_pods_are_not_the_budgets_fault() {
        for status in [
            "{disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3}",
            "{disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3}",
            "{disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0}",
            "{}",
        ] {
            check(&with("minAvailable: 2", status)).does_not_find("disruption-budget-blocks");
        }
    }
}
