use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, selector};
use super::{Observed, metadata, pod_template, section};

/// A Job as `kubectl describe job` shows it.
pub(super) fn sections(job: &Any, observed: &Observed) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", job, "/metadata/namespace")
        .row("Selector", selector(job, "/spec/selector"));
    metadata::labels_and_annotations(&mut rows, job);
    metadata::controlled_by(&mut rows, job);
    rows.text("Parallelism", job, "/spec/parallelism")
        .text("Completions", job, "/spec/completions")
        .text("Completion Mode", job, "/spec/completionMode")
        .text("Suspend", job, "/spec/suspend")
        .text("Backoff Limit", job, "/spec/backoffLimit")
        .text(
            "TTL Seconds After Finished",
            job,
            "/spec/ttlSecondsAfterFinished",
        )
        .moment("Start Time", job, "/status/startTime")
        .moment("Completed At", job, "/status/completionTime");
    if let Some(seconds) = job.text("/spec/activeDeadlineSeconds") {
        rows.row(
            "Active Deadline Seconds",
            vec![Value::Text(format!("{seconds}s"))],
        );
    }
    let count = |pointer: &str| job.text(pointer).unwrap_or_else(|| "0".to_owned());
    let statuses = format!(
        "{} Active ({} Ready) / {} Succeeded / {} Failed",
        count("/status/active"),
        count("/status/ready"),
        count("/status/succeeded"),
        count("/status/failed")
    );
    rows.row("Pods Statuses", vec![Value::Text(statuses)]);
    let mut sections: Vec<Section> = section("Job", None, rows).into_iter().collect();
    sections.extend(pod_template::sections(job, "/spec/template", observed));
    sections
}
