//! Symptom: `Init:CrashLoopBackOff`, `Init:Error`; the Pod stays Pending.
//! Cause: an init container ends with an error, so the Pod's own containers never start.
//! Fix: what its log says.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/>

use crate::facts::{Condition, ContainerKind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{brief, is_killed};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::{Crash, crashes};
use crate::rules::container::exit_code::meaning;
use crate::rules::container::start_error::start_error;
use crate::rules::probe::said_by_kubelet;
use crate::rules::reason::{advised, reason_texts};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "init-container-failing",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-init-containers/",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: reason_texts![
        text(
            "title",
            "Init container {container} of {name} fails ({meaning}), so the Pod's own containers never start",
            "{name} の init コンテナ {container} が失敗し（{meaning}）、Pod 本来のコンテナが起動しない",
        ),
        text(
            "title.line",
            "Init container {container} of {name} fails, so the Pod's own containers never start: {line}",
            "{name} の init コンテナ {container} が失敗し、Pod 本来のコンテナが起動しない: {line}",
        ),
        text(
            "explanation",
            "Init containers run one after the other, and each must end with exit code 0 before the next one starts. This one ends with {meaning}; {restarts} {restarts|restart|restarts} so far, {waiting} {waiting|container waits|containers wait}.",
            "init コンテナは 1 つずつ実行され、終了コード 0 で終わるまで次は起動しません。このコンテナは失敗しています（{meaning}）。再起動は {restarts} 回、待機中のコンテナは {waiting} 個です。",
        ),
        text(
            "explanation.last",
            "Init containers run one after the other, and each must end with exit code 0 before the next one starts. This one ends with {meaning}; {restarts} {restarts|restart|restarts} so far. No line of its log is marked as an error; the last one is: {line}.",
            "init コンテナは 1 つずつ実行され、終了コード 0 で終わるまで次は起動しません。このコンテナは失敗しています（{meaning}）。再起動は {restarts} 回です。ログにエラーを示す行はなく、最後の行は次のとおりです: {line}。",
        ),
        text(
            "explanation.sidecar",
            "It is a native sidecar: an init container with restartPolicy Always. The containers after it wait until it has started, and it ends with {meaning}; {restarts} {restarts|restart|restarts} so far, {waiting} {waiting|container waits|containers wait}.",
            "これはネイティブサイドカー（restartPolicy: Always の init コンテナ）です。起動するまで後続のコンテナは待機しますが、失敗しています（{meaning}）。再起動は {restarts} 回、待機中のコンテナは {waiting} 個です。",
        ),
        text(
            "fix",
            "Fix what the log of the init container says:",
            "init コンテナのログが示す原因を修正します:",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot) {
        let holds_up = match crash.container.kind {
            ContainerKind::Init => true,
            // A sidecar that fails after the others have started is an application that fails.
            ContainerKind::Sidecar => !pod.condition("Initialized").is_some_and(Condition::is_true),
            ContainerKind::Regular | ContainerKind::Ephemeral => false,
        };
        let own = crash.end.1.exit_code != 0
            && &*crash.end.1.reason != "OOMKilled"
            && start_error(pod, crash.status).is_none()
            && said_by_kubelet(pod, crash.container, crash.status, snapshot).is_none();
        if holds_up && own {
            add(pod, &crash, snapshot, findings);
        }
    }
}

fn add(pod: &Pod, crash: &Crash<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let waiting = pod
        .containers()
        .filter(|(_, status)| {
            status.is_some_and(|s| s.waiting().is_some_and(|(r, _)| r == "PodInitializing"))
        })
        .count();
    let words = findings.last_words(snapshot, pod, crash.status);
    let finding = Finding::on_container(snapshot, pod, crash.container)
        .arg("meaning", meaning(crash.end.1.exit_code))
        .arg("restarts", crash.status.restarts)
        .arg("waiting", waiting)
        .since(crash.since(pod, snapshot));
    let code = crash.end.1.exit_code;
    let finding = match words.reason(code) {
        Some(told) => {
            let finding = finding
                .arg("line", brief(&told.line.text))
                .title("title.line")
                .proof(told.proof(pod));
            advised(finding, &told.claim, pod, crash.container, snapshot)
        }
        None => match words.last.as_ref().filter(|_| !is_killed(code)) {
            Some(last) => finding
                .arg("line", brief(&last.line.text))
                .explanation("explanation.last")
                .proof(last.proof(pod)),
            None => finding,
        },
    };
    let finding = if crash.container.kind == ContainerKind::Sidecar {
        finding.explanation("explanation.sidecar")
    } else {
        finding
    };
    findings.add(
        finding
            .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
            .proofs(proof::restarts(pod, crash.status))
            .fix_with(
                "fix",
                kubectl::logs(
                    &pod.meta.namespace,
                    &pod.meta.name,
                    &crash.container.name,
                    crash.status.is_running(),
                ),
            ),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec:
  nodeName: node-1
  initContainers: [{name: migrate, image: x}]
  containers: [{name: app, image: x}]
status:
  phase: Pending
  initContainerStatuses:
    - name: migrate
      restartCount: 3
      state: {waiting: {reason: CrashLoopBackOff}}
      lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
  containerStatuses:
    - {name: app, state: {waiting: {reason: PodInitializing}}}
";

    #[test]
    fn the_pod_s_own_containers_wait_for_it() {
        check(OBJECTS)
            .log(
                "shop/web",
                "migrate",
                false,
                "ERROR: relation orders does not exist\n",
            )
            .finds("init-container-failing", "Pod shop/web[migrate]")
            .tells("title.line")
            .with("line", "ERROR: relation orders does not exist")
            .tells("explanation")
            .with("waiting", 1)
            .alone();
    }

    #[test]
    fn what_it_says_calls_for_a_step_like_that_of_any_container() {
        check(OBJECTS)
            .log(
                "shop/web",
                "migrate",
                false,
                "sqlite3.OperationalError: database is locked\n",
            )
            .finds("init-container-failing", "Pod shop/web[migrate]")
            .tells("title.line")
            .offers("fix.locked");
        check(OBJECTS)
            .log("shop/web", "migrate", false, "migrated 3 of 9 tables\n")
            .finds("init-container-failing", "Pod shop/web[migrate]")
            .tells("title")
            .tells("explanation.last");
    }

    #[test]
    fn one_that_ended_well_is_done() {
        let objects = OBJECTS
            .replace(
                "state: {waiting: {reason: CrashLoopBackOff}}",
                "state: {terminated: {exitCode: 0, reason: Completed}}",
            )
            .replace("PodInitializing", "ContainerCreating");
        check(&objects).finds_nothing();
    }

    #[test]
    fn one_that_failed_before_it_ended_well_is_done() {
        let objects = OBJECTS
            .replace(
                "state: {waiting: {reason: CrashLoopBackOff}}",
                "state: {terminated: {exitCode: 0, reason: Completed}}",
            )
            .replace(
                "state: {waiting: {reason: PodInitializing}}",
                "state: {running: {startedAt: '2026-01-01T11:59:30Z'}}",
            );
        check(&objects).finds_nothing();
    }

    #[test]
    fn one_that_the_kernel_killed_is_another_cause() {
        check(&OBJECTS.replace("reason: Error", "reason: OOMKilled"))
            .does_not_find("init-container-failing")
            .finds("node-out-of-memory", "Pod shop/web[migrate]");
    }
}
