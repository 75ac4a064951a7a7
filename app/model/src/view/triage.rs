use serde::{Deserialize, Serialize};

use super::{ChartHead, Excerpt, PastInvestigation, Reading, TriageCounts};
use crate::{Diagnosis, Problem, Strip};

/// What is broken here, worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriagePage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What the rules found, with the problems that were asked for. `None` while nothing
    /// has been read yet.
    pub diagnosis: Option<Diagnosis<String>>,
    /// How many problems there are of all; `None` with the diagnosis.
    pub counts: Option<TriageCounts>,
    /// What was observed of the subject of each problem that is shown, in their order.
    pub strips: Vec<Strip>,
    /// The kubectl command that asks the API server whether it is ready, where one can.
    pub ready_command: Option<String>,
}

/// One problem with all that proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// The problem; `None` when the rules do not find it any more.
    pub problem: Option<Problem<String>>,
    /// What was observed of its subject.
    pub strip: Option<Strip>,
    /// The piece of evidence whose object was asked for.
    pub shown: Option<ShownObject>,
    /// Investigations of this cluster that found the same cause; `None` when the history
    /// could not be read.
    pub seen_before: Option<SeenBefore>,
}

/// The object in which a piece of evidence was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownObject {
    /// The number of the piece of evidence, from 1.
    pub nth: usize,
    /// The lines round it.
    pub lines: Reading<Excerpt>,
}

/// Past investigations that found the same cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenBefore {
    /// How many there are, of those that were looked at.
    pub times: usize,
    /// The latest of them, those of the same object first.
    pub latest: Vec<PastInvestigation>,
}
