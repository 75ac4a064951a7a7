//! Symptom: `CreateContainerConfigError`, `CreateContainerError`, `RunContainerError` or
//! `StartError`.
//! Cause: the runtime cannot create the container for another reason than a missing object
//! or command: a bad subPath, workingDir, mount, user or securityContext.
//! Fix: the field that the message speaks of.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/>

use super::start_error::{StartFault, start_error};
use crate::facts::{Container, ContainerKind, ContainerStatus, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "container-config-error",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
    // Most of what can be wrong has a cause of its own, which says more.
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} cannot be created: {error}",
            "{name} のコンテナ {container} を作成できない: {error}",
        ),
        text(
            "title.directory",
            "Container {container} of {name} cannot be created: its workingDir {value} is no directory that it may use",
            "{name} のコンテナ {container} を作成できない: workingDir {value} が使用できるディレクトリではない",
        ),
        text(
            "title.subpath",
            "Container {container} of {name} cannot be created: subPath {value} of volume {volume} cannot be mounted",
            "{name} のコンテナ {container} を作成できない: ボリューム {volume} の subPath {value} をマウントできない",
        ),
        text(
            "title.mount",
            "Container {container} of {name} cannot be created: volume {volume} cannot be mounted at {value}",
            "{name} のコンテナ {container} を作成できない: ボリューム {volume} を {value} にマウントできない",
        ),
        text(
            "title.user",
            "Container {container} of {name} cannot be created: image {image} has no user {value}",
            "{name} のコンテナ {container} を作成できない: イメージ {image} にユーザー {value} が存在しない",
        ),
        text(
            "title.no-command",
            "Container {container} of {name} cannot be created: image {image} has no command of its own, and the container names none",
            "{name} のコンテナ {container} を作成できない: イメージ {image} に既定のコマンドがなく、コンテナにも指定されていない",
        ),
        text(
            "fix.user",
            "Set securityContext.runAsUser of container {container} to a numeric user id, or build the image with a USER that its /etc/passwd has.",
            "コンテナ {container} の securityContext.runAsUser に数値のユーザー ID を設定するか、/etc/passwd にあるユーザーを USER に指定してイメージをビルドします。",
        ),
        text(
            "fix.no-command",
            "Set command in container {container}, or build the image with an ENTRYPOINT or CMD.",
            "コンテナ {container} に command を設定するか、ENTRYPOINT または CMD を指定してイメージをビルドします。",
        ),
        text(
            "explanation",
            "The image is there, and the runtime refuses to make a container of it with this configuration. {pods} {pods|Pod tries|Pods try} again and again.",
            "イメージはありますが、この設定ではランタイムがコンテナを作成できません。{pods} 個の Pod が再試行を繰り返しています。",
        ),
        text(
            "fix",
            "Correct what the message names in container {container} of {kind} {name}.",
            "{kind} {name} のコンテナ {container} で、メッセージが示す設定を修正します。",
        ),
        text(
            "fix.directory",
            "Set workingDir to a directory of the image, or leave it out.",
            "workingDir をイメージ内のディレクトリにするか、指定をやめます。",
        ),
        text(
            "fix.subpath",
            "Correct subPath: it must exist in the volume as what is mounted, a file or a directory, and must not lead out of it.",
            "subPath を修正します。ボリューム内にファイルまたはディレクトリとして存在し、外に出ないパスにします。",
        ),
        text(
            "fix.mount",
            "Mount the volume at a path that is a directory, or does not exist in the image; for a single file use subPath with the file's name.",
            "ディレクトリであるか、イメージに存在しないパスにマウントします。単一のファイルの場合は subPath にファイル名を指定します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() {
        return;
    }
    for (container, status) in pod.containers() {
        if container.kind != ContainerKind::Ephemeral
            && let Some(status) = status
            && let Some((error, proof)) = refused(pod, status)
        {
            let finding = Finding::on_container(snapshot, pod, container)
                .arg("error", last_part(&error))
                .arg("image", &*container.image)
                .proof(proof)
                .since(pod.started);
            findings.add(field_at_fault(pod, container, &error, finding, snapshot));
        }
    }
}

/// What the kubelet or the runtime says, when it is not about an object that is missing, a
/// user or a command: those have causes of their own.
fn refused(pod: &Pod, status: &ContainerStatus) -> Option<(String, Proof)> {
    if let Some(error) = start_error(pod, status) {
        return (error.fault == StartFault::Configuration)
            .then(|| (error.message.to_owned(), error.proof));
    }
    let (reason, message) = status.waiting()?;
    let message = message?;
    let elsewhere = [
        "not found",
        "couldn't find key",
        "runAsNonRoot",
        "breaks non-root policy",
        "failed to sync configmap",
        "failed to sync secret",
    ];
    (matches!(
        reason,
        "CreateContainerConfigError"
            | "CreateContainerError"
            | "PreCreateHookError"
            | "PreStartHookError"
    ) && !elsewhere.iter().any(|words| message.contains(words)))
    .then(|| (message.to_owned(), proof::waiting_message(pod, status)))
}

/// The field that the message speaks of, where it can be told.
fn field_at_fault(
    pod: &Pod,
    container: &Container,
    error: &str,
    finding: Finding,
    snapshot: &Snapshot,
) -> Finding {
    let path = container.path();
    let directory = &container.working_dir;
    let subpath = || {
        let mentioned = error.to_lowercase().contains("subpath");
        let mut mounts = container.mounts.iter().filter(|m| !m.sub_path.is_empty());
        mounts
            .clone()
            .find(|m| error.contains(&*m.sub_path))
            .or_else(|| mounts.next())
            .filter(|_| mentioned)
    };
    let change = || kubectl::change(&snapshot.top_of(pod).object_ref());
    if let Some((_, rest)) = error.split_once("unable to find user ") {
        let user = rest.split([':', ' ']).next().unwrap_or_default();
        finding
            .arg("value", user)
            .title("title.user")
            .fix_with("fix.user", change())
    } else if error.contains("no command specified") {
        finding
            .title("title.no-command")
            .fix_with("fix.no-command", change())
    } else if !directory.is_empty() && (error.contains(&**directory) || error.contains("chdir")) {
        finding
            .arg("value", &**directory)
            .title("title.directory")
            .proof(
                proof::field(pod, format!("{path}/workingDir"), directory)
                    .in_container(&container.name),
            )
            .fix_with("fix.directory", change())
    } else if let Some(mount) = subpath() {
        finding
            .arg("value", &*mount.sub_path)
            .arg("volume", &*mount.volume)
            .title("title.subpath")
            .proof(
                proof::field(
                    pod,
                    format!("{path}/volumeMounts/{}/subPath", mount.index),
                    &mount.sub_path,
                )
                .in_container(&container.name),
            )
            .fix_with("fix.subpath", change())
    } else if let Some(mount) = container
        .mounts
        .iter()
        .find(|m| error.contains("mount") && m.path.len() > 1 && error.contains(&*m.path))
    {
        finding
            .arg("value", &*mount.path)
            .arg("volume", &*mount.volume)
            .title("title.mount")
            .proof(
                proof::field(
                    pod,
                    format!("{path}/volumeMounts/{}/mountPath", mount.index),
                    &mount.path,
                )
                .in_container(&container.name),
            )
            .fix_with("fix.mount", change())
    } else {
        finding.fix_with("fix", change())
    }
}

/// The end of a chain of messages, which says what is wrong.
fn last_part(error: &str) -> String {
    let known = [
        "error during container init: ",
        "unable to start container process: ",
        "desc = ",
    ];
    let rest = known
        .iter()
        .find_map(|words| Some(error.rsplit_once(words)?.1))
        .unwrap_or(error);
    crate::log_reading::brief(rest)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{crashing, never_created};
    use crate::testing::check;

    #[test]
    fn a_working_directory_that_is_a_file() {
        let objects = crashing("exitCode: 128, reason: StartError, message: 'unable to start container process: error during container init: mkdir /etc/passwd: not a directory'")
            .replace("image: ", "workingDir: /etc/passwd\n      image: ");
        check(&objects)
            .finds("container-config-error", "Pod shop/web[app]")
            .tells("title.directory")
            .with("value", "/etc/passwd")
            .alone();
    }

    #[test]
    fn a_sub_path_that_cannot_be_made() {
        let objects = crashing("exitCode: 0").replace(
            "state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}",
            "state: {waiting: {reason: CreateContainerConfigError, message: 'failed to prepare subPath for volumeMount \"data\" of container \"app\"'}}",
        )
        .replace("image: ", "volumeMounts: [{name: data, mountPath: /d, subPath: ../x}]\n      image: ");
        check(&objects)
            .finds("container-config-error", "Pod shop/web[app]")
            .tells("title.subpath")
            .with("value", "../x")
            .with("volume", "data");
    }

    #[test]
    fn a_user_that_the_image_does_not_have() {
        check(&never_created("failed to generate container \"1\" spec: unable to find user deploy: no matching entries in passwd file"))
            .finds("container-config-error", "Pod shop/web[app]")
            .tells("title.user").with("image", "reg.example/web:1").with("value", "deploy")
            .alone();
    }

    #[test]
    fn an_image_without_a_command() {
        check(&never_created("failed to generate container \"1\" spec: failed to generate spec: no command specified"))
            .finds("container-config-error", "Pod shop/web[app]")
            .tells("title.no-command")
            .alone();
    }

    #[test]
    fn one_that_could_be_created_since_is_well() {
        let objects = crashing("exitCode: 128, reason: StartError, message: 'error during container init: mkdir /x: not a directory'")
            .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}\n      ready: true");
        check(&objects).finds_nothing();
    }

    #[test]
    fn a_missing_object_or_command_is_another_cause() {
        let objects = crashing(
            "exitCode: 128, reason: StartError, message: 'exec: \"x\": executable file not found in $PATH'",
        );
        check(&objects).does_not_find("container-config-error");
        let objects = crashing("exitCode: 0").replace(
            "state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}",
            "state: {waiting: {reason: CreateContainerConfigError, message: 'secret \"x\" not found'}}",
        );
        check(&objects).does_not_find("container-config-error");
    }
}
