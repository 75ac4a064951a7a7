//! What a cluster says: the texts among which a pasted message is looked for.

use std::collections::HashSet;

use podside_model::{Diagnosis, EvidenceKind, ObjectRef};

use crate::facts::{Object, State};
use crate::snapshot::Snapshot;

/// The most texts that are looked at.
const MOST: usize = 50_000;

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// What proves a problem, or what is quoted of what is unexplained.
    Proof,
    /// An event.
    Event,
    /// The state of a container or of a Pod.
    State,
    /// A line of a log that was read.
    Log,
}

/// One text of a cluster.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// What it is about.
    pub(super) object: ObjectRef,
    /// The reason that stands with it; empty where there is none.
    pub(super) reason: String,
    pub(super) text: String,
    pub(super) source: Source,
}

/// Everything that is said in a namespace, or in all, each text of an object once.
pub(super) fn texts<T>(
    snapshot: &Snapshot,
    diagnosis: &Diagnosis<T>,
    namespace: Option<&str>,
) -> Vec<Text> {
    let mut said = Said {
        seen: HashSet::new(),
        texts: Vec::new(),
        namespace,
    };
    for problem in &diagnosis.problems {
        for piece in &problem.evidence {
            if matches!(
                piece.kind,
                EvidenceKind::Event | EvidenceKind::Log | EvidenceKind::Field
            ) {
                let reason = piece.reason.as_deref().unwrap_or_default();
                said.add(
                    piece.object.without_container(),
                    reason,
                    &piece.value,
                    Source::Proof,
                );
            }
        }
    }
    for quoted in diagnosis.unexplained.iter().flat_map(|it| &it.said) {
        said.add(
            quoted.object.without_container(),
            &quoted.reason,
            &quoted.message,
            Source::Proof,
        );
    }
    for event in snapshot.events.iter() {
        let about = &event.about;
        let object = about.kind.object(&about.namespace, &about.name);
        said.add(object, &event.reason, &event.message, Source::Event);
    }
    for pod in snapshot.pods.iter() {
        said.add(
            pod.object_ref(),
            &pod.reason,
            pod.message.as_deref().unwrap_or_default(),
            Source::State,
        );
        for condition in &pod.conditions {
            if let Some(message) = &condition.message {
                said.add(pod.object_ref(), &condition.reason, message, Source::State);
            }
        }
        for state in pod.statuses.iter().flat_map(|it| [&it.state, &it.last]) {
            match state {
                State::Waiting { reason, message } => {
                    said.add(
                        pod.object_ref(),
                        reason,
                        message.as_deref().unwrap_or_default(),
                        Source::State,
                    );
                }
                State::Terminated(end) => {
                    let message = end.message.as_deref().unwrap_or_default();
                    for line in message.lines() {
                        said.add(pod.object_ref(), "", line, Source::State);
                    }
                    said.add(pod.object_ref(), &end.reason, "", Source::State);
                }
                State::Running { .. } | State::Absent => {}
            }
        }
    }
    for (of, lines) in snapshot.logs_read() {
        let pod = ObjectRef::namespaced("Pod", &*of.namespace, &*of.pod);
        for line in lines {
            said.add(pod.clone(), "", &line.text, Source::Log);
        }
    }
    said.texts
}

struct Said<'a> {
    seen: HashSet<(ObjectRef, String)>,
    texts: Vec<Text>,
    namespace: Option<&'a str>,
}

impl Said<'_> {
    fn add(&mut self, object: ObjectRef, reason: &str, text: &str, source: Source) {
        let is_here = self.namespace.is_none_or(|namespace| {
            object
                .namespace
                .as_deref()
                .is_none_or(|its| its == namespace)
        });
        if !is_here || self.texts.len() >= MOST || (text.is_empty() && reason.is_empty()) {
            return;
        }
        if self
            .seen
            .insert((object.clone(), format!("{reason}\n{text}")))
        {
            self.texts.push(Text {
                object,
                reason: reason.to_owned(),
                text: text.to_owned(),
                source,
            });
        }
    }
}
