//! Symptom: a container is restarted again and again, often with exit code 137 or 143.
//! Cause: the liveness probe fails and the kubelet restarts the container.
//! Fix: what the probe meets; or the probe, when it asks too early, too hastily or for the
//! wrong thing.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>

use podside_model::Severity;

use super::ended::{Ended, ended_by, is_asked, is_unsaid};
use super::failing::{Failing, Which, advice_texts, advised, brief, configured, failing, wording};
use super::run_length::may_end;
use crate::facts::{Container, ContainerStatus, Event, Pod, Probe};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::{RECOVERED_AFTER_SECONDS, crashes, is_concerned};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "liveness-probe-failing",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: advice_texts![
        text(
            "title",
            "Container {container} of {name} is restarted because its liveness probe fails",
            "{name} のコンテナ {container} が liveness probe の失敗により再起動される",
        ),
        text(
            "title.met",
            "Container {container} of {name} is restarted because its liveness probe fails: {met}",
            "{name} のコンテナ {container} が liveness probe の失敗により再起動される: {met}",
        ),
        text(
            "title.ended",
            "Container {container} of {name} was killed because its liveness probe failed, and restartPolicy {policy} does not start it again",
            "{name} のコンテナ {container} が liveness probe の失敗により強制終了され、restartPolicy {policy} のため再起動されない",
        ),
        text(
            "title.likely",
            "Container {container} of {name} is killed with exit code {code}, probably because its liveness probe fails",
            "{name} のコンテナ {container} が終了コード {code} で強制終了される（liveness probe の失敗によると思われる）",
        ),
        text(
            "title.before",
            "Container {container} of {name} was restarted {restarts} times, probably by its liveness probe, and runs since",
            "{name} のコンテナ {container} は、おそらく liveness probe により {restarts} 回再起動され、その後は動作している",
        ),
        text(
            "explanation.likely",
            "The kubelet asks {probe} every {period} s; after {threshold} {threshold|failure|failures} in a row it kills the container. How long its last run lasted, and how it ended, fits that; events that would say so are not there, as they last for an hour and are held back when there are many. {restarts} {restarts|restart|restarts} so far.",
            "kubelet は {period} 秒ごとに {probe} を確認し、{threshold} 回続けて失敗するとコンテナを強制終了します。直前の実行の長さと終了の仕方はこれに合致します。それを示すイベントは残っていません（保持は 1 時間で、多いと抑制されます）。再起動はこれまでに {restarts} 回です。",
        ),
        text(
            "explanation",
            "The kubelet asks {probe} every {period} s; after {threshold} {threshold|failure|failures} in a row it kills the container and restarts it. {restarts} {restarts|restart|restarts} so far.",
            "kubelet は {period} 秒ごとに {probe} を確認し、{threshold} 回続けて失敗するとコンテナを強制終了して再起動します。再起動はこれまでに {restarts} 回です。",
        ),
        text(
            "explanation.timeout",
            "The kubelet runs {probe} every {period} s and gives it {timeout} s; it takes longer. After {threshold} {threshold|failure|failures} in a row it kills the container and restarts it. {restarts} {restarts|restart|restarts} so far.",
            "kubelet は {period} 秒ごとに {probe} を実行し、{timeout} 秒まで待ちますが、それより長くかかっています。{threshold} 回続けて失敗するとコンテナを再起動します。再起動はこれまでに {restarts} 回です。",
        ),
        text(
            "fix.app",
            "Find out why the application does not answer; the log of the run that was killed:",
            "アプリケーションが応答しない理由を調べます。強制終了された実行のログ:",
        ),
        text(
            "fix.timeout",
            "Make the probe's command quicker, or raise timeoutSeconds above what it takes.",
            "probe のコマンドを速くするか、timeoutSeconds を所要時間より長くします。",
        ),
        text(
            "fix.probe",
            "If the application is well, correct the probe. One that starts slowly needs a startupProbe; a liveness probe must not ask for what other services do.",
            "アプリケーションが正常であれば probe を修正します。起動が遅い場合は startupProbe を使います。liveness probe で他のサービスの状態を確認してはいけません。",
        ),
        text(
            "proof.asked",
            "The last thing the process says is that it was asked to stop: it did not end by itself",
            "プロセスは最後に終了要求を受けたと出力しており、自ら終了したのではない",
        ),
        text(
            "proof.killed",
            "The kubelet kills container {container} for it",
            "kubelet がこれを理由にコンテナ {container} を強制終了",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.spec.containers.iter().all(|c| c.liveness.is_none()) || !is_concerned(pod, snapshot) {
        return;
    }
    for (container, status) in pod.containers() {
        let (Some(status), Some(probe)) = (status, Which::Liveness.of(container)) else {
            continue;
        };
        if status.restarts == 0 && status.last_end().is_none() {
            continue;
        }
        let ended = ended_by(Which::Liveness, pod, container, status, snapshot, findings);
        let crashes = crashes(pod, snapshot).any(|crash| crash.container.name == container.name);
        let finding = match &ended {
            Some(Ended::Said(killing)) => {
                let found = failing(pod, container, Which::Liveness, None, snapshot);
                finding(
                    pod,
                    container,
                    status,
                    probe,
                    killing,
                    found.as_ref(),
                    snapshot,
                )
            }
            Some(Ended::Asked(_) | Ended::AsLong) => {
                likely(pod, container, status, probe, snapshot)
            }
            None if crashes && is_killed(pod, status, probe, snapshot) => {
                likely(pod, container, status, probe, snapshot)
            }
            None => continue,
        };
        let is_recent = |event: &Event| {
            event
                .last
                .is_some_and(|last| !snapshot.has_passed(last, RECOVERED_AFTER_SECONDS))
        };
        let goes_on = crashes
            || match &ended {
                Some(Ended::Said(event)) => !status.is_running() || is_recent(event),
                _ => false,
            };
        let finding = match ended {
            Some(Ended::Asked(line)) => finding.proof(line.saying("proof.asked")),
            _ => finding,
        };
        findings.add(if goes_on {
            finding
        } else {
            finding.title("title.before").severity(Severity::Info)
        });
    }
}

/// Whether a container that keeps on being killed, and not for its memory, may be so by its
/// probe, though the run was not as long as one that fails from the start.
fn is_killed(pod: &Pod, status: &ContainerStatus, probe: &Probe, snapshot: &Snapshot) -> bool {
    status.last_end().is_some_and(|(_, end)| {
        status.restarts > 0
            && is_asked(end)
            && end.exit_code != 0
            && may_end(probe, end)
            && is_unsaid(pod, status, end.finished, snapshot)
    })
}

/// Without events only the way in which the container ends speaks for its probe.
fn likely(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    probe: &Probe,
    snapshot: &Snapshot,
) -> Finding {
    let code = status.last_end().map_or(0, |(_, end)| end.exit_code);
    let change = kubectl::change(&snapshot.top_of(pod).object_ref());
    described(
        Finding::on_container(snapshot, pod, container),
        status,
        probe,
    )
    .likely()
    .arg("code", code)
    .title("title.likely")
    .explanation("explanation.likely")
    .proofs(
        status
            .last_end()
            .map(|end| proof::ended(pod, status, end, "exitCode")),
    )
    .proofs(configured(pod, container, Which::Liveness))
    .proofs(proof::restarts(pod, status))
    .fix_with("fix.app", log_of(pod, container, status))
    .fix_with("fix.probe", change)
    .since(status.last_end().and_then(|(_, end)| end.finished))
}

fn described(finding: Finding, status: &ContainerStatus, probe: &Probe) -> Finding {
    finding
        .arg("probe", wording(probe))
        .arg("period", probe.period)
        .arg("timeout", probe.timeout)
        .arg("threshold", probe.failure_threshold)
        .arg("restarts", status.restarts)
}

fn log_of(pod: &Pod, container: &Container, status: &ContainerStatus) -> String {
    kubectl::logs(
        &pod.meta.namespace,
        &pod.meta.name,
        &container.name,
        status.is_running(),
    )
}

fn finding(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    probe: &Probe,
    killing: &Event,
    found: Option<&Failing<'_>>,
    snapshot: &Snapshot,
) -> Finding {
    let finding = described(
        Finding::on_container(snapshot, pod, container),
        status,
        probe,
    )
    .since(killing.first);
    let timed_out = found.is_some_and(|f| {
        f.met.contains("timed out")
            || f.met.contains("Client.Timeout")
            || f.met.contains("deadline exceeded")
    });
    let finding = match found {
        Some(found) => match brief(found.met) {
            Some(met) => finding.arg("met", met).title("title.met"),
            None => finding,
        }
        .proof(proof::event(found.event)),
        None => finding,
    };
    // A Pod that has ended for good is not restarted.
    let finding = if pod.is_finished() {
        finding
            .arg("policy", &*pod.spec.restart_policy)
            .title("title.ended")
    } else {
        finding
    };
    let finding = finding
        .proof(proof::event(killing).saying("proof.killed"))
        .proofs(proof::restarts(pod, status))
        .proofs(configured(pod, container, Which::Liveness));
    let finding = match status.last_end() {
        Some(end) => finding.proof(proof::ended(pod, status, end, "exitCode")),
        None => finding,
    };
    let finding = if timed_out {
        finding
            .explanation("explanation.timeout")
            .fix("fix.timeout")
    } else {
        finding
    };
    let finding = match found {
        Some(found) => advised(finding, found.met, probe),
        None => finding,
    };
    finding
        .fix_with("fix.app", log_of(pod, container, status))
        .fix_with(
            "fix.probe",
            kubectl::change(&snapshot.top_of(pod).object_ref()),
        )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{killing, probed, unhealthy};
    use crate::testing::check;

    const RESTARTED: &str = "ready: true, started: true, restartCount: 2, lastState: {terminated: {exitCode: 137, reason: Error, finishedAt: '2026-01-01T11:59:40Z'}}";

    #[test]
    fn the_kubelet_kills_for_it() {
        let objects = probed("livenessProbe", "11:59:41", RESTARTED)
            + &unhealthy(
                "Liveness probe failed: HTTP probe failed with statuscode: 500",
                6,
                "11:59:40",
            )
            + &killing(
                "Container app failed liveness probe, will be restarted",
                "11:59:40",
            );
        check(&objects)
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .tells("title.met")
            .with("met", "HTTP probe failed with statuscode: 500")
            .alone();
    }

    #[test]
    fn a_probe_that_takes_too_long_is_said_so() {
        let objects = probed("livenessProbe", "11:59:41", RESTARTED)
            + &unhealthy(
                "Liveness probe failed: command timed out: \"sleep 8\" timed out after 2s",
                6,
                "11:59:40",
            )
            + &killing(
                "Container app failed liveness probe, will be restarted",
                "11:59:40",
            );
        check(&objects)
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .tells("explanation.timeout")
            .offers("fix.timeout");
    }

    #[test]
    fn a_pod_that_is_not_restarted_ends_by_it() {
        let objects = probed("livenessProbe", "11:59:41", RESTARTED)
            .replace("nodeName: node-1", "nodeName: node-1\n  restartPolicy: Never")
            .replace("phase: Running", "phase: Failed")
            .replace("state: {running: {startedAt: '2026-01-01T11:59:41Z'}}", "state: {terminated: {exitCode: 137, reason: Error, finishedAt: '2026-01-01T11:09:40Z'}}")
            .replace("ready: true, started: true, restartCount: 2, lastState: {terminated: {exitCode: 137, reason: Error, finishedAt: '2026-01-01T11:59:40Z'}}", "ready: false, restartCount: 0")
            + &killing("Stopping container app: Container app failed liveness probe", "11:09:40");
        check(&objects)
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .tells("title.ended")
            .with("policy", "Never")
            .alone();
    }

    #[test]
    fn when_its_events_are_gone_the_probe_is_suspected() {
        let objects = probed("livenessProbe", "11:59:41", RESTARTED).replace(
            "finishedAt:",
            "startedAt: '2026-01-01T11:59:10Z', finishedAt:",
        );
        check(&objects)
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .tells("title.likely")
            .is_likely()
            .alone();
    }

    #[test]
    fn a_single_failure_kills_nothing() {
        let objects = probed(
            "livenessProbe",
            "11:00:00",
            "ready: true, started: true, restartCount: 0",
        ) + &unhealthy(
            "Liveness probe failed: HTTP probe failed with statuscode: 500",
            1,
            "11:59:40",
        );
        check(&objects).finds_nothing();
    }

    #[test]
    fn a_kill_long_ago_is_history() {
        let objects = probed("livenessProbe", "11:10:00", RESTARTED)
            + &killing(
                "Container app failed liveness probe, will be restarted",
                "11:09:40",
            );
        check(&objects).finds_nothing();
    }
}
