//! Symptom: a Pod is Running and not ready; its Service has no endpoint for it.
//! Cause: the readiness probe fails: the container runs and gets no traffic.
//! Fix: what the probe meets; or the probe, when it asks for the wrong thing.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-readiness-probes>

use super::failing::{
    Failing, Which, advice_texts, advised, brief, configured, failing, is_answer, is_not_ready,
    wording,
};
use crate::facts::{Container, ContainerStatus, Pod, Probe};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::reason;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "readiness-probe-failing",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-readiness-probes",
    // Why the application is not ready may be found in what it depends on.
    rank: Rank::Symptom,
    runs: &[Run::Pod(run)],
    texts: advice_texts![
        text(
            "title",
            "Container {container} of {name} runs but is not ready: its readiness probe fails",
            "{name} のコンテナ {container} は動作しているが Ready でない: readiness probe が失敗",
        ),
        text(
            "title.met",
            "Container {container} of {name} runs but is not ready: {met}",
            "{name} のコンテナ {container} は動作しているが Ready でない: {met}",
        ),
        text(
            "explanation",
            "The kubelet asks {probe} and does not get the answer that it needs, so {pods} {pods|Pod gets|Pods get} no traffic from any Service.",
            "kubelet が {probe} を確認していますが、期待する応答が得られません。そのため {pods} 個の Pod には、どの Service からもトラフィックが届きません。",
        ),
        text(
            "explanation.line",
            "The kubelet asks {probe} and does not get the answer that it needs, so {pods} {pods|Pod gets|Pods get} no traffic. The container's log says why, with \"{line}\".",
            "kubelet が {probe} を確認していますが、期待する応答が得られず、{pods} 個の Pod にトラフィックが届きません。コンテナのログの「{line}」が理由を示しています。",
        ),
        text(
            "fix.app",
            "Find out why the application does not say that it is ready; what it logs and what it depends on come first:",
            "アプリケーションが準備完了を返さない理由を調べます。まずログと依存先を確認します:",
        ),
        text(
            "fix.probe",
            "If the application is well, correct the probe: its path, port, command or timeoutSeconds ({timeout} s now).",
            "アプリケーションが正常であれば、probe のパス、ポート、コマンド、timeoutSeconds（現在 {timeout} 秒）を修正します。",
        ),
        text(
            "proof.ready",
            "Container {container} runs and is not ready",
            "コンテナ {container} は動作しているが Ready でない",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() {
        return;
    }
    for (container, status) in pod.containers() {
        if let (Some(status), Some(probe)) = (status, Which::Readiness.of(container))
            && is_not_ready(status)
        {
            judge(pod, container, status, probe, snapshot, findings);
        }
    }
}

fn judge(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    probe: &Probe,
    snapshot: &Snapshot,
    findings: &mut Findings,
) {
    let since = status.running_since();
    let runs = |seconds| since.is_none_or(|since| snapshot.has_passed(since, seconds));
    let found = failing(pod, container, Which::Readiness, since, snapshot);
    let Some(sure) = is_sure(runs, probe, found.as_ref()) else {
        return;
    };
    let finding = Finding::on_container(snapshot, pod, container)
        .arg("probe", wording(probe))
        .arg("timeout", probe.timeout)
        .since(since);
    let finding = if sure { finding } else { finding.likely() };
    let finding = match &found {
        Some(found) => match brief(found.met) {
            Some(met) => finding.arg("met", met).title("title.met"),
            None => finding,
        }
        .proof(proof::event(found.event)),
        None => finding,
    };
    let words = findings.last_words(snapshot, pod, status);
    // What the application says itself is worth more than that the probe failed.
    let told = words.find(|claim| !claim.is_vague());
    let finding = match told {
        Some(told) => {
            let finding = finding
                .arg("line", log_reading::brief(&told.line.text))
                .explanation("explanation.line")
                .proof(told.proof(pod));
            reason::advised(finding, &told.claim, pod, container, snapshot)
        }
        None => finding,
    };
    let finding = match &found {
        Some(found) => advised(finding, found.met, probe),
        None => finding,
    };
    findings.add(
        finding
            .proof(
                proof::field(pod, status.path("ready"), status.ready)
                    .in_container(&container.name)
                    .saying("proof.ready"),
            )
            .proofs(configured(pod, container, Which::Readiness))
            .fix_with(
                "fix.app",
                kubectl::logs(&pod.meta.namespace, &pod.meta.name, &container.name, false),
            )
            .fix_with(
                "fix.probe",
                kubectl::change(&snapshot.top_of(pod).object_ref()),
            ),
    );
}

/// Whether the probe fails for certain (`true`) or probably: the container is older than
/// the probe's own patience, or has failed as often as it may. An application that answers
/// that it is not ready, more than once, probably is not just starting. `None` while
/// nothing can be said.
fn is_sure(runs: impl Fn(i64) -> bool, probe: &Probe, found: Option<&Failing<'_>>) -> Option<bool> {
    if !runs(probe.initial_delay) {
        return None;
    }
    let failed = found.map_or(0, |f| i64::from(f.count));
    if failed >= probe.failure_threshold || runs(probe.patience_seconds().saturating_add(1)) {
        return Some(true);
    }
    found
        .filter(|f| f.count >= 2 && is_answer(f.met, probe))
        .map(|_| false)
}

#[cfg(test)]
mod tests {
    use super::super::testing::probed;
    use crate::testing::check;

    #[test]
    fn an_old_container_that_is_not_ready_fails_its_probe() {
        check(&probed(
            "readinessProbe",
            "11:00:00",
            "ready: false, started: true",
        ))
        .finds("readiness-probe-failing", "Pod shop/web[app]")
        .tells("explanation")
        .with("probe", "http GET :8080/readyz")
        .alone();
    }

    #[test]
    fn the_event_says_what_it_met() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            + &super::super::testing::unhealthy(
                "Readiness probe failed: HTTP probe failed with statuscode: 503",
                20,
                "11:59:58",
            );
        check(&objects)
            .finds("readiness-probe-failing", "Pod shop/web[app]")
            .tells("title.met")
            .with("met", "HTTP probe failed with statuscode: 503")
            .alone();
    }

    #[test]
    fn the_answer_says_what_is_wrong_with_the_probe() {
        for (met, step, name, value) in [
            (
                "HTTP probe failed with statuscode: 404",
                "fix.path",
                "path",
                "/readyz",
            ),
            (
                "HTTP probe failed with statuscode: 401",
                "fix.credentials",
                "path",
                "/readyz",
            ),
            (
                "Get \"https://10.0.0.1:8080/readyz\": http: server gave HTTP response to HTTPS client",
                "fix.scheme",
                "scheme",
                "HTTP",
            ),
        ] {
            let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
                + &super::super::testing::unhealthy(
                    &format!("(combined from similar events): Readiness probe failed: {met}"),
                    20,
                    "11:59:58",
                );
            check(&objects)
                .finds("readiness-probe-failing", "Pod shop/web[app]")
                .tells("title.met")
                .with("met", met)
                .offers(step)
                .with(name, value)
                .alone();
        }
    }

    #[test]
    fn what_the_application_says_calls_for_a_step_like_that_of_one_that_crashes() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true");
        for (line, step) in [
            ("sqlite3.OperationalError: database is locked", "fix.locked"),
            (
                "lookup db.example.com on 10.96.0.10:53: server misbehaving",
                "fix.resolver",
            ),
            (
                "Invalid HTTP_HOST header: '10.0.0.1:8080'. You may need to add '10.0.0.1' to ALLOWED_HOSTS.",
                "fix.host-header",
            ),
        ] {
            check(&objects)
                .log("shop/web", "app", false, &format!("{line}\n"))
                .finds("readiness-probe-failing", "Pod shop/web[app]")
                .tells("explanation.line")
                .offers(step);
        }
    }

    #[test]
    fn a_service_loses_its_endpoint() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            .replace("uid: p}", "uid: p, labels: {app: web}}")
            + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n";
        check(&objects)
            .finds("readiness-probe-failing", "Pod shop/web[app]")
            .affects("Service shop/web");
    }

    #[test]
    fn a_young_container_may_take_its_time() {
        check(&probed(
            "readinessProbe",
            "11:59:50",
            "ready: false, started: true",
        ))
        .finds_nothing();
        let refused = probed("readinessProbe", "11:59:50", "ready: false, started: true")
            + &super::super::testing::unhealthy(
                "Readiness probe failed: Get \"http://10.0.0.1:8080/readyz\": dial tcp 10.0.0.1:8080: connect: connection refused",
                2,
                "11:59:58",
            );
        check(&refused).finds_nothing();
    }

    #[test]
    fn a_container_that_has_not_passed_its_startup_probe_is_not_asked_yet() {
        check(&probed(
            "readinessProbe",
            "11:00:00",
            "ready: false, started: false",
        ))
        .finds_nothing();
    }

    #[test]
    fn a_ready_container_passes() {
        check(&probed(
            "readinessProbe",
            "11:00:00",
            "ready: true, started: true",
        ))
        .finds_nothing();
    }
}
