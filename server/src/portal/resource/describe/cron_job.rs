use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::Json;
use super::rows::{Rows, neighbour};
use super::{Observed, metadata, pod_template, section};

/// A CronJob as `kubectl describe cronjob` shows it.
pub(super) fn sections(cron: &Any, observed: &Observed) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", cron, "/metadata/namespace");
    metadata::labels_and_annotations(&mut rows, cron);
    rows.mono("Schedule", cron, "/spec/schedule")
        .text("Time Zone", cron, "/spec/timeZone")
        .text("Concurrency Policy", cron, "/spec/concurrencyPolicy")
        .text("Suspend", cron, "/spec/suspend")
        .text(
            "Successful Job History Limit",
            cron,
            "/spec/successfulJobsHistoryLimit",
        )
        .text(
            "Failed Job History Limit",
            cron,
            "/spec/failedJobsHistoryLimit",
        );
    if let Some(seconds) = cron.text("/spec/startingDeadlineSeconds") {
        rows.row(
            "Starting Deadline Seconds",
            vec![Value::Text(format!("{seconds}s"))],
        );
    }
    rows.moment("Last Schedule Time", cron, "/status/lastScheduleTime")
        .moment("Last Successful Time", cron, "/status/lastSuccessfulTime");
    let active = cron
        .list("/status/active")
        .iter()
        .filter_map(|job| job.text("/name"))
        .map(|name| neighbour("Job", name, cron))
        .collect();
    rows.row("Active Jobs", active);
    let mut sections: Vec<Section> = section("CronJob", None, rows).into_iter().collect();
    sections.extend(pod_template::sections(
        cron,
        "/spec/jobTemplate/spec/template",
        observed,
    ));
    sections
}
