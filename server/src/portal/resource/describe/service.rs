use podside_model::view::{Content, Section, Value};
use serde_json::Value as Any;

use super::json::{Json, plain};
use super::rows::Rows;
use super::{metadata, section};

/// A Service as `kubectl describe service` shows it, but for its endpoints, which
/// are other objects.
pub(super) fn sections(service: &Any) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", service, "/metadata/namespace");
    metadata::labels_and_annotations(&mut rows, service);
    rows.labels("Selector", service, "/spec/selector")
        .text("Type", service, "/spec/type")
        .text("IP Family Policy", service, "/spec/ipFamilyPolicy")
        .row("IP", list(service, "/spec/clusterIPs"))
        .mono("External Name", service, "/spec/externalName");
    let external = list(service, "/spec/externalIPs");
    if !external.is_empty() {
        rows.row("External IPs", external);
    }
    let balancers: Vec<Value> = service
        .list("/status/loadBalancer/ingress")
        .iter()
        .filter_map(|ingress| ingress.text("/ip").or_else(|| ingress.text("/hostname")))
        .map(Value::Mono)
        .collect();
    if !balancers.is_empty() {
        rows.row("LoadBalancer Ingress", balancers);
    }
    rows.text("Session Affinity", service, "/spec/sessionAffinity")
        .text(
            "External Traffic Policy",
            service,
            "/spec/externalTrafficPolicy",
        )
        .text(
            "Internal Traffic Policy",
            service,
            "/spec/internalTrafficPolicy",
        );
    let mut sections: Vec<Section> = section("Service", None, rows).into_iter().collect();
    sections.extend(ports(service));
    sections
}

fn list(service: &Any, pointer: &str) -> Vec<Value> {
    service
        .list(pointer)
        .iter()
        .filter_map(plain)
        .map(Value::Mono)
        .collect()
}

fn ports(service: &Any) -> Option<Section> {
    let cell = |port: &Any, pointer: &str| -> Vec<Value> {
        port.text(pointer).map(Value::Mono).into_iter().collect()
    };
    let rows: Vec<Vec<Vec<Value>>> = service
        .list("/spec/ports")
        .iter()
        .map(|port| {
            ["/name", "/port", "/protocol", "/targetPort", "/nodePort"]
                .map(|pointer| cell(port, pointer))
                .into()
        })
        .collect();
    (!rows.is_empty()).then(|| Section {
        title: "Ports".to_owned(),
        name: None,
        content: Content::Table {
            head: ["Name", "Port", "Protocol", "TargetPort", "NodePort"]
                .map(str::to_owned)
                .into(),
            rows,
        },
    })
}
