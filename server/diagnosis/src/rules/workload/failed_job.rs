//! How a Job failed, and whether that still matters.

use crate::facts::{Condition, CronJob, Event, Job, Kind};
use crate::snapshot::Snapshot;

/// The condition with which a Job failed, when it failed for one of these reasons and that
/// is not history: of a CronJob's Jobs those that failed before a later one succeeded.
pub(super) fn failed<'a>(
    job: &'a Job,
    snapshot: &Snapshot,
    reasons: &[&str],
) -> Option<&'a Condition> {
    let failed = job
        .condition("Failed")
        .filter(|c| c.is_true() && reasons.contains(&&*c.reason))?;
    let overtaken = cron_job(job, snapshot)
        .and_then(|cron| cron.last_succeeded)
        .zip(failed.changed)
        .is_some_and(|(succeeded, failed)| succeeded > failed);
    (!overtaken && job.meta.deleting.is_none()).then_some(failed)
}

/// The CronJob that made a Job.
pub(super) fn cron_job<'a>(job: &Job, snapshot: &'a Snapshot) -> Option<&'a CronJob> {
    let owner = job.meta.controller()?;
    owner
        .kind
        .is(Kind::CronJob)
        .then(|| snapshot.cron_jobs.get(&job.meta.namespace, &owner.name))
        .flatten()
}

/// The newest warning about a Pod of a Job. The Pods of a Job that was ended are deleted,
/// their events last for an hour; Pods are told by their name, which is the Job's and a
/// random end.
pub(super) fn newest_warning<'a>(job: &Job, snapshot: &'a Snapshot) -> Option<&'a Event> {
    let of_job = |name: &str| {
        name.strip_prefix(&*job.meta.name)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|end| !end.is_empty() && !end.contains('.'))
    };
    snapshot
        .events
        .in_namespace(&job.meta.namespace)
        .filter(|e| e.warning && e.about.kind.is(Kind::Pod) && of_job(&e.about.name))
        .filter(|e| e.last >= job.started)
        .max_by_key(|e| (e.last, &e.meta.name))
}
