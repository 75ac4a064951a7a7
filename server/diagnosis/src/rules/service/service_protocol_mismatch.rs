//! Symptom: connections to a Service get no answer, though its Pods are ready.
//! Cause: the Service's port is of another protocol than the container's.
//! Fix: the protocol of the Service's port.
//! Source: <https://kubernetes.io/docs/reference/networking/service-protocols/>

use super::ports::{container_port, declared, is_target, its_backends};
use crate::facts::{Object, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-protocol-mismatch",
    source: "https://kubernetes.io/docs/reference/networking/service-protocols/",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Port {port} of Service {name} is {protocol}, but container {container_name} serves {target} over {declared}",
            "Service {name} のポート {port} は {protocol} だが、コンテナ {container_name} の {target} は {declared}",
        ),
        text(
            "explanation",
            "A Service passes on only the protocol that its port names. {declared} connections to it go nowhere, and {protocol} packets reach a port where nothing waits for them.",
            "Service は、ポートで指定したプロトコルだけを転送します。{declared} の接続はどこにも届かず、{protocol} のパケットは待ち受けのないポートに届きます。",
        ),
        text(
            "fix",
            "Set the protocol of the Service's port to {declared}.",
            "Service のポートの protocol を {declared} にします。",
        ),
    ],
};

fn run<'s>(service: &'s Service, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let pods = its_backends(service, snapshot, findings);
    for port in &service.ports {
        let same = |pod: &crate::facts::Pod| {
            declared(pod).any(|(_, _, p)| is_target(p, &port.target) && p.protocol == port.protocol)
        };
        if pods.iter().any(|pod| same(pod)) {
            continue;
        }
        let other = pods.iter().find_map(|pod| {
            let found = declared(pod).find(|(_, _, p)| is_target(p, &port.target))?;
            Some((*pod, found))
        });
        let Some((pod, found)) = other else { continue };
        let (container, _, declared) = found;
        let patch = format!(
            "[{{\"op\":\"replace\",\"path\":\"/spec/ports/{}/protocol\",\"value\":\"{}\"}}]",
            port.index, declared.protocol
        );
        findings.add(
            Finding::on(service)
                .arg("port", port.port)
                .arg("protocol", &*port.protocol)
                .arg("target", port.target.to_string())
                .arg("declared", &*declared.protocol)
                .arg("container_name", &*container.name)
                .proof(proof::field(
                    service,
                    format!("/spec/ports/{}/protocol", port.index),
                    &port.protocol,
                ))
                .proof(container_port(pod, found, "containerPort"))
                .fix_with(
                    "fix",
                    format!(
                        "{} patch {} {} --type=json -p {}",
                        kubectl::prefix(Some(&service.meta.namespace)),
                        service.object_ref().kind.to_lowercase(),
                        kubectl::word(&service.meta.name),
                        kubectl::word(&patch)
                    ),
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(service: &str, container: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Service
metadata: {{name: log, namespace: ops}}
spec: {{clusterIP: 10.0.0.9, selector: {{app: log}}, ports: [{service}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: log-0, namespace: ops, uid: p, labels: {{app: log}}}}
spec: {{nodeName: n1, containers: [{{name: c, ports: [{container}]}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}
"
        )
    }

    #[test]
    fn tcp_to_a_udp_port() {
        check(&objects(
            "{port: 514, targetPort: 1514, protocol: TCP}",
            "{containerPort: 1514, protocol: UDP}",
        ))
        .finds("service-protocol-mismatch", "Service ops/log")
        .tells("title")
        .with("protocol", "TCP")
        .with("container_name", "c")
        .with("target", "1514")
        .with("declared", "UDP")
        .alone();
    }

    #[test]
    fn both_protocols_on_one_port() {
        check(&objects(
            "{port: 53, targetPort: 53, protocol: TCP}",
            "{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}",
        ))
        .finds_nothing();
    }
}
