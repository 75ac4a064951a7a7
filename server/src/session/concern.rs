//! What a page of one object is made of, so that it is told of what concerns it and of nothing
//! else.

use podside_cluster::Sight;
use podside_diagnosis::facts::Kind;
use podside_diagnosis::observations::{strip_of, strips_from};
use podside_diagnosis::snapshot::Footprint;
use podside_model::{Message, ObjectRef, Problem, Unexplained, Unsettled};

/// A chain of owners is no longer than this on a page.
const MOST_OWNERS: usize = 8;

/// An object, those that own it, and the facts that its pages show.
#[derive(Debug)]
pub(super) struct Concern {
    /// The object, then its owners.
    objects: Vec<ObjectRef>,
    facts: Footprint,
}

impl Concern {
    /// What concerns a page of that object in a sight; `None` of a kind that the facts do not
    /// know.
    pub(super) fn with(object: &ObjectRef, sight: &Sight) -> Option<Self> {
        let kind = Kind::of(object)?;
        let mut objects = Vec::new();
        let facts = Footprint::of(|| {
            objects = with_owners(object, sight);
            let snapshot = &sight.snapshot;
            let namespace = object.namespace.as_deref().unwrap_or_default();
            let (group, name) = (&object.group, &object.name);
            let _ = snapshot.events_about(group, &object.kind, namespace, name);
            // How many keys those have that an environment is taken from.
            if kind.is_namespaced() {
                let _ = snapshot.config_maps.in_namespace(namespace);
                let _ = snapshot.secrets.in_namespace(namespace);
            }
            for problem in problems(&objects, sight) {
                let from = strips_from(snapshot.observed_at(), problem.since);
                strip_of(snapshot, problem, from);
            }
        });
        Some(Self { objects, facts })
    }

    /// The object of the page.
    pub(super) fn object(&self) -> Option<&ObjectRef> {
        self.objects.first()
    }

    /// Whether a later sight shows it as the one does that it was made of, or one that was
    /// like it.
    pub(super) fn is_alike(&self, older: &Sight, newer: &Sight) -> bool {
        older.diagnosis.is_some() == newer.diagnosis.is_some()
            && problems(&self.objects, older).eq(problems(&self.objects, newer))
            && unexplained(&self.objects, older).eq(unexplained(&self.objects, newer))
            && unsettled(&self.objects, older).eq(unsettled(&self.objects, newer))
            && !self.facts.differs(&older.snapshot, &newer.snapshot)
    }
}

fn with_owners(object: &ObjectRef, sight: &Sight) -> Vec<ObjectRef> {
    let mut objects: Vec<ObjectRef> = Vec::new();
    let mut next = Some(object.without_container());
    while let Some(object) = next {
        if objects.len() > MOST_OWNERS || objects.contains(&object) {
            break;
        }
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let meta = Kind::of(&object)
            .and_then(|kind| sight.snapshot.meta_of(kind, namespace, &object.name));
        let owner = meta.and_then(|meta| meta.controller());
        next = owner.map(|owner| owner.kind.object(namespace, &owner.name));
        objects.push(object);
    }
    objects
}

/// The problems on these objects and those that break them.
fn problems<'a>(
    objects: &[ObjectRef],
    sight: &'a Sight,
) -> impl Iterator<Item = &'a Problem<Message>> {
    let is_meant = |object: &ObjectRef| objects.contains(&object.without_container());
    let diagnosis = sight.diagnosis.iter();
    diagnosis
        .flat_map(|diagnosis| &diagnosis.problems)
        .filter(move |problem| {
            let mut affected = problem.affects.iter().map(|affected| &affected.object);
            is_meant(&problem.subject) || affected.any(is_meant)
        })
}

/// What is said to be unexplained about these objects.
fn unexplained<'a>(
    objects: &[ObjectRef],
    sight: &'a Sight,
) -> impl Iterator<Item = &'a Unexplained<Message>> {
    let diagnosis = sight.diagnosis.iter();
    diagnosis
        .flat_map(|diagnosis| &diagnosis.unexplained)
        .filter(|it| objects.contains(&it.object) || it.affects.iter().any(|o| objects.contains(o)))
}

/// What is said to be unsettled about these objects.
fn unsettled<'a>(
    objects: &[ObjectRef],
    sight: &'a Sight,
) -> impl Iterator<Item = &'a Unsettled<Message>> {
    let diagnosis = sight.diagnosis.iter();
    diagnosis
        .flat_map(|diagnosis| &diagnosis.unsettled)
        .filter(|it| objects.contains(&it.object) || it.affects.iter().any(|o| objects.contains(o)))
}
