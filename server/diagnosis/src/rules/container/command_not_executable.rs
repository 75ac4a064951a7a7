//! Symptom: `CrashLoopBackOff` with `StartError` or exit code 126, `RunContainerError`.
//! Cause: the command exists and may not be executed, or is built for another processor.
//! Fix: set the executable bit in the image, or build for the node's architecture.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/>

use super::crash::{Crash, crashes, crashing_since};
use super::start_error::{StartFault, command, start_error, start_errors};
use crate::facts::{Container, ContainerStatus, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "command-not-executable",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Command {command} of container {container} may not be executed: permission denied",
            "コンテナ {container} のコマンド {command} を実行できない: 権限がない",
        ),
        text(
            "title.format",
            "Command {command} of container {container} cannot be executed on this node: exec format error",
            "コンテナ {container} のコマンド {command} をこのノードで実行できない: exec format error",
        ),
        text(
            "title.own",
            "The image's own command of container {container} may not be executed: permission denied",
            "コンテナ {container} のイメージに設定されたコマンドを実行できない: 権限がない",
        ),
        text(
            "title.format-own",
            "The image's own command of container {container} cannot be executed on this node: exec format error",
            "コンテナ {container} のイメージに設定されたコマンドをこのノードで実行できない: exec format error",
        ),
        text(
            "explanation",
            "The file is in image {image}, but it is not executable for the user that the container runs as, or it is a directory. {pods} {pods|Pod tries|Pods try} again and again.",
            "ファイルはイメージ {image} にありますが、コンテナの実行ユーザーに実行権限がないか、ディレクトリです。{pods} 個の Pod が再試行を繰り返しています。",
        ),
        text(
            "explanation.format",
            "The kernel of the node does not know the format of the file: image {image} is built for another architecture than {arch}, or the file is a script without an interpreter in its first line.",
            "ノードのカーネルがファイルの形式を認識できません。イメージ {image} が {arch} 以外のアーキテクチャ用であるか、1 行目にインタープリター指定のないスクリプトです。",
        ),
        text(
            "explanation.format-any",
            "The kernel of the node does not know the format of the file: image {image} is built for another architecture, or the file is a script without an interpreter in its first line.",
            "ノードのカーネルがファイルの形式を認識できません。イメージ {image} が別のアーキテクチャ用であるか、1 行目にインタープリター指定のないスクリプトです。",
        ),
        text(
            "fix",
            "Make the file executable in the image (COPY --chmod=0755, or chmod +x), or run it through its interpreter in command.",
            "イメージ内でファイルに実行権限を付けるか（COPY --chmod=0755 や chmod +x）、command でインタープリターを通して実行します。",
        ),
        text(
            "fix.format",
            "Build the image for the node's architecture, or place the Pods on nodes of the image's with a nodeSelector on kubernetes.io/arch.",
            "ノードのアーキテクチャ用にイメージをビルドするか、kubernetes.io/arch の nodeSelector でイメージに合うノードに配置します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for (container, status, error) in start_errors(pod, snapshot) {
        if error.fault == StartFault::NotExecutable {
            let fault = Fault {
                command: command(error.message).map_or_else(|| first(container), str::to_owned),
                format: error.message.to_lowercase().contains("exec format error"),
                proof: error.proof,
            };
            findings.add(finding(pod, container, status, fault, snapshot));
        }
    }
    for crash in crashes(pod, snapshot) {
        if let Some(fault) = said(pod, snapshot, findings, &crash) {
            findings.add(finding(pod, crash.container, crash.status, fault, snapshot));
        }
    }
}

/// A command that cannot be executed, whether its format is what is wrong, and what says so.
struct Fault {
    command: String,
    format: bool,
    proof: Proof,
}

fn finding(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    fault: Fault,
    snapshot: &Snapshot,
) -> Finding {
    let node = snapshot.nodes.get("", &pod.node);
    let arch = node.map(|n| &*n.architecture).filter(|a| !a.is_empty());
    let end = status.last_end();
    let finding = Finding::on_container(snapshot, pod, container)
        .arg("image", &*container.image)
        .proof(fault.proof)
        .proofs(end.map(|end| proof::ended(pod, status, end, "exitCode")))
        .since(
            end.and_then(|(_, end)| crashing_since(pod, &container.name, end, snapshot))
                .or(pod.started),
        );
    // Without a command of its own the container runs what its image says, which the API does
    // not show.
    let finding = match (fault.command.is_empty(), fault.format) {
        (true, true) => finding.title("title.format-own"),
        (true, false) => finding.title("title.own"),
        (false, true) => finding.title("title.format").arg("command", fault.command),
        (false, false) => finding.arg("command", fault.command),
    };
    if !fault.format {
        return finding;
    }
    let finding = finding.fix("fix.format");
    match arch {
        Some(arch) => finding.explanation("explanation.format").arg("arch", arch),
        None => finding.explanation("explanation.format-any"),
    }
}

fn first(container: &Container) -> String {
    let first = container.command.first();
    first.map(ToString::to_string).unwrap_or_default()
}

/// What a shell, or the process that should have become the command, says in the log.
fn said(
    pod: &Pod,
    snapshot: &Snapshot,
    findings: &mut Findings,
    crash: &Crash<'_>,
) -> Option<Fault> {
    // The init process of runc ends with 1 or 255 and a shell with 126.
    if !matches!(crash.end.1.exit_code, 1 | 126 | 255) || start_error(pod, crash.status).is_some() {
        return None;
    }
    let words = findings.last_words(snapshot, pod, crash.status);
    let told = words.told.first()?;
    let (path, format) = match &told.claim {
        Claim::ExecFormat { path } => (path, true),
        Claim::PermissionDenied { path } if crash.end.1.exit_code == 126 => (path, false),
        _ => return None,
    };
    let command = if path.is_empty() {
        first(crash.container)
    } else {
        path.clone()
    };
    Some(Fault {
        command,
        format,
        proof: told.proof(pod),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn the_runtime_may_not_execute_it() {
        let objects = crashing(
            "exitCode: 128, reason: StartError, message: 'exec: \"/app/start.sh\": permission denied'",
        );
        check(&objects)
            .finds("command-not-executable", "Pod shop/web[app]")
            .tells("title")
            .with("command", "/app/start.sh")
            .alone();
    }

    #[test]
    fn with_crun_the_container_is_never_created() {
        let objects = super::super::testing::never_created(
            "container create failed: open executable: Permission denied",
        );
        check(&objects)
            .finds("command-not-executable", "Pod shop/web[app]")
            .alone();
    }

    #[test]
    fn an_image_for_another_processor() {
        check(&crashing("exitCode: 255, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "exec /app/server: exec format error\n",
            )
            .finds("command-not-executable", "Pod shop/web[app]")
            .tells("explanation.format-any")
            .alone();
    }

    #[test]
    fn a_shell_that_may_not_execute_it() {
        check(&crashing("exitCode: 126, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "sh: 1: /app/run: Permission denied\n",
            )
            .finds("command-not-executable", "Pod shop/web[app]")
            .alone();
    }

    #[test]
    fn a_program_that_may_not_read_a_file_is_another_cause() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "open /etc/key: permission denied\n",
            )
            .does_not_find("command-not-executable");
    }
}
