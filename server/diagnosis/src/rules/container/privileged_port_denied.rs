//! Symptom: the process ends with "bind: permission denied".
//! Cause: a process that is not root may not listen on a port below 1024.
//! Fix: a port above 1023, with the Service's targetPort; or the capability NET_BIND_SERVICE.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>

use super::crash::crashes;
use crate::facts::{Container, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "privileged-port-denied",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} may not listen on port {port}: it does not run as root",
            "{name} のコンテナ {container} はポート {port} で待ち受けできない: root で実行されていない",
        ),
        text(
            "title.unnamed",
            "Container {container} of {name} may not listen on a port below 1024: it does not run as root",
            "{name} のコンテナ {container} は 1024 未満のポートで待ち受けできない: root で実行されていない",
        ),
        text(
            "explanation",
            "Ports below 1024 are for root and for processes with the capability NET_BIND_SERVICE. The process is refused the port and ends.",
            "1024 未満のポートを使えるのは、root と NET_BIND_SERVICE ケーパビリティを持つプロセスだけです。プロセスはポートを開けずに終了しています。",
        ),
        text(
            "fix.port",
            "Let the process listen above 1023, such as on 8080, and set containerPort and the Service's targetPort to it; the Service's own port stays.",
            "プロセスを 8080 など 1024 以上のポートで待ち受けさせ、containerPort と Service の targetPort を合わせます。Service 自身の port は変わりません。",
        ),
        text(
            "fix.capability",
            "Or add the capability NET_BIND_SERVICE in securityContext.capabilities.add (and to the program's file, when it does not run as root).",
            "または securityContext.capabilities.add に NET_BIND_SERVICE を追加します（root 以外の場合はプログラムファイルにも付与します）。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot).filter(|c| c.end.1.exit_code != 0) {
        let words = findings.last_words(snapshot, pod, crash.status);
        let Some(told) = words.find(|claim| matches!(claim, Claim::PortDenied { .. })) else {
            continue;
        };
        let finding = Finding::on_container(snapshot, pod, crash.container)
            .proof(told.proof(pod))
            .proofs(context(pod, crash.container))
            .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
            .fix_with(
                "fix.port",
                kubectl::change(&snapshot.top_of(pod).object_ref()),
            )
            .fix("fix.capability")
            .since(crash.since(pod, snapshot));
        let said = match &told.claim {
            Claim::PortDenied { port } => port.map(i64::from),
            _ => None,
        };
        findings.add(match said.or_else(|| declared(crash.container)) {
            Some(port) => finding.arg("port", port),
            None => finding.title("title.unnamed"),
        });
    }
}

/// The port below 1024 that a container declares, when it is the only one.
fn declared(container: &Container) -> Option<i64> {
    let mut low = container
        .ports
        .iter()
        .map(|p| p.number)
        .filter(|n| *n < 1024);
    low.next().filter(|_| low.next().is_none())
}

/// The field that keeps the process from being root, as far as the Pod says it.
fn context(pod: &Pod, container: &Container) -> Option<Proof> {
    let path = format!("{}/securityContext", container.path());
    let (own, of_pod) = (&container.security, &pod.spec.security);
    let field = |at: String, value: String| proof::field(pod, at, value);
    if let Some(user) = own.run_as_user {
        Some(field(format!("{path}/runAsUser"), user.to_string()))
    } else if let Some(non_root) = own.run_as_non_root {
        Some(field(format!("{path}/runAsNonRoot"), non_root.to_string()))
    } else if let Some(user) = of_pod.run_as_user {
        Some(field(
            "/spec/securityContext/runAsUser".to_owned(),
            user.to_string(),
        ))
    } else {
        of_pod.run_as_non_root.map(|value| {
            field(
                "/spec/securityContext/runAsNonRoot".to_owned(),
                value.to_string(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn the_kernel_refuses_the_port() {
        let objects = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "securityContext: {runAsUser: 1000}\n      image: ",
        );
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "listen tcp :80: bind: permission denied\n",
            )
            .finds("privileged-port-denied", "Pod shop/web[app]")
            .tells("title")
            .with("port", 80)
            .alone();
    }

    #[test]
    fn the_declared_port_is_named_when_the_line_names_none() {
        let objects = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "ports: [{containerPort: 443}, {containerPort: 9090}]\n      image: ",
        );
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "Caused by: java.net.BindException: Permission denied\n",
            )
            .finds("privileged-port-denied", "Pod shop/web[app]")
            .tells("title")
            .with("port", 443)
            .alone();
    }

    #[test]
    fn a_file_that_may_not_be_read_is_another_cause() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "open /etc/ssl/key.pem: permission denied\n",
            )
            .does_not_find("privileged-port-denied");
    }
}
