use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use podside_model::ObjectRef;

use super::fold::Case;
use super::yielding::Standing;
use crate::snapshot::Top;

/// Puts cases in order: what is worst for users first, then certain before likely, then what
/// breaks more objects, whatever kind of cause it is; ties by the registry and the subject, so
/// that the order never depends on how the snapshot was filled.
///
/// A consequence stands behind the others that are as bad, and never before its cause: a Pod
/// that finds no room because the Pods of a rollout that hangs still hold theirs is one of what
/// they hang for.
pub(super) fn sort(cases: &mut Vec<Standing<'_>>) {
    let causes = causes(cases);
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_key(|at| {
        let standing = cases.get(*at);
        standing.map(|Standing { case, severity }| {
            (
                *severity,
                causes.get(*at).is_some_and(|causes| !causes.is_empty()),
                case.finding.certainty,
                Reverse(case.breadth),
                case.rule.rank,
                case.place,
                &case.finding.subject,
            )
        })
    });
    let order = causes_first(&order, &causes);
    let sorted = order.into_iter().filter_map(|at| cases.get(at).copied());
    *cases = sorted.collect();
}

/// The same order with every cause that stood behind one of its consequences before it.
fn causes_first(order: &[usize], causes: &[Vec<usize>]) -> Vec<usize> {
    let mut placed: Vec<usize> = Vec::with_capacity(order.len());
    for at in order {
        let own = causes.get(*at).into_iter().flatten();
        // What has a cause is no cause of others, so one look behind is enough.
        for next in own.chain([at]) {
            if !placed.contains(next) {
                placed.push(*next);
            }
        }
    }
    placed
}

/// Causes that say that there is no room for a Pod.
const NO_ROOM: [&str; 5] = [
    "insufficient-cpu",
    "insufficient-memory",
    "insufficient-resource",
    "host-port-conflict",
    "pod-affinity-unsatisfied",
];

/// Of each case, by its place, those that it is a consequence of. One that says that there is no
/// room is a consequence of what keeps other Pods of its owner from working, and of what breaks
/// the owner itself; that of a service that the owner merely calls says nothing about room.
fn causes(cases: &[Standing<'_>]) -> Vec<Vec<usize>> {
    let mut causes = vec![Vec::new(); cases.len()];
    let mut without_room: BTreeMap<&ObjectRef, Vec<usize>> = BTreeMap::new();
    for (at, Standing { case, .. }) in cases.iter().enumerate() {
        if is_about_room(case) {
            without_room.entry(&case.whole).or_default().push(at);
        }
    }
    for (at, Standing { case, .. }) in cases.iter().enumerate() {
        if without_room.is_empty() || is_about_room(case) || case.finding.pods.is_empty() {
            continue;
        }
        let owners = case.tops.iter().map(Top::object_ref);
        let broken = case.broken.iter().cloned();
        let broken = broken.filter(|object| !case.callers.contains_key(object));
        let held: BTreeSet<ObjectRef> = owners.chain(broken).collect();
        for of in held.iter().filter_map(|object| without_room.get(object)) {
            for without in of {
                let pods = cases.get(*without).map(|of| &of.case.finding.pods);
                let are_others = pods.is_some_and(|pods| pods.is_disjoint(&case.finding.pods));
                if let Some(causes) = causes.get_mut(*without).filter(|_| are_others) {
                    causes.push(at);
                }
            }
        }
    }
    causes
}

fn is_about_room(case: &Case) -> bool {
    NO_ROOM.contains(&case.rule.cause)
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

    /// Two applications that fail: one whose image is missing, and one that ends by itself and
    /// that a third calls.
    #[test]
    fn what_breaks_more_stands_before_what_lies_deeper() {
        let web = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: n, uid: b, labels: {app: web}, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {nodeName: n1, containers: [{name: app, image: 'shop:1', command: [srv], ports: [{containerPort: 80}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: app, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 3, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}}]}
---";
        let lone = "
apiVersion: v1
kind: Pod
metadata: {name: lone, namespace: n, uid: a}
spec: {nodeName: n1, containers: [{name: app, image: 'reg.example/lone:9'}]}
status: {phase: Pending, containerStatuses: [{name: app, state: {waiting: {reason: ErrImagePull, message: 'manifest unknown'}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: n}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 80}]}
";
        // Its own Service is but how it is reached.
        assert_eq!(
            causes(&format!("{web}{lone}")),
            ["image-not-found", "app-exits-with-error"]
        );
        let caller = "
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: n, uid: c, labels: {app: cart}}
spec: {nodeName: n1, containers: [{name: app, image: 'shop:1', env: [{name: API, value: 'http://web'}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: app, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error, startedAt: '2026-01-01T11:58:00Z', finishedAt: '2026-01-01T11:58:01Z'}}}]}
---";
        let first = causes(&format!("{web}{caller}{lone}")).into_iter().next();
        assert_eq!(first.as_deref(), Some("app-exits-with-error"));
    }
}
