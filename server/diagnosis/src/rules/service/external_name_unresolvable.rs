//! Symptom: clients of a Service say that its name does not resolve.
//! Cause: an ExternalName Service is an alias of a name that does not exist, or that is
//! no DNS name.
//! Fix: externalName.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/#externalname>

use std::net::IpAddr;

use podside_model::Relation;

use super::dial::tells_of_now;
use crate::callees::named_services;
use crate::facts::{Object, Pod, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, read_line};
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{LogOf, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "external-name-unresolvable",
    source: "https://kubernetes.io/docs/concepts/services-networking/service/#externalname",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Service {name} is an alias of {target}, which does not resolve",
            "Service {name} は {target} の別名だが、その名前を解決できない",
        ),
        text(
            "title.address",
            "Service {name} is an alias of {target}, which is no DNS name",
            "Service {name} は {target} の別名だが、DNS 名ではない",
        ),
        text(
            "explanation",
            "An ExternalName Service has no Pods: the cluster's DNS answers with the other name, and the client looks that up. {client} looked up this Service, and its log says that the name does not resolve.",
            "ExternalName の Service には Pod がありません。クラスターの DNS は別の名前を返し、クライアントがそれを解決します。{client} がこの Service を参照し、ログに名前を解決できないと記録しています。",
        ),
        text(
            "explanation.address",
            "externalName must be the name of a host. An address, a URL or a port in it is taken for a name, which nothing resolves.",
            "externalName にはホスト名を指定します。アドレス、URL、ポートを書いても名前として扱われ、解決できません。",
        ),
        text(
            "fix",
            "Set externalName to a name that resolves.",
            "externalName を、解決できる名前にします。",
        ),
        text(
            "fix.address",
            "For an address use a Service without selector and an EndpointSlice.",
            "アドレスを使う場合は、セレクターのない Service と EndpointSlice を使います。",
        ),
    ],
};

fn run(service: &Service, snapshot: &Snapshot, findings: &mut Findings) {
    if !service.is_external_name() || service.meta.deleting.is_some() {
        return;
    }
    let target = &*service.external_name;
    let finding = Finding::on(service)
        .relation(Relation::DialledBy)
        .arg("target", target)
        .proof(proof::field(service, "/spec/externalName", target))
        .fix_with("fix", kubectl::edit(&service.object_ref()));
    if !target.is_empty() && !is_name(target) {
        findings.add(
            finding
                .title("title.address")
                .explanation("explanation.address")
                .fix("fix.address"),
        );
        return;
    }
    if let Some((client, proof)) = complaint(service, snapshot, findings) {
        let top = snapshot.top_of(client).object_ref();
        findings.add(
            finding
                .arg("client", format!("{} {}", top.kind, top.name))
                .breaks(client)
                .shows_where(&proof)
                .proof(proof)
                .severity(podside_model::Severity::Critical),
        );
    }
}

/// Whether a text can be the name of a host.
fn is_name(target: &str) -> bool {
    target.parse::<IpAddr>().is_err() && !target.contains([':', '/', ' ', '_'])
}

/// A client of the Service whose log says that its name, or the name behind it, does not
/// resolve. Only Pods whose settings name the Service are asked.
fn complaint<'a>(
    service: &'a Service,
    snapshot: &'a Snapshot,
    findings: &mut Findings,
) -> Option<(&'a Pod, Proof)> {
    const MOST: usize = 8;
    let key = (
        service.meta.namespace.to_string(),
        service.meta.name.to_string(),
    );
    let clients: Vec<&Pod> = snapshot
        .pods
        .iter()
        .filter(|pod| !pod.is_terminating() && !pod.node.is_empty())
        .filter(|pod| named_services(snapshot, &pod.meta.namespace, &pod.spec).contains(&key))
        .take(MOST)
        .collect();
    for pod in clients {
        for container in pod.spec.lasting() {
            let Some(log) = findings.log(snapshot, pod, &container.name, false) else {
                continue;
            };
            let lines = log.lines();
            let line = lines.iter().rev().find(|line| {
                read_line(&line.text)
                    .as_ref()
                    .and_then(Claim::unresolved_host)
                    .is_some_and(|host| is_meant(host, service))
            });
            let line = line.filter(|line| tells_of_now(line, lines, snapshot));
            if let Some(line) = line {
                return Some((
                    pod,
                    proof::log_line(&LogOf::of(pod, &container.name, false), line),
                ));
            }
        }
    }
    None
}

/// Whether a host's name is that of the Service, in any of its forms, or the name that it
/// stands for.
fn is_meant(host: &str, service: &Service) -> bool {
    let host = host.trim_end_matches('.');
    let name = &*service.meta.name;
    let with_namespace = format!("{name}.{}", service.meta.namespace);
    host == name
        || host == &*service.external_name
        || host == with_namespace
        || host.starts_with(&format!("{with_namespace}.svc"))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(target: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Service
metadata: {{name: mail, namespace: crm}}
spec: {{type: ExternalName, externalName: {target}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: send, namespace: crm, uid: p}}
spec: {{nodeName: n1, containers: [{{name: c, env: [{{name: SMTP, value: 'mail:25'}}]}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}
"
        )
    }

    #[test]
    fn a_client_says_that_it_does_not_resolve() {
        check(&objects("smtp.example"))
            .log(
                "crm/send",
                "c",
                false,
                "Error: getaddrinfo ENOTFOUND mail\n",
            )
            .finds("external-name-unresolvable", "Service crm/mail")
            .tells("title")
            .with("target", "smtp.example")
            .affects("Pod crm/send");
    }

    #[test]
    fn an_address_is_no_name() {
        check(&objects("192.0.2.4"))
            .finds("external-name-unresolvable", "Service crm/mail")
            .tells("title.address");
    }

    #[test]
    fn an_alias_that_nobody_complains_of() {
        check(&objects("smtp.example"))
            .log("crm/send", "c", false, "sent 3 messages\n")
            .finds_nothing();
        check(&objects("smtp.example"))
            .log("crm/send", "c", false, "getaddrinfo ENOTFOUND other\n")
            .does_not_find("external-name-unresolvable");
    }
}
