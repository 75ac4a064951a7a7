//! Symptom: the process ends, is not ready or waits, with "permission denied" on a path that is
//! in a volume.
//! Cause: the process may not read or write its volume: owner, mode, fsGroup or mount options.
//! Fix: fsGroup, the user that it runs as, or the owner of what the volume holds.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#configure-volume-permission-and-ownership-change-policy-for-pods>

use super::complaint::complaints;
use super::mounted::mount_of;
use crate::facts::{Container, Mount, Pod, VolumeSource};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "volume-permission-denied",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#configure-volume-permission-and-ownership-change-policy-for-pods",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} may not use {path}, which is in its volume {volume}",
            "{name} のコンテナ {container} がボリューム {volume} にある {path} を使えない",
        ),
        text(
            "explanation",
            "Owner and mode of what volume {volume} holds (mounted at {mount}) do not let the user in that the image runs as.",
            "{mount} にマウントされたボリューム {volume} の所有者とモードでは、イメージの実行ユーザーに権限がありません。",
        ),
        text(
            "explanation.user",
            "The process runs as user {user}; owner and mode of what volume {volume} holds (mounted at {mount}) do not let that user in.",
            "プロセスはユーザー {user} で実行されています。{mount} にマウントされたボリューム {volume} の所有者とモードでは、このユーザーに権限がありません。",
        ),
        text(
            "fix.group",
            "Set securityContext.fsGroup of the Pod to a group of the process: the kubelet then gives the volume to that group.",
            "Pod の securityContext.fsGroup にプロセスのグループを設定します。kubelet がボリュームをそのグループに割り当てます。",
        ),
        text(
            "fix.user",
            "Let the process run as the user whom the files of the volume belong to (securityContext.runAsUser), or have them given to user or group of the process once.",
            "ボリュームのファイルの所有者で実行する（securityContext.runAsUser）か、ファイルの所有者をプロセスのユーザーまたはグループに変更します。",
        ),
        text(
            "fix.directory",
            "Change owner or mode of {directory} where it lies; fsGroup has no effect on this kind of volume. Or let the process run as its owner (securityContext.runAsUser).",
            "{directory} の所有者またはモードを元の場所で変更します。この種類のボリュームに fsGroup は効きません。または、所有者で実行します（securityContext.runAsUser）。",
        ),
        text(
            "fix.mode",
            "Give the files a mode that lets the process read them: defaultMode of volume {volume}, or fsGroup of the Pod.",
            "プロセスが読めるモードにします。ボリューム {volume} の defaultMode か、Pod の fsGroup を設定します。",
        ),
        text(
            "proof.mount",
            "Volume {volume} is mounted there",
            "ボリューム {volume} のマウント先",
        ),
        text(
            "proof.user",
            "The user that the process runs as",
            "プロセスの実行ユーザー",
        ),
    ],
};

/// The exit code with which a shell says that it may not execute a command.
const NOT_EXECUTABLE: i64 = 126;

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let is_meant = |claim: &Claim| matches!(claim, Claim::PermissionDenied { .. });
    for complaint in complaints(pod, snapshot, findings, is_meant) {
        let Claim::PermissionDenied { path } = &complaint.told.claim else {
            continue;
        };
        let container = complaint.container;
        if complaint.exit_code() == Some(NOT_EXECUTABLE)
            || container.command.iter().any(|c| **c == **path)
        {
            continue;
        }
        if let Some(mount) = mount_of(container, path) {
            let finding = complaint.finding(snapshot).arg("path", path);
            findings.add(on_mount(finding, complaint.pod, container, mount, snapshot));
        }
    }
}

fn on_mount(
    finding: Finding,
    pod: &Pod,
    container: &Container,
    mount: &Mount,
    snapshot: &Snapshot,
) -> Finding {
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
    let finding = match (
        container.security.run_as_user,
        pod.spec.security.run_as_user,
    ) {
        (Some(user), _) => {
            let at = format!("{}/securityContext/runAsUser", container.path());
            finding
                .arg("user", user.to_string())
                .explanation("explanation.user")
                .proof(proof::field(pod, at, user).saying("proof.user"))
        }
        (None, Some(user)) => finding
            .arg("user", user.to_string())
            .explanation("explanation.user")
            .proof(proof::field(pod, "/spec/securityContext/runAsUser", user).saying("proof.user")),
        (None, None) => finding,
    };
    let change = kubectl::change(&snapshot.top_of(pod).object_ref());
    let source = pod.spec.volume(&mount.volume).map(|volume| &volume.source);
    match source {
        Some(VolumeSource::HostPath { path, .. }) => finding
            .arg("directory", &**path)
            .fix_with("fix.directory", change),
        Some(VolumeSource::Nfs { server, path }) => finding
            .arg("directory", format!("{server}:{path}"))
            .fix_with("fix.directory", change),
        Some(VolumeSource::ConfigMap(_) | VolumeSource::Secret(_) | VolumeSource::Projected(_)) => {
            finding.fix_with("fix.mode", change)
        }
        _ if pod.spec.security.fs_group.is_none() => {
            finding.fix_with("fix.group", change).fix("fix.user")
        }
        _ => finding.fix_with("fix.user", change),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    fn mounting(source: &str) -> String {
        crashing("exitCode: 1, reason: Error")
            .replace(
                "image: ",
                "securityContext: {runAsUser: 1000}\n      volumeMounts: [{name: data, mountPath: /data}]\n      image: ",
            )
            .replace("  containers:", &format!("  volumes: [{{name: data, {source}}}]\n  containers:"))
    }

    #[test]
    fn what_the_process_may_not_write_is_in_its_volume() {
        for line in [
            "mkdir: cannot create directory '/data/db': Permission denied\n",
            "open /data/queries.active: permission denied\n",
            "java.nio.file.AccessDeniedException: /data/nodes\n",
            "PermissionError: [Errno 13] Permission denied: '/data/x'\n",
            "Error: EACCES: permission denied, open '/data/x'\n",
            "chown: changing ownership of '/data': Operation not permitted\n",
            "GF_PATHS_DATA='/data' is not writable.\n",
        ] {
            check(&mounting("emptyDir: {}"))
                .log("shop/web", "app", false, line)
                .finds("volume-permission-denied", "Pod shop/web[app]")
                .tells("title")
                .with("volume", "data")
                .tells("explanation.user")
                .with("user", "1000")
                .offers("fix.group")
                .alone();
        }
    }

    #[test]
    fn a_directory_of_the_node_knows_no_fs_group() {
        check(&mounting("hostPath: {path: /srv/web}"))
            .log(
                "shop/web",
                "app",
                false,
                "open /data/x: permission denied\n",
            )
            .finds("volume-permission-denied", "Pod shop/web[app]")
            .offers("fix.directory")
            .with("directory", "/srv/web");
    }

    #[test]
    fn a_path_of_the_image_is_another_cause() {
        check(&mounting("emptyDir: {}"))
            .log(
                "shop/web",
                "app",
                false,
                "open /database/x: permission denied\n",
            )
            .does_not_find("volume-permission-denied")
            .finds("app-exits-with-error", "Pod shop/web[app]");
    }

    #[test]
    fn a_file_system_that_is_read_only_is_another_cause() {
        check(&mounting("emptyDir: {}"))
            .log(
                "shop/web",
                "app",
                false,
                "open /data/x: read-only file system\n",
            )
            .does_not_find("volume-permission-denied");
    }
}
