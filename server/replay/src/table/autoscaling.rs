//! HorizontalPodAutoscalers and PodDisruptionBudgets.

use serde_json::{Value, json};

use super::{
    layout::{Layout, count, created, name, text, typed},
    words::{first_few, scalar},
};
use crate::fields::Fields;

pub(super) static AUTOSCALERS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Reference"),
        text("Targets"),
        text("MinPods"),
        text("MaxPods"),
        text("Replicas"),
        text("Age"),
    ],
    cells: |o, now| {
        let minimum = o
            .number("/spec/minReplicas")
            .map_or_else(|| "<unset>".to_owned(), |n| n.to_string());
        vec![
            name(o),
            json!(format!(
                "{}/{}",
                o.text("/spec/scaleTargetRef/kind"),
                o.text("/spec/scaleTargetRef/name")
            )),
            json!(targets(o)),
            json!(minimum),
            count(o, "/spec/maxReplicas"),
            count(o, "/status/currentReplicas"),
            created(o, now),
        ]
    },
};

/// Current and wanted value of every metric; the statuses are in the order of
/// the specs.
fn targets(autoscaler: &Value) -> String {
    if autoscaler.has("/spec/targetCPUUtilizationPercentage") {
        return version_one(autoscaler);
    }
    let statuses = autoscaler.list("/status/currentMetrics");
    let entries: Vec<String> = autoscaler
        .list("/spec/metrics")
        .iter()
        .enumerate()
        .map(|(index, spec)| target(spec, statuses.get(index).unwrap_or(&Value::Null)))
        .collect();
    first_few(&entries, 2, ", ", "<none>")
}

fn target(spec: &Value, status: &Value) -> String {
    let (source, name_field) = match spec.text("/type") {
        "Resource" => ("resource", true),
        "ContainerResource" => ("containerResource", true),
        "Pods" => ("pods", false),
        "Object" => ("object", false),
        "External" => ("external", false),
        _ => return "<unknown type>".to_owned(),
    };
    let wanted = |field: &str| scalar(spec.pointer(&format!("/{source}/target/{field}")));
    let current = |field: &str| {
        scalar(status.pointer(&format!("/{source}/current/{field}")))
            .unwrap_or_else(|| "<unknown>".to_owned())
    };
    if name_field {
        let name = spec.text(&format!("/{source}/name"));
        if let Some(value) = wanted("averageValue") {
            return format!("{name}: {}/{value}", current("averageValue"));
        }
        let percent = |text: String| {
            if text == "<unknown>" {
                text
            } else {
                format!("{text}%")
            }
        };
        let goal = wanted("averageUtilization").map_or_else(|| "<auto>".to_owned(), percent);
        return format!("{name}: {}/{goal}", percent(current("averageUtilization")));
    }
    match (source, wanted("averageValue")) {
        ("pods", value) => format!("{}/{}", current("averageValue"), value.unwrap_or_default()),
        (_, Some(value)) => format!("{}/{value} (avg)", current("averageValue")),
        (_, None) => format!(
            "{}/{}",
            current("value"),
            wanted("value").unwrap_or_default()
        ),
    }
}

fn version_one(autoscaler: &Value) -> String {
    let current = autoscaler
        .number("/status/currentCPUUtilizationPercentage")
        .map_or_else(|| "<unknown>".to_owned(), |n| format!("{n}%"));
    let wanted = autoscaler
        .number("/spec/targetCPUUtilizationPercentage")
        .unwrap_or(0);
    format!("cpu: {current}/{wanted}%")
}

pub(super) static DISRUPTION_BUDGETS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Min Available"),
        text("Max Unavailable"),
        typed("Allowed Disruptions", "integer"),
        text("Age"),
    ],
    cells: |o, now| {
        let bound = |pointer: &str| scalar(o.pointer(pointer)).unwrap_or_else(|| "N/A".to_owned());
        vec![
            name(o),
            json!(bound("/spec/minAvailable")),
            json!(bound("/spec/maxUnavailable")),
            count(o, "/status/disruptionsAllowed"),
            created(o, now),
        ]
    },
};
