//! What one can begin with where nothing is chosen yet: what is broken now, and what was
//! restarted a short while ago.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::snapshot::Snapshot;
use podside_diagnosis::texts::resolve;
use podside_model::view::{Beginning, WhyBegin};
use podside_model::{Diagnosis, Lang, ObjectRef};

use crate::session::Seen;
use crate::within::within;

/// The most that is offered of what is broken; the triage has all of it.
const MOST_BROKEN: usize = 8;
/// The most that is offered of what was restarted.
const MOST_RESTARTED: usize = 4;
/// How long a restart is offered.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// What runs, and so has a log and a runbook.
const RUN: [Kind; 7] = [
    Kind::Pod,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Job,
    Kind::CronJob,
];

/// What one can begin with in a namespace, or in all: problems, worst first, then what is
/// unexplained, then the latest restarts of what else runs.
pub(super) fn beginnings(seen: &Seen, namespace: Option<&str>, lang: Lang) -> Vec<Beginning> {
    let Some(sight) = &seen.sight else {
        return Vec::new();
    };
    let snapshot = &sight.snapshot;
    let mut found = match &sight.diagnosis {
        Some(diagnosis) => {
            let here = within(diagnosis, snapshot, namespace).map_text(|it| resolve(&it, lang));
            broken(&here)
        }
        None => Vec::new(),
    };
    let is_new = |object: &ObjectRef| {
        let known = |it: &Beginning| it.object.without_container() == *object;
        !found.iter().any(known)
    };
    let restarted: Vec<Beginning> = restarted(snapshot, namespace)
        .into_iter()
        .filter(|it| is_new(&it.object))
        .take(MOST_RESTARTED)
        .collect();
    found.extend(restarted);
    found
}

/// What is not well and runs: each object once, with the first that is said of it.
fn broken(diagnosis: &Diagnosis<String>) -> Vec<Beginning> {
    let problems = diagnosis.problems.iter().filter_map(|problem| {
        let affected = problem.affects.iter().map(|it| &it.object);
        let object = running(std::iter::once(&problem.subject).chain(affected))?;
        Some(Beginning {
            object,
            why: WhyBegin::Problem {
                severity: problem.severity,
                title: problem.title.clone(),
            },
        })
    });
    let unexplained = diagnosis.unexplained.iter().filter_map(|it| {
        let object = running(std::iter::once(&it.object).chain(&it.affects))?;
        Some(Beginning {
            object,
            why: WhyBegin::Unexplained {
                what: it.what.clone(),
            },
        })
    });
    let mut found: Vec<Beginning> = Vec::new();
    for beginning in problems.chain(unexplained) {
        if found.len() == MOST_BROKEN {
            break;
        }
        if !found.iter().any(|it| it.object == beginning.object) {
            found.push(beginning);
        }
    }
    found
}

fn running<'a>(mut objects: impl Iterator<Item = &'a ObjectRef>) -> Option<ObjectRef> {
    objects
        .find(|object| RUN.iter().any(|kind| kind.is(object)))
        .cloned()
}

/// Workloads and bare Pods with a container that was restarted lately, the last one first.
fn restarted(snapshot: &Snapshot, namespace: Option<&str>) -> Vec<Beginning> {
    let now = snapshot.observed_at();
    let mut lately: BTreeMap<ObjectRef, (u32, Timestamp)> = BTreeMap::new();
    let pods = snapshot.pods.iter();
    let pods = pods.filter(|pod| namespace.is_none_or(|it| *pod.meta.namespace == *it));
    for pod in pods {
        for status in pod.statuses.iter().filter(|status| status.restarts > 0) {
            let ended = status.last_end().and_then(|(_, end)| end.finished);
            let Some(ended) = ended.filter(|at| now.duration_since(*at) <= RECENT) else {
                continue;
            };
            let top = snapshot.top_of(pod).object_ref();
            let (times, last) = lately.entry(top).or_insert((0, ended));
            *times = times.saturating_add(status.restarts);
            *last = ended.max(*last);
        }
    }
    let mut restarted: Vec<Beginning> = lately
        .into_iter()
        .filter(|(object, _)| RUN.iter().any(|kind| kind.is(object)))
        .map(|(object, (times, last))| Beginning {
            object,
            why: WhyBegin::Restarted { times, last },
        })
        .collect();
    // Equal ones stay in the order of their names.
    restarted.sort_by_key(|it| match it.why {
        WhyBegin::Restarted { last, .. } => std::cmp::Reverse(Some(last)),
        _ => std::cmp::Reverse(None),
    });
    restarted
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::{Sharing, from_object};
    use serde_json::json;

    use super::*;

    fn pod(name: &str, restarts: u32, finished: &str) -> serde_json::Value {
        json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": name, "namespace": "shop", "creationTimestamp": "2026-01-01T09:00:00Z"},
            "spec": {"containers": [{"name": "app", "image": "x"}]},
            "status": {"phase": "Running", "containerStatuses": [{
                "name": "app", "restartCount": restarts, "ready": true,
                "state": {"running": {"startedAt": "2026-01-01T11:00:00Z"}},
                "lastState": {"terminated": {"exitCode": 1, "finishedAt": finished}},
            }]},
        })
    }

    fn snapshot(objects: &[serde_json::Value]) -> Snapshot {
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        let mut snapshot = Snapshot::new(now);
        for object in objects {
            snapshot.insert(from_object(object, &Sharing::default()).unwrap());
        }
        snapshot
    }

    #[test]
    fn what_was_restarted_lately_is_offered_the_last_one_first() {
        let snapshot = snapshot(&[
            pod("early", 1, "2026-01-01T11:05:00Z"),
            pod("late", 3, "2026-01-01T11:50:00Z"),
            pod("long-ago", 2, "2026-01-01T10:00:00Z"),
            pod("never", 0, "2026-01-01T11:50:00Z"),
        ]);
        let names = |namespace| -> Vec<String> {
            let found = restarted(&snapshot, namespace);
            found.into_iter().map(|it| it.object.name).collect()
        };
        assert_eq!(names(None), ["late", "early"]);
        assert_eq!(names(Some("shop")), ["late", "early"]);
        assert!(names(Some("other")).is_empty());
    }

    #[test]
    fn a_problem_leads_to_what_runs_and_each_object_stands_once() {
        let claim = ObjectRef::namespaced("PersistentVolumeClaim", "shop", "data");
        let set = ObjectRef::namespaced("StatefulSet", "shop", "db");
        let affects = [&claim, &set];
        assert_eq!(running(affects.into_iter()), Some(set));
        let service = ObjectRef::namespaced("Service", "shop", "db");
        assert_eq!(running([&claim, &service].into_iter()), None);
    }
}
