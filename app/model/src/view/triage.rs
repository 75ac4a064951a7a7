use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChartHead, Excerpt, PastInvestigation, Reading, TriageAsk, TriageCounts};
use crate::{Diagnosis, ObjectRef, Problem, Severity, Strip};

/// What is broken here, worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriagePage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What the rules found, with the problems that were asked for. `None` while nothing
    /// has been read yet.
    pub diagnosis: Option<Diagnosis<String>>,
    /// How many critical problems there are, shown or not.
    pub critical: usize,
    /// How many warnings.
    pub warning: usize,
    /// How many notes.
    pub info: usize,
    /// How many problems match what was asked for.
    pub matching: usize,
    /// How many objects are unexplained, shown or not.
    pub unexplained: usize,
    /// How many of those match what was asked for.
    pub matching_unexplained: usize,
    /// How many objects are unsettled, shown or not.
    pub unsettled: usize,
    /// How many of those match what was asked for.
    pub matching_unsettled: usize,
    /// When the last of all that is unsettled is judged, shown or not; `None` where nothing is.
    #[serde(default, with = "crate::moment::option")]
    pub judged_by: Option<Timestamp>,
    /// How many problems of each severity, the worst first, and how many objects that are
    /// unexplained hold the text that is looked for, whatever severity was asked for.
    pub found: [usize; 4],
    /// The causes that there are, the most frequent first.
    pub causes: Vec<String>,
    /// How many problems each of the causes has. Beside them rather than with them: a list
    /// of numbers and one of words cost the browser's first page less to read.
    pub cause_counts: Vec<usize>,
    /// What was observed of the subject of each problem that is shown, in their order, then of
    /// what is unexplained.
    pub strips: Vec<Strip>,
    /// The kubectl command that asks the API server whether it is ready, where one can.
    pub ready_command: Option<String>,
}

impl TriagePage {
    /// Sets how many problems there are of all.
    pub fn count(&mut self, counts: TriageCounts) {
        self.critical = counts.critical;
        self.warning = counts.warning;
        self.info = counts.info;
        self.matching = counts.matching;
        let [critical, warning, info] = counts.found;
        self.found = [critical, warning, info, 0];
        let (causes, numbers) = counts.by_cause.into_iter().unzip();
        self.causes = causes;
        self.cause_counts = numbers;
    }

    /// Leaves in a diagnosis what was asked for of what is unexplained and unsettled, and
    /// counts all of it. The problems are counted before.
    pub fn choose_rest(&mut self, diagnosis: &mut Diagnosis<String>, ask: &TriageAsk) {
        let unexplained = std::mem::take(&mut diagnosis.unexplained);
        let unsettled = std::mem::take(&mut diagnosis.unsettled);
        (self.unexplained, self.unsettled) = (unexplained.len(), unsettled.len());
        self.judged_by = unsettled.iter().map(|it| it.judged_at).max();
        let [critical, warning, info, _] = self.found;
        let found = ask.find_unexplained(&unexplained);
        self.found = [critical, warning, info, found];
        (diagnosis.unexplained, self.matching_unexplained) = ask.choose_unexplained(unexplained);
        // Where nothing else is listed, nothing is filtered.
        let all = TriageAsk {
            shown: ask.shown,
            ..TriageAsk::default()
        };
        let is_listed = self.total() + self.unexplained > 0;
        let ask = if is_listed { ask } else { &all };
        (diagnosis.unsettled, self.matching_unsettled) = ask.choose_unsettled(unsettled);
    }

    /// All problems, shown or not.
    pub const fn total(&self) -> usize {
        self.critical + self.warning + self.info
    }

    /// How many there are of each severity, the worst first.
    pub const fn by_severity(&self) -> [(Severity, usize); 3] {
        [
            (Severity::Critical, self.critical),
            (Severity::Warning, self.warning),
            (Severity::Info, self.info),
        ]
    }
}

/// One problem with all that proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// The problem; `None` when the rules do not find it any more.
    pub problem: Option<Problem<String>>,
    /// What its fix changes: the subject, or another object such as one that is missing.
    pub changes: Option<ObjectRef>,
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
