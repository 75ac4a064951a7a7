//! Symptom: `CrashLoopBackOff` with `StartError`, exit code 127 or 128, or a container that
//! waits with `RunContainerError`.
//! Cause: the command, or the interpreter that it names, is not in the image.
//! Fix: correct `command`, or use an image that has it.
//! Source: <https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/>

use super::crash::{Crash, crashes, crashing_since};
use super::start_error::{StartFault, command, start_error, start_errors};
use crate::facts::{Container, ContainerStatus, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "command-not-found",
    source: "https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Command {command} is not in image {image}, so container {container} cannot start",
            "コマンド {command} がイメージ {image} にないため、コンテナ {container} を起動できない",
        ),
        text(
            "explanation",
            "The runtime looked for {command} in the image and did not find it, or did not find the interpreter that its first line names. {pods} {pods|Pod tries|Pods try} again and again.",
            "ランタイムがイメージ内で {command} を探しましたが、見つかりません。コマンド自体か、その 1 行目に書かれたインタープリターがありません。{pods} 個の Pod が再試行を繰り返しています。",
        ),
        text(
            "fix.command",
            "Correct command in {kind} {name}: the path must exist in the image. Without command the image's own entrypoint runs.",
            "{kind} {name} の command を修正します。パスはイメージ内に存在するものにします。command がなければイメージ自身のエントリーポイントが実行されます。",
        ),
        text(
            "fix.image",
            "Or use an image that holds {command}; a script needs its interpreter too, and Unix line ends.",
            "または {command} を含むイメージを使用します。スクリプトにはインタープリターと Unix 形式の改行も必要です。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for (container, status, error) in start_errors(pod, snapshot) {
        if error.fault == StartFault::NotFound {
            let named = command(error.message).map(str::to_owned);
            let first = || container.command.first().map(ToString::to_string);
            let named = named.or_else(first).unwrap_or_default();
            findings.add(finding(
                pod,
                container,
                status,
                &named,
                error.proof,
                snapshot,
            ));
        }
    }
    for crash in crashes(pod, snapshot) {
        if let Some((command, proof)) = missing(pod, snapshot, findings, &crash) {
            let found = finding(
                pod,
                crash.container,
                crash.status,
                &command,
                proof,
                snapshot,
            );
            findings.add(found);
        }
    }
}

fn finding(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    command: &str,
    proof: Proof,
    snapshot: &Snapshot,
) -> Finding {
    let end = status.last_end();
    let change = kubectl::change(&snapshot.top_of(pod).object_ref());
    Finding::on_container(snapshot, pod, container)
        .arg("command", command)
        .arg("image", &*container.image)
        .proof(proof)
        .proofs(written(pod, container))
        .proofs(end.map(|end| proof::ended(pod, status, end, "exitCode")))
        .fix_with("fix.command", change)
        .fix("fix.image")
        .since(
            end.and_then(|(_, end)| crashing_since(pod, &container.name, end, snapshot))
                .or(pod.started),
        )
}

/// The command that a shell in the container did not find, and the line that says so.
fn missing(
    pod: &Pod,
    snapshot: &Snapshot,
    findings: &mut Findings,
    crash: &Crash<'_>,
) -> Option<(String, Proof)> {
    // A shell ends with 127 when it does not find the command and with 126 when it does not
    // find the interpreter that the command names; the init process of runc with 1 or 255
    // then, and says so in the log.
    let code = crash.end.1.exit_code;
    if !matches!(code, 126 | 127 | 255 | 1) || start_error(pod, crash.status).is_some() {
        return None;
    }
    let words = findings.last_words(snapshot, pod, crash.status);
    let told = words.told.first()?;
    let (name, sure) = match &told.claim {
        Claim::CommandNotFound { name } => (
            name,
            matches!(code, 126 | 127) || told.line.text.starts_with("exec "),
        ),
        Claim::MissingFile { path } => (path, code == 127 && !path.is_empty()),
        _ => return None,
    };
    sure.then(|| (name.clone(), told.proof(pod)))
}

/// `command` and `args` as the Pod has them.
fn written(pod: &Pod, container: &Container) -> Vec<Proof> {
    container
        .command
        .first()
        .map(|first| {
            proof::field(pod, format!("{}/command/0", container.path()), first)
                .in_container(&container.name)
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn the_runtime_says_so() {
        let objects = crashing(
            "exitCode: 128, reason: StartError, message: 'exec: \"/app/serve\": stat /app/serve: no such file or directory'",
        );
        check(&objects)
            .finds("command-not-found", "Pod shop/web[app]")
            .tells("title")
            .with("command", "/app/serve")
            .alone();
    }

    #[test]
    fn with_cri_o_the_container_is_never_created() {
        let objects = super::super::testing::never_created(
            "container create failed: time=\"2026-01-01T11:59:00Z\" level=error msg=\"runc create failed: unable to start container process: exec: \\\"gunicrn\\\": executable file not found in $PATH\"",
        );
        check(&objects)
            .finds("command-not-found", "Pod shop/web[app]")
            .tells("title")
            .with("command", "gunicrn")
            .alone();
    }

    #[test]
    fn one_that_could_be_started_since_is_well() {
        let objects = crashing(
            "exitCode: 128, reason: StartError, message: 'exec: \"/app/serve\": stat /app/serve: no such file or directory'",
        )
        .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}\n      ready: true");
        check(&objects).finds_nothing();
    }

    #[test]
    fn a_shell_says_so_in_the_log() {
        check(&crashing("exitCode: 127, reason: Error"))
            .log("shop/web", "app", false, "sh: 1: gunicorn: not found\n")
            .finds("command-not-found", "Pod shop/web[app]")
            .tells("title")
            .with("command", "gunicorn")
            .alone();
    }

    #[test]
    fn a_script_that_is_not_there_or_whose_interpreter_is_not() {
        for (code, line, command) in [
            (
                127,
                "bash: /app/run.sh: No such file or directory",
                "/app/run.sh",
            ),
            (
                127,
                "/usr/bin/env: 'python': No such file or directory",
                "python",
            ),
            (
                126,
                "/app/run.sh: /bin/bash^M: bad interpreter: No such file or directory",
                "/bin/bash",
            ),
        ] {
            check(&crashing(&format!("exitCode: {code}, reason: Error")))
                .log("shop/web", "app", false, line)
                .finds("command-not-found", "Pod shop/web[app]")
                .tells("title")
                .with("command", command)
                .alone();
        }
    }

    #[test]
    fn a_missing_working_directory_is_another_cause() {
        let objects = crashing(
            "exitCode: 128, reason: StartError, message: 'chdir to cwd (\"/srv\") set in config.json failed: no such file or directory'",
        );
        check(&objects).does_not_find("command-not-found");
    }

    #[test]
    fn a_program_that_misses_a_file_is_another_cause() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "open /etc/app.yaml: no such file or directory\n",
            )
            .does_not_find("command-not-found");
    }
}
