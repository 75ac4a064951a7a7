//! Jobs that failed, or that nobody works on.

use jiff::Timestamp;

use super::{Unwell, said};
use crate::facts::{Condition, ContainerStatus, Job, Object};
use crate::patience::{CONTROLLER_ACTS, JOB_BACK_OFF};
use crate::snapshot::Snapshot;

/// A Job that failed, and that no later run of its CronJob has made up for; or one that
/// should be worked on and is not.
pub(super) fn of(job: &Job, snapshot: &Snapshot) -> Option<Unwell> {
    if let Some(failed) = job.condition("Failed").filter(|c| c.is_true()) {
        return (!is_made_up_for(job, snapshot)).then(|| {
            Unwell::of(job, snapshot, "unwell.failed-job")
                .since(failed.changed)
                .said([said::condition(&job.object_ref(), failed)])
                .said(said::warnings(job, snapshot))
        });
    }
    if job.is_finished() || job.suspended || job.active > 0 {
        return None;
    }
    let ended = ended(job, snapshot);
    let wait = match ended {
        Some(_) => JOB_BACK_OFF.wait_for(back_off(job.failed), ended, snapshot),
        None => CONTROLLER_ACTS.wait(job.started.or(job.meta.created), snapshot),
    };
    Some(
        Unwell::of(job, snapshot, "unwell.idle-job")
            .since(ended.or(job.started).or(job.meta.created))
            .waits(wait)
            .said(said::warnings(job, snapshot)),
    )
}

/// Whether its CronJob has run well since.
fn is_made_up_for(job: &Job, snapshot: &Snapshot) -> bool {
    let Some(owner) = job.meta.controller() else {
        return false;
    };
    let cron = snapshot.cron_jobs.get(&job.meta.namespace, &owner.name);
    let succeeded = cron.and_then(|cron| cron.last_succeeded);
    let failed = job.condition("Failed").and_then(|c: &Condition| c.changed);
    succeeded.is_some_and(|succeeded| failed.is_some_and(|failed| succeeded > failed))
}

/// When the last of its Pods ended.
fn ended(job: &Job, snapshot: &Snapshot) -> Option<Timestamp> {
    let pods = snapshot.pods_under(&job.meta.uid);
    let ends = pods
        .iter()
        .flat_map(|pod| pod.statuses.iter())
        .filter_map(ContainerStatus::last_end)
        .filter_map(|(_, end)| end.finished);
    ends.max()
}

/// How long the Job controller waits after so many failures, with a minute for itself.
fn back_off(failed: i64) -> i64 {
    const FIRST: i64 = 10;
    let doubled = u32::try_from(failed.clamp(1, 16) - 1).unwrap_or(0);
    FIRST
        .saturating_mul(1_i64.checked_shl(doubled).unwrap_or(i64::MAX))
        .min(JOB_BACK_OFF.seconds)
        .saturating_add(CONTROLLER_ACTS.seconds)
}
