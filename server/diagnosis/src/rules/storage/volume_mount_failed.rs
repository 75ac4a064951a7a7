//! Symptom: a Pod has a node and stays in `ContainerCreating` or `Init`.
//! Cause: the kubelet or the attach controller cannot attach or mount one of its volumes,
//! for a reason of the volume itself: a path that is not there, a server that does not
//! answer.
//! Fix: mend what the error names.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/>

use crate::facts::{Event, Object, Pod, Volume, VolumeSource};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::VOLUME_MOUNTS;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::last_tries::last_tries;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "volume-mount-failed",
    source: "https://kubernetes.io/docs/concepts/storage/volumes/",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Volume {volume} cannot be mounted: {error}",
            "ボリューム {volume} をマウントできない: {error}",
        ),
        text(
            "title.host",
            "Volume {volume} cannot be mounted: {path} on the node is no {type}",
            "ボリューム {volume} をマウントできない: ノードの {path} は {type} ではない",
        ),
        text(
            "title.claim",
            "Volume {volume} of PersistentVolumeClaim {claim} cannot be mounted: {error}",
            "PersistentVolumeClaim {claim} のボリューム {volume} をマウントできない: {error}",
        ),
        text(
            "title.silent",
            "Volume {volume} ({source}) is not mounted in time, and nothing says why",
            "ボリューム {volume}（{source}）のマウントが時間内に終わらず、原因も報告されていない",
        ),
        text(
            "explanation.silent",
            "The kubelet says only that it waits for the volume. Usually the server of the storage does not answer, or the driver (CSI) does not run on the node. {pods} {pods|Pod waits|Pods wait}.",
            "kubelet はボリュームを待っているとだけ報告しています。多くの場合、ストレージのサーバーが応答しないか、ノードでドライバー（CSI）が動作していません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.silent",
            "See that node {node} reaches the storage ({source}), and that the driver's Pod runs there.",
            "ノード {node} からストレージ（{source}）に到達できるか、ドライバーの Pod がそのノードで動作しているかを確認します。",
        ),
        text(
            "title.any",
            "A volume of {kind} {name} cannot be mounted: {error}",
            "{kind} {name} のボリュームをマウントできない: {error}",
        ),
        text(
            "explanation",
            "A container starts only after all volumes of its Pod are mounted. {pods} {pods|Pod has|Pods have} a node and {pods|waits|wait} there; the kubelet goes on trying.",
            "コンテナは、Pod のすべてのボリュームがマウントされてから起動します。{pods} 個の Pod がノード上で待機しており、kubelet は再試行を続けます。",
        ),
        text(
            "explanation.host",
            "The volume names a path of the node and what must be there ({type}); the kubelet looks and does not find it. {pods} {pods|Pod waits|Pods wait}. The path may differ from node to node.",
            "ボリュームはノードのパスとその種類（{type}）を指定していますが、kubelet が確認すると一致しません。{pods} 個の Pod が待機しています。パスはノードごとに異なることがあります。",
        ),
        text(
            "fix",
            "Fix what the error names, in the volume of {kind} {name} or on the node; the Pod then starts by itself.",
            "エラーが示す点を、{kind} {name} のボリュームまたはノードで修正します。Pod は自動的に起動します。",
        ),
        text(
            "fix.host",
            "Create {path} as {type} on the node, or correct hostPath.path or hostPath.type in {kind} {name}. With DirectoryOrCreate or FileOrCreate the kubelet makes it.",
            "ノードに {path} を {type} として作成するか、{kind} {name} の hostPath.path または hostPath.type を修正します。DirectoryOrCreate や FileOrCreate なら kubelet が作成します。",
        ),
    ],
};

/// Words of failures that are the fault of an object that the volume refers to.
const OTHER_CAUSES: &[&str] = &[
    "configmap \"",
    "secret \"",
    "references non-existent config key",
    "references non-existent secret key",
    "not registered",
    "persistentvolumeclaim \"",
    "Multi-Attach error",
    "is already exclusively attached",
    "is already in use by another pod",
];

/// How a message begins that only says that volumes are waited for.
const WAITING: &str = "Unable to attach or mount volumes";

/// Words of what a driver says while it is still busy with an earlier call, whose failure
/// says more.
const BUSY: &[&str] = &[
    "already exists",
    "operation in progress",
    "DeadlineExceeded",
];

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.node.is_empty() || pod.is_terminating() || pod.is_finished() || has_started(pod) {
        return;
    }
    let failures = || {
        last_tries(pod, snapshot)
            .filter(|e| {
                matches!(
                    &*e.reason,
                    "FailedMount" | "FailedAttachVolume" | "FailedMapVolume"
                )
            })
            .filter(|e| !OTHER_CAUSES.iter().any(|words| e.message.contains(words)))
    };
    let specific = || failures().filter(|e| !e.message.starts_with(WAITING));
    let is_busy = |e: &&Event| BUSY.iter().any(|words| e.message.contains(words));
    let telling = specific()
        .find(|e| !is_busy(e))
        .or_else(|| specific().next());
    let Some(event) = telling else {
        let waits = failures().next();
        if let Some(finding) = waits.and_then(|event| silent(pod, event, snapshot)) {
            findings.add(finding);
        }
        return;
    };
    let named = event.message.split('"').nth(1).unwrap_or_default();
    let volume = pod
        .spec
        .volume(named)
        .or_else(|| of_claim(pod, named, snapshot));
    let finding = Finding::on_pod(snapshot, pod)
        .proof(proof::event(event))
        .since(event.first);
    let owner = snapshot.top_of(pod).object_ref();
    if let Some((volume, path, kind)) = volume.and_then(|v| match &v.source {
        VolumeSource::HostPath { path, kind }
            if event.message.contains("hostPath type check failed") =>
        {
            Some((v, path, kind))
        }
        _ => None,
    }) {
        findings.add(
            finding
                .title("title.host")
                .explanation("explanation.host")
                .arg("volume", &*volume.name)
                .arg("path", &**path)
                .arg("type", &**kind)
                .proof(proof::field(
                    pod,
                    format!("/spec/volumes/{}/hostPath/type", volume.index),
                    kind,
                ))
                .proof(proof::field(
                    pod,
                    format!("/spec/volumes/{}/hostPath/path", volume.index),
                    path,
                ))
                .fix_with("fix.host", kubectl::edit(&owner)),
        );
        return;
    }
    let finding = finding
        .arg("volume", volume.map_or(named, |v| &*v.name))
        .arg("error", error(&event.message))
        .fix_with("fix", kubectl::describe(&pod.object_ref()));
    findings.add(match volume.map(|v| (v, &v.source)) {
        Some((volume, VolumeSource::Claim(claim))) => finding
            .title("title.claim")
            .arg("claim", &**claim)
            .proof(claim_name(pod, volume, claim)),
        Some(_) => finding,
        None => finding.title("title.any"),
    });
}

/// The volume whose claim is bound to a PersistentVolume of that name: by this name the
/// kubelet speaks of it.
pub(super) fn of_claim<'a>(pod: &'a Pod, named: &str, snapshot: &Snapshot) -> Option<&'a Volume> {
    pod.spec.volumes.iter().find(|volume| match &volume.source {
        VolumeSource::Claim(claim) => snapshot
            .claims
            .get(&pod.meta.namespace, claim)
            .is_some_and(|claim| !named.is_empty() && &*claim.volume == named),
        _ => false,
    })
}

pub(super) fn claim_name(pod: &Pod, volume: &Volume, claim: &str) -> Proof {
    let index = volume.index;
    let pointer = format!("/spec/volumes/{index}/persistentVolumeClaim/claimName");
    proof::field(pod, pointer, claim)
}

/// The kubelet waits for a volume, and has said nothing else for longer than one try takes.
fn silent(pod: &Pod, event: &Event, snapshot: &Snapshot) -> Option<Finding> {
    let waits_since = pod.started.or(pod.meta.created)?;
    let (_, listed) = event.message.split_once("unmounted volumes=[")?;
    let name = listed.split([']', ' ', ',']).next()?;
    let volume = pod
        .spec
        .volume(name)
        .filter(|_| VOLUME_MOUNTS.has_ended(Some(waits_since), snapshot))?;
    let source = match &volume.source {
        VolumeSource::Claim(claim) => format!("PersistentVolumeClaim {claim}"),
        VolumeSource::Nfs { server, path } => format!("NFS {server}:{path}"),
        VolumeSource::Csi(driver) => format!("CSI {driver}"),
        VolumeSource::Other(kind) => kind.to_string(),
        // What is missing in these is told by name.
        _ => return None,
    };
    let finding = Finding::on_pod(snapshot, pod)
        .title("title.silent")
        .explanation("explanation.silent")
        .likely()
        .arg("volume", name)
        .arg("source", source)
        .arg("node", &*pod.node)
        .proof(proof::event(event))
        .since(event.first)
        .fix_with("fix.silent", kubectl::describe(&pod.object_ref()));
    Some(match &volume.source {
        VolumeSource::Claim(claim) => finding.proof(claim_name(pod, volume, claim)),
        _ => finding,
    })
}

/// Whether any container has run: then the volumes are mounted.
pub(super) fn has_started(pod: &Pod) -> bool {
    pod.statuses
        .iter()
        .any(|s| s.restarts > 0 || s.started == Some(true) || s.waiting().is_none())
}

/// What deciding part a message ends in: the last words after a colon, on one line.
fn error(message: &str) -> String {
    const LONGEST: usize = 120;
    let line = message
        .lines()
        .rfind(|l| !l.trim().is_empty())
        .unwrap_or(message);
    let told = line.rsplit(" : ").next().unwrap_or(line);
    let told = told
        .rsplit_once(" desc = ")
        .map_or(told, |(_, described)| described);
    let told = told.strip_prefix("Output: ").unwrap_or(told).trim();
    // The names of the kubelet's functions say nothing to whoever mends it.
    let told = told
        .split_once("newCsiDriverClient: ")
        .map_or(told, |(_, told)| told);
    told.chars().take(LONGEST).collect()
}

#[cfg(test)]
#[path = "volume_mount_failed_tests.rs"]
mod tests;
