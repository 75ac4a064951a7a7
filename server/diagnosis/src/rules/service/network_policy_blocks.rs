//! Symptom: connections to the Pods of a Service, or from a Pod, time out.
//! Cause: a NetworkPolicy isolates the Pods, and no policy lets any traffic to the
//! Service's port in; or none lets in, or out, what a Pod is configured to call, or its
//! questions to the cluster's DNS.
//! Fix: a policy that allows it.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/network-policies/>

use std::collections::BTreeSet;

use podside_model::{Message, Relation, Severity};

use super::dial::{cluster_host, is_recent, listen};
use super::isolation::{Direction, Port, between, isolating_of};
use super::ports::{backends, its_backends};
use crate::callees::named_hosts;
use crate::facts::{NetworkPolicy, Object, Peer, Pod, PortRef, Service, ServicePort};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "network-policy-blocks",
    source: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
    rank: Rank::Root,
    runs: &[Run::Service(run), Run::Pod(client)],
    texts: &[
        text(
            "title",
            "NetworkPolicy {name} isolates the {n} {n|Pod|Pods} of Service {service}, and no policy lets traffic to port {port} in",
            "NetworkPolicy {name} が Service {service} の {n} 個の Pod を隔離しており、ポート {port} への通信を許可するポリシーがない",
        ),
        text(
            "explanation",
            "As soon as one policy selects a Pod for Ingress, only what some policy allows may reach it. None allows this port from anywhere, so with a network plugin that enforces policies every connection to the Service times out. Whether the plugin of this cluster does cannot be told from its objects.",
            "Ingress のポリシーが 1 つでも Pod を選択すると、許可された通信しか届きません。このポートはどこからも許可されていないため、ポリシーを適用するネットワークプラグインでは、Service への接続はすべてタイムアウトします。このクラスターのプラグインがポリシーを適用するかは、オブジェクトからは判断できません。",
        ),
        text(
            "title.in",
            "NetworkPolicy {name} does not let {client} in, which calls port {port} of Service {service}",
            "Service {service} のポート {port} を呼び出す {client} からの通信を NetworkPolicy {name} が許可していない",
        ),
        text(
            "title.out",
            "NetworkPolicy {name} does not let {client} out to port {port} of Service {service}, which it calls",
            "{client} から呼び出し先の Service {service} のポート {port} への通信を NetworkPolicy {name} が許可していない",
        ),
        text(
            "title.dns",
            "NetworkPolicy {name} does not let {client} ask the cluster's DNS, so it cannot look up Service {service}",
            "NetworkPolicy {name} が {client} からクラスターの DNS への通信を許可していないため、Service {service} の名前を解決できない",
        ),
        text(
            "title.names",
            "NetworkPolicy {name} does not let {client} ask the DNS, so it cannot look up {host}",
            "NetworkPolicy {name} が {client} から DNS への通信を許可していないため、{host} の名前を解決できない",
        ),
        text(
            "explanation.names",
            "As soon as one policy selects a Pod for Egress, it may only send what some policy allows. None of the {n} {n|policy that selects|policies that select} {pod} allows it to ask the DNS, and its log says that a name does not resolve.",
            "Egress のポリシーが 1 つでも Pod を選択すると、許可された通信しか送れません。{pod} を選択する {n} 個のポリシーはどれも DNS への通信を許可しておらず、ログには名前を解決できないと出力されています。",
        ),
        text(
            "explanation.in",
            "As soon as one policy selects a Pod for Ingress, only what some policy allows may reach it. The labels of {pod} and of its namespace match no rule of the {n} {n|policy|policies} that {n|selects|select} the Pods of Service {service}. Whether the network plugin of this cluster enforces policies cannot be told from its objects.",
            "Ingress のポリシーが 1 つでも Pod を選択すると、許可された通信しか届きません。{pod} とその Namespace のラベルは、Service {service} の Pod を選択する {n} 個のポリシーのどのルールにも一致しません。このクラスターのネットワークプラグインがポリシーを適用するかは、オブジェクトからは判断できません。",
        ),
        text(
            "explanation.out",
            "As soon as one policy selects a Pod for Egress, it may only send what some policy allows. None of the {n} {n|policy that selects|policies that select} {pod} allows this. Whether the network plugin of this cluster enforces policies cannot be told from its objects.",
            "Egress のポリシーが 1 つでも Pod を選択すると、許可された通信しか送れません。{pod} を選択する {n} 個のポリシーはどれもこの通信を許可していません。このクラスターのネットワークプラグインがポリシーを適用するかは、オブジェクトからは判断できません。",
        ),
        text(
            "fix.in",
            "Allow it in a NetworkPolicy of namespace {namespace}: an ingress rule whose podSelector and namespaceSelector match {pod}, for port {port}.",
            "Namespace {namespace} の NetworkPolicy で許可します。podSelector と namespaceSelector が {pod} に一致する、ポート {port} の ingress ルールを追加します。",
        ),
        text(
            "fix.out",
            "Allow it in a NetworkPolicy of namespace {namespace}: an egress rule to the Pods of Service {service}, for port {port}.",
            "Namespace {namespace} の NetworkPolicy で許可します。Service {service} の Pod のポート {port} への egress ルールを追加します。",
        ),
        text(
            "fix.dns",
            "Allow it in a NetworkPolicy of namespace {namespace}: an egress rule to namespace kube-system, for port 53 over UDP and TCP.",
            "Namespace {namespace} の NetworkPolicy で許可します。Namespace kube-system のポート 53（UDP と TCP）への egress ルールを追加します。",
        ),
        text(
            "proof.told",
            "Its log says that nothing answers",
            "応答がないというログ",
        ),
        text(
            "fix.allow",
            "Add a NetworkPolicy that allows the clients of Service {service} to reach port {port} of its Pods.",
            "Service {service} のクライアントから Pod のポート {port} への通信を許可する NetworkPolicy を追加します。",
        ),
        text(
            "fix.see",
            "See which policies select the Pods.",
            "Pod を選択しているポリシーを確認します。",
        ),
        text(
            "state.isolated",
            "no traffic is allowed in",
            "通信が許可されていない",
        ),
    ],
};

fn run<'s>(service: &'s Service, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let namespace = &service.meta.namespace;
    if snapshot.network_policies.unreadable(namespace).is_some()
        || snapshot
            .network_policies
            .in_namespace(namespace)
            .next()
            .is_none()
    {
        return;
    }
    let pods = its_backends(service, snapshot, findings);
    let (Some(pod), Some(port)) = (pods.first(), service.ports.first()) else {
        return;
    };
    let mut isolating: Vec<&NetworkPolicy> = Vec::new();
    for policy in snapshot.network_policies.in_namespace(namespace) {
        if policy.governs_ingress && policy.pods.matches(&pod.meta.labels) {
            if service.ports.iter().any(|port| lets_in(policy, pod, port)) {
                return;
            }
            isolating.push(policy);
        }
    }
    // Of several the one is named that allows nothing at all.
    let Some(policy) = isolating
        .iter()
        .min_by_key(|p| (p.ingress.len(), &p.meta.name))
    else {
        return;
    };
    let names: Vec<String> = isolating.iter().map(|p| p.meta.name.to_string()).collect();
    findings.add(
        Finding::on(*policy)
            .likely()
            .one_fault(policy.object_ref(), "")
            .arg("service", &*service.meta.name)
            .arg("n", pods.len())
            .arg("port", port.target.to_string())
            .arg("policies", names)
            .proof(proof::field(*policy, "/spec/policyTypes/0", "Ingress"))
            .affects(
                service.object_ref(),
                Relation::Selects,
                Message::new("network-policy-blocks.state.isolated"),
            )
            .fix_with(
                "fix.allow",
                kubectl::list(Some(namespace), "networkpolicies -o yaml"),
            )
            .fix_with("fix.see", kubectl::describe(&policy.object_ref()))
            .since(policy.meta.created),
    );
}

/// Whether a policy lets anybody at all reach the port of a Pod that a Service means.
fn lets_in(policy: &NetworkPolicy, pod: &Pod, port: &ServicePort) -> bool {
    let container_port = pod.spec.lasting().find_map(|c| c.port(&port.target));
    let number = match &port.target {
        PortRef::Number(number) => Some(*number),
        PortRef::Name(_) => container_port.map(|p| p.number),
    };
    // A port that cannot be found is another fault.
    let Some(number) = number else { return true };
    let name = container_port.map_or("", |p| &*p.name);
    policy.ingress.iter().any(|rule| {
        rule.ports.is_empty()
            || rule
                .ports
                .iter()
                .any(|p| p.allows(&port.protocol, number, name))
    })
}

/// A Pod that is configured to call a Service.
struct Client<'a> {
    pod: &'a Pod,
    service: &'a Service,
    /// A line of its log that says that the call fails, when there is one.
    told: Option<Proof>,
}

/// Looks at what a Pod is configured to call.
fn client(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if snapshot.network_policies.is_empty()
        || pod.spec.host_network
        || pod.node.is_empty()
        || pod.is_finished()
        || pod.is_terminating()
    {
        return;
    }
    let before = findings.found();
    for (container, status) in pod.containers() {
        let namespace = &*pod.meta.namespace;
        let named = named_hosts(namespace, &pod.spec, container, snapshot);
        let hosts: BTreeSet<String> = named.into_iter().map(|named| named.host.host).collect();
        for host in hosts {
            let target = cluster_host(&host, namespace, snapshot);
            let service = target.and_then(|t| snapshot.services.get(&t.namespace, &t.name));
            let Some(service) = service.filter(|s| !s.is_external_name()) else {
                continue;
            };
            let Some((denied, policy)) = denied(pod, service, snapshot) else {
                continue;
            };
            // One that is ready says as well whether its calls fail.
            let words = status.and_then(|s| match (s.ready, s.is_running()) {
                (true, true) => Some(findings.present_words(snapshot, pod, s)),
                _ => listen(pod, container, s, snapshot, findings),
            });
            let told = words.and_then(|words| {
                let told = words.find(|claim| complains(claim, &host, service))?;
                Some(told.proof(pod).saying("proof.told"))
            });
            let client = Client { pod, service, told };
            findings.add(finding(&client, &denied, policy, snapshot));
        }
    }
    if findings.found() == before {
        asks_in_vain(pod, snapshot, findings);
    }
}

/// A Pod that says that a name does not resolve, and that no policy lets ask the DNS: whatever
/// has that name, it cannot find it.
fn asks_in_vain(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(policy) = without_dns(pod, snapshot) else {
        return;
    };
    for (_, status) in pod.containers() {
        let Some(status) = status.filter(|status| status.is_running()) else {
            continue;
        };
        let words = findings.present_words(snapshot, pod, status);
        let told = words.told.iter().find_map(|told| {
            let host = told.claim.unresolved_host()?;
            is_recent(told, status, snapshot).then_some((told, host))
        });
        let Some((told, host)) = told else { continue };
        let top = snapshot.top_of(pod).object_ref();
        let told = told.proof(pod).saying("proof.told");
        findings.add(
            Finding::on(policy)
                .likely()
                .title("title.names")
                .explanation("explanation.names")
                .arg("client", format!("{} {}", top.kind, top.name))
                .arg("host", host)
                .arg(
                    "pod",
                    format!("Pod {} in namespace {}", pod.meta.name, pod.meta.namespace),
                )
                .arg("n", isolating_of(pod, Direction::Out, snapshot).count())
                .breaks(pod)
                .shows_where(&told)
                .proof(told)
                .proof(proof::field(policy, "/metadata/name", &policy.meta.name))
                .affects(
                    top,
                    Relation::Selects,
                    Message::new("network-policy-blocks.state.isolated"),
                )
                .fix_with("fix.dns", kubectl::edit(&policy.object_ref()))
                .since(policy.meta.created),
        );
        return;
    }
}

/// The policy that keeps a Pod from every DNS server: from the cluster's, or from all there is.
pub(super) fn without_dns<'a>(pod: &Pod, snapshot: &'a Snapshot) -> Option<&'a NetworkPolicy> {
    if pod.spec.host_network || snapshot.network_policies.is_empty() {
        return None;
    }
    let from_all = || {
        let mut policies = isolating_of(pod, Direction::Out, snapshot).peekable();
        let first = policies.peek().copied()?;
        policies
            .all(|policy| policy.egress.is_empty())
            .then_some(first)
    };
    from_all().or_else(|| dns_denied(pod, snapshot))
}

/// Whether a line of a log says that the Service is not reached, or its name not resolved.
fn complains(claim: &Claim, host: &str, service: &Service) -> bool {
    match claim {
        Claim::NoAnswer(to) => {
            to.host == host || to.host == *service.cluster_ip || to.port == Some(53)
        }
        claim => claim.unresolved_host() == Some(host),
    }
}

/// What is denied between a client and a Service.
enum Denied {
    In(i64),
    Out(i64),
    Dns,
}

fn denied<'a>(
    pod: &Pod,
    service: &Service,
    snapshot: &'a Snapshot,
) -> Option<(Denied, &'a NetworkPolicy)> {
    if let Some(policy) = dns_denied(pod, snapshot) {
        return Some((Denied::Dns, policy));
    }
    let backend = backends(service, snapshot).into_iter().next()?;
    // What may reach some of the ports is not shut out.
    let mut first = None;
    for port in &service.ports {
        let there = backend.spec.lasting().find_map(|c| c.port(&port.target));
        let number = match (&port.target, there) {
            (_, Some(there)) => there.number,
            (PortRef::Number(number), None) => *number,
            (PortRef::Name(_), None) => return None,
        };
        let port = Port {
            protocol: &port.protocol,
            number,
            name: there.map_or("", |p| &*p.name),
        };
        let found = between(backend, Direction::In, pod, port, snapshot)
            .map(|policy| (Denied::In(number), policy))
            .or_else(|| {
                between(pod, Direction::Out, backend, port, snapshot)
                    .map(|policy| (Denied::Out(number), policy))
            })?;
        first.get_or_insert(found);
    }
    first
}

/// The policy that keeps a Pod from the cluster's DNS, in both protocols.
fn dns_denied<'a>(pod: &Pod, snapshot: &'a Snapshot) -> Option<&'a NetworkPolicy> {
    if !matches!(&*pod.spec.dns_policy, "" | "ClusterFirst") {
        return None;
    }
    let service = snapshot.services.get("kube-system", "kube-dns")?;
    let server = backends(service, snapshot).into_iter().next()?;
    let port = service.ports.first()?;
    let there = server.spec.lasting().find_map(|c| c.port(&port.target));
    let asked = |protocol| Port {
        protocol,
        number: there.map_or(53, |p| p.number),
        name: there.map_or("", |p| &*p.name),
    };
    // A cache on the node answers at an address of its own.
    let mut policies = isolating_of(pod, Direction::Out, snapshot);
    let by_block = policies.any(|policy| {
        let mut peers = policy.egress.iter().flat_map(|rule| &rule.peers);
        peers.any(|peer| matches!(peer, Peer::Block { .. }))
    });
    if by_block {
        return None;
    }
    between(pod, Direction::Out, server, asked("UDP"), snapshot)
        .filter(|_| between(pod, Direction::Out, server, asked("TCP"), snapshot).is_some())
}

fn finding(
    client: &Client<'_>,
    denied: &Denied,
    policy: &NetworkPolicy,
    snapshot: &Snapshot,
) -> Finding {
    let (pod, service) = (client.pod, client.service);
    let top = snapshot.top_of(pod).object_ref();
    let (selected, direction) = match denied {
        Denied::In(_) => (
            backends(service, snapshot).into_iter().next(),
            Direction::In,
        ),
        Denied::Out(_) | Denied::Dns => (Some(pod), Direction::Out),
    };
    let n = selected.map_or(0, |selected| {
        isolating_of(selected, direction, snapshot).count()
    });
    let shown = format!("Pod {} in namespace {}", pod.meta.name, pod.meta.namespace);
    let finding = Finding::on(policy)
        .likely()
        .one_fault(policy.object_ref(), "")
        .arg("client", format!("{} {}", top.kind, top.name))
        .arg("pod", shown)
        .arg("service", &*service.meta.name)
        .arg("n", n)
        .proof(proof::field(policy, "/metadata/name", &policy.meta.name))
        .affects(
            top,
            Relation::Selects,
            Message::new("network-policy-blocks.state.isolated"),
        )
        .since(policy.meta.created);
    let edit = kubectl::edit(&policy.object_ref());
    let finding = match denied {
        Denied::In(port) => finding
            .title("title.in")
            .explanation("explanation.in")
            .arg("port", *port)
            .fix_with("fix.in", edit),
        Denied::Out(port) => finding
            .title("title.out")
            .explanation("explanation.out")
            .arg("port", *port)
            .fix_with("fix.out", edit),
        Denied::Dns => finding
            .title("title.dns")
            .explanation("explanation.out")
            .fix_with("fix.dns", edit),
    };
    match &client.told {
        // What its log says makes the policy the reason why it fails.
        Some(told) => finding
            .deciding([told.clone()])
            .breaks(pod)
            .shows_where(told),
        None => finding.severity(Severity::Warning),
    }
}

#[cfg(test)]
#[path = "network_policy_blocks_tests.rs"]
mod tests;
