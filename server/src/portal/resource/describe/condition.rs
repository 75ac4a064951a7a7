use podside_model::view::{Condition, Content, Health, Section};
use serde_json::Value;

use super::Verdict;
use super::json::Json;
use super::rows::moment;

/// Conditions that are `True` when something is wrong (Kubernetes API reference:
/// Node, Job, PersistentVolumeClaim, ReplicaSet and Pod conditions).
const GOOD_WHEN_FALSE: [&str; 9] = [
    "MemoryPressure",
    "DiskPressure",
    "PIDPressure",
    "NetworkUnavailable",
    "ReplicaFailure",
    "Failed",
    "FailureTarget",
    "ModifyVolumeError",
    "ControllerResizeError",
];

/// Conditions that are well when `True`. Any other is neither good nor bad by
/// itself: what a foreign controller means by one is not known here.
const GOOD_WHEN_TRUE: [&str; 14] = [
    "Ready",
    "Initialized",
    "ContainersReady",
    "PodScheduled",
    "PodReadyToStartContainers",
    "Available",
    "Progressing",
    "Complete",
    "SuccessCriteriaMet",
    "AbleToScale",
    "ScalingActive",
    "DisruptionAllowed",
    "Established",
    "NamesAccepted",
];

/// The section `Conditions`; none when the object has none.
pub(super) fn section(object: &Value, verdict: Verdict) -> Option<Section> {
    let conditions: Vec<Condition> = object
        .list("/status/conditions")
        .iter()
        .filter_map(|condition| read(condition, verdict))
        .collect();
    (!conditions.is_empty()).then(|| Section {
        title: "Conditions".to_owned(),
        name: None,
        content: Content::Conditions(conditions),
    })
}

fn read(condition: &Value, verdict: Verdict) -> Option<Condition> {
    let name = condition.text("/type")?;
    let status = condition.text("/status")?;
    Some(Condition {
        health: health(&name, &status, verdict),
        name,
        status,
        reason: condition.text("/reason"),
        message: condition.text("/message"),
        since: moment(condition, "/lastTransitionTime"),
    })
}

fn health(name: &str, status: &str, verdict: Verdict) -> Health {
    let good = if GOOD_WHEN_TRUE.contains(&name) {
        "True"
    } else if GOOD_WHEN_FALSE.contains(&name) {
        "False"
    } else if status == "Unknown" {
        return Health::Unknown;
    } else {
        return Health::Plain;
    };
    match status {
        "Unknown" => Health::Unknown,
        status if status == good => Health::Well,
        _ if verdict == Verdict::Broken => Health::Broken,
        _ => Health::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_judged_by_what_its_type_means() {
        let broken = |name, status| health(name, status, Verdict::Broken);
        assert_eq!(broken("Ready", "True"), Health::Well);
        assert_eq!(broken("Ready", "False"), Health::Broken);
        assert_eq!(broken("DiskPressure", "False"), Health::Well);
        assert_eq!(broken("DiskPressure", "Unknown"), Health::Unknown);
        assert_eq!(broken("EtcdIsVoter", "True"), Health::Plain);
        // Not ready is no problem by itself: the Pod may be starting.
        assert_eq!(
            health("Ready", "False", Verdict::NothingFound),
            Health::Plain
        );
    }
}
