//! Symptom: names do not resolve in some Pods, while they do in others.
//! Cause: the Pod's own DNS settings (dnsPolicy, dnsConfig) send queries to a server that
//! does not know the cluster's names, or to none.
//! Fix: dnsPolicy ClusterFirst, or the right nameserver.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy>

use podside_model::Severity;

use crate::callees::named_services;
use crate::facts::{Pod, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, read_line};
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::service::dial::tells_of_now;
use crate::snapshot::{LogOf, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-dns-misconfigured",
    source: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} asks {nameserver} for names, which is not the cluster's DNS",
            "{kind} {name} は名前の解決を {nameserver} に問い合わせるが、クラスターの DNS ではない",
        ),
        text(
            "title.host",
            "{kind} {name} uses the DNS of its node (dnsPolicy {policy}), which does not know the cluster's Services",
            "{kind} {name} はノードの DNS を使う（dnsPolicy {policy}）ため、クラスターの Service の名前を解決できない",
        ),
        text(
            "explanation",
            "With dnsPolicy {policy} a Pod asks only what its dnsConfig names. {nameserver} is no address of the cluster's DNS Service ({dns}), so names of Services do not resolve, and if nothing answers there no name does.",
            "dnsPolicy が {policy} の Pod は、dnsConfig に書かれたサーバーにのみ問い合わせます。{nameserver} はクラスターの DNS の Service（{dns}）のアドレスではないため、Service の名前を解決できません。そのサーバーが応答しなければ、どの名前も解決できません。",
        ),
        text(
            "explanation.unread",
            "With dnsPolicy {policy} a Pod asks only what its dnsConfig names. {nameserver} does not resolve the name of a Service that exists, so it is not the cluster's DNS, or does not answer.",
            "dnsPolicy が {policy} の Pod は、dnsConfig に書かれたサーバーにのみ問い合わせます。{nameserver} は存在する Service の名前を解決できないため、クラスターの DNS ではないか、応答していません。",
        ),
        text(
            "explanation.host",
            "With dnsPolicy {policy} a Pod asks the servers of its node's resolv.conf. They know names outside the cluster, not the names of Services, and this Pod is set to call {service}.",
            "dnsPolicy が {policy} の Pod は、ノードの resolv.conf のサーバーに問い合わせます。外部の名前は解決できますが、Service の名前は解決できません。この Pod は {service} を呼び出す設定です。",
        ),
        text(
            "title.searches",
            "{kind} {name} cannot look up short names of Services: its dnsConfig has no search domain {domain}",
            "{kind} {name} の dnsConfig に検索ドメイン {domain} がないため、Service の短い名前を解決できない",
        ),
        text(
            "explanation.searches",
            "With dnsPolicy None a Pod has only the search domains that its dnsConfig names. The cluster's DNS knows Services by their full names; without the search domain nothing completes a short one.",
            "dnsPolicy が None の Pod が使う検索ドメインは、dnsConfig に書かれたものだけです。クラスターの DNS は Service を完全な名前で解決しますが、検索ドメインがないと短い名前は補完されません。",
        ),
        text(
            "fix.searches",
            "Set dnsPolicy to {right} in {kind} {name}, or add {domain}, svc.cluster.local and cluster.local to dnsConfig.searches.",
            "{kind} {name} の dnsPolicy を {right} にするか、dnsConfig.searches に {domain}、svc.cluster.local、cluster.local を追加します。",
        ),
        text(
            "fix.policy",
            "Set dnsPolicy to {right} in {kind} {name}, and take the nameservers out of dnsConfig.",
            "{kind} {name} の dnsPolicy を {right} にし、dnsConfig の nameservers を外します。",
        ),
        text(
            "fix.server",
            "Or name the cluster's DNS, {dns}, in dnsConfig.nameservers.",
            "または、dnsConfig.nameservers にクラスターの DNS（{dns}）を指定します。",
        ),
        text(
            "proof.log",
            "Its log says that a name does not resolve",
            "名前を解決できないというログ",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() || pod.is_finished() {
        return;
    }
    let policy = &*pod.spec.dns_policy;
    let nameservers = pod
        .spec
        .dns
        .as_ref()
        .map_or(&[][..], |dns| &dns.nameservers);
    if policy == "None" && !nameservers.is_empty() {
        own_servers(pod, snapshot, findings);
    } else if policy == "Default" || (policy == "ClusterFirst" && pod.spec.host_network) {
        // With hostNetwork, ClusterFirst means Default.
        of_node(pod, snapshot, findings);
    }
}

/// The address of the cluster's DNS, when its Service can be read.
fn cluster_dns(snapshot: &Snapshot) -> Option<&str> {
    let service = snapshot
        .services
        .get("kube-system", "kube-dns")
        .or_else(|| {
            snapshot
                .services
                .in_namespace("kube-system")
                .find(|s| s.meta.label("k8s-app").is_some_and(|v| &**v == "kube-dns"))
        })?;
    Some(&service.cluster_ip)
        .map(|ip| &**ip)
        .filter(|ip| !ip.is_empty())
}

/// The address of NodeLocal DNSCache.
const LOCAL_CACHE: &str = "169.254.20.10";

fn own_servers(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let dns = cluster_dns(snapshot);
    let nameservers = pod.spec.dns.as_ref().map_or(&[][..], |d| &d.nameservers);
    let is_right = |n: &Str| dns == Some(&**n) || &**n == LOCAL_CACHE;
    // The first one is asked; another only when it does not answer.
    let Some(first) = nameservers.first() else {
        return;
    };
    if is_right(first) {
        no_searches(pod, snapshot, findings);
        return;
    }
    let asked_in_vain = nameservers.iter().any(is_right);
    let called = named_services(snapshot, &pod.meta.namespace, &pod.spec);
    // Where the cluster's DNS cannot be read, only a Service that exists and does not
    // resolve proves that the server is not it.
    let complaint = complaint(pod, snapshot, findings, |host| {
        let name = host.split('.').next().unwrap_or_default();
        dns.is_some() || called.iter().any(|(_, called)| called == name)
    });
    // Somebody who wants another DNS on purpose and reaches what it needs is well.
    if complaint.is_none() && (called.is_empty() || dns.is_none() || asked_in_vain) {
        return;
    }
    let finding = Finding::on_pod(snapshot, pod)
        .arg("policy", &*pod.spec.dns_policy)
        .arg("nameserver", &**first)
        .arg("right", "ClusterFirst")
        .proof(proof::field(pod, "/spec/dnsConfig/nameservers/0", first))
        .proof(proof::field(pod, "/spec/dnsPolicy", &pod.spec.dns_policy))
        .fix_with(
            "fix.policy",
            kubectl::set_in_template(
                &snapshot.top_of(pod).object_ref(),
                &serde_json::json!({"dnsPolicy": "ClusterFirst", "dnsConfig": {"nameservers": null}}),
            ),
        );
    let finding = match dns {
        Some(dns) => finding.arg("dns", dns).fix("fix.server"),
        None => finding.explanation("explanation.unread"),
    };
    findings.add(match complaint {
        Some(proof) => finding.proof(proof).severity(Severity::Critical),
        None => finding.likely().severity(Severity::Warning),
    });
}

/// With `dnsPolicy: None` the search list is only what dnsConfig says: without the
/// namespace's own domain in it no short name of a Service resolves.
fn no_searches(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(dns) = &pod.spec.dns else { return };
    let domain = format!("{}.svc.", pod.meta.namespace);
    if dns
        .searches
        .iter()
        .any(|search| search.starts_with(&domain))
    {
        return;
    }
    let is_short = |host: &str| {
        !host.contains('.') && snapshot.services.get(&pod.meta.namespace, host).is_some()
    };
    let Some(complaint) = complaint(pod, snapshot, findings, is_short) else {
        return;
    };
    let searches = dns.searches.first();
    findings.add(
        Finding::on_pod(snapshot, pod)
            .title("title.searches")
            .explanation("explanation.searches")
            .arg("domain", format!("{domain}cluster.local"))
            .arg("right", "ClusterFirst")
            .proof(complaint)
            .proof(proof::field(pod, "/spec/dnsPolicy", &pod.spec.dns_policy))
            .proofs(searches.map(|s| proof::field(pod, "/spec/dnsConfig/searches/0", s)))
            .severity(Severity::Critical)
            .fix_with(
                "fix.searches",
                kubectl::set_in_template(
                    &snapshot.top_of(pod).object_ref(),
                    &serde_json::json!({"dnsPolicy": "ClusterFirst"}),
                ),
            ),
    );
}

fn of_node(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let called = named_services(snapshot, &pod.meta.namespace, &pod.spec);
    let Some((namespace, service)) = called.first() else {
        return;
    };
    let is_called = |host: &str| {
        let first = host.split('.').next().unwrap_or_default();
        called.iter().any(|(_, name)| name == first)
    };
    let Some(complaint) = complaint(pod, snapshot, findings, is_called) else {
        return;
    };
    let right = if pod.spec.host_network {
        "ClusterFirstWithHostNet"
    } else {
        "ClusterFirst"
    };
    let dns = cluster_dns(snapshot).unwrap_or_default();
    findings.add(
        Finding::on_pod(snapshot, pod)
            .title("title.host")
            .explanation("explanation.host")
            .arg("policy", &*pod.spec.dns_policy)
            .arg("service", format!("Service {namespace}/{service}"))
            .arg("right", right)
            .arg("dns", dns)
            .proof(proof::field(pod, "/spec/dnsPolicy", &pod.spec.dns_policy))
            .proof(complaint)
            .severity(Severity::Critical)
            .fix_with(
                "fix.policy",
                kubectl::set_in_template(
                    &snapshot.top_of(pod).object_ref(),
                    &serde_json::json!({"dnsPolicy": right}),
                ),
            ),
    );
}

/// The last line of the Pod's logs that says that a name which `is_meant` does not resolve.
fn complaint(
    pod: &Pod,
    snapshot: &Snapshot,
    findings: &mut Findings,
    is_meant: impl Fn(&str) -> bool,
) -> Option<Proof> {
    for container in pod.spec.lasting() {
        let Some(log) = findings.log(snapshot, pod, &container.name, false) else {
            continue;
        };
        let lines = log.lines();
        let line = lines
            .iter()
            .rev()
            .find(|line| match read_line(&line.text) {
                // A server that does not answer lets the lookup time out.
                Some(Claim::NoAnswer(address) | Claim::Refused(address)) => {
                    address.port == Some(53)
                }
                claim => claim
                    .as_ref()
                    .and_then(Claim::unresolved_host)
                    .is_some_and(&is_meant),
            })
            .filter(|line| tells_of_now(line, lines, snapshot));
        if let Some(line) = line {
            return Some(
                proof::log_line(&LogOf::of(pod, &container.name, false), line).saying("proof.log"),
            );
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(spec: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Service
metadata: {{name: kube-dns, namespace: kube-system}}
spec: {{clusterIP: 10.96.0.10, ports: [{{port: 53, protocol: UDP}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: db, namespace: app}}
spec: {{clusterIP: 10.96.0.20, ports: [{{port: 5432}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: app, uid: p}}
spec: {{nodeName: n1, {spec}, containers: [{{name: c, env: [{{name: DB, value: 'postgres://db:5432/x'}}]}}]}}
status: {{phase: Running}}
"
        )
    }

    const LOG: &str = "dial tcp: lookup db on 192.0.2.53:53: no such host\n";

    #[test]
    fn another_nameserver() {
        check(&objects(
            "dnsPolicy: None, dnsConfig: {nameservers: [192.0.2.53]}",
        ))
        .log("app/web", "c", false, LOG)
        .finds("pod-dns-misconfigured", "Pod app/web")
        .tells("title")
        .with("nameserver", "192.0.2.53")
        .proves("no such host");
    }

    #[test]
    fn the_dns_of_the_node() {
        for spec in [
            "dnsPolicy: Default",
            "dnsPolicy: ClusterFirst, hostNetwork: true",
        ] {
            check(&objects(spec))
                .log("app/web", "c", false, LOG)
                .finds("pod-dns-misconfigured", "Pod app/web")
                .tells("title.host");
        }
    }

    #[test]
    fn the_right_server_after_a_wrong_one_or_without_the_search_list() {
        check(&objects(
            "dnsPolicy: None, dnsConfig: {nameservers: [192.0.2.53, 10.96.0.10]}",
        ))
        .log("app/web", "c", false, LOG)
        .finds("pod-dns-misconfigured", "Pod app/web");
        let right = "dnsPolicy: None, dnsConfig: {nameservers: [10.96.0.10], searches: [SEARCH]}";
        let log = "lookup db on 10.96.0.10:53: no such host\n";
        check(&objects(&right.replace("SEARCH", "example.com")))
            .log("app/web", "c", false, log)
            .finds("pod-dns-misconfigured", "Pod app/web")
            .tells("title.searches")
            .with("domain", "app.svc.cluster.local")
            .proves("example.com");
        check(&objects(&right.replace("SEARCH", "app.svc.cluster.local")))
            .log("app/web", "c", false, log)
            .does_not_find("pod-dns-misconfigured");
    }

    #[test]
    fn settings_that_are_well() {
        for spec in [
            "dnsPolicy: ClusterFirst",
            "dnsPolicy: None, dnsConfig: {nameservers: [10.96.0.10]}",
            "dnsPolicy: ClusterFirstWithHostNet, hostNetwork: true",
        ] {
            check(&objects(spec)).does_not_find("pod-dns-misconfigured");
        }
        check(&objects("dnsPolicy: Default"))
            .log("app/web", "c", false, "ready\n")
            .does_not_find("pod-dns-misconfigured");
    }
}
