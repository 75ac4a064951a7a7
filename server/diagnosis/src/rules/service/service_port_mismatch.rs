//! Symptom: connections to a Service are refused, though its Pods are ready.
//! Cause: targetPort is a number on which the selected containers do not listen.
//! Fix: targetPort.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly>

use podside_model::Severity;

use super::listening::{Listening, addresses};
use super::ports::{container_port, declared, is_target, its_backends, target};
use crate::facts::{Container, EnvValue, Handler, Object, Pod, PortRef, Service, ServicePort};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{LogOf, LogTail, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-port-mismatch",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Service {name} sends port {port} to {target}, but container {container_name} listens on {there}",
            "Service {name} はポート {port} を {target} に送るが、コンテナ {container_name} は {there} で待ち受けている",
        ),
        text(
            "title.likely",
            "Service {name} sends port {port} to {target}, but container {container_name} declares {there}",
            "Service {name} はポート {port} を {target} に送るが、コンテナ {container_name} が宣言するのは {there}",
        ),
        text(
            "explanation",
            "The Service has endpoints and passes connections on, but to a port where nothing listens, so they are refused. Its log says where the container listens.",
            "Service にはエンドポイントがあり接続を転送しますが、転送先のポートでは何も待ち受けていないため拒否されます。待ち受けているポートはログに記録されています。",
        ),
        text(
            "explanation.likely",
            "The Service has endpoints and passes connections on to {target}, which no container of its {n} {n|Pod|Pods} declares. A process may listen on a port that is not declared, so this is probable and not certain; a connection from within the Pod would settle it.",
            "Service にはエンドポイントがあり {target} に転送しますが、{n} 個の Pod のどのコンテナもそのポートを宣言していません。宣言のないポートで待ち受けることもあるため、確実ではありません。Pod 内から接続すれば確かめられます。",
        ),
        text(
            "fix",
            "Set targetPort to the port on which the container listens.",
            "targetPort を、コンテナが待ち受けているポートにします。",
        ),
    ],
};

fn run<'s>(service: &'s Service, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    // Clients of a headless Service go to the Pods themselves, at a port of their choice.
    if service.is_headless() {
        return;
    }
    let pods = its_backends(service, snapshot, findings);
    let running: Vec<&Pod> = pods.iter().filter(|p| p.is_ready()).copied().collect();
    let Some(pod) = running.first() else { return };
    for port in &service.ports {
        let PortRef::Number(number) = port.target else {
            continue;
        };
        let is_declared = |pod: &Pod| declared(pod).any(|(_, _, p)| is_target(p, &port.target));
        if pods.iter().any(|p| is_declared(p)) || listens_anyway(pod, number) {
            continue;
        }
        // A Pod whose containers declare nothing says only in its log where they listen.
        let silent = pod
            .spec
            .lasting()
            .any(|container| container.ports.is_empty());
        if silent {
            if let Some(finding) = heard(service, port, number, pod, snapshot, findings) {
                findings.add(finding.arg("n", pods.len()));
            }
            continue;
        }
        if let Some(finding) = judge(service, port, number, pod, snapshot, findings) {
            findings.add(finding.arg("n", pods.len()));
        }
    }
}

/// Whether a Pod that is ready shows that a port is one of its own, declared or not: a probe
/// asks it and passes, or an argument or a variable of a container names it.
fn listens_anyway(pod: &Pod, number: i64) -> bool {
    let number_text = number.to_string();
    let names = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .any(|digits| digits == number_text)
    };
    pod.spec.lasting().any(|container| {
        let probed = container.probes().any(|(_, probe)| match &probe.handler {
            Handler::Http { port, .. } | Handler::Tcp { port, .. } => {
                *port == Some(PortRef::Number(number))
            }
            _ => false,
        });
        // A number in the name of a variable of another Service is none of its own.
        let own =
            |name: &str| name.contains("PORT") || name.contains("LISTEN") || name.contains("BIND");
        let env = container.env.iter().any(|var| match &var.value {
            EnvValue::Plain(value) => own(&var.name) && names(value),
            _ => false,
        });
        let mut words = container.command.iter().chain(&container.args);
        probed || env || words.any(|word| names(word))
    })
}

fn judge(
    service: &Service,
    port: &ServicePort,
    number: i64,
    pod: &Pod,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Finding> {
    let first = declared(pod).find(|(_, _, p)| p.protocol == port.protocol)?;
    let (container, _, declared_port) = first;
    let finding = |there: i64, container: &Container| {
        Finding::on(service)
            .arg("port", port.port)
            .arg("target", number)
            .arg("there", there)
            .arg("container_name", &*container.name)
            .proof(target(service, port))
            .proof(container_port(pod, first, "containerPort"))
            .fix_with("fix", retarget(service, port, there))
    };
    let log = findings.log(snapshot, pod, &container.name, false);
    let said = log.map(addresses).unwrap_or_default();
    if said.iter().any(|l| l.port == number) {
        return None;
    }
    let heard = said.first().zip(log).and_then(|(listening, log)| {
        let line = line(log, listening.line)?;
        Some((
            listening.port,
            proof::log_line(&LogOf::of(pod, &container.name, false), line),
        ))
    });
    // A process whose own port another port of the Service means may well have more of
    // them than it declares or tells of.
    let there = heard
        .as_ref()
        .map_or(declared_port.number, |(there, _)| *there);
    if is_meant(there, container, pod, snapshot) {
        return None;
    }
    Some(match heard {
        Some((there, proof)) => finding(there, container).proof(proof),
        None => finding(declared_port.number, container)
            .title("title.likely")
            .explanation("explanation.likely")
            .severity(Severity::Warning)
            .likely(),
    })
}

/// In a cluster with more Services than this the logs of Pods that declare no port are not
/// asked for: logs are not free.
const MOST: usize = 200;

/// The only container of a Pod declares no port, and its log says that it listens, but not
/// on the port that is meant.
fn heard(
    service: &Service,
    port: &ServicePort,
    number: i64,
    pod: &Pod,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Finding> {
    let mut lasting = pod.spec.lasting();
    let container = lasting.next().filter(|c| c.ports.is_empty())?;
    if lasting.next().is_some() || snapshot.services.len() > MOST || &*port.protocol != "TCP" {
        return None;
    }
    let log = findings.log(snapshot, pod, &container.name, false)?;
    let said = addresses(log);
    let listening = said.first()?;
    let is_known = |l: &Listening| l.port == number || is_meant(l.port, container, pod, snapshot);
    if said.iter().any(is_known) {
        return None;
    }
    let line = line(log, listening.line)?;
    Some(
        Finding::on(service)
            .likely()
            .arg("port", port.port)
            .arg("target", number)
            .arg("there", listening.port)
            .arg("container_name", &*container.name)
            .proof(target(service, port))
            .proof(proof::log_line(
                &LogOf::of(pod, &container.name, false),
                line,
            ))
            .fix_with("fix", retarget(service, port, listening.port)),
    )
}

/// Whether a Service sends to that port of a Pod.
fn is_meant(number: i64, container: &Container, pod: &Pod, snapshot: &Snapshot) -> bool {
    let sends = |port: &ServicePort| match &port.target {
        PortRef::Number(target) => *target == number,
        name @ PortRef::Name(_) => container.port(name).is_some_and(|p| p.number == number),
    };
    snapshot
        .services_of_pod(pod)
        .any(|service| !service.is_headless() && service.ports.iter().any(sends))
}

/// The command that sends a port of a Service elsewhere.
fn retarget(service: &Service, port: &ServicePort, there: i64) -> String {
    let patch = format!(
        "[{{\"op\":\"replace\",\"path\":\"/spec/ports/{}/targetPort\",\"value\":{there}}}]",
        port.index
    );
    format!(
        "{} patch {} {} --type=json -p {}",
        kubectl::prefix(Some(&service.meta.namespace)),
        service.object_ref().kind.to_lowercase(),
        kubectl::word(&service.meta.name),
        kubectl::word(&patch)
    )
}

fn line(log: &LogTail, index: usize) -> Option<&crate::snapshot::LogLine> {
    log.lines().get(index)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(target: &str, ports: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Service
metadata: {{name: api, namespace: pay}}
spec: {{clusterIP: 10.0.0.9, selector: {{app: api}}, ports: [{{port: 80, protocol: TCP, targetPort: {target}}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: api-0, namespace: pay, uid: p, labels: {{app: api}}}}
spec: {{nodeName: n1, containers: [{{name: c, ports: [{ports}]}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}], containerStatuses: [{{name: c, ready: true, state: {{running: {{}}}}}}]}}
"
        )
    }

    #[test]
    fn the_log_says_where_the_container_listens() {
        check(&objects("3001", "{containerPort: 3000}"))
            .log("pay/api-0", "c", false, "server listening on :3000\n")
            .finds("service-port-mismatch", "Service pay/api")
            .tells("title")
            .with("target", 3001)
            .with("container_name", "c")
            .with("there", 3000)
            .alone();
    }

    #[test]
    fn without_such_a_line_it_is_likely() {
        check(&objects("3001", "{containerPort: 3000}"))
            .log("pay/api-0", "c", false, "ready\n")
            .finds("service-port-mismatch", "Service pay/api")
            .is_likely();
    }

    #[test]
    fn a_port_that_is_declared_or_said() {
        check(&objects("3000", "{containerPort: 3000}")).finds_nothing();
        check(&objects("3001", "{containerPort: 3000}"))
            .log(
                "pay/api-0",
                "c",
                false,
                "listening on :3000\nadmin listening on :3001\n",
            )
            .finds_nothing();
    }

    #[test]
    fn containers_that_declare_nothing_say_it_in_their_log() {
        check(&objects("3001", "")).finds_nothing();
        check(&objects("3001", ""))
            .log("pay/api-0", "c", false, "listening on 0.0.0.0:3000\n")
            .finds("service-port-mismatch", "Service pay/api")
            .tells("title")
            .with("target", 3001)
            .with("container_name", "c")
            .with("there", 3000)
            .advises("\"value\":3000")
            .is_likely();
        check(&objects("3001", ""))
            .log(
                "pay/api-0",
                "c",
                false,
                "listening on :3000\nmetrics listening on :3001\n",
            )
            .finds_nothing();
    }

    #[test]
    fn a_port_beside_one_that_is_right_may_be_there_all_the_same() {
        let second = objects("3001", "{containerPort: 3000}").replace(
            "ports: [{port: 80, protocol: TCP, targetPort: 3001}]",
            "ports: [{name: a, port: 80, targetPort: 3000}, {name: metrics, port: 90, targetPort: 3001}]",
        );
        check(&second).finds_nothing();
        let headless = objects("3001", "{containerPort: 3000}").replace("10.0.0.9", "None");
        check(&headless).finds_nothing();
    }
}
