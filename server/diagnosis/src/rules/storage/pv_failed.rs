//! Symptom: a claim is `Lost`, or a PersistentVolume is `Failed`.
//! Cause: the volume that the claim was bound to is gone or belongs to another claim; or a
//! released volume could not be deleted or recycled.
//! Fix: bring the volume back or start anew with another claim; or see why the driver cannot
//! delete it.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase>

use podside_model::{Relation, Severity};

use crate::facts::{Kind, Object, PersistentVolume, PersistentVolumeClaim};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

use super::claims::users;

pub(super) const RULE: Rule = Rule {
    cause: "pv-failed",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase",
    rank: Rank::Root,
    runs: &[
        Run::PersistentVolumeClaim(of_claim),
        Run::PersistentVolume(of_volume),
    ],
    texts: &[
        text(
            "title",
            "PersistentVolumeClaim {name} has lost its volume: PersistentVolume {volume} is gone",
            "PersistentVolumeClaim {name} のボリュームが失われた: PersistentVolume {volume} が存在しない",
        ),
        text(
            "title.taken",
            "PersistentVolumeClaim {name} has lost its volume: PersistentVolume {volume} belongs to {claim}",
            "PersistentVolumeClaim {name} のボリュームが失われた: PersistentVolume {volume} は {claim} のもの",
        ),
        text(
            "title.unseen",
            "PersistentVolumeClaim {name} has lost its volume {volume}",
            "PersistentVolumeClaim {name} のボリューム {volume} が失われた",
        ),
        text(
            "title.volume",
            "PersistentVolume {name} is Failed: {said}",
            "PersistentVolume {name} が Failed になっている: {said}",
        ),
        text(
            "title.volume-silent",
            "PersistentVolume {name} is Failed: it could not be deleted or recycled after its PersistentVolumeClaim was gone",
            "PersistentVolume {name} が Failed になっている: 使用していた PersistentVolumeClaim の削除後に、削除または再利用できなかった",
        ),
        text(
            "explanation",
            "A PersistentVolumeClaim is bound only once, to a volume that knows it by its uid. That is no longer so, and it stays Lost: Pods that use it do not start. Data on the volume may still be in the storage system.",
            "PersistentVolumeClaim がバインドされるのは一度だけで、相手のボリュームは uid で PersistentVolumeClaim を識別します。その関係が失われたため Lost のままとなり、使用する Pod は起動しません。データはストレージシステムに残っている可能性があります。",
        ),
        text(
            "explanation.volume",
            "Its reclaim policy is {policy}, so it is to be cleared away when its PersistentVolumeClaim is gone, and that failed. No other PersistentVolumeClaim can use it, and its storage is still held and may still cost money.",
            "reclaimPolicy が {policy} のため、PersistentVolumeClaim の削除後に片付けられるはずでしたが、失敗しました。ほかの PersistentVolumeClaim からは使用できず、ストレージは確保されたままで費用がかかる可能性があります。",
        ),
        text(
            "fix",
            "Create a new PersistentVolume for the same storage and a new PersistentVolumeClaim for it, or restore the data from a backup.",
            "同じストレージを指す PersistentVolume とそれを使う PersistentVolumeClaim を作り直すか、バックアップからデータを復元します。",
        ),
        text(
            "fix.claim",
            "If the data is not needed, delete the PersistentVolumeClaim and create it again; it then gets an empty volume.",
            "データが不要な場合は、PersistentVolumeClaim を削除して作り直します。空のボリュームが割り当てられます。",
        ),
        text(
            "fix.volume",
            "Fix what the message names at the storage system or its driver (rights, a snapshot or an attachment that holds the disk). Once the storage is gone, delete PersistentVolume {name}.",
            "メッセージが示す点（権限、ディスクを保持するスナップショットやアタッチなど）を、ストレージシステムまたはドライバー側で修正します。ストレージがなくなったら PersistentVolume {name} を削除します。",
        ),
    ],
};

fn of_claim(claim: &PersistentVolumeClaim, snapshot: &Snapshot, findings: &mut Findings) {
    if &*claim.phase != "Lost" || claim.meta.deleting.is_some() {
        return;
    }
    let mut finding = Finding::on(claim)
        .severity(Severity::Critical)
        .relation(Relation::MountedBy)
        .arg("volume", &*claim.volume)
        .proof(proof::field(claim, "/status/phase", &claim.phase))
        .since(claim.meta.created)
        .fix("fix")
        .fix_with("fix.claim", kubectl::delete(&claim.object_ref()));
    finding = match snapshot.volumes.find("", &claim.volume) {
        Lookup::Missing => finding.proof(proof::absence(
            proof::object(Kind::PersistentVolume, "", &claim.volume),
            claim,
            "/spec/volumeName",
        )),
        Lookup::Found(volume) => match taken(claim, volume) {
            Some(other) => finding
                .title("title.taken")
                .arg("claim", other)
                .proof(proof::field(
                    volume,
                    "/spec/claimRef/name",
                    other_name(volume),
                )),
            None => finding.title("title.unseen"),
        },
        Lookup::Unknown(_) => finding.title("title.unseen"),
    };
    for pod in users(claim, snapshot).filter(|pod| !pod.is_finished() && !pod.is_ready()) {
        finding = finding.breaks(pod);
    }
    let events = snapshot.events_of(claim);
    let lost = events.filter(|event| matches!(&*event.reason, "ClaimLost" | "ClaimMisbound"));
    findings.add(finding.proofs(lost.take(1).map(proof::event)));
}

/// The claim that a volume belongs to, where it is another one.
fn taken(claim: &PersistentVolumeClaim, volume: &PersistentVolume) -> Option<String> {
    let (namespace, name) = volume.claim.as_ref()?;
    let own = *namespace == claim.meta.namespace && *name == claim.meta.name;
    (!own).then(|| format!("{namespace}/{name}"))
}

fn other_name(volume: &PersistentVolume) -> &str {
    volume.claim.as_ref().map_or("", |(_, name)| name)
}

fn of_volume(volume: &PersistentVolume, snapshot: &Snapshot, findings: &mut Findings) {
    if &*volume.phase != "Failed" || volume.meta.deleting.is_some() {
        return;
    }
    let event = snapshot
        .events_of(volume)
        .find(|event| event.warning && event.reason.starts_with("Volume"));
    let finding = Finding::on(volume)
        .severity(Severity::Warning)
        .explanation("explanation.volume")
        .arg("policy", &*volume.reclaim_policy)
        .proof(proof::field(volume, "/status/phase", &volume.phase))
        .fix_with("fix.volume", kubectl::describe(&volume.object_ref()));
    findings.add(match event {
        Some(event) => finding
            .title("title.volume")
            .arg("said", said(event.said()))
            .proof(proof::event(event))
            .since(event.first),
        None => finding.title("title.volume-silent"),
    });
}

/// The driver's words, on one line.
fn said(message: &str) -> String {
    const LONGEST: usize = 160;
    let told = message
        .rsplit_once(" desc = ")
        .map_or(message, |(_, told)| told);
    let line = told.lines().next().unwrap_or_default();
    line.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const CLAIM: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: n, uid: c, creationTimestamp: '2026-01-01T08:00:00Z'}
spec: {accessModes: [ReadWriteOnce], storageClassName: '', volumeName: pv-7, resources: {requests: {storage: 1Gi}}}
status: {phase: Lost}
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: n, uid: p}
spec: {containers: [{name: db, image: x}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}
status: {phase: Pending}
";

    fn volume(of: &str, phase: &str) -> String {
        format!(
            "---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: pv-7}}
spec: {{accessModes: [ReadWriteOnce], capacity: {{storage: 1Gi}}, persistentVolumeReclaimPolicy: Delete, claimRef: {{namespace: n, name: {of}, uid: o}}}}
status: {{phase: {phase}}}
"
        )
    }

    const SUBJECT: &str = "PersistentVolumeClaim n/data";

    #[test]
    fn a_claim_whose_volume_is_gone() {
        check(CLAIM)
            .finds("pv-failed", SUBJECT)
            .tells("title")
            .with("volume", "pv-7")
            .affects("Pod n/db-0")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_volume_that_belongs_to_another_claim() {
        check(&format!("{CLAIM}{}", volume("other", "Bound")))
            .finds("pv-failed", SUBJECT)
            .tells("title.taken")
            .with("claim", "n/other")
            .proves("other");
    }

    #[test]
    fn volumes_that_may_not_be_read_are_not_said_to_be_gone() {
        check(CLAIM)
            .denying("persistentvolumes")
            .finds("pv-failed", SUBJECT)
            .tells("title.unseen");
    }

    #[test]
    fn a_volume_that_could_not_be_deleted() {
        let event = "---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: default}
involvedObject: {kind: PersistentVolume, name: pv-7}
reason: VolumeFailedDelete
type: Warning
message: 'rpc error: code = Internal desc = disk is attached to node w3'
lastTimestamp: '2026-01-01T11:00:00Z'
";
        check(&(volume("data", "Failed") + event))
            .finds("pv-failed", "PersistentVolume pv-7")
            .tells("title.volume")
            .with("said", "disk is attached to node w3")
            .is(Severity::Warning);
        check(&volume("data", "Failed"))
            .finds("pv-failed", "PersistentVolume pv-7")
            .tells("title.volume-silent");
    }

    #[test]
    fn volumes_that_are_in_use_or_kept_are_well() {
        let bound = CLAIM.replace("phase: Lost", "phase: Bound");
        check(&format!("{bound}{}", volume("data", "Bound"))).does_not_find("pv-failed");
        check(&volume("data", "Released")).does_not_find("pv-failed");
    }
}
