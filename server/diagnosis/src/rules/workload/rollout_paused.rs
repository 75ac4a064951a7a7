//! Symptom: a new template was applied and the old Pods still run.
//! Cause: `spec.paused` of the Deployment is true, so its controller rolls nothing out.
//! Fix: resume the rollout.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment>

use podside_model::Severity;

use crate::facts::{Deployment, ReplicaSet};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "rollout-paused",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment",
    rank: Rank::Root,
    runs: &[Run::Deployment(run)],
    texts: &[
        text(
            "title",
            "The rollout of Deployment {name} is paused, so its new template is not rolled out",
            "Deployment {name} のロールアウトが一時停止中のため、新しいテンプレートが反映されない",
        ),
        text(
            "title.image",
            "The rollout of Deployment {name} is paused, so {image} is not rolled out and {old} still runs",
            "Deployment {name} のロールアウトが一時停止中のため、{image} が反映されず {old} が動作し続けている",
        ),
        text(
            "title.never",
            "Deployment {name} is paused and has never been rolled out, so it has no Pods",
            "Deployment {name} は一時停止中で一度もロールアウトされていないため、Pod がない",
        ),
        text(
            "explanation",
            "While spec.paused is true the Deployment controller neither creates nor changes ReplicaSets for a new template. {updated} of {wanted} Pods are of the newest one.",
            "spec.paused が true の間、Deployment コントローラーは新しいテンプレートの ReplicaSet を作成も変更もしません。最新のテンプレートの Pod は {wanted} 個中 {updated} 個です。",
        ),
        text(
            "fix",
            "Resume the rollout, unless somebody paused it on purpose.",
            "意図した一時停止でなければ、ロールアウトを再開します。",
        ),
        text(
            "proof.new",
            "The image of the newest template",
            "最新のテンプレートのイメージ",
        ),
        text(
            "proof.old",
            "The image that still runs",
            "動作し続けているイメージ",
        ),
    ],
};

fn run(deployment: &Deployment, snapshot: &Snapshot, findings: &mut Findings) {
    let counts = deployment.replicas;
    let observed = deployment
        .observed_generation
        .is_some_and(|seen| deployment.meta.generation.is_none_or(|g| seen >= g));
    if !deployment.paused || deployment.meta.deleting.is_some() || !observed || counts.wanted == 0 {
        return;
    }
    let revisions = snapshot.revisions_of(deployment);
    let namespace = &*deployment.meta.namespace;
    let never = revisions.is_empty()
        && counts.current == 0
        && snapshot.replica_sets.unreadable(namespace).is_none();
    // Old Pods remain, or there have never been any: else nothing waits to be rolled out.
    if !never && counts.updated >= counts.current {
        return;
    }
    let mut finding = Finding::on(deployment)
        .severity(if counts.ready == 0 {
            Severity::Critical
        } else {
            Severity::Warning
        })
        .arg("updated", counts.updated)
        .arg("wanted", counts.wanted)
        .proof(proof::field(deployment, "/spec/paused", true))
        .fix_with(
            "fix",
            format!(
                "{} rollout resume deployment/{}",
                kubectl::prefix(Some(namespace)),
                kubectl::word(&deployment.meta.name)
            ),
        );
    if let Some(condition) = deployment
        .condition("Progressing")
        .filter(|c| &*c.reason == "DeploymentPaused")
    {
        finding = finding
            .proof(proof::condition(deployment, condition, "reason"))
            .since(condition.changed);
    }
    if never {
        finding = finding.title("title.never");
    } else if let Some(change) = changed_image(deployment, &revisions) {
        finding = finding
            .title("title.image")
            .arg("image", change.new)
            .arg("old", change.old)
            .proof(proof::field(deployment, change.pointer, change.new).saying("proof.new"))
            .proof(proof::field(change.set, change.old_pointer, change.old).saying("proof.old"));
    }
    findings.add(finding);
}

struct Change<'a> {
    new: &'a str,
    old: &'a str,
    set: &'a ReplicaSet,
    pointer: String,
    old_pointer: String,
}

/// The first image of the template that the ReplicaSet with the running Pods has otherwise.
fn changed_image<'a>(
    deployment: &'a Deployment,
    revisions: &[&'a ReplicaSet],
) -> Option<Change<'a>> {
    let set = revisions.iter().find(|set| set.replicas.current > 0)?;
    deployment.template.spec.containers.iter().find_map(|new| {
        let old = set.template.spec.container(&new.name)?;
        let pointer = |container: &crate::facts::Container| {
            format!("/spec/template{}/image", container.path())
        };
        (old.image != new.image).then(|| Change {
            new: &new.image,
            old: &old.image,
            set,
            pointer: pointer(new),
            old_pointer: pointer(old),
        })
    })
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    fn with(spec: &str, status: &str, old: &str) -> String {
        format!(
            "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: api, namespace: n, uid: d, generation: 4}}
spec: {{{spec} replicas: 4, template: {{spec: {{containers: [{{name: log, image: l}}, {{name: app, image: 'a:2'}}]}}}}}}
status: {{observedGeneration: 4, {status}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: api-1
  namespace: n
  uid: r
  annotations: {{deployment.kubernetes.io/revision: '1'}}
  ownerReferences: [{{kind: Deployment, name: api, uid: d, controller: true}}]
spec: {{replicas: 4, template: {{spec: {{containers: [{{name: log, image: l}}, {{name: app, image: '{old}'}}]}}}}}}
status: {{replicas: 4, readyReplicas: 4}}
"
        )
    }

    #[test]
    fn a_new_image_that_waits_is_named() {
        check(&with(
            "paused: true,",
            "replicas: 4, readyReplicas: 4",
            "a:1",
        ))
        .finds("rollout-paused", "Deployment n/api")
        .tells("title.image")
        .with("image", "a:2")
        .with("old", "a:1")
        .advises("kubectl -n n rollout resume deployment/api")
        .is(Severity::Warning);
    }

    #[test]
    fn a_rollout_that_was_paused_half_way_is_found() {
        check(&with(
            "paused: true,",
            "replicas: 5, readyReplicas: 5, updatedReplicas: 1",
            "a:2",
        ))
        .finds("rollout-paused", "Deployment n/api")
        .tells("explanation")
        .with("updated", 1)
        .with("wanted", 4);
    }

    #[test]
    fn one_that_was_never_rolled_out_has_no_pods() {
        let (alone, _) = with("paused: true,", "conditions: []", "a:1")
            .split_once("---")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        check(&alone)
            .finds("rollout-paused", "Deployment n/api")
            .tells("title.never")
            .is(Severity::Critical);
    }

    #[test]
    fn paused_with_nothing_to_roll_out_is_no_problem() {
        check(&with(
            "paused: true,",
            "replicas: 4, readyReplicas: 4, updatedReplicas: 4",
            "a:2",
        ))
        .finds_nothing();
        check(&with("", "replicas: 4, readyReplicas: 4", "a:1")).does_not_find("rollout-paused");
    }
}
