//! Symptom: a StatefulSet's template was corrected, and its Pod goes on failing as before.
//! Cause: the Pod was made from an older template, and the controller replaces no Pod before
//! the one that is not ready has become ready.
//! Fix: delete the Pod; it is made anew from the template as it is now.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback>

use crate::facts::{ContainerStatus, Pod, StatefulSet};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::NONE_READY;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::templates;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "rollout-stuck-on-old-revision",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback",
    // What the old Pod fails for says more, and its fix is then the same.
    rank: Rank::Mechanism,
    runs: &[Run::StatefulSet(run)],
    texts: &[
        text(
            "title",
            "{pods} {pods|Pod|Pods} of StatefulSet {name} {pods|was|were} made from an older template and {pods|is|are} not replaced, because {pods|it is|they are} not ready",
            "StatefulSet {name} の {pods} 個の Pod が古いテンプレートから作られ、Ready でないため置き換えられない",
        ),
        text(
            "explanation",
            "The template says otherwise by now about container {container_name} ({field}). The controller replaces Pods one by one and waits until each is ready, so a broken Pod of the older template holds the rollout up for ever.",
            "テンプレートのコンテナ {container_name} の {field} はすでに変更されています。コントローラーは Pod が Ready になるのを待ちながら 1 つずつ置き換えるため、古いテンプレートの壊れた Pod が残ると更新が進みません。",
        ),
        text(
            "fix",
            "Delete the {pods|Pod|Pods}; StatefulSet {name} makes {pods|it|them} anew from its template as it is now.",
            "{pods} 個の Pod を削除します。StatefulSet {name} が現在のテンプレートから作り直します。",
        ),
        text(
            "proof.made",
            "The revision that Pod {pod} was made from",
            "Pod {pod} の作成元のリビジョン",
        ),
        text(
            "proof.newest",
            "The revision of the template as it is now",
            "現在のテンプレートのリビジョン",
        ),
    ],
};

/// What of a container is compared, and decides whether it works.
const FIELDS: [&str; 9] = [
    "image",
    "command",
    "args",
    "env",
    "envFrom",
    "resources",
    "livenessProbe",
    "readinessProbe",
    "securityContext",
];

fn run(set: &StatefulSet, snapshot: &Snapshot, findings: &mut Findings) {
    if set.meta.deleting.is_some() {
        return;
    }
    for pod in snapshot.pods_under(&set.meta.uid) {
        if let Some(finding) = held_up(set, pod, snapshot) {
            findings.add(finding);
        }
    }
}

fn held_up(set: &StatefulSet, pod: &Pod, snapshot: &Snapshot) -> Option<Finding> {
    if pod.is_ready() || pod.is_terminating() || pod.is_finished() || pod.node.is_empty() {
        return None;
    }
    let unready = pod.condition("Ready").filter(|c| c.is_false())?;
    let made_from = pod.meta.label("controller-revision-hash")?;
    if !templates::is_older(pod, snapshot) || !NONE_READY.has_ended(unready.changed, snapshot) {
        return None;
    }
    let is_broken = |status: &&ContainerStatus| !status.ready && status.running_since().is_none();
    let status = pod.statuses.iter().find(is_broken)?;
    let container = pod.spec.container(&status.name)?;
    let field = FIELDS.into_iter().find(|field| {
        let pointer = format!("{}/{field}", container.path());
        templates::says_otherwise(pod, &set.template.spec, &pointer)
    })?;
    let name = &*pod.meta.name;
    let image = (field == "image").then(|| {
        let pointer = format!("{}/image", container.path());
        proof::field(pod, pointer, &container.image).in_container(&container.name)
    });
    Some(
        Finding::on_pod(snapshot, pod)
            .shows_in(container)
            // A partition may hold Pods at the older template on purpose.
            .likely()
            .arg("pod", name)
            .arg("container_name", &*container.name)
            .arg("field", field)
            .proof(
                proof::field(pod, "/metadata/labels/controller-revision-hash", made_from)
                    .saying("proof.made"),
            )
            .proof(
                proof::field(set, "/status/updateRevision", &set.update_revision)
                    .saying("proof.newest"),
            )
            .proofs(image)
            .proof(proof::condition(pod, unready, "status"))
            .since(unready.changed)
            .fix_with(
                "fix",
                kubectl::delete(&proof::object(
                    crate::facts::Kind::Pod,
                    &pod.meta.namespace,
                    name,
                )),
            ),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(revision: &str, image: &str, ready: &str) -> String {
        format!(
            "
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db, namespace: n, uid: s}}
spec: {{replicas: 1, selector: {{matchLabels: {{app: db}}}}, template: {{metadata: {{labels: {{app: db}}}}, spec: {{containers: [{{name: app, image: '{image}'}}]}}}}}}
status: {{replicas: 1, currentRevision: db-1, updateRevision: {revision}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: db-0, namespace: n, uid: p, labels: {{app: db, controller-revision-hash: db-1}}, ownerReferences: [{{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}}]}}
spec: {{nodeName: w, containers: [{{name: app, image: 'shop:1'}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: '{ready}', lastTransitionTime: '2026-01-01T10:00:00Z'}}], containerStatuses: [{{name: app, ready: false, state: {{waiting: {{reason: ImagePullBackOff, message: Back-off pulling image}}}}}}]}}
"
        )
    }

    #[test]
    fn a_broken_pod_of_the_older_template_is_to_be_deleted() {
        check(&objects("db-2", "shop:2", "False"))
            .finds("rollout-stuck-on-old-revision", "StatefulSet n/db")
            .tells("explanation")
            .with("field", "image")
            .advises("kubectl -n n delete pod db-0");
    }

    #[test]
    fn a_template_that_says_the_same_mends_nothing() {
        check(&objects("db-2", "shop:1", "False")).does_not_find("rollout-stuck-on-old-revision");
    }

    #[test]
    fn a_pod_of_the_newest_template_or_one_that_is_ready_is_not_held_up() {
        check(&objects("db-1", "shop:2", "False")).does_not_find("rollout-stuck-on-old-revision");
        let ready = objects("db-2", "shop:2", "True")
            .replace("ready: false, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image}}", "ready: true, state: {running: {}}");
        check(&ready).does_not_find("rollout-stuck-on-old-revision");
    }
}
