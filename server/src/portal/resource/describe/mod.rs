//! An object as `kubectl describe` shows it: sections of labels and values, in its
//! order and with its English labels.
//!
//! Pure functions of the object's JSON, which nobody vouches for: a field of an
//! unexpected type is left out, never an error.

mod condition;
mod container;
mod cron_job;
mod daemon_set;
mod deployment;
mod job;
mod json;
mod metadata;
mod node;
mod other;
mod persistent_volume_claim;
mod pod;
mod pod_template;
mod replica_set;
mod rows;
mod service;
mod stateful_set;
mod volume;

use podside_diagnosis::facts::Kind;
use podside_model::ObjectRef;
use podside_model::view::{self, Content, Section};
use serde_json::Value;

pub(super) use metadata::controller;
use rows::Rows;

/// What belongs to a problem is marked so; without one nothing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The object has a problem.
    Broken,
    /// No problem is known of it.
    NothingFound,
}

/// The sections of an object, without its events.
pub(super) fn sections(of: &ObjectRef, object: &Value, verdict: Verdict) -> Vec<Section> {
    let sections = match Kind::of(of) {
        Some(Kind::Pod) => pod::sections(object, verdict),
        Some(Kind::Deployment) => deployment::sections(object),
        Some(Kind::ReplicaSet) => replica_set::sections(object),
        Some(Kind::StatefulSet) => stateful_set::sections(object),
        Some(Kind::DaemonSet) => daemon_set::sections(object),
        Some(Kind::Job) => job::sections(object),
        Some(Kind::CronJob) => cron_job::sections(object),
        Some(Kind::Service) => service::sections(object),
        Some(Kind::Node) => node::sections(object),
        Some(Kind::PersistentVolumeClaim) => persistent_volume_claim::sections(object),
        _ => other::sections(&of.kind, object),
    };
    let conditions = condition::section(object, verdict);
    // kubectl prints conditions after the containers and before the rest of a Pod;
    // of the other kinds it prints them last.
    let at = sections
        .iter()
        .position(|section| matches!(section.title.as_str(), "Volumes" | "Scheduling"))
        .unwrap_or(sections.len());
    let mut sections = sections;
    if let Some(conditions) = conditions {
        sections.insert(at, conditions);
    }
    sections
}

/// Puts what `kubectl get` prints of an object after the section of its metadata.
pub(super) fn add_printed(sections: &mut Vec<Section>, printed: Vec<(String, String)>) {
    let mut rows = Rows::default();
    for (name, value) in printed {
        // Its metadata says these.
        if !matches!(name.as_str(), "Name" | "Age" | "Namespace") {
            rows.row(&name, vec![view::Value::Mono(value)]);
        }
    }
    if let Some(section) = section("Columns", None, rows) {
        sections.insert(sections.len().min(1), section);
    }
}

/// A section of rows; none when nothing is in it.
fn section(title: impl Into<String>, name: Option<String>, rows: Rows) -> Option<Section> {
    let rows = rows.finish();
    (!rows.is_empty()).then(|| Section {
        title: title.into(),
        name,
        content: Content::Rows(rows),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_absurd_object_is_an_error() {
        let kinds = [
            "Pod",
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
            "DaemonSet",
            "Job",
            "CronJob",
            "Service",
            "Node",
            "PersistentVolumeClaim",
            "Widget",
        ];
        let absurd = [
            json!(null),
            json!(7),
            json!("x"),
            json!([1, "a", null]),
            json!({"a": [null]}),
        ];
        for kind in kinds {
            let of = ObjectRef::namespaced(kind, "shop", "web");
            for value in &absurd {
                for field in ["metadata", "spec", "status"] {
                    let object = json!({"kind": kind, field: value});
                    let _ = sections(&of, &object, Verdict::Broken);
                }
                for part in [
                    "containers",
                    "conditions",
                    "ports",
                    "template",
                    "volumes",
                    "selector",
                ] {
                    let object = json!({"kind": kind, "metadata": {"labels": value},
                        "spec": {part: value}, "status": {part: value, "containerStatuses": value}});
                    let _ = sections(&of, &object, Verdict::NothingFound);
                }
            }
        }
        let pod = ObjectRef::namespaced("Pod", "shop", "web");
        let _ = sections(&pod, &json!(null), Verdict::Broken);
    }
}
