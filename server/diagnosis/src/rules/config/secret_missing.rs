//! Symptom: a container waits with `CreateContainerConfigError`, or a Pod stays in
//! `ContainerCreating` with `FailedMount` events.
//! Cause: a Secret that its environment or a volume names does not exist in the Pod's
//! namespace.
//! Fix: create it, or correct the name.
//! Source: <https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets>

use super::absences::{Absent, absent, explained};
use super::references::literals;
use crate::facts::{Container, Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::rule::{Rank, Rule, Run};
use crate::rules::custom::makers::answers_for_secret;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "secret-missing",
    source: "https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Secret {object} does not exist, so container {user} cannot start",
            "Secret {object} が存在しないため、コンテナ {user} を起動できない",
        ),
        text(
            "title.several",
            "Secret {object} does not exist, so containers {user} cannot start",
            "Secret {object} が存在しないため、コンテナ {user} を起動できない",
        ),
        text(
            "title.volume",
            "Secret {object} does not exist, so its volume cannot be mounted",
            "Secret {object} が存在しないため、ボリュームをマウントできない",
        ),
        text(
            "title.missed",
            "Secret {object} does not exist, so the variable {variable} of container {user} is not set and it exits",
            "Secret {object} が存在せず、コンテナ {user} は環境変数 {variable} がないため終了する",
        ),
        text(
            "explanation.missed",
            "The reference is marked optional, so the container starts without Secret {object}; the process says that it needs {variable}, and ends. {pods} {pods|Pod|Pods}.",
            "この参照は optional のため、コンテナは Secret {object} がなくても起動しますが、プロセスは {variable} が必要だと出力して終了しています。Pod {pods} 個です。",
        ),
        text(
            "explanation.elsewhere",
            "{kind} {name} needs it in namespace {namespace}, and there is none of that name; namespace {other} has one, which Pods of other namespaces cannot use. {pods} {pods|Pod waits|Pods wait}.",
            "{kind} {name} は Namespace {namespace} にこの Secret を必要としますが、存在しません。Namespace {other} に同名のものがありますが、別の Namespace の Pod からは使えません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation",
            "{kind} {name} needs it in namespace {namespace}, and there is none of that name. {pods} {pods|Pod waits|Pods wait}; the kubelet looks again every few seconds.",
            "{kind} {name} は Namespace {namespace} にこの Secret を必要としますが、存在しません。{pods} 個の Pod が待機しており、kubelet は数秒ごとに確認します。",
        ),
        text(
            "explanation.near",
            "{kind} {name} needs it in namespace {namespace}, and there is none of that name; there is {near}. {pods} {pods|Pod waits|Pods wait} for it.",
            "{kind} {name} は Namespace {namespace} にこの Secret を必要としますが、存在しません。似た名前の {near} があります。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct the name in {kind} {name}.",
            "{near} のことであれば、{kind} {name} の名前を修正します。",
        ),
        text(
            "fix.create",
            "Create the Secret in namespace {namespace}; the Pods start by themselves.",
            "Namespace {namespace} に Secret を作成します。Pod は自動的に起動します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let mut all = absent(pod, Kind::Secret, snapshot, findings);
    while !all.is_empty() {
        let absent = all.remove(0);
        let reference = &absent.reference;
        // What is to make it says why it has not.
        if answers_for_secret(&pod.meta.namespace, reference.name, snapshot, findings) {
            continue;
        }
        let of_all = |other: &Absent<'_>| {
            other.reference.name == reference.name
                && other.reference.missed.is_none()
                && reference.missed.is_none()
                && other.reference.container.is_some() == reference.container.is_some()
        };
        let others = all.extract_if(.., |other| of_all(other));
        let mut users: Vec<&Container> = std::iter::once(reference.container)
            .chain(others.map(|other| other.reference.container))
            .flatten()
            .collect();
        users.dedup_by_key(|container| &container.name);
        // A Secret is a thing of the whole workload: whoever creates it serves all of its
        // containers, so the subject names none.
        let mut found = Finding::on_pod(snapshot, pod)
            .since(pod.started.or(pod.meta.created))
            .arg("object", reference.name);
        found = match reference.container {
            Some(_) => found
                .arg(
                    "user",
                    users.iter().map(|c| c.name.to_string()).collect::<Vec<_>>(),
                )
                .title(if users.len() > 1 {
                    "title.several"
                } else {
                    "title"
                }),
            None => found.title("title.volume"),
        };
        for container in users {
            found = found.shows_in(container);
        }
        let found = explained(found, &absent, snapshot, pod);
        let command = format!(
            "{} create secret generic {}{}",
            kubectl::prefix(Some(&pod.meta.namespace)),
            kubectl::word(reference.name),
            literals(pod, Kind::Secret, reference.name, reference.missed.as_ref())
        );
        findings.add(found.proofs(absent.proofs).fix_with("fix.create", command));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec:
  nodeName: n
  containers:
    - name: app
      image: x
      SOURCE
status:
  phase: Pending
  containerStatuses:
    - {name: app, state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"settings\" not found'}}}
";

    fn with(source: &str) -> String {
        POD.replace("SOURCE", source)
    }

    #[test]
    fn an_environment_needs_it() {
        check(&with("envFrom: [{secretRef: {name: settings}}]"))
            .finds("secret-missing", "Pod shop/web")
            .tells("title")
            .with("object", "settings");
        check(&with(
            "env: [{name: A, valueFrom: {secretKeyRef: {name: settings, key: a}}}]",
        ))
        .finds("secret-missing", "Pod shop/web");
    }

    #[test]
    fn what_fails_in_another_container_is_another_problem() {
        let second = "
    - name: worker
      image: y
status:";
        let crashing = "  containerStatuses:
    - {name: worker, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error, startedAt: '2026-01-01T11:58:00Z', finishedAt: '2026-01-01T11:58:01Z'}}}";
        let pod = with("envFrom: [{secretRef: {name: settings}}]")
            .replace("\nstatus:", second)
            .replace("  containerStatuses:", crashing);
        for cause in ["secret-missing", "app-exits-with-error"] {
            let subject = if cause == "secret-missing" {
                "Pod shop/web"
            } else {
                "Pod shop/web[worker]"
            };
            check(&pod).finds(cause, subject);
        }
        // Of the container that cannot start nothing else is said.
        let pulled = pod.replace(
            "reason: CrashLoopBackOff",
            "reason: ImagePullBackOff, message: 'manifest unknown'",
        );
        check(&pulled).finds("secret-missing", "Pod shop/web");
        check(&pulled).finds("image-not-found", "Pod shop/web[worker]");
    }

    #[test]
    fn two_containers_that_need_it_are_one_problem() {
        let second = "
    - name: worker
      image: y
      envFrom: [{secretRef: {name: settings}}]
status:";
        let waiting = "  containerStatuses:
    - {name: worker, ready: false, state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"settings\" not found'}}}";
        let pod = with("envFrom: [{secretRef: {name: settings}}]")
            .replace("\nstatus:", second)
            .replace("  containerStatuses:", waiting);
        check(&pod)
            .finds("secret-missing", "Pod shop/web")
            .tells("title.several")
            .with_list("user", ["app", "worker"])
            .alone();
    }

    #[test]
    fn a_volume_needs_it() {
        let objects = POD
            .replace("SOURCE", "volumeMounts: []")
            .replace("CreateContainerConfigError", "ContainerCreating")
            .replace(
                "  containers:",
                "  volumes: [{name: v, secret: {secretName: settings}}]\n  containers:",
            );
        check(&objects).finds("secret-missing", "Pod shop/web");
    }

    #[test]
    fn a_similar_name_is_named() {
        let objects = with("envFrom: [{secretRef: {name: settings}}]")
            + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: setings, namespace: shop}\n";
        check(&objects)
            .finds("secret-missing", "Pod shop/web")
            .tells("explanation.near")
            .with("near", "setings");
    }

    #[test]
    fn an_optional_one_is_not_needed() {
        check(&with(
            "envFrom: [{secretRef: {name: settings, optional: true}}]",
        ))
        .finds_nothing();
    }

    #[test]
    fn one_that_exists_is_not_missing() {
        let objects = with("envFrom: [{secretRef: {name: settings}}]")
            + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: settings, namespace: shop}\n";
        check(&objects).does_not_find("secret-missing");
    }

    #[test]
    fn the_kubelet_knows_better_than_one_who_may_not_look() {
        check(&with("envFrom: [{secretRef: {name: settings}}]"))
            .denying("secrets")
            .finds("secret-missing", "Pod shop/web");
    }

    #[test]
    fn one_that_cannot_be_read_is_unknown() {
        let silent = with("envFrom: [{secretRef: {name: settings}}]").replace("not found", "");
        check(&silent)
            .denying("secrets")
            .does_not_find("secret-missing")
            .cannot_tell("unknown.object")
            .with("kind", "Secret")
            .with("name", "settings");
    }
}
