use jiff::Timestamp;

use super::condition::{self, Condition};
use super::fields::Fields;
use super::meta::Meta;
use super::sharing::Str;
use super::workload::Template;

/// A Job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.template`.
    pub template: Template,
    /// `spec.parallelism`; 1 when absent.
    pub parallelism: i64,
    /// `spec.completions`.
    pub completions: Option<i64>,
    /// `spec.backoffLimit`; 6 when absent.
    pub backoff_limit: i64,
    /// `spec.activeDeadlineSeconds`.
    pub deadline_seconds: Option<i64>,
    /// `spec.suspend`.
    pub suspended: bool,
    /// `spec.podFailurePolicy.rules`.
    pub failure_rules: Box<[FailureRule]>,
    /// `status.active`.
    pub active: i64,
    /// `status.ready`.
    pub ready: i64,
    /// `status.succeeded`.
    pub succeeded: i64,
    /// `status.failed`.
    pub failed: i64,
    /// `status.startTime`.
    pub started: Option<Timestamp>,
    /// `status.completionTime`.
    pub completed: Option<Timestamp>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// One rule of a Job's `podFailurePolicy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRule {
    /// Its index in the object.
    pub index: usize,
    /// `action`: `FailJob`, `FailIndex`, `Ignore` or `Count`.
    pub action: Str,
    /// `onExitCodes.operator`; empty when the rule asks for Pod conditions.
    pub operator: Str,
    /// `onExitCodes.values`.
    pub exit_codes: Box<[i64]>,
    /// `onExitCodes.containerName`; empty for every container.
    pub container: Str,
    /// `onPodConditions[].type`.
    pub conditions: Box<[Str]>,
}

/// A CronJob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronJob {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.schedule`.
    pub schedule: Str,
    /// `spec.timeZone`; empty when absent.
    pub time_zone: Str,
    /// `spec.suspend`.
    pub suspended: bool,
    /// `spec.concurrencyPolicy`; `Allow` when absent.
    pub concurrency: Str,
    /// `spec.startingDeadlineSeconds`.
    pub starting_deadline: Option<i64>,
    /// `spec.jobTemplate.spec.template`.
    pub template: Template,
    /// Names of the Jobs in `status.active`.
    pub active: Box<[Str]>,
    /// `status.lastScheduleTime`.
    pub last_scheduled: Option<Timestamp>,
    /// `status.lastSuccessfulTime`.
    pub last_succeeded: Option<Timestamp>,
}

impl Job {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let count = |key| status.int(key).unwrap_or(0);
        Self {
            meta: Meta::read(object, true),
            template: Template::read(spec),
            parallelism: spec.int("parallelism").unwrap_or(1),
            completions: spec.int("completions"),
            backoff_limit: spec.int("backoffLimit").unwrap_or(6),
            deadline_seconds: spec.int("activeDeadlineSeconds"),
            suspended: spec.is("suspend"),
            failure_rules: spec
                .at("podFailurePolicy")
                .list("rules")
                .map(failure_rule)
                .collect(),
            active: count("active"),
            ready: count("ready"),
            succeeded: count("succeeded"),
            failed: count("failed"),
            started: status.time("startTime"),
            completed: status.time("completionTime"),
            conditions: condition::read(status),
        }
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }

    /// Whether it has ended, well or not.
    pub fn is_finished(&self) -> bool {
        ["Complete", "Failed"]
            .into_iter()
            .any(|kind| self.condition(kind).is_some_and(Condition::is_true))
    }
}

impl CronJob {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        Self {
            meta: Meta::read(object, true),
            schedule: spec.name("schedule"),
            time_zone: spec.name("timeZone"),
            suspended: spec.is("suspend"),
            concurrency: spec
                .filled("concurrencyPolicy")
                .unwrap_or_else(|| spec.sharing().str("Allow")),
            starting_deadline: spec.int("startingDeadlineSeconds"),
            template: Template::read(spec.at("jobTemplate").at("spec")),
            active: status.list("active").map(|(_, j)| j.name("name")).collect(),
            last_scheduled: status.time("lastScheduleTime"),
            last_succeeded: status.time("lastSuccessfulTime"),
        }
    }
}

fn failure_rule((index, rule): (usize, Fields<'_>)) -> FailureRule {
    let exit = rule.at("onExitCodes");
    FailureRule {
        index,
        action: rule.name("action"),
        operator: exit.name("operator"),
        exit_codes: exit
            .values("values")
            .filter_map(|(_, v)| v.as_i64())
            .collect(),
        container: exit.name("containerName"),
        conditions: rule
            .list("onPodConditions")
            .map(|(_, c)| c.name("type"))
            .collect(),
    }
}
