//! Nodes.

use serde_json::{Value, json};

use super::{
    layout::{Layout, created, name, text, wide},
    words::or,
};
use crate::fields::Fields;

pub(super) static NODES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Status"),
        text("Roles"),
        text("Age"),
        text("Version"),
        wide("Internal-IP"),
        wide("External-IP"),
        wide("OS-Image"),
        wide("Kernel-Version"),
        wide("Container-Runtime"),
    ],
    cells: |o, now| {
        let info = |field: &str| or(o.text(&format!("/status/nodeInfo/{field}")), "<unknown>");
        let kernel = match o.text("/status/nodeInfo/architecture") {
            "" => info("kernelVersion"),
            architecture => format!("{} ({architecture})", info("kernelVersion")),
        };
        vec![
            name(o),
            json!(status(o)),
            json!(roles(o)),
            created(o, now),
            json!(o.text("/status/nodeInfo/kubeletVersion")),
            json!(address(o, "InternalIP")),
            json!(address(o, "ExternalIP")),
            json!(info("osImage")),
            json!(kernel),
            json!(info("containerRuntimeVersion")),
        ]
    },
};

fn status(node: &Value) -> String {
    let ready = node
        .list("/status/conditions")
        .iter()
        .find(|c| c.text("/type") == "Ready");
    let word = match ready.map(|c| c.text("/status")) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    };
    if node.flag("/spec/unschedulable") {
        format!("{word},SchedulingDisabled")
    } else {
        word.to_owned()
    }
}

fn roles(node: &Value) -> String {
    let mut roles: Vec<&str> = node
        .pairs("/metadata/labels")
        .into_iter()
        .filter_map(|(key, value)| match key {
            "kubernetes.io/role" => Some(value),
            _ => key.strip_prefix("node-role.kubernetes.io/"),
        })
        .filter(|role| !role.is_empty())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    or(&roles.join(","), "<none>")
}

fn address(node: &Value, kind: &str) -> String {
    node.list("/status/addresses")
        .iter()
        .find(|a| a.text("/type") == kind)
        .map_or_else(|| "<none>".to_owned(), |a| a.text("/address").to_owned())
}
