//! Symptom: a CronJob starts no Jobs.
//! Cause: each start comes too late for `startingDeadlineSeconds`, too many were missed, or
//! the schedule or its time zone names no time at all.
//! Fix: give starts more time, or correct the schedule.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#cron-job-limitations>

use podside_model::Severity;

use super::schedule::Schedule;
use crate::facts::{CronJob, Event, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::RUN_STARTS_LATE;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "cronjob-schedule-missed",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#cron-job-limitations",
    rank: Rank::Root,
    runs: &[Run::CronJob(run)],
    texts: &[
        text(
            "title",
            "CronJob {name} missed a start ({schedule}) and has started nothing since",
            "CronJob {name} が開始時刻（{schedule}）を逃し、以降何も開始していない",
        ),
        text(
            "title.deadline",
            "CronJob {name} starts nothing: with startingDeadlineSeconds {deadline} every start is too late",
            "startingDeadlineSeconds が {deadline} のため開始が常に期限切れになり、CronJob {name} が何も開始しない",
        ),
        text(
            "title.many",
            "CronJob {name} missed too many starts ({schedule}) and starts nothing more",
            "CronJob {name} は開始時刻（{schedule}）を逃した回数が多すぎるため、何も開始しない",
        ),
        text(
            "title.never",
            "CronJob {name} starts nothing: its schedule {schedule} names a time that never comes",
            "スケジュール {schedule} に該当する日時が存在しないため、CronJob {name} が何も開始しない",
        ),
        text(
            "title.unreadable",
            "CronJob {name} starts nothing: its schedule cannot be read ({said})",
            "スケジュールを解釈できないため、CronJob {name} が何も開始しない（{said}）",
        ),
        text(
            "explanation",
            "A run was due, no Job was started for it, and no earlier run holds it up. The CronJob controller may have been down, or its clock may be wrong.",
            "実行予定時刻を過ぎても Job が開始されず、前回の実行による待ちでもありません。CronJob コントローラーの停止や時計のずれが考えられます。",
        ),
        text(
            "explanation.deadline",
            "The controller looks when a run is due and passes over those that are more than startingDeadlineSeconds old by then. Below 10 seconds that may be all of them.",
            "コントローラーは実行時刻を確認する際、startingDeadlineSeconds より古いものを見送ります。10 秒未満では、すべての実行が見送られることがあります。",
        ),
        text(
            "explanation.late",
            "The controller was late (it was down, or busy), and passed over a run that was more than its startingDeadlineSeconds of {deadline} old.",
            "コントローラーの停止や負荷により、startingDeadlineSeconds（{deadline} 秒）より古くなった実行が見送られました。",
        ),
        text(
            "explanation.many",
            "After more than 100 missed starts the controller reports this instead of catching up. It happens when a CronJob was suspended or the controller was down for long.",
            "逃した開始が 100 回を超えると、コントローラーは追いつく代わりにこれを報告します。CronJob の長期の一時停止やコントローラーの長期停止で起こります。",
        ),
        text(
            "explanation.never",
            "No month has such a day, so there is no next run.",
            "そのような日付の月はないため、次の実行はありません。",
        ),
        text(
            "explanation.unreadable",
            "The controller starts nothing until the schedule and its timeZone are ones that it understands.",
            "schedule と timeZone が解釈できるものになるまで、コントローラーは何も開始しません。",
        ),
        text(
            "fix.deadline",
            "Take startingDeadlineSeconds away, or give starts some minutes.",
            "startingDeadlineSeconds を外すか、数分の余裕を持たせます。",
        ),
        text(
            "fix.run",
            "To run it once now, make a Job from it.",
            "今すぐ 1 回実行するには、CronJob から Job を作成します。",
        ),
        text(
            "fix.schedule",
            "Correct the schedule.",
            "スケジュールを修正します。",
        ),
    ],
};

/// Below this a start may always be too late, in seconds: the documentation's figure.
const TOO_SHORT: i64 = 10;

fn run(cron: &CronJob, snapshot: &Snapshot, findings: &mut Findings) {
    if cron.suspended || cron.meta.deleting.is_some() {
        return;
    }
    let finding = unreadable(cron, snapshot)
        .or_else(|| never(cron))
        .or_else(|| too_short(cron, snapshot))
        .or_else(|| told(cron, snapshot))
        .or_else(|| overdue(cron, snapshot));
    if let Some(finding) = finding {
        findings.add(
            finding
                .arg("schedule", &*cron.schedule)
                .arg("deadline", cron.starting_deadline.unwrap_or(0)),
        );
    }
}

/// The controller says that it cannot read the schedule.
fn unreadable(cron: &CronJob, snapshot: &Snapshot) -> Option<Finding> {
    const REASONS: [&str; 4] = [
        "UnparseableSchedule",
        "UnParseableCronJobSchedule",
        "UnknownTimeZone",
        "InvalidSchedule",
    ];
    let event = newest(cron, snapshot, &REASONS)?;
    let finding = Finding::on(cron)
        .title("title.unreadable")
        .explanation("explanation.unreadable")
        .arg("said", &*event.message)
        .proof(proof::event(event))
        .since(event.first)
        .fix_with("fix.schedule", edit(cron));
    Some(with_schedule(finding, cron))
}

/// The schedule names a day that no month has.
fn never(cron: &CronJob) -> Option<Finding> {
    let schedule = Schedule::read(&cron.schedule)?;
    let created = cron.meta.created?;
    if schedule.next(created).is_some() {
        return None;
    }
    let finding = Finding::on(cron)
        .title("title.never")
        .explanation("explanation.never")
        .fix_with("fix.schedule", edit(cron));
    Some(with_schedule(finding, cron))
}

/// The deadline lets no start be in time.
fn too_short(cron: &CronJob, snapshot: &Snapshot) -> Option<Finding> {
    let deadline = cron.starting_deadline.filter(|d| *d < TOO_SHORT)?;
    // At 0 no start can ever be in time; above it, that must have been seen.
    if deadline > 0 && due(cron, snapshot, 2 * TOO_SHORT).is_none() {
        return None;
    }
    let finding = Finding::on(cron)
        .title("title.deadline")
        .explanation("explanation.deadline")
        .proof(proof::field(
            cron,
            "/spec/startingDeadlineSeconds",
            deadline,
        ))
        .proofs(newest(cron, snapshot, &["MissSchedule"]).map(proof::event))
        .since(cron.last_scheduled.or(cron.meta.created))
        .fix_with(
            "fix.deadline",
            format!(
                "{} patch cronjob {} -p '{{\"spec\":{{\"startingDeadlineSeconds\":300}}}}'",
                kubectl::prefix(Some(&cron.meta.namespace)),
                kubectl::word(&cron.meta.name)
            ),
        );
    Some(with_schedule(finding, cron))
}

/// The controller says that it missed a start, or too many, and nothing was started since.
fn told(cron: &CronJob, snapshot: &Snapshot) -> Option<Finding> {
    const REASONS: [&str; 3] = ["MissSchedule", "TooManyMissedTimes", "FailedNeedsStart"];
    let event = newest(cron, snapshot, &REASONS)?;
    let started = snapshot
        .events_of(cron)
        .any(|e| &*e.reason == "SuccessfulCreate" && e.last >= event.last);
    if started || event.last <= cron.last_scheduled {
        return None;
    }
    let finding = Finding::on(cron)
        .proof(proof::event(event))
        .since(event.first);
    let finding = if &*event.reason == "MissSchedule" {
        finding
            .severity(Severity::Warning)
            .explanation("explanation.late")
            .fix_with("fix.deadline", edit(cron))
    } else {
        finding
            .title("title.many")
            .explanation("explanation.many")
            .fix_with("fix.deadline", edit(cron))
    };
    Some(with_schedule(finding, cron).fix_with("fix.run", run_now(cron)))
}

/// A run is long due, nothing was started, and nothing says why.
fn overdue(cron: &CronJob, snapshot: &Snapshot) -> Option<Finding> {
    let due = due(cron, snapshot, RUN_STARTS_LATE.seconds)?;
    // A change of the CronJob, such as resuming it, starts the count anew.
    let changed = cron.meta.last_change()?.time?;
    let refused = snapshot
        .events_of(cron)
        .any(|e| e.warning && e.last >= Some(due));
    if changed >= due || refused {
        return None;
    }
    let finding = Finding::on(cron)
        .likely()
        .severity(Severity::Warning)
        .since(Some(due));
    let finding = with_schedule(finding, cron).fix_with("fix.run", run_now(cron));
    Some(match cron.last_scheduled {
        Some(last) => finding.proof(proof::field(cron, "/status/lastScheduleTime", last)),
        None => finding,
    })
}

/// When the first run after the last one was due, when that is `patience` seconds ago and no
/// earlier run holds it up.
fn due(cron: &CronJob, snapshot: &Snapshot, patience: i64) -> Option<jiff::Timestamp> {
    let held_up = &*cron.concurrency == "Forbid" && !cron.active.is_empty();
    if held_up {
        return None;
    }
    let last = cron.last_scheduled.or(cron.meta.created)?;
    let schedule = Schedule::read(&cron.schedule)?;
    let in_utc = !schedule.is_zoned() && matches!(&*cron.time_zone, "" | "UTC" | "Etc/UTC");
    let due = if in_utc {
        schedule.next(last)?
    } else {
        // In a zone it is later than the second time in UTC, which is quickly told.
        let second = schedule.next(schedule.next(last)?)?;
        if !snapshot.has_passed(second, patience) {
            return None;
        }
        schedule.surely_by(last)?
    };
    snapshot.has_passed(due, patience).then_some(due)
}

fn newest<'a>(cron: &'a CronJob, snapshot: &'a Snapshot, reasons: &[&str]) -> Option<&'a Event> {
    snapshot
        .events_of(cron)
        .find(|e| reasons.contains(&&*e.reason))
        .filter(|e| {
            cron.meta
                .last_change()
                .is_none_or(|change| change.time <= e.last)
        })
}

fn with_schedule(finding: Finding, cron: &CronJob) -> Finding {
    finding.proof(proof::field(cron, "/spec/schedule", &cron.schedule))
}

fn edit(cron: &CronJob) -> String {
    kubectl::edit(&cron.object_ref())
}

fn run_now(cron: &CronJob) -> String {
    let name = kubectl::word(&cron.meta.name);
    format!(
        "{} create job --from=cronjob/{name} {name}-now",
        kubectl::prefix(Some(&cron.meta.namespace))
    )
}

#[cfg(test)]
#[path = "cronjob_schedule_missed_tests.rs"]
mod tests;
