use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use podside_model::ObjectRef;

use super::yielding::Standing;
use crate::facts::Str;

/// Puts cases in order: what breaks most for users first, then certain before likely,
/// then what breaks more objects; ties by the registry and the subject, so that the
/// order never depends on how the snapshot was filled.
///
/// A Pod that finds no room because the Pods of a rollout that hangs still hold theirs is a
/// consequence of what they hang for, and stands behind it.
pub(super) fn sort(cases: &mut [Standing<'_>]) {
    let held_up = held_up(cases);
    cases.sort_by(|a, b| {
        let key = |standing: &Standing<'_>| {
            (
                standing.severity,
                is_consequence(standing, &held_up),
                standing.case.finding.certainty,
                standing.case.rule.rank,
                Reverse(standing.case.problem.affects.len()),
                standing.case.place,
            )
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.case.finding.subject.cmp(&b.case.finding.subject))
    });
}

/// Causes that say that there is no room for a Pod.
const NO_ROOM: [&str; 5] = [
    "insufficient-cpu",
    "insufficient-memory",
    "insufficient-resource",
    "host-port-conflict",
    "pod-affinity-unsatisfied",
];

/// The Pods that fail for another reason than want of room, by what owns them.
fn held_up<'a>(cases: &[Standing<'a>]) -> BTreeMap<&'a ObjectRef, BTreeSet<&'a (Str, Str)>> {
    let mut all: BTreeMap<&ObjectRef, BTreeSet<&(Str, Str)>> = BTreeMap::new();
    for Standing { case, .. } in cases {
        if !NO_ROOM.contains(&case.rule.cause) && !case.finding.pods.is_empty() {
            let pods = all.entry(&case.whole).or_default();
            pods.extend(&case.finding.pods);
        }
    }
    all
}

/// Whether a case is about want of room for Pods whose siblings fail for another reason.
fn is_consequence(
    standing: &Standing<'_>,
    held_up: &BTreeMap<&ObjectRef, BTreeSet<&(Str, Str)>>,
) -> bool {
    let case = standing.case;
    NO_ROOM.contains(&case.rule.cause)
        && held_up
            .get(&case.whole)
            .is_some_and(|pods| case.finding.pods.iter().all(|pod| !pods.contains(pod)))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    /// A Deployment whose Pod of the new revision cannot start, and one more that finds no
    /// room beside it.
    const OBJECTS: &str = "
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {allocatable: {memory: 8Gi, pods: 100, cpu: 2}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: n, uid: d}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: 'shop:1', command: [srv], resources: {requests: {cpu: 2}}}]}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: api-1, namespace: n, uid: r, ownerReferences: [{kind: Deployment, name: api, uid: d, controller: true}]}
spec: {replicas: 2}
---
apiVersion: v1
kind: Pod
metadata: {name: api-1-a, namespace: n, uid: a, labels: {app: api}, creationTimestamp: '2026-01-01T11:00:00Z', ownerReferences: [{kind: ReplicaSet, name: api-1, uid: r, controller: true}]}
spec: {nodeName: n1, containers: [{name: app, image: 'shop:1', command: [srv], resources: {requests: {cpu: 2}}}]}
status: {phase: Running, containerStatuses: [{name: app, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 3, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api-1-b, namespace: n, uid: b, labels: {app: api}, creationTimestamp: '2026-01-01T11:00:00Z', ownerReferences: [{kind: ReplicaSet, name: api-1, uid: r, controller: true}]}
spec: {containers: [{name: app, image: 'shop:1', command: [srv], resources: {requests: {cpu: 2}}}]}
status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available: 1 Insufficient cpu.'}]}
";

    fn causes(objects: &str) -> Vec<String> {
        let problems = check(objects).judge().diagnosis.problems;
        problems.iter().map(|p| p.cause.to_string()).collect()
    }

    #[test]
    fn want_of_room_stands_behind_what_its_siblings_fail_for() {
        assert_eq!(
            causes(OBJECTS),
            ["app-exits-with-error", "insufficient-cpu"]
        );
        let well = OBJECTS.replace(
            "status: {phase: Running, containerStatuses: [{name: app, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 3, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}}]}",
            "status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}",
        );
        assert_eq!(causes(&well), ["insufficient-cpu"]);
    }
}
