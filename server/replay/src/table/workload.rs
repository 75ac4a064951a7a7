//! Owners of Pods.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    age,
    layout::{Layout, count, created, name, text, typed, wide},
    words::{condition, containers, labels, or, selector},
};
use crate::fields::Fields;

const TEMPLATE: &str = "/spec/template/spec";

pub(super) static DEPLOYMENTS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Ready"),
        text("Up-to-date"),
        text("Available"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |o, now| {
        let (names, images) = containers(o, TEMPLATE);
        vec![
            name(o),
            json!(ready(o)),
            count(o, "/status/updatedReplicas"),
            count(o, "/status/availableReplicas"),
            created(o, now),
            json!(names),
            json!(images),
            json!(selector(o, "/spec/selector")),
        ]
    },
};

static REPLICA_COLUMNS: [super::layout::Column; 8] = [
    text("Name"),
    typed("Desired", "integer"),
    typed("Current", "integer"),
    typed("Ready", "integer"),
    text("Age"),
    wide("Containers"),
    wide("Images"),
    wide("Selector"),
];

pub(super) static REPLICA_SETS: Layout = Layout {
    columns: &REPLICA_COLUMNS,
    cells: |o, now| replicas(o, now, &selector(o, "/spec/selector")),
};

pub(super) static REPLICATION_CONTROLLERS: Layout = Layout {
    columns: &REPLICA_COLUMNS,
    cells: |o, now| replicas(o, now, &labels(o, "/spec/selector")),
};

fn replicas(o: &Value, now: Timestamp, selector: &str) -> Vec<Value> {
    let (names, images) = containers(o, TEMPLATE);
    vec![
        name(o),
        count(o, "/spec/replicas"),
        count(o, "/status/replicas"),
        count(o, "/status/readyReplicas"),
        created(o, now),
        json!(names),
        json!(images),
        json!(selector),
    ]
}

pub(super) static STATEFUL_SETS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Ready"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
    ],
    cells: |o, now| {
        let (names, images) = containers(o, TEMPLATE);
        vec![
            name(o),
            json!(ready(o)),
            created(o, now),
            json!(names),
            json!(images),
        ]
    },
};

pub(super) static DAEMON_SETS: Layout = Layout {
    columns: &[
        text("Name"),
        typed("Desired", "integer"),
        typed("Current", "integer"),
        typed("Ready", "integer"),
        typed("Up-to-date", "integer"),
        typed("Available", "integer"),
        text("Node Selector"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |o, now| {
        let (names, images) = containers(o, TEMPLATE);
        vec![
            name(o),
            count(o, "/status/desiredNumberScheduled"),
            count(o, "/status/currentNumberScheduled"),
            count(o, "/status/numberReady"),
            count(o, "/status/updatedNumberScheduled"),
            count(o, "/status/numberAvailable"),
            json!(labels(o, "/spec/template/spec/nodeSelector")),
            created(o, now),
            json!(names),
            json!(images),
            json!(selector(o, "/spec/selector")),
        ]
    },
};

pub(super) static CONTROLLER_REVISIONS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Controller"),
        typed("Revision", "integer"),
        text("Age"),
    ],
    cells: |o, now| {
        let controller = o
            .list("/metadata/ownerReferences")
            .iter()
            .find(|r| r.flag("/controller"))
            .map_or_else(
                || "<none>".to_owned(),
                |r| {
                    let group = r.text("/apiVersion").split_once('/').map_or("", |(g, _)| g);
                    let dot = if group.is_empty() { "" } else { "." };
                    format!(
                        "{}{dot}{group}/{}",
                        r.text("/kind").to_lowercase(),
                        r.text("/name")
                    )
                },
            );
        vec![
            name(o),
            json!(controller),
            count(o, "/revision"),
            created(o, now),
        ]
    },
};

pub(super) static POD_TEMPLATES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Containers"),
        text("Images"),
        text("Pod Labels"),
    ],
    cells: |o, _| {
        let (names, images) = containers(o, "/template/spec");
        vec![
            name(o),
            json!(names),
            json!(images),
            json!(labels(o, "/template/metadata/labels")),
        ]
    },
};

pub(super) static JOBS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Status"),
        text("Completions"),
        text("Duration"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |o, now| {
        let (names, images) = containers(o, TEMPLATE);
        vec![
            name(o),
            json!(job_status(o)),
            json!(completions(o)),
            json!(job_duration(o, now)),
            created(o, now),
            json!(names),
            json!(images),
            json!(selector(o, "/spec/selector")),
        ]
    },
};

fn job_status(job: &Value) -> &'static str {
    if condition(job, "Complete") {
        "Complete"
    } else if condition(job, "Failed") {
        "Failed"
    } else if job.has("/metadata/deletionTimestamp") {
        "Terminating"
    } else if condition(job, "Suspended") {
        "Suspended"
    } else if condition(job, "FailureTarget") {
        "FailureTarget"
    } else if condition(job, "SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    }
}

fn completions(job: &Value) -> String {
    let succeeded = job.number("/status/succeeded").unwrap_or(0);
    match (
        job.number("/spec/completions"),
        job.number("/spec/parallelism"),
    ) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, Some(parallel)) if parallel > 1 => format!("{succeeded}/1 of {parallel}"),
        (None, _) => format!("{succeeded}/1"),
    }
}

fn job_duration(job: &Value, now: Timestamp) -> String {
    let time = |pointer: &str| job.text(pointer).parse::<Timestamp>().ok();
    let Some(start) = time("/status/startTime") else {
        return String::new();
    };
    let end = time("/status/completionTime").unwrap_or(now);
    age::human(end.duration_since(start).as_secs())
}

pub(super) static CRON_JOBS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Schedule"),
        text("Timezone"),
        typed("Suspend", "boolean"),
        typed("Active", "integer"),
        text("Last Schedule"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: |o, now| {
        const JOB: &str = "/spec/jobTemplate/spec";
        let (names, images) = containers(o, &format!("{JOB}/template/spec"));
        let last = match o.text("/status/lastScheduleTime") {
            "" => "<none>".to_owned(),
            time => age::since(time, now),
        };
        let suspend = match o.pointer("/spec/suspend").and_then(Value::as_bool) {
            Some(true) => "True",
            Some(false) => "False",
            None => "<unset>",
        };
        vec![
            name(o),
            json!(o.text("/spec/schedule")),
            json!(or(o.text("/spec/timeZone"), "<none>")),
            json!(suspend),
            json!(o.list("/status/active").len()),
            json!(last),
            created(o, now),
            json!(names),
            json!(images),
            json!(selector(o, &format!("{JOB}/selector"))),
        ]
    },
};

fn ready(o: &Value) -> String {
    format!(
        "{}/{}",
        o.number("/status/readyReplicas").unwrap_or(0),
        o.number("/spec/replicas").unwrap_or(0)
    )
}
