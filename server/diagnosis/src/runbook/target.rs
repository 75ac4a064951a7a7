//! What an investigation looks at: an object, the Pod behind it, and what stands around it.

use cel::Value;
use podside_model::{Diagnosis, ObjectRef, Problem, Why};

use super::placeholder::Names;
use super::seen::{self, Seen, Unseen, View};
use crate::facts::{ContainerKind, ContainerStatus, Kind, KindRef, Meta, Object, Pod, State, Str};
use crate::snapshot::{Snapshot, Top};

/// The object that an investigation is about, found in one snapshot.
#[derive(Debug)]
pub struct Target<'a> {
    snapshot: &'a Snapshot,
    object: ObjectRef,
    pod: Result<&'a Pod, Why>,
    related: Vec<ObjectRef>,
}

impl<'a> Target<'a> {
    /// Finds an object in a snapshot. The Pod that is looked at is the one of its Pods that
    /// is worst off, so that the runbook looks at what is broken.
    pub fn find(snapshot: &'a Snapshot, object: &ObjectRef) -> Self {
        let object = object.without_container();
        let mut target = Self {
            snapshot,
            related: vec![object.clone()],
            object,
            pod: Err(Why::NotSeen),
        };
        target.pod = match target.pods() {
            // Of equally bad ones the first by name, so that the choice stays.
            Ok(pods) => pods
                .into_iter()
                .min_by_key(|pod| health(pod))
                .ok_or(Why::NotSeen),
            Err(Unseen::Unread { why, .. }) => Err(why),
            Err(Unseen::TooMuch) => Err(Why::NotSeen),
        };
        if let Ok(pod) = target.pod {
            let namespace = &*pod.meta.namespace;
            let owner = pod.meta.controller();
            let related = &mut target.related;
            related.push(pod.object_ref());
            related.extend(owner.map(|owner| owner.kind.object(namespace, &owner.name)));
            related.push(snapshot.top_of(pod).object_ref());
            related.dedup();
        }
        target
    }

    /// The object itself.
    pub const fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// The Pod that is looked at, or why there is none.
    pub const fn pod(&self) -> Result<&'a Pod, Why> {
        self.pod
    }

    pub(super) const fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// Its kind, when the facts know it.
    pub(super) fn kind(&self) -> Option<Kind> {
        Kind::of(&self.object)
    }

    /// Its namespace and name.
    pub(super) fn place(&self) -> (&str, &str) {
        let namespace = self.object.namespace.as_deref().unwrap_or_default();
        (namespace, &self.object.name)
    }

    /// Its `metadata`, when it is among the facts.
    pub(super) fn meta(&self) -> Option<&'a Meta> {
        let (namespace, name) = self.place();
        match self.kind() {
            Some(kind) => self.snapshot.meta_of(kind, namespace, name),
            None => self.snapshot.other(&self.object).map(Object::meta),
        }
    }

    /// Its uid, when it is among the facts.
    pub(super) fn uid(&self) -> Option<Str> {
        self.meta().map(|meta| Str::clone(&meta.uid))
    }

    /// The owner at the top of what is known.
    pub(super) fn top(&self) -> Seen<Top> {
        match self.meta() {
            Some(meta) => Ok(self.snapshot.top_above(self.kind_ref(), meta)),
            None => Err(self.unseen()),
        }
    }

    /// It, as expressions see it.
    pub(super) fn seen(&self, view: &View<'_>) -> Seen<Value> {
        let (namespace, name) = self.place();
        match self.kind() {
            Some(kind) => seen::object(view, kind, namespace, name, &self.object),
            None => match self.snapshot.other(&self.object) {
                Some(other) => seen::other(view, other),
                None => Err(self.unseen()),
            },
        }
    }

    /// The Pod that is looked at, or why it cannot be.
    pub(super) fn seen_pod(&self) -> Seen<&'a Pod> {
        self.pod.map_err(|why| Unseen::Unread {
            what: self.object.to_string(),
            why,
        })
    }

    /// Why nothing can be said of it; `None` when it is among the facts with its Pods, if it
    /// is something that makes Pods.
    pub(super) fn doubt(&self) -> Option<Why> {
        if self.meta().is_none()
            && let Unseen::Unread { why, .. } = self.unseen()
        {
            return Some(why);
        }
        let makes_pods = self.snapshot.template_of(&self.as_top()).is_some();
        match self.pod {
            Err(why) if makes_pods && why != Why::NotSeen => Some(why),
            _ => None,
        }
    }

    fn as_top(&self) -> Top {
        let (namespace, name) = self.place();
        Top {
            kind: self.kind_ref(),
            namespace: Str::from(namespace),
            name: Str::from(name),
            uid: Str::from(""),
        }
    }

    fn kind_ref(&self) -> KindRef {
        KindRef {
            name: Str::from(&*self.object.kind),
            group: Str::from(&*self.object.group),
        }
    }

    /// Why it is not among the facts.
    pub(super) fn unseen(&self) -> Unseen {
        let (namespace, _) = self.place();
        let unread = self
            .kind()
            .map(|kind| self.snapshot.unreadable(kind, namespace));
        Unseen::Unread {
            what: self.object.to_string(),
            why: match unread {
                Some(Some(why)) => why,
                // It was there when the investigation began.
                Some(None) => Why::Expired,
                None => Why::NotSeen,
            },
        }
    }

    /// The names for texts and commands.
    pub fn names(&self) -> Names {
        Names {
            target: self.object.clone(),
            pod: self.pod.ok().map(|pod| pod.meta.name.to_string()),
            container: self.pod.ok().and_then(container_in_question),
        }
    }

    /// Whether an object is the target, its Pod, or one of the owners between them.
    pub fn is_related(&self, object: &ObjectRef) -> bool {
        self.related.contains(&object.without_container())
    }

    /// Whether an object is related, or a Pod that has the same owner at the top as the Pod
    /// that is looked at.
    pub fn is_alike(&self, object: &ObjectRef) -> bool {
        let other = || {
            let namespace = object.namespace.as_deref().unwrap_or_default();
            let is_pod = object.kind == Kind::Pod.name();
            is_pod.then(|| self.snapshot.pods.get(namespace, &object.name))?
        };
        let are_alike = |a: &Pod, b: &Pod| self.snapshot.top_of(a) == self.snapshot.top_of(b);
        self.is_related(object)
            || self
                .pod
                .is_ok_and(|pod| other().is_some_and(|other| are_alike(pod, other)))
    }

    /// The problems that concern the target, in the diagnosis' order: what must be
    /// changed, what is affected, or what proves it is the target.
    pub fn problems(&self, diagnosis: &Diagnosis) -> Vec<Problem> {
        diagnosis
            .problems
            .iter()
            .filter(|problem| {
                self.is_related(&problem.subject)
                    || problem.affects.iter().any(|a| self.is_related(&a.object))
                    || problem.evidence.iter().any(|e| self.is_related(&e.object))
            })
            .cloned()
            .collect()
    }
}

/// How well a Pod is: the lower, the worse.
fn health(pod: &Pod) -> (bool, bool, std::cmp::Reverse<u32>) {
    let restarts = pod.statuses.iter().map(|s| s.restarts).max().unwrap_or(0);
    (
        pod.is_ready(),
        pod.is_terminating(),
        std::cmp::Reverse(restarts),
    )
}

/// The container that is worst off; the first of several equals, in the order in
/// which they start. An init container that is done is no question any more.
fn container_in_question(pod: &Pod) -> Option<String> {
    pod.containers()
        .filter(|(container, _)| container.kind != ContainerKind::Ephemeral)
        .filter(|(container, status)| !(container.kind == ContainerKind::Init && is_done(*status)))
        .min_by_key(|(container, status)| {
            let ended = status.is_some_and(|s| s.last_end().is_some());
            let ready = status.is_some_and(|s| s.ready);
            (ready, !ended, container.kind)
        })
        .map(|(container, _)| container.name.to_string())
}

fn is_done(status: Option<&ContainerStatus>) -> bool {
    matches!(status.map(|s| &s.state), Some(State::Terminated(end)) if end.exit_code == 0)
}
