use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::{Certainty, Problem, Strip};

use super::row::excerpt;
use crate::address::{self, use_place};
use crate::components::{
    ChainStrip, Glyph, LinkButton, Prose, SeverityMark, StripDrawing, Weight, age, logs_link,
};
use crate::preferences::lang;
use crate::runbooks::runbook_for;
use crate::words::{EvidenceWords, SeverityWords, TriageWords};

/// The worst problem: the finding in large type, why, what breaks after it, the
/// proof, and where to go.
#[component]
pub(super) fn Lead(
    problem: Problem<String>,
    strip: Option<Strip>,
    now: Timestamp,
    live: bool,
) -> impl IntoView {
    let w = TriageWords::of(lang());
    let place = use_place().get_untracked();
    let runbook = runbook_for(&problem.subject).map(|id| {
        view! {
            <LinkButton
                href=address::runbook(&place, id, Some(&problem.subject))
                text=w.start_runbook
                glyph=Glyph::Book
                key="R"
            />
        }
    });
    let logs = logs_link(&problem, w.logs)
        .map(|(href, text)| view! { <LinkButton href text glyph=Glyph::Log key="L"/> }.into_any());
    let likely = (problem.certainty == Certainty::Likely)
        .then(|| view! { <br/>{SeverityWords::of(lang()).likely} }.into_any());
    view! {
        <section class="lead row" aria-labelledby="finding">
            <div class="margin">
                <SeverityMark tone=problem.severity large=true/>
                <p>{age(problem.since, now, live, true)}{likely}</p>
                {strip.map(|strip| view! { <StripDrawing strip/> }.into_any())}
            </div>
            <div>
                <h1 id="finding"><Prose text=problem.title.clone()/></h1>
                <p class="why"><Prose text=problem.explanation.clone()/></p>
                <ChainStrip problem=problem.clone()/>
                {proof(&problem)}
                <p class="buttons">
                    <LinkButton
                        href=address::problem(&place, &problem.id())
                        text=w.open
                        weight=Weight::Primary
                        key="Enter"
                    />
                    {runbook}
                    {logs}
                </p>
            </div>
        </section>
    }
    .into_any()
}

/// The deciding piece of evidence on one line.
pub(crate) fn proof(problem: &Problem<String>) -> Option<AnyView> {
    let proof = problem.evidence.first()?;
    let value = excerpt(proof);
    let object = proof.object.to_string();
    Some(
        view! {
            <p class="proof">
                <span class="label">{EvidenceWords::of(lang()).proof}</span>
                <code>{object}</code>
                {proof.path.clone().map(|path| view! { <code class="quiet">{path}</code> }.into_any())}
                {(!value.is_empty()).then(|| view! { <mark>{value}</mark> }.into_any())}
            </p>
        }
        .into_any(),
    )
}
