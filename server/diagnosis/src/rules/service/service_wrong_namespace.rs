//! Symptom: a client logs that a name does not resolve, though the Service is there.
//! Cause: it uses the short name of a Service that lives in another namespace.
//! Fix: `name.namespace`.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services>

use super::dial::{cluster_host, elsewhere, is_recent, listen, workload};
use crate::facts::{EnvValue, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-wrong-namespace",
    source: "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} calls Service {service} by its short name, but it lives in namespace {of}",
            "{name} のコンテナ {container} が Service {service} を短い名前で呼び出しているが、この Service は Namespace {of} にある",
        ),
        text(
            "explanation",
            "A short name is looked up in the caller's own namespace, {namespace}, where there is no Service {service}. From here it is called {service}.{of}.",
            "短い名前は呼び出し元の Namespace {namespace} で検索されますが、そこに Service {service} はありません。ここからは {service}.{of} という名前で呼び出します。",
        ),
        text(
            "fix",
            "Let container {container} call {service}.{of} (in full: {service}.{of}.svc.cluster.local).",
            "コンテナ {container} の呼び出し先を {service}.{of}（完全な名前は {service}.{of}.svc.cluster.local）にします。",
        ),
        text(
            "proof.there",
            "Service {service} is in namespace {of}",
            "Service {service} は Namespace {of} にある",
        ),
        text(
            "proof.env",
            "Container {container} is told to call the short name",
            "コンテナ {container} には短い名前が設定されている",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let namespace = &*pod.meta.namespace;
    for (container, status) in pod.containers() {
        let Some(status) = status else { continue };
        let Some(words) = listen(pod, container, status, snapshot, findings) else {
            continue;
        };
        for told in &words.told {
            let Some(host) = told.claim.unresolved_host() else {
                continue;
            };
            let target = cluster_host(host, namespace, snapshot);
            // A search list in the log writes the caller's namespace out.
            let Some(target) = target.filter(|t| t.namespace == namespace) else {
                continue;
            };
            if !snapshot.services.find(namespace, &target.name).is_missing()
                || !is_recent(told, status, snapshot)
            {
                continue;
            }
            // The workload of that name is in the caller's own namespace: a Service is missing
            // there, and the other namespace has a copy of the application.
            if workload(namespace, &target.name, snapshot).is_some() {
                continue;
            }
            let Some(there) = elsewhere(&target.name, namespace, snapshot).next() else {
                continue;
            };
            let env = container.env.iter().find_map(|var| match &var.value {
                EnvValue::Plain(value) if value.contains(&target.name) => Some(
                    proof::field(
                        pod,
                        format!("{}/env/{}/value", container.path(), var.index),
                        value,
                    )
                    .in_container(&container.name)
                    .marking(&*target.name)
                    .saying("proof.env"),
                ),
                _ => None,
            });
            findings.add(
                Finding::on_container(snapshot, pod, container)
                    .arg("service", &target.name)
                    .arg("of", &*there.meta.namespace)
                    .proof(told.proof(pod))
                    .proof(
                        proof::field(there, "/metadata/namespace", &there.meta.namespace)
                            .saying("proof.there"),
                    )
                    .proofs(env),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::client;
    use crate::testing::check;

    const LOG: &str = "2026-01-01T11:59:58Z dial tcp: lookup api on 10.96.0.10:53: no such host\n";
    const SERVICE: &str = "---\napiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: backend}\nspec: {ports: [{port: 80}]}\n";

    #[test]
    fn the_namespace_is_named() {
        check(&(client("http://api/") + SERVICE))
            .log("shop/web", "app", false, LOG)
            .finds("service-wrong-namespace", "Pod shop/web[app]")
            .tells("title")
            .with("of", "backend")
            .offers("fix")
            .with("service", "api")
            .with("of", "backend")
            .alone();
    }

    #[test]
    fn a_copy_of_the_application_elsewhere_is_not_what_is_meant() {
        let own = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop}\nspec: {replicas: 1}\n";
        check(&(client("http://api/") + SERVICE + own))
            .log("shop/web", "app", false, LOG)
            .does_not_find("service-wrong-namespace")
            .finds("service-missing", "Pod shop/web[app]")
            .tells("explanation.workload");
    }

    #[test]
    fn a_service_of_the_own_namespace_is_the_right_one() {
        let own = SERVICE.replace("namespace: backend", "namespace: shop");
        check(&(client("http://api/") + SERVICE + &own))
            .log("shop/web", "app", false, LOG)
            .does_not_find("service-wrong-namespace");
    }
}
