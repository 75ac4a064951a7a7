//! Symptom: a container waits with `CreateContainerConfigError`, or a Pod stays in
//! `ContainerCreating` with `FailedMount` events.
//! Cause: a ConfigMap that its environment or a volume names does not exist in the Pod's
//! namespace.
//! Fix: create it, or correct the name.
//! Source: <https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods>

use super::absences::{absent, explained, finding};
use super::references::literals;
use crate::facts::{Kind, Pod};
use crate::findings::Findings;
use crate::kubectl;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "configmap-missing",
    source: "https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "ConfigMap {object} does not exist, so container {user} cannot start",
            "ConfigMap {object} が存在しないため、コンテナ {user} を起動できない",
        ),
        text(
            "title.volume",
            "ConfigMap {object} does not exist, so its volume cannot be mounted",
            "ConfigMap {object} が存在しないため、ボリュームをマウントできない",
        ),
        text(
            "title.missed",
            "ConfigMap {object} does not exist, so the variable {variable} of container {user} is not set and it exits",
            "ConfigMap {object} が存在せず、コンテナ {user} は環境変数 {variable} がないため終了する",
        ),
        text(
            "explanation.missed",
            "The reference is marked optional, so the container starts without ConfigMap {object}; the process says that it needs {variable}, and ends. {pods} {pods|Pod|Pods}.",
            "この参照は optional のため、コンテナは ConfigMap {object} がなくても起動しますが、プロセスは {variable} が必要だと出力して終了しています。Pod {pods} 個です。",
        ),
        text(
            "explanation.elsewhere",
            "{kind} {name} needs it in namespace {namespace}, and there is none of that name; namespace {other} has one, which Pods of other namespaces cannot use. {pods} {pods|Pod waits|Pods wait}.",
            "{kind} {name} は Namespace {namespace} にこの ConfigMap を必要としますが、存在しません。Namespace {other} に同名のものがありますが、別の Namespace の Pod からは使えません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation",
            "{kind} {name} needs it in namespace {namespace}, and there is none of that name. {pods} {pods|Pod waits|Pods wait}; the kubelet looks again every few seconds.",
            "{kind} {name} は Namespace {namespace} にこの ConfigMap を必要としますが、存在しません。{pods} 個の Pod が待機しており、kubelet は数秒ごとに確認します。",
        ),
        text(
            "explanation.near",
            "{kind} {name} needs it in namespace {namespace}, and there is none of that name; there is {near}. {pods} {pods|Pod waits|Pods wait} for it.",
            "{kind} {name} は Namespace {namespace} にこの ConfigMap を必要としますが、存在しません。似た名前の {near} があります。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct the name in {kind} {name}.",
            "{near} のことであれば、{kind} {name} の名前を修正します。",
        ),
        text(
            "fix.create",
            "Create the ConfigMap in namespace {namespace}; the Pods start by themselves.",
            "Namespace {namespace} に ConfigMap を作成します。Pod は自動的に起動します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for absent in absent(pod, Kind::ConfigMap, snapshot, findings) {
        let reference = &absent.reference;
        let found = finding(snapshot, pod, reference).arg("object", reference.name);
        let found = match reference.container {
            Some(container) => found.arg("user", &*container.name),
            None => found.title("title.volume"),
        };
        let found = explained(found, &absent, snapshot, pod);
        let command = format!(
            "{} create configmap {}{}",
            kubectl::prefix(Some(&pod.meta.namespace)),
            kubectl::word(reference.name),
            literals(
                pod,
                Kind::ConfigMap,
                reference.name,
                reference.missed.as_ref()
            )
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
    - {name: app, state: {waiting: {reason: CreateContainerConfigError, message: 'configmap \"settings\" not found'}}}
";

    fn with(source: &str) -> String {
        POD.replace("SOURCE", source)
    }

    #[test]
    fn an_environment_needs_it() {
        check(&with("envFrom: [{configMapRef: {name: settings}}]"))
            .finds("configmap-missing", "Pod shop/web[app]")
            .tells("title")
            .with("object", "settings")
            .advises("create configmap settings --from-literal=KEY=VALUE");
        check(&with(
            "env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}]",
        ))
        .finds("configmap-missing", "Pod shop/web[app]")
        .advises("create configmap settings --from-literal=a=VALUE");
    }

    #[test]
    fn a_process_may_need_what_its_pod_calls_optional() {
        let objects = crate::rules::container::testing::crashing("exitCode: 1, reason: Error")
            .replace(
                "image: ",
                "envFrom: [{prefix: DB_, configMapRef: {name: settings, optional: true}}]\n      image: ",
            );
        check(&objects)
            .log("shop/web", "app", false, "FATAL: DB_HOST is not set\n")
            .finds("configmap-missing", "Pod shop/web[app]")
            .tells("title.missed")
            .with("variable", "DB_HOST")
            .with("user", "app")
            .alone();
        check(&objects)
            .log("shop/web", "app", false, "FATAL: CACHE_HOST is not set\n")
            .does_not_find("configmap-missing");
    }

    #[test]
    fn one_of_another_namespace_is_named() {
        let objects = with("envFrom: [{configMapRef: {name: settings}}]")
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: store}\n";
        check(&objects)
            .finds("configmap-missing", "Pod shop/web[app]")
            .tells("explanation.elsewhere")
            .with("other", "store");
    }

    #[test]
    fn a_volume_needs_it_and_concerns_the_pod_as_a_whole() {
        let objects = POD
            .replace("SOURCE", "volumeMounts: []")
            .replace("CreateContainerConfigError", "ContainerCreating")
            .replace(
                "  containers:",
                "  volumes: [{name: v, configMap: {name: settings}}]\n  containers:",
            );
        check(&objects).finds("configmap-missing", "Pod shop/web");
    }

    #[test]
    fn a_similar_name_is_named() {
        let objects = with("envFrom: [{configMapRef: {name: settings}}]")
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: setings, namespace: shop}\n";
        check(&objects)
            .finds("configmap-missing", "Pod shop/web[app]")
            .tells("explanation.near")
            .with("near", "setings");
    }

    #[test]
    fn an_optional_one_is_not_needed() {
        check(&with(
            "envFrom: [{configMapRef: {name: settings, optional: true}}]",
        ))
        .finds_nothing();
    }

    #[test]
    fn one_that_exists_is_not_missing() {
        let objects = with("envFrom: [{configMapRef: {name: settings}}]")
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n";
        check(&objects).does_not_find("configmap-missing");
    }

    #[test]
    fn the_kubelet_knows_better_than_one_who_may_not_look() {
        check(&with("envFrom: [{configMapRef: {name: settings}}]"))
            .denying("configmaps")
            .finds("configmap-missing", "Pod shop/web[app]");
    }

    #[test]
    fn one_that_cannot_be_read_is_unknown() {
        let silent = with("envFrom: [{configMapRef: {name: settings}}]").replace("not found", "");
        check(&silent)
            .denying("configmaps")
            .does_not_find("configmap-missing")
            .cannot_tell("unknown.object")
            .with("kind", "ConfigMap")
            .with("name", "settings");
    }
}
