//! A diagnosis of a cluster, seen from one namespace.

use podside_model::{Diagnosis, ObjectRef, Problem};

/// The part of a diagnosis that concerns a namespace: problems on its objects, problems
/// elsewhere that break them, and problems of the cluster itself. All of it for `None`.
pub(crate) fn within<T: Clone>(diagnosis: &Diagnosis<T>, namespace: Option<&str>) -> Diagnosis<T> {
    let mut diagnosis = diagnosis.clone();
    let Some(namespace) = namespace else {
        return diagnosis;
    };
    diagnosis
        .problems
        .retain(|problem| concerns(problem, namespace));
    let is_here = |object: &ObjectRef| object.namespace.as_deref() == Some(namespace);
    let touches =
        |object: &ObjectRef, affects: &[ObjectRef]| is_here(object) || affects.iter().any(is_here);
    diagnosis
        .unsettled
        .retain(|unsettled| touches(&unsettled.object, &unsettled.affects));
    diagnosis
        .unexplained
        .retain(|unexplained| touches(&unexplained.object, &unexplained.affects));
    diagnosis.unknown.retain(|unknown| {
        !unknown.spare
            && unknown
                .object
                .as_ref()
                .is_none_or(|object| is_in(object, namespace))
    });
    diagnosis
        .checked
        .retain(|checked| is_in(&checked.object, namespace));
    diagnosis
}

/// Whether a problem is on, or breaks, an object of a namespace, or is the cluster's own.
pub(crate) fn concerns<T>(problem: &Problem<T>, namespace: &str) -> bool {
    is_in(&problem.subject, namespace)
        || problem
            .affects
            .iter()
            .any(|affected| affected.object.namespace.as_deref() == Some(namespace))
}

fn is_in(object: &ObjectRef, namespace: &str) -> bool {
    object
        .namespace
        .as_deref()
        .is_none_or(|its| its == namespace)
}
