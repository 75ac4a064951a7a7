//! Symptom: a workload has fewer Pods than it wants, and no Pod is Pending.
//! Cause: a ResourceQuota of the namespace is used up, or counts a resource that the
//! containers do not state.
//! Fix: ask for less, free what is used, or raise the quota.
//! Source: <https://kubernetes.io/docs/concepts/policy/resource-quotas/>

use crate::facts::{Kind, Str, escape_pointer};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::templates;
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
            "explanation.unstated-used",
            "The quota is not what is used up ({used}). A quota that limits a resource refuses every Pod whose containers do not say how much of it they need. {kind} {name} has {have} of {wanted} {created}.",
            "クォータを使い切ったわけではありません（{used}）。リソースを制限するクォータがあると、必要量を指定しないコンテナを持つ Pod は拒否されます。{kind} {name} の {created} は {wanted} 個中 {have} 個です。",
        ),
        text(
            "fix.injected",
            "Give what is added to the Pods when they are made its {limits}: every container in the template of {kind} {name} states them. Webhook {webhooks} may add containers.",
            "{kind} {name} のテンプレートのコンテナには指定があるため、作成時の Pod に追加されるコンテナに {limits} を指定します。コンテナを追加しうる webhook は {webhooks} です。",
        ),
        text(
            "fix.default",
            "A LimitRange with defaults in namespace {namespace} gives them to every container that states none.",
            "Namespace {namespace} に既定値を持つ LimitRange を作成すると、指定のないコンテナに適用されます。",
        ),
        text(
            "fix.older",
            "Wait for the next try: every container in the template of {kind} {name} states {limits} by now.",
            "{kind} {name} のテンプレートのコンテナには {limits} がすでに指定されているため、次の再試行を待ちます。",
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
                .one_fault(
                    proof::object(Kind::ResourceQuota, namespace, quota.quota),
                    "exceeded",
                )
                .arg("quota", quota.quota)
                .arg("limits", limits)
                .proofs(proofs)
                .fix("fix.lower")
                .fix_with("fix.raise", edit(namespace, quota.quota))
        }
        Reason::QuotaUnstated { quota, wanted } => unstated(refusal, quota, wanted, snapshot),
        _ => return,
    };
    findings.add(finding);
}

/// Containers do not say how much they need of what the quota counts.
fn unstated(refusal: &Refusal<'_>, quota: &str, wanted: &str, snapshot: &Snapshot) -> Finding {
    let namespace = refusal.namespace();
    let resources = resources(wanted);
    let finding = refusal
        .finding(snapshot)
        .title("title.unstated")
        .one_fault(
            proof::object(Kind::ResourceQuota, namespace, quota),
            "unstated",
        )
        .arg("quota", quota)
        .arg("limits", wanted);
    let used = used(snapshot, namespace, quota, &resources);
    let finding = if used.is_empty() {
        finding.explanation("explanation.unstated")
    } else {
        let proofs = resources
            .iter()
            .flat_map(|resource| counted(snapshot, namespace, quota, resource));
        finding
            .explanation("explanation.unstated-used")
            .arg("used", used)
            .proofs(proofs)
    };
    if !resources.iter().all(|of| states(refusal, of)) {
        return finding.fix("fix.state");
    }
    let injectors = templates::injectors(namespace, &refusal.template.labels, snapshot);
    if injectors.is_empty() {
        return finding.fix("fix.older").fix("fix.default");
    }
    let names: Vec<String> = injectors.iter().map(|of| of.webhook.clone()).collect();
    finding
        .arg("webhooks", names)
        .fix_with("fix.injected", templates::show(&injectors))
        .fix("fix.default")
}

/// The resources of `limits.cpu,limits.memory`, or of `limits.cpu for: app; limits.memory
/// for: app`.
fn resources(wanted: &str) -> Vec<&str> {
    wanted
        .split(';')
        .map(|part| part.split(" for:").next().unwrap_or(part))
        .flat_map(|part| part.split(','))
        .map(str::trim)
        .filter(|resource| !resource.is_empty())
        .collect()
}

/// How much of resources the quota counts as used, of how much, where its status tells.
fn used(snapshot: &Snapshot, namespace: &str, quota: &str, resources: &[&str]) -> Vec<String> {
    let Some(quota) = snapshot.quotas.get(namespace, quota) else {
        return Vec::new();
    };
    let of = |resource: &&str| {
        let (used, hard) = (quota.used.get(*resource)?, quota.hard.get(*resource)?);
        // What is used up is told of as such.
        (used.milli() < hard.milli()).then(|| format!("{resource} {used}/{hard}"))
    };
    resources.iter().filter_map(of).collect()
}

/// Whether every container of the template states a resource as a quota names it; a request
/// that is not stated is taken from the limit.
fn states(refusal: &Refusal<'_>, resource: &str) -> bool {
    let spec = &refusal.template.spec;
    let stated = |name: &str, limits: bool| {
        spec.containers.iter().all(|container| {
            container.limits.contains_key(name)
                || (!limits && container.requests.contains_key(name))
        })
    };
    match resource.split_once('.') {
        Some(("limits", name)) => stated(name, true),
        Some(("requests", name)) => stated(name, false),
        _ => stated(resource, false),
    }
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
    fn limits_that_are_missing_are_not_used_up() {
        let unstated = with("failed quota: team: must specify requests.memory");
        check(&unstated)
            .finds("quota-exceeded", "StatefulSet data/db")
            .tells("explanation.unstated-used")
            .with_list("used", ["requests.memory 768Mi/1Gi"])
            .offers("fix.state");
        let stated = unstated.replace(
            "name: pg, image: x",
            "name: pg, image: x, resources: {requests: {memory: 1Mi}}",
        );
        check(&stated)
            .finds("quota-exceeded", "StatefulSet data/db")
            .offers("fix.older");
        let webhook = "---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: mesh}
webhooks: [{name: inject.mesh.example, clientConfig: {url: 'https://x'}, rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]}]
";
        check(&(stated + webhook))
            .finds("quota-exceeded", "StatefulSet data/db")
            .offers("fix.injected")
            .with_list("webhooks", ["inject.mesh.example"]);
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
