//! The report that scripts read: a fixed interface, version 1.

use podside_model::{Diagnosis, EvidenceKind, FixStep, ObjectRef, Severity, Why};
use serde::Serialize;

/// Writes a diagnosis as JSON. Fields are only ever added within a version.
pub(crate) fn json(diagnosis: &Diagnosis<String>) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&Document::of(diagnosis))?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    observed_at: jiff::Timestamp,
    problems: Vec<Problem<'a>>,
    unsettled: Vec<Unsettled<'a>>,
    unexplained: Vec<Unexplained<'a>>,
    unknown: Vec<Unknown<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    cause: &'a str,
    severity: Severity,
    subject: &'a ObjectRef,
    title: &'a str,
    explanation: &'a str,
    fix: Vec<String>,
    evidence: Vec<Evidence<'a>>,
    affects: Vec<ObjectRef>,
    /// How many more there are than `affects` lists.
    more_affected: usize,
}

#[derive(Serialize)]
struct Evidence<'a> {
    #[serde(rename = "type")]
    kind: EvidenceKind,
    object: ObjectRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    value: &'a str,
    kubectl: &'a str,
}

#[derive(Serialize)]
struct Unsettled<'a> {
    object: &'a ObjectRef,
    what: &'a str,
    /// Why it is waited for.
    patience: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<jiff::Timestamp>,
    judged_at: jiff::Timestamp,
    /// What else is not well with it.
    affects: &'a [ObjectRef],
}

#[derive(Serialize)]
struct Unexplained<'a> {
    object: &'a ObjectRef,
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<jiff::Timestamp>,
    said: Vec<Said<'a>>,
    settle: &'a str,
    /// What else is not well with it.
    affects: &'a [ObjectRef],
}

#[derive(Serialize)]
struct Said<'a> {
    object: &'a ObjectRef,
    reason: &'a str,
    message: &'a str,
    count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<jiff::Timestamp>,
}

#[derive(Serialize)]
struct Unknown<'a> {
    what: &'a str,
    why: Why,
}

impl<'a> Document<'a> {
    fn of(diagnosis: &'a Diagnosis<String>) -> Self {
        Self {
            version: 1,
            observed_at: diagnosis.observed_at,
            problems: diagnosis.problems.iter().map(problem).collect(),
            unsettled: diagnosis.unsettled.iter().map(unsettled).collect(),
            unexplained: diagnosis.unexplained.iter().map(unexplained).collect(),
            unknown: diagnosis
                .unknown
                .iter()
                .map(|unknown| Unknown {
                    what: &unknown.what,
                    why: unknown.why,
                })
                .collect(),
        }
    }
}

fn problem(problem: &podside_model::Problem<String>) -> Problem<'_> {
    Problem {
        cause: problem.cause.as_str(),
        severity: problem.severity,
        subject: &problem.subject,
        title: &problem.title,
        explanation: &problem.explanation,
        fix: problem.fix.iter().map(step).collect(),
        evidence: problem
            .evidence
            .iter()
            .map(|evidence| Evidence {
                kind: evidence.kind,
                object: evidence.object.without_container(),
                path: evidence.path.as_deref(),
                value: &evidence.value,
                kubectl: &evidence.kubectl,
            })
            .collect(),
        affects: problem
            .affects
            .iter()
            .map(|affected| affected.object.without_container())
            .collect(),
        more_affected: problem.more_affected,
    }
}

fn unsettled(unsettled: &podside_model::Unsettled<String>) -> Unsettled<'_> {
    Unsettled {
        object: &unsettled.object,
        what: &unsettled.what,
        patience: &unsettled.why,
        since: unsettled.since,
        judged_at: unsettled.judged_at,
        affects: &unsettled.affects,
    }
}

fn unexplained(unexplained: &podside_model::Unexplained<String>) -> Unexplained<'_> {
    let said = unexplained.said.iter().map(|said| Said {
        object: &said.object,
        reason: &said.reason,
        message: &said.message,
        count: said.count,
        last: said.last,
    });
    Unexplained {
        object: &unexplained.object,
        what: &unexplained.what,
        since: unexplained.since,
        said: said.collect(),
        settle: &unexplained.settle,
        affects: &unexplained.affects,
    }
}

/// A step of the fix as one text: the sentence, and its command on a line below.
fn step(step: &FixStep<String>) -> String {
    match &step.command {
        Some(command) => format!("{}\n{command}", step.text),
        None => step.text.clone(),
    }
}
