//! Which runbook leads on from an object.

use podside_model::{ObjectRef, Problem};

/// The runbook for debugging a Pod.
pub const POD: &str = "pod";

/// The kinds that are a Pod or make Pods.
const MAKE_PODS: [&str; 7] = [
    "Pod",
    "ReplicaSet",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
];

/// The runbook that one would walk through on an object; `None` when there is none
/// for its kind.
pub fn runbook_for(object: &ObjectRef) -> Option<&'static str> {
    has_logs(object).then_some(POD)
}

/// Whether an object has containers that write a log.
pub fn has_logs(object: &ObjectRef) -> bool {
    MAKE_PODS.contains(&object.kind.as_str())
}

/// Most objects whose logs are followed at once.
const MOST_FOLLOWED: usize = 20;

/// Whose logs tell of a problem: the subject's, or when it writes none those of what it
/// breaks, in one namespace.
pub fn logs_after<T>(problem: &Problem<T>) -> Vec<&ObjectRef> {
    if has_logs(&problem.subject) {
        return vec![&problem.subject];
    }
    let mut found: Vec<&ObjectRef> = Vec::new();
    for affected in &problem.affects {
        let object = &affected.object;
        let same_namespace = found
            .first()
            .is_none_or(|first| first.namespace == object.namespace);
        if has_logs(object) && same_namespace && !found.contains(&object) {
            found.push(object);
        }
    }
    found.truncate(MOST_FOLLOWED);
    found
}
