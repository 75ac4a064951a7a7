//! What traffic goes through.

use super::common::by_type;
use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen};
use crate::facts::{
    Condition, Endpoint, EndpointPort, EndpointSlice, Endpoints, Gateway, GatewayClass, Ingress,
    IngressBackend, IngressClass, IngressTls, Listener, NetworkPolicy, ReferenceFrom,
    ReferenceGrant, ReferenceTo, Route, RouteBackend, RouteParent, RouteParentStatus, Selector,
    Service, ServicePort,
};

describe! {
    object Service as it: Service, "A Service." {
        type: text, "`ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`." => &*it.kind;
        clusterIP: text, "`spec.clusterIP`: an address, `None` for a headless Service, or `''`." => &*it.cluster_ip;
        headless: flag, "Whether it has names for its Pods and no address of its own." => it.is_headless();
        selector: named_texts, "`spec.selector`, by label; empty where the endpoints are kept by hand." => &it.selector;
        ports: [ServicePort], "`spec.ports`." => &*it.ports;
        externalName: text, "`spec.externalName`, `''` when absent." => &*it.external_name;
        publishNotReadyAddresses: flag, "`spec.publishNotReadyAddresses`." => it.publish_not_ready;
        internalTrafficPolicy: text, "`spec.internalTrafficPolicy`." => &*it.internal_policy;
        externalTrafficPolicy: text, "`spec.externalTrafficPolicy`." => &*it.external_policy;
        loadBalancer: texts, "The addresses in `status.loadBalancer.ingress`." => &*it.load_balancer;
    }

    part ServicePort as it: ServicePort, "A port of a Service." {
        name: text, "Its name, `''` when it has none." => &*it.name;
        port: int, "`port`." => it.port;
        targetPort: text, "`targetPort`, a number or a name, as a text." => it.target.to_string();
        protocol: text, "`TCP`, `UDP` or `SCTP`." => &*it.protocol;
        nodePort: maybe_int, "`nodePort`." => it.node_port;
    }

    object EndpointSlice as it: EndpointSlice, "An EndpointSlice." {
        service: text, "The Service that it belongs to." => &*it.service;
        endpoints: [Endpoint], "`endpoints`." => &*it.endpoints;
        ports: [EndpointPort], "`ports`." => &*it.ports;
        byHand: flag, "Whether no controller of Kubernetes keeps it." => it.by_hand;
    }

    object Endpoints as it: Endpoints, "Endpoints, the older form of EndpointSlices." {
        endpoints: [Endpoint], "The addresses of all subsets." => &*it.endpoints;
        ports: [EndpointPort], "The ports of all subsets." => &*it.ports;
    }

    part Endpoint as it: Endpoint, "Where a Service sends traffic." {
        addresses: texts, "Its addresses." => &*it.addresses;
        ready: flag, "Whether it gets traffic." => it.ready;
        terminating: flag, "Whether it is about to go." => it.terminating;
        pod: text, "The Pod behind it, `''` when there is none." => &*it.pod;
        nodeName: text, "The node that it is on, `''` when that is not told." => &*it.node;
    }

    part EndpointPort as it: EndpointPort, "A port of endpoints." {
        name: text, "Its name, `''` when it has none." => &*it.name;
        port: maybe_int, "Its number." => it.port;
        protocol: text, "`TCP`, `UDP` or `SCTP`." => &*it.protocol;
    }

    object Ingress as it: Ingress, "An Ingress." {
        class: text, "`spec.ingressClassName` or the older annotation, `''` for the default class." => &*it.class;
        backends: [IngressBackend], "Every Service that a rule or the default names." => &*it.backends;
        tls: [IngressTls], "`spec.tls`." => &*it.tls;
        addresses: texts, "The addresses in `status.loadBalancer.ingress`." => &*it.addresses;
    }

    part IngressBackend as it: IngressBackend, "A Service that an Ingress routes to." {
        host: text, "The host of the rule, `''` for every host." => &*it.host;
        path: text, "The path of the rule, `''` for the default backend." => &*it.path;
        service: text, "The Service's name." => &*it.service;
        port: text, "The Service's port, a number or a name, as a text; `''` when absent." => it.port.as_ref().map(ToString::to_string).unwrap_or_default();
    }

    part IngressTls as it: IngressTls, "One of an Ingress's `tls`." {
        hosts: texts, "`hosts`." => &*it.hosts;
        secretName: text, "`secretName`, `''` when absent." => &*it.secret;
    }

    object IngressClass as it: IngressClass, "An IngressClass." {
        controller: text, "`spec.controller`." => &*it.controller;
        default: flag, "Whether Ingresses without a class use it." => it.is_default;
    }

    object NetworkPolicy as it: NetworkPolicy, "A NetworkPolicy." {
        podSelector: (Selector), "`spec.podSelector`: the Pods that it isolates." => &it.pods;
        governsIngress: flag, "Whether it governs traffic to the Pods." => it.governs_ingress;
        governsEgress: flag, "Whether it governs traffic from the Pods." => it.governs_egress;
        ingressRules: int, "How many rules allow traffic to the Pods." => i64::try_from(it.ingress.len()).unwrap_or(i64::MAX);
        egressRules: int, "How many rules allow traffic from the Pods." => i64::try_from(it.egress.len()).unwrap_or(i64::MAX);
    }

    object GatewayClass as it: GatewayClass, "A GatewayClass of the Gateway API." {
        controllerName: text, "`spec.controllerName`." => &*it.controller;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object Gateway as it: Gateway, "A Gateway of the Gateway API." {
        className: text, "`spec.gatewayClassName`." => &*it.class;
        listeners: [Listener], "`spec.listeners`, each with its status." => &*it.listeners;
        addresses: texts, "The addresses in `status.addresses`." => &*it.addresses;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    part Listener as it: Listener, "A listener of a Gateway." {
        name: text, "Its name." => &*it.name;
        port: int, "`port`." => it.port;
        protocol: text, "`protocol`, such as `HTTP` or `HTTPS`." => &*it.protocol;
        hostname: text, "`hostname`, `''` for every host." => &*it.hostname;
        attachedRoutes: maybe_int, "`attachedRoutes`, once it has a status." => it.attached_routes;
        conditions: {Condition}, "The conditions of its status, by type." => by_type(&it.conditions);
    }

    object Route as it: Route, "An HTTPRoute or GRPCRoute of the Gateway API." {
        hostnames: texts, "`spec.hostnames`, none for every host." => &*it.hostnames;
        parentRefs: [RouteParent], "`spec.parentRefs`: the Gateways that it wants to be of." => &*it.parents;
        backends: [RouteBackend], "Every backend that a rule names." => &*it.backends;
        parents: [RouteParentStatus], "`status.parents`: what controllers say of it." => &*it.statuses;
    }

    part RouteParent as it: RouteParent, "One of a route's `parentRefs`." {
        kind: text, "Its kind, such as `Gateway`." => &*it.kind.name;
        namespace: text, "Its namespace." => &*it.namespace;
        name: text, "Its name." => &*it.name;
        sectionName: text, "The listener, `''` for all." => &*it.section;
    }

    part RouteBackend as it: RouteBackend, "What a rule of a route sends requests to." {
        kind: text, "Its kind, such as `Service`." => &*it.kind.name;
        group: text, "Its API group." => &*it.kind.group;
        namespace: text, "Its namespace." => &*it.namespace;
        name: text, "Its name." => &*it.name;
        port: maybe_int, "Its port." => it.port;
    }

    part RouteParentStatus as it: RouteParentStatus, "What a controller says of a route at one of its parents." {
        parent: (RouteParent), "The parent." => &it.parent;
        controllerName: text, "The controller." => &*it.controller;
        conditions: {Condition}, "The conditions, by type, such as `Accepted` and `ResolvedRefs`." => by_type(&it.conditions);
    }

    object ReferenceGrant as it: ReferenceGrant, "A ReferenceGrant of the Gateway API." {
        from: [ReferenceFrom], "`spec.from`: who may refer to its namespace." => &*it.from;
        to: [ReferenceTo], "`spec.to`: what may be referred to." => &*it.to;
    }

    part ReferenceFrom as it: ReferenceFrom, "Who may refer." {
        kind: text, "The kind." => &*it.kind.name;
        group: text, "The API group." => &*it.kind.group;
        namespace: text, "The namespace." => &*it.namespace;
    }

    part ReferenceTo as it: ReferenceTo, "What may be referred to." {
        kind: text, "The kind." => &*it.kind.name;
        group: text, "The API group." => &*it.kind.group;
        name: text, "The name, `''` for every object of the kind." => &*it.name;
    }
}
