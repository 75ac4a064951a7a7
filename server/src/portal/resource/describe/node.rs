use podside_model::view::{Content, Section, Value};
use serde_json::Value as Any;

use super::json::{Json, plain};
use super::rows::Rows;
use super::{metadata, section};

/// The prefix of the labels that carry a Node's roles.
const ROLE: &str = "node-role.kubernetes.io/";

/// A Node as `kubectl describe node` shows it, but for its Pods, which are other
/// objects.
pub(super) fn sections(node: &Any) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.row("Roles", roles(node));
    metadata::labels_and_annotations(&mut rows, node);
    rows.moment("CreationTimestamp", node, "/metadata/creationTimestamp");
    let taints = node.list("/spec/taints").iter().map(taint).collect();
    let unschedulable = node.at("/spec/unschedulable").as_bool() == Some(true);
    rows.row("Taints", taints).row(
        "Unschedulable",
        vec![Value::Text(unschedulable.to_string())],
    );
    let addresses = node
        .list("/status/addresses")
        .iter()
        .flat_map(|address| {
            [
                address.text("/type").map(Value::Quiet),
                address.text("/address").map(Value::Mono),
            ]
        })
        .flatten()
        .collect();
    rows.row("Addresses", addresses);
    let mut sections: Vec<Section> = section("Node", None, rows).into_iter().collect();
    sections.extend(resources(node));
    let mut system = Rows::default();
    for (label, pointer) in [
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        system.mono(label, node, &format!("/status/nodeInfo/{pointer}"));
    }
    sections.extend(section("System Info", None, system));
    sections
}

fn roles(node: &Any) -> Vec<Value> {
    node.map("/metadata/labels")
        .into_iter()
        .flat_map(|labels| labels.keys())
        .filter_map(|label| label.strip_prefix(ROLE))
        .map(|role| Value::Text(role.to_owned()))
        .collect()
}

/// `key=value:effect`.
fn taint(taint: &Any) -> Value {
    let mut text = taint.text("/key").unwrap_or_default();
    if let Some(value) = taint.text("/value") {
        text = format!("{text}={value}");
    }
    if let Some(effect) = taint.text("/effect") {
        text = format!("{text}:{effect}");
    }
    Value::Label(text)
}

/// Capacity and what of it Pods may have.
fn resources(node: &Any) -> Option<Section> {
    let capacity = node.map("/status/capacity")?;
    let rows = capacity
        .iter()
        .map(|(resource, quantity)| {
            let allocatable = node.at("/status/allocatable").get(resource).and_then(plain);
            vec![
                vec![Value::Text(resource.clone())],
                plain(quantity).map(Value::Mono).into_iter().collect(),
                allocatable.map(Value::Mono).into_iter().collect(),
            ]
        })
        .collect();
    Some(Section {
        title: "Resources".to_owned(),
        name: None,
        content: Content::Table {
            head: ["Resource", "Capacity", "Allocatable"]
                .map(str::to_owned)
                .into(),
            rows,
        },
    })
}
