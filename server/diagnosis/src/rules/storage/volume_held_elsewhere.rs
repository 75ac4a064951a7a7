//! Symptom: a Pod has a node and stays in `ContainerCreating`, or finds no node; events tell of
//! a `Multi-Attach error` or of `ReadWriteOncePod`.
//! Cause: a volume for a single writer is attached to another node, or open in another Pod.
//! Fix: end the Pod that holds it, or declare its node lost; let a rollout end the old Pod
//! before it starts the new one.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes>

use crate::facts::{Event, Kind, Object, Pod, Volume, VolumeAttachment, VolumeSource};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::CONTAINERS_CREATED;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::last_tries::last_tries;
use crate::snapshot::Snapshot;
use crate::text::text;

use super::volume_mount_failed::{claim_name, has_started, of_claim};

pub(super) const RULE: Rule = Rule {
    cause: "volume-held-elsewhere",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Volume {volume} is attached to another node and can be attached to one only",
            "ボリューム {volume} は別のノードに接続されており、同時に 1 台にしか接続できない",
        ),
        text(
            "title.pod",
            "Volume {volume} may be used by one Pod only (ReadWriteOncePod), and another has it",
            "ボリューム {volume} は 1 つの Pod だけが使用でき（ReadWriteOncePod）、別の Pod が使用している",
        ),
        text(
            "explanation",
            "A ReadWriteOnce volume belongs to one node at a time, and the old node has not let go of it: a Pod there still uses it, or the node is gone without detaching it. {pods} {pods|Pod waits|Pods wait}.",
            "ReadWriteOnce のボリュームは同時に 1 台のノードにしか属しません。以前のノードがまだ手放していません。そのノードの Pod が使用中か、切り離さずにノードが失われています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.held",
            "A ReadWriteOnce volume belongs to one node at a time, and Pod {holder} on node {holder_node} still uses it. {pods} {pods|Pod waits|Pods wait}.",
            "ReadWriteOnce のボリュームは同時に 1 台のノードにしか属しません。ノード {holder_node} の Pod {holder} がまだ使用しています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.pod",
            "The access mode ReadWriteOncePod of PersistentVolumeClaim {claim} lets one Pod in the whole cluster use the volume. {pods} {pods|Pod waits|Pods wait} until that Pod is gone.",
            "PersistentVolumeClaim {claim} のアクセスモード ReadWriteOncePod では、クラスター全体で 1 つの Pod だけがボリュームを使用できます。その Pod がなくなるまで {pods} 個の Pod が待機します。",
        ),
        text(
            "fix.pod",
            "End the Pod that has the volume, or, if several Pods are to write, use a PersistentVolumeClaim of mode ReadWriteMany.",
            "ボリュームを使用中の Pod を終了します。複数の Pod から書き込む場合は、ReadWriteMany の PersistentVolumeClaim を使用します。",
        ),
        text(
            "fix.recreate",
            "A rolling update starts the new Pod before the old one has let go of the volume: let {kind} {name} end the old Pod first.",
            "ローリングアップデートでは、古い Pod がボリュームを手放す前に新しい Pod が起動します。{kind} {name} が先に古い Pod を終了するようにします。",
        ),
        text(
            "proof.holder",
            "The node of Pod {holder}, which uses the volume",
            "ボリュームを使用している Pod {holder} のノード",
        ),
        text(
            "fix.attached",
            "End the Pod that still uses the volume on the other node; if that node is lost for good, taint it node.kubernetes.io/out-of-service so that its volumes are detached.",
            "別のノードでボリュームを使用中の Pod を終了します。そのノードが失われた場合は、node.kubernetes.io/out-of-service の taint を付けてボリュームを切り離します。",
        ),
        text(
            "proof.attachment",
            "The node to which the volume is attached",
            "ボリュームが接続されているノード",
        ),
    ],
};

/// Words of the attach controller about a volume that another node has.
const ATTACHED: &[&str] = &["Multi-Attach error", "is already exclusively attached"];

/// Words of the kubelet and of the scheduler about one that another Pod has.
const IN_USE: &[&str] = &[
    "ReadWriteOncePod access mode and is already in use",
    "same name and ReadWriteOncePod access mode",
];

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() || has_started(pod) {
        return;
    }
    let says = |event: &&Event, words: &[&str]| {
        let mut words = words.iter();
        words.any(|words| event.message.contains(words))
    };
    if let Some(event) = last_tries(pod, snapshot).find(|event| says(event, IN_USE)) {
        if let Some(finding) = in_use(pod, event, snapshot) {
            findings.add(finding);
        }
        return;
    }
    if pod.node.is_empty() {
        return;
    }
    if let Some(event) = last_tries(pod, snapshot).find(|event| says(event, ATTACHED)) {
        let named = event.message.split('"').nth(1).unwrap_or_default();
        let volume = pod
            .spec
            .volume(named)
            .or_else(|| of_claim(pod, named, snapshot));
        let finding = Finding::on_pod(snapshot, pod)
            .arg("volume", volume.map_or(named, |v| &*v.name))
            .proof(proof::event(event))
            .since(event.first);
        let attachment = attachments(named, snapshot).find(|a| a.node != pod.node);
        findings.add(held(finding, attachment, pod, volume, snapshot));
        return;
    }
    // Without a word about it, the attachment itself tells once the Pod has waited.
    if CONTAINERS_CREATED.has_ended(pod.started.or(pod.meta.created), snapshot)
        && let Some((volume, attachment)) = attached_elsewhere(pod, snapshot)
    {
        let finding = Finding::on_pod(snapshot, pod)
            .arg("volume", &*volume.name)
            .since(pod.started.or(pod.meta.created));
        findings.add(held(finding, Some(attachment), pod, Some(volume), snapshot));
    }
}

/// Where a PersistentVolume is attached.
fn attachments<'a>(
    volume: &'a str,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a VolumeAttachment> {
    let all = snapshot.volume_attachments.iter();
    all.filter(move |a| a.attached && *a.volume == *volume && !volume.is_empty())
}

/// A volume of a Pod that one node at a time may have and that another one has.
fn attached_elsewhere<'a>(
    pod: &'a Pod,
    snapshot: &'a Snapshot,
) -> Option<(&'a Volume, &'a VolumeAttachment)> {
    pod.spec.volumes.iter().find_map(|volume| {
        let VolumeSource::Claim(claim) = &volume.source else {
            return None;
        };
        let claim = snapshot.claims.get(&pod.meta.namespace, claim)?;
        let of_one_node =
            |mode: &crate::facts::Str| matches!(&**mode, "ReadWriteOnce" | "ReadWriteOncePod");
        if claim.access_modes.is_empty() || !claim.access_modes.iter().all(of_one_node) {
            return None;
        }
        let attached = || attachments(&claim.volume, snapshot);
        if attached().any(|a| a.node == pod.node) {
            return None;
        }
        Some((volume, attached().next()?))
    })
}

/// Another Pod of the namespace that has the same claim; where `elsewhere`, on another node.
fn holder<'a>(
    pod: &Pod,
    volume: &Volume,
    elsewhere: bool,
    snapshot: &'a Snapshot,
) -> Option<&'a Pod> {
    let of_claim = matches!(volume.source, VolumeSource::Claim(_));
    snapshot
        .pods
        .in_namespace(&pod.meta.namespace)
        .filter(|other| of_claim && other.meta.name != pod.meta.name)
        .filter(|other| !other.is_finished() && !other.node.is_empty())
        .filter(|other| !elsewhere || other.node != pod.node)
        .find(|other| {
            let mut volumes = other.spec.volumes.iter();
            volumes.any(|v| v.source == volume.source)
        })
}

/// A volume that another Pod may have alone.
fn in_use(pod: &Pod, event: &Event, snapshot: &Snapshot) -> Option<Finding> {
    let is_of_one_pod = |claim: &str| {
        let claim = snapshot.claims.get(&pod.meta.namespace, claim);
        claim.is_some_and(|c| c.access_modes.iter().any(|m| &**m == "ReadWriteOncePod"))
    };
    let (volume, claim) = pod.spec.volumes.iter().find_map(|v| match &v.source {
        VolumeSource::Claim(claim) if is_of_one_pod(claim) => Some((v, claim)),
        _ => None,
    })?;
    let finding = Finding::on_pod(snapshot, pod)
        .title("title.pod")
        .explanation("explanation.pod")
        .arg("volume", &*volume.name)
        .arg("claim", &**claim)
        .proof(proof::event(event))
        .proof(claim_name(pod, volume, claim))
        .since(event.first);
    Some(match holder(pod, volume, false, snapshot) {
        Some(holder) => finding
            .arg("holder", &*holder.meta.name)
            .proof(proof::field(holder, "/spec/nodeName", &holder.node).saying("proof.holder"))
            .fix_with("fix.pod", kubectl::get(&holder.object_ref())),
        None => finding.fix_with("fix.pod", kubectl::describe(&pod.object_ref())),
    })
}

/// A volume that one node at a time may have, and another one has.
fn held(
    finding: Finding,
    attachment: Option<&VolumeAttachment>,
    pod: &Pod,
    volume: Option<&Volume>,
    snapshot: &Snapshot,
) -> Finding {
    let finding = finding.proofs(attachment.map(|attachment| {
        proof::field(attachment, "/spec/nodeName", &attachment.node).saying("proof.attachment")
    }));
    let Some(holder) = volume.and_then(|volume| holder(pod, volume, true, snapshot)) else {
        return finding.fix_with("fix.attached", "kubectl get volumeattachments");
    };
    let top = snapshot.top_of(pod);
    let mut finding = finding
        .explanation("explanation.held")
        .arg("holder", &*holder.meta.name)
        .arg("holder_node", &*holder.node)
        .proof(proof::field(holder, "/spec/nodeName", &holder.node).saying("proof.holder"));
    if top.kind.is(Kind::Deployment) && snapshot.top_of(holder) == top {
        finding = finding.fix_with(
            "fix.recreate",
            format!(
                "{} patch deployment {} -p '{{\"spec\":{{\"strategy\":{{\"type\":\"Recreate\",\"rollingUpdate\":null}}}}}}'",
                kubectl::prefix(Some(&top.namespace)),
                kubectl::word(&top.name)
            ),
        );
    }
    finding.fix_with(
        "fix.attached",
        format!(
            "{} delete pod {}",
            kubectl::prefix(Some(&holder.meta.namespace)),
            kubectl::word(&holder.meta.name)
        ),
    )
}

#[cfg(test)]
#[path = "volume_held_elsewhere_tests.rs"]
mod tests;
