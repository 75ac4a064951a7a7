use serde::{Deserialize, Serialize};

use super::{Beginning, ChartHead, DocsLink, ProbeView, TreeRow};
use crate::{Answer, Cause, ObjectRef};

/// The runbooks that there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbooksPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What is broken or was restarted, on which one could be started.
    pub beginnings: Vec<Beginning>,
    /// The runbooks.
    pub runbooks: Vec<RunbookCard>,
}

/// A runbook in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookCard {
    /// Its id.
    pub id: String,
    /// The symptom.
    pub title: String,
    /// What it looks at.
    pub about: String,
    /// How many questions it has.
    pub questions: usize,
    /// The kinds that it starts on.
    pub targets: Vec<String>,
}

/// A runbook to be read, and to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// The symptom.
    pub title: String,
    /// What it looks at.
    pub about: String,
    /// Its steps in the order of the file.
    pub steps: Vec<RunbookStep>,
    /// How many conclusions it can reach.
    pub conclusions: usize,
    /// The whole tree.
    pub tree: Vec<TreeRow>,
    /// What it can be started on here, the chosen one first, then what is broken.
    pub targets: Vec<ObjectRef>,
}

/// One step to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunbookStep {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: String,
    /// Why it matters.
    pub why: String,
    /// How it is answered.
    pub checked_by: CheckedBy,
    /// The commands that show the same by hand.
    pub commands: Vec<String>,
    /// Where the documentation teaches it.
    pub docs: DocsLink,
    /// Where the answers lead.
    pub ways: Vec<Way>,
}

/// How a step is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckedBy {
    /// By what the diagnosis found.
    Causes {
        /// The causes.
        causes: Vec<Cause>,
    },
    /// By an expression over the Pod.
    Expression {
        /// The expression.
        source: String,
    },
    /// By an active test, after consent.
    Probe(ProbeView),
    /// By a person.
    Person,
}

/// Where some answers lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The answers.
    pub answers: Vec<Answer>,
    /// Where they lead.
    pub to: WayTo,
}

/// Where answers lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayTo {
    /// To a step.
    Step {
        /// Its id.
        id: String,
        /// Its number in the file.
        number: usize,
    },
    /// To a cause.
    Cause {
        /// The cause.
        cause: Cause,
        /// What it means.
        text: String,
    },
    /// To the cause that was found.
    Found {
        /// What to look at.
        text: String,
    },
    /// To another runbook.
    Runbook {
        /// Its id.
        id: String,
    },
    /// To an end: nothing is wrong, or nothing was found.
    End {
        /// What that means.
        text: String,
    },
}
