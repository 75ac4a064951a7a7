//! Symptom: `CrashLoopBackOff` though the last state is `Completed` with exit code 0.
//! Cause: the process ends without an error, and the restart policy wants it to keep
//! running, so it is restarted for ever.
//! Fix: a command that stays in the foreground, or a Job.
//! Source: <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy>

use super::crash::crashes;
use crate::facts::{ContainerKind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::probe::ended_by_probe;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "app-exits-at-once",
    source: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} ends with exit code 0 and is restarted forever",
            "{name} のコンテナ {container} が終了コード 0 で終了し、再起動を繰り返す",
        ),
        text(
            "explanation",
            "The process is done and ends without an error, after {ran}. With restartPolicy Always it is meant to keep running, so the kubelet starts it again: {restarts} {restarts|time|times} so far.",
            "プロセスは {ran}でエラーなく終了しています。restartPolicy Always では動き続ける必要があるため、kubelet が再び起動します（これまでに {restarts} 回）。",
        ),
        text(
            "fix.command",
            "Let the container run a command that stays in the foreground: not a server with its daemon option, and not a shell without input.",
            "フォアグラウンドで動き続けるコマンドを実行します。サーバーはデーモン化せず、入力のないシェルは使いません。",
        ),
        text(
            "fix.job",
            "Work that ends belongs in a Job or CronJob.",
            "終了する処理は Job または CronJob にします。",
        ),
        text(
            "proof.command",
            "This is the command that container {container} runs",
            "コンテナ {container} が実行するコマンド",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot) {
        let end = crash.end.1;
        let ran = match (end.started, end.finished) {
            (Some(started), Some(finished)) => finished.as_second() - started.as_second(),
            _ => 0,
        };
        if crash.container.kind == ContainerKind::Init
            || end.exit_code != 0
            || &*end.reason == "OOMKilled"
            || crash.status.restarts == 0
            || ended_by_probe(pod, crash.container, crash.status, snapshot, findings).is_some()
        {
            continue;
        }
        let container = crash.container;
        let list = if container.command.is_empty() {
            "args"
        } else {
            "command"
        };
        let first = container.command.first().or(container.args.first());
        findings.add(
            Finding::on_container(snapshot, pod, container)
                .arg("ran", podside_model::Arg::Seconds(ran))
                .arg("restarts", crash.status.restarts)
                .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
                .proofs(proof::restarts(pod, crash.status))
                .proof(proof::field(
                    pod,
                    "/spec/restartPolicy",
                    &pod.spec.restart_policy,
                ))
                .proofs(first.map(|first| {
                    proof::field(pod, format!("{}/{list}/0", container.path()), first)
                        .in_container(&container.name)
                        .saying("proof.command")
                }))
                .fix("fix.command")
                .fix("fix.job")
                .since(crash.since(pod, snapshot)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn a_process_that_is_done_is_started_again() {
        check(&crashing("exitCode: 0, reason: Completed"))
            .finds("app-exits-at-once", "Pod shop/web[app]")
            .tells("explanation")
            .with_seconds("ran", 1)
            .alone();
    }

    #[test]
    fn a_pod_that_may_end_is_done() {
        let objects = crashing("exitCode: 0, reason: Completed")
            .replace("restartPolicy: Always", "restartPolicy: OnFailure")
            .replace("phase: Running", "phase: Succeeded")
            .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", "state: {terminated: {exitCode: 0, reason: Completed}}");
        check(&objects).finds_nothing();
    }

    #[test]
    fn one_that_the_liveness_probe_ends_is_another_cause() {
        let objects = crashing("exitCode: 0, reason: Completed")
            + "---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: shop}
involvedObject: {kind: Pod, namespace: shop, name: web, uid: p, fieldPath: 'spec.containers{app}'}
reason: Killing
message: Container app failed liveness probe, will be restarted
";
        check(&objects).does_not_find("app-exits-at-once");
    }
}
