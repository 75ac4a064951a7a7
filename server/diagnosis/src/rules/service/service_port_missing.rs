//! Symptom: calls to a Service time out or are refused, though the Service and its Pods are
//! well.
//! Cause: the client calls a port that the Service does not have.
//! Fix: the port that the client is configured with; or that port, in the Service.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly>

use podside_model::Severity;

use super::dial::{cluster_host, is_recent, lacks_port, listen};
use crate::callees::{Named, named_hosts};
use crate::facts::{Container, ContainerStatus, Pod, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Address, Claim, LastWords, Told};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-port-missing",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} calls port {port} of Service {service}, which has only {ports}",
            "{name} のコンテナ {container} が Service {service} のポート {port} を呼び出しているが、Service にあるのは {ports} のみ",
        ),
        text(
            "explanation",
            "A Service answers on its own ports and on no others. Service {service} in namespace {of} has {ports}; calls to port {port} are refused or get no answer, and the container says so.",
            "Service が応答するのは自身のポートだけです。Namespace {of} の Service {service} にあるのは {ports} で、ポート {port} への接続は拒否されるか応答がありません。コンテナもそのように出力しています。",
        ),
        text(
            "fix.client",
            "Correct the port that container {container} is configured with: Service {service} has {ports}.",
            "コンテナ {container} に設定されたポートを修正します。Service {service} にあるのは {ports} です。",
        ),
        text(
            "fix.service",
            "If port {port} is meant, add it to Service {service}.",
            "ポート {port} が正しい場合は、Service {service} に追加します。",
        ),
        text(
            "proof.env",
            "Container {container} is told to call that port",
            "コンテナ {container} に設定された呼び出し先のポート",
        ),
        text(
            "proof.ports",
            "The ports of Service {service}",
            "Service {service} のポート",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let namespace = &*pod.meta.namespace;
    for (container, status) in pod.containers() {
        let Some(status) = status else { continue };
        let named = named_hosts(namespace, &pod.spec, container, snapshot);
        for named in &named {
            let Some((service, port)) = misses(named, namespace, snapshot) else {
                continue;
            };
            let Some(words) = listen(pod, container, status, snapshot, findings) else {
                continue;
            };
            if let Some(told) = complaint(&words, named, service, port, status, snapshot) {
                let call = (named, service, port);
                findings.add(finding(pod, container, call, told, snapshot));
            }
        }
    }
}

/// The Service that a named host means, and the port that is named with it, which the Service
/// does not have.
fn misses<'a>(
    named: &Named<'_>,
    namespace: &str,
    snapshot: &'a Snapshot,
) -> Option<(&'a Service, u16)> {
    let port = named.host.port?;
    let target = cluster_host(&named.host.host, namespace, snapshot)?;
    let service = snapshot.services.get(&target.namespace, &target.name)?;
    lacks_port(service, port).then_some((service, port))
}

/// The line that says that a call to that port is not answered.
fn complaint<'a>(
    words: &'a LastWords,
    named: &Named<'_>,
    service: &Service,
    port: u16,
    status: &ContainerStatus,
    snapshot: &Snapshot,
) -> Option<&'a Told> {
    let is_meant = |to: &Address| {
        to.port == Some(port) && (to.host == named.host.host || to.host == *service.cluster_ip)
    };
    words.told.iter().find(|told| {
        let (Claim::Refused(to) | Claim::NoAnswer(to)) = &told.claim else {
            return false;
        };
        is_meant(to) && is_recent(told, status, snapshot)
    })
}

fn finding(
    pod: &Pod,
    container: &Container,
    (named, service, port): (&Named<'_>, &Service, u16),
    told: &Told,
    snapshot: &Snapshot,
) -> Finding {
    let ports: Vec<String> = service.ports.iter().map(|p| p.port.to_string()).collect();
    let first = service.ports.first();
    let finding = Finding::on_container(snapshot, pod, container)
        .arg("service", &*service.meta.name)
        .arg("of", &*service.meta.namespace)
        .arg("port", i64::from(port))
        .arg("ports", ports)
        .proof(told.proof(pod))
        .proofs(
            named
                .proof(pod, container)
                .map(|proof| proof.saying("proof.env")),
        )
        .proofs(first.map(|first| {
            let pointer = format!("/spec/ports/{}/port", first.index);
            proof::field(service, pointer, first.port).saying("proof.ports")
        }))
        .fix_with(
            "fix.client",
            kubectl::change(&snapshot.top_of(pod).object_ref()),
        )
        .fix_with(
            "fix.service",
            kubectl::edit(&proof::object(
                crate::facts::Kind::Service,
                &service.meta.namespace,
                &service.meta.name,
            )),
        );
    if pod.is_ready() {
        finding.severity(Severity::Warning)
    } else {
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::client;
    use crate::testing::check;

    const SERVICE: &str = "---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.96.0.7, ports: [{port: 8080}]}
";
    const LOG: &str = "2026-01-01T11:59:58Z dial tcp cart:9000: connect: connection refused\n";

    #[test]
    fn the_port_that_is_called_and_those_that_are_there() {
        check(&(client("http://cart:9000/") + SERVICE))
            .log("shop/web", "app", false, LOG)
            .finds("service-port-missing", "Pod shop/web[app]")
            .tells("title")
            .with("port", 9000)
            .with_list("ports", ["8080"])
            .proves("http://cart:9000/")
            .alone();
        // Where packets to unknown ports are dropped, calls time out, and name the address.
        let timeout = "2026-01-01T11:59:58Z dial tcp 10.96.0.7:9000: i/o timeout\n";
        check(&(client("http://cart:9000/") + SERVICE))
            .log("shop/web", "app", false, timeout)
            .finds("service-port-missing", "Pod shop/web[app]");
    }

    #[test]
    fn a_log_that_does_not_complain_of_it() {
        check(&(client("http://cart:9000/") + SERVICE)).wants_log("app");
        check(&(client("http://cart:9000/") + SERVICE))
            .log("shop/web", "app", false, "GET / 200\n")
            .finds_nothing();
    }

    #[test]
    fn a_port_that_is_there_or_of_a_headless_service() {
        check(&(client("http://cart:8080/") + SERVICE)).finds_nothing();
        let headless = SERVICE.replace("10.96.0.7", "None");
        check(&(client("http://cart:9000/") + &headless))
            .log("shop/web", "app", false, LOG)
            .does_not_find("service-port-missing");
    }
}
