//! The Gateway API (<https://gateway-api.sigs.k8s.io/reference/spec/>).

use super::condition::{self, Condition};
use super::fields::Fields;
use super::kind_ref::KindRef;
use super::meta::Meta;
use super::sharing::Str;

/// The API group of the Gateway API.
pub(crate) const GATEWAY_GROUP: &str = "gateway.networking.k8s.io";

/// A GatewayClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayClass {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.controllerName`.
    pub controller: Str,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// A Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.gatewayClassName`.
    pub class: Str,
    /// `spec.listeners`, each with its `status.listeners`.
    pub listeners: Box<[Listener]>,
    /// The addresses in `status.addresses`.
    pub addresses: Box<[Str]>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// One of a Gateway's `listeners`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its index in `spec.listeners`.
    pub index: usize,
    /// `name`.
    pub name: Str,
    /// `hostname`; empty for every host.
    pub hostname: Str,
    /// `port`.
    pub port: i64,
    /// `protocol`, such as `HTTP`.
    pub protocol: Str,
    /// The Secrets in `tls.certificateRefs`: namespace and name.
    pub certificates: Box<[(Str, Str)]>,
    /// Its index in `status.listeners`; `None` while it has no status.
    pub status_index: Option<usize>,
    /// `status.listeners[].attachedRoutes`.
    pub attached_routes: Option<i64>,
    /// `status.listeners[].conditions`, whose pointers begin at the listener.
    pub conditions: Box<[Condition]>,
}

/// An HTTPRoute or a GRPCRoute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `metadata`.
    pub meta: Meta,
    /// Whether it is a GRPCRoute.
    pub grpc: bool,
    /// `spec.hostnames`; empty for every host.
    pub hostnames: Box<[Str]>,
    /// `spec.parentRefs`.
    pub parents: Box<[RouteParent]>,
    /// `spec.rules[].backendRefs`, and those of mirroring filters.
    pub backends: Box<[RouteBackend]>,
    /// `status.parents`.
    pub statuses: Box<[RouteParentStatus]>,
}

/// One of a route's `parentRefs`: mostly a Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteParent {
    /// Its index in the object.
    pub index: usize,
    /// `kind` and `group`; a Gateway when absent.
    pub kind: KindRef,
    /// `namespace`; the route's own when absent.
    pub namespace: Str,
    /// `name`.
    pub name: Str,
    /// `sectionName`: the listener; empty for all.
    pub section: Str,
    /// `port`.
    pub port: Option<i64>,
}

/// One of a route's `backendRefs`: mostly a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteBackend {
    /// JSON Pointer of it in the route.
    pub pointer: Str,
    /// `kind` and `group`; a Service when absent.
    pub kind: KindRef,
    /// `namespace`; the route's own when absent.
    pub namespace: Str,
    /// `name`.
    pub name: Str,
    /// `port`.
    pub port: Option<i64>,
}

/// What a controller says of a route at one of its parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteParentStatus {
    /// Its index in `status.parents`.
    pub index: usize,
    /// `parentRef`.
    pub parent: RouteParent,
    /// `controllerName`.
    pub controller: Str,
    /// `conditions`, whose pointers begin at this status.
    pub conditions: Box<[Condition]>,
}

/// A ReferenceGrant: who of another namespace may refer to what in its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceGrant {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.from`.
    pub from: Box<[ReferenceFrom]>,
    /// `spec.to`.
    pub to: Box<[ReferenceTo]>,
}

/// One of a ReferenceGrant's `from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceFrom {
    /// `kind` and `group`.
    pub kind: KindRef,
    /// `namespace`.
    pub namespace: Str,
}

/// One of a ReferenceGrant's `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceTo {
    /// `kind` and `group`.
    pub kind: KindRef,
    /// `name`; empty for every object of the kind.
    pub name: Str,
}

impl GatewayClass {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, false),
            controller: object.at("spec").name("controllerName"),
            conditions: condition::read(object.at("status")),
        }
    }
}

impl Gateway {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let meta = Meta::read(object, false);
        Self {
            class: spec.name("gatewayClassName"),
            listeners: spec
                .list("listeners")
                .map(|(index, it)| listener(index, it, status, &meta.namespace))
                .collect(),
            addresses: status
                .list("addresses")
                .filter_map(|(_, address)| address.filled("value"))
                .collect(),
            conditions: condition::read(status),
            meta,
        }
    }
}

impl Route {
    pub(crate) fn read(object: Fields<'_>, grpc: bool) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let meta = Meta::read(object, false);
        let namespace = &meta.namespace;
        Self {
            grpc,
            hostnames: spec.strs("hostnames").into(),
            parents: spec
                .list("parentRefs")
                .map(|(index, it)| parent(index, it, namespace))
                .collect(),
            backends: spec
                .list("rules")
                .flat_map(|(index, rule)| backends(index, rule, namespace))
                .collect(),
            statuses: status
                .list("parents")
                .map(|(index, it)| RouteParentStatus {
                    index,
                    parent: parent(0, it.at("parentRef"), namespace),
                    controller: it.name("controllerName"),
                    conditions: condition::read(it),
                })
                .collect(),
            meta,
        }
    }
}

impl ReferenceGrant {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let spec = object.at("spec");
        Self {
            meta: Meta::read(object, false),
            from: spec
                .list("from")
                .map(|(_, it)| ReferenceFrom {
                    kind: kind(it, None),
                    namespace: it.name("namespace"),
                })
                .collect(),
            to: spec
                .list("to")
                .map(|(_, it)| ReferenceTo {
                    kind: kind(it, None),
                    name: it.name("name"),
                })
                .collect(),
        }
    }
}

fn listener(index: usize, it: Fields<'_>, status: Fields<'_>, namespace: &Str) -> Listener {
    let name = it.name("name");
    let known = status
        .list("listeners")
        .find(|(_, told)| told.name("name") == name);
    let told = known.map_or_else(|| status.at("none"), |(_, told)| told);
    Listener {
        index,
        hostname: it.name("hostname"),
        port: it.int("port").unwrap_or(0),
        protocol: it.name("protocol"),
        certificates: it
            .at("tls")
            .list("certificateRefs")
            .map(|(_, of)| {
                (
                    of.filled("namespace").unwrap_or_else(|| namespace.clone()),
                    of.name("name"),
                )
            })
            .collect(),
        status_index: known.map(|(index, _)| index),
        attached_routes: told.int("attachedRoutes"),
        conditions: condition::read(told),
        name,
    }
}

fn parent(index: usize, it: Fields<'_>, namespace: &Str) -> RouteParent {
    RouteParent {
        index,
        kind: kind(it, Some(("Gateway", GATEWAY_GROUP))),
        namespace: it.filled("namespace").unwrap_or_else(|| namespace.clone()),
        name: it.name("name"),
        section: it.name("sectionName"),
        port: it.int("port"),
    }
}

/// The backends of one rule: those that it sends requests to, and those that get copies.
fn backends(rule: usize, it: Fields<'_>, namespace: &Str) -> Vec<RouteBackend> {
    let own = it
        .list("backendRefs")
        .map(|(index, to)| (format!("/spec/rules/{rule}/backendRefs/{index}"), to));
    let copies = it.list("filters").filter_map(|(index, filter)| {
        let to = filter.at("requestMirror").at("backendRef");
        let pointer = format!("/spec/rules/{rule}/filters/{index}/requestMirror/backendRef");
        to.exists().then_some((pointer, to))
    });
    own.chain(copies)
        .map(|(pointer, to)| RouteBackend {
            pointer: Str::from(pointer),
            kind: kind(to, Some(("Service", ""))),
            namespace: to.filled("namespace").unwrap_or_else(|| namespace.clone()),
            name: to.name("name"),
            port: to.int("port"),
        })
        .collect()
}

/// `kind` and `group` of a reference, which has no `apiVersion`; what is meant when it says
/// neither.
fn kind(it: Fields<'_>, meant: Option<(&str, &str)>) -> KindRef {
    let (name, group) = meant.unwrap_or_default();
    let text =
        |key: &str, otherwise: &str| it.str(key).unwrap_or_else(|| it.sharing().str(otherwise));
    KindRef {
        name: text("kind", name),
        group: text("group", group),
    }
}
