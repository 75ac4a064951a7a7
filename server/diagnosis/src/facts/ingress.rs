use super::fields::Fields;
use super::meta::Meta;
use super::port::PortRef;
use super::sharing::Str;

/// An Ingress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingress {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.ingressClassName`, or the older annotation `kubernetes.io/ingress.class`;
    /// empty when neither is set.
    pub class: Str,
    /// Whether the class comes from the annotation.
    pub class_by_annotation: bool,
    /// Every backend that a rule or the default names.
    pub backends: Box<[IngressBackend]>,
    /// `spec.tls`.
    pub tls: Box<[IngressTls]>,
    /// The addresses in `status.loadBalancer.ingress`.
    pub addresses: Box<[Str]>,
}

/// A Service that an Ingress routes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngressBackend {
    /// JSON Pointer of `backend.service` in the Ingress.
    pub pointer: Str,
    /// `host` of the rule; empty for every host.
    pub host: Str,
    /// `path` of the rule; empty for the default backend.
    pub path: Str,
    /// The Service's name.
    pub service: Str,
    /// The Service's port.
    pub port: Option<PortRef>,
}

/// One of an Ingress's `tls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngressTls {
    /// Its index in the object.
    pub index: usize,
    /// `hosts`.
    pub hosts: Box<[Str]>,
    /// `secretName`; empty when absent.
    pub secret: Str,
}

/// An IngressClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngressClass {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.controller`.
    pub controller: Str,
    /// Whether Ingresses without a class use it.
    pub is_default: bool,
}

impl Ingress {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let meta = Meta::read(object, true);
        let annotation = meta.annotation("kubernetes.io/ingress.class").cloned();
        let field = spec.filled("ingressClassName");
        Self {
            class_by_annotation: field.is_none() && annotation.is_some(),
            class: field
                .or(annotation)
                .unwrap_or_else(|| spec.sharing().str("")),
            backends: backends(spec),
            tls: spec
                .list("tls")
                .map(|(index, t)| IngressTls {
                    index,
                    hosts: t.strs("hosts").into(),
                    secret: t.name("secretName"),
                })
                .collect(),
            addresses: status
                .at("loadBalancer")
                .list("ingress")
                .filter_map(|(_, i)| i.filled("ip").or_else(|| i.filled("hostname")))
                .collect(),
            meta,
        }
    }
}

impl IngressClass {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let meta = Meta::read(object, true);
        Self {
            controller: object.at("spec").name("controller"),
            is_default: meta
                .annotation("ingressclass.kubernetes.io/is-default-class")
                .is_some_and(|v| &**v == "true"),
            meta,
        }
    }
}

fn backends(spec: Fields<'_>) -> Box<[IngressBackend]> {
    let none = || spec.sharing().str("");
    let default = backend(
        spec.at("defaultBackend"),
        "/spec/defaultBackend",
        none(),
        none(),
    );
    let of_rules = spec.list("rules").flat_map(|(i, rule)| {
        let host = rule.name("host");
        rule.at("http").list("paths").filter_map(move |(j, path)| {
            backend(
                path.at("backend"),
                &format!("/spec/rules/{i}/http/paths/{j}/backend"),
                host.clone(),
                path.filled("path")
                    .unwrap_or_else(|| path.sharing().str("/")),
            )
        })
    });
    default.into_iter().chain(of_rules).collect()
}

/// A backend that is a Service; one that is another resource is passed over.
fn backend(backend: Fields<'_>, pointer: &str, host: Str, path: Str) -> Option<IngressBackend> {
    let service = backend.at("service");
    let port = service.at("port");
    service.exists().then(|| IngressBackend {
        pointer: backend.sharing().str(&format!("{pointer}/service")),
        host,
        path,
        service: service.name("name"),
        port: PortRef::read(port, "number").or_else(|| PortRef::read(port, "name")),
    })
}
