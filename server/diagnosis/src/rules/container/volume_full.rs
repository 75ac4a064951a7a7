//! Symptom: the process ends, is not ready or waits, with "no space left on device".
//! Cause: the volume or the container's disk is full.
//! Fix: free space, or enlarge the volume.
//! Source: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims>

use super::complaint::{Complaint, complaints};
use super::mounted::{claim_of, holds, mount_of};
use crate::facts::{Kind, Mount, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "volume-full",
    source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "No space is left on the disk of container {container} of {name}",
            "{name} のコンテナ {container} のディスクに空き容量がない",
        ),
        text(
            "title.volume",
            "No space is left in volume {volume} of container {container} of {name}",
            "{name} のコンテナ {container} のボリューム {volume} に空き容量がない",
        ),
        text(
            "title.claim",
            "No space is left in PersistentVolumeClaim {claim}, to which container {container} of {name} writes",
            "{name} のコンテナ {container} が書き込む PersistentVolumeClaim {claim} に空き容量がない",
        ),
        text(
            "title.shared",
            "No space is left in /dev/shm of container {container} of {name}",
            "{name} のコンテナ {container} の /dev/shm に空き容量がない",
        ),
        text(
            "explanation",
            "The process cannot write where the image's own files are: the disk of the node on which containers write, or their limit for ephemeral-storage, is used up. The line says so.",
            "イメージ自身のファイルがある場所に書き込めません。ノード上のコンテナ用ディスクか、ephemeral-storage の上限を使い切っています。",
        ),
        text(
            "explanation.volume",
            "The process cannot write to volume {volume}, mounted at {mount}: it holds as much as it can. The line says so.",
            "{mount} にマウントされたボリューム {volume} は上限まで使われており、書き込めません。",
        ),
        text(
            "explanation.claim",
            "The process cannot write to {mount}, where the volume of PersistentVolumeClaim {claim} is mounted ({size}): it holds as much as it can. The line says so.",
            "{mount} にマウントされた {claim} のボリューム（{size}）は上限まで使われており、書き込めません。",
        ),
        text(
            "explanation.shared",
            "Container runtimes give /dev/shm 64 MiB, whatever the container's memory limit is. The process needs more of this shared memory.",
            "コンテナランタイムは、メモリー上限に関係なく /dev/shm に 64 MiB を割り当てます。プロセスにはこれより多くの共有メモリーが必要です。",
        ),
        text(
            "fix.claim",
            "Free space in it, or enlarge the PersistentVolumeClaim (spec.resources.requests.storage), where its StorageClass allows that.",
            "不要なデータを削除するか、StorageClass が許可していれば PVC（spec.resources.requests.storage）を拡張します。",
        ),
        text(
            "fix.volume",
            "Free space in volume {volume}, or give it more (sizeLimit of an emptyDir, the disk behind it).",
            "ボリューム {volume} の不要なデータを削除するか、容量を増やします（emptyDir の sizeLimit や元のディスク）。",
        ),
        text(
            "fix.disk",
            "See what fills the disk, and write what is kept to a volume of its own:",
            "ディスクを使っているものを確認し、保存するデータは専用のボリュームに書き込みます:",
        ),
        text(
            "fix.shared",
            "Mount an emptyDir with medium Memory and a sizeLimit at /dev/shm.",
            "medium: Memory と sizeLimit を指定した emptyDir を /dev/shm にマウントします。",
        ),
        text(
            "proof.mount",
            "The volume that is full is mounted there",
            "空き容量のないボリュームのマウント先",
        ),
        text("proof.size", "The size of the volume", "ボリュームの容量"),
    ],
};

/// Where processes have the memory that they share.
const SHARED_MEMORY: &str = "/dev/shm";

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let is_meant = |claim: &Claim| matches!(claim, Claim::NoSpace { .. });
    for complaint in complaints(pod, snapshot, findings, is_meant) {
        let Claim::NoSpace { path } = &complaint.told.claim else {
            continue;
        };
        let (pod, container) = (complaint.pod, complaint.container);
        let finding = complaint.finding(snapshot);
        let change = || kubectl::change(&snapshot.top_of(pod).object_ref());
        let said = &*complaint.told.line.text;
        let is_shared = holds(SHARED_MEMORY, path) || said.contains("shared memory");
        findings.add(
            if is_shared && mount_of(container, SHARED_MEMORY).is_none() {
                finding
                    .title("title.shared")
                    .explanation("explanation.shared")
                    .fix_with("fix.shared", change())
            } else if let Some(mount) = mount_of(container, path) {
                in_volume(finding, &complaint, mount, snapshot)
            } else if let Some(mount) = only_claim(&complaint).filter(|_| !path.starts_with('/')) {
                in_volume(finding.likely(), &complaint, mount, snapshot)
            } else {
                let command = ["df".to_owned(), "-h".to_owned()];
                let look = kubectl::exec(
                    &pod.meta.namespace,
                    &pod.meta.name,
                    &container.name,
                    &command,
                );
                finding.fix_with("fix.disk", look)
            },
        );
    }
}

/// The mount of the only claim that a container has: what is full when no path is said.
fn only_claim<'a>(complaint: &'a Complaint<'_>) -> Option<&'a Mount> {
    let mut mounts = complaint
        .container
        .mounts
        .iter()
        .filter(|mount| !mount.read_only && claim_of(complaint.pod, mount).is_some());
    mounts.next().filter(|_| mounts.next().is_none())
}

fn in_volume(
    finding: Finding,
    complaint: &Complaint<'_>,
    mount: &Mount,
    snapshot: &Snapshot,
) -> Finding {
    let (pod, container) = (complaint.pod, complaint.container);
    let at = format!(
        "{}/volumeMounts/{}/mountPath",
        container.path(),
        mount.index
    );
    let finding = finding
        .arg("volume", &*mount.volume)
        .arg("mount", &*mount.path)
        .proof(
            proof::field(pod, at, &mount.path)
                .in_container(&container.name)
                .saying("proof.mount"),
        );
    let namespace = &*pod.meta.namespace;
    let found = claim_of(pod, mount).and_then(|name| snapshot.claims.get(namespace, &name));
    let Some(claim) = found else {
        let change = kubectl::change(&snapshot.top_of(pod).object_ref());
        return finding
            .title("title.volume")
            .explanation("explanation.volume")
            .fix_with("fix.volume", change);
    };
    let finding = finding
        .arg("claim", &*claim.meta.name)
        .title("title.claim")
        .explanation("explanation.volume");
    let finding = match &claim.capacity {
        Some(size) => finding
            .arg("size", size.to_string())
            .explanation("explanation.claim")
            .proof(proof::field(claim, "/status/capacity/storage", size).saying("proof.size")),
        None => finding,
    };
    finding.fix_with(
        "fix.claim",
        kubectl::edit(&proof::object(
            Kind::PersistentVolumeClaim,
            namespace,
            &claim.meta.name,
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    fn mounting() -> String {
        crashing("exitCode: 1, reason: Error")
            .replace("image: ", "volumeMounts: [{name: data, mountPath: /data}]\n      image: ")
            .replace(
                "  containers:",
                "  volumes: [{name: data, persistentVolumeClaim: {claimName: web-data}}]\n  containers:",
            )
            + "---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-data, namespace: shop}
spec: {volumeName: v, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {phase: Bound, capacity: {storage: 1Gi}}
"
    }

    #[test]
    fn the_claim_that_is_full_is_named() {
        for line in [
            "PANIC:  could not write to file \"/data/pg_wal/xlogtemp.29\": No space left on device\n",
            "write /data/wal/00000001: no space left on device\n",
            "OSError: [Errno 28] No space left on device: '/data/x'\n",
            "Error: ENOSPC: no space left on device, write '/data/x'\n",
            "java.io.IOException: No space left on device\n",
            "thread 'main' panicked: failed to write /data/x: No space left on device (os error 28)\n",
        ] {
            check(&mounting())
                .log("shop/web", "app", false, line)
                .finds("volume-full", "Pod shop/web[app]")
                .tells("title.claim")
                .with("claim", "web-data")
                .tells("explanation.claim")
                .with("size", "1Gi")
                .offers("fix.claim")
                .alone();
        }
    }

    #[test]
    fn what_is_in_no_volume_is_on_the_container_s_disk() {
        check(&mounting())
            .log(
                "shop/web",
                "app",
                false,
                "write /tmp/upload: no space left on device\n",
            )
            .finds("volume-full", "Pod shop/web[app]")
            .tells("title")
            .offers("fix.disk");
    }

    #[test]
    fn shared_memory_is_small() {
        check(&mounting())
            .log(
                "shop/web",
                "app",
                false,
                "ERROR:  could not resize shared memory segment \"/PostgreSQL.1804289383\" to 16777216 bytes: No space left on device\n",
            )
            .finds("volume-full", "Pod shop/web[app]")
            .tells("title.shared")
            .offers("fix.shared");
    }

    #[test]
    fn too_many_watches_are_no_full_disk() {
        check(&mounting())
            .log(
                "shop/web",
                "app",
                false,
                "Error: ENOSPC: System limit for number of file watchers reached, watch '/data/src'\n",
            )
            .does_not_find("volume-full")
            .finds("app-exits-with-error", "Pod shop/web[app]");
    }
}
