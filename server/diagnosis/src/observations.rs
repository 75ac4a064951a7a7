//! What was observed of a problem's object over time, for the strips beside problems.
//!
//! A snapshot is one moment, but its facts tell of others: when an object was created, when
//! a container was started and ended, since when a problem is there. What lies between those
//! and nobody saw stays unobserved.

use jiff::{SignedDuration, Timestamp};
use podside_model::{ObjectRef, Problem, Severity, Strip, StripSpan, StripState, Unexplained};

use crate::facts::{Kind, KindRef, Pod, State, Str};
use crate::snapshot::{Snapshot, Top};

/// The lengths that a page's strips can have, in seconds: the shortest that fits is taken.
const LENGTHS: [i64; 8] = [
    2 * 60,
    10 * 60,
    60 * 60,
    6 * 60 * 60,
    24 * 60 * 60,
    7 * 24 * 60 * 60,
    30 * 24 * 60 * 60,
    365 * 24 * 60 * 60,
];

/// The most moments that one strip shows; a strip is hardly wider.
const MOST_TICKS: usize = 48;

/// Where the strips of a page begin, when they end at `to`: so early that three in four of
/// these moments lie within.
pub fn strips_from(to: Timestamp, moments: impl IntoIterator<Item = Timestamp>) -> Timestamp {
    let mut ages: Vec<i64> = moments
        .into_iter()
        .map(|at| to.as_second() - at.as_second())
        .collect();
    ages.sort_unstable();
    let needed = ages.get((ages.len() * 3).div_ceil(4).saturating_sub(1));
    let needed = needed.copied().unwrap_or(0);
    let length = LENGTHS.into_iter().find(|length| *length >= needed);
    let length = length.or(LENGTHS.last().copied()).unwrap_or(0);
    to.checked_sub(SignedDuration::from_secs(length))
        .unwrap_or(to)
}

/// The strip of a problem's subject.
pub fn strip_of<T>(snapshot: &Snapshot, problem: &Problem<T>, from: Timestamp) -> Strip {
    let broken = StripState::Broken(problem.severity);
    strip_of_object(snapshot, &problem.subject, (problem.since, broken), from)
}

/// The strip of what no rule explains.
pub fn strip_of_unexplained<T>(
    snapshot: &Snapshot,
    unexplained: &Unexplained<T>,
    from: Timestamp,
) -> Strip {
    let unwell = (unexplained.since, StripState::Unexplained);
    strip_of_object(snapshot, &unexplained.object, unwell, from)
}

/// The strip of an object that is not well, since a moment where it is known.
fn strip_of_object(
    snapshot: &Snapshot,
    subject: &ObjectRef,
    (since, unwell): (Option<Timestamp>, StripState),
    from: Timestamp,
) -> Strip {
    let mut seen = Seen::default();
    let uid = seen.object(snapshot, subject);
    if let Some(uid) = uid {
        let top = Top {
            kind: KindRef {
                name: Str::from(subject.kind.as_str()),
                group: Str::from(subject.group.as_str()),
            },
            namespace: Str::from(subject.namespace.as_deref().unwrap_or_default()),
            name: Str::from(subject.name.as_str()),
            uid,
        };
        for pod in snapshot.pods_of(&top) {
            seen.pod(snapshot, pod, subject.container.as_deref());
        }
        if Kind::Deployment.is(subject)
            && let Some(deployment) = snapshot.deployments.get(&top.namespace, &top.name)
        {
            let rollouts = snapshot.revisions_of(deployment);
            seen.ticks
                .extend(rollouts.iter().filter_map(|set| set.meta.created));
        }
    }
    // Since when is not known of every problem; that it is there now is.
    let since = since.unwrap_or(snapshot.observed_at());
    seen.strip(from, snapshot.observed_at(), Some((since, unwell)))
}

/// The strip of one container of a Pod. `problem` is what is wrong with it, and since when.
pub fn strip_of_container(
    snapshot: &Snapshot,
    pod: &Pod,
    container: &str,
    problem: Option<(Timestamp, Severity)>,
    from: Timestamp,
) -> Strip {
    let mut seen = Seen {
        created: pod.meta.created,
        ..Seen::default()
    };
    seen.pod(snapshot, pod, Some(container));
    let broken = problem.map(|(since, severity)| (since, StripState::Broken(severity)));
    seen.strip(from, snapshot.observed_at(), broken)
}

/// What facts tell of an object's past.
#[derive(Default)]
struct Seen {
    created: Option<Timestamp>,
    ticks: Vec<Timestamp>,
    /// When a container ran.
    runs: Vec<(Timestamp, Timestamp)>,
    restarts: u32,
}

impl Seen {
    /// Looks up the subject; its uid when it is among the facts.
    fn object(&mut self, snapshot: &Snapshot, object: &ObjectRef) -> Option<Str> {
        let kind = Kind::of(object)?;
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let meta = snapshot.meta_of(kind, namespace, &object.name)?;
        self.created = meta.created;
        self.ticks.extend(meta.created);
        Some(meta.uid.clone())
    }

    fn pod(&mut self, snapshot: &Snapshot, pod: &Pod, container: Option<&str>) {
        let is_meant = |name: &str| container.is_none_or(|container| container == name);
        for status in pod.statuses.iter().filter(|status| is_meant(&status.name)) {
            self.restarts = self.restarts.saturating_add(status.restarts);
            for state in [&status.state, &status.last] {
                let (start, end) = match state {
                    State::Running { since } => (*since, Some(snapshot.observed_at())),
                    State::Terminated(end) => (end.started, end.finished),
                    State::Waiting { .. } | State::Absent => (None, None),
                };
                self.ticks.extend(start);
                if let (Some(start), Some(end)) = (start, end)
                    && start < end
                {
                    self.runs.push((start, end));
                }
            }
        }
        // Of a start that was seen more than once, the first and the last time are told.
        for event in snapshot.events_of(pod) {
            if &*event.reason == "Started" && event.container().is_none_or(is_meant) {
                self.ticks.extend(event.first);
                self.ticks.extend(event.last);
            }
        }
    }

    fn strip(
        mut self,
        from: Timestamp,
        to: Timestamp,
        unwell: Option<(Timestamp, StripState)>,
    ) -> Strip {
        self.ticks.retain(|at| (from..=to).contains(at));
        self.ticks.sort_unstable();
        // An event tells whole seconds, or fractions where a state tells whole ones.
        self.ticks.dedup_by_key(|at| at.as_second());
        if self.ticks.len() > MOST_TICKS {
            self.ticks.drain(..self.ticks.len() - MOST_TICKS);
        }
        self.runs.sort_unstable();
        let mut spans = Spans {
            from,
            to,
            at: from,
            spans: Vec::new(),
        };
        let unwell = unwell.map(|(since, state)| (since.clamp(from, to), state));
        let healthy_until = unwell.map_or(to, |(since, _)| since);
        if let Some(created) = self.created {
            spans.until(created.min(healthy_until), StripState::Absent);
        }
        for (start, end) in self.runs {
            spans.until(start.min(healthy_until), StripState::Unobserved);
            spans.until(end.min(healthy_until), StripState::Ran);
        }
        spans.until(healthy_until, StripState::Unobserved);
        if let Some((_, state)) = unwell {
            spans.until_the_end(state);
        }
        Strip {
            from,
            to,
            spans: spans.spans,
            ticks: self.ticks,
            restarts: self.restarts,
        }
    }
}

/// Spans that are being laid one after the other.
struct Spans {
    from: Timestamp,
    to: Timestamp,
    at: Timestamp,
    spans: Vec<StripSpan>,
}

impl Spans {
    /// Goes on until `until`; what lies behind already is left out.
    fn until(&mut self, until: Timestamp, state: StripState) {
        let until = until.clamp(self.from, self.to);
        if until <= self.at {
            return;
        }
        self.at = until;
        match self.spans.last_mut().filter(|last| last.state == state) {
            Some(last) => last.until = until,
            None => self.spans.push(StripSpan { until, state }),
        }
    }

    /// Not well until the end, though it be only from there.
    fn until_the_end(&mut self, state: StripState) {
        self.spans.push(StripSpan {
            until: self.to,
            state,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check;

    fn at(time: &str) -> Timestamp {
        format!("2026-01-01T{time}Z").parse().unwrap()
    }

    fn shown(strip: &Strip) -> Vec<(String, StripState)> {
        strip
            .spans
            .iter()
            .map(|span| (span.until.to_string()[11..19].to_owned(), span.state))
            .collect()
    }

    #[test]
    fn the_strips_are_as_long_as_three_in_four_problems_need() {
        let to = at("12:00:00");
        let from = |times: &[&str]| {
            let from = strips_from(to, times.iter().map(|time| at(time)));
            to.as_second() - from.as_second()
        };
        assert_eq!(from(&[]), 120);
        assert_eq!(from(&["11:59:10", "11:59:00", "11:58:40", "11:20:00"]), 120);
        assert_eq!(from(&["11:59:10", "11:20:00"]), 3_600);
        let years_ago = "2001-01-01T00:00:00Z".parse().unwrap();
        let long = strips_from(to, [years_ago]);
        assert_eq!(to.as_second() - long.as_second(), 365 * 86_400);
    }

    #[test]
    fn a_container_that_crashes_has_what_the_cluster_tells_of_its_past_and_no_more() {
        let check = check(
            "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p, creationTimestamp: '2026-01-01T11:58:30Z'}
spec: {containers: [{name: app, image: a}, {name: other, image: b}]}
status:
  phase: Running
  containerStatuses:
  - name: app
    restartCount: 3
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, startedAt: '2026-01-01T11:59:20Z', finishedAt: '2026-01-01T11:59:30Z'}}
  - name: other
    restartCount: 7
    state: {running: {startedAt: '2026-01-01T11:58:31Z'}}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: shop}
involvedObject: {kind: Pod, namespace: shop, name: web, uid: p, fieldPath: 'spec.containers{app}'}
reason: Started
type: Normal
count: 4
firstTimestamp: '2026-01-01T11:58:32Z'
lastTimestamp: '2026-01-01T11:59:20Z'
",
        );
        let snapshot = check.snapshot();
        let pod = snapshot.pods.get("shop", "web").unwrap();
        let problem = Some((at("11:59:30"), Severity::Critical));
        let strip = strip_of_container(snapshot, pod, "app", problem, at("11:58:00"));
        assert_eq!(
            shown(&strip),
            [
                ("11:58:30".to_owned(), StripState::Absent),
                ("11:59:20".to_owned(), StripState::Unobserved),
                ("11:59:30".to_owned(), StripState::Ran),
                (
                    "12:00:00".to_owned(),
                    StripState::Broken(Severity::Critical)
                ),
            ]
        );
        assert_eq!(strip.ticks, [at("11:58:32"), at("11:59:20")]);
        assert_eq!(strip.restarts, 3);
    }

    #[test]
    fn a_problem_without_a_beginning_is_broken_now_and_unobserved_before() {
        let check = check(
            "
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop, uid: s, creationTimestamp: '2026-01-01T11:59:00Z'}
spec: {selector: {app: nobody}}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, uid: p, labels: {app: cart}}
spec: {containers: [{name: app, image: a}]}
",
        );
        let problems = check.judge().diagnosis.problems;
        let mut problem = problems.into_iter().next().unwrap();
        problem.since = None;
        let strip = strip_of(check.snapshot(), &problem, at("11:58:00"));
        assert_eq!(
            shown(&strip),
            [
                ("11:59:00".to_owned(), StripState::Absent),
                ("12:00:00".to_owned(), StripState::Unobserved),
                ("12:00:00".to_owned(), StripState::Broken(problem.severity)),
            ]
        );
        problem.subject.name = "unknown".to_owned();
        problem.since = Some(at("11:00:00"));
        let strip = strip_of(check.snapshot(), &problem, at("11:58:00"));
        assert_eq!(strip.spans.len(), 1, "{strip:?}");
    }
}
