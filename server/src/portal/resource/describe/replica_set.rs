use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, selector};
use super::{Observed, metadata, pod_template, section};

/// A ReplicaSet as `kubectl describe replicaset` shows it.
pub(super) fn sections(set: &Any, observed: &Observed) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", set, "/metadata/namespace")
        .row("Selector", selector(set, "/spec/selector"));
    metadata::labels_and_annotations(&mut rows, set);
    metadata::controlled_by(&mut rows, set);
    let count = |pointer: &str| set.text(pointer).unwrap_or_else(|| "0".to_owned());
    let replicas = format!(
        "{} current / {} desired, {} ready",
        count("/status/replicas"),
        count("/spec/replicas"),
        count("/status/readyReplicas")
    );
    rows.row("Replicas", vec![Value::Text(replicas)]);
    let mut sections: Vec<Section> = section("ReplicaSet", None, rows).into_iter().collect();
    sections.extend(pod_template::sections(set, "/spec/template", observed));
    sections
}
