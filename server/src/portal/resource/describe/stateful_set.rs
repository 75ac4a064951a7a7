use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, neighbour, selector};
use super::{Observed, metadata, pod_template, section};

/// A StatefulSet as `kubectl describe statefulset` shows it.
pub(super) fn sections(set: &Any, observed: &Observed) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", set, "/metadata/namespace")
        .moment("CreationTimestamp", set, "/metadata/creationTimestamp")
        .row("Selector", selector(set, "/spec/selector"));
    metadata::labels_and_annotations(&mut rows, set);
    let count = |pointer: &str| set.text(pointer).unwrap_or_else(|| "0".to_owned());
    let replicas = format!(
        "{} desired | {} total | {} ready",
        set.text("/spec/replicas").unwrap_or_else(|| "1".to_owned()),
        count("/status/replicas"),
        count("/status/readyReplicas")
    );
    rows.row("Replicas", vec![Value::Text(replicas)])
        .text("Update Strategy", set, "/spec/updateStrategy/type")
        .text(
            "Partition",
            set,
            "/spec/updateStrategy/rollingUpdate/partition",
        )
        .text("Pod Management Policy", set, "/spec/podManagementPolicy");
    if let Some(service) = set.text("/spec/serviceName") {
        rows.row("Service Name", vec![neighbour("Service", service, set)]);
    }
    let mut sections: Vec<Section> = section("StatefulSet", None, rows).into_iter().collect();
    sections.extend(pod_template::sections(set, "/spec/template", observed));
    sections.extend(
        set.list("/spec/volumeClaimTemplates")
            .iter()
            .filter_map(claim),
    );
    sections
}

fn claim(claim: &Any) -> Option<Section> {
    let mut rows = Rows::default();
    rows.text("StorageClass", claim, "/spec/storageClassName")
        .mono("Capacity", claim, "/spec/resources/requests/storage")
        .row(
            "Access Modes",
            super::persistent_volume_claim::access_modes(claim, "/spec/accessModes"),
        );
    section("Volume Claim", claim.text("/metadata/name"), rows)
}
