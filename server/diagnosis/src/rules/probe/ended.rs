//! Whether the kubelet ended the last run of a container because a probe of it failed.
//!
//! The kubelet says so in an event; but the recorder lets only 25 events through for one Pod,
//! and then one in five minutes, and after an hour they expire. So what was said once holds
//! while the container goes on to end in the same way; and how long the run lasted, how it
//! ended and what the process said last speak for themselves.

use jiff::Timestamp;

use super::failing::Which;
use super::run_length::{SLACK_SECONDS, fits, may_end, seconds};
use crate::facts::{Container, ContainerStatus, Event, Pod, Probe, Terminated};
use crate::findings::Findings;
use crate::proof::{self, Proof};
use crate::snapshot::{LogOf, Snapshot};

/// So many restarts, of which the last run fits a probe, are no chance.
const HABIT: u32 = 2;

/// Why a run is taken for one that a probe ended.
#[derive(Debug)]
pub(in crate::rules) enum Ended<'a> {
    /// The kubelet says so, of this run or of those before it that ended alike.
    Said(&'a Event),
    /// The process says last that it was asked to end.
    Asked(Box<Proof>),
    /// It lasted as long as the probe lets a run last, and ended as one that is asked to.
    AsLong,
}

/// What says that the liveness or startup probe of a container ended its last run.
pub(in crate::rules) fn ended_by_probe<'s>(
    pod: &'s Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &'s Snapshot,
    findings: &mut Findings,
) -> Option<Ended<'s>> {
    [Which::Startup, Which::Liveness]
        .into_iter()
        .find_map(|which| ended_by(which, pod, container, status, snapshot, findings))
}

/// The same of one probe.
pub(super) fn ended_by<'s>(
    which: Which,
    pod: &'s Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &'s Snapshot,
    findings: &mut Findings,
) -> Option<Ended<'s>> {
    if let Some(event) = said(which, pod, container, status, snapshot) {
        return Some(Ended::Said(event));
    }
    let probe = which.of(container)?;
    let (_, end) = status.last_end()?;
    if status.restarts < HABIT || !is_asked(end) || !may_end(probe, end) {
        return None;
    }
    if is_unsaid(pod, status, end.finished, snapshot) && fits(probe, end, pod) {
        return Some(Ended::AsLong);
    }
    // What is ended by SIGKILL has no time to say so.
    if end.exit_code == 137 {
        return None;
    }
    says_asked(pod, container, status, snapshot, findings).map(|line| Ended::Asked(Box::new(line)))
}

/// The event with which the kubelet says that a failing liveness or startup probe is why it
/// ended the last run of a container. `None` when the run ended otherwise, or nothing is left
/// of what was said.
pub(in crate::rules) fn said_by_kubelet<'s>(
    pod: &'s Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &'s Snapshot,
) -> Option<&'s Event> {
    [Which::Startup, Which::Liveness]
        .into_iter()
        .find_map(|which| said(which, pod, container, status, snapshot))
}

fn said<'s>(
    which: Which,
    pod: &'s Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &'s Snapshot,
) -> Option<&'s Event> {
    let words = match which {
        Which::Liveness => "failed liveness probe",
        Which::Startup => "failed startup probe",
        Which::Readiness => return None,
    };
    let probe = which.of(container);
    snapshot.events_of(pod).find(|event| {
        &*event.reason == "Killing"
            && event.container() == Some(&*container.name)
            && event.message.contains(words)
            && status.last_end().is_none_or(|(_, end)| {
                is_of_run(event, end, pod)
                    || probe.is_some_and(|probe| goes_on(event, probe, end, pod))
            })
    })
}

/// Whether an event tells of that run: the kubelet kills, waits for the grace period, and then
/// the container has ended.
fn is_of_run(event: &Event, end: &Terminated, pod: &Pod) -> bool {
    let (Some(finished), Some(killed)) = (end.finished, event.last) else {
        return true;
    };
    let apart = finished.as_second().saturating_sub(killed.as_second());
    (-2 * SLACK_SECONDS..=grace(pod) + 2 * SLACK_SECONDS).contains(&apart)
}

/// Whether a run ended like those of which the event told: as one that is asked to end, not
/// before the probe can have it end, and after no longer than one of those can have lasted.
fn goes_on(event: &Event, probe: &Probe, end: &Terminated, pod: &Pod) -> bool {
    let Some(ran) = seconds(end) else {
        return true;
    };
    let between = |from: Option<Timestamp>, to: Option<Timestamp>| {
        Some(to?.as_second().saturating_sub(from?.as_second()).max(0))
    };
    // The count is the least that there were, so that the mean of a run and the wait before
    // it is at most this.
    let longest = match event.count {
        0 | 1 => between(pod.started, event.first),
        count => between(event.first, event.last).map(|all| 2 * all / i64::from(count - 1)),
    };
    (is_asked(end) || fits(probe, end, pod))
        && may_end(probe, end)
        && longest.is_none_or(|longest| ran <= longest.saturating_add(grace(pod)))
}

/// Whether a run ended as one does that is asked to end, and killed when it does not.
pub(in crate::rules) fn is_asked(end: &Terminated) -> bool {
    matches!(end.exit_code, 0 | 137 | 143) && &*end.reason != "OOMKilled"
}

/// Whether the kubelet may have had something to say of what last happened then, that no event
/// tells of any more: there are no events, or they have expired, or there were so many that it
/// holds them back.
pub(in crate::rules) fn is_unsaid(
    pod: &Pod,
    status: &ContainerStatus,
    at: Option<Timestamp>,
    snapshot: &Snapshot,
) -> bool {
    /// How long the API server keeps events (`--event-ttl`).
    const EVENT_LIFE_SECONDS: i64 = 3600;
    /// A restart is told of by five events: 25 are soon reached.
    const MANY: u32 = 5;
    status.restarts >= MANY
        || snapshot.events_of(pod).next().is_none()
        || at.is_none_or(|at| snapshot.has_passed(at, EVENT_LIFE_SECONDS))
}

/// The line among the last of a run's log with which the process says that it got SIGTERM.
fn says_asked(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Proof> {
    /// What is said after it while the process cleans up.
    const LAST: usize = 6;
    const WORDS: [&str; 5] = [
        "sigterm",
        "signal 15",
        "signal: terminated",
        "signal terminated",
        "terminated signal",
    ];
    let previous = status.is_running();
    let log = findings.log(snapshot, pod, &container.name, previous)?;
    let line = log.lines().iter().rev().take(LAST).find(|line| {
        let text = line.text.to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    })?;
    let of = LogOf::of(pod, &container.name, previous);
    Some(proof::log_line(&of, line))
}

/// `terminationGracePeriodSeconds`, within reason.
pub(in crate::rules) fn grace(pod: &Pod) -> i64 {
    pod.spec.grace_seconds.unwrap_or(30).clamp(0, 3600)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{killing, probed};
    use crate::testing::check;

    /// A container whose last run ended so long ago, after so many seconds, with that code.
    fn ended(code: i64, ran: i64, ago: i64, restarts: u32) -> String {
        let now: jiff::Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let finished = now - jiff::SignedDuration::from_secs(ago);
        let started = finished - jiff::SignedDuration::from_secs(ran);
        let status = format!(
            "ready: false, restartCount: {restarts}, lastState: {{terminated: {{exitCode: {code}, reason: Ended, startedAt: '{started}', finishedAt: '{finished}'}}}}"
        );
        probed("livenessProbe", "11:59:59", &status)
            .replace(
                "running: {startedAt: '2026-01-01T11:59:59Z'}",
                "waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}",
            )
            .replace(
                "nodeName: node-1",
                "nodeName: node-1\n  restartPolicy: Always\n  terminationGracePeriodSeconds: 2",
            )
            .replace(
                "phase: Running",
                "phase: Running\n  startTime: '2026-01-01T11:00:00Z'",
            )
    }

    /// The kubelet killed it ten times within ten minutes, and has been silent since.
    fn killed_long_ago() -> String {
        killing(
            "Container app failed liveness probe, will be restarted",
            "11:12:00",
        )
        .replace(
            "count: 1",
            "count: 11\nfirstTimestamp: '2026-01-01T11:02:00Z'",
        )
    }

    #[test]
    fn what_the_kubelet_said_once_holds_while_it_goes_on_alike() {
        check(&(ended(0, 35, 60, 20) + &killed_long_ago()))
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .tells("title")
            .alone();
    }

    #[test]
    fn what_ends_otherwise_is_not_what_the_kubelet_told_of() {
        let at_once = ended(0, 1, 60, 20) + &killed_long_ago();
        check(&at_once)
            .finds("app-exits-at-once", "Pod shop/web[app]")
            .alone();
        let after_long = ended(0, 900, 60, 20) + &killed_long_ago();
        check(&after_long).does_not_find("liveness-probe-failing");
        let by_itself = ended(1, 60, 60, 20) + &killed_long_ago();
        check(&by_itself)
            .finds("app-exits-with-error", "Pod shop/web[app]")
            .alone();
    }

    #[test]
    fn a_process_that_says_that_it_was_asked_to_end_did_not_end_by_itself() {
        check(&ended(0, 65, 60, 20))
            .log(
                "shop/web",
                "app",
                false,
                "up\nSIGTERM received, shutting down\n",
            )
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .is_likely()
            .proves("SIGTERM received")
            .alone();
        check(&ended(0, 65, 60, 20))
            .log("shop/web", "app", false, "up\nall done\n")
            .finds("app-exits-at-once", "Pod shop/web[app]")
            .alone();
    }

    #[test]
    fn a_run_as_long_as_the_probe_lets_it_be_needs_no_event() {
        check(&ended(0, 17, 60, 20))
            .finds("liveness-probe-failing", "Pod shop/web[app]")
            .is_likely()
            .alone();
        // What the kubelet would have said a moment ago, it did not say.
        let heard = ended(0, 17, 60, 2)
            + &killing("Stopping container other", "11:58:00").replace("{app}", "{other}");
        check(&heard)
            .log("shop/web", "app", false, "")
            .finds("app-exits-at-once", "Pod shop/web[app]")
            .alone();
    }

    #[test]
    fn times_and_counts_that_contradict_each_other_are_judged_all_the_same() {
        let whole = ended(0, 35, 60, 20) + &killed_long_ago();
        let odd = [
            // Events without times, and a count of zero.
            whole
                .replace("firstTimestamp: '2026-01-01T11:02:00Z'", "x: y")
                .replace("lastTimestamp", "y"),
            whole.replace("count: 11", "count: 0"),
            // A run that ended before it began, or an hour ahead of everybody's clock.
            ended(0, -35, 60, 20),
            ended(143, 35, -3600, 20) + &killed_long_ago(),
            // A count of restarts that went down, with the end of a run still there.
            ended(137, 35, 60, 0),
            // Running, not ready, and nothing that says since when.
            probed("livenessProbe", "11:59:59", "ready: false, restartCount: 3").replace(
                "running: {startedAt: '2026-01-01T11:59:59Z'}",
                "running: {}",
            ),
            // A probe and a grace period beyond all bounds.
            whole
                .replace("periodSeconds: 5", "periodSeconds: 9223372036854775807")
                .replace(
                    "terminationGracePeriodSeconds: 2",
                    "terminationGracePeriodSeconds: 9223372036854775807",
                ),
        ];
        for objects in odd {
            let diagnosis = check(&objects).judge().diagnosis;
            let told =
                diagnosis.problems.len() + diagnosis.unsettled.len() + diagnosis.unexplained.len();
            assert!(told > 0, "nothing is said of {objects}");
        }
    }
}
