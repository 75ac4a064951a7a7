//! Symptom: one container of a Pod ends with "address already in use".
//! Cause: two containers of one Pod bind the same port: they share the Pod's network.
//! Fix: another port for one of them.
//! Source: <https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking>

use super::crash::crashes;
use crate::facts::{Container, ContainerKind, ContainerStatus, EnvValue, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "port-conflict-in-pod",
    source: "https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} cannot listen on port {port}, which container {other} of the same Pod uses",
            "{name} のコンテナ {container} はポート {port} で待ち受けできない: 同じ Pod のコンテナ {other} が使用している",
        ),
        text(
            "title.unnamed",
            "Container {container} of {name} cannot listen on its port{port}: another process of the Pod uses it",
            "{name} のコンテナ {container} が待ち受けに失敗する（ポート{port}）: Pod 内の別のプロセスが使用している",
        ),
        text(
            "explanation",
            "The containers of a Pod share one network address, so only one of them can listen on a port. The other one is refused it and ends.",
            "Pod 内のコンテナは 1 つのネットワークアドレスを共有するため、同じポートで待ち受けできるのは 1 つだけです。もう一方は拒否されて終了します。",
        ),
        text(
            "fix",
            "Let container {container} listen on another port, by its arguments, environment or configuration file; correct its containerPort and probes with it.",
            "コンテナ {container} の引数、環境変数、設定ファイルのいずれかで別のポートを使わせ、containerPort と probe も合わせます。",
        ),
        text(
            "proof.holder",
            "Container {other} of the same Pod has the port",
            "同じ Pod のコンテナ {other} がこのポートを使用",
        ),
        text(
            "proof.asks",
            "Container {container} is told to listen there",
            "コンテナ {container} にこのポートが設定されている",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot).filter(|c| c.end.1.exit_code != 0) {
        // On the node's own network the port may be any process's of the node, and a
        // container that is alone disturbs itself.
        if pod.spec.host_network || is_alone(pod, crash.container) {
            continue;
        }
        let words = findings.last_words(snapshot, pod, crash.status);
        let Some(told) = words.find(|claim| matches!(claim, Claim::PortInUse { .. })) else {
            continue;
        };
        let Claim::PortInUse { port } = told.claim else {
            continue;
        };
        let holder = port.and_then(|port| holder(pod, crash.container, i64::from(port)));
        let finding = Finding::on_container(snapshot, pod, crash.container).proof(told.proof(pod));
        let finding = match (port, holder) {
            (Some(port), Some((other, proof))) => finding
                .arg("port", i64::from(port))
                .arg("other", &*other.name)
                .proofs(proof.map(|p| p.saying("proof.holder"))),
            (port, _) => finding
                .arg("port", port.map(|p| format!(" {p}")).unwrap_or_default())
                .title("title.unnamed")
                .likely(),
        };
        findings.add(
            finding
                .proofs(
                    port.and_then(|port| told_to(pod, crash.container, port))
                        .map(|p| p.saying("proof.asks")),
                )
                .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
                .since(crash.since(pod, snapshot)),
        );
    }
}

/// Whether no other container runs beside this one.
fn is_alone(pod: &Pod, container: &Container) -> bool {
    !pod.spec.containers.iter().any(|other| {
        other.name != container.name
            && matches!(other.kind, ContainerKind::Regular | ContainerKind::Sidecar)
    })
}

/// The container that runs and has the port: by its declared ports or its probes; or the
/// only other one that runs.
fn holder<'a>(
    pod: &'a Pod,
    loser: &Container,
    port: i64,
) -> Option<(&'a Container, Option<Proof>)> {
    let others: Vec<&Container> = pod
        .containers()
        .filter(|(c, status)| {
            c.name != loser.name && status.is_some_and(ContainerStatus::is_running)
        })
        .map(|(container, _)| container)
        .collect();
    let declared = others.iter().find_map(|container| {
        let index = container.ports.iter().position(|p| p.number == port)?;
        let at = format!("{}/ports/{index}/containerPort", container.path());
        let proof = proof::field(pod, at, port).in_container(&container.name);
        Some((*container, Some(proof)))
    });
    let told = || {
        others.iter().find_map(|container| {
            let proof = told_to(pod, container, u16::try_from(port).ok()?)?;
            Some((*container, Some(proof)))
        })
    };
    declared.or_else(told).or(match others.as_slice() {
        [only] => Some((*only, None)),
        _ => None,
    })
}

/// The variable of a container's environment that names the port.
fn told_to(pod: &Pod, container: &Container, port: u16) -> Option<Proof> {
    let port = port.to_string();
    container.env.iter().find_map(|var| match &var.value {
        EnvValue::Plain(value) if value.rsplit(':').next() == Some(&*port) => Some(
            proof::field(
                pod,
                format!("{}/env/{}/value", container.path(), var.index),
                value,
            )
            .in_container(&container.name),
        ),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    fn with_neighbour() -> String {
        crashing("exitCode: 1, reason: Error")
            .replace("  containers:\n", "  containers:\n    - {name: proxy, image: x, ports: [{containerPort: 8080}]}\n")
            .replace("  containerStatuses:\n", "  containerStatuses:\n    - {name: proxy, ready: true, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}\n")
    }

    #[test]
    fn the_container_that_has_the_port_is_named() {
        check(&with_neighbour())
            .log(
                "shop/web",
                "app",
                false,
                "listen tcp :8080: bind: address already in use\n",
            )
            .finds("port-conflict-in-pod", "Pod shop/web[app]")
            .tells("title")
            .with("other", "proxy")
            .alone();
    }

    #[test]
    fn alone_in_its_pod_it_disturbs_itself() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "listen tcp :8080: bind: address already in use\n",
            )
            .does_not_find("port-conflict-in-pod")
            .finds("app-exits-with-error", "Pod shop/web[app]")
            .tells("title.line")
            .with("line", "listen tcp :8080: bind: address already in use");
    }

    #[test]
    fn without_such_a_line_it_is_another_cause() {
        check(&with_neighbour())
            .log("shop/web", "app", false, "FATAL: no\n")
            .does_not_find("port-conflict-in-pod");
    }
}
