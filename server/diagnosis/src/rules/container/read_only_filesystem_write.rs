//! Symptom: the process ends, or does not do its work, with "read-only file system".
//! Cause: it must write where `readOnlyRootFilesystem`, or a read-only mount, forbids it.
//! Fix: an emptyDir volume where it writes.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>

use super::crash::crashes;
use super::mounted::{is_read_only, mount_of};
use crate::facts::{Container, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "read-only-filesystem-write",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} must write to {path}, and its root file system is read-only",
            "{name} のコンテナ {container} は {path} に書き込む必要があるが、ルートファイルシステムが読み取り専用である",
        ),
        text(
            "title.mount",
            "Container {container} of {name} must write to {path}, which is mounted read-only",
            "{name} のコンテナ {container} は {path} に書き込む必要があるが、読み取り専用でマウントされている",
        ),
        text(
            "explanation",
            "The process may not write and ends. A ConfigMap or Secret volume is always read-only, and readOnlyRootFilesystem makes everything read-only that is not a volume.",
            "プロセスは書き込めずに終了しています。ConfigMap や Secret のボリュームは常に読み取り専用です。readOnlyRootFilesystem を設定すると、ボリューム以外もすべて読み取り専用になります。",
        ),
        text(
            "fix.volume",
            "Mount an emptyDir volume where the process writes ({path}), or tell it to write to one that is there.",
            "プロセスが書き込む場所（{path}）に emptyDir ボリュームをマウントするか、書き込み先を既存のボリュームに変更します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot).filter(|c| c.end.1.exit_code != 0) {
        let words = findings.last_words(snapshot, pod, crash.status);
        let Some(told) = words.find(|claim| matches!(claim, Claim::ReadOnly { .. })) else {
            continue;
        };
        let Claim::ReadOnly { path } = &told.claim else {
            continue;
        };
        let container = crash.container;
        let shown = if path.is_empty() { "/" } else { path };
        let finding = Finding::on_container(snapshot, pod, container)
            .arg("path", shown)
            .proof(told.proof(pod));
        let change = || kubectl::change(&snapshot.top_of(pod).object_ref());
        let finding = match forbidden_by(pod, container, path) {
            Some((by_mount, proof)) if by_mount => finding.title("title.mount").proof(proof),
            Some((_, proof)) => finding.proof(proof).fix_with("fix.volume", change()),
            // Something else mounted it so: a node's disk may have failed.
            None => finding.likely().title("title.mount"),
        };
        let finding = if finding.has_fix() {
            finding
        } else {
            finding.fix_with("fix.volume", change())
        };
        findings.add(
            finding
                .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
                .since(crash.since(pod, snapshot)),
        );
    }
}

/// The field that forbids to write to a path, and whether it is that of a mount.
fn forbidden_by(pod: &Pod, container: &Container, path: &str) -> Option<(bool, Proof)> {
    match mount_of(container, path) {
        // A volume that may be written is not what forbids it.
        Some(mount) if !is_read_only(pod, mount) => None,
        Some(mount) => {
            let at = format!(
                "{}/volumeMounts/{}/mountPath",
                container.path(),
                mount.index
            );
            Some((
                true,
                proof::field(pod, at, &mount.path).in_container(&container.name),
            ))
        }
        None if container.security.read_only_root => {
            let at = format!(
                "{}/securityContext/readOnlyRootFilesystem",
                container.path()
            );
            Some((
                false,
                proof::field(pod, at, true).in_container(&container.name),
            ))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn the_root_file_system_is_read_only() {
        let objects = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "securityContext: {readOnlyRootFilesystem: true}\n      image: ",
        );
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "mkdir /app/data: read-only file system\n",
            )
            .finds("read-only-filesystem-write", "Pod shop/web[app]")
            .tells("title")
            .with("path", "/app/data")
            .offers("fix.volume")
            .alone();
    }

    #[test]
    fn a_config_map_is_mounted_read_only() {
        let objects = crashing("exitCode: 1, reason: Error")
            .replace(
                "image: ",
                "volumeMounts: [{name: c, mountPath: /etc/app}]\n      image: ",
            )
            .replace(
                "  containers:",
                "  volumes: [{name: c, configMap: {name: settings}}]\n  containers:",
            )
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n";
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "open /etc/app/x.lock: read-only file system\n",
            )
            .finds("read-only-filesystem-write", "Pod shop/web[app]")
            .tells("title.mount");
    }

    #[test]
    fn a_mount_beside_the_path_does_not_forbid_it() {
        let objects = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "volumeMounts: [{name: c, mountPath: /data}]\n      securityContext: {readOnlyRootFilesystem: true}\n      image: ",
        );
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "mkdir /database: read-only file system\n",
            )
            .finds("read-only-filesystem-write", "Pod shop/web[app]")
            .tells("title");
    }

    #[test]
    fn a_process_that_lives_with_it_is_well() {
        let objects = crashing("exitCode: 1, reason: Error")
            .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}\n      ready: true")
            .replace("restartCount: 4", "restartCount: 0");
        check(&objects).finds_nothing();
    }
}
