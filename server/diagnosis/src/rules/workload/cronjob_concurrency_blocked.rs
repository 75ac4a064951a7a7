//! Symptom: a CronJob skips its runs.
//! Cause: `concurrencyPolicy: Forbid`, and a Job of an earlier run has not ended.
//! Fix: end the Job, see why it takes so long, and give it a deadline.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy>

use podside_model::{Message, Relation, Severity};

use super::schedule::Schedule;
use crate::facts::{CronJob, Event, Job, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::RUN_STARTS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "cronjob-concurrency-blocked",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy",
    // Why the Job does not end may be found, and then says more.
    rank: Rank::Mechanism,
    runs: &[Run::CronJob(run)],
    texts: &[
        text(
            "title",
            "CronJob {name} skips its runs: Job {job} still runs and concurrencyPolicy is Forbid",
            "Job {job} が実行中で concurrencyPolicy が Forbid のため、CronJob {name} が実行をスキップしている",
        ),
        text(
            "explanation",
            "With Forbid no run starts while the one before goes on. Job {job} has been running for {age}; the schedule is {schedule}.",
            "Forbid では前回の実行が続いている間、次の実行は始まりません。Job {job} は {age}前から実行中で、スケジュールは {schedule} です。",
        ),
        text(
            "fix.see",
            "See what Job {job} does. If it hangs, delete it; the next run starts on schedule.",
            "Job {job} の処理を確認します。停止していれば削除すると、次の実行は予定どおり始まります。",
        ),
        text(
            "fix.deadline",
            "So that one run cannot hold up all others, set activeDeadlineSeconds in the Job template, or a schedule that leaves enough time.",
            "1 回の実行が以降の実行を妨げないよう、Job テンプレートに activeDeadlineSeconds を設定するか、間隔に余裕のあるスケジュールにします。",
        ),
        text(
            "proof.active",
            "The Job that has not ended",
            "終了していない Job",
        ),
        text(
            "proof.started",
            "When Job {job} was started",
            "Job {job} の開始時刻",
        ),
    ],
};

fn run(cron: &CronJob, snapshot: &Snapshot, findings: &mut Findings) {
    if &*cron.concurrency != "Forbid" || cron.suspended || cron.meta.deleting.is_some() {
        return;
    }
    let namespace = &*cron.meta.namespace;
    let active = cron.active.iter().enumerate().find_map(|(index, name)| {
        let job = snapshot.jobs.get(namespace, name)?;
        (!job.is_finished() && !job.suspended).then_some((index, job))
    });
    let Some((index, job)) = active else {
        return;
    };
    let skipped = skipped(cron, snapshot);
    if skipped.is_none() && !is_overdue(cron, snapshot) {
        return;
    }
    let age = job.started.map_or(0, |at| snapshot.age(at));
    let pointer = format!("/status/active/{index}/name");
    let mut finding = Finding::on(cron)
        .severity(Severity::Warning)
        .arg("job", &*job.meta.name)
        .arg("age", podside_model::Arg::Seconds(age))
        .arg("schedule", &*cron.schedule)
        .proofs(skipped.map(proof::event))
        .proof(proof::field(
            cron,
            "/spec/concurrencyPolicy",
            &cron.concurrency,
        ))
        .proof(proof::field(cron, pointer, &job.meta.name).saying("proof.active"))
        .since(skipped.and_then(|e| e.first))
        .affects(job.object_ref(), Relation::Owns, state(job))
        .fix_with("fix.see", kubectl::delete(&job.object_ref()))
        .fix_with("fix.deadline", kubectl::edit(&cron.object_ref()));
    if let Some(started) = job.started {
        finding =
            finding.proof(proof::field(job, "/status/startTime", started).saying("proof.started"));
    }
    findings.add(finding);
}

/// The event with which the controller tells that it skipped a run, after the last start.
fn skipped<'a>(cron: &'a CronJob, snapshot: &'a Snapshot) -> Option<&'a Event> {
    snapshot
        .events_of(cron)
        .find(|e| &*e.reason == "JobAlreadyActive")
        .filter(|e| e.last > cron.last_scheduled)
}

/// Whether a run was due since the last one: events last for an hour, runs may be a day apart.
fn is_overdue(cron: &CronJob, snapshot: &Snapshot) -> bool {
    let in_utc = matches!(&*cron.time_zone, "" | "UTC" | "Etc/UTC");
    let due = cron
        .last_scheduled
        .filter(|_| in_utc)
        .and_then(|last| Schedule::read(&cron.schedule)?.next(last));
    due.is_some() && RUN_STARTS.has_ended(due, snapshot)
}

fn state(job: &Job) -> Message {
    Message::new("state.ready")
        .with("ready", job.ready)
        .with("wanted", job.active)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(cron: &str, job: &str) -> String {
        format!(
            "
apiVersion: batch/v1
kind: CronJob
metadata: {{name: mail, namespace: b, uid: c}}
spec: {{schedule: '0 3 * * *', {cron}}}
status: {{lastScheduleTime: '2025-12-31T03:00:00Z', active: [{{kind: Job, namespace: b, name: mail-1}}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: mail-1, namespace: b, uid: j, ownerReferences: [{{kind: CronJob, name: mail, uid: c, controller: true}}]}}
spec: {{parallelism: 1}}
status: {{active: 1, startTime: '2025-12-31T03:00:00Z', {job}}}
"
        )
    }

    #[test]
    fn a_daily_run_that_never_ended_blocks_the_next_one() {
        check(&with("concurrencyPolicy: Forbid", ""))
            .finds("cronjob-concurrency-blocked", "CronJob b/mail")
            .tells("title")
            .with("job", "mail-1")
            .tells("explanation")
            .with_seconds("age", 118_800)
            .advises("kubectl -n b delete job mail-1");
    }

    #[test]
    fn a_run_within_its_interval_blocks_nothing() {
        check(&with("concurrencyPolicy: Forbid", ""))
            .at("2025-12-31T20:00:00Z")
            .finds_nothing();
    }

    #[test]
    fn other_policies_suspension_and_ended_jobs_block_nothing() {
        check(&with("concurrencyPolicy: Allow", "")).does_not_find("cronjob-concurrency-blocked");
        check(&with("concurrencyPolicy: Forbid, suspend: true", "")).finds_nothing();
        let done = "conditions: [{type: Complete, status: 'True'}]";
        check(&with("concurrencyPolicy: Forbid", done))
            .does_not_find("cronjob-concurrency-blocked");
    }
}
