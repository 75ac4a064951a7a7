//! Symptom: a Service refuses connections; its EndpointSlices have no port.
//! Cause: targetPort is a name that no selected container declares.
//! Fix: the name in the Service, or in the container's ports.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports>

use podside_model::Severity;

use super::ports::{container_port, declared, is_target, its_backends, target};
use crate::facts::{Object, PortRef, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-named-port-missing",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Service {name} sends port {port} to the port named {target}, which no container of its {n} {n|Pod|Pods} declares",
            "Service {name} はポート {port} を {target} という名前のポートに送るが、{n} 個の Pod のどのコンテナもそれを宣言していない",
        ),
        text(
            "explanation",
            "A targetPort by name is looked up in the ports of each Pod's containers. Without a match the Service has no endpoint for this port and refuses connections. Declared there: {declared}.",
            "名前による targetPort は、各 Pod のコンテナの ports から探されます。一致するものがないため、このポートのエンドポイントがなく、接続は拒否されます。宣言されている名前: {declared}。",
        ),
        text(
            "explanation.none",
            "A targetPort by name is looked up in the ports of each Pod's containers, and these name none. So the Service has no endpoint for this port and refuses connections.",
            "名前による targetPort は、各 Pod のコンテナの ports から探されますが、名前の付いたポートがありません。このポートのエンドポイントがなく、接続は拒否されます。",
        ),
        text(
            "fix.near",
            "Set targetPort to {near}, if that is the port that is meant.",
            "{near} のことであれば、targetPort を {near} にします。",
        ),
        text(
            "fix.name",
            "Name the container's port {target} in the template of the Pods, or use its number as targetPort.",
            "Pod のテンプレートでコンテナのポートに {target} という名前を付けるか、targetPort に番号を指定します。",
        ),
    ],
};

fn run<'s>(service: &'s Service, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let pods = its_backends(service, snapshot, findings);
    if pods.is_empty() {
        return;
    }
    for port in &service.ports {
        let PortRef::Name(name) = &port.target else {
            continue;
        };
        let found =
            |pod: &&&crate::facts::Pod| declared(pod).any(|(_, _, p)| is_target(p, &port.target));
        let with = pods.iter().filter(found).count();
        if with > 0 {
            // In a rollout that renames the port some Pods still have the old name.
            continue;
        }
        let Some(pod) = pods.first() else { continue };
        let mut names: Vec<String> = declared(pod)
            .filter(|(_, _, p)| !p.name.is_empty())
            .map(|(_, _, p)| p.name.to_string())
            .collect();
        names.dedup();
        let near = near::name(name, names.iter().map(String::as_str))
            .or_else(|| match names.as_slice() {
                [only] => Some(only),
                _ => None,
            })
            .map(str::to_owned);
        let first = declared(pod).find(|(_, _, p)| !p.name.is_empty());
        let mut finding = Finding::on(service)
            .arg("port", port.port)
            .arg("target", &**name)
            .arg("n", pods.len())
            .proof(target(service, port))
            .proofs(first.map(|declared| container_port(pod, declared, "name")));
        if names.is_empty() {
            finding = finding.explanation("explanation.none");
        } else {
            finding = finding.arg("declared", names);
        }
        if let Some(near) = near {
            let patch = format!(
                "{} patch service {} --type=json -p {}",
                kubectl::prefix(Some(&service.meta.namespace)),
                kubectl::word(&service.meta.name),
                kubectl::word(&format!(
                    "[{{\"op\":\"replace\",\"path\":\"/spec/ports/{}/targetPort\",\"value\":\"{near}\"}}]",
                    port.index
                ))
            );
            finding = finding.arg("near", near).fix_with("fix.near", patch);
        }
        // Other ports of the Service may still work.
        let severity = if service.ports.len() > 1 {
            Severity::Warning
        } else {
            Severity::Critical
        };
        findings.add(
            finding
                .severity(severity)
                .fix_with("fix.name", kubectl::edit(&service.object_ref())),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Service
metadata: {name: api, namespace: pay}
spec: {clusterIP: 10.0.0.9, selector: {app: api}, ports: [{port: 80, protocol: TCP, targetPort: TARGET}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api-0, namespace: pay, uid: p, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: c, ports: [{name: web, containerPort: 8080}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";

    #[test]
    fn a_name_that_no_container_declares() {
        check(&OBJECTS.replace("TARGET", "http"))
            .finds("service-named-port-missing", "Service pay/api")
            .tells("title")
            .with("target", "http")
            .advises("\"value\":\"web\"")
            .alone();
    }

    #[test]
    fn a_name_that_is_declared_or_a_service_without_pods() {
        check(&OBJECTS.replace("TARGET", "web")).finds_nothing();
        let nobody = OBJECTS
            .replace("TARGET", "http")
            .replace("labels: {app: api}", "labels: {app: b}");
        check(&nobody).does_not_find("service-named-port-missing");
    }
}
