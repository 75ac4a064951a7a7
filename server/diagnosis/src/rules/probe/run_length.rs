//! What the length of a run says of the probe that may have ended it.
//!
//! A kubelet counts and delays the events of one Pod, and they expire; how long a container
//! ran and how it ended stays in the Pod.

use super::ended::grace;
use crate::facts::{Pod, Probe, Terminated};

/// The kubelet starts probes with a delay of up to a second each, and ends a container only
/// after it has heard the last answer.
pub(super) const SLACK_SECONDS: i64 = 5;

/// How long a run lasted; `None` when the kubelet does not know, or its times say nothing.
pub(in crate::rules) fn seconds(end: &Terminated) -> Option<i64> {
    let ran = end
        .finished?
        .as_second()
        .saturating_sub(end.started?.as_second());
    (ran >= 0).then_some(ran)
}

/// Whether a run was long enough for a probe to have it ended.
pub(super) fn may_end(probe: &Probe, end: &Terminated) -> bool {
    seconds(end).is_some_and(|ran| ran >= soonest(probe))
}

/// The seconds after which a probe that fails from the start has a container ended. The first
/// try comes at once after the delay, so there is one period less than tries.
fn soonest(probe: &Probe) -> i64 {
    probe
        .patience_seconds()
        .saturating_sub(probe.period)
        .saturating_sub(SLACK_SECONDS)
}

/// Whether a run ended when a probe that failed from the start has it ended: after its
/// initial delay and as many periods as failures are allowed, and the time that the container
/// took to go.
pub(super) fn fits(probe: &Probe, end: &Terminated, pod: &Pod) -> bool {
    let timeouts = probe.timeout.saturating_mul(probe.failure_threshold);
    let last = probe
        .patience_seconds()
        .saturating_add(timeouts)
        .saturating_add(grace(pod))
        .saturating_add(SLACK_SECONDS);
    seconds(end).is_some_and(|ran| (soonest(probe)..=last).contains(&ran))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::probe::testing::probed;
    use crate::testing::check;

    #[test]
    fn a_run_fits_when_it_ends_as_the_probe_would_have_it_end() {
        // The probe of the fixture: no delay, every five seconds, three failures, one second.
        for (seconds, is_so) in [(3, false), (11, true), (16, true), (46, true), (60, false)] {
            let started: jiff::Timestamp = "2026-01-01T11:00:00Z".parse().unwrap();
            let finished = started + jiff::SignedDuration::from_secs(seconds);
            let ended = format!(
                "ready: true, restartCount: 3, lastState: {{terminated: {{exitCode: 137, reason: Error, startedAt: '{started}', finishedAt: '{finished}'}}}}"
            );
            let check = check(&probed("livenessProbe", "11:59:00", &ended));
            let pod = check.snapshot().pods.iter().next().unwrap();
            let (container, status) = pod.containers().next().unwrap();
            let (_, end) = status.unwrap().last_end().unwrap();
            let probe = container.liveness.as_deref().unwrap();
            assert_eq!(fits(probe, end, pod), is_so, "{seconds} s: {probe:?}");
        }
    }
}
