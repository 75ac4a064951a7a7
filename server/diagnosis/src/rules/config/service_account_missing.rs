//! Symptom: a workload has no Pods, and none is Pending.
//! Cause: its Pod template names a ServiceAccount that does not exist in its namespace, so
//! that the API server refuses the Pods.
//! Fix: create the ServiceAccount, or correct the name.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>

use crate::facts::{Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-account-missing",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
    rank: Rank::Root,
    runs: on_refusals!(found, Run::Pod(pod)),
    texts: &[
        text(
            "title",
            "ServiceAccount {account} does not exist, so {kind} {name} cannot create its Pods",
            "ServiceAccount {account} が存在しないため、{kind} {name} が Pod を作成できない",
        ),
        text(
            "explanation",
            "The Pod template names it in serviceAccountName, and namespace {namespace} has none of that name. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "Pod テンプレートの serviceAccountName が指す ServiceAccount が Namespace {namespace} にありません。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "explanation.near",
            "The Pod template names it in serviceAccountName, and namespace {namespace} has none of that name; there is {near}. {kind} {name} has {have} of {wanted} {created}.",
            "Pod テンプレートの serviceAccountName が指す ServiceAccount が Namespace {namespace} にありません。似た名前の {near} があります。{kind} {name} の {created} は {wanted} 個中 {have} 個です。",
        ),
        text(
            "title.pod",
            "ServiceAccount {account} does not exist any more, so the Pods of {kind} {name} cannot start",
            "ServiceAccount {account} がなくなったため、{kind} {name} の Pod を起動できない",
        ),
        text(
            "explanation.pod",
            "The kubelet gets no token for {account} of namespace {namespace}, so the volume with the token cannot be mounted. The account was deleted after the Pod was created. {pods} {pods|Pod waits|Pods wait}.",
            "kubelet が Namespace {namespace} の {account} のトークンを取得できず、トークンのボリュームをマウントできません。Pod の作成後にこの ServiceAccount が削除されています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct serviceAccountName in {kind} {name}.",
            "{near} のことであれば、{kind} {name} の serviceAccountName を修正します。",
        ),
        text(
            "fix.create",
            "Create the ServiceAccount; the Pods follow within some minutes.",
            "ServiceAccount を作成します。数分以内に Pod も作成または起動されます。",
        ),
    ],
};

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::ServiceAccountMissing { name } = refusal.reason else {
        return;
    };
    let namespace = refusal.namespace();
    // Created since: the controller has not tried again yet.
    if let Lookup::Found(_) = snapshot.service_accounts.find(namespace, name) {
        return;
    }
    let accounts = snapshot.service_accounts.in_namespace(namespace);
    let near = near::name(name, accounts.map(|account| &*account.meta.name));
    let mut finding = refusal.finding(snapshot).arg("account", name);
    if let Some(near) = near {
        finding = finding
            .arg("near", near)
            .explanation("explanation.near")
            .fix_with(
                "fix.near",
                kubectl::set_in_template(
                    &refusal.top.object_ref(),
                    &serde_json::json!({"serviceAccountName": near}),
                ),
            );
    }
    // A webhook may have put another name into the Pod than the template has.
    if &*refusal.template.spec.service_account == name && refusal.shortage.created == "Pods" {
        finding = finding.proof(proof::absence(
            proof::object(Kind::ServiceAccount, namespace, name),
            &refusal.owner,
            "/spec/template/spec/serviceAccountName",
        ));
    }
    let create = format!(
        "{} create serviceaccount {}",
        kubectl::prefix(Some(namespace)),
        kubectl::word(name)
    );
    findings.add(finding.fix_with("fix.create", create));
}

/// A Pod whose account went away after it was created: the kubelet gets no token for it.
fn pod(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let waits = !pod.is_terminating()
        && !pod.node.is_empty()
        && pod.statuses.iter().any(|status| {
            status.waiting().is_some_and(|(reason, _)| {
                matches!(reason, "ContainerCreating" | "PodInitializing")
            })
        });
    if !waits {
        return;
    }
    let namespace = &*pod.meta.namespace;
    let account = pod.spec.service_account_name();
    let words = format!("serviceaccounts \"{account}\" not found");
    let event = snapshot
        .events_of(pod)
        .find(|e| &*e.reason == "FailedMount" && e.message.contains(&words));
    let Some(event) = event else { return };
    if let Lookup::Found(_) = snapshot.service_accounts.find(namespace, account) {
        return;
    }
    let create = format!(
        "{} create serviceaccount {}",
        kubectl::prefix(Some(namespace)),
        kubectl::word(account)
    );
    findings.add(
        Finding::on_pod(snapshot, pod)
            .arg("account", account)
            .title("title.pod")
            .explanation("explanation.pod")
            .proof(proof::event(event))
            .fix_with("fix.create", create)
            .since(event.first),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const DAEMON_SET: &str = r#"
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: ops, uid: d}
spec: {template: {spec: {serviceAccountName: agnt, containers: [{name: a, image: x}]}}}
status: {desiredNumberScheduled: 3, currentNumberScheduled: 0}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ACCOUNT, namespace: ops}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: ops}
involvedObject: {kind: DaemonSet, namespace: ops, name: agent, uid: d}
reason: FailedCreate
type: Warning
message: 'Error creating: pods "agent-" is forbidden: error looking up service account ops/agnt: serviceaccount "agnt" not found'
lastTimestamp: '2026-01-01T11:59:00Z'
"#;

    #[test]
    fn a_daemon_set_without_its_account_is_found() {
        check(&DAEMON_SET.replace("ACCOUNT", "agent"))
            .finds("service-account-missing", "DaemonSet ops/agent")
            .tells("explanation.near")
            .with("near", "agent")
            .tells("explanation.near")
            .with("have", 0)
            .with("wanted", 3)
            .with("created", "Pods")
            .proves("agnt");
    }

    #[test]
    fn an_account_that_exists_by_now_is_not_missing() {
        check(&DAEMON_SET.replace("ACCOUNT", "agnt")).does_not_find("service-account-missing");
    }

    #[test]
    fn pods_that_exist_miss_nothing() {
        let objects = DAEMON_SET
            .replace("ACCOUNT", "default")
            .replace("currentNumberScheduled: 0", "currentNumberScheduled: 3");
        check(&objects).does_not_find("service-account-missing");
    }

    #[test]
    fn an_account_that_is_not_there_needs_no_events() {
        check(&DAEMON_SET.replace("ACCOUNT", "agent"))
            .denying("events")
            .finds("service-account-missing", "DaemonSet ops/agent");
    }

    #[test]
    fn without_its_events_and_the_accounts_nothing_can_be_told() {
        check(&DAEMON_SET.replace("ACCOUNT", "agent"))
            .denying("events")
            .denying("serviceaccounts")
            .does_not_find("service-account-missing")
            .cannot_tell("unknown.creation")
            .with("kind", "DaemonSet")
            .with("name", "agent");
    }

    #[test]
    fn accounts_that_may_not_be_read_do_not_hide_what_the_controller_says() {
        check(&DAEMON_SET.replace("ACCOUNT", "default"))
            .denying("serviceaccounts")
            .finds("service-account-missing", "DaemonSet ops/agent");
    }

    #[test]
    fn an_account_that_was_deleted_after_the_pod_was_made() {
        let objects = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec: {nodeName: n, serviceAccountName: web, containers: [{name: app, image: x}]}
status:
  phase: Pending
  containerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: shop}
involvedObject: {kind: Pod, namespace: shop, name: web, uid: p}
reason: FailedMount
type: Warning
message: 'MountVolume.SetUp failed for volume \"kube-api-access-x\" : failed to fetch token: serviceaccounts \"web\" not found'
lastTimestamp: '2026-01-01T11:59:00Z'
";
        check(objects)
            .finds("service-account-missing", "Pod shop/web")
            .tells("title.pod")
            .alone();
    }
}
