use serde::{Deserialize, Serialize};

use super::ChartHead;
use crate::{ObjectRef, ProblemId};

/// What was found of a message or of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What was looked for; empty while nothing was.
    pub words: String,
    /// The kubectl command that printed it, such as `kubectl describe`, when it has the form.
    pub printed: Option<String>,
    /// The objects that say the same, what says most of it first.
    pub matches: Vec<SaysSame>,
    /// The objects that are named.
    pub objects: Vec<FoundObject>,
    /// How many objects more are named.
    pub more_objects: usize,
    /// The problems that have all of the words, as their titles.
    pub problems: Vec<(ProblemId, String)>,
    /// The runbook that asks about such a message, where nothing says the same.
    pub runbook: Option<FoundRunbook>,
}

impl FoundPage {
    /// The longest text that is looked for, in characters: it stands in the address.
    pub const LONGEST: usize = 1_600;
}

/// An object that says what was pasted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaysSame {
    /// The object.
    pub object: ObjectRef,
    /// Whether it says so in a log; else in an event or its state.
    pub in_log: bool,
    /// The reason that stands with it; empty where there is none.
    pub reason: String,
    /// What it says.
    pub text: String,
    /// The part that was pasted too; empty when it is the reason that was.
    pub mark: String,
    /// The problem that has to do with the object, with its title.
    pub problem: Option<(ProblemId, String)>,
}

/// An object that was found by its name, and the problem that has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundObject {
    /// The object.
    pub object: ObjectRef,
    /// The problem, with its title.
    pub problem: Option<(ProblemId, String)>,
}

/// A runbook that goes on where nothing was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRunbook {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The step that asks about such a message, and its question; `None` when nothing says
    /// what kind of message it is.
    pub step: Option<(String, String)>,
}
