//! What is not well with each object: the worst problem on it, or that breaks it; else what no
//! rule explains about it.

use std::collections::HashMap;

use podside_cluster::Sight;
use podside_diagnosis::facts::Kind;
use podside_model::{Message, ObjectRef, Problem, Severity, Unexplained};

use super::resource::controller_of;

/// What is not well with one object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unwell<'a> {
    /// A problem on it, or one that breaks it.
    Problem(&'a Problem<Message>),
    /// It is visibly not well, and no rule explains it.
    Unexplained(&'a Unexplained<Message>),
}

impl Unwell<'_> {
    /// How much it breaks. Of what no rule explains it is not known, so it warns.
    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::Problem(problem) => problem.severity,
            Self::Unexplained(_) => Severity::Warning,
        }
    }
}

/// What is not well with each object of a cluster. Notes are left out.
pub(super) struct Worst<'a> {
    sight: &'a Sight,
    of: HashMap<ObjectRef, Unwell<'a>>,
}

impl<'a> Worst<'a> {
    /// What a sight tells.
    pub(super) fn of(sight: &'a Sight) -> Self {
        let mut of = HashMap::new();
        let problems = sight.diagnosis.iter().flat_map(|it| &it.problems);
        // Worst first, so that the first one of an object counts.
        for problem in problems.filter(|problem| problem.severity != Severity::Info) {
            let affected = problem.affects.iter().map(|affected| &affected.object);
            for object in std::iter::once(&problem.subject).chain(affected) {
                of.entry(object.without_container())
                    .or_insert(Unwell::Problem(problem));
            }
        }
        for unexplained in sight.diagnosis.iter().flat_map(|it| &it.unexplained) {
            for object in std::iter::once(&unexplained.object).chain(&unexplained.affects) {
                of.entry(object.without_container())
                    .or_insert(Unwell::Unexplained(unexplained));
            }
        }
        Self { sight, of }
    }

    /// What is not well with an object; of a Pod or a ReplicaSet that is not ready also what is
    /// not well with its owners. Those of its Pods that are ready are well: a rollout that is
    /// stuck leaves the old ones.
    pub(super) fn get(&self, object: &ObjectRef) -> Option<Unwell<'a>> {
        let own = self.of.get(object).copied();
        if own.is_some() || self.of.is_empty() {
            return own;
        }
        let (namespace, name) = (
            object.namespace.as_deref().unwrap_or_default(),
            &object.name,
        );
        let snapshot = &self.sight.snapshot;
        let is_ready = match Kind::of(object)? {
            Kind::Pod => {
                let pod = snapshot.pods.get(namespace, name)?;
                pod.is_ready() || pod.phase.as_ref() == "Succeeded"
            }
            Kind::ReplicaSet => {
                let set = snapshot.replica_sets.get(namespace, name)?;
                set.replicas.ready >= set.replicas.wanted
            }
            _ => true,
        };
        if is_ready {
            None
        } else {
            self.of_owners(object)
        }
    }

    fn of_owners(&self, object: &ObjectRef) -> Option<Unwell<'a>> {
        /// A Pod of a Job of a `CronJob` has two owners; a cycle has no end.
        const MOST: usize = 8;
        let above = |owner: &ObjectRef| controller_of(self.sight, owner);
        std::iter::successors(above(object), above)
            .take(MOST)
            .find_map(|owner| self.of.get(&owner).copied())
    }
}
