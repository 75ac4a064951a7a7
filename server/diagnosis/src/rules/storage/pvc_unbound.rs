//! Symptom: a claim stays Pending, and the Pods that mount it too.
//! Cause: no volume fits it and nothing makes one: its class makes none, or the class's
//! provisioner does not answer or fails. Or the volume that it was bound to is gone.
//! Fix: mend the provisioner, or offer a volume that fits.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding>

use podside_model::{Relation, Severity};

use super::claims::waiting_pods;
use super::volumes::{nearest, one_fits, released, why_not};
use crate::facts::{Event, Kind, Object, PersistentVolumeClaim, StorageClass};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::{PROVISIONER_ANSWERS, PROVISIONER_WORKS};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pvc-unbound",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding",
    rank: Rank::Root,
    runs: &[Run::PersistentVolumeClaim(run)],
    texts: &[
        text(
            "title.waits",
            "PersistentVolumeClaim {name} has no volume: provisioner {provisioner} of StorageClass {class} makes none",
            "PersistentVolumeClaim {name} にボリュームがない: StorageClass {class} のプロビジョナー {provisioner} が作成しない",
        ),
        text(
            "title.fails",
            "PersistentVolumeClaim {name} has no volume: provisioner {provisioner} of StorageClass {class} fails",
            "PersistentVolumeClaim {name} にボリュームがない: StorageClass {class} のプロビジョナー {provisioner} が失敗している",
        ),
        text(
            "title",
            "PersistentVolumeClaim {name} has no volume: StorageClass {class} makes none by itself, and no PersistentVolume fits",
            "PersistentVolumeClaim {name} にボリュームがない: StorageClass {class} は自動作成せず、適合する PersistentVolume もない",
        ),
        text(
            "title.classless",
            "PersistentVolumeClaim {name} has no volume: it asks for one without a StorageClass, and no PersistentVolume fits",
            "PersistentVolumeClaim {name} にボリュームがない: StorageClass なしを指定しているが、適合する PersistentVolume がない",
        ),
        text(
            "title.named",
            "PersistentVolumeClaim {name} asks for PersistentVolume {volume}, which does not exist",
            "PersistentVolumeClaim {name} が指定する PersistentVolume {volume} が存在しない",
        ),
        text(
            "title.unfit",
            "PersistentVolumeClaim {name} asks for PersistentVolume {volume}, which it cannot have",
            "PersistentVolumeClaim {name} が指定する PersistentVolume {volume} にバインドできない",
        ),
        text(
            "title.topology",
            "PersistentVolumeClaim {name} has no volume: StorageClass {class} can make none on a node that the Pod may run on",
            "PersistentVolumeClaim {name} にボリュームがない: StorageClass {class} は Pod が動作できるノードでボリュームを作成できない",
        ),
        text(
            "explanation.named",
            "spec.volumeName asks for this one volume, so no other is taken and no provisioner is asked. Pods that mount the PersistentVolumeClaim are not scheduled before it is bound.",
            "spec.volumeName がこのボリュームを指定しているため、別のボリュームは使われず、プロビジョナーにも依頼されません。PersistentVolumeClaim がバインドされるまで、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "explanation.unfit",
            "spec.volumeName asks for this one volume, so no other is taken and no provisioner is asked. {near} Pods that mount the PersistentVolumeClaim are not scheduled before it is bound.",
            "spec.volumeName がこのボリュームを指定しているため、別のボリュームは使われず、プロビジョナーにも依頼されません。{near} PersistentVolumeClaim がバインドされるまで、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "explanation.topology",
            "With volumeBindingMode WaitForFirstConsumer the scheduler looks for a node where the volume can be made, and found none: the storage there is used up, or allowedTopologies of the class name no node that the Pod may run on.",
            "volumeBindingMode が WaitForFirstConsumer の場合、スケジューラーはボリュームを作成できるノードを探しますが、見つかりませんでした。ストレージの空きがないか、StorageClass の allowedTopologies が Pod の動作できるノードに一致しません。",
        ),
        text(
            "explanation.waits",
            "StorageClass {class} has its volumes made by the provisioner {provisioner}, which has not made this one. Usually it does not run, or it is registered under another name. Pods that mount the PersistentVolumeClaim are not scheduled before it is bound.",
            "StorageClass {class} はボリュームの作成をプロビジョナー {provisioner} に任せていますが、作成されていません。多くの場合、プロビジョナーが動作していないか、別の名前で登録されています。PersistentVolumeClaim がバインドされるまで、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "explanation.fails",
            "The provisioner {provisioner} tries to make the volume and reports an error, which says what to fix. Pods that mount the PersistentVolumeClaim are not scheduled before it is bound.",
            "プロビジョナー {provisioner} はボリュームを作成しようとしてエラーを報告しています。エラーの内容が修正すべき点を示します。PersistentVolumeClaim がバインドされるまで、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "explanation",
            "The PersistentVolumeClaim can only be bound to a PersistentVolume that somebody has made, and there is none that it could have. Pods that mount it are not scheduled before it is bound.",
            "この PersistentVolumeClaim は、あらかじめ作成された PersistentVolume にしかバインドできませんが、該当するものがありません。バインドされるまで、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "explanation.near",
            "The PersistentVolumeClaim can only be bound to a PersistentVolume that somebody has made, and none fits. {near} Pods that mount it are not scheduled before it is bound.",
            "この PersistentVolumeClaim は、あらかじめ作成された PersistentVolume にしかバインドできませんが、適合するものがありません。{near} バインドされるまで、それをマウントする Pod はスケジュールされません。",
        ),
        text(
            "near.small",
            "{volume} is too small: it has {has}, and {asked} are asked for.",
            "{volume} は容量が不足しています（{has}、要求は {asked}）。",
        ),
        text(
            "near.modes",
            "{volume} has access modes {has}, and {asked} is asked for.",
            "{volume} のアクセスモードは {has} で、要求は {asked} です。",
        ),
        text(
            "near.volume-mode",
            "{volume} is of the other volumeMode.",
            "{volume} は volumeMode が異なります。",
        ),
        text(
            "near.selector",
            "{volume} does not have the labels that the PersistentVolumeClaim's selector asks for.",
            "{volume} には PersistentVolumeClaim のセレクターが求めるラベルがありません。",
        ),
        text(
            "near.class",
            "{volume} is of StorageClass {has}, and {asked} is asked for.",
            "{volume} の StorageClass は {has} で、要求は {asked} です。",
        ),
        text(
            "near.released",
            "{volume} belonged to PersistentVolumeClaim {claim}, which is gone; it is kept (Retain) and offered to nobody until its spec.claimRef is removed.",
            "{volume} はすでに削除された PersistentVolumeClaim {claim} のものでした。保持（Retain）されており、spec.claimRef を外すまで再利用されません。",
        ),
        text(
            "fix.release",
            "If this PersistentVolumeClaim may use its data, make PersistentVolume {released} available again.",
            "このデータを使ってよければ、PersistentVolume {released} を再び利用可能にします。",
        ),
        text(
            "fix.named",
            "Create the PersistentVolumeClaim again, without spec.volumeName or with the name of a volume that fits; the field cannot be changed.",
            "spec.volumeName は変更できないため、指定なし、または適合するボリュームの名前で PersistentVolumeClaim を作り直します。",
        ),
        text(
            "fix.topology",
            "See what the scheduler says, and how much storage each node offers; then free some, or let the Pod run where there is some.",
            "スケジューラーのメッセージと各ノードのストレージの空きを確認し、空きを作るか、空きのあるノードで Pod を動作させます。",
        ),
        text(
            "near.claimed",
            "{volume} belongs to PersistentVolumeClaim {claim}.",
            "{volume} は PersistentVolumeClaim {claim} のものです。",
        ),
        text(
            "fix.provisioner",
            "See whether the provisioner {provisioner} runs, and fix it if it does not; the PersistentVolumeClaim is then bound by itself.",
            "プロビジョナー {provisioner} が動作しているか確認し、必要なら修復します。PersistentVolumeClaim は自動的にバインドされます。",
        ),
        text(
            "fix.class",
            "Or use another StorageClass. The class of a PersistentVolumeClaim cannot be changed: delete it and the Pod, and create both again (for a StatefulSet after changing its volumeClaimTemplates).",
            "または別の StorageClass を使います。PersistentVolumeClaim の StorageClass は変更できないため、PersistentVolumeClaim と Pod を削除して作り直します（StatefulSet では volumeClaimTemplates を変更してから）。",
        ),
        text(
            "fix.error",
            "Fix what the provisioner's error names.",
            "プロビジョナーのエラーが示す点を修正します。",
        ),
        text(
            "fix.volume",
            "Create a PersistentVolume that fits: same class, at least {asked}, access modes {modes}.",
            "適合する PersistentVolume を作成します（同じ StorageClass、{asked} 以上、アクセスモード {modes}）。",
        ),
    ],
};

/// The provisioner of classes whose volumes are made by hand.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";

/// The annotation by which the scheduler hands a claim of binding mode
/// `WaitForFirstConsumer` to the provisioner.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

fn run(claim: &PersistentVolumeClaim, snapshot: &Snapshot, findings: &mut Findings) {
    if claim.meta.deleting.is_some() {
        return;
    }
    let finding = match &*claim.phase {
        // A claim with a volumeName is being bound to that one.
        "Pending" => pending(claim, snapshot, findings),
        _ => None,
    };
    let Some(finding) = finding else { return };
    let mut finding = finding
        .relation(Relation::MountedBy)
        .since(claim.meta.created);
    let mut pods = waiting_pods(claim, snapshot).peekable();
    if pods.peek().is_none() && &*claim.phase == "Pending" {
        finding = finding.severity(Severity::Warning);
    }
    for pod in pods {
        finding = finding.breaks(pod);
    }
    let events = snapshot.events_of(claim).filter(|e| says_why(e)).take(2);
    findings.add(
        finding
            .deciding([proof::field(claim, "/status/phase", &claim.phase)])
            .proofs(events.map(proof::event)),
    );
}

/// The reasons under which the volume controller and provisioners say why a claim waits.
fn says_why(event: &Event) -> bool {
    matches!(
        &*event.reason,
        "ExternalProvisioning" | "ProvisioningFailed" | "FailedBinding" | "WaitForFirstConsumer"
    )
}

fn pending(
    claim: &PersistentVolumeClaim,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Finding> {
    if !claim.volume.is_empty() {
        return of_volume(claim, snapshot, findings);
    }
    match claim.class.as_deref() {
        Some("") => by_hand(claim, snapshot, findings, "title.classless"),
        None => {
            // Without a default class a claim may still have a volume without a class.
            let classless = snapshot
                .volumes
                .iter()
                .any(|v| v.class.is_empty() && v.claim.is_none());
            classless
                .then(|| by_hand(claim, snapshot, findings, "title.classless"))
                .flatten()
        }
        Some(name) => match snapshot.storage_classes.find("", name) {
            Lookup::Found(class) => of_class(claim, class, snapshot, findings),
            Lookup::Missing if snapshot.volumes.iter().any(|v| &*v.class == name) => {
                by_hand(claim, snapshot, findings, "title")
            }
            Lookup::Missing => None,
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::StorageClass, "", name, why);
                None
            }
        },
    }
}

fn of_class(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Finding> {
    let waits = &*class.binding_mode == "WaitForFirstConsumer";
    if waits && waiting_pods(claim, snapshot).next().is_none() {
        return None;
    }
    if &*class.provisioner == NO_PROVISIONER {
        return by_hand(claim, snapshot, findings, "title");
    }
    if waits && claim.meta.annotation(SELECTED_NODE).is_none() {
        // The scheduler has not chosen a node yet: what holds it up is not the claim,
        // unless it says that no node can have the volume.
        return topology(claim, class, snapshot);
    }
    let finding = |title, explanation| {
        Finding::on(claim)
            .title(title)
            .explanation(explanation)
            .arg("class", &*class.meta.name)
            .arg("provisioner", &*class.provisioner)
            .proofs([proof::field(class, "/provisioner", &class.provisioner)])
    };
    let said = |reason: &str| snapshot.events_of(claim).any(|e| &*e.reason == reason);
    // `ExternalProvisioning` says that somebody is waited for; `Provisioning` is said by
    // the provisioner itself, which therefore runs.
    let asked = said("ExternalProvisioning");
    let at_work = said("Provisioning");
    let failed = snapshot
        .events_of(claim)
        .find(|e| &*e.reason == "ProvisioningFailed");
    if let Some(failed) = failed {
        return Some(
            finding("title.fails", "explanation.fails")
                .proof(proof::event(failed))
                .fix_with("fix.error", kubectl::describe(&claim.object_ref()))
                .fix("fix.class"),
        );
    }
    let drivers = &snapshot.csi_drivers;
    let not_installed = !class.provisioner.starts_with("kubernetes.io/")
        && drivers.find("", &class.provisioner).is_missing();
    let patience = if at_work {
        &PROVISIONER_WORKS
    } else {
        &PROVISIONER_ANSWERS
    };
    let created = claim.meta.created;
    let waited = created.is_some() && patience.has_ended(created, snapshot);
    let given_up = waited || (not_installed && asked && !at_work);
    if !given_up {
        return None;
    }
    Some(
        finding("title.waits", "explanation.waits")
            .fix_with("fix.provisioner", "kubectl get csidrivers,pods -A")
            .fix_with("fix.class", "kubectl get storageclass"),
    )
}

/// A claim that asks for one volume by name.
fn of_volume(
    claim: &PersistentVolumeClaim,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Finding> {
    let named = proof::field(claim, "/spec/volumeName", &claim.volume);
    let finding = Finding::on(claim)
        .arg("volume", &*claim.volume)
        .fix_with("fix.named", "kubectl get persistentvolumes");
    match snapshot.volumes.find("", &claim.volume) {
        Lookup::Unknown(why) => {
            findings.unknown_object(Kind::PersistentVolume, "", &claim.volume, why);
            None
        }
        Lookup::Missing => {
            let missing = proof::object(Kind::PersistentVolume, "", &claim.volume);
            let absence = proof::absence(missing, claim, "/spec/volumeName");
            Some(
                finding
                    .title("title.named")
                    .explanation("explanation.named")
                    .proofs([named, absence]),
            )
        }
        Lookup::Found(volume) => {
            let near = why_not(claim, volume)?;
            Some(
                finding
                    .title("title.unfit")
                    .explanation("explanation.unfit")
                    .arg("near", near)
                    .proof(named),
            )
        }
    }
}

/// The scheduler says that no node can have the volume.
fn topology(
    claim: &PersistentVolumeClaim,
    class: &StorageClass,
    snapshot: &Snapshot,
) -> Option<Finding> {
    const SAID: [&str; 2] = [
        "did not have enough free storage",
        "didn't find available persistent volumes to bind",
    ];
    let (pod, said) = waiting_pods(claim, snapshot).find_map(|pod| {
        let said = pod.condition("PodScheduled")?;
        let message = said.message.as_deref()?;
        SAID.iter()
            .any(|words| message.contains(words))
            .then_some((pod, said))
    })?;
    Some(
        Finding::on(claim)
            .title("title.topology")
            .explanation("explanation.topology")
            .arg("class", &*class.meta.name)
            .proof(proof::condition(pod, said, "message"))
            .fix_with("fix.topology", "kubectl get csistoragecapacities -A")
            .fix("fix.class"),
    )
}

/// A claim that only a volume made by hand can satisfy.
fn by_hand(
    claim: &PersistentVolumeClaim,
    snapshot: &Snapshot,
    findings: &mut Findings,
    title: &'static str,
) -> Option<Finding> {
    if let Some(why) = snapshot.volumes.unreadable("") {
        findings.unknown_object(Kind::PersistentVolume, "", &claim.volume, why);
        return None;
    }
    if one_fits(claim, snapshot) {
        // The volume controller binds it within seconds, or the scheduler has to place
        // the Pod first.
        return None;
    }
    let asked = claim.request.as_ref().map(ToString::to_string);
    let finding = Finding::on(claim)
        .title(title)
        .arg("class", claim.class.as_deref().unwrap_or_default())
        .arg("asked", asked.unwrap_or_default())
        .arg("modes", claim.access_modes.join(", "));
    let finding = match nearest(claim, snapshot) {
        Some(near) => finding.explanation("explanation.near").arg("near", near),
        None => finding,
    };
    let finding = match released(claim, snapshot) {
        Some(volume) => finding.arg("released", &*volume.meta.name).fix_with(
            "fix.release",
            format!(
                "kubectl patch pv {} --type=json -p '[{{\"op\":\"remove\",\"path\":\"/spec/claimRef\"}}]'",
                kubectl::word(&volume.meta.name)
            ),
        ),
        None => finding,
    };
    Some(
        finding
            .fix_with("fix.volume", "kubectl get persistentvolumes")
            .fix_with("fix.class", "kubectl get storageclass"),
    )
}

#[cfg(test)]
#[path = "pvc_unbound_tests.rs"]
mod tests;
