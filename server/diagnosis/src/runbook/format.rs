//! The runbook file as it is written. `runbook.schema.json` is generated from these types.

use podside_model::Answer;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// A runbook: a guided decision flow from a symptom to a root cause.
#[derive(Debug, Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "Podside runbook")
)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RunbookFile {
    /// The id, as it stands in URLs: lower-case letters, digits and hyphens.
    #[cfg_attr(
        test,
        schemars(with = "String", regex(pattern = "^[a-z][a-z0-9-]{0,39}$"))
    )]
    pub(super) id: Spanned<String>,
    /// Raised with every change of meaning.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub(super) version: u32,
    /// The symptom in the words of a person who sees it.
    pub(super) title: TextsFile,
    /// What the runbook looks at and how long it takes.
    pub(super) about: TextsFile,
    /// The API kinds that it can be started on.
    #[cfg_attr(test, schemars(with = "Vec<String>", length(min = 1)))]
    pub(super) targets: Vec<Spanned<String>>,
    /// The steps; the walk starts with the first.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub(super) steps: Vec<StepFile>,
}

/// A text in every language.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Texts"))]
#[serde(deny_unknown_fields)]
pub(super) struct TextsFile {
    /// In English.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub(super) en: Spanned<String>,
    /// In Japanese.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub(super) ja: Spanned<String>,
}

/// One question, how it is answered, and where each answer leads.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Step"))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StepFile {
    /// The id by which other steps lead here: lower-case letters, digits and hyphens.
    #[cfg_attr(
        test,
        schemars(with = "String", regex(pattern = "^[a-z][a-z0-9-]{0,39}$"))
    )]
    pub(super) id: Spanned<String>,
    /// The question, to be answered with yes or no.
    pub(super) question: TextsFile,
    /// The question in a few words, for the tree; the question itself when absent.
    pub(super) label: Option<TextsFile>,
    /// Why the question matters.
    pub(super) why: TextsFile,
    /// How the evidence answers the question.
    #[cfg_attr(test, schemars(with = "CheckFile"))]
    pub(super) check: Spanned<CheckFile>,
    /// The commands that show the same by hand. `{namespace}`, `{pod}`, `{name}`,
    /// `{kind}` and `{container}` stand for the target's names; `{-c container}`
    /// is left out as a whole when there is no such name.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) commands: Vec<Spanned<String>>,
    /// The page of the Kubernetes documentation that teaches this.
    pub(super) docs: DocsFile,
    /// Where "yes" leads.
    #[cfg_attr(test, schemars(with = "NextFile"))]
    pub(super) yes: Spanned<NextFile>,
    /// Where "no" leads.
    #[cfg_attr(test, schemars(with = "NextFile"))]
    pub(super) no: Spanned<NextFile>,
    /// Where "can't tell" leads.
    #[cfg_attr(test, schemars(with = "NextFile"))]
    pub(super) unknown: Spanned<NextFile>,
}

/// How the evidence answers a question: exactly one of `causes`, `cel`, `probe` and `ask`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Check"))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct CheckFile {
    /// Slugs of causes: has the diagnosis found one of them on the target?
    #[cfg_attr(test, schemars(with = "Option<Vec<String>>"))]
    pub(super) causes: Option<Vec<Spanned<String>>>,
    /// A CEL expression over what there is of the target, which gives true or false;
    /// docs/runbook-expressions.md tells what it sees.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) cel: Option<Spanned<String>>,
    /// An active test in the cluster, which needs consent.
    pub(super) probe: Option<ProbeFile>,
    /// `true`: only a person can answer.
    #[cfg_attr(test, schemars(with = "Option<bool>"))]
    pub(super) ask: Option<Spanned<bool>>,
    /// The answer that a found cause, or a true expression, suggests; yes when absent.
    pub(super) when_true: Option<Answered>,
    /// What of the target and its Pod is shown beside the answer.
    #[serde(default)]
    pub(super) shows: Vec<Show>,
}

/// An active test.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Probe"))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ProbeFile {
    /// What the test does, for the person who is asked to consent.
    pub(super) what: TextsFile,
    /// The command that runs in a container of the Pod, without kubectl, with placeholders like
    /// those of `commands`. Words are split as a shell does, and no shell runs it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) command: Spanned<String>,
    /// A CEL expression over `exitCode`, `stdout`, `stderr` and `podNamespace` that gives true
    /// or false; when absent, `exitCode == 0`. In a container of Podside's own, whose output is
    /// read as its log, all of it is `stdout`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) cel: Option<Spanned<String>>,
    /// Whether it tells the same from any Pod of the namespace, so that where the target has
    /// none that runs, one of Podside's own may run it.
    #[serde(default)]
    pub(super) anywhere: bool,
}

/// Yes or no, as a word.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "YesOrNo"))]
#[serde(rename_all = "lowercase")]
pub(super) enum Answered {
    Yes,
    No,
}

impl From<Answered> for Answer {
    fn from(answer: Answered) -> Self {
        match answer {
            Answered::Yes => Self::Yes,
            Answered::No => Self::No,
        }
    }
}

/// A part of the target, or of the Pod that is looked at, that is shown as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Show {
    /// The Pod's `status.phase`.
    Phase,
    /// The Pod's `spec.nodeName`.
    Node,
    /// The Pod's conditions that are not True.
    Conditions,
    /// The present state of each container of the Pod.
    States,
    /// How each container of the Pod ended last: exit code, reason, signal.
    LastStates,
    /// What each container of the Pod left in its termination message file.
    TerminationMessages,
    /// The image of each container of the Pod.
    Images,
    /// The Pod's `metadata.deletionTimestamp` and `metadata.finalizers`.
    Deletion,
    /// The target's `status.phase`, where its kind has one.
    TargetPhase,
    /// The target's conditions, where its kind has any.
    TargetConditions,
    /// The target's `metadata.deletionTimestamp` and `metadata.finalizers`.
    TargetDeletion,
    /// How many Pods the target wants and has, where it is a workload.
    Replicas,
    /// What the target's Services select.
    Selectors,
    /// How many endpoints the target's Services have, ready and not.
    Endpoints,
    /// The conditions of the target's nodes that are not well.
    NodeConditions,
    /// The newest warnings about the target, its owner and its Pods.
    Warnings,
}

/// A page of documentation.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Docs"))]
#[serde(deny_unknown_fields)]
pub(super) struct DocsFile {
    /// Its address, starting with `https://`.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^https://")))]
    pub(super) url: Spanned<String>,
    /// Its title and the section's.
    pub(super) title: TextsFile,
}

/// Where an answer leads: exactly one of `step`, `cause`, `found`, `runbook`, `nothing-wrong` and `open`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Next"))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NextFile {
    /// The id of another step.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) step: Option<Spanned<String>>,
    /// The conclusion is this cause; needs `text`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) cause: Option<Spanned<String>>,
    /// The conclusion is whichever of the check's causes was found; the text is
    /// shown when a person answers so and none was found.
    pub(super) found: Option<TextsFile>,
    /// The id of another runbook that goes on; needs `text`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) runbook: Option<Spanned<String>>,
    /// The conclusion is that nothing is wrong.
    pub(super) nothing_wrong: Option<TextsFile>,
    /// The runbook ends without a cause; the text says what to do next.
    pub(super) open: Option<TextsFile>,
    /// What the conclusion means, for `cause` and `runbook`.
    pub(super) text: Option<TextsFile>,
}
