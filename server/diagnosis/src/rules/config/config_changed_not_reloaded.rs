//! Symptom: a changed setting has no effect until the Pod is started anew.
//! Cause: a ConfigMap or Secret used by env or subPath changed after the container started;
//! the running process has the old value.
//! Fix: restart the workload.
//! Source: <https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically>

use jiff::Timestamp;
use podside_model::{ObjectRef, Severity};

use crate::facts::{Container, EnvValue, Kind, Manager, Meta, Pod, VolumeSource};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "config-changed-not-reloaded",
    source: "https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} runs with the old values of {what} {object}",
            "{name} のコンテナ {container} が {what} {object} の古い値で動作している",
        ),
        text(
            "explanation",
            "{what} {object} was changed at {changed} by {manager}, and the container has run since {started}. {how} is read once, when the container starts.",
            "{what} {object} は {changed} に {manager} が変更しましたが、コンテナは {started} から動作しています。{how} はコンテナの起動時に一度だけ読み込まれます。",
        ),
        text(
            "fix",
            "Restart the Pods, so that they read the new values:",
            "新しい値を読み込ませるために Pod を再起動します:",
        ),
        text(
            "fix.next",
            "The next Pods read the new values. To have them at once, delete the Pods that run.",
            "次に作成される Pod は新しい値を読み込みます。すぐに反映するには、動作中の Pod を削除します。",
        ),
        text(
            "proof.changed",
            "{what} {object} was last changed then",
            "{what} {object} が最後に変更された時刻",
        ),
        text(
            "proof.started",
            "Container {container} has run since before",
            "コンテナ {container} はその前から動作している",
        ),
    ],
};

/// Clocks and caches of the kubelet lag by a little.
const SLACK_SECONDS: i64 = 2;

/// What a container reads only once.
struct Use<'a> {
    kind: Kind,
    object: &'a str,
    /// The key, when only one is read.
    key: Option<&'a str>,
    /// `env`, `envFrom` or `subPath`.
    how: &'static str,
}

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() {
        return;
    }
    for (container, status) in pod.containers() {
        let Some((status, started)) = status.and_then(|s| Some((s, s.running_since()?))) else {
            continue;
        };
        for used in uses(pod, container) {
            let Some(meta) = meta(&used, pod, snapshot) else {
                continue;
            };
            let Some((index, manager, changed)) = change(meta, used.key, started) else {
                continue;
            };
            let object = proof::object(used.kind, &pod.meta.namespace, used.object);
            let finding = Finding::on_container(snapshot, pod, container)
                .severity(Severity::Warning)
                .arg("what", used.kind.name())
                .arg("object", used.object)
                .arg("changed", changed)
                .arg("started", started)
                .arg("manager", &*manager.name)
                .arg("how", used.how)
                .proof(
                    proof::field_of(
                        object,
                        format!("/metadata/managedFields/{index}/time"),
                        changed,
                    )
                    .saying("proof.changed"),
                )
                .proof(
                    proof::field(pod, status.path("state/running/startedAt"), started)
                        .in_container(&container.name)
                        .saying("proof.started"),
                )
                .since(Some(changed));
            let finding = restarted(finding, &snapshot.top_of(pod).object_ref());
            // One manager's time is that of all its keys: which of them changed is not told.
            let sure = used.key.is_none() || manager.owns.len() <= 1;
            findings.add(if sure { finding } else { finding.likely() });
        }
    }
}

/// How the Pods of an owner are started anew.
fn restarted(finding: Finding, top: &ObjectRef) -> Finding {
    match Kind::of(top) {
        Some(Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet) => finding.fix_with(
            "fix",
            format!(
                "{} rollout restart {}",
                kubectl::prefix(top.namespace.as_deref()),
                kubectl::target(top)
            ),
        ),
        Some(Kind::Pod) => finding.fix_with(
            "fix",
            format!(
                "{} -o yaml | kubectl replace --force -f -",
                kubectl::get(top)
            ),
        ),
        // A Job runs to its end with what it has.
        _ => finding.fix("fix.next"),
    }
}

fn uses<'a>(pod: &'a Pod, container: &'a Container) -> Vec<Use<'a>> {
    let mut all = Vec::new();
    for var in &container.env {
        let (kind, reference) = match &var.value {
            EnvValue::ConfigMapKey(reference) => (Kind::ConfigMap, reference),
            EnvValue::SecretKey(reference) => (Kind::Secret, reference),
            _ => continue,
        };
        all.push(Use {
            kind,
            object: &reference.name,
            key: Some(&reference.key),
            how: "env",
        });
    }
    all.extend(container.env_from.iter().map(|source| Use {
        kind: if source.secret {
            Kind::Secret
        } else {
            Kind::ConfigMap
        },
        object: &source.name,
        key: None,
        how: "envFrom",
    }));
    for mount in container.mounts.iter().filter(|m| !m.sub_path.is_empty()) {
        let (kind, files) = match pod.spec.volume(&mount.volume).map(|v| &v.source) {
            Some(VolumeSource::ConfigMap(files)) => (Kind::ConfigMap, files),
            Some(VolumeSource::Secret(files)) => (Kind::Secret, files),
            _ => continue,
        };
        all.push(Use {
            kind,
            object: &files.name,
            key: None,
            how: "subPath",
        });
    }
    all
}

fn meta<'a>(used: &Use<'_>, pod: &Pod, snapshot: &'a Snapshot) -> Option<&'a Meta> {
    snapshot.meta_of(used.kind, &pod.meta.namespace, used.object)
}

/// The newest change of the object's data after the container started, with the index of
/// its manager.
fn change<'a>(
    meta: &'a Meta,
    key: Option<&str>,
    started: Timestamp,
) -> Option<(usize, &'a Manager, Timestamp)> {
    meta.managers
        .iter()
        .enumerate()
        .filter(|(_, m)| match key {
            Some(key) => m.owns.iter().any(|owned| &**owned == key),
            None => !m.owns.is_empty(),
        })
        .filter_map(|(index, m)| Some((index, m, m.time?)))
        .filter(|(_, _, at)| at.as_second() > started.as_second() + SLACK_SECONDS)
        .max_by_key(|(index, _, at)| (*at, *index))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(changed: &str) -> String {
        "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec:
  nodeName: node-1
  containers:
    - name: app
      image: x
      envFrom: [{configMapRef: {name: settings}}]
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses:
    - {name: app, ready: true, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
  managedFields:
    - {manager: kubectl, operation: Update, time: '2026-01-01TCHANGEDZ', fieldsV1: {'f:data': {'f:a': {}}}}
data: {a: b}
"
        .replace("CHANGED", changed)
    }

    #[test]
    fn a_change_after_the_start_is_not_seen() {
        check(&objects("11:30:00"))
            .finds("config-changed-not-reloaded", "Pod shop/web[app]")
            .tells("title")
            .with("what", "ConfigMap")
            .with("object", "settings")
            .tells("explanation")
            .with_time("changed", "2026-01-01T11:30:00Z")
            .with("manager", "kubectl")
            .advises("get pod web -o yaml | kubectl replace --force -f -")
            .alone();
    }

    #[test]
    fn a_change_before_the_start_is_read() {
        check(&objects("10:30:00")).finds_nothing();
    }

    #[test]
    fn a_mounted_one_is_updated_by_the_kubelet() {
        let mounted = objects("11:30:00")
            .replace(
                "envFrom: [{configMapRef: {name: settings}}]",
                "volumeMounts: [{name: v, mountPath: /etc/app}]",
            )
            .replace(
                "  containers:\n    - name",
                "  volumes: [{name: v, configMap: {name: settings}}]\n  containers:\n    - name",
            );
        check(&mounted).finds_nothing();
    }
}
