//! The chain of a problem: who breaks whom, from the cause to the last object.

use podside_model::{Affected, EvidenceKind, ObjectRef, Problem};

/// Longest value that passes for the state of the cause.
const STATE_LENGTH: usize = 48;

/// The objects that stand equally far from the cause, with their states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage<'a> {
    /// The objects in the order in which the diagnosis lists them.
    pub objects: Vec<(&'a ObjectRef, &'a str)>,
}

/// The subject first, then what it breaks, then what that breaks. Every object
/// stands once, so that a loop of references ends.
pub fn stages(problem: &Problem<String>) -> Vec<Stage<'_>> {
    let mut stages = vec![Stage {
        objects: vec![(&problem.subject, state(problem))],
    }];
    let mut rest: Vec<&Affected<String>> = problem.affects.iter().collect();
    while !rest.is_empty() {
        let (next, later): (Vec<_>, Vec<_>) = rest.into_iter().partition(|affected| {
            stages.last().is_some_and(|stage| {
                stage
                    .objects
                    .iter()
                    .any(|(object, _)| is(object, &affected.by))
            })
        });
        if next.is_empty() {
            // What hangs on nothing that is shown stands right after the cause.
            for orphan in later {
                let at = 1.min(stages.len());
                if let Some(stage) = stages.get_mut(at) {
                    stage.objects.push((&orphan.object, &orphan.state));
                } else {
                    stages.push(Stage {
                        objects: vec![(&orphan.object, &orphan.state)],
                    });
                }
            }
            break;
        }
        stages.push(Stage {
            objects: next
                .iter()
                .map(|affected| (&affected.object, affected.state.as_str()))
                .collect(),
        });
        rest = later;
    }
    stages
}

/// What a problem breaks directly through `by`. What hangs on nothing that is
/// shown hangs on the subject.
pub fn broken_by<'a>(problem: &'a Problem<String>, by: &ObjectRef) -> Vec<&'a Affected<String>> {
    let is_subject = is(&problem.subject, by);
    problem
        .affects
        .iter()
        .filter(|affected| {
            if is(&affected.object, by) {
                return false;
            }
            let known = is(&problem.subject, &affected.by)
                || problem.affects.iter().any(|other| {
                    is(&other.object, &affected.by) && !is(&other.object, &affected.object)
                });
            is(by, &affected.by) || (is_subject && !known)
        })
        .collect()
}

/// The state of the cause in a few words: the proof's value, when it is a field of
/// the subject and short.
pub fn state(problem: &Problem<String>) -> &str {
    problem
        .evidence
        .first()
        .filter(|proof| {
            proof.kind == EvidenceKind::Field
                && is(&proof.object, &problem.subject)
                && proof.value.len() <= STATE_LENGTH
        })
        .map_or("", |proof| proof.value.as_str())
}

/// Whether two references mean the same object, containers aside.
fn is(one: &ObjectRef, other: &ObjectRef) -> bool {
    one.kind == other.kind && one.namespace == other.namespace && one.name == other.name
}

/// The English plural of an API kind, as `kubectl api-resources` spells them.
pub fn plural(kind: &str) -> String {
    if kind.ends_with("ss") || kind.ends_with('x') {
        format!("{kind}es")
    } else if let Some(stem) = kind.strip_suffix('y') {
        format!("{stem}ies")
    } else if kind.ends_with('s') {
        kind.to_owned()
    } else {
        format!("{kind}s")
    }
}
