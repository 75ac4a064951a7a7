//! Symptom: a client logs that a name does not resolve; it is not ready, crashes, or its
//! requests fail.
//! Cause: it names a Service that does not exist in that namespace.
//! Fix: create the Service, or correct the name.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-exist>

use podside_model::Severity;

use super::dial::{ClusterHost, cluster_host, elsewhere, is_recent, listen, workload};
use super::network_policy_blocks::without_dns;
use super::ports::declared;
use crate::callees::{Named, named_hosts};
use crate::facts::{Container, EnvValue, Kind, Pod, StatefulSet};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::near;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-missing",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-exist",
    rank: Rank::Root,
    runs: &[Run::Pod(run), Run::StatefulSet(governing)],
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
            "title.governing",
            "{name} names Service {service} for the names of its Pods, which does not exist in namespace {of}",
            "{name} が Pod の名前に使う Service {service} が Namespace {of} に存在しない",
        ),
        text(
            "explanation.unsaid",
            "The cluster's DNS knows a Service by its name, and namespace {of} has none called {service}, though there is a workload of that name. So the address that container {container} is configured with does not resolve; its log does not tell of it.",
            "クラスターの DNS は Service を名前で解決しますが、Namespace {of} に Service {service} はありません（同じ名前のワークロードはあります）。そのため、コンテナ {container} に設定されたアドレスは解決できません。ログには記録されていません。",
        ),
        text(
            "explanation.governing",
            "The Pods of a StatefulSet get names of their own in the DNS (POD.{service}) from the headless Service that spec.serviceName names. Namespace {of} has none called {service}, so these names do not resolve.",
            "StatefulSet の Pod は、spec.serviceName が示す Headless Service によって DNS 名（POD.{service}）を得ます。Namespace {of} に {service} はないため、この名前は解決できません。",
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
            "fix.governing",
            "Create a headless Service {service} in namespace {of} (clusterIP: None) whose selector matches the Pods. spec.serviceName itself cannot be changed.",
            "Pod に一致するセレクターを持つ Headless Service {service}（clusterIP: None）を Namespace {of} に作成します。spec.serviceName 自体は変更できません。",
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
        // Where no name can be asked for, one that does not resolve proves nothing.
        if without_dns(pod, snapshot).is_some() {
            continue;
        }
        let named = named_hosts(namespace, &pod.spec, container, snapshot);
        let mut missing: Vec<ClusterHost> = Vec::new();
        for told in &words.told {
            let Some((host, is_sure)) = complaint(&told.claim, &named) else {
                continue;
            };
            let Some(target) = cluster_host(host, namespace, snapshot) else {
                continue;
            };
            // A Pod knows its own name without a Service.
            if host == &*pod.meta.name
                || !is_recent(told, status, snapshot)
                || !is_missing(&target, namespace, snapshot, findings)
                || missing.contains(&target)
            {
                continue;
            }
            let finding = Finding::on_container(snapshot, pod, container).proof(told.proof(pod));
            let finding = if is_sure { finding } else { finding.likely() };
            let call = Call {
                pod,
                container,
                target: &target,
                named: named.iter().find(|named| named.host.host == host),
            };
            findings.add(complete(finding, &call, snapshot));
            missing.push(target);
        }
        // Its log need not say it: a name of the cluster that nothing has cannot resolve.
        if words.awaited || !status.is_running() {
            continue;
        }
        for named in named
            .iter()
            .filter(|n| n.is_configured() && n.host.is_address)
        {
            let Some(target) = cluster_host(&named.host.host, namespace, snapshot) else {
                continue;
            };
            if missing.contains(&target)
                || !is_meant(&target, pod, snapshot)
                || !is_missing(&target, namespace, snapshot, findings)
            {
                continue;
            }
            let call = Call {
                pod,
                container,
                target: &target,
                named: Some(named),
            };
            let finding = Finding::on_container(snapshot, pod, container)
                .likely()
                .severity(Severity::Warning);
            let finding = complete(finding, &call, snapshot).explanation("explanation.unsaid");
            findings.add(finding);
            missing.push(target);
        }
    }
}

/// The host of which a claim says that it is not reached, and whether it says that its name
/// does not resolve. Clients that tell of both alike are believed of a host that they are
/// configured with.
fn complaint<'a>(claim: &'a Claim, named: &[Named<'_>]) -> Option<(&'a str, bool)> {
    if let Some(host) = claim.unresolved_host() {
        return Some((host, true));
    }
    let (Claim::Refused(to) | Claim::NoAnswer(to)) = claim else {
        return None;
    };
    let is_named = named.iter().any(|named| named.host.host == to.host);
    is_named.then_some((&*to.host, false))
}

/// Whether a Service does not exist. A short name of one that lives elsewhere has a cause of
/// its own, unless the caller's own namespace has the workload that is meant.
fn is_missing(
    target: &ClusterHost,
    namespace: &str,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> bool {
    match snapshot.services.find(&target.namespace, &target.name) {
        Lookup::Found(_) => false,
        Lookup::Unknown(why) => {
            findings.unknown_object(Kind::Service, &target.namespace, &target.name, why);
            false
        }
        Lookup::Missing => {
            target.qualified
                || elsewhere(&target.name, namespace, snapshot)
                    .next()
                    .is_none()
                || workload(namespace, &target.name, snapshot).is_some()
        }
    }
}

/// Whether another workload of that name has ready Pods: then it is what a Pod means by it.
fn is_meant(target: &ClusterHost, pod: &Pod, snapshot: &Snapshot) -> bool {
    workload(&target.namespace, &target.name, snapshot).is_some_and(|top| {
        top != snapshot.top_of(pod) && snapshot.pods_of(&top).iter().any(|pod| pod.is_ready())
    })
}

/// A call to a Service that does not exist.
struct Call<'a> {
    pod: &'a Pod,
    container: &'a Container,
    target: &'a ClusterHost,
    /// Where the container names it.
    named: Option<&'a Named<'a>>,
}

fn complete(finding: Finding, call: &Call<'_>, snapshot: &Snapshot) -> Finding {
    let target = call.target;
    let of = &*target.namespace;
    let pointer = call
        .named
        .and_then(|named| named.proof(call.pod, call.container))
        .map(|proof| proof.saying("proof.env"))
        .or_else(|| configured(call.pod, call.container, &target.name));
    let finding = finding
        .arg("service", &target.name)
        .arg("of", of)
        .proofs(pointer);
    let missing = proof::object(Kind::Service, of, &target.name);
    let finding =
        finding.proof(proof::command(missing.clone(), kubectl::get(&missing), "NotFound").absent());
    let work = workload(of, &target.name, snapshot);
    let names = || snapshot.services.in_namespace(of).map(|s| &*s.meta.name);
    let near = match &work {
        Some(top) => in_front(&snapshot.pods_of(top), snapshot),
        None => {
            let pod = snapshot.pods.get(of, &target.name);
            pod.and_then(|pod| in_front(&[pod], snapshot))
                .or_else(|| near::name(&target.name, names()))
        }
    };
    if let Some(near) = near {
        return finding
            .arg("near", near)
            .title("title.near")
            .fix("fix.near")
            .fix("fix.create");
    }
    if let Some(top) = work {
        let port = call.named.and_then(|named| named.host.port).unwrap_or(80);
        let pods = snapshot.pods_of(&top);
        let declared = pods.first().and_then(|pod| declared(pod).next());
        let there = declared.map_or_else(|| i64::from(port), |(_, _, port)| port.number);
        return finding
            .arg("workload", format!("{} {}", top.kind.name, target.name))
            .explanation("explanation.workload")
            .fix_with(
                "fix.expose",
                format!(
                    "{} expose {} --port={port} --target-port={there}",
                    kubectl::prefix(Some(of)),
                    kubectl::target(&top.object_ref())
                ),
            );
    }
    if let Some(there) = elsewhere(&target.name, of, snapshot).next() {
        return finding
            .arg("elsewhere", &*there.meta.namespace)
            .explanation("explanation.elsewhere")
            .fix("fix.elsewhere")
            .fix("fix.create");
    }
    finding.fix("fix.create")
}

/// The Service that sends to one of these Pods.
fn in_front<'a>(pods: &[&'a Pod], snapshot: &'a Snapshot) -> Option<&'a str> {
    pods.iter()
        .find_map(|pod| snapshot.services_of_pod(pod).next())
        .map(|service| &*service.meta.name)
}

/// The variable that names the Service.
fn configured(pod: &Pod, container: &Container, name: &str) -> Option<Proof> {
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

/// A StatefulSet whose governing Service does not exist: its Pods run, and have no names of
/// their own in the DNS.
fn governing(set: &StatefulSet, snapshot: &Snapshot, findings: &mut Findings) {
    let (of, service) = (&*set.meta.namespace, &*set.service);
    if service.is_empty()
        || set.meta.deleting.is_some()
        || set.replicas.wanted == 0
        || !snapshot.services.find(of, service).is_missing()
    {
        return;
    }
    // Those who call its Pods by name are harmed, and nobody can call them at all where no
    // other Service is in front of them; a name that nobody uses is no fault.
    let suffix = format!(".{service}");
    let is_needed = set.template.spec.containers.iter().any(|container| {
        named_hosts(of, &set.template.spec, container, snapshot)
            .iter()
            .any(|named| named.host.host.contains(&suffix))
    });
    let pods = snapshot.pods_of(&snapshot.top_of(set));
    let is_lost = in_front(&pods, snapshot).is_none()
        && pods.iter().any(|pod| declared(pod).next().is_some());
    if !is_needed && !is_lost {
        return;
    }
    let missing = proof::object(Kind::Service, of, service);
    findings.add(
        Finding::on(set)
            .title("title.governing")
            .explanation("explanation.governing")
            .severity(Severity::Warning)
            .arg("service", service)
            .arg("of", of)
            .proof(proof::absence(missing, set, "/spec/serviceName"))
            .fix("fix.governing"),
    );
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

    const CART: &str = "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop, uid: d}
spec: {replicas: 1}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: cart-1, namespace: shop, uid: r, ownerReferences: [{kind: Deployment, name: cart, uid: d, controller: true, apiVersion: apps/v1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1-x, namespace: shop, uid: q, labels: {app: cart}, ownerReferences: [{kind: ReplicaSet, name: cart-1, uid: r, controller: true, apiVersion: apps/v1}]}
spec: {nodeName: node-1, containers: [{name: c, image: x, ports: [{containerPort: 8080}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, ready: true, state: {running: {}}}]}
";

    #[test]
    fn a_name_that_only_a_workload_has_does_not_resolve_whatever_the_log_says() {
        check(&(client("http://cart:9000/") + CART))
            .log("shop/web", "app", false, "GET / 500\n")
            .finds("service-missing", "Pod shop/web[app]")
            .tells("explanation.unsaid")
            .advises("expose deployment/cart --port=9000 --target-port=8080")
            .is(podside_model::Severity::Warning)
            .is_likely();
        // Without a workload of that name it may be a name outside the cluster.
        check(&client("http://cart:9000/"))
            .log("shop/web", "app", false, "GET / 500\n")
            .finds_nothing();
    }

    #[test]
    fn a_client_that_says_only_that_nothing_answers() {
        let objects = client("http://x.example/")
            .replace("image: x", "image: x\n      args: [pg_isready, -h, cart]");
        check(&objects)
            .log("shop/web", "app", false, "cart:5432 - no response\n")
            .finds("service-missing", "Pod shop/web[app]")
            .proves("cart")
            .is_likely();
        let of_pods = CART.replace("app: cart}", "app: other}")
            + "---\napiVersion: v1\nkind: Service\nmetadata: {name: front, namespace: shop}\nspec: {selector: {app: other}, ports: [{port: 80, targetPort: 8080}]}\n";
        check(&(objects + &of_pods))
            .log("shop/web", "app", false, "cart:5432 - no response\n")
            .finds("service-missing", "Pod shop/web[app]")
            .tells("title.near")
            .with("near", "front");
    }

    #[test]
    fn a_pod_that_may_not_ask_the_dns_proves_nothing() {
        let policy = "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress]}
";
        check(&(client("http://cart/") + policy))
            .log("shop/web", "app", false, LOG)
            .does_not_find("service-missing")
            .finds("network-policy-blocks", "NetworkPolicy shop/deny-all")
            .tells("title.names")
            .with("host", "cart");
    }

    #[test]
    fn a_host_that_a_config_map_names() {
        let objects = client("http://x.example/").replace(
            "image: x",
            "image: x\n      envFrom: [{configMapRef: {name: settings}}]",
        ) + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {CART_URL: 'http://cart:5000/'}\n";
        check(&objects).wants_log("app");
        check(&objects)
            .log("shop/web", "app", false, LOG)
            .finds("service-missing", "Pod shop/web[app]")
            .proves("cart");
    }

    #[test]
    fn a_stateful_set_without_its_governing_service() {
        let set = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, uid: s}
spec: {serviceName: db-peers, replicas: 1}
status: {replicas: 1, readyReplicas: 1}
";
        // That a name which nobody uses does not resolve is no fault.
        check(set).does_not_find("service-missing");
        let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, uid: q, labels: {app: db}, ownerReferences: [{kind: StatefulSet, name: db, uid: s, controller: true, apiVersion: apps/v1}]}
spec: {nodeName: node-1, containers: [{name: c, image: x, ports: [{containerPort: 5432}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, ready: true, state: {running: {}}}]}
";
        check(&format!("{set}{pod}"))
            .finds("service-missing", "StatefulSet shop/db")
            .tells("title.governing")
            .with("service", "db-peers")
            .is(podside_model::Severity::Warning);
        let there = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db-peers, namespace: shop}\nspec: {clusterIP: None, ports: [{port: 80}]}\n";
        check(&format!("{set}{there}")).does_not_find("service-missing");
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
