//! Symptom: a Pod that ran is being ended or is gone; its replacement waits for room.
//! Cause: the scheduler evicted it to make room for a Pod of higher priority.
//! Fix: add room, or give the Pod a priority that suits it.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>

use podside_model::Severity;

use super::verdict::verdict;
use crate::facts::{Event, Kind, Namespace, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::Blame;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "preempted",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
    rank: Rank::Root,
    runs: &[Run::Pod(run), Run::Namespace(gone)],
    texts: &[
        text(
            "title",
            "{kind} {name} was preempted: the scheduler ended it to give its place to a Pod of higher priority",
            "{kind} {name} は、優先度の高い Pod に場所を空けるためにプリエンプトされた",
        ),
        text(
            "title.replaced",
            "A Pod of {kind} {name} was preempted by one of higher priority, and there is no room for its replacement",
            "{kind} {name} の Pod が優先度の高い Pod によってプリエンプトされ、代わりの Pod を配置できない",
        ),
        text(
            "explanation",
            "When no node has room for a Pod of higher priority, the scheduler ends Pods of lower priority until it fits. This Pod's priority is {priority}.",
            "優先度の高い Pod を配置できるノードがない場合、スケジューラーは優先度の低い Pod を終了させて場所を空けます（プリエンプション）。この Pod の優先度は {priority} です。",
        ),
        text(
            "title.gone",
            "Pod {name} was preempted by a Pod of higher priority, and nothing creates it again",
            "Pod {name} は優先度の高い Pod によってプリエンプトされ、再作成されない",
        ),
        text(
            "explanation.gone",
            "When no node has room for a Pod of higher priority, the scheduler ends Pods of lower priority until it fits. The Pod is gone, and no workload of namespace {namespace} has a name that its name begins with: a Pod without an owner is not created again.",
            "優先度の高い Pod を配置できるノードがない場合、スケジューラーは優先度の低い Pod を終了させて場所を空けます（プリエンプション）。この Pod は削除済みで、名前が一致するワークロードが Namespace {namespace} にありません。所有者のない Pod は再作成されません。",
        ),
        text(
            "fix.again",
            "Create the Pod again once there is room, best through a Deployment or a Job.",
            "空きができたら Pod を作り直します。Deployment や Job で管理するのが確実です。",
        ),
        text(
            "fix.room",
            "Add room for both: a node, or smaller requests.",
            "ノードを追加するか要求を減らし、両方が入る余裕を作ります。",
        ),
        text(
            "fix.priority",
            "Or give {kind} {name} a priorityClassName of the priority that it should have.",
            "または、{kind} {name} に適切な優先度の priorityClassName を設定します。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let disrupted = pod
        .condition("DisruptionTarget")
        .filter(|c| c.is_true() && &*c.reason == "PreemptionByScheduler");
    let owned = pod.meta.controller().is_some();
    let finding = if let Some(condition) = disrupted {
        // The owner of an owned Pod makes another one, which is looked at below.
        if owned {
            return;
        }
        Finding::on_pod(snapshot, pod)
            .proof(proof::condition(pod, condition, "reason"))
            .proofs(
                snapshot
                    .events_of(pod)
                    .find(|e| is_preemption(e))
                    .map(proof::event),
            )
            .since(condition.changed)
    } else {
        let Some(event) = predecessor(pod, snapshot) else {
            return;
        };
        let kinds = [Blame::UsedUp];
        let Some(verdict) = verdict(pod, snapshot, findings, &kinds) else {
            return;
        };
        verdict
            .finding(pod, snapshot)
            .title("title.replaced")
            .proof(proof::event(event))
            .since(event.last)
    };
    findings.add(
        finding
            .arg("priority", pod.spec.placement.priority.unwrap_or(0))
            .fix_with("fix.room", "kubectl describe nodes")
            .fix_with("fix.priority", "kubectl get priorityclasses"),
    );
}

/// Pods without an owner of which only the event is left that tells of their preemption.
fn gone(namespace: &Namespace, snapshot: &Snapshot, findings: &mut Findings) {
    let name = &*namespace.meta.name;
    let about_pods = |event: &&Event| is_preemption(event) && event.about.kind.is(Kind::Pod);
    for event in snapshot.events.in_namespace(name).filter(about_pods) {
        let pod = &*event.about.name;
        let is_missing = snapshot.pods.find(name, pod).is_missing();
        if !is_missing
            || pod.is_empty()
            || namespace.meta.deleting.is_some()
            || may_be_owned(pod, name, snapshot)
        {
            continue;
        }
        findings.add(
            Finding::on_ref(proof::object(Kind::Pod, name, pod))
                .likely()
                .severity(Severity::Warning)
                .title("title.gone")
                .explanation("explanation.gone")
                .proof(proof::event(event))
                .since(event.last)
                .fix_with("fix.room", "kubectl describe nodes")
                .fix("fix.again"),
        );
    }
}

/// Whether a Pod that is gone may have had an owner: one that could make such a name exists or
/// cannot be seen, or the name ends as controllers make them, and the owner is gone too.
fn may_be_owned(pod: &str, namespace: &str, snapshot: &Snapshot) -> bool {
    /// The letters of which generated names are made: no vowels, and nothing that reads alike.
    const LETTERS: &str = "bcdfghjklmnpqrstvwxz2456789";
    let Some((_, last)) = pod.rsplit_once('-') else {
        return false;
    };
    let is_generated = last.len() == 5 && last.chars().all(|c| LETTERS.contains(c));
    let is_ordinal = last.bytes().all(|b| b.is_ascii_digit());
    is_generated
        || (is_ordinal
            && pod
                .rsplit_once('-')
                .is_some_and(|(set, _)| !snapshot.stateful_sets.find(namespace, set).is_missing()))
}

fn is_preemption(event: &Event) -> bool {
    &*event.reason == "Preempted"
}

/// The event that tells of the preemption of an earlier Pod of the same owner: such a Pod
/// is gone, and its name, which begins with the owner's, is all that is left of it.
fn predecessor<'a>(pod: &Pod, snapshot: &'a Snapshot) -> Option<&'a Event> {
    let owner = pod.meta.controller().filter(|_| pod.is_unscheduled())?;
    snapshot
        .events
        .in_namespace(&pod.meta.namespace)
        .filter(|e| is_preemption(e))
        .filter(|e| e.about.kind.is(Kind::Pod))
        .find(|e| {
            let rest = e.about.name.strip_prefix(&*owner.name);
            rest.is_some_and(|r| r.starts_with('-') && !r.get(1..).unwrap_or("-").contains('-'))
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: sim, namespace: lab, uid: p, deletionTimestamp: '2026-01-01T12:00:10Z'}
spec: {nodeName: n1, priority: 5, containers: [{name: c}]}
status: {phase: Running, conditions: [{type: DisruptionTarget, status: 'True', reason: REASON}]}
";

    #[test]
    fn a_bare_pod_is_not_made_again() {
        check(&POD.replace("REASON", "PreemptionByScheduler"))
            .finds("preempted", "Pod lab/sim")
            .tells("explanation")
            .with("priority", 5)
            .alone();
    }

    #[test]
    fn a_bare_pod_that_is_gone_left_an_event() {
        let event = |name: &str| {
            format!(
                "
apiVersion: v1
kind: Namespace
metadata: {{name: lab}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: lab}}
involvedObject: {{kind: Pod, namespace: lab, name: {name}, uid: gone}}
reason: Preempted
message: Preempted by pod 5f0c on node n1
"
            )
        };
        check(&event("sim"))
            .finds("preempted", "Pod lab/sim")
            .tells("title.gone")
            .is_likely();
        check(&event("web-5d-x4kzq")).finds_nothing();
        let set = "---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: lab, uid: s}
spec: {replicas: 0}
";
        check(&(event("db-0") + set)).finds_nothing();
        check(&event("sim"))
            .denying("pods")
            .does_not_find("preempted");
        let again = "---
apiVersion: v1
kind: Pod
metadata: {name: sim, namespace: lab, uid: new}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";
        check(&(event("sim") + again)).finds_nothing();
    }

    #[test]
    fn another_disruption_is_another_cause() {
        check(&POD.replace("REASON", "EvictionByEvictionAPI")).does_not_find("preempted");
    }

    #[test]
    fn the_replacement_of_a_preempted_pod_finds_no_room() {
        let objects = "
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {cpu: 1, pods: 10}}
---
apiVersion: v1
kind: Pod
metadata: {name: big, namespace: lab, uid: b}
spec: {nodeName: n1, containers: [{name: c, resources: {requests: {cpu: 1}}}]}
status: {phase: Running}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: lab}
involvedObject: {kind: Pod, namespace: lab, name: web-5d-aaaaa, uid: gone}
reason: Preempted
message: Preempted by pod 1 on node n1
---
apiVersion: v1
kind: Pod
metadata:
  {name: web-5d-bbbbb, namespace: lab, uid: p, ownerReferences: [{kind: ReplicaSet, name: web-5d, uid: r, controller: true}]}
spec: {containers: [{name: c, resources: {requests: {cpu: 500m}}}]}
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 Insufficient cpu.'}]
";
        check(objects)
            .finds("preempted", "ReplicaSet lab/web-5d")
            .tells("title.replaced");
    }
}
