//! Symptom: a workload has fewer Pods than it wants, and no Pod is Pending.
//! Cause: a ResourceQuota of the namespace is used up, or counts a resource that the
//! containers do not state.
//! Fix: ask for less, free what is used, or raise the quota.
//! Source: <https://kubernetes.io/docs/concepts/policy/resource-quotas/>

use crate::facts::{Kind, Str, escape_pointer};
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "quota-exceeded",
    source: "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
    rank: Rank::Root,
    runs: on_refusals!(found),
    texts: &[
        text(
            "title",
            "ResourceQuota {quota} is used up ({limits}), so {kind} {name} cannot create its {created}",
            "ResourceQuota {quota} の上限（{limits}）に達したため、{kind} {name} が {created} を作成できない",
        ),
        text(
            "title.unstated",
            "ResourceQuota {quota} wants {limits} to be stated, so {kind} {name} cannot create its {created}",
            "ResourceQuota {quota} が {limits} の指定を求めるため、{kind} {name} が {created} を作成できない",
        ),
        text(
            "explanation",
            "The API server refuses every object that would exceed the quota of namespace {namespace}. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "API サーバーは Namespace {namespace} のクォータを超えるオブジェクトをすべて拒否します。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "explanation.unstated",
            "A quota that limits a resource refuses every Pod whose containers do not say how much of it they need. {kind} {name} has {have} of {wanted} {created}.",
            "リソースを制限するクォータがあると、必要量を指定しないコンテナを持つ Pod は拒否されます。{kind} {name} の {created} は {wanted} 個中 {have} 個です。",
        ),
        text(
            "fix.lower",
            "Ask for less: fewer replicas or lower requests and limits in {kind} {name}, or remove something else that the quota counts.",
            "要求を減らします。{kind} {name} のレプリカ数や requests、limits を下げるか、クォータに数えられている別のものを削除します。",
        ),
        text(
            "fix.raise",
            "Or raise the quota; the missing {created} are created within some minutes.",
            "またはクォータを引き上げます。不足している {created} は数分以内に作成されます。",
        ),
        text(
            "fix.state",
            "State {limits} in the Pod template of {kind} {name}, or give the namespace a LimitRange with defaults.",
            "{kind} {name} の Pod テンプレートに {limits} を指定するか、既定値を持つ LimitRange を Namespace に作成します。",
        ),
        text(
            "proof.used",
            "What ResourceQuota {quota} counts as used",
            "ResourceQuota {quota} の使用量",
        ),
        text(
            "proof.hard",
            "What ResourceQuota {quota} allows",
            "ResourceQuota {quota} の上限",
        ),
    ],
};

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let namespace = refusal.namespace();
    let finding = match &refusal.reason {
        Reason::QuotaExceeded(quota) => {
            let limits: Vec<String> = quota
                .resources()
                .map(|(resource, used, limit)| format!("{resource} {used}/{limit}"))
                .collect();
            let proofs = quota
                .resources()
                .flat_map(|(resource, ..)| counted(snapshot, namespace, quota.quota, resource));
            refusal
                .finding(snapshot)
                .arg("quota", quota.quota)
                .arg("limits", limits)
                .proofs(proofs)
                .fix("fix.lower")
                .fix_with("fix.raise", edit(namespace, quota.quota))
        }
        Reason::QuotaUnstated { quota, wanted } => refusal
            .finding(snapshot)
            .title("title.unstated")
            .explanation("explanation.unstated")
            .arg("quota", *quota)
            .arg("limits", *wanted)
            .fix("fix.state"),
        _ => return,
    };
    findings.add(finding);
}

fn edit(namespace: &str, quota: &str) -> String {
    kubectl::edit(&proof::object(Kind::ResourceQuota, namespace, quota))
}

/// What the quota itself says of a resource, when it is among the facts.
fn counted(snapshot: &Snapshot, namespace: &str, quota: &str, resource: &str) -> Vec<Proof> {
    let Some(quota) = snapshot.quotas.get(namespace, quota) else {
        return Vec::new();
    };
    let field = |values: &std::collections::BTreeMap<Str, crate::facts::Quantity>, list: &str| {
        let pointer = format!("/status/{list}/{}", escape_pointer(resource));
        values
            .get(resource)
            .map(|value| proof::field(quota, pointer, value))
    };
    let used = field(&quota.used, "used").map(|p| p.saying("proof.used"));
    // Before the first status the limits stand in spec; then nothing is used either.
    let hard = (!quota.used.is_empty())
        .then(|| field(&quota.hard, "hard"))
        .flatten()
        .map(|p| p.saying("proof.hard"));
    used.into_iter().chain(hard).collect()
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const STATEFUL_SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data, uid: s}
spec:
  replicas: 3
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: pg, image: x}]}}
status: {replicas: 1}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: team, namespace: data}
spec: {hard: {requests.memory: 1Gi}}
status: {hard: {requests.memory: 1Gi}, used: {requests.memory: 768Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: data}
involvedObject: {kind: StatefulSet, namespace: data, name: db, uid: s}
reason: FailedCreate
type: Warning
message: 'create Pod db-1 in StatefulSet db failed error: pods \"db-1\" is forbidden: MESSAGE'
lastTimestamp: '2026-01-01T11:59:00Z'
";

    const EXCEEDED: &str = "exceeded quota: team, requested: requests.memory=512Mi, used: requests.memory=768Mi, limited: requests.memory=1Gi";

    fn with(message: &str) -> String {
        STATEFUL_SET.replace("MESSAGE", message)
    }

    #[test]
    fn a_stateful_set_says_it_in_an_event() {
        check(&with(EXCEEDED))
            .finds("quota-exceeded", "StatefulSet data/db")
            .tells("title")
            .with_list("limits", ["requests.memory 768Mi/1Gi"])
            .tells("explanation")
            .with("have", 1)
            .with("wanted", 3)
            .with("created", "Pods")
            .proves("768Mi")
            .affects("Service data/db")
            .is(Severity::Critical);
    }

    #[test]
    fn a_resource_that_must_be_stated_is_named() {
        check(&with("failed quota: team: must specify limits.cpu for: pg"))
            .finds("quota-exceeded", "StatefulSet data/db")
            .tells("title.unstated")
            .with("limits", "limits.cpu for: pg");
    }

    #[test]
    fn what_was_refused_once_and_exists_now_is_no_problem() {
        check(&with(EXCEEDED).replace("status: {replicas: 1}", "status: {replicas: 3}"))
            .does_not_find("quota-exceeded");
        let created = "---
apiVersion: v1
kind: Event
metadata: {name: e2, namespace: data}
involvedObject: {kind: StatefulSet, namespace: data, name: db, uid: s}
reason: SuccessfulCreate
message: create Pod db-1 in StatefulSet db successful
lastTimestamp: '2026-01-01T11:59:30Z'
";
        check(&(with(EXCEEDED) + created)).does_not_find("quota-exceeded");
    }

    #[test]
    fn a_full_quota_that_refuses_nothing_is_no_problem() {
        let quota = "
apiVersion: v1
kind: ResourceQuota
metadata: {name: team, namespace: data}
status: {hard: {pods: '2'}, used: {pods: '2'}}
";
        check(quota).finds_nothing();
    }
}
