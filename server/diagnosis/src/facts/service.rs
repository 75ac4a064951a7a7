use super::fields::Fields;
use super::meta::{Labels, Meta};
use super::port::PortRef;
use super::selector::contains;
use super::sharing::Str;

/// A Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.type`; `ClusterIP` when absent.
    pub kind: Str,
    /// `spec.clusterIP`: an address, `None` for a headless Service, or empty.
    pub cluster_ip: Str,
    /// `spec.selector`; empty for a Service whose endpoints are kept by hand.
    pub selector: Labels,
    /// `spec.ports`.
    pub ports: Box<[ServicePort]>,
    /// `spec.externalName`; empty when absent.
    pub external_name: Str,
    /// `spec.publishNotReadyAddresses`.
    pub publish_not_ready: bool,
    /// `spec.internalTrafficPolicy` and `spec.externalTrafficPolicy`; empty when absent.
    pub internal_policy: Str,
    /// `spec.externalTrafficPolicy`.
    pub external_policy: Str,
    /// The addresses in `status.loadBalancer.ingress`.
    pub load_balancer: Box<[Str]>,
}

/// One of a Service's `ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its index in the object.
    pub index: usize,
    /// `name`; empty when it has none.
    pub name: Str,
    /// `port`.
    pub port: i64,
    /// `targetPort`; the port itself when absent.
    pub target: PortRef,
    /// `protocol`; `TCP` when absent.
    pub protocol: Str,
    /// `nodePort`.
    pub node_port: Option<i64>,
}

/// An EndpointSlice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSlice {
    /// `metadata`.
    pub meta: Meta,
    /// The Service that it belongs to (label `kubernetes.io/service-name`).
    pub service: Str,
    /// `endpoints`.
    pub endpoints: Box<[Endpoint]>,
    /// `ports`.
    pub ports: Box<[EndpointPort]>,
    /// Whether a person keeps it: label `endpointslice.kubernetes.io/managed-by` is
    /// not that of a controller of Kubernetes.
    pub by_hand: bool,
    /// Whether a controller copied it from the Endpoints object of the Service, which is
    /// kept by a person or by another controller.
    pub mirrored: bool,
}

/// Endpoints, the older form of EndpointSlices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// `metadata`; the name is the Service's.
    pub meta: Meta,
    /// The addresses of all subsets.
    pub endpoints: Box<[Endpoint]>,
    /// The ports of all subsets.
    pub ports: Box<[EndpointPort]>,
}

/// One endpoint of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its index in `endpoints` (EndpointSlice only).
    pub index: usize,
    /// `addresses`.
    pub addresses: Box<[Str]>,
    /// `conditions.ready`; true when absent, as the API says.
    pub ready: bool,
    /// `conditions.terminating`.
    pub terminating: bool,
    /// The Pod behind it (`targetRef` of kind Pod); empty when there is none.
    pub pod: Str,
    /// `nodeName`; empty when absent.
    pub node: Str,
}

/// One port of an EndpointSlice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPort {
    /// `name`; empty when it has none.
    pub name: Str,
    /// `port`.
    pub port: Option<i64>,
    /// `protocol`; `TCP` when absent.
    pub protocol: Str,
}

impl Service {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let spec = object.at("spec");
        let ingress = object.at("status").at("loadBalancer");
        Self {
            meta: Meta::read(object, true),
            kind: spec
                .filled("type")
                .unwrap_or_else(|| spec.sharing().str("ClusterIP")),
            cluster_ip: spec.name("clusterIP"),
            selector: spec.map("selector"),
            ports: spec.list("ports").filter_map(service_port).collect(),
            external_name: spec.name("externalName"),
            publish_not_ready: spec.is("publishNotReadyAddresses"),
            internal_policy: spec.name("internalTrafficPolicy"),
            external_policy: spec.name("externalTrafficPolicy"),
            load_balancer: ingress
                .list("ingress")
                .filter_map(|(_, i)| i.filled("ip").or_else(|| i.filled("hostname")))
                .collect(),
        }
    }

    /// Whether it is an alias of another name, without Pods of its own.
    pub fn is_external_name(&self) -> bool {
        &*self.kind == "ExternalName"
    }

    /// Whether it has no address of its own, only names for its Pods.
    pub fn is_headless(&self) -> bool {
        &*self.cluster_ip == "None"
    }

    /// Whether it selects an object with these labels. A Service without selector
    /// selects nothing.
    pub fn selects(&self, labels: &Labels) -> bool {
        !self.selector.is_empty() && contains(labels, &self.selector)
    }

    /// The port that a client or an Ingress means.
    pub fn port(&self, port: &PortRef) -> Option<&ServicePort> {
        self.ports.iter().find(|p| match port {
            PortRef::Number(number) => p.port == *number,
            PortRef::Name(name) => p.name == *name,
        })
    }
}

impl EndpointSlice {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let meta = Meta::read(object, true);
        let managed_by = meta.label("endpointslice.kubernetes.io/managed-by");
        Self {
            service: meta
                .label("kubernetes.io/service-name")
                .cloned()
                .unwrap_or_else(|| object.sharing().str("")),
            by_hand: managed_by.is_none_or(|m| !m.ends_with("-controller.k8s.io")),
            mirrored: managed_by
                .is_some_and(|m| &**m == "endpointslicemirroring-controller.k8s.io"),
            meta,
            endpoints: object
                .list("endpoints")
                .map(|(index, e)| endpoint(index, e))
                .collect(),
            ports: object
                .list("ports")
                .map(|(_, p)| endpoint_port(p))
                .collect(),
        }
    }
}

impl Endpoints {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (mut endpoints, mut ports) = (Vec::new(), Vec::new());
        for (_, subset) in object.list("subsets") {
            for (key, ready) in [("addresses", true), ("notReadyAddresses", false)] {
                endpoints.extend(subset.list(key).map(|(index, a)| Endpoint {
                    index,
                    addresses: a.filled("ip").into_iter().collect(),
                    ready,
                    terminating: false,
                    pod: pod_name(a),
                    node: a.name("nodeName"),
                }));
            }
            ports.extend(subset.list("ports").map(|(_, p)| endpoint_port(p)));
        }
        Self {
            meta: Meta::read(object, true),
            endpoints: endpoints.into(),
            ports: ports.into(),
        }
    }
}

fn service_port((index, port): (usize, Fields<'_>)) -> Option<ServicePort> {
    let number = port.int("port")?;
    Some(ServicePort {
        index,
        name: port.name("name"),
        port: number,
        target: PortRef::read(port, "targetPort").unwrap_or(PortRef::Number(number)),
        protocol: protocol(port),
        node_port: port.int("nodePort").filter(|p| *p != 0),
    })
}

fn endpoint(index: usize, endpoint: Fields<'_>) -> Endpoint {
    let conditions = endpoint.at("conditions");
    Endpoint {
        index,
        addresses: endpoint.strs("addresses").into(),
        ready: conditions.flag("ready").unwrap_or(true),
        terminating: conditions.is("terminating"),
        pod: pod_name(endpoint),
        node: endpoint.name("nodeName"),
    }
}

fn pod_name(endpoint: Fields<'_>) -> Str {
    let target = endpoint.at("targetRef");
    if target.raw("kind") == Some("Pod") {
        target.name("name")
    } else {
        endpoint.sharing().str("")
    }
}

fn endpoint_port(port: Fields<'_>) -> EndpointPort {
    EndpointPort {
        name: port.name("name"),
        port: port.int("port"),
        protocol: protocol(port),
    }
}

fn protocol(port: Fields<'_>) -> Str {
    port.filled("protocol")
        .unwrap_or_else(|| port.sharing().str("TCP"))
}
