use leptos::prelude::*;
use podside_model::view::{ConclusionView, InvestigationPage};
use podside_model::{Problem, Severity};

use crate::address::{self, use_place};
use crate::components::{
    EvidenceBlock, FixBox, Glyph, LinkButton, Note, SeverityMark, Tone, Weight, quoted_prose,
};
use crate::preferences::lang;
use crate::words::InvestigationWords;

/// Pieces of evidence whose value carries the marker.
const MARKED: usize = 2;

/// The end of a walk: what it is, the proof, the fix.
pub(super) fn conclusion(page: &InvestigationPage, conclusion: &ConclusionView) -> AnyView {
    view! {
        {mark(conclusion)}
        <h1>{quoted_prose(&headline(conclusion))}</h1>
        {summary(conclusion)}
        {proof_and_fix(conclusion, page.head.now, false)}
        {go_on(page, conclusion)}
    }
    .into_any()
}

/// The sentence that names the finding.
pub(crate) fn headline(conclusion: &ConclusionView) -> String {
    let w = InvestigationWords::of(lang());
    match conclusion {
        ConclusionView::Cause {
            problem: Some(problem),
            ..
        } => problem.title.clone(),
        ConclusionView::Cause { cause, .. } => cause.to_string(),
        ConclusionView::NothingWrong { .. } => w.nothing_wrong.to_owned(),
        ConclusionView::Continue { .. } => w.goes_on.to_owned(),
        ConclusionView::Open { .. } => w.no_cause.to_owned(),
    }
}

/// The shape and the word for what kind of end it is.
pub(crate) fn mark(conclusion: &ConclusionView) -> AnyView {
    let w = InvestigationWords::of(lang());
    let (tone, word) = match conclusion {
        ConclusionView::Cause { problem, .. } => {
            let severity = problem.as_ref().map_or(Severity::Critical, |p| p.severity);
            (Tone::from(severity), w.cause_found)
        }
        ConclusionView::NothingWrong { .. } => (Tone::Healthy, w.nothing_wrong),
        ConclusionView::Continue { .. } => (Tone::Info, w.goes_on),
        ConclusionView::Open { .. } => (Tone::Unknown, w.no_cause),
    };
    view! { <SeverityMark tone word large=true/> }.into_any()
}

/// Why it is so, in two or three sentences.
pub(crate) fn summary(conclusion: &ConclusionView) -> AnyView {
    let w = InvestigationWords::of(lang());
    match conclusion {
        ConclusionView::Cause {
            problem: Some(problem),
            ..
        } => view! { <p class="why">{quoted_prose(&problem.explanation)}</p> }.into_any(),
        ConclusionView::Cause { text, .. } => view! {
            <p class="why">{text.clone()}</p>
            <Note tone=Tone::Unknown><p>{w.by_answers_only}</p></Note>
        }
        .into_any(),
        ConclusionView::NothingWrong { text }
        | ConclusionView::Continue { text, .. }
        | ConclusionView::Open { text } => view! { <p class="why">{text.clone()}</p> }.into_any(),
    }
}

/// The evidence and the steps that mend it, where the diagnosis knew the problem.
pub(crate) fn proof_and_fix(
    conclusion: &ConclusionView,
    now: jiff::Timestamp,
    frozen: bool,
) -> Option<AnyView> {
    let ConclusionView::Cause {
        problem: Some(problem),
        ..
    } = conclusion
    else {
        return None;
    };
    let w = InvestigationWords::of(lang());
    let fix = (!problem.fix.is_empty()).then(|| {
        view! { <FixBox steps=problem.fix.clone() unchanged=problem.affected()/> }
    });
    Some(
        view! {
            <div class="proof-and-fix">
                <section aria-labelledby="proof">
                    <h2 id="proof">{w.proof}</h2>
                    <div class="pieces">{pieces(problem, now, frozen)}</div>
                </section>
                {fix}
            </div>
        }
        .into_any(),
    )
}

fn pieces(problem: &Problem<String>, now: jiff::Timestamp, frozen: bool) -> impl IntoView + use<> {
    problem
        .evidence
        .iter()
        .enumerate()
        .map(|(at, evidence)| {
            view! { <EvidenceBlock evidence=evidence.clone() nth=at + 1 now marked=at < MARKED frozen/> }
        })
        .collect_view()
}

fn go_on(page: &InvestigationPage, conclusion: &ConclusionView) -> Option<AnyView> {
    let w = InvestigationWords::of(lang());
    let ConclusionView::Continue { runbook, .. } = conclusion else {
        return None;
    };
    let place = use_place().get_untracked();
    let href = address::runbook(&place, runbook, Some(&page.target));
    let text = (w.go_on_with)(runbook);
    Some(
        view! { <p><LinkButton href text weight=Weight::Primary glyph=Glyph::Book/></p> }
            .into_any(),
    )
}
