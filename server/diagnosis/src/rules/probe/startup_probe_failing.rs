//! Symptom: a container is restarted before it is ever started; it stays not ready.
//! Cause: the startup probe does not succeed within its failures, and the kubelet restarts
//! the container.
//! Fix: more failures allowed, or what keeps the application from starting.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-startup-probes>

use super::failing::{Which, advice_texts, advised, brief, configured, failing, wording};
use super::run_length::fits;
use crate::facts::{Container, ContainerStatus, Pod, Probe};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::is_concerned;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "startup-probe-failing",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-startup-probes",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: advice_texts![
        text(
            "title",
            "Container {container} of {name} is not started within {patience}, so its startup probe has it restarted",
            "{name} のコンテナ {container} が {patience}以内に起動せず、startup probe により再起動される",
        ),
        text(
            "explanation",
            "The kubelet asks {probe} every {period} s and gives up after {threshold} {threshold|failure|failures}: then it kills the container and restarts it. {restarts} {restarts|restart|restarts} so far.",
            "kubelet は {period} 秒ごとに {probe} を確認し、{threshold} 回失敗するとコンテナを強制終了して再起動します。再起動はこれまでに {restarts} 回です。",
        ),
        text(
            "explanation.met",
            "The kubelet asks {probe} every {period} s and gives up after {threshold} {threshold|failure|failures}: then it kills the container and restarts it. {restarts} {restarts|restart|restarts} so far. The answer: {met}.",
            "kubelet は {period} 秒ごとに {probe} を確認し、{threshold} 回失敗するとコンテナを強制終了して再起動します。再起動はこれまでに {restarts} 回です。応答: {met}。",
        ),
        text(
            "fix.threshold",
            "If the application only needs longer, raise failureThreshold of the startup probe, so that failureThreshold times periodSeconds covers its slowest start.",
            "起動に時間がかかるだけであれば、failureThreshold × periodSeconds が最も遅い起動時間を上回るように startup probe の failureThreshold を増やします。",
        ),
        text(
            "fix.app",
            "Otherwise find out what it waits for while it starts:",
            "そうでなければ、起動時に何を待っているかを調べます:",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.spec.containers.iter().all(|c| c.startup.is_none()) || !is_concerned(pod, snapshot) {
        return;
    }
    for (container, status) in pod.containers() {
        if let (Some(status), Some(probe)) = (status, Which::Startup.of(container))
            && status.started != Some(true)
            && let Some(finding) = judge(pod, container, status, probe, snapshot)
        {
            findings.add(finding);
        }
    }
}

/// The finding, when the kubelet has restarted the container for its startup probe and it
/// is still not started, or the probe has failed as often as it may.
fn judge(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    probe: &Probe,
    snapshot: &Snapshot,
) -> Option<Finding> {
    let killing = snapshot.events_of(pod).find(|e| {
        &*e.reason == "Killing"
            && e.container() == Some(&*container.name)
            && e.message.contains("failed startup probe")
    });
    let found = failing(pod, container, Which::Startup, None, snapshot);
    // A Pod that has ended for good was killed for it once, and is not restarted.
    let was_killed = status.restarts > 0 || (killing.is_some() && status.last_end().is_some());
    // A container that never got as far as to be started, and whose last run was as long as
    // the probe lets it be, needs no event.
    let end = status.last_end().map(|(_, end)| end);
    let is_told = status.started != Some(true) && end.is_some_and(|end| fits(probe, end, pod));
    let is_known = killing.is_some() || found.is_some();
    if !was_killed || !(is_known || is_told) || &*pod.phase == "Succeeded" {
        return None;
    }
    let finding = Finding::on_container(snapshot, pod, container);
    let finding = if is_known { finding } else { finding.likely() };
    let finding = finding
        .arg(
            "patience",
            podside_model::Arg::Seconds(probe.patience_seconds()),
        )
        .arg("probe", wording(probe))
        .arg("period", probe.period)
        .arg("threshold", probe.failure_threshold)
        .arg("restarts", status.restarts)
        .since(pod.started);
    let finding = match &found {
        Some(found) => match brief(found.met) {
            Some(met) => finding.arg("met", met).explanation("explanation.met"),
            None => finding,
        }
        .proof(proof::event(found.event)),
        None => finding,
    };
    let finding = match &found {
        Some(found) => advised(finding, found.met, probe),
        None => finding,
    };
    let logs = kubectl::logs(&pod.meta.namespace, &pod.meta.name, &container.name, false);
    Some(
        finding
            .proofs(killing.map(proof::event))
            .proofs(
                status
                    .last_end()
                    .filter(|_| !is_known)
                    .map(|end| proof::ended(pod, status, end, "exitCode")),
            )
            .proofs(proof::restarts(pod, status))
            .proof(
                proof::field(pod, status.path("ready"), status.ready).in_container(&container.name),
            )
            .proofs(configured(pod, container, Which::Startup))
            .fix_with(
                "fix.threshold",
                kubectl::change(&snapshot.top_of(pod).object_ref()),
            )
            .fix_with("fix.app", logs),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{killing, probed, unhealthy};
    use crate::testing::check;

    const RESTARTED: &str = "ready: false, started: false, restartCount: 2, lastState: {terminated: {exitCode: 2, reason: Error, finishedAt: '2026-01-01T11:59:40Z'}}";

    #[test]
    fn the_kubelet_gives_up() {
        let objects = probed("startupProbe", "11:59:41", RESTARTED)
            + &unhealthy(
                "Startup probe failed: dial tcp 10.0.0.1:8080: connect: connection refused",
                11,
                "11:59:40",
            )
            + &killing(
                "Container app failed startup probe, will be restarted",
                "11:59:40",
            );
        check(&objects)
            .finds("startup-probe-failing", "Pod shop/web[app]")
            .tells("title")
            .with_seconds("patience", 15)
            .alone();
    }

    #[test]
    fn one_that_is_on_its_way_is_left_alone() {
        let objects = probed(
            "startupProbe",
            "11:59:50",
            "ready: false, started: false, restartCount: 0",
        ) + &unhealthy(
            "Startup probe failed: HTTP probe failed with statuscode: 503",
            2,
            "11:59:58",
        );
        check(&objects).finds_nothing();
    }

    #[test]
    fn one_that_made_it_at_last_is_well() {
        let objects = probed(
            "startupProbe",
            "11:00:00",
            "ready: true, started: true, restartCount: 2",
        ) + &killing(
            "Container app failed startup probe, will be restarted",
            "10:59:00",
        );
        check(&objects).finds_nothing();
    }
}
