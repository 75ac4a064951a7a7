use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Answer, Cause, Evidence, MissingRight, NoSuggestion, Problem, Redacted};

/// One row of a runbook's tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeRow {
    /// The lane, from 0 for the main chain.
    pub lane: usize,
    /// The row of the step that leads here; `None` for the first.
    pub parent: Option<usize>,
    /// The answers to that step which lead here.
    pub via: Vec<Answer>,
    /// What stands here.
    pub place: TreePlace,
    /// How the walk relates to it.
    pub state: TreeState,
}

/// What stands in a row of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreePlace {
    /// A question.
    Step {
        /// The step's id.
        id: String,
        /// The question in a few words.
        label: String,
    },
    /// The way goes on at a step that stands elsewhere.
    OnTo {
        /// The step's id.
        id: String,
        /// Its question in a few words.
        label: String,
    },
    /// One of these causes.
    Causes {
        /// The causes; one or more.
        causes: Vec<Cause>,
    },
    /// Another runbook.
    Runbook {
        /// Its id.
        id: String,
    },
    /// Nothing is wrong.
    NothingWrong,
    /// An end without a cause.
    Open,
}

/// How a walk relates to a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TreeState {
    /// The walk went through it.
    Taken {
        /// The answer that counted.
        answer: Answer,
        /// The fact behind it.
        fact: Option<String>,
    },
    /// The walk ended here, or went on elsewhere from here.
    Reached,
    /// The walk went through it and back.
    Left {
        /// The answer that counted then.
        answer: Answer,
        /// When it was left.
        #[serde(with = "crate::moment")]
        at: Timestamp,
    },
    /// The walk is here.
    Here {
        /// The answer that the evidence suggests.
        suggested: Option<Answer>,
    },
    /// The walk may still come here.
    Ahead {
        /// Whether the evidence at the present step suggests it.
        suggested: bool,
    },
    /// The walk took another way.
    NotTaken,
}

/// A page of documentation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocsLink {
    /// Its address.
    pub url: String,
    /// Its title and the section's.
    pub title: String,
}

/// The step whose answer is awaited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepView {
    /// Its id.
    pub id: String,
    /// Its number in the walk, from 1.
    pub number: usize,
    /// The number of steps of the longest walk from here, what was walked included.
    pub at_most: usize,
    /// The question.
    pub question: String,
    /// Why it matters.
    pub why: String,
    /// The answer that the evidence suggests; `Err` when it suggests none.
    pub suggests: Result<Answer, NoSuggestion>,
    /// The evidence.
    pub evidence: Vec<Evidence<String>>,
    /// The commands that show the same by hand.
    pub commands: Vec<String>,
    /// The active test that would answer it.
    pub probe: Option<ProbeStep>,
    /// Where the documentation teaches it.
    pub docs: DocsLink,
}

/// An active test that needs consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeView {
    /// What it does.
    pub what: String,
    /// The command.
    pub command: String,
}

/// The active test of the present step, and how it would be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeStep {
    /// What it does.
    pub what: String,
    /// How it would be run; else why it is not run here, in the reader's language.
    pub run: Result<ProbeRun, String>,
}

/// How a test would be run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeRun {
    /// Where.
    pub place: ProbePlace,
    /// The commands, as kubectl would run them: the one that is allowed, and how the output of
    /// what is created is read.
    pub commands: Vec<String>,
    /// The object that is created, as YAML or JSON, where one is.
    pub object: Option<String>,
    /// The rights that are missing for it, and the Role that gives them.
    pub lacks: Option<ProbeLacks>,
    /// Why it is not known whether rights are missing.
    pub unasked: Option<String>,
    /// Why it is not run here, in the reader's language; `None` where it is.
    pub locked: Option<String>,
    /// When exactly this was allowed last.
    #[serde(default, with = "crate::moment::option")]
    pub allowed: Option<Timestamp>,
    /// The fingerprint of all of this: what is allowed is this and nothing else.
    pub plan: String,
}

/// Where a test is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProbePlace {
    /// In a container that runs.
    In {
        /// The Pod.
        pod: String,
        /// The container.
        container: String,
    },
    /// In a container that is added to a Pod.
    Beside {
        /// The Pod.
        pod: String,
        /// Its image.
        image: String,
    },
    /// In a Pod of Podside's own.
    OwnPod {
        /// Its namespace.
        namespace: String,
        /// Its image.
        image: String,
    },
}

/// Rights that are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeLacks {
    /// The rights.
    pub rights: Vec<MissingRight>,
    /// The smallest Role that gives them, with its binding, as YAML.
    pub role: String,
}

/// Where a walk ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConclusionView {
    /// A root cause.
    Cause {
        /// The cause.
        cause: Cause,
        /// What the runbook says about it.
        text: String,
        /// The problem with proof and fix; `None` if only answers led here.
        problem: Option<Box<Problem<String>>>,
    },
    /// Nothing is wrong.
    NothingWrong {
        /// What that means.
        text: String,
    },
    /// Another runbook goes on.
    Continue {
        /// Its id.
        runbook: String,
        /// Why.
        text: String,
    },
    /// An end without a cause.
    Open {
        /// What to do next.
        text: String,
    },
}

/// One entry of an investigation as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRow {
    /// Its number, from 1.
    pub seq: u32,
    /// When it happened.
    #[serde(with = "crate::moment")]
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// What happened.
    pub what: RecordWhat,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordWhat {
    /// A step was answered.
    Answered {
        /// The question.
        question: String,
        /// The answer that counts.
        answer: Answer,
        /// The fact behind it.
        fact: Option<String>,
        /// Whether the evidence was followed without asking.
        by_itself: bool,
        /// Whether the evidence had suggested another answer.
        overruled: bool,
        /// The evidence as it was then.
        evidence: Vec<Evidence<String>>,
    },
    /// The walk went back to a step.
    Returned {
        /// Its question.
        question: String,
    },
    /// A test was allowed, and begun.
    Allowed {
        /// The command.
        command: String,
    },
    /// A test was run.
    Ran {
        /// The question of its step.
        question: String,
        /// How it ended, in a few words; `None` where it told nothing.
        fact: Option<String>,
        /// Its output.
        evidence: Vec<Evidence<String>>,
    },
    /// A person wrote something down.
    Noted {
        /// The text, secrets replaced.
        text: Redacted,
    },
    /// A conclusion was reached.
    Concluded {
        /// The conclusion.
        conclusion: ConclusionView,
    },
}
