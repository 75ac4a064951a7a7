//! Symptom: `CrashLoopBackOff`, `Error`, a Pod that is `Failed`.
//! Cause: the process ends with a non-zero exit code of its own making; its last log lines
//! say why.
//! Fix: what the line says.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/>

use super::crash::{Crash, crashes};
use super::exit_code::meaning;
use super::start_error::start_error;
use super::told::explain;
use crate::facts::{Condition, ContainerKind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, Told, brief, is_killed};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::probe::said_by_kubelet;
use crate::rules::reason::reason_texts;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "app-exits-with-error",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/",
    // Whatever else is found on the container says more.
    rank: Rank::Symptom,
    runs: &[Run::Pod(run)],
    texts: reason_texts![
        text(
            "title",
            "Container {container} of {name} ends with an error ({meaning})",
            "{name} のコンテナ {container} がエラーで終了する（{meaning}）",
        ),
        text(
            "title.line",
            "Container {container} of {name} ends with an error: {line}",
            "{name} のコンテナ {container} がエラーで終了する: {line}",
        ),
        text(
            "title.variable",
            "Container {container} of {name} exits because the variable {variable} is not set",
            "{name} のコンテナ {container} が、環境変数 {variable} が設定されていないため終了する",
        ),
        text(
            "explanation",
            "The process ends by itself, {meaning}. It has been restarted {restarts} {restarts|time|times}. Its log does not say why.",
            "プロセスが自ら終了しています（{meaning}）。再起動は {restarts} 回です。ログに理由を示す行はありません。",
        ),
        text(
            "explanation.last",
            "The process ends by itself, {meaning}. It has been restarted {restarts} {restarts|time|times}. No line of its log is marked as an error; the last one is: {line}.",
            "プロセスが自ら終了しています（{meaning}）。再起動は {restarts} 回です。ログにエラーを示す行はなく、最後の行は次のとおりです: {line}。",
        ),
        text(
            "explanation.unread",
            "The process ends by itself, {meaning}. It has been restarted {restarts} {restarts|time|times}. Its log has not been read; it probably says why.",
            "プロセスが自ら終了しています（{meaning}）。再起動は {restarts} 回です。ログはまだ読み取っていません。理由が書かれている可能性があります。",
        ),
        text(
            "explanation.line",
            "The process ends by itself, {meaning}, and this line of its log says why. {pods} {pods|Pod|Pods}, {restarts} {restarts|restart|restarts}.",
            "プロセスが自ら終了しています（{meaning}）。ログのこの行が理由を示しています。Pod {pods} 個、再起動 {restarts} 回です。",
        ),
        text(
            "explanation.variable",
            "The process ends by itself, {meaning}, and says that {variable} is missing. Neither env nor envFrom of the container gives it.",
            "プロセスが自ら終了しており（{meaning}）、{variable} がないと出力しています。コンテナの env にも envFrom にもこの変数がありません。",
        ),
        text(
            "explanation.variable-near",
            "The process ends by itself, {meaning}, and says that {variable} is missing. {where} has {near} instead.",
            "プロセスが自ら終了しており（{meaning}）、{variable} がないと出力しています。{where} には {near} があります。",
        ),
        text(
            "explanation.variable-empty",
            "The process ends by itself, {meaning}, and says that {variable} is missing, although the container's env names it: its value may be empty or wrong.",
            "プロセスが自ら終了しており（{meaning}）、{variable} がないと出力しています。コンテナの env には指定されているため、値が空か誤っている可能性があります。",
        ),
        text(
            "explanation.file",
            "The process ends by itself, {meaning}, because {path} is not there. {what} {object} is mounted at {mount} and has no key {key}; it has {keys}.",
            "プロセスが自ら終了しています（{meaning}）。{path} がありません。{mount} にマウントされた {what} {object} にキー {key} がなく、あるのは {keys} です。",
        ),
        text(
            "explanation.permission",
            "The process ends by itself, {meaning}, because the user that it runs as may not use {path}. {pods} {pods|Pod|Pods}, {restarts} {restarts|restart|restarts}.",
            "プロセスが自ら終了しています（{meaning}）。実行ユーザーに {path} を使う権限がありません。Pod {pods} 個、再起動 {restarts} 回です。",
        ),
        text(
            "explanation.login",
            "The process ends by itself, {meaning}, because the server that it calls refuses its user or password. They come from {sources}.",
            "プロセスが自ら終了しています（{meaning}）。接続先のサーバーがユーザー名またはパスワードを拒否しています。認証情報の参照元は {sources} です。",
        ),
        text(
            "fix.near",
            "If {near} is meant to be {variable}, correct its name in {where}.",
            "{near} が {variable} の誤りであれば、{where} の名前を修正します。",
        ),
        text(
            "fix.file",
            "Add the key {key} to {what} {object}, or correct the path that the process reads.",
            "{what} {object} にキー {key} を追加するか、プロセスが読むパスを修正します。",
        ),
        text(
            "fix.variable",
            "Set {variable} in env of container {container}, from a ConfigMap or Secret where it belongs.",
            "コンテナ {container} の env に {variable} を設定します。必要に応じて ConfigMap や Secret から参照します。",
        ),
        text(
            "fix.line",
            "Fix what the line says in the application, its image, or what {kind} {name} configures it with. The whole log:",
            "アプリケーション、イメージ、または {kind} {name} の設定について、この行が示す原因を修正します。ログ全体:",
        ),
        text(
            "fix.log",
            "Read the log of the run that ended:",
            "終了した実行のログを確認します:",
        ),
        text(
            "fix.signal",
            "The process crashed: look for the fault in the application or its libraries, with the same image and input.",
            "プロセスがクラッシュしています。同じイメージと入力で、アプリケーションやライブラリの不具合を調べます。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot) {
        let code = crash.end.1.exit_code;
        // An init container has rules of its own; a process that the kubelet or the kernel
        // ended, or that never began, did not end by itself.
        let initialized = pod.condition("Initialized").is_some_and(Condition::is_true);
        let is_init = match crash.container.kind {
            ContainerKind::Init => true,
            ContainerKind::Sidecar => !initialized,
            ContainerKind::Regular | ContainerKind::Ephemeral => false,
        };
        let own = !is_init
            && code != 0
            && !matches!(&*crash.end.1.reason, "OOMKilled" | "ContainerStatusUnknown")
            && start_error(pod, crash.status).is_none()
            && said_by_kubelet(pod, crash.container, crash.status, snapshot).is_none();
        if own {
            add(pod, &crash, snapshot, findings);
        }
    }
}

fn add(pod: &Pod, crash: &Crash<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Crash {
        container,
        status,
        end,
    } = *crash;
    let words = findings.last_words(snapshot, pod, status);
    let code = end.1.exit_code;
    let mut finding = Finding::on_container(snapshot, pod, container)
        .arg("meaning", meaning(code))
        .arg("restarts", status.restarts)
        .since(crash.since(pod, snapshot));
    let command = kubectl::logs(
        &pod.meta.namespace,
        &pod.meta.name,
        &container.name,
        status.is_running(),
    );
    let told = words.reason(code);
    finding = match told {
        Some(told) => {
            let finding = finding.proof(told.proof(pod));
            explain(finding, told, pod, container, snapshot, findings).fix_with("fix.line", command)
        }
        None => {
            let finding = if words.awaited || words.unread.is_some() {
                finding.explanation("explanation.unread")
            } else {
                match words.last.as_ref().filter(|_| !is_killed(code)) {
                    Some(last) => finding
                        .arg("line", brief(&last.line.text))
                        .explanation("explanation.last")
                        .proof(last.proof(pod)),
                    None => finding,
                }
            };
            finding.fix_with("fix.log", command)
        }
    };
    if matches!(code, 132 | 134..=136 | 139) {
        finding = finding.fix("fix.signal");
    }
    // The most telling line is local, and none speaks of the network.
    let is_about_others = |told: &Told| {
        matches!(
            told.claim,
            Claim::Refused(_)
                | Claim::NoAnswer(_)
                | Claim::Unresolved { .. }
                | Claim::LoginRefused
                | Claim::Unauthorized
        )
    };
    if words.told.first().is_some_and(|told| told.claim.is_local())
        && !words.told.iter().any(is_about_others)
    {
        finding = finding.of_its_own();
    }
    findings.add(
        finding
            .proof(proof::ended(pod, status, end, "exitCode"))
            .proofs(proof::restarts(pod, status)),
    );
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn the_log_says_why() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "starting\nFATAL: DATABASE_URL is not set\n",
            )
            .finds("app-exits-with-error", "Pod shop/web[app]")
            .tells("title.variable")
            .with("variable", "DATABASE_URL")
            .proves("FATAL: DATABASE_URL is not set")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn the_log_is_wanted() {
        check(&crashing("exitCode: 1, reason: Error"))
            .wants_log("app")
            .cannot_tell("unknown.log-unread");
    }

    #[test]
    fn the_termination_message_says_why() {
        check(&crashing(
            "exitCode: 3, reason: Error, message: 'FATAL: import aborted'",
        ))
        .finds("app-exits-with-error", "Pod shop/web[app]")
        .tells("title.line")
        .with("line", "FATAL: import aborted");
    }

    #[test]
    fn between_two_runs_the_state_is_terminated() {
        // Kubelets since 1.34 show the end itself for most of a short back-off.
        let objects = crashing("exitCode: 1, reason: Error")
            .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", "state: {terminated: {exitCode: 1, reason: Error}}");
        check(&objects).finds("app-exits-with-error", "Pod shop/web[app]");
    }

    #[test]
    fn what_the_kernel_or_the_runtime_ended_is_another_cause() {
        for terminated in [
            "exitCode: 137, reason: OOMKilled",
            "exitCode: 0, reason: Completed",
            "exitCode: 128, reason: StartError, message: 'exec: \"x\": executable file not found in $PATH'",
        ] {
            check(&crashing(terminated)).does_not_find("app-exits-with-error");
        }
    }

    #[test]
    fn one_restart_long_ago_is_history() {
        let objects = crashing("exitCode: 1, reason: Error")
            .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}\n      ready: true");
        check(&objects).finds_nothing();
    }

    #[test]
    fn a_line_that_says_no_error_is_not_the_reason() {
        let log = "sync finished, 1204 rows\n";
        check(&crashing("exitCode: 137, reason: Error"))
            .log("shop/web", "app", false, log)
            .finds("app-exits-with-error", "Pod shop/web[app]")
            .tells("title")
            .tells("explanation");
        check(&crashing("exitCode: 1, reason: Error"))
            .log("shop/web", "app", false, log)
            .finds("app-exits-with-error", "Pod shop/web[app]")
            .tells("title")
            .tells("explanation.last")
            .with("line", "sync finished, 1204 rows");
    }

    #[test]
    fn each_claim_has_its_step() {
        for (line, step) in [
            ("exec /app: argument list too long", "fix.arguments"),
            ("sqlite3.OperationalError: database is locked", "fix.locked"),
            (
                "lookup db.example.com on 10.96.0.10:53: server misbehaving",
                "fix.resolver",
            ),
        ] {
            says(
                &crashing("exitCode: 1, reason: Error"),
                &format!("{line}\n"),
            )
            .offers(step);
        }
    }

    fn says(objects: &str, line: &str) -> crate::testing::Found {
        check(objects)
            .log("shop/web", "app", false, line)
            .finds("app-exits-with-error", "Pod shop/web[app]")
    }

    #[test]
    fn a_variable_of_a_similar_name_is_named() {
        let own = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "env: [{name: DATABSE_URL, value: x}]\n      image: ",
        );
        says(&own, "FATAL: DATABASE_URL is not set\n")
            .tells("explanation.variable-near")
            .with("where", "env of container app")
            .with("near", "DATABSE_URL")
            .offers("fix.near")
            .with("where", "env of container app")
            .alone();
        let from = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "envFrom: [{prefix: APP_, configMapRef: {name: settings}}]\n      image: ",
        ) + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {DATABSE_URL: x}\n";
        says(&from, "FATAL: APP_DATABASE_URL is not set\n")
            .tells("explanation.variable-near")
            .with("where", "ConfigMap settings")
            .with("near", "DATABSE_URL");
    }

    #[test]
    fn a_file_that_a_mounted_config_map_does_not_have() {
        let objects = crashing("exitCode: 1, reason: Error")
            .replace(
                "image: ",
                "volumeMounts: [{name: c, mountPath: /etc/app/}]\n      image: ",
            )
            .replace(
                "  containers:",
                "  volumes: [{name: c, configMap: {name: settings}}]\n  containers:",
            )
            + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {app.yml: x}\n";
        says(
            &objects,
            "panic: open /etc/app/app.yaml: no such file or directory\n",
        )
        .tells("explanation.file")
        .with("key", "app.yaml")
        .with_list("keys", ["app.yml"])
        .alone();
    }

    #[test]
    fn a_path_that_its_user_may_not_use() {
        says(
            &crashing("exitCode: 1, reason: Error"),
            "mkdir: cannot create directory '/data/db': Permission denied\n",
        )
        .tells("explanation.permission")
        .with("path", "/data/db")
        .offers("fix.permission")
        .alone();
    }
}
