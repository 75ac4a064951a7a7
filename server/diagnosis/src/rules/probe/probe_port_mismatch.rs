//! Symptom: a probe meets "connection refused" though the application is well.
//! Cause: it asks a port on which the container does not listen, or a port name that the
//! container does not declare.
//! Fix: the probe's port.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port>

use podside_model::{ObjectRef, Severity};

use super::ended::{is_asked, is_unsaid, said_by_kubelet};
use super::failing::{Which, failing};
use super::run_length::fits;
use crate::facts::{Container, ContainerStatus, Handler, Pod, PortRef, Probe};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::{RECOVERED_AFTER_SECONDS, crashes};
use crate::rules::service::listening::addresses;
use crate::snapshot::{LogOf, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "probe-port-mismatch",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "The probes of container {container} of {name} ask port {port}, but the container listens on {ports}",
            "{name} のコンテナ {container} の probe はポート {port} を確認するが、コンテナが待ち受けるのは {ports}",
        ),
        text(
            "title.named",
            "The probes of container {container} of {name} ask port {port}, a name that the container does not declare",
            "{name} のコンテナ {container} の probe が指定するポート名 {port} は、コンテナで宣言されていない",
        ),
        text(
            "explanation",
            "Nothing answers on port {port}, so every probe is refused whatever the application does. It listens on {ports}.",
            "ポート {port} では何も応答しないため、アプリケーションの状態にかかわらず probe は常に拒否されます。コンテナが待ち受けるのは {ports} です。",
        ),
        text(
            "explanation.ready",
            "The kubelet cannot run a probe whose port it does not find in the container, and skips it: the container is not watched as it is meant to be. The container declares {ports}.",
            "kubelet は、コンテナにないポート名を指定した probe を実行できず、結果を無視します。そのためコンテナは意図どおりに監視されていません。コンテナが宣言しているのは {ports} です。",
        ),
        text(
            "explanation.killed",
            "Nothing answers on port {port}, so every probe is refused whatever the application does, and the kubelet ends the container for it: exit code {code} is how the process answers that, not a fault of its own. It listens on {ports}.",
            "ポート {port} では何も応答しないため、アプリケーションの状態にかかわらず probe は常に拒否され、kubelet がコンテナを終了させます。終了コード {code} はその終了要求への応答であり、プロセス自身の異常ではありません。コンテナが待ち受けるのは {ports} です。",
        ),
        text(
            "explanation.unheard",
            "The container declares {ports}, its probe asks port {port}, and it has not been ready once. What the probe was answered is not kept any more: events last for an hour and are held back when there are many. Neither they nor the log say that anything answers on port {port}.",
            "コンテナが宣言しているのは {ports} ですが、probe はポート {port} を確認しており、一度も Ready になっていません。probe の結果を示すイベントは残っていません（保持は 1 時間で、多いと抑制されます）。ポート {port} で応答があることを示すイベントもログもありません。",
        ),
        text(
            "proof.listens",
            "The process says where it listens",
            "プロセスが待ち受けていると出力しているアドレス",
        ),
        text(
            "fix",
            "Set the port of the probes of container {container} to the one on which it listens ({ports}).",
            "コンテナ {container} の probe のポートを、実際に待ち受けているポート（{ports}）にします。",
        ),
        text(
            "fix.near",
            "Probably {near} is meant: set the port of the probes to it.",
            "{near} のことと思われます。probe のポートを修正します。",
        ),
        text(
            "proof.port",
            "The probe asks this port",
            "probe が確認するポート",
        ),
        text(
            "proof.declared",
            "The container declares this one",
            "コンテナが宣言しているポート",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() {
        return;
    }
    for (container, status) in pod.containers() {
        let concerned = |s: &&ContainerStatus| {
            !s.ready || s.restarts > 0 || container.probes().any(|(_, p)| is_nameless(container, p))
        };
        let Some(status) = status.filter(concerned) else {
            continue;
        };
        for which in [Which::Startup, Which::Liveness, Which::Readiness] {
            findings_of(pod, container, status, which, snapshot, findings);
        }
    }
}

/// Whether a probe asks a port by a name that its container does not declare.
fn is_nameless(container: &Container, probe: &Probe) -> bool {
    let port = probe.handler.port();
    port.is_some_and(|port| matches!(port, PortRef::Name(_)) && container.port(port).is_none())
}

fn findings_of(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    which: Which,
    snapshot: &Snapshot,
    findings: &mut Findings,
) {
    let Some(probe) = which.of(container) else {
        return;
    };
    let Some(port) = probe.handler.port() else {
        return;
    };
    // A probe reaches every port of the Pod, whichever container it belongs to.
    let declared = pod.spec.containers.iter().any(|c| c.port(port).is_some());
    let own: Vec<String> = container
        .ports
        .iter()
        .map(|p| p.number.to_string())
        .collect();
    // What was said holds while the container is not ready or goes on to end.
    let lasts =
        !status.ready || crashes(pod, snapshot).any(|crash| crash.container.name == container.name);
    let event = failing(pod, container, which, None, snapshot).filter(|f| {
        let is_recent = |at| !snapshot.has_passed(at, RECOVERED_AFTER_SECONDS);
        lasts || f.event.last.is_none_or(is_recent)
    });
    let named = is_nameless(container, probe);
    // The prober of gRPC tries until its time is over, and says no more than that.
    let grpc = matches!(probe.handler, Handler::Grpc { .. });
    let refused = event.as_ref().is_some_and(|f| {
        f.met.contains("connection refused")
            || (grpc && f.met.contains("failed to connect service"))
    });
    let undeclared = refused && !declared;
    let said = if undeclared && own.is_empty() {
        listening(pod, container, port, snapshot, findings)
    } else {
        None
    };
    let unheard = event.is_none()
        && !declared
        && !own.is_empty()
        && is_in_vain(pod, which, status, probe, snapshot)
        && !answers(pod, container, status, port, snapshot, findings);
    let running = status.is_running() || !status.ready;
    if !(named && running || undeclared && (!own.is_empty() || said.is_some()) || unheard) {
        return;
    }
    let killed = status
        .last_end()
        .filter(|(_, end)| is_asked(end))
        .filter(|_| said_by_kubelet(pod, container, status, snapshot).is_some() || unheard);
    let own = match &said {
        Some((ports, _)) => ports.clone(),
        None => own,
    };
    let path = format!(
        "{}/{}/{}/port",
        container.path(),
        which.field(),
        probe.handler.field()
    );
    let ports = own.clone();
    let finding = Finding::on_container(snapshot, pod, container)
        .arg("port", port.to_string())
        .arg(
            "ports",
            if own.is_empty() {
                vec!["-".to_owned()]
            } else {
                own
            },
        )
        .proof(
            proof::field(pod, path, port)
                .in_container(&container.name)
                .saying("proof.port"),
        )
        .proofs(container.ports.first().map(|first| {
            proof::field(
                pod,
                format!("{}/ports/0/containerPort", container.path()),
                first.number,
            )
            .in_container(&container.name)
            .saying("proof.declared")
        }))
        .proofs(said.map(|(_, line)| line.saying("proof.listens")))
        .proofs(event.map(|f| proof::event(f.event)))
        .proofs(killed.map(|end| proof::ended(pod, status, end, "exitCode")))
        .since(pod.started);
    let finding = match killed {
        Some((_, end)) => finding
            .arg("code", end.exit_code)
            .explanation("explanation.killed"),
        None if unheard => finding.explanation("explanation.unheard"),
        None => finding,
    };
    let finding = if unheard && !named {
        finding.likely()
    } else {
        finding
    };
    // A liveness probe that cannot be carried out is passed over, and protects nobody.
    let finding = if named && status.ready {
        finding
            .severity(Severity::Warning)
            .explanation("explanation.ready")
    } else {
        finding
    };
    let top = snapshot.top_of(pod).object_ref();
    // Only where the container has but one port is it known which one is meant.
    let meant = match &*ports {
        [one] => one.parse::<i64>().ok(),
        _ => None,
    };
    let change = || match meant {
        Some(meant) => ask_at(&top, container, port, &meant.into()),
        None => kubectl::change(&top),
    };
    let finding = match port {
        PortRef::Name(wanted) => {
            let declared = container.ports.iter().map(|p| &*p.name);
            let finding = finding.title("title.named");
            match near::name(wanted, declared) {
                Some(near) => {
                    let ask = ask_at(&top, container, port, &near.into());
                    finding.arg("near", near).fix_with("fix.near", ask)
                }
                None => finding.fix_with("fix", change()),
            }
        }
        PortRef::Number(_) => finding.fix_with("fix", change()),
    };
    findings.add(finding);
}

/// The command that lets all probes of a container that ask at a port ask at another one.
fn ask_at(
    top: &ObjectRef,
    container: &Container,
    port: &PortRef,
    right: &serde_json::Value,
) -> String {
    let mut probes = serde_json::Map::new();
    for (field, probe) in container.probes() {
        if probe.handler.port() == Some(port) {
            let handler = serde_json::json!({ probe.handler.field(): {"port": right} });
            probes.insert(field.to_owned(), handler);
        }
    }
    kubectl::set_in_template(top, &container.patched(&serde_json::Value::Object(probes)))
}

/// Whether a probe has been tried to no avail, as far as the Pod's own state tells: the Pod has
/// never been ready, and its container has run for longer than the probe is patient, or is
/// ended when and as the probe has it ended. Events would say more, had they not expired.
fn is_in_vain(
    pod: &Pod,
    which: Which,
    status: &ContainerStatus,
    probe: &Probe,
    snapshot: &Snapshot,
) -> bool {
    if status.ready || !was_never_ready(pod) {
        return false;
    }
    if which == Which::Readiness {
        let patience = probe.patience_seconds().saturating_add(1);
        return status.started != Some(false)
            && status.running_since().is_some_and(|since| {
                snapshot.has_passed(since, patience)
                    && is_unsaid(pod, status, Some(since), snapshot)
            });
    }
    status.restarts > 0
        && status.last_end().is_some_and(|(_, end)| {
            is_asked(end) && fits(probe, end, pod) && is_unsaid(pod, status, end.finished, snapshot)
        })
}

/// Whether a Pod has not been ready since it began: the condition stands as it was first set.
fn was_never_ready(pod: &Pod) -> bool {
    /// The kubelet first tells of a Pod a moment after it has taken it up.
    const SOON_SECONDS: i64 = 10;
    let ready = pod.condition("Ready").filter(|ready| ready.is_false());
    match (ready.and_then(|ready| ready.changed), pod.started) {
        (Some(changed), Some(started)) => {
            changed.as_second().saturating_sub(started.as_second()) <= SOON_SECONDS
        }
        _ => false,
    }
}

/// Whether the log says that the process listens on the port which is asked, or what else is
/// wrong with it; also while the log has yet to be read.
fn answers(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    asked: &PortRef,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> bool {
    let Some(log) = findings.log(snapshot, pod, &container.name, false) else {
        return true;
    };
    let listens = |number| addresses(log).iter().any(|a| a.port == number);
    matches!(asked, PortRef::Number(number) if listens(*number))
        || !findings
            .present_words(snapshot, pod, status)
            .told
            .is_empty()
}

/// The ports on which the process says that it listens, when the one that is asked is not
/// among them, and the line that says so.
fn listening(
    pod: &Pod,
    container: &Container,
    asked: &PortRef,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<(Vec<String>, Proof)> {
    let PortRef::Number(asked) = asked else {
        return None;
    };
    let log = findings.log(snapshot, pod, &container.name, false)?;
    let addresses = addresses(log);
    let first = addresses.first()?;
    if addresses.iter().any(|a| a.port == *asked) {
        return None;
    }
    let line = log.lines().get(first.line)?;
    let mut ports: Vec<String> = addresses.iter().map(|a| a.port.to_string()).collect();
    ports.dedup();
    let of = LogOf::of(pod, &container.name, false);
    Some((ports, proof::log_line(&of, line)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{probed, unhealthy};
    use crate::testing::check;

    const REFUSED: &str = "Readiness probe failed: Get \"http://10.0.0.1:8080/readyz\": dial tcp 10.0.0.1:8080: connect: connection refused";

    #[test]
    fn the_container_declares_another_port() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            .replace("containerPort: 8080", "containerPort: 80")
            + &unhealthy(REFUSED, 20, "11:59:58");
        check(&objects)
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .tells("title")
            .with("port", "8080")
            .with_list("ports", ["80"])
            .alone();
    }

    #[test]
    fn a_name_that_is_not_declared() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            .replace("path: /readyz, port: 8080", "path: /readyz, port: htp")
            .replace("containerPort: 8080", "name: http, containerPort: 8080");
        check(&objects)
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .offers("fix.near")
            .with("near", "http")
            .alone();
    }

    #[test]
    fn the_right_port_that_refuses_is_another_cause() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            + &unhealthy(REFUSED, 20, "11:59:58");
        check(&objects).does_not_find("probe-port-mismatch");
    }

    #[test]
    fn a_liveness_probe_whose_port_is_not_there_watches_nobody() {
        let objects = probed("livenessProbe", "11:00:00", "ready: true, started: true")
            .replace("path: /readyz, port: 8080", "path: /readyz, port: htp")
            .replace("containerPort: 8080", "name: http, containerPort: 8080");
        check(&objects)
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .is(podside_model::Severity::Warning)
            .tells("explanation.ready")
            .alone();
    }

    #[test]
    fn the_log_says_where_a_process_without_declared_ports_listens() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            .replace("      ports: [{containerPort: 8080}]\n", "")
            + &unhealthy(REFUSED, 20, "11:59:58");
        check(&objects)
            .log("shop/web", "app", false, "Server listening on port 3000\n")
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .tells("title")
            .with("port", "8080")
            .with_list("ports", ["3000"])
            .proves("listening on port 3000")
            .alone();
        check(&objects)
            .log("shop/web", "app", false, "connecting to the database\n")
            .does_not_find("probe-port-mismatch");
    }

    /// A Pod whose container declares port 80, asks 8080 and has not been ready once; what
    /// was said of it has expired.
    fn unheard() -> String {
        probed("readinessProbe", "10:00:00", "ready: false, started: true")
            .replace("containerPort: 8080", "containerPort: 80")
            .replace(
                "phase: Running",
                "phase: Running\n  startTime: '2026-01-01T10:00:00Z'\n  conditions: [{type: Ready, status: 'False', lastTransitionTime: '2026-01-01T10:00:01Z'}]",
            )
    }

    #[test]
    fn a_port_that_is_not_declared_is_suspected_when_the_events_are_gone() {
        check(&unheard())
            .log("shop/web", "app", false, "start worker processes\n")
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .tells("explanation.unheard")
            .with("port", "8080")
            .is_likely()
            .alone();
        for contradiction in [
            "management server listening on :8080\n",
            "ERROR dial tcp 10.0.0.9:5432: connect: connection refused\n",
        ] {
            check(&unheard())
                .log("shop/web", "app", false, contradiction)
                .does_not_find("probe-port-mismatch");
        }
        let was_ready = unheard().replace("'2026-01-01T10:00:01Z'", "'2026-01-01T11:00:00Z'");
        check(&was_ready)
            .log("shop/web", "app", false, "")
            .does_not_find("probe-port-mismatch");
    }

    #[test]
    fn an_answer_to_the_kill_is_no_end_of_the_process_s_own() {
        let objects = unheard()
            .replace("readinessProbe", "livenessProbe")
            .replace("running: {startedAt: '2026-01-01T10:00:00Z'}", "waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}")
            .replace("ready: false, started: true", "ready: false, restartCount: 30, lastState: {terminated: {exitCode: 0, reason: Completed, startedAt: '2026-01-01T11:58:00Z', finishedAt: '2026-01-01T11:58:15Z'}}");
        check(&objects)
            .log("shop/web", "app", false, "start worker processes\n")
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .tells("explanation.killed")
            .with("code", 0_i64)
            .is_likely()
            .alone();
    }

    #[test]
    fn the_prober_of_grpc_does_not_say_that_it_was_refused() {
        let objects = probed("readinessProbe", "11:00:00", "ready: false, started: true")
            .replace("httpGet: {path: /readyz, port: 8080}", "grpc: {port: 9090}")
            + &unhealthy(
                "Readiness probe failed: timeout: failed to connect service \"10.0.0.1:9090\" within 1s: context deadline exceeded",
                20,
                "11:59:58",
            );
        check(&objects)
            .finds("probe-port-mismatch", "Pod shop/web[app]")
            .tells("title")
            .with("port", "9090")
            .with_list("ports", ["8080"])
            .alone();
    }
}
