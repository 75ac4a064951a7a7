//! Symptom: a Pod stays Pending; the scheduler says that a claim is not found.
//! Cause: a volume of the Pod names a PersistentVolumeClaim that does not exist in the
//! Pod's namespace.
//! Fix: create the claim, or correct the name.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes>

use super::claims::claims_of;
use crate::facts::{Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pvc-missing",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "PersistentVolumeClaim {claim} does not exist, so {kind} {name} gets no node",
            "PersistentVolumeClaim {claim} が存在しないため、{kind} {name} をスケジュールできない",
        ),
        text(
            "title.mount",
            "PersistentVolumeClaim {claim} does not exist, so {kind} {name} cannot mount it",
            "PersistentVolumeClaim {claim} が存在しないため、{kind} {name} がマウントできない",
        ),
        text(
            "explanation",
            "A volume names a PersistentVolumeClaim that namespace {namespace} does not have, and the scheduler places a Pod only when all its PersistentVolumeClaims exist. {pods} {pods|Pod waits|Pods wait}.",
            "ボリュームが指定する PersistentVolumeClaim が Namespace {namespace} にありません。PersistentVolumeClaim が存在するまで、スケジューラーは Pod を配置しません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.near",
            "A volume names a PersistentVolumeClaim that namespace {namespace} does not have; it has {near}. The scheduler places a Pod only when all its PersistentVolumeClaims exist. {pods} {pods|Pod waits|Pods wait}.",
            "ボリュームが指定する PersistentVolumeClaim が Namespace {namespace} にありません。似た名前の {near} があります。PersistentVolumeClaim が存在するまで、スケジューラーは Pod を配置しません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct claimName in {kind} {name}.",
            "{near} のことであれば、{kind} {name} の claimName を修正します。",
        ),
        text(
            "fix.create",
            "Create the PersistentVolumeClaim in namespace {namespace}; the Pod is then scheduled by itself.",
            "Namespace {namespace} に PersistentVolumeClaim を作成します。Pod は自動的にスケジュールされます。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    // A Pod that was put on its node by name waits there for its volumes.
    let waits_there = || {
        !pod.node.is_empty()
            && &*pod.phase == "Pending"
            && !pod.is_terminating()
            && pod.statuses.iter().all(|s| s.waiting().is_some())
    };
    if !pod.is_unscheduled() && !waits_there() {
        return;
    }
    let namespace = &*pod.meta.namespace;
    for claim in claims_of(pod) {
        match snapshot.claims.find(namespace, claim.name) {
            Lookup::Found(_) => continue,
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::PersistentVolumeClaim, namespace, claim.name, why);
                continue;
            }
            Lookup::Missing => {}
        }
        let missing = proof::object(Kind::PersistentVolumeClaim, namespace, claim.name);
        let claims = snapshot.claims.in_namespace(namespace);
        let near = near::name(claim.name, claims.map(|c| &*c.meta.name));
        let mut finding = Finding::on_pod(snapshot, pod)
            .title(if pod.node.is_empty() {
                "title"
            } else {
                "title.mount"
            })
            .arg("claim", claim.name)
            .proof(proof::absence(missing, pod, claim.pointer))
            .since(pod.meta.created);
        if let Some(near) = near {
            finding = finding
                .arg("near", near)
                .explanation("explanation.near")
                .fix("fix.near");
        }
        if let Some(scheduled) = pod
            .condition("PodScheduled")
            .filter(|c| c.message.is_some())
        {
            finding = finding.proof(proof::condition(pod, scheduled, "message"));
        }
        findings.add(finding.fix_with(
            "fix.create",
            kubectl::list(Some(namespace), "persistentvolumeclaims"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: cms, namespace: cms, uid: p}
spec: {containers: [{name: app, image: x}], volumes: [{name: t, emptyDir: {}}, {name: m, persistentVolumeClaim: {claimName: media}}]}
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available: persistentvolumeclaim \"media\" not found.'}]
";

    fn claim(name: &str) -> String {
        format!(
            "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: {name}, namespace: cms}}\nspec: {{volumeName: v}}\nstatus: {{phase: Bound}}\n"
        )
    }

    #[test]
    fn a_claim_that_does_not_exist() {
        check(&(POD.to_owned() + &claim("media-data")))
            .finds("pvc-missing", "Pod cms/cms")
            .tells("title")
            .with("claim", "media")
            .tells("explanation.near")
            .with("near", "media-data")
            .alone();
    }

    #[test]
    fn a_pod_that_was_put_on_its_node_by_name_waits_there() {
        let placed = POD
            .replace("spec: {containers", "spec: {nodeName: n1, containers")
            .replace("status: 'False', reason: Unschedulable", "status: 'True'");
        check(&placed)
            .finds("pvc-missing", "Pod cms/cms")
            .tells("title.mount");
    }

    #[test]
    fn a_claim_that_exists() {
        check(&(POD.to_owned() + &claim("media"))).does_not_find("pvc-missing");
    }

    #[test]
    fn claims_that_cannot_be_read_are_unknown() {
        check(POD)
            .denying("persistentvolumeclaims")
            .does_not_find("pvc-missing")
            .cannot_tell("unknown.object")
            .with("kind", "PersistentVolumeClaim")
            .with("name", "media");
    }
}
