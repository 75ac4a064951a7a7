//! Services and what stands before and behind them.

use serde_json::{Value, json};

use super::{
    layout::{Layout, created, name, text, wide},
    words::{first_few, labels, or, selector},
};
use crate::fields::Fields;

pub(super) static SERVICES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Type"),
        text("Cluster-IP"),
        text("External-IP"),
        text("Port(s)"),
        text("Age"),
        wide("Selector"),
    ],
    cells: |o, now| {
        vec![
            name(o),
            json!(o.text("/spec/type")),
            json!(or(o.text("/spec/clusterIPs/0"), "<none>")),
            json!(external_address(o)),
            json!(service_ports(o)),
            created(o, now),
            json!(labels(o, "/spec/selector")),
        ]
    },
};

fn external_address(service: &Value) -> String {
    let external: Vec<String> = service
        .list("/spec/externalIPs")
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect();
    match service.text("/spec/type") {
        "ClusterIP" | "NodePort" => or(&external.join(","), "<none>"),
        "LoadBalancer" => {
            let mut addresses = load_balancer(service);
            addresses.extend(external);
            or(&addresses.join(","), "<pending>")
        }
        "ExternalName" => service.text("/spec/externalName").to_owned(),
        _ => "<unknown>".to_owned(),
    }
}

/// The addresses in the status of a Service or an Ingress.
fn load_balancer(object: &Value) -> Vec<String> {
    let mut addresses: Vec<String> = object
        .list("/status/loadBalancer/ingress")
        .iter()
        .map(|i| or(i.text("/ip"), i.text("/hostname")))
        .filter(|a| !a.is_empty())
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

fn service_ports(service: &Value) -> String {
    let ports: Vec<String> = service
        .list("/spec/ports")
        .iter()
        .map(|p| {
            let port = p.number("/port").unwrap_or(0);
            let protocol = p.text("/protocol");
            match p.number("/nodePort") {
                Some(node) if node > 0 => format!("{port}:{node}/{protocol}"),
                _ => format!("{port}/{protocol}"),
            }
        })
        .collect();
    or(&ports.join(","), "<none>")
}

pub(super) static ENDPOINTS: Layout = Layout {
    columns: &[text("Name"), text("Endpoints"), text("Age")],
    cells: |o, now| {
        let mut entries = Vec::new();
        for subset in o.list("/subsets") {
            let addresses = || subset.list("/addresses").iter().map(|a| a.text("/ip"));
            let ports = subset.list("/ports");
            if ports.is_empty() {
                entries.extend(addresses().map(str::to_owned));
            }
            for port in ports {
                let port = port.number("/port").unwrap_or(0);
                entries.extend(addresses().map(|ip| {
                    if ip.contains(':') {
                        format!("[{ip}]:{port}")
                    } else {
                        format!("{ip}:{port}")
                    }
                }));
            }
        }
        let none = if o.list("/subsets").is_empty() {
            "<none>"
        } else {
            ""
        };
        vec![
            name(o),
            json!(first_few(&entries, 3, ",", none)),
            created(o, now),
        ]
    },
};

pub(super) static ENDPOINT_SLICES: Layout = Layout {
    columns: &[
        text("Name"),
        text("AddressType"),
        text("Ports"),
        text("Endpoints"),
        text("Age"),
    ],
    cells: |o, now| {
        let ports: Vec<String> = o
            .list("/ports")
            .iter()
            .map(|p| {
                p.number("/port")
                    .map_or_else(|| "*".to_owned(), |n| n.to_string())
            })
            .collect();
        let addresses: Vec<String> = o
            .list("/endpoints")
            .iter()
            .flat_map(|e| e.list("/addresses"))
            .filter_map(|a| a.as_str().map(str::to_owned))
            .collect();
        vec![
            name(o),
            json!(o.text("/addressType")),
            json!(first_few(&ports, 3, ",", "<unset>")),
            json!(first_few(&addresses, 3, ",", "<unset>")),
            created(o, now),
        ]
    },
};

pub(super) static INGRESSES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Class"),
        text("Hosts"),
        text("Address"),
        text("Ports"),
        text("Age"),
    ],
    cells: |o, now| {
        let class = or(
            o.text("/spec/ingressClassName"),
            &or(
                o.text("/metadata/annotations/kubernetes.io~1ingress.class"),
                "<none>",
            ),
        );
        let hosts: Vec<String> = o
            .list("/spec/rules")
            .iter()
            .map(|r| r.text("/host").to_owned())
            .filter(|h| !h.is_empty())
            .collect();
        let ports = if o.list("/spec/tls").is_empty() {
            "80"
        } else {
            "80, 443"
        };
        vec![
            name(o),
            json!(class),
            json!(first_few(&hosts, 3, ",", "*")),
            json!(load_balancer(o).join(",")),
            json!(ports),
            created(o, now),
        ]
    },
};

pub(super) static INGRESS_CLASSES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Controller"),
        text("Parameters"),
        text("Age"),
    ],
    cells: |o, now| {
        let parameters = if o.has("/spec/parameters") {
            let group = o.text("/spec/parameters/apiGroup");
            let dot = if group.is_empty() { "" } else { "." };
            format!(
                "{}{dot}{group}/{}",
                o.text("/spec/parameters/kind"),
                o.text("/spec/parameters/name")
            )
        } else {
            "<none>".to_owned()
        };
        vec![
            name(o),
            json!(o.text("/spec/controller")),
            json!(parameters),
            created(o, now),
        ]
    },
};

pub(super) static NETWORK_POLICIES: Layout = Layout {
    columns: &[text("Name"), text("Pod-Selector"), text("Age")],
    cells: |o, now| {
        vec![
            name(o),
            json!(selector(o, "/spec/podSelector")),
            created(o, now),
        ]
    },
};
