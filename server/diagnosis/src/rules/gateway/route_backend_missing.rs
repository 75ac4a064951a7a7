//! Symptom: a host or path of a Gateway answers 500 or 503.
//! Cause: the Service to which its route sends requests, or the Service's port, does not exist;
//! or it is in another namespace and no ReferenceGrant allows it.
//! Fix: the backend in the route, or a ReferenceGrant in the Service's namespace.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/gateway/#api-kind-httproute>

use podside_model::{Relation, Severity};

use crate::facts::{Kind, KindRef, Object, ReferenceGrant, Route, RouteBackend, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::patience::CONTROLLER_ACTS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "route-backend-missing",
    source: "https://kubernetes.io/docs/concepts/services-networking/gateway/#api-kind-httproute",
    rank: Rank::Root,
    runs: &[Run::HttpRoute(run), Run::GrpcRoute(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} sends requests to Service {of}/{service}, which does not exist",
            "{kind} {name} の転送先の Service {of}/{service} が存在しない",
        ),
        text(
            "title.port",
            "{kind} {name} sends requests to port {port} of Service {service}, which has no such port",
            "{kind} {name} の転送先の Service {service} にポート {port} がない",
        ),
        text(
            "title.grant",
            "{kind} {name} sends requests to Service {service} of namespace {of}, and no ReferenceGrant there allows it",
            "{kind} {name} が Namespace {of} の Service {service} に転送しようとしているが、許可する ReferenceGrant がない",
        ),
        text(
            "explanation",
            "The Gateway answers the requests of this rule with an error itself, as there is nowhere to send them.",
            "転送先がないため、Gateway はこのルールへのリクエストに自らエラーを返します。",
        ),
        text(
            "explanation.near",
            "The Gateway answers the requests of this rule with an error itself. Namespace {of} has a Service that is called {near}.",
            "Gateway はこのルールへのリクエストに自らエラーを返します。Namespace {of} には似た名前の Service {near} があります。",
        ),
        text(
            "explanation.port",
            "The Service exists and has these ports: {ports}. The Gateway answers the requests of this rule with an error itself.",
            "Service は存在しますが、ポートは {ports} です。Gateway はこのルールへのリクエストに自らエラーを返します。",
        ),
        text(
            "explanation.grant",
            "A route may use Services of other namespaces only if a ReferenceGrant in the Service's namespace names the route's kind and namespace, so that nobody is used without consent. Until then the Gateway answers with an error.",
            "ルートが別の Namespace の Service を使えるのは、Service の Namespace にある ReferenceGrant がルートの種類と Namespace を許可している場合だけです。それまで Gateway はエラーを返します。",
        ),
        text(
            "fix",
            "Correct the backend in {kind} {name}, or create what it names.",
            "{kind} {name} の backend を修正するか、指定されたものを作成します。",
        ),
        text(
            "fix.grant",
            "Have those who own namespace {of} create a ReferenceGrant there, from {kind} of namespace {namespace} to Service {service}.",
            "Namespace {of} の管理者に依頼し、Namespace {namespace} の {kind} から Service {service} への ReferenceGrant をそこに作成します。",
        ),
        text(
            "proof.grant",
            "No ReferenceGrant of namespace {of} allows it",
            "Namespace {of} に許可する ReferenceGrant がない",
        ),
    ],
};

fn run(route: &Route, snapshot: &Snapshot, findings: &mut Findings) {
    if route.meta.deleting.is_some() {
        return;
    }
    let of_services = route.backends.iter().filter(|it| it.kind.is(Kind::Service));
    for backend in of_services {
        let found = match snapshot.services.find(&backend.namespace, &backend.name) {
            Lookup::Found(service) => without_grant(route, backend, snapshot)
                .or_else(|| without_port(route, backend, service)),
            // What is applied together comes within moments.
            Lookup::Missing if !CONTROLLER_ACTS.has_ended(route.meta.created, snapshot) => None,
            Lookup::Missing => Some(missing(route, backend, snapshot)),
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::Service, &backend.namespace, &backend.name, why);
                None
            }
        };
        if let Some(found) = found {
            // Other rules of the route may still work.
            let severity = if route.backends.len() > 1 {
                Severity::Warning
            } else {
                Severity::Critical
            };
            let found = found
                .relation(Relation::RoutedBy)
                .severity(severity)
                .arg("service", &*backend.name)
                .arg("of", &*backend.namespace);
            findings.add(if found.has_fix() {
                found
            } else {
                found.fix_with("fix", kubectl::edit(&route.object_ref()))
            });
        }
    }
}

fn missing(route: &Route, backend: &RouteBackend, snapshot: &Snapshot) -> Finding {
    let pointer = format!("{}/name", backend.pointer);
    let object = proof::object(Kind::Service, &backend.namespace, &backend.name);
    let names = snapshot.services.in_namespace(&backend.namespace);
    let finding = Finding::on(route)
        .proof(proof::field(route, pointer.clone(), &backend.name))
        .proof(proof::absence(object, route, pointer));
    match near::name(&backend.name, names.map(|service| &*service.meta.name)) {
        Some(near) => finding.explanation("explanation.near").arg("near", near),
        None => finding,
    }
}

fn without_port(route: &Route, backend: &RouteBackend, service: &Service) -> Option<Finding> {
    let port = backend.port?;
    if service.is_external_name() || service.ports.iter().any(|it| it.port == port) {
        return None;
    }
    let ports: Vec<String> = service.ports.iter().map(|it| it.port.to_string()).collect();
    let finding = Finding::on(route)
        .title("title.port")
        .arg("port", port.to_string())
        .proof(proof::field(
            route,
            format!("{}/port", backend.pointer),
            port,
        ));
    Some(if ports.is_empty() {
        finding
    } else {
        finding.explanation("explanation.port").arg("ports", ports)
    })
}

/// The backend is in another namespace, which does not allow it. Where the grants cannot be
/// read, nobody knows.
fn without_grant(route: &Route, backend: &RouteBackend, snapshot: &Snapshot) -> Option<Finding> {
    let of = &backend.namespace;
    if *of == route.meta.namespace || snapshot.reference_grants.unreadable(of).is_some() {
        return None;
    }
    let mut grants = snapshot.reference_grants.in_namespace(of);
    if grants.any(|grant| allows(grant, route, backend)) {
        return None;
    }
    let pointer = format!("{}/namespace", backend.pointer);
    let absent = proof::command(
        proof::object(Kind::ReferenceGrant, of, ""),
        kubectl::list(Some(of), "referencegrants.gateway.networking.k8s.io"),
        "",
    );
    Some(
        Finding::on(route)
            .title("title.grant")
            .explanation("explanation.grant")
            .proof(proof::field(route, pointer, of))
            .proof(absent.saying("proof.grant"))
            .fix("fix.grant"),
    )
}

fn allows(grant: &ReferenceGrant, route: &Route, backend: &RouteBackend) -> bool {
    let from = KindRef {
        name: route.kind().into(),
        group: route.group().into(),
    };
    let is_from = |namespace: &str| *namespace == *route.meta.namespace;
    grant
        .from
        .iter()
        .any(|it| it.kind == from && is_from(&it.namespace))
        && grant
            .to
            .iter()
            .any(|it| it.kind == backend.kind && (it.name.is_empty() || it.name == backend.name))
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use super::super::testing::{WORLD, route};
    use crate::testing::check;

    const OK: &str = "{type: Accepted, status: 'True', reason: Accepted}";

    fn with(backend: &str) -> String {
        WORLD.to_owned() + &route("name: edge, namespace: infra", backend, OK)
    }

    const GRANT: &str = "
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: shops, namespace: back}
spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: web}], to: [{group: '', kind: Service}]}
";

    #[test]
    fn a_service_that_does_not_exist() {
        check(&with("name: carts, port: 80"))
            .finds("route-backend-missing", "HTTPRoute web/shop")
            .tells("title")
            .with("service", "carts")
            .tells("explanation.near")
            .with("near", "cart")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_port_that_the_service_does_not_have() {
        check(&with("name: cart, port: 8080"))
            .finds("route-backend-missing", "HTTPRoute web/shop")
            .tells("explanation.port")
            .with_list("ports", ["80"])
            .alone();
    }

    #[test]
    fn a_service_of_another_namespace_needs_a_grant() {
        let backend = "name: stock, namespace: back, port: 8080";
        check(&with(backend))
            .finds("route-backend-missing", "HTTPRoute web/shop")
            .tells("title.grant")
            .with("of", "back")
            .offers("fix.grant")
            .alone();
        check(&(with(backend) + GRANT)).finds_nothing();
        let of_others = GRANT.replace("namespace: web", "namespace: shop");
        check(&(with(backend) + &of_others))
            .finds("route-backend-missing", "HTTPRoute web/shop")
            .tells("title.grant");
        check(&with(backend))
            .denying("referencegrants")
            .does_not_find("route-backend-missing");
    }

    #[test]
    fn a_backend_that_exists_and_one_of_another_kind() {
        check(&with("name: cart, port: 80")).finds_nothing();
        check(&with("name: files, kind: Bucket, group: example.com")).finds_nothing();
    }

    #[test]
    fn services_that_cannot_be_read_are_unknown() {
        check(&with("name: carts, port: 80"))
            .denying("services")
            .does_not_find("route-backend-missing")
            .cannot_tell("unknown.object")
            .with("name", "carts");
    }
}
