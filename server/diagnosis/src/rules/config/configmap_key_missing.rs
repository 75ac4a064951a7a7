//! Symptom: a container waits with `CreateContainerConfigError`, or a Pod stays in
//! `ContainerCreating` with `FailedMount` events.
//! Cause: the ConfigMap exists, and the key that the environment or a volume asks for is not in it.
//! Fix: correct the key's name, or add the key.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#define-container-environment-variables-using-configmap-data>

use super::absences::{absent_keys, add_key, correct_key, finding, key_explained};
use crate::facts::{Kind, Pod};
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "configmap-key-missing",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#define-container-environment-variables-using-configmap-data",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "ConfigMap {object} has no key {key}, so container {user} cannot start",
            "ConfigMap {object} にキー {key} がないため、コンテナ {user} を起動できない",
        ),
        text(
            "title.volume",
            "ConfigMap {object} has no key {key}, so its volume cannot be mounted",
            "ConfigMap {object} にキー {key} がないため、ボリュームをマウントできない",
        ),
        text(
            "title.missed",
            "ConfigMap {object} has no key {key}, so the variable {variable} of container {user} is not set and it exits",
            "ConfigMap {object} にキー {key} がなく、コンテナ {user} は環境変数 {variable} がないため終了する",
        ),
        text(
            "title.file",
            "ConfigMap {object} has no key {key}, which container {user} mounts as a file by subPath",
            "ConfigMap {object} に、コンテナ {user} が subPath でファイルとしてマウントするキー {key} がない",
        ),
        text(
            "explanation.missed",
            "The reference is marked optional, so the container starts without the key; the process says that it needs {variable}, and ends. {pods} {pods|Pod|Pods}.",
            "この参照は optional のため、コンテナはキーがなくても起動しますが、プロセスは {variable} が必要だと出力して終了しています。Pod {pods} 個です。",
        ),
        text(
            "explanation.file",
            "Where the key of a subPath does not exist, the kubelet makes an empty directory of that name, and the container finds a directory where it needs a file. {pods} {pods|Pod does|Pods do} not work.",
            "subPath が指すキーがない場合、kubelet は同じ名前の空のディレクトリを作成するため、コンテナからはファイルではなくディレクトリに見えます。{pods} 個の Pod が動作していません。",
        ),
        text(
            "explanation",
            "{kind} {name} asks for the key {key}, which is not in the ConfigMap. {pods} {pods|Pod waits|Pods wait}; the kubelet looks again every few seconds.",
            "{kind} {name} がキー {key} を必要としますが、ConfigMap にありません。{pods} 個の Pod が待機しており、kubelet は数秒ごとに確認します。",
        ),
        text(
            "explanation.keys",
            "{kind} {name} asks for the key {key}; the ConfigMap has {keys}. {pods} {pods|Pod waits|Pods wait} for it.",
            "{kind} {name} がキー {key} を必要としますが、ConfigMap にあるのは {keys} です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.near",
            "If the key {near} is meant, correct it in {kind} {name}.",
            "キー {near} のことであれば、{kind} {name} を修正します。",
        ),
        text(
            "fix.add",
            "Add the key {key} to ConfigMap {object}; the Pods start by themselves.",
            "ConfigMap {object} にキー {key} を追加します。Pod は自動的に起動します。",
        ),
        text(
            "fix.add-path",
            "Add the key {key} to ConfigMap {object}, and delete the {pods|Pod|Pods}: a subPath is mounted as it was when the Pod was made.",
            "ConfigMap {object} にキー {key} を追加し、{pods} 個の Pod を削除します。subPath は Pod の作成時の内容のままマウントされるためです。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for absent in absent_keys(pod, Kind::ConfigMap, snapshot, findings) {
        let reference = &absent.reference;
        let found = finding(snapshot, pod, reference)
            .arg("object", reference.name)
            .arg("key", absent.key);
        let found = match reference.container {
            Some(container) => found.arg("user", &*container.name),
            None => found.title("title.volume"),
        };
        let found = if absent.keys.is_empty() {
            found
        } else {
            found
                .arg("keys", absent.keys)
                .explanation("explanation.keys")
        };
        let found = match absent.near {
            Some(near) => {
                let correct = correct_key(reference, near, &snapshot.top_of(pod).object_ref());
                found.arg("near", near).fix_with("fix.near", correct)
            }
            None => found,
        };
        let found = key_explained(found, reference);
        let add = add_key(
            Kind::ConfigMap,
            &pod.meta.namespace,
            reference.name,
            absent.key,
        );
        let id = if reference.is_sub_path() {
            "fix.add-path"
        } else {
            "fix.add"
        };
        findings.add(found.proofs(absent.proofs).fix_with(id, add));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec:
  nodeName: n
  containers:
    - name: app
      image: x
      env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: password}}}]
status:
  phase: Pending
  containerStatuses:
    - {name: app, state: {waiting: {reason: CreateContainerConfigError, message: MESSAGE}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {passwd: eA==, user: eA==}
";

    #[test]
    fn the_environment_asks_for_another_key() {
        check(OBJECTS)
            .finds("configmap-key-missing", "Pod shop/web[app]")
            .tells("title")
            .with("object", "settings")
            .with("key", "password")
            .tells("explanation.keys")
            .with_list("keys", ["passwd", "user"])
            .offers("fix.near")
            .with("near", "passwd")
            .alone();
    }

    #[test]
    fn a_volume_asks_for_another_key() {
        let objects = OBJECTS
            .replace("      env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: password}}}]\n", "")
            .replace("  containers:", "  volumes: [{name: v, configMap: {name: settings, items: [{key: tls.crt, path: x}]}}]\n  containers:")
            .replace("reason: CreateContainerConfigError, message: MESSAGE", "reason: ContainerCreating");
        check(&objects)
            .finds("configmap-key-missing", "Pod shop/web")
            .alone();
    }

    #[test]
    fn a_key_that_is_there_is_not_missing() {
        let objects = OBJECTS.replace("key: password", "key: passwd").replace(
            "reason: CreateContainerConfigError, message: MESSAGE",
            "reason: ContainerCreating",
        );
        check(&objects).finds_nothing();
    }

    #[test]
    fn what_the_kubelet_says_counts_where_one_may_not_look() {
        let objects = OBJECTS.replace(
            "MESSAGE",
            "\"couldn't find key password in ConfigMap shop/settings\"",
        );
        check(&objects)
            .denying("configmaps")
            .finds("configmap-key-missing", "Pod shop/web[app]");
        check(OBJECTS)
            .denying("configmaps")
            .does_not_find("configmap-key-missing")
            .cannot_tell("unknown.keys")
            .with("kind", "ConfigMap")
            .with("name", "settings");
    }

    #[test]
    fn a_process_may_need_what_its_pod_calls_optional() {
        let objects = crate::rules::container::testing::crashing("exitCode: 1, reason: Error")
            .replace(
                "image: ",
                "env: [{name: DB_HOST, valueFrom: {configMapKeyRef: {name: settings, key: host, optional: true}}}]\n      image: ",
            )
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {hst: x}\n";
        check(&objects)
            .log("shop/web", "app", false, "KeyError: 'DB_HOST'\n")
            .finds("configmap-key-missing", "Pod shop/web[app]")
            .tells("title.missed")
            .with("key", "host")
            .with("variable", "DB_HOST")
            .offers("fix.near")
            .with("near", "hst")
            .alone();
    }

    #[test]
    fn a_key_that_is_mounted_by_sub_path() {
        let objects = crate::rules::container::testing::crashing(
            "exitCode: 128, reason: StartError, message: 'error mounting \"/var/lib/x\" to rootfs at \"/etc/nginx/nginx.conf\": not a directory'",
        )
        .replace(
            "image: ",
            "volumeMounts: [{name: c, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf}]\n      image: ",
        )
        .replace(
            "  containers:",
            "  volumes: [{name: c, configMap: {name: site}}]\n  containers:",
        ) + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: site, namespace: shop}\ndata: {KEY: x}\n";
        check(&objects.replace("KEY", "ngnix.conf"))
            .finds("configmap-key-missing", "Pod shop/web[app]")
            .tells("title.file")
            .with("user", "app")
            .alone();
        check(&objects.replace("KEY", "nginx.conf")).does_not_find("configmap-key-missing");
    }
}
