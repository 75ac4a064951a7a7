use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, selector};
use super::{Observed, metadata, pod_template, section};

/// A DaemonSet as `kubectl describe daemonset` shows it.
pub(super) fn sections(set: &Any, observed: &Observed) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", set, "/metadata/namespace")
        .row("Selector", selector(set, "/spec/selector"));
    if set.map("/spec/template/spec/nodeSelector").is_some() {
        rows.labels("Node-Selector", set, "/spec/template/spec/nodeSelector");
    }
    metadata::labels_and_annotations(&mut rows, set);
    for (label, pointer) in [
        ("Desired Nodes", "/status/desiredNumberScheduled"),
        ("Current Nodes", "/status/currentNumberScheduled"),
        ("Up-to-date Nodes", "/status/updatedNumberScheduled"),
        ("Available Nodes", "/status/numberAvailable"),
        ("Misscheduled Nodes", "/status/numberMisscheduled"),
    ] {
        let count = set.text(pointer).unwrap_or_else(|| "0".to_owned());
        rows.row(label, vec![Value::Text(count)]);
    }
    let mut sections: Vec<Section> = section("DaemonSet", None, rows).into_iter().collect();
    sections.extend(pod_template::sections(set, "/spec/template", observed));
    sections
}
