//! The check of one step, answered from a snapshot and its diagnosis.

use podside_model::{
    Answer, Arg, Cause, Diagnosis, Evidence, Finding, Message, NoSuggestion, ObjectRef, Problem,
    Unknown, Why,
};

use super::engine::Event;
use super::expression::{Expression, Unanswered};
use super::show::{self, show};
use super::target::Target;
use super::types::{Check, Step};
use crate::rules;

/// Runs the check of a step and reports it as the engine's next event.
///
/// A cause that was not found suggests the opposite answer only if there is a rule
/// for each of the step's causes and nothing that the rules needed was unreadable.
pub fn check(step: &Step, target: &Target<'_>, diagnosis: &Diagnosis) -> Event {
    let problems = target.problems(diagnosis);
    let mut finding = Finding {
        observed_at: diagnosis.observed_at,
        suggests: Err(NoSuggestion::Ask),
        fact: None,
        evidence: Vec::new(),
    };
    match &step.check {
        Check::Causes { causes, when_true } => {
            match problems
                .iter()
                .find(|problem| causes.contains(&problem.cause))
            {
                Some(problem) => {
                    finding.suggests = Ok(*when_true);
                    finding.fact = Some(problem.title.clone());
                    finding.evidence = problem.evidence.iter().take(show::MOST).cloned().collect();
                }
                None => finding.suggests = not_found(causes, target, diagnosis, *when_true),
            }
        }
        Check::Cel {
            expression,
            when_true,
        } => {
            finding.suggests = evaluate(expression, target, *when_true);
        }
        Check::Probe(_) => finding.suggests = Err(NoSuggestion::NeedsConsent),
        Check::Ask => {}
    }
    if finding.evidence.is_empty() {
        finding.evidence = show(target, &step.shows);
    }
    if matches!(step.check, Check::Cel { .. }) && finding.suggests.is_ok() {
        finding.fact = value_in_short(&finding.evidence);
    }
    Event::Checked {
        step: step.id.clone(),
        finding,
        problems: relevant(step, problems),
    }
}

/// The longest value, in characters, that stands beside an answer in the path.
const SHORT: usize = 32;

/// The value of the first piece of evidence, where it says in a word or two what an
/// expression was answered from, such as `Running`.
fn value_in_short(evidence: &[Evidence]) -> Option<Message> {
    let value = &evidence.first()?.value;
    let is_short = !value.is_empty() && value.chars().count() <= SHORT && !value.contains('\n');
    is_short.then(|| Message::new("runbook.value").with("value", value.as_str()))
}

/// What a conclusion after this step may need, and no more: it is kept in memory
/// while the step waits for its answer.
fn relevant(step: &Step, problems: Vec<Problem>) -> Vec<Problem> {
    let mut causes: Vec<&Cause> = match &step.check {
        Check::Causes { causes, .. } => causes.iter().collect(),
        _ => Vec::new(),
    };
    causes.extend(
        Answer::ALL
            .into_iter()
            .filter_map(|answer| match step.next(answer) {
                super::types::Next::Cause { cause, .. } => Some(cause),
                _ => None,
            }),
    );
    problems
        .into_iter()
        .filter(|problem| causes.contains(&&problem.cause))
        .map(Problem::bounded)
        .collect()
}

fn not_found(
    causes: &[Cause],
    target: &Target<'_>,
    diagnosis: &Diagnosis,
    when_true: Answer,
) -> Result<Answer, NoSuggestion> {
    if let Some(why) = target.doubt() {
        return Err(unread(target.object(), why));
    }
    let unruled: Vec<Cause> = causes
        .iter()
        .filter(|cause| rules::of(cause.as_str()).is_none())
        .cloned()
        .collect();
    if !unruled.is_empty() {
        return Err(NoSuggestion::NoRule { causes: unruled });
    }
    match diagnosis
        .unknown
        .iter()
        .find(|unknown| casts_doubt(unknown, causes, target))
    {
        Some(unknown) => Err(NoSuggestion::Unread {
            what: unknown
                .object
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| {
                    let resources = unknown.rights.iter().map(|right| &*right.resource);
                    let resources: Vec<&str> = resources.collect();
                    (!resources.is_empty()).then(|| resources.join(", "))
                })
                .unwrap_or_else(|| resources(unknown).collect::<Vec<_>>().join(", ")),
            why: unknown.why,
        }),
        None => Ok(when_true.opposite()),
    }
}

fn evaluate(
    expression: &Expression,
    target: &Target<'_>,
    when_true: Answer,
) -> Result<Answer, NoSuggestion> {
    match expression.holds(target) {
        Ok(true) => Ok(when_true),
        Ok(false) => Ok(when_true.opposite()),
        Err(Unanswered::Unread { what, why }) => Err(NoSuggestion::Unread { what, why }),
        Err(Unanswered::Unfit(error)) => Err(NoSuggestion::Expression {
            error: error.to_string(),
        }),
    }
}

fn unread(object: &ObjectRef, why: Why) -> NoSuggestion {
    NoSuggestion::Unread {
        what: object.to_string(),
        why,
    }
}

/// Whether something that could not be told keeps these causes from being ruled out: their
/// rules wanted to know it, and it is of the target or may be something that it refers to.
fn casts_doubt(unknown: &Unknown, causes: &[Cause], target: &Target<'_>) -> bool {
    let here = |namespace: Option<&String>| {
        namespace.is_none() || namespace == target.object().namespace.as_ref()
    };
    let is_wanted = causes.iter().any(|cause| unknown.causes.contains(cause));
    is_wanted
        && match (&unknown.object, unknown.rights.first()) {
            // What cannot be told of one container is what its log would say. Pods of one
            // template fail alike, and the log of one is read for all.
            (Some(object), _) if object.container.is_some() => target.is_alike(object),
            (Some(object), _) => target.is_related(object) || here(object.namespace.as_ref()),
            (None, Some(right)) => here(right.namespace.as_ref()),
            (None, None) => true,
        }
}

/// The resources that could not be read though nobody's right is missing.
fn resources(unknown: &Unknown) -> impl Iterator<Item = &str> {
    let named = match unknown.what.args.get("resource") {
        Some(Arg::Text(one)) => std::slice::from_ref(one),
        Some(Arg::List(many)) => many,
        _ => &[],
    };
    named.iter().map(String::as_str)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
