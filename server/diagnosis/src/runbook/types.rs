use std::collections::HashSet;

use podside_model::{Answer, Cause, Lang, Texts};

use super::expression::Expression;
use super::format::Show;
use super::placeholder::Template;
use super::probe::Probe;
use super::translated::translated;

/// A runbook that was read without fault: every step is reachable, every branch
/// leads somewhere, no walk goes round in a circle, both languages are there.
#[derive(Clone, Debug)]
pub struct Runbook {
    /// The id, as it stands in URLs.
    pub id: String,
    /// Raised with every change of meaning.
    pub version: u32,
    /// The symptom in the words of a person who sees it.
    pub title: Texts,
    /// What the runbook looks at.
    pub about: Texts,
    /// The API kinds that it can be started on.
    pub targets: Vec<String>,
    /// The steps; the walk starts with the first.
    pub steps: Vec<Step>,
}

/// One question of a runbook.
#[derive(Clone, Debug)]
pub struct Step {
    /// The id.
    pub id: String,
    /// The question, with placeholders.
    pub question: Texts,
    /// The question in a few words, with placeholders.
    pub label: Texts,
    /// Why it matters, with placeholders.
    pub why: Texts,
    /// How the evidence answers it.
    pub check: Check,
    /// What of the target and its Pod is shown beside the answer.
    pub shows: Vec<Show>,
    /// The commands that show the same by hand.
    pub commands: Vec<Template>,
    /// Where the documentation teaches it.
    pub docs: Docs,
    /// Where "yes" leads.
    pub yes: Next,
    /// Where "no" leads.
    pub no: Next,
    /// Where "can't tell" leads.
    pub unknown: Next,
}

/// How the evidence answers a question.
#[derive(Clone, Debug)]
pub enum Check {
    /// Has the diagnosis found one of these causes on the target?
    Causes {
        /// The causes.
        causes: Vec<Cause>,
        /// The answer that a found cause suggests.
        when_true: Answer,
    },
    /// Does the expression hold for the target's facts?
    Cel {
        /// The expression.
        expression: Expression,
        /// The answer that `true` suggests.
        when_true: Answer,
    },
    /// An active test in the cluster, which needs consent.
    Probe(Probe),
    /// Only a person can answer.
    Ask,
}

/// A page of documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Docs {
    /// Its address.
    pub url: String,
    /// Its title and the section's.
    pub title: Texts,
}

impl Docs {
    /// Its address in the reader's language, where the page is translated.
    pub fn url_in(&self, lang: Lang) -> String {
        translated(&self.url, lang)
    }
}

/// Where an answer leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To another step.
    Step(String),
    /// To this cause.
    Cause {
        /// The cause.
        cause: Cause,
        /// What it means.
        text: Texts,
    },
    /// To whichever of the check's causes was found.
    Found {
        /// What is said when a person answers so and none was found.
        text: Texts,
    },
    /// To another runbook.
    Runbook {
        /// Its id.
        runbook: String,
        /// Why.
        text: Texts,
    },
    /// To the conclusion that nothing is wrong.
    NothingWrong {
        /// What that means.
        text: Texts,
    },
    /// To an end without a cause.
    Open {
        /// What to do next.
        text: Texts,
    },
}

impl Runbook {
    /// The step of that id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The place of a step in the file, counted from 1.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.steps
            .iter()
            .position(|step| step.id == id)
            .map(|index| index + 1)
    }

    /// How many different conclusions the runbook can reach.
    pub fn conclusions(&self) -> usize {
        self.steps
            .iter()
            .flat_map(Step::leaves)
            .filter(|(_, next)| !matches!(next, Next::Step(_)))
            .count()
    }

    /// The number of questions on the longest walk from a step on, itself included.
    pub fn longest_from(&self, id: &str) -> usize {
        let mut known = vec![None; self.steps.len()];
        self.longest(id, &mut known)
    }

    /// The steps that can come after a step.
    pub fn steps_after(&self, id: &str) -> HashSet<&str> {
        let mut found = HashSet::new();
        let mut open: Vec<&Step> = self.step(id).into_iter().collect();
        while let Some(step) = open.pop() {
            for (_, next) in step.leaves() {
                if let Some(next) = next.step().and_then(|id| self.step(id))
                    && found.insert(next.id.as_str())
                {
                    open.push(next);
                }
            }
        }
        found
    }

    /// Whether some walk from one step comes to another.
    pub fn leads_to(&self, from: &str, to: &str) -> bool {
        self.steps_after(from).contains(to)
    }

    fn longest(&self, id: &str, known: &mut [Option<usize>]) -> usize {
        let Some(index) = self.steps.iter().position(|step| step.id == id) else {
            return 0;
        };
        if let Some(Some(length)) = known.get(index) {
            return *length;
        }
        let length = 1 + self
            .steps
            .get(index)
            .into_iter()
            .flat_map(Step::leaves)
            .filter_map(|(_, next)| next.step())
            .map(|next| self.longest(next, known))
            .max()
            .unwrap_or(0);
        if let Some(slot) = known.get_mut(index) {
            *slot = Some(length);
        }
        length
    }
}

impl Step {
    /// Where an answer leads.
    pub const fn next(&self, answer: Answer) -> &Next {
        match answer {
            Answer::Yes => &self.yes,
            Answer::No => &self.no,
            Answer::Unknown => &self.unknown,
        }
    }

    /// The different ways on, each with the answers that lead there.
    pub fn leaves(&self) -> Vec<(Vec<Answer>, &Next)> {
        let mut ways: Vec<(Vec<Answer>, &Next)> = Vec::with_capacity(3);
        for answer in Answer::ALL {
            let next = self.next(answer);
            match ways.iter_mut().find(|(_, known)| *known == next) {
                Some((answers, _)) => answers.push(answer),
                None => ways.push((vec![answer], next)),
            }
        }
        ways
    }
}

impl Next {
    /// The step that it leads to, if it is one.
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Step(id) => Some(id),
            _ => None,
        }
    }
}
