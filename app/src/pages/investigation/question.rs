use leptos::prelude::*;
use podside_model::form::AnswerForm;
use podside_model::view::{InvestigationPage, StepView};
use podside_model::{Answer, Cause, NoSuggestion, NotRun, Why, field};

use super::test::test;
use crate::address;
use crate::components::{
    AnswerGlyph, Command, EvidenceBlock, Glyph, Icon, Note, Prose, Tone, writing,
};
use crate::preferences::lang;
use crate::words::InvestigationWords;

/// Pieces of evidence whose value carries the marker.
const MARKED: usize = 1;

/// The present step: question, why, evidence, answer, what to read.
pub(super) fn question(page: &InvestigationPage, step: &StepView) -> AnyView {
    let w = InvestigationWords::of(lang());
    let commands = step
        .commands
        .iter()
        .map(|line| view! { <Command line=line.clone()/> })
        .collect_view();
    let test = step.probe.as_ref().map(|probe| test(page, step, probe));
    view! {
        <p class="meta">{(w.step_of)(step.number, step.at_most)}</p>
        <h1><Prose text=step.question.clone()/></h1>
        <p class="why"><b>{w.why}</b>" "{step.why.clone()}</p>
        <h2>{w.found}</h2>
        {evidence(page, step)}
        {test}
        <h2>{w.by_hand}</h2>
        <div class="by-hand">{commands}</div>
        {answer_box(page, step)}
        <p class="docs">
            <Icon glyph=Glyph::Book/>" "
            <a href=step.docs.url.clone() rel="external noreferrer">{w.documentation}{step.docs.title.clone()}</a>
        </p>
    }
    .into_any()
}

fn evidence(page: &InvestigationPage, step: &StepView) -> AnyView {
    let w = InvestigationWords::of(lang());
    let undecided = step
        .suggests
        .as_ref()
        .err()
        .and_then(|reason| undecided(reason, w));
    let nothing = (step.evidence.is_empty() && undecided.is_none())
        .then(|| view! { <p class="meta">{w.found_nothing}</p> });
    let now = page.head.now;
    let pieces = step
        .evidence
        .iter()
        .enumerate()
        .map(|(at, evidence)| {
            view! { <EvidenceBlock evidence=evidence.clone() nth=at + 1 now marked=at < MARKED/> }
        })
        .collect_view();
    view! {
        {undecided.map(|says| view! { <Note tone=Tone::Unknown><p>{says}</p></Note> })}
        {nothing}
        <div class="pieces">{pieces}</div>
    }
    .into_any()
}

/// Why the evidence does not decide, where there is more to say than that a person must.
fn undecided(reason: &NoSuggestion, w: &InvestigationWords) -> Option<String> {
    Some(match reason {
        NoSuggestion::Ask => return None,
        NoSuggestion::NeedsConsent => w.needs_consent.to_owned(),
        NoSuggestion::Unread { what, why } => (w.unread)(
            what,
            match why {
                Why::Denied => w.denied,
                Why::Expired => w.expired,
                Why::NotSeen => w.not_seen,
                Why::NotRecorded => w.not_recorded,
            },
        ),
        NoSuggestion::NoRule { causes } => {
            let causes: Vec<&str> = causes.iter().map(Cause::as_str).collect();
            (w.no_rule)(&causes.join(w.comma))
        }
        NoSuggestion::Expression { error } => (w.bad_expression)(error),
        NoSuggestion::NotRun(NotRun::NoProgram { container }) => (w.no_program)(container),
        NoSuggestion::NotRun(NotRun::TooLong { seconds }) => (w.too_long)(*seconds),
        NoSuggestion::NotRun(NotRun::Failed { said }) => (w.run_failed)(said),
    })
}

fn answer_box(page: &InvestigationPage, step: &StepView) -> AnyView {
    let w = InvestigationWords::of(lang());
    let suggested = step.suggests.as_ref().ok().copied();
    let (title, says) = match (suggested, &step.suggests) {
        (Some(Answer::Yes), _) => (w.evidence_says_yes, w.may_overrule),
        (Some(Answer::No), _) => (w.evidence_says_no, w.may_overrule),
        (_, Err(NoSuggestion::Ask)) => (w.your_answer, w.only_you),
        _ => (w.evidence_says_unknown, w.may_overrule),
    };
    let mut order = Answer::ALL.to_vec();
    // The suggested answer first, the others in their usual order.
    order.sort_by_key(|answer| Some(*answer) != suggested);
    let buttons = order
        .into_iter()
        .map(|answer| button(answer, Some(answer) == suggested, w))
        .collect_view();
    let (action, after) = (
        address::doing(page.id, "answers"),
        page.last_seq.to_string(),
    );
    writing(|| {
        view! {
            <form class="answer" method="post" action=action>
                <h2>{title}</h2>
                <p class="meta">{says}</p>
                <input type="hidden" name=field!(AnswerForm, after) value=after/>
                <input type="hidden" name=field!(AnswerForm, step) value=step.id.clone()/>
                <div class="answers">{buttons}</div>
            </form>
        }
        .into_any()
    })
}

fn button(answer: Answer, suggested: bool, w: &InvestigationWords) -> AnyView {
    let (word, key) = match answer {
        Answer::Yes => (w.yes, "Y"),
        Answer::No => (w.no, "N"),
        Answer::Unknown => (w.unknown, "T"),
    };
    let class = if suggested {
        "button primary"
    } else {
        "button"
    };
    view! {
        <button class=class name=field!(AnswerForm, answer) value=answer.as_str() aria-keyshortcuts=key>
            <AnswerGlyph answer/>{word}" "<kbd aria-hidden="true">{key}</kbd>
        </button>
    }
    .into_any()
}
