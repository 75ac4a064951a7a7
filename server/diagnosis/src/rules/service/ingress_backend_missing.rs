//! Symptom: an Ingress answers 503 or 404 for a path.
//! Cause: the Service that it routes to, or the Service's port, does not exist.
//! Fix: the name or port in the Ingress, or create the Service.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules>

use podside_model::{Relation, Severity};

use crate::facts::{Ingress, IngressBackend, Kind, Object, PortRef, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "ingress-backend-missing",
    source: "https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules",
    rank: Rank::Root,
    runs: &[Run::Ingress(run)],
    texts: &[
        text(
            "title",
            "Ingress {name} routes {route} to Service {service}, which does not exist",
            "Ingress {name} は {route} を Service {service} に送るが、その Service が存在しない",
        ),
        text(
            "title.port",
            "Ingress {name} routes {route} to port {port} of Service {service}, which has no such port",
            "Ingress {name} は {route} を Service {service} のポート {port} に送るが、そのポートがない",
        ),
        text(
            "explanation",
            "An Ingress can only route to Services of its own namespace, {namespace}. Requests for this path are answered with an error by the ingress controller.",
            "Ingress は自身の Namespace（{namespace}）の Service にのみ転送できます。このパスへのリクエストには Ingress コントローラーがエラーを返します。",
        ),
        text(
            "explanation.near",
            "An Ingress can only route to Services of its own namespace, {namespace}, where there is {near}. Requests for this path are answered with an error by the ingress controller.",
            "Ingress は自身の Namespace（{namespace}）の Service にのみ転送できます。そこには似た名前の {near} があります。このパスへのリクエストには Ingress コントローラーがエラーを返します。",
        ),
        text(
            "explanation.elsewhere",
            "An Ingress can only route to Services of its own namespace, {namespace}. A Service of that name is in namespace {elsewhere}.",
            "Ingress は自身の Namespace（{namespace}）の Service にのみ転送できます。その名前の Service は Namespace {elsewhere} にあります。",
        ),
        text(
            "explanation.port",
            "The Service exists and has these ports: {ports}. Requests for this path are answered with an error by the ingress controller.",
            "Service は存在しますが、ポートは {ports} です。このパスへのリクエストには Ingress コントローラーがエラーを返します。",
        ),
        text(
            "fix",
            "Correct the backend in Ingress {name}, or create what it names.",
            "Ingress {name} の backend を修正するか、指定されたものを作成します。",
        ),
    ],
};

fn run(ingress: &Ingress, snapshot: &Snapshot, findings: &mut Findings) {
    if ingress.meta.deleting.is_some() {
        return;
    }
    for backend in &ingress.backends {
        let namespace = &*ingress.meta.namespace;
        let finding = match snapshot.services.find(namespace, &backend.service) {
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::Service, namespace, &backend.service, why);
                continue;
            }
            Lookup::Missing => Some(missing(ingress, backend, snapshot)),
            Lookup::Found(service) => no_port(ingress, backend, service),
        };
        let Some(finding) = finding else { continue };
        // Other paths of the Ingress may still work.
        let severity = if ingress.backends.len() > 1 {
            Severity::Warning
        } else {
            Severity::Critical
        };
        findings.add(
            finding
                .relation(Relation::RoutedBy)
                .severity(severity)
                .arg("route", route(backend))
                .arg("service", &*backend.service)
                .fix_with("fix", kubectl::edit(&ingress.object_ref())),
        );
    }
}

fn missing(ingress: &Ingress, backend: &IngressBackend, snapshot: &Snapshot) -> Finding {
    let namespace = &*ingress.meta.namespace;
    let object = proof::object(Kind::Service, namespace, &backend.service);
    let pointer = format!("{}/name", backend.pointer);
    let finding = Finding::on(ingress)
        .proof(proof::field(ingress, pointer.clone(), &backend.service))
        .proof(proof::absence(object, ingress, pointer));
    let names = snapshot.services.in_namespace(namespace);
    if let Some(near) = near::name(&backend.service, names.map(|s| &*s.meta.name)) {
        return finding.arg("near", near).explanation("explanation.near");
    }
    let elsewhere = snapshot
        .elsewhere(Kind::Service, namespace, &backend.service)
        .next();
    match elsewhere {
        Some(there) => finding
            .arg("elsewhere", &**there)
            .explanation("explanation.elsewhere"),
        None => finding,
    }
}

fn no_port(ingress: &Ingress, backend: &IngressBackend, service: &Service) -> Option<Finding> {
    let wanted = backend.port.as_ref()?;
    let has = service.ports.iter().any(|p| match wanted {
        PortRef::Number(number) => p.port == *number,
        PortRef::Name(name) => p.name == *name,
    });
    if has || service.is_external_name() {
        return None;
    }
    let ports: Vec<String> = service
        .ports
        .iter()
        .map(|p| {
            if p.name.is_empty() {
                p.port.to_string()
            } else {
                format!("{} ({})", p.port, p.name)
            }
        })
        .collect();
    let field = match wanted {
        PortRef::Number(_) => "number",
        PortRef::Name(_) => "name",
    };
    let pointer = format!("{}/port/{field}", backend.pointer);
    Some(
        Finding::on(ingress)
            .title("title.port")
            .explanation("explanation.port")
            .arg("port", wanted.to_string())
            .arg("ports", ports)
            .proof(proof::field(ingress, pointer, wanted)),
    )
}

/// Host and path of a rule, as a person would type them.
fn route(backend: &IngressBackend) -> String {
    match (&*backend.host, &*backend.path) {
        ("", "") => "everything else".to_owned(),
        (host, path) => format!("{host}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    fn objects(service: &str, port: &str) -> String {
        format!(
            "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: site, namespace: web}}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example
      http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: {service}, port: {{{port}}}}}}}}}]}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: nginx}}
---
apiVersion: v1
kind: Service
metadata: {{name: shop, namespace: web}}
spec: {{clusterIP: 10.0.0.1, ports: [{{name: http, port: 80}}]}}
"
        )
    }

    #[test]
    fn a_service_that_does_not_exist() {
        check(&objects("shopp", "number: 80"))
            .finds("ingress-backend-missing", "Ingress web/site")
            .tells("title")
            .with("route", "shop.example/")
            .with("service", "shopp")
            .tells("explanation.near")
            .with("near", "shop")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_port_that_the_service_does_not_have() {
        check(&objects("shop", "name: https"))
            .finds("ingress-backend-missing", "Ingress web/site")
            .tells("explanation.port")
            .with_list("ports", ["80 (http)"]);
        check(&objects("shop", "number: 8080"))
            .finds("ingress-backend-missing", "Ingress web/site");
    }

    #[test]
    fn a_backend_that_exists() {
        check(&objects("shop", "number: 80")).finds_nothing();
        check(&objects("shop", "name: http")).finds_nothing();
    }

    #[test]
    fn services_that_cannot_be_read_are_unknown() {
        check(&objects("shopp", "number: 80"))
            .denying("services")
            .does_not_find("ingress-backend-missing")
            .cannot_tell("unknown.object")
            .with("kind", "Service")
            .with("name", "shopp");
    }
}
