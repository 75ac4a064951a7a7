//! What a rule says that it found.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use podside_model::{Arg, Certainty, Message, ObjectRef, Relation, Severity};

use crate::facts::{Container, Object, Pod, Str};
use crate::proof::Proof;
use crate::snapshot::Snapshot;

/// A problem on its way: what a rule found on one object. Findings of one rule on one
/// subject whose titles read the same become one problem, so a rule may look at one
/// Pod at a time and need not know of its siblings.
///
/// The texts are those of the rule, filled with the arguments that [`arg`](Self::arg)
/// sets and with these, which are always there: `kind`, `name`, `namespace` (of the
/// subject), `container` (when there is one), `pods` (how many Pods it breaks).
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub(crate) subject: ObjectRef,
    pub(crate) pods: BTreeSet<(Str, Str)>,
    /// The containers in which it shows; none when it concerns Pods as a whole.
    pub(crate) containers: BTreeSet<Str>,
    /// What makes it one problem with other findings of the rule, whatever their subjects and
    /// titles are: what is broken, and in which way.
    pub(crate) fault: Option<(ObjectRef, Str)>,
    /// Those that have become one problem with it on other subjects.
    pub(crate) siblings: Vec<Sibling>,
    /// Whether the evidence shows a reason of the container's own, so that what it calls does
    /// not explain it.
    pub(crate) of_its_own: bool,
    pub(crate) certainty: Certainty,
    pub(crate) severity: Option<Severity>,
    pub(crate) args: BTreeMap<String, Arg>,
    pub(crate) title: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) fixes: Vec<Fix>,
    pub(crate) proofs: Vec<Proof>,
    pub(crate) affects: Vec<Breaks>,
    pub(crate) relation: Relation,
    pub(crate) since: Option<Timestamp>,
}

/// A step of a fix: the id of its text in the rule, and its command.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fix {
    pub(crate) text: &'static str,
    pub(crate) command: Option<String>,
}

/// A subject that has the same fault as the one that a problem is told on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sibling {
    pub(crate) subject: ObjectRef,
    /// What the texts of its fixes are filled with.
    pub(crate) args: BTreeMap<String, Arg>,
    pub(crate) fixes: Vec<Fix>,
}

/// An object that the finding breaks, beside what follows from its Pods.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breaks {
    pub(crate) object: ObjectRef,
    pub(crate) relation: Relation,
    pub(crate) state: Message,
}

impl Finding {
    /// A fault of a Pod's template as a whole: the subject is the owner at the top, or
    /// the bare Pod. The Pod counts as broken.
    pub fn on_pod(snapshot: &Snapshot, pod: &Pod) -> Self {
        Self::on_ref(snapshot.top_of(pod).object_ref()).breaks(pod)
    }

    /// A fault of one container of a Pod's template: as [`on_pod`](Self::on_pod), and
    /// the subject names the container.
    pub fn on_container(snapshot: &Snapshot, pod: &Pod, container: &Container) -> Self {
        let subject = snapshot.top_of(pod).object_ref();
        Self::on_ref(subject.with_container(&*container.name)).breaks(pod)
    }

    /// A fault of an object itself: a Service, a claim, a node.
    pub fn on(object: &impl Object) -> Self {
        Self::on_ref(object.object_ref())
    }

    /// A fault of the owner at the top of an object that is not a Pod, such as a
    /// ReplicaSet that cannot make Pods.
    pub fn on_top(snapshot: &Snapshot, object: &impl Object) -> Self {
        Self::on_ref(snapshot.top_of(object).object_ref())
    }

    /// A fault of an object by reference.
    pub fn on_ref(subject: ObjectRef) -> Self {
        Self {
            containers: subject
                .container
                .as_deref()
                .map(Str::from)
                .into_iter()
                .collect(),
            subject,
            pods: BTreeSet::new(),
            fault: None,
            siblings: Vec::new(),
            of_its_own: false,
            certainty: Certainty::Certain,
            severity: None,
            args: BTreeMap::new(),
            title: "title",
            explanation: "explanation",
            fixes: Vec::new(),
            proofs: Vec::new(),
            affects: Vec::new(),
            relation: Relation::ReferredToBy,
            since: None,
        }
    }

    /// Counts a Pod as broken by this. From the broken Pods follow the severity, the
    /// Services and Ingresses that are affected, and which symptoms this explains.
    #[must_use]
    pub fn breaks(mut self, pod: &Pod) -> Self {
        self.pods
            .insert((pod.meta.namespace.clone(), pod.meta.name.clone()));
        self
    }

    /// Says that of those Pods it keeps only this container (and others named so) from
    /// working, where the subject is more than the container. What fails in their other
    /// containers has a reason of its own, and is not hidden by this.
    #[must_use]
    pub fn shows_in(mut self, container: &Container) -> Self {
        self.containers.insert(container.name.clone());
        self
    }

    /// As [`shows_in`](Self::shows_in), of the container that a piece of evidence is of.
    #[must_use]
    pub fn shows_where(mut self, proof: &Proof) -> Self {
        let container = proof.object.container.as_deref();
        self.containers.extend(container.map(Str::from));
        self
    }

    /// Says what is broken, where others break with it: a policy, a Secret, a registry. All
    /// findings of the rule about it are one problem on the first one's subject, the other
    /// subjects and the owners of all their Pods are what it affects, and what has to be changed
    /// in each is among the steps of the fix. Without it a subject and a title make a problem.
    ///
    /// What is no object of the cluster is named like one: `ObjectRef::cluster("Registry", host)`.
    /// `way` tells several faults of one thing apart; it is empty where it can have but one.
    #[must_use]
    pub fn one_fault(mut self, broken: ObjectRef, way: impl AsRef<str>) -> Self {
        self.fault = Some((broken, Str::from(way.as_ref())));
        self
    }

    /// What the texts are filled with for a subject, whatever the rule says.
    pub(crate) fn named(args: &mut BTreeMap<String, Arg>, subject: &ObjectRef) {
        let namespace = subject.namespace.clone().unwrap_or_default();
        args.insert("kind".to_owned(), subject.kind.clone().into());
        args.insert("name".to_owned(), subject.name.clone().into());
        args.insert("namespace".to_owned(), namespace.into());
        if let Some(container) = &subject.container {
            args.insert("container".to_owned(), container.clone().into());
        }
    }

    /// Says that the reason lies in the container itself: it would fail as well if all that
    /// it calls worked.
    #[must_use]
    pub fn of_its_own(mut self) -> Self {
        self.of_its_own = true;
        self
    }

    /// How the subject breaks the owners of those Pods, where it is not itself their
    /// owner: a claim is mounted by them, a node runs them.
    #[must_use]
    pub fn relation(mut self, relation: Relation) -> Self {
        self.relation = relation;
        self
    }

    /// The evidence speaks for it and does not prove it: the text says what would.
    #[must_use]
    pub fn likely(mut self) -> Self {
        self.certainty = Certainty::Likely;
        self
    }

    /// How much it breaks, where that does not follow from its Pods. Without Pods and
    /// without this a problem is critical.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Sets an argument of the texts. What stands in the title tells one problem of a
    /// subject from another; so do not put a Pod's name there.
    #[must_use]
    pub fn arg(mut self, name: &str, value: impl Into<Arg>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// Uses another title than the text `title`.
    #[must_use]
    pub fn title(mut self, id: &'static str) -> Self {
        self.title = id;
        self
    }

    /// Uses another explanation than the text `explanation`.
    #[must_use]
    pub fn explanation(mut self, id: &'static str) -> Self {
        self.explanation = id;
        self
    }

    /// Adds a step to the fix. Without any, the text `fix` is the fix.
    #[must_use]
    pub fn fix(mut self, text: &'static str) -> Self {
        self.fixes.push(Fix {
            text,
            command: None,
        });
        self
    }

    /// Adds a step to the fix with the command that does it.
    #[must_use]
    pub fn fix_with(mut self, text: &'static str, command: impl Into<String>) -> Self {
        self.fixes.push(Fix {
            text,
            command: Some(command.into()),
        });
        self
    }

    /// Whether a step of the fix has been added.
    pub fn has_fix(&self) -> bool {
        !self.fixes.is_empty()
    }

    /// Adds a piece of evidence. The deciding one first.
    #[must_use]
    pub fn proof(mut self, proof: Proof) -> Self {
        self.proofs.push(proof);
        self
    }

    /// Puts pieces of evidence before those that are there, for what decides more.
    #[must_use]
    pub fn deciding(mut self, proofs: impl IntoIterator<Item = Proof>) -> Self {
        self.proofs.splice(0..0, proofs);
        self
    }

    /// Adds several pieces of evidence.
    #[must_use]
    pub fn proofs(mut self, proofs: impl IntoIterator<Item = Proof>) -> Self {
        self.proofs.extend(proofs);
        self
    }

    /// Names something that this breaks and that does not follow from its Pods.
    #[must_use]
    pub fn affects(mut self, object: ObjectRef, relation: Relation, state: Message) -> Self {
        self.affects.push(Breaks {
            object,
            relation,
            state,
        });
        self
    }

    /// Since when; the earliest one counts.
    #[must_use]
    pub fn since(mut self, since: Option<Timestamp>) -> Self {
        self.since = match (self.since, since) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self
    }
}
