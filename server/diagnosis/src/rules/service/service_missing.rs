//! Symptom: a client logs that a name does not resolve; it is not ready, crashes, or its
//! requests fail.
//! Cause: it names a Service that does not exist in that namespace.
//! Fix: create the Service, or correct the name.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-exist>

use super::dial::{ClusterHost, cluster_host, elsewhere, is_recent, listen};
use crate::facts::{EnvValue, Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, Told};
use crate::near;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-missing",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-exist",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} calls Service {service}, which does not exist in namespace {of}",
            "{name} のコンテナ {container} が呼び出す Service {service} が Namespace {of} に存在しない",
        ),
        text(
            "title.near",
            "Container {container} of {name} calls Service {service}, which does not exist in namespace {of}; there is {near}",
            "{name} のコンテナ {container} が呼び出す Service {service} が Namespace {of} に存在しない。似た名前の {near} がある",
        ),
        text(
            "explanation",
            "The cluster's DNS knows a Service by its name, and namespace {of} has none called {service}. The container says that the name does not resolve.",
            "クラスターの DNS は Service を名前で解決しますが、Namespace {of} に {service} はありません。コンテナは名前を解決できないと出力しています。",
        ),
        text(
            "explanation.workload",
            "The cluster's DNS knows Services, not workloads: there are Pods of {workload} in namespace {of}, but no Service {service} in front of them.",
            "クラスターの DNS が解決するのは Service であり、ワークロードではありません。Namespace {of} に {workload} の Pod はありますが、Service {service} がありません。",
        ),
        text(
            "explanation.elsewhere",
            "The cluster's DNS knows a Service by its name and namespace, and namespace {of} has none called {service}. There is one in namespace {elsewhere}.",
            "クラスターの DNS は Service を名前と Namespace で解決しますが、Namespace {of} に {service} はありません。同じ名前の Service が Namespace {elsewhere} にあります。",
        ),
        text(
            "fix.elsewhere",
            "If that one is meant, let container {container} call {service}.{elsewhere}.",
            "その Service のことであれば、コンテナ {container} の呼び出し先を {service}.{elsewhere} にします。",
        ),
        text(
            "fix.near",
            "If Service {near} is meant, correct the name that container {container} is configured with.",
            "Service {near} のことであれば、コンテナ {container} に設定された名前を修正します。",
        ),
        text(
            "fix.create",
            "Create Service {service} in namespace {of}, with a selector that matches the Pods that are to answer.",
            "応答する Pod に一致するセレクターを指定して、Namespace {of} に Service {service} を作成します。",
        ),
        text(
            "fix.expose",
            "Put a Service in front of {workload}:",
            "{workload} の前に Service を作成します:",
        ),
        text(
            "proof.env",
            "Container {container} is told to call it",
            "コンテナ {container} に設定された呼び出し先",
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
            let Claim::Unresolved { host } = &told.claim else {
                continue;
            };
            let Some(target) = cluster_host(host, namespace, snapshot) else {
                continue;
            };
            if !is_recent(told, status, snapshot) {
                continue;
            }
            match snapshot.services.find(&target.namespace, &target.name) {
                Lookup::Found(_) => continue,
                Lookup::Unknown(why) => {
                    findings.unknown_object(Kind::Service, &target.namespace, &target.name, why);
                    continue;
                }
                Lookup::Missing => {}
            }
            // A short name of a Service that lives elsewhere has a cause of its own.
            if !target.qualified
                && elsewhere(&target.name, namespace, snapshot)
                    .next()
                    .is_some()
            {
                continue;
            }
            let finding = Finding::on_container(snapshot, pod, container);
            findings.add(complete(
                finding,
                pod,
                &container.name,
                &target,
                told,
                snapshot,
            ));
        }
    }
}

fn complete(
    finding: Finding,
    pod: &Pod,
    container: &str,
    target: &ClusterHost,
    told: &Told,
    snapshot: &Snapshot,
) -> Finding {
    let of = &*target.namespace;
    let pointer = configured(pod, container, &target.name);
    let finding = finding
        .arg("service", &target.name)
        .arg("of", of)
        .proof(told.proof(pod))
        .proofs(pointer);
    let missing = proof::object(Kind::Service, of, &target.name);
    let finding =
        finding.proof(proof::command(missing.clone(), kubectl::get(&missing), "NotFound").absent());
    let names = snapshot.services.in_namespace(of).map(|s| &*s.meta.name);
    if let Some(near) = near::name(&target.name, names) {
        return finding
            .arg("near", near)
            .title("title.near")
            .fix("fix.near")
            .fix("fix.create");
    }
    if let Some(there) = elsewhere(&target.name, of, snapshot).next() {
        return finding
            .arg("elsewhere", &*there.meta.namespace)
            .explanation("explanation.elsewhere")
            .fix("fix.elsewhere")
            .fix("fix.create");
    }
    let workload = snapshot
        .deployments
        .get(of, &target.name)
        .map(|_| Kind::Deployment);
    let workload = workload.or_else(|| {
        snapshot
            .stateful_sets
            .get(of, &target.name)
            .map(|_| Kind::StatefulSet)
    });
    match workload {
        Some(kind) => finding
            .arg("workload", format!("{} {}", kind.name(), target.name))
            .explanation("explanation.workload")
            .fix_with(
                "fix.expose",
                format!(
                    "{} expose {} --port=80 --target-port=PORT",
                    kubectl::prefix(Some(of)),
                    kubectl::target(&proof::object(kind, of, &target.name))
                ),
            ),
        None => finding.fix("fix.create"),
    }
}

/// The variable that names the Service.
fn configured(pod: &Pod, container: &str, name: &str) -> Option<Proof> {
    let container = pod.spec.container(container)?;
    container.env.iter().find_map(|var| match &var.value {
        EnvValue::Plain(value) if value.contains(name) => {
            let pointer = format!("{}/env/{}/value", container.path(), var.index);
            let proof = proof::field(pod, pointer, value);
            Some(
                proof
                    .in_container(&container.name)
                    .marking(name)
                    .saying("proof.env"),
            )
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::client;
    use crate::testing::check;

    const LOG: &str = "2026-01-01T11:59:58Z dial tcp: lookup cart on 10.96.0.10:53: no such host\n";

    #[test]
    fn a_name_that_no_service_has() {
        check(&client("http://cart/"))
            .log("shop/web", "app", false, LOG)
            .finds("service-missing", "Pod shop/web[app]")
            .tells("title")
            .with("service", "cart")
            .proves("http://cart/")
            .alone();
    }

    #[test]
    fn its_log_is_wanted_when_it_names_a_service_that_does_not_exist() {
        check(&client("http://cart/")).wants_log("app");
    }

    #[test]
    fn a_similar_service_is_named() {
        let objects = client("http://cart/")
            + "---\napiVersion: v1\nkind: Service\nmetadata: {name: carts, namespace: shop}\nspec: {ports: [{port: 80}]}\n";
        check(&objects)
            .log("shop/web", "app", false, LOG)
            .finds("service-missing", "Pod shop/web[app]")
            .tells("title.near")
            .with("near", "carts");
    }

    const THERE: &str = "---
apiVersion: v1
kind: Namespace
metadata: {name: orders}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: orders}
spec: {ports: [{port: 80}]}
";

    #[test]
    fn a_namespace_that_is_misspelt_and_the_one_that_is_meant() {
        check(&(client("http://cart.order/") + THERE))
            .log("shop/web", "app", false, &LOG.replace("cart", "cart.order"))
            .finds("service-missing", "Pod shop/web[app]")
            .tells("title")
            .with("of", "order")
            .tells("explanation.elsewhere")
            .with("elsewhere", "orders")
            .offers("fix.elsewhere")
            .with("service", "cart")
            .with("elsewhere", "orders");
    }

    #[test]
    fn the_name_of_a_member_needs_the_governing_service() {
        let set = "---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cart, namespace: shop, uid: s}
spec: {serviceName: cart-peers, replicas: 1}
";
        check(&(client("http://cart-0.cart-peers/") + set))
            .log(
                "shop/web",
                "app",
                false,
                &LOG.replace("lookup cart", "lookup cart-0.cart-peers"),
            )
            .finds("service-missing", "Pod shop/web[app]")
            .tells("title")
            .with("service", "cart-peers");
        let full = LOG.replace(
            "lookup cart",
            "lookup cart-0.cart-peers.shop.svc.cluster.local",
        );
        check(&(client("http://cart-0.cart-peers.shop.svc/") + set))
            .log("shop/web", "app", false, &full)
            .finds("service-missing", "Pod shop/web[app]")
            .tells("title")
            .with("service", "cart-peers");
    }

    #[test]
    fn a_deployment_without_a_service_is_named() {
        let objects = client("http://cart/")
            + "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart, namespace: shop}\nspec: {replicas: 0}\n";
        check(&objects)
            .log("shop/web", "app", false, LOG)
            .finds("service-missing", "Pod shop/web[app]")
            .advises("expose deployment/cart");
    }

    #[test]
    fn a_complaint_long_ago_is_history_when_the_log_went_on() {
        let old = LOG.replace("11:59", "10:00");
        let went_on: String = (0..9)
            .map(|n| format!("2026-01-01T10:01:0{n}Z served request {n}\n"))
            .collect();
        check(&client("http://cart/"))
            .log("shop/web", "app", false, &(old.clone() + &went_on))
            .finds_nothing();
        // The Service still does not exist, and nothing was said since.
        check(&client("http://cart/"))
            .log("shop/web", "app", false, &old)
            .finds("service-missing", "Pod shop/web[app]");
    }

    #[test]
    fn a_name_outside_the_cluster_is_no_service() {
        let log = LOG.replace("lookup cart", "lookup api.example.com");
        check(&client("http://api.example.com/"))
            .log("shop/web", "app", false, &log)
            .does_not_find("service-missing");
    }
}
