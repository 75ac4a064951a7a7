use podside_model::view::Section;
use serde_json::Value;

use super::json::{Json, pairs};
use super::rows::{Rows, neighbour};
use super::{Observed, container, section, volume};

/// The Pod template of a workload: its labels, containers and volumes.
pub(super) fn sections(owner: &Value, template: &str, observed: &Observed) -> Vec<Section> {
    let at = |rest: &str| format!("{template}{rest}");
    let mut rows = Rows::default();
    rows.labels("Labels", owner, &at("/metadata/labels"));
    if let Some(annotations) = owner.map(&at("/metadata/annotations")) {
        let annotations = pairs(annotations)
            .map(podside_model::view::Value::Label)
            .collect();
        rows.row("Annotations", annotations);
    }
    if let Some(account) = owner.text(&at("/spec/serviceAccountName")) {
        rows.row(
            "Service Account",
            vec![neighbour("ServiceAccount", account, owner)],
        );
    }
    if owner.map(&at("/spec/nodeSelector")).is_some() {
        rows.labels("Node-Selectors", owner, &at("/spec/nodeSelector"));
    }
    let mut sections: Vec<Section> = section("Pod Template", None, rows).into_iter().collect();
    for (title, containers) in [
        ("Init Container", "/spec/initContainers"),
        ("Container", "/spec/containers"),
    ] {
        let containers = at(containers);
        sections.extend(container::template_sections(
            title,
            owner,
            &containers,
            observed,
        ));
    }
    sections.extend(volume::volumes(owner, &at("/spec/volumes")));
    sections
}
