//! Which containers fail to keep running, and how they ended.

use jiff::Timestamp;

use crate::facts::{
    Condition, Container, ContainerKind, ContainerStatus, Job, Kind, Pod, Terminated,
};
use crate::snapshot::Snapshot;

/// The kubelet's back-off starts anew after a container has run for so long
/// (<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy>): a
/// restart before that is history.
pub(crate) const RECOVERED_AFTER_SECONDS: i64 = 600;

/// A container that ended and should not have, and has not recovered since.
pub(crate) struct Crash<'a> {
    pub(crate) container: &'a Container,
    pub(crate) status: &'a ContainerStatus,
    /// `state` or `lastState`, and the end that stands there.
    pub(crate) end: (&'static str, &'a Terminated),
}

impl Crash<'_> {
    /// Since when it keeps crashing, as [`crashing_since`] tells.
    pub(crate) fn since(&self, pod: &Pod, snapshot: &Snapshot) -> Option<Timestamp> {
        crashing_since(pod, &self.container.name, self.end.1, snapshot)
    }
}

/// Since when a container that last ended so keeps crashing, as far as the cluster still
/// tells: since the kubelet first backed off, unless its last run was so long that it had
/// recovered; since that end then.
pub(crate) fn crashing_since(
    pod: &Pod,
    container: &str,
    end: &Terminated,
    snapshot: &Snapshot,
) -> Option<Timestamp> {
    let finished = end.finished?;
    let is_short = end.started.is_some_and(|started| {
        finished.as_second() - started.as_second() < RECOVERED_AFTER_SECONDS
    });
    let backed_off = snapshot
        .events_of(pod)
        .filter(|event| &*event.reason == "BackOff" && event.container() == Some(container))
        .filter_map(|event| event.first)
        .min();
    Some(match backed_off.filter(|_| is_short) {
        Some(first) => first.min(finished),
        None => finished,
    })
}

/// The containers of a Pod that crash now: that wait to be restarted, have ended for good
/// with an error, or have been restarted and have not outlived their last run since.
/// Ephemeral containers are not among them: they are meant to end.
pub(crate) fn crashes<'a>(pod: &'a Pod, snapshot: &'a Snapshot) -> impl Iterator<Item = Crash<'a>> {
    // Nearly every Pod has never lost a container, and ten rules ask about each.
    let ended = pod.statuses.iter().any(|s| s.last_end().is_some());
    let concerned = ended && is_concerned(pod, snapshot);
    pod.containers()
        .filter(move |_| concerned)
        .filter(|(container, _)| container.kind != ContainerKind::Ephemeral)
        .filter_map(move |(container, status)| {
            let status = status?;
            let end = status.last_end()?;
            is_crashing(pod, container, status, end, snapshot).then_some(Crash {
                container,
                status,
                end,
            })
        })
}

/// Whether anybody waits for this Pod's containers: not for those of a Pod that is being
/// deleted, that was evicted, or whose Job has found its end without it.
pub(crate) fn is_concerned(pod: &Pod, snapshot: &Snapshot) -> bool {
    if pod.is_terminating() || (!pod.reason.is_empty() && &*pod.phase == "Failed") {
        return false;
    }
    let job = pod
        .meta
        .controller()
        .filter(|owner| owner.kind.is(Kind::Job))
        .and_then(|owner| snapshot.jobs.get(&pod.meta.namespace, &owner.name));
    match job {
        Some(job) => !has_succeeded(job) && is_newest(job, snapshot),
        None => true,
    }
}

fn has_succeeded(job: &Job) -> bool {
    ["Complete", "SuccessCriteriaMet"]
        .into_iter()
        .any(|kind| job.condition(kind).is_some_and(Condition::is_true))
}

/// Whether no later Job of the same CronJob has been started: what an older one did is
/// history.
fn is_newest(job: &Job, snapshot: &Snapshot) -> bool {
    let Some(owner) = job.meta.controller().filter(|o| o.kind.is(Kind::CronJob)) else {
        return true;
    };
    !snapshot
        .jobs
        .in_namespace(&job.meta.namespace)
        .any(|other| {
            other.meta.controller().is_some_and(|o| o.uid == owner.uid)
                && other.meta.created > job.meta.created
        })
}

fn is_crashing(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    (state, end): (&'static str, &Terminated),
    snapshot: &Snapshot,
) -> bool {
    // An init container that ended well is done, as is a container that the restart
    // policy lets end.
    let may_end = match container.kind {
        ContainerKind::Init => end.exit_code == 0,
        ContainerKind::Sidecar => false,
        _ => match &*pod.spec.restart_policy {
            "Always" => pod.is_finished(),
            _ => end.exit_code == 0,
        },
    };
    if may_end && state == "state" {
        return false;
    }
    if let Some((reason, _)) = status.waiting() {
        // ContainerCreating after a node restart says nothing of the past.
        return matches!(
            reason,
            "CrashLoopBackOff"
                | "RunContainerError"
                | "CreateContainerError"
                | "StartError"
                | "ContainerCannotRun"
        );
    }
    if state == "state" {
        // Ended, and restarted in a moment or never.
        return end.exit_code != 0 || status.restarts > 0;
    }
    status
        .running_since()
        .is_some_and(|since| is_habit(pod, status, end, since, snapshot))
}

/// Whether a container that runs again will probably end again. One restart may be
/// anything, unless the container is not ready or the kernel ended it for its memory; a
/// second one after a short run is a habit, and so are many after long ones.
///
/// How often it ends is told by its last run and what the kubelet waited after it. When the
/// runs before were nobody wrote down: a few restarts of a Pod that is months old may be
/// those of its node, many are its own.
fn is_habit(
    pod: &Pod,
    status: &ContainerStatus,
    end: &Terminated,
    since: Timestamp,
    snapshot: &Snapshot,
) -> bool {
    /// A container that ends less often than this is not one that keeps on ending.
    const OFTEN_SECONDS: i64 = 6 * 3600;
    /// So many restarts no node has within the life of a Pod.
    const MANY: u32 = 10;
    let span = |from: Option<Timestamp>, to: Timestamp| {
        from.map_or(0, |from| {
            to.as_second().saturating_sub(from.as_second()).max(0)
        })
    };
    let ran = end
        .finished
        .map_or(0, |finished| span(end.started, finished));
    let cycle = ran.saturating_add(span(end.finished, since));
    let has_run = |seconds: i64| snapshot.has_passed(since, seconds);
    if status.restarts == 0 || has_run(ran.saturating_mul(2).saturating_add(2)) {
        return false;
    }
    if ran < RECOVERED_AFTER_SECONDS && !has_run(RECOVERED_AFTER_SECONDS) {
        let grave = &*end.reason == "OOMKilled" || (!status.ready && end.exit_code != 0);
        return status.restarts >= 2 || (grave && !has_run(ran.saturating_add(1)));
    }
    let starts = i64::from(status.restarts).saturating_add(1);
    let began = pod.started.or(pod.meta.created);
    let seldom = starts.saturating_mul(OFTEN_SECONDS);
    let is_young = began.is_some_and(|at| !snapshot.has_passed(at, seldom));
    cycle < OFTEN_SECONDS && status.restarts >= 3 && (status.restarts >= MANY || is_young)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::container::testing::crashing;
    use crate::testing::check;

    fn since(pod: &str, backed_off: &str) -> Option<String> {
        let check = check(&format!(
            "{pod}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: shop}}
involvedObject: {{kind: Pod, namespace: shop, name: web, uid: p, fieldPath: 'spec.containers{{app}}'}}
reason: BackOff
type: Warning
firstTimestamp: '2026-01-01T{backed_off}Z'
lastTimestamp: '2026-01-01T11:59:00Z'
"
        ));
        let snapshot = check.snapshot();
        let pod = snapshot.pods.get("shop", "web")?;
        let crash = crashes(pod, snapshot).next()?;
        Some(crash.since(pod, snapshot)?.to_string())
    }

    #[test]
    fn it_crashes_since_the_first_back_off_unless_it_had_recovered() {
        let pod = crashing("exitCode: 1, reason: Error");
        assert_eq!(
            since(&pod, "11:20:00").as_deref(),
            Some("2026-01-01T11:20:00Z")
        );
        assert_eq!(
            since(&pod, "11:58:30").as_deref(),
            Some("2026-01-01T11:58:01Z")
        );
        let ran_long = pod.replace(
            "startedAt: '2026-01-01T11:58:00Z'",
            "startedAt: '2026-01-01T11:30:00Z'",
        );
        assert_eq!(
            since(&ran_long, "11:20:00").as_deref(),
            Some("2026-01-01T11:58:01Z")
        );
    }

    /// Whether a container counts as crashing that last ran for so many minutes, runs again
    /// since so many, and was restarted so often in a Pod of so many days.
    fn crashes_after(ran: i64, runs: i64, restarts: u32, days: i64) -> bool {
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let ago = |minutes: i64| now - jiff::SignedDuration::from_mins(minutes);
        let state = format!(
            "ready: true, state: {{running: {{startedAt: '{}'}}}}",
            ago(runs)
        );
        let objects = crashing("exitCode: 0, reason: Completed")
            .replace("state: {waiting: {reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}", &state.replace(", state", "\n      state"))
            .replace("restartCount: 4", &format!("restartCount: {restarts}"))
            .replace("'2026-01-01T11:58:00Z'", &format!("'{}'", ago(runs + ran)))
            .replace("'2026-01-01T11:58:01Z'", &format!("'{}'", ago(runs)))
            .replace("phase: Running", &format!("phase: Running\n  startTime: '{}'", ago(days * 24 * 60)));
        let check = check(&objects);
        let snapshot = check.snapshot();
        let pod = snapshot.pods.get("shop", "web").unwrap();
        crashes(pod, snapshot).next().is_some()
    }

    #[test]
    fn how_often_it_ends_is_told_by_its_runs() {
        // Two restarts after runs of eighteen minutes are not for ever.
        assert!(!crashes_after(18, 5, 2, 1));
        // Two after short runs are, and four after long ones of a young Pod.
        assert!(crashes_after(3, 1, 2, 1));
        assert!(crashes_after(18, 5, 4, 1));
        // It began to end when the Pod was months old.
        assert!(crashes_after(40, 5, 30, 300));
        // The node was restarted three times within a year, twice on one day.
        assert!(!crashes_after(120, 5, 3, 300));
        // It has outlived its last run by far.
        assert!(!crashes_after(3, 8, 5, 1));
    }
}
