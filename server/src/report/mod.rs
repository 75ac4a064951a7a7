//! A diagnosis or a shared investigation written out: for a terminal, for a script, for an
//! issue.

mod json;
mod markdown;
mod shared;
mod shared_words;
mod terminal;
mod words;

pub(crate) use json::json;
pub(crate) use markdown::markdown;
pub(crate) use shared::{file_name, shared};
pub(crate) use terminal::{Paper, terminal};

use podside_model::{Diagnosis, Lang, Severity};

/// A diagnosis and what frames it.
pub(crate) struct Report<'a> {
    /// What was found, in the reader's language.
    pub(crate) diagnosis: &'a Diagnosis<String>,
    /// The cluster's name.
    pub(crate) cluster: &'a str,
    /// The namespace that was looked at; `None` for all.
    pub(crate) namespace: Option<&'a str>,
    /// The reader's language.
    pub(crate) lang: Lang,
}

impl Report<'_> {
    /// How many problems there are of a severity.
    fn count(&self, severity: Severity) -> usize {
        self.diagnosis
            .problems
            .iter()
            .filter(|problem| problem.severity == severity)
            .count()
    }
}

#[cfg(test)]
mod tests;
