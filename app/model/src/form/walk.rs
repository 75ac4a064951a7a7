use serde::{Deserialize, Serialize};

use super::NamedObject;
use crate::Answer;

/// Starts an investigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartForm {
    /// The cluster that the target is on; `None` for the first one.
    pub cluster: Option<String>,
    /// The id of the runbook that is followed.
    pub runbook: String,
    /// What is looked at.
    pub target: NamedObject,
}

/// Answers the present step of an investigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerForm {
    /// The number of the last entry that its sender saw: who was outrun does nothing.
    pub after: u32,
    /// The id of the step.
    pub step: String,
    /// The answer.
    pub answer: Answer,
}

/// Goes back to a step of an investigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnForm {
    /// The number of the last entry that its sender saw.
    pub after: u32,
    /// The id of the step.
    pub step: String,
}

/// Lets an investigation go on by itself as far as the evidence leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalkForm {
    /// The number of the last entry that its sender saw.
    pub after: u32,
}

/// Runs the test of the present step, exactly as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunForm {
    /// The number of the last entry that its sender saw.
    pub after: u32,
    /// The id of the step.
    pub step: String,
    /// The fingerprint of what was shown.
    pub plan: String,
}

/// Adds a note to an investigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteForm {
    /// The id of the step that it is about.
    pub step: Option<String>,
    /// What it says.
    pub text: String,
}

/// Searches the past investigations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistorySearch {
    /// Words that must all occur; none finds everything.
    #[serde(default)]
    pub words: String,
}
