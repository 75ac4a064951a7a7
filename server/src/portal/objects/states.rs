//! What is not well with each object of a list: what the diagnosis found on it, or breaks
//! it; of a kind that no rule knows, what it says itself.

use std::collections::HashMap;

use podside_cluster::{Column, Line, Resource, Sight};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::texts::resolve;
use podside_model::view::UnwellWhy;
use podside_model::{Lang, Message, ObjectRef, Problem, Severity};

/// The column in which custom resources print their condition of that type, by custom.
const READY: &str = "Ready";

/// What is known of the objects of a kind.
pub(super) struct States<'a> {
    sight: &'a Sight,
    kind: Option<Kind>,
    /// The worst problem on each object, or that breaks it.
    problems: HashMap<ObjectRef, &'a Problem<Message>>,
    ready: Option<usize>,
}

/// What is not well with one object.
pub(super) struct Found<'a> {
    /// How much it breaks.
    pub(super) severity: Severity,
    problem: Option<&'a Problem<Message>>,
}

impl Found<'_> {
    /// Why, in the reader's language.
    pub(super) fn why(&self, lang: Lang) -> UnwellWhy {
        match self.problem {
            Some(problem) => UnwellWhy::Problem {
                id: problem.id(),
                title: resolve(&problem.title, lang),
            },
            None => UnwellWhy::NotReady,
        }
    }
}

impl<'a> States<'a> {
    /// What a sight tells of the objects of a kind that are printed in these columns.
    pub(super) fn of(sight: &'a Sight, resource: &Resource, columns: &[Column]) -> Self {
        let mut states = Self {
            sight,
            kind: Kind::find(&resource.kind, &resource.group),
            problems: HashMap::new(),
            ready: columns.iter().position(|column| column.name == READY),
        };
        let problems = sight.diagnosis.iter().flat_map(|it| &it.problems);
        // Worst first, so that the first one of an object counts.
        for problem in problems.filter(|problem| problem.severity != Severity::Info) {
            let affected = problem.affects.iter().map(|affected| &affected.object);
            for object in std::iter::once(&problem.subject).chain(affected) {
                let object = object.without_container();
                states.problems.entry(object).or_insert(problem);
            }
        }
        states
    }

    /// What is not well with an object.
    pub(super) fn find(&self, object: &ObjectRef, line: &Line) -> Option<Found<'a>> {
        let problem = self
            .problems
            .get(object)
            .copied()
            .or_else(|| self.of_owners(object, line));
        match problem {
            Some(problem) => Some(Found {
                severity: problem.severity,
                problem: Some(problem),
            }),
            None if self.says_not_ready(line) => Some(Found {
                severity: Severity::Warning,
                problem: None,
            }),
            None => None,
        }
    }

    /// The problem on what owns a Pod, or that breaks it. Those of its Pods that are ready are well: a rollout
    /// that is stuck leaves the old ones.
    fn of_owners(&self, object: &ObjectRef, line: &Line) -> Option<&'a Problem<Message>> {
        if self.kind != Some(Kind::Pod) || self.problems.is_empty() {
            return None;
        }
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let pod = self.sight.snapshot.pods.get(namespace, &object.name)?;
        if pod.is_ready() || pod.phase.as_ref() == "Succeeded" {
            return None;
        }
        let owner = line.owner.as_ref()?;
        let above = || super::super::resource::controller_of(self.sight, owner);
        let found = self.problems.get(owner).copied();
        found.or_else(|| self.problems.get(&above()?).copied())
    }

    /// Whether an object of a kind that the facts do not know says that it is not ready.
    fn says_not_ready(&self, line: &Line) -> bool {
        self.kind.is_none() && self.ready.is_some_and(|ready| line.cell(ready) == "False")
    }
}
