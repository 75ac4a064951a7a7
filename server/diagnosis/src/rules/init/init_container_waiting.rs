//! Symptom: `Init:0/1` for long; the Pod stays Pending.
//! Cause: an init container runs on and on, waiting for something that does not come.
//! Fix: what it waits for.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/>

use crate::facts::{ContainerKind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, brief};
use crate::patience::{INIT, INIT_COMPLAINS};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "init-container-waiting",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Init container {container} of {name} has run for {since} and does not end, so the Pod's own containers do not start",
            "{name} の init コンテナ {container} が {since} 実行されたまま終わらず、Pod 本来のコンテナが起動しない",
        ),
        text(
            "title.line",
            "Init container {container} of {name} waits and does not end: {line}",
            "{name} の init コンテナ {container} が待機したまま終わらない: {line}",
        ),
        text(
            "explanation",
            "An init container must end before the next one starts. This one has run for {since} and probably waits for something that does not come.",
            "init コンテナが終わるまで次のコンテナは起動しません。このコンテナは {since} 実行されており、来ないものを待っている可能性があります。",
        ),
        text(
            "fix",
            "Provide what the init container waits for; its log says what:",
            "init コンテナが待っているものを用意します。ログで確認します:",
        ),
        text(
            "proof.running",
            "Init container {container} is still running",
            "init コンテナ {container} がまだ実行中",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() {
        return;
    }
    for (container, status) in pod.containers() {
        let (ContainerKind::Init, Some(status)) = (container.kind, status) else {
            continue;
        };
        let Some(since) = status.running_since() else {
            continue;
        };
        if !INIT_COMPLAINS.has_ended(Some(since), snapshot) {
            continue;
        }
        let words = findings.present_words(snapshot, pod, status);
        let told = words.find(|claim| {
            matches!(
                claim,
                Claim::Unresolved { .. }
                    | Claim::ResolverFailed { .. }
                    | Claim::LoginRefused
                    | Claim::Unauthorized
                    | Claim::Certificate(_)
                    | Claim::Forbidden { .. }
                    | Claim::Refused(_)
                    | Claim::NoAnswer(_)
                    | Claim::MissingFile { .. }
            )
        });
        // What it said last is what it does.
        let waits = words.find(|claim| matches!(claim, Claim::Waiting));
        let told = told.or_else(|| {
            waits.filter(|told| {
                words
                    .last
                    .as_ref()
                    .is_some_and(|last| last.line == told.line)
            })
        });
        if told.is_none() && !INIT.has_ended(Some(since), snapshot) {
            continue;
        }
        // How long is not part of the title's identity: siblings began at other moments.
        let finding = Finding::on_container(snapshot, pod, container)
            .likely()
            .arg("since", podside_model::Arg::Seconds(snapshot.age(since)))
            .since(Some(since));
        let finding = match told {
            Some(told) => finding
                .arg("line", brief(&told.line.text))
                .title("title.line")
                .proof(told.proof(pod)),
            None => finding,
        };
        let logs = kubectl::logs(&pod.meta.namespace, &pod.meta.name, &container.name, false);
        findings.add(
            finding
                .proof(
                    proof::field(pod, status.path("state/running/startedAt"), since)
                        .in_container(&container.name)
                        .saying("proof.running"),
                )
                .fix_with("fix", logs),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn waiting(since: &str) -> String {
        "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec:
  nodeName: node-1
  initContainers: [{name: wait, image: x}]
  containers: [{name: app, image: x}]
status:
  phase: Pending
  initContainerStatuses:
    - {name: wait, state: {running: {startedAt: '2026-01-01TSINCEZ'}}}
  containerStatuses:
    - {name: app, state: {waiting: {reason: PodInitializing}}}
"
        .replace("SINCE", since)
    }

    #[test]
    fn one_that_complains() {
        check(&waiting("11:58:00"))
            .log(
                "shop/web",
                "wait",
                false,
                "nc: db:5432: connection refused\n",
            )
            .finds("init-container-waiting", "Pod shop/web[wait]")
            .tells("title.line")
            .with("line", "nc: db:5432: connection refused")
            .is_likely();
    }

    #[test]
    fn one_that_says_that_it_waits() {
        check(&waiting("11:58:00"))
            .log(
                "shop/web",
                "wait",
                false,
                "waiting for postgres...\nwaiting for postgres...\n",
            )
            .finds("init-container-waiting", "Pod shop/web[wait]")
            .tells("title.line")
            .with("line", "waiting for postgres...");
        check(&waiting("11:58:00"))
            .log(
                "shop/web",
                "wait",
                false,
                "waiting for postgres...\nmigrating table 3 of 9\n",
            )
            .finds_nothing();
    }

    #[test]
    fn one_that_runs_for_long() {
        check(&waiting("11:00:00"))
            .log("shop/web", "wait", false, "waiting\n")
            .finds("init-container-waiting", "Pod shop/web[wait]");
    }

    #[test]
    fn one_that_is_at_work() {
        check(&waiting("11:58:00"))
            .log("shop/web", "wait", false, "migrating table 3 of 9\n")
            .finds_nothing();
    }
}
