//! What is not well with each object of a list: what the diagnosis found on it, or breaks
//! it, or cannot explain; of a kind that no rule knows, what it says itself.

use podside_cluster::{Column, Line, Resource, Sight};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::texts::resolve;
use podside_model::view::UnwellWhy;
use podside_model::{Lang, ObjectRef, Severity};

use super::super::worst::{self, Worst};

/// The column in which custom resources print their condition of that type, by custom.
const READY: &str = "Ready";

/// What is known of the objects of a kind.
pub(super) struct States<'a> {
    worst: Worst<'a>,
    /// The column in which a kind that the facts do not know says whether it is ready.
    ready: Option<usize>,
}

/// What is not well with one object.
pub(super) struct Found<'a> {
    /// How much it breaks.
    pub(super) severity: Severity,
    found: Option<worst::Unwell<'a>>,
}

impl Found<'_> {
    /// Why, in the reader's language.
    pub(super) fn why(&self, lang: Lang) -> UnwellWhy {
        match self.found {
            Some(worst::Unwell::Problem(problem)) => UnwellWhy::Problem {
                id: problem.id(),
                title: resolve(&problem.title, lang),
            },
            Some(worst::Unwell::Unexplained(unexplained)) => {
                UnwellWhy::Unexplained(resolve(&unexplained.what, lang))
            }
            None => UnwellWhy::NotReady,
        }
    }
}

impl<'a> States<'a> {
    /// What a sight tells of the objects of a kind that are printed in these columns.
    pub(super) fn of(sight: &'a Sight, resource: &Resource, columns: &[Column]) -> Self {
        let is_known = Kind::find(&resource.kind, &resource.group).is_some();
        let ready = columns.iter().position(|column| column.name == READY);
        Self {
            worst: Worst::of(sight),
            ready: ready.filter(|_| !is_known),
        }
    }

    /// What is not well with an object.
    pub(super) fn find(&self, object: &ObjectRef, line: &Line) -> Option<Found<'a>> {
        match self.worst.get(object) {
            Some(found) => Some(Found {
                severity: found.severity(),
                found: Some(found),
            }),
            None if self.says_not_ready(line) => Some(Found {
                severity: Severity::Warning,
                found: None,
            }),
            None => None,
        }
    }

    /// Whether an object of a kind that the facts do not know says that it is not ready.
    fn says_not_ready(&self, line: &Line) -> bool {
        self.ready.is_some_and(|ready| line.cell(ready) == "False")
    }
}
