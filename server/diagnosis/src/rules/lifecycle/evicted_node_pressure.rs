//! Symptom: a Pod is Failed with reason `Evicted`.
//! Cause: its node ran short of memory, disk or process ids, and the kubelet evicted the
//! Pods that used most beyond their requests.
//! Fix: request what the container uses, or use less.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>

use podside_model::Severity;

use crate::facts::{Condition, Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::EVICTION_LOOKED_AT;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::eviction::usage;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "evicted-node-pressure",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{pods} {pods|Pod|Pods} of {kind} {name} {pods|was|were} evicted, because node {node} ran short of {resource}",
            "ノード {node} の {resource} が不足したため、{kind} {name} の Pod {pods} 個が退避された",
        ),
        text(
            "title.container",
            "Node {node} ran short of {resource} and evicted a Pod of {kind} {name}: container {container} used {used} and requests {request}",
            "ノード {node} の {resource} が不足し {kind} {name} の Pod が退避された: コンテナ {container} は {used} を使用し、request は {request}",
        ),
        text(
            "explanation",
            "When a node runs short the kubelet evicts first the Pods that use most beyond their requests. The evicted Pod stays as Failed until somebody deletes it; its owner made another.",
            "ノードのリソースが不足すると、kubelet は requests を大きく超えて使用している Pod から退避させます。退避した Pod は削除されるまで Failed として残り、別の Pod が作成されます。",
        ),
        text(
            "fix.request",
            "Request as much {resource} as the container uses, so that the scheduler gives it a node with room, or make it use less.",
            "使用量に見合う {resource} を requests に指定して空きのあるノードに配置されるようにするか、使用量を減らします。",
        ),
        text(
            "fix.node",
            "See what uses the {resource} of node {node}.",
            "ノード {node} の {resource} を何が使用しているか確認します。",
        ),
        text(
            "fix.delete",
            "Delete the evicted Pods that remain.",
            "残っている退避済みの Pod を削除します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if &*pod.phase != "Failed" || &*pod.reason != "Evicted" || pod.is_terminating() {
        return;
    }
    let message = pod.message.as_deref().unwrap_or_default();
    let Some(shortage) = shortage(message) else {
        return;
    };
    // While the node is still short, the node is what is to be mended.
    if is_still_short(pod, shortage, snapshot) {
        return;
    }
    let disrupted = pod.condition("DisruptionTarget").and_then(|c| c.changed);
    let at = disrupted.or_else(|| {
        let mut events = snapshot.events_of(pod);
        events
            .find(|e| &*e.reason == "Evicted")
            .and_then(|e| e.last)
    });
    let at = at.or(pod.started).or(pod.meta.created);
    let container = usage(message).and_then(|usage| {
        let container = pod.spec.container(usage.container)?;
        Some((container, usage))
    });
    let mut finding = match container {
        Some((container, usage)) => Finding::on_container(snapshot, pod, container)
            .title("title.container")
            .arg("used", usage.used)
            .arg("request", usage.request),
        None => Finding::on_pod(snapshot, pod),
    }
    .arg("node", &*pod.node)
    .arg("resource", shortage)
    .proof(proof::field(pod, "/status/reason", &pod.reason))
    .proof(proof::field(pod, "/status/message", message).marking(shortage))
    .since(at)
    .fix_with(
        "fix.request",
        kubectl::edit(&snapshot.top_of(pod).object_ref()),
    )
    .fix_with(
        "fix.node",
        kubectl::describe(&proof::object(Kind::Node, "", &pod.node)),
    )
    .fix_with(
        "fix.delete",
        format!(
            "{} delete pods --field-selector=status.phase=Failed",
            kubectl::prefix(Some(&pod.meta.namespace))
        ),
    );
    if EVICTION_LOOKED_AT.has_ended(at, snapshot) && is_replaced(pod, snapshot) {
        finding = finding.severity(Severity::Info);
    }
    findings.add(finding);
}

/// What the node ran short of. The kubelet says `The node was low on resource: memory. …`
/// of Pods that it evicts and `The node had condition: [DiskPressure]. ` of those that it
/// does not take. Of Pods over their own limits it says neither: those are another cause.
fn shortage(message: &str) -> Option<&str> {
    if let Some((_, rest)) = message.split_once("low on resource: ") {
        return rest.split(['.', ' ']).next().filter(|r| !r.is_empty());
    }
    let (_, rest) = message.split_once("had condition: [")?;
    let condition = rest.split([']', ',']).next()?;
    Some(match condition {
        "MemoryPressure" => "memory",
        "DiskPressure" => "ephemeral-storage",
        "PIDPressure" => "pids",
        other => other,
    })
}

/// Whether the Pod's node reports that shortage now.
fn is_still_short(pod: &Pod, shortage: &str, snapshot: &Snapshot) -> bool {
    let condition = match shortage {
        "memory" => "MemoryPressure",
        "pids" => "PIDPressure",
        _ => "DiskPressure",
    };
    snapshot
        .nodes
        .get("", &pod.node)
        .and_then(|node| node.condition(condition))
        .is_some_and(Condition::is_true)
}

/// Whether the owner has its ready Pods again.
fn is_replaced(pod: &Pod, snapshot: &Snapshot) -> bool {
    let pods = snapshot.pods_of(&snapshot.top_of(pod));
    let mut alive = pods.iter().filter(|pod| !pod.is_finished()).peekable();
    alive.peek().is_some() && alive.all(|pod| pod.is_ready())
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    fn with(message: &str, at: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Pod
metadata: {{name: w-0, namespace: n, uid: p, ownerReferences: [{{kind: StatefulSet, name: w, uid: s, controller: true}}]}}
spec: {{nodeName: n1, containers: [{{name: side}}, {{name: app}}]}}
status:
  phase: Failed
  reason: Evicted
  message: '{message}'
  conditions: [{{type: DisruptionTarget, status: 'True', reason: TerminationByKubelet, lastTransitionTime: '{at}'}}]
"
        )
    }

    const REPLACEMENT: &str = "---
apiVersion: v1
kind: Pod
metadata: {name: w-1, namespace: n, uid: q, ownerReferences: [{kind: StatefulSet, name: w, uid: s, controller: true}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";

    const MEMORY: &str = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container app was using 1Gi, request is 64Mi, has larger consumption of memory. Container side was using 2Mi, request is 1Mi, has larger consumption of memory. ";

    #[test]
    fn the_container_that_used_too_much_is_named() {
        check(&with(MEMORY, "2026-01-01T11:55:00Z"))
            .finds("evicted-node-pressure", "StatefulSet n/w[app]")
            .tells("title.container")
            .with("container", "app")
            .with("used", "1Gi")
            .with("request", "64Mi")
            .is(Severity::Critical);
        check(&with(
            "The node was low on resource: ephemeral-storage. Container app was using 5Gi, which exceeds its request of 0. ",
            "2026-01-01T11:55:00Z",
        ))
        .finds("evicted-node-pressure", "StatefulSet n/w[app]")
        .tells("title.container").with("request", "0");
    }

    #[test]
    fn a_pod_that_the_node_did_not_take_names_the_pressure() {
        check(&with(
            "Pod was rejected: The node had condition: [MemoryPressure]. ",
            "2026-01-01T11:55:00Z",
        ))
        .finds("evicted-node-pressure", "StatefulSet n/w")
        .tells("title")
        .with("resource", "memory");
    }

    #[test]
    fn a_replaced_pod_is_a_warning_and_then_history() {
        check(&(with(MEMORY, "2026-01-01T11:55:00Z") + REPLACEMENT))
            .finds("evicted-node-pressure", "StatefulSet n/w[app]")
            .is(Severity::Warning);
        check(&(with(MEMORY, "2026-01-01T09:00:00Z") + REPLACEMENT)).finds_nothing();
    }

    #[test]
    fn while_the_node_is_short_it_is_the_nodes_problem() {
        let node = "---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {conditions: [{type: Ready, status: 'True'}, {type: MemoryPressure, status: 'True'}]}
";
        check(&(with(MEMORY, "2026-01-01T11:55:00Z") + node))
            .does_not_find("evicted-node-pressure");
    }

    #[test]
    fn a_pod_over_its_own_limit_is_not_the_nodes() {
        for message in [
            "Container app exceeded its local ephemeral storage limit \"64Mi\". ",
            "Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. ",
            "Usage of EmptyDir volume \"cache\" exceeds the limit \"10Mi\". ",
        ] {
            check(&with(message, "2026-01-01T11:55:00Z")).does_not_find("evicted-node-pressure");
        }
    }
}
