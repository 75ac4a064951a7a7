use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, selector};
use super::{Observed, metadata, pod_template, section};

/// A Deployment as `kubectl describe deployment` shows it.
pub(super) fn sections(deployment: &Any, observed: &Observed) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", deployment, "/metadata/namespace")
        .moment(
            "CreationTimestamp",
            deployment,
            "/metadata/creationTimestamp",
        );
    metadata::labels_and_annotations(&mut rows, deployment);
    rows.row("Selector", selector(deployment, "/spec/selector"))
        .row("Replicas", replicas(deployment))
        .text("StrategyType", deployment, "/spec/strategy/type")
        .text("MinReadySeconds", deployment, "/spec/minReadySeconds")
        .text(
            "Progress Deadline",
            deployment,
            "/spec/progressDeadlineSeconds",
        );
    if deployment.at("/spec/paused").as_bool() == Some(true) {
        rows.row("Paused", vec![Value::Strong("true".to_owned())]);
    }
    let rolling = "/spec/strategy/rollingUpdate";
    let surge = deployment.text(&format!("{rolling}/maxSurge"));
    let unavailable = deployment.text(&format!("{rolling}/maxUnavailable"));
    if let (Some(surge), Some(unavailable)) = (surge, unavailable) {
        let strategy = format!("{unavailable} max unavailable, {surge} max surge");
        rows.row("RollingUpdateStrategy", vec![Value::Text(strategy)]);
    }
    let mut sections: Vec<Section> = section("Deployment", None, rows).into_iter().collect();
    sections.extend(pod_template::sections(
        deployment,
        "/spec/template",
        observed,
    ));
    sections
}

/// `2 desired | 2 updated | 2 total | 0 available | 2 unavailable`.
fn replicas(deployment: &Any) -> Vec<Value> {
    let count = |pointer: &str| deployment.text(pointer).unwrap_or_else(|| "0".to_owned());
    let desired = deployment
        .text("/spec/replicas")
        .unwrap_or_else(|| "1".to_owned());
    vec![Value::Text(format!(
        "{desired} desired | {} updated | {} total | {} available | {} unavailable",
        count("/status/updatedReplicas"),
        count("/status/replicas"),
        count("/status/availableReplicas"),
        count("/status/unavailableReplicas"),
    ))]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn replicas_read_as_describe_prints_them() {
        let deployment = json!({"spec": {"replicas": 2}, "status": {"replicas": 2, "updatedReplicas": 2, "unavailableReplicas": 2}});
        assert_eq!(
            replicas(&deployment),
            [Value::Text(
                "2 desired | 2 updated | 2 total | 0 available | 2 unavailable".to_owned()
            )]
        );
    }
}
