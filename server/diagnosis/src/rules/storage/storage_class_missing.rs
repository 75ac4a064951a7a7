//! Symptom: a claim stays Pending, and the Pods that mount it too.
//! Cause: the claim names a StorageClass that does not exist, or names none and the
//! cluster has no default.
//! Fix: name a class that exists, or create the one that is named.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1>

use podside_model::{Relation, Severity};

use super::claims::waiting_pods;
use crate::facts::{Kind, Object, PersistentVolumeClaim};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "storage-class-missing",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1",
    rank: Rank::Root,
    runs: &[Run::PersistentVolumeClaim(run)],
    texts: &[
        text(
            "title",
            "PersistentVolumeClaim {name} names StorageClass {class}, which does not exist",
            "PersistentVolumeClaim {name} が指定する StorageClass {class} が存在しない",
        ),
        text(
            "title.default",
            "PersistentVolumeClaim {name} names no StorageClass, and the cluster has no default one",
            "PersistentVolumeClaim {name} に StorageClass の指定がなく、クラスターにデフォルトもない",
        ),
        text(
            "explanation",
            "Nothing makes a volume for a class that does not exist, so the PersistentVolumeClaim stays Pending, and Pods that mount it are not scheduled.",
            "存在しない StorageClass のボリュームは作成されないため、PersistentVolumeClaim は Pending のままになり、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "explanation.near",
            "There is no StorageClass of that name; there is {near}. The PersistentVolumeClaim stays Pending, and Pods that mount it are not scheduled.",
            "その名前の StorageClass はありません。似た名前の {near} があります。PersistentVolumeClaim は Pending のままになり、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "fix.class",
            "The class of a PersistentVolumeClaim cannot be changed: delete it and create it again with a class that the cluster has. If a StatefulSet makes it, change its volumeClaimTemplates.",
            "PersistentVolumeClaim の StorageClass は変更できません。削除して、クラスターにある StorageClass で作り直します。StatefulSet が作成する場合は volumeClaimTemplates を変更します。",
        ),
        text(
            "fix.create",
            "Or create StorageClass {class}; the PersistentVolumeClaim is then bound by itself.",
            "または StorageClass {class} を作成します。PersistentVolumeClaim は自動的にバインドされます。",
        ),
        text(
            "fix.default",
            "Or mark one StorageClass as the default; since Kubernetes 1.28 PersistentVolumeClaims that wait take it up by themselves.",
            "または、いずれかの StorageClass をデフォルトにします。Kubernetes 1.28 以降では、待機中の PersistentVolumeClaim に自動的に適用されます。",
        ),
    ],
};

fn run(claim: &PersistentVolumeClaim, snapshot: &Snapshot, findings: &mut Findings) {
    if &*claim.phase != "Pending" || claim.meta.deleting.is_some() {
        return;
    }
    let classes = &snapshot.storage_classes;
    let finding = match claim.class.as_deref() {
        // An empty name asks for a volume without a class, which needs no StorageClass.
        Some("") => return,
        Some(name) => match classes.find("", name) {
            Lookup::Found(_) => return,
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::StorageClass, "", name, why);
                return;
            }
            // Volumes made by hand may carry a class that no object stands for.
            Lookup::Missing if snapshot.volumes.iter().any(|v| &*v.class == name) => return,
            Lookup::Missing => named(claim, name, snapshot),
        },
        None => {
            // A volume without a class that nobody has yet may be meant.
            let by_hand = snapshot
                .volumes
                .iter()
                .any(|v| v.class.is_empty() && v.claim.is_none());
            if classes.unreadable("").is_some() || classes.iter().any(|c| c.is_default) || by_hand {
                return;
            }
            Finding::on(claim)
                .title("title.default")
                .proof(proof::field(claim, "/status/phase", &claim.phase))
                .fix("fix.class")
                .fix_with("fix.default", "kubectl get storageclass")
        }
    };
    let mut finding = finding
        .relation(Relation::MountedBy)
        .since(claim.meta.created)
        .proofs(
            snapshot
                .events_of(claim)
                .filter(|e| matches!(&*e.reason, "ProvisioningFailed" | "FailedBinding"))
                .map(proof::event)
                .take(1),
        );
    let mut used = false;
    for pod in waiting_pods(claim, snapshot) {
        used = true;
        finding = finding.breaks(pod);
    }
    if !used {
        finding = finding.severity(Severity::Warning);
    }
    findings.add(finding);
}

fn named(claim: &PersistentVolumeClaim, name: &str, snapshot: &Snapshot) -> Finding {
    let missing = proof::object(Kind::StorageClass, "", name);
    let finding = Finding::on(claim)
        .arg("class", name)
        .proof(proof::field(claim, "/spec/storageClassName", name))
        .proof(proof::absence(missing, claim, "/spec/storageClassName"))
        .fix_with("fix.class", kubectl::get(&claim.object_ref()))
        .fix_with("fix.create", "kubectl get storageclass");
    let classes = snapshot.storage_classes.iter().map(|c| &*c.meta.name);
    match near::name(name, classes) {
        Some(near) => finding.arg("near", near).explanation("explanation.near"),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const CLAIM: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: media, namespace: cms, uid: c, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {accessModes: [ReadWriteOnce], CLASS resources: {requests: {storage: 1Gi}}}
status: {phase: Pending}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard}
provisioner: csi.example
";

    const POD: &str = "
---
apiVersion: v1
kind: Pod
metadata: {name: cms-0, namespace: cms, uid: p}
spec: {containers: [{name: app, image: x}], volumes: [{name: m, persistentVolumeClaim: {claimName: media}}]}
status: {phase: Pending}
";

    fn with(class: &str) -> String {
        CLAIM.replace("CLASS", class) + POD
    }

    #[test]
    fn a_class_that_does_not_exist() {
        check(&with("storageClassName: standart,"))
            .finds("storage-class-missing", "PersistentVolumeClaim cms/media")
            .tells("explanation.near")
            .with("near", "standard")
            .affects("Pod cms/cms-0")
            .is(Severity::Critical);
    }

    #[test]
    fn no_class_and_no_default() {
        check(&with(""))
            .finds("storage-class-missing", "PersistentVolumeClaim cms/media")
            .tells("title.default");
    }

    #[test]
    fn a_claim_that_nothing_mounts_is_a_warning() {
        check(&CLAIM.replace("CLASS", "storageClassName: gold,"))
            .finds("storage-class-missing", "PersistentVolumeClaim cms/media")
            .is(Severity::Warning);
    }

    #[test]
    fn volumes_made_by_hand_need_no_class_object() {
        let volume = "
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {storageClassName: gold, capacity: {storage: 1Mi}, accessModes: [ReadWriteOnce]}
";
        check(&(with("storageClassName: gold,") + volume)).does_not_find("storage-class-missing");
    }

    #[test]
    fn a_claim_that_asks_for_no_class_on_purpose() {
        check(&with("storageClassName: '',")).does_not_find("storage-class-missing");
    }

    #[test]
    fn classes_that_cannot_be_read_are_unknown() {
        check(&with("storageClassName: gold,"))
            .denying("storageclasses")
            .does_not_find("storage-class-missing")
            .cannot_tell("unknown.cluster-object")
            .with("kind", "StorageClass")
            .with("name", "gold");
    }
}
