//! Symptom: the process ends, is not ready or waits, because a host on the Internet or in the
//! company does not resolve, refuses the connection or does not answer.
//! Cause: a host outside the cluster that the application needs does not resolve or answer.
//! Fix: the name, the way there, or the host.
//! Source: <https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/>

use std::net::IpAddr;

use super::complaint::complaints;
use crate::callees::named_hosts;
use crate::facts::{ContainerKind, Kind, Peer, Pod, Service};
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Address, Claim};
use crate::rule::{Rank, Rule, Run};
use crate::rules::dns::cluster_dns_down::is_cluster_dns;
use crate::rules::service::dial::cluster_host;
use crate::rules::service::isolation::{Direction, isolating_of};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "external-host-unreachable",
    source: "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{host}, a host outside the cluster that container {container} of {name} calls, does not resolve",
            "{name} のコンテナ {container} が呼び出すクラスター外のホスト {host} の名前を解決できない",
        ),
        text(
            "title.refused",
            "{host}, a host outside the cluster that container {container} of {name} calls, refuses the connection",
            "{name} のコンテナ {container} が呼び出すクラスター外のホスト {host} が接続を拒否する",
        ),
        text(
            "title.silent",
            "{host}, a host outside the cluster that container {container} of {name} calls, does not answer",
            "{name} のコンテナ {container} が呼び出すクラスター外のホスト {host} が応答しない",
        ),
        text(
            "explanation",
            "No Service of the cluster is meant by {host}: its name is asked of DNS servers outside, and they do not know it. The name is wrong, or only known where these servers are not asked.",
            "{host} はクラスターの Service ではありません。名前はクラスター外の DNS に問い合わせますが、見つかりません。名前が誤っているか、その DNS では解決できない名前です。",
        ),
        text(
            "explanation.refused",
            "{host} is outside the cluster and is reached, but nothing listens on the port, or a firewall refuses it.",
            "{host} はクラスター外にあり、到達できますが、そのポートで待ち受けていないか、ファイアウォールが拒否しています。",
        ),
        text(
            "explanation.silent",
            "{host} is outside the cluster, and no answer comes back: it is down, or a firewall, a missing route or a proxy that must be used stands between the nodes and it.",
            "{host} はクラスター外にあり、応答がありません。ホストが停止しているか、ノードとの間のファイアウォール、経路、プロキシの設定に問題があります。",
        ),
        text(
            "fix.name",
            "Correct the host that container {container} is configured with, or let the cluster's DNS ask a server that knows {host}.",
            "コンテナ {container} に設定されたホストを修正するか、{host} を解決できる DNS サーバーをクラスターの DNS に設定します。",
        ),
        text(
            "fix.way",
            "Try it from a node and from a Pod: what works from the node only is kept back by the cluster; else ask who runs {host}.",
            "ノードと Pod の両方から接続を試します。ノードからだけ成功する場合はクラスター側に原因があります。どちらも失敗する場合は {host} の管理者に確認します。",
        ),
        text(
            "proof.named",
            "Container {container} is told to call it",
            "コンテナ {container} に設定された呼び出し先",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    for complaint in complaints(pod, snapshot, findings, |claim| host(claim).is_some()) {
        let Some(host) = host(&complaint.told.claim) else {
            continue;
        };
        let (pod, container) = (complaint.pod, complaint.container);
        let runs_once = container.kind == ContainerKind::Init
            || pod
                .meta
                .controller()
                .is_some_and(|owner| owner.kind.is(Kind::Job));
        // Of a single try it is not known that a host never answers: the rules of init
        // containers and Jobs tell of the line.
        if runs_once
            || !is_outside(host, &pod.meta.namespace, snapshot)
            || pod.spec.host_aliases.iter().any(|alias| &**alias == host)
            || is_kept_in(pod, snapshot)
        {
            continue;
        }
        let asks = matches!(complaint.told.claim, Claim::Unresolved { .. });
        if asks && !is_dns_well(pod, snapshot) {
            continue;
        }
        let named = named_hosts(&pod.meta.namespace, &pod.spec, container, snapshot);
        let named = named.iter().find(|named| named.host.host == host);
        let finding = complaint.finding(snapshot).arg("host", host).proofs(
            named
                .and_then(|n| n.proof(pod, container))
                .map(|p| p.saying("proof.named")),
        );
        let change = kubectl::change(&snapshot.top_of(pod).object_ref());
        findings.add(match &complaint.told.claim {
            Claim::Refused(_) => finding
                .title("title.refused")
                .explanation("explanation.refused")
                .fix("fix.way"),
            Claim::NoAnswer(_) => finding
                .title("title.silent")
                .explanation("explanation.silent")
                .fix("fix.way"),
            _ => finding.fix_with("fix.name", change),
        });
    }
}

/// The host that a claim says is not reached.
fn host(claim: &Claim) -> Option<&str> {
    match claim {
        Claim::Unresolved { host } => Some(host),
        Claim::Refused(Address { host, .. }) | Claim::NoAnswer(Address { host, .. }) => Some(host)
            .filter(|host| !host.is_empty())
            .map(|host| &**host),
        _ => None,
    }
}

/// Whether a host is outside the cluster for certain. An address of a private network may be
/// anybody's.
fn is_outside(host: &str, namespace: &str, snapshot: &Snapshot) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return is_public(address) && !is_of_cluster(host, snapshot);
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let (Some(last), true) = (labels.last(), labels.len() >= 2) else {
        return false;
    };
    let is_of_zone = last.len() >= 2 && last.bytes().all(|b| b.is_ascii_lowercase());
    // `SERVICE.NAMESPACE` of a namespace that is not there looks like a name of the Internet.
    let is_known_zone = labels.len() >= 3 || ZONES.contains(last);
    let names_namespace = snapshot.namespaces.get("", last).is_some();
    let is_alias = snapshot
        .services
        .iter()
        .any(|s| s.external_name.eq_ignore_ascii_case(&host));
    is_of_zone
        && is_known_zone
        && !names_namespace
        && !is_alias
        && !labels.contains(&"svc")
        && !matches!(
            labels.as_slice(),
            [.., "cluster", "local"] | [.., "localhost" | "localdomain"]
        )
        && cluster_host(&host, namespace, snapshot).is_none()
}

/// The zones under which names of two labels are mostly those of the Internet.
const ZONES: [&str; 14] = [
    "com", "net", "org", "io", "dev", "app", "cloud", "ai", "co", "de", "eu", "jp", "uk", "info",
];

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = v4.octets().first() == Some(&100)
                && v4
                    .octets()
                    .get(1)
                    .is_some_and(|second| (64..128).contains(second));
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || shared)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_unique_local()
                || v6.is_unicast_link_local())
        }
    }
}

/// Whether an address is a Service's, a Pod's or a node's.
fn is_of_cluster(address: &str, snapshot: &Snapshot) -> bool {
    snapshot
        .services
        .iter()
        .any(|s| &*s.cluster_ip == address || s.load_balancer.iter().any(|own| &**own == address))
        || snapshot.pods.iter().any(|pod| &*pod.ip == address)
        || snapshot.nodes.iter().any(|node| &*node.address == address)
}

/// Whether a `NetworkPolicy` keeps the Pod from what is outside: then that is the reason.
fn is_kept_in(pod: &Pod, snapshot: &Snapshot) -> bool {
    let mut policies = isolating_of(pod, Direction::Out, snapshot).peekable();
    policies.peek().is_some()
        && policies.all(|policy| {
            policy.egress.iter().all(|rule| {
                !rule.peers.is_empty()
                    && !rule
                        .peers
                        .iter()
                        .any(|peer| matches!(peer, Peer::Block { .. }))
            })
        })
}

/// Whether the Pod asks the cluster's DNS, and that has a Pod that answers, as far as is known.
fn is_dns_well(pod: &Pod, snapshot: &Snapshot) -> bool {
    let asks_others = pod
        .spec
        .dns
        .as_ref()
        .is_some_and(|dns| !dns.nameservers.is_empty());
    let is_dead = |service: &Service| {
        let pods = snapshot.pods_of_service(service);
        !pods.is_empty() && !pods.iter().any(|pod| pod.is_ready())
    };
    !asks_others
        && !snapshot
            .services
            .in_namespace("kube-system")
            .any(|service| is_cluster_dns(service) && is_dead(service))
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    fn says(line: &str) -> crate::testing::Check {
        check(&crashing("exitCode: 1, reason: Error")).log("shop/web", "app", false, line)
    }

    #[test]
    fn a_host_outside_does_not_resolve_refuses_or_is_silent() {
        for (line, host, title) in [
            (
                "Error: getaddrinfo ENOTFOUND api.payments.example.com\n",
                "api.payments.example.com",
                "title",
            ),
            (
                "dial tcp: lookup smtp.example.org on 10.96.0.10:53: no such host\n",
                "smtp.example.org",
                "title",
            ),
            (
                "curl: (7) Failed to connect to api.example.com port 443 after 12 ms: Couldn't connect to server\n",
                "api.example.com",
                "title.refused",
            ),
            (
                "dial tcp 203.0.113.7:443: i/o timeout\n",
                "203.0.113.7",
                "title.silent",
            ),
        ] {
            says(line)
                .finds("external-host-unreachable", "Pod shop/web[app]")
                .tells(title)
                .with("host", host)
                .alone();
        }
    }

    #[test]
    fn what_may_be_of_the_cluster_is_not_outside() {
        for line in [
            "lookup cart on 10.96.0.10:53: no such host\n",
            "lookup cart.shopp on 10.96.0.10:53: no such host\n",
            "lookup cart.shop.svc.cluster.local on 10.96.0.10:53: no such host\n",
            "dial tcp 10.0.3.4:5432: i/o timeout\n",
            "dial tcp 127.0.0.1:6379: connect: connection refused\n",
        ] {
            says(line).does_not_find("external-host-unreachable");
        }
    }

    #[test]
    fn a_policy_that_keeps_the_pod_in_is_another_cause() {
        let objects = crashing("exitCode: 1, reason: Error")
            + "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: inside, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}
";
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "dial tcp 203.0.113.7:443: i/o timeout\n",
            )
            .does_not_find("external-host-unreachable");
    }

    #[test]
    fn a_dns_that_is_down_is_another_cause() {
        let objects = crashing("exitCode: 1, reason: Error")
            + "---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Pod
metadata: {name: coredns-1, namespace: kube-system, uid: d, labels: {k8s-app: kube-dns}}
spec: {nodeName: node-1, containers: [{name: coredns, image: coredns}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses: [{name: coredns, ready: false, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}]
";
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "lookup smtp.example.org on 10.96.0.10:53: no such host\n",
            )
            .does_not_find("external-host-unreachable");
    }
}
