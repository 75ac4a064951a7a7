use crate::testing::check;

fn with(spec: &str, status: &str, event: &str) -> String {
    format!(
        "
apiVersion: batch/v1
kind: CronJob
metadata:
  name: mail
  namespace: b
  uid: c
  creationTimestamp: '2026-01-01T06:00:00Z'
  managedFields: [{{manager: kubectl, operation: Update, time: '2026-01-01T06:00:00Z'}}]
spec: {{{spec}}}
status: {status}
{event}"
    )
}

fn event(reason: &str) -> String {
    format!(
        "---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: b}}
involvedObject: {{kind: CronJob, namespace: b, name: mail, uid: c}}
type: Warning
reason: {reason}
message: m
lastTimestamp: '2026-01-01T11:30:00Z'
"
    )
}

#[test]
fn a_deadline_of_some_seconds_is_to_blame_once_a_run_was_missed() {
    let spec = "schedule: '0 * * * *', startingDeadlineSeconds: 5";
    check(&with(
        spec,
        "{lastScheduleTime: '2026-01-01T09:00:00Z'}",
        "",
    ))
    .finds("cronjob-schedule-missed", "CronJob b/mail")
    .tells("title.deadline")
    .with("deadline", 5);
    check(&with(
        spec,
        "{lastScheduleTime: '2026-01-01T12:00:00Z'}",
        "",
    ))
    .finds_nothing();
}

#[test]
fn too_many_missed_starts_are_told_until_one_succeeds() {
    let spec = "schedule: '*/5 * * * *'";
    let status = "{lastScheduleTime: '2026-01-01T06:05:00Z'}";
    check(&with(spec, status, &event("TooManyMissedTimes")))
        .finds("cronjob-schedule-missed", "CronJob b/mail")
        .tells("title.many")
        .advises("create job --from=cronjob/mail");
    let started = "{lastScheduleTime: '2026-01-01T11:58:00Z'}";
    check(&with(spec, started, &event("TooManyMissedTimes"))).finds_nothing();
}

#[test]
fn a_schedule_that_never_comes_or_cannot_be_read_is_found() {
    check(&with("schedule: '0 0 30 2 *'", "{}", ""))
        .finds("cronjob-schedule-missed", "CronJob b/mail")
        .tells("title.never")
        .with("schedule", "0 0 30 2 *");
    check(&with(
        "schedule: '0 3 * * *', timeZone: Mars/Base",
        "{}",
        &event("UnknownTimeZone"),
    ))
    .finds("cronjob-schedule-missed", "CronJob b/mail")
    .tells("title.unreadable");
}

#[test]
fn in_a_time_zone_it_is_missed_once_it_was_due_in_every_zone() {
    let daily = |last: &str| {
        with(
            "schedule: '0 3 * * *', timeZone: Asia/Tokyo",
            &format!("{{lastScheduleTime: '{last}'}}"),
            "",
        )
        .replace(
            "creationTimestamp: '2026-01-01",
            "creationTimestamp: '2025-12-01",
        )
        .replace("time: '2026-01-01", "time: '2025-12-01")
    };
    check(&daily("2025-12-29T18:00:00Z"))
        .finds("cronjob-schedule-missed", "CronJob b/mail")
        .is_likely();
    check(&daily("2025-12-31T18:00:00Z")).finds_nothing();
    check(&daily("2025-12-30T18:00:00Z")).finds_nothing();
}

#[test]
fn a_run_that_is_long_due_is_likely_missed() {
    check(&with(
        "schedule: '0 * * * *'",
        "{lastScheduleTime: '2026-01-01T09:00:00Z'}",
        "",
    ))
    .finds("cronjob-schedule-missed", "CronJob b/mail")
    .is_likely();
}

#[test]
fn what_is_not_due_suspended_or_held_up_is_not_missed() {
    for (spec, status) in [
        ("schedule: '0 3 * * *'", "{}"),
        ("schedule: '0 * * * *', suspend: true", "{}"),
        (
            "schedule: '0 * * * *', concurrencyPolicy: Forbid",
            "{lastScheduleTime: '2026-01-01T09:00:00Z', active: [{name: mail-1}]}",
        ),
        (
            "schedule: '0 * * * *', timeZone: Asia/Tokyo",
            "{lastScheduleTime: '2026-01-01T09:00:00Z'}",
        ),
    ] {
        check(&with(spec, status, "")).does_not_find("cronjob-schedule-missed");
    }
}
