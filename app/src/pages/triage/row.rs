use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::{Evidence, EvidenceKind, ObjectRef, Problem, Strip};

use crate::address::{self, use_place};
use crate::components::{ObjectLink, Prose, SeverityMark, StripDrawing, age};
use crate::preferences::lang;
use crate::words::{EvidenceWords, TriageWords};

/// Longest excerpt of a value on one line.
const EXCERPT: usize = 140;

/// One problem in the list. The whole title is the link.
#[component]
pub(super) fn Row(
    problem: Problem<String>,
    strip: Option<Strip>,
    now: Timestamp,
    live: bool,
    nth: usize,
) -> impl IntoView {
    let href = address::problem(&use_place().get_untracked(), &problem.id());
    let id = format!("problem-{nth}");
    let labelled_by = id.clone();
    let affects = problem
        .affects
        .first()
        .map(|first| affects(&first.object, &first.state, problem.affected()));
    view! {
        <article class="problem row" aria-labelledby=labelled_by>
            <div class="margin">
                <SeverityMark tone=problem.severity/>
                <p>{age(problem.since, now, live, false)}</p>
                {strip.map(|strip| view! { <StripDrawing strip/> }.into_any())}
            </div>
            <div>
                <h3 id=id><a href=href data-row=""><Prose text=problem.title.clone()/></a></h3>
                <p class="about"><ObjectLink object=problem.subject.clone()/>{affects}</p>
                {problem.evidence.first().map(source)}
            </div>
        </article>
    }
    .into_any()
}

/// The first of `all` objects that something breaks, and its state.
pub(super) fn affects(first: &ObjectRef, state: &str, all: usize) -> AnyView {
    let w = TriageWords::of(lang());
    let mut what = format!("{} {}", first.kind, first.name);
    if !state.is_empty() {
        what = format!("{what}: {state}");
    }
    if all > 1 {
        what = format!("{what} {}", (w.and_more)(all - 1));
    }
    view! { <span>{w.affects}" "<b>{what}</b></span> }.into_any()
}

/// The source of the proof and its deciding value.
fn source(proof: &Evidence<String>) -> AnyView {
    let w = EvidenceWords::of(lang());
    let source = match (proof.kind, &proof.path) {
        (EvidenceKind::Log, _) => view! { <code>{w.log_source}</code> }.into_any(),
        (EvidenceKind::Event, _) => view! { <code>{w.event_source}</code> }.into_any(),
        // What it is in words; where exactly it stands is for whoever asks.
        (_, Some(path)) => {
            view! { <span title=path.clone()><Prose text=proof.what.clone()/></span> }.into_any()
        }
        (EvidenceKind::Absence, None) => view! { <code>{w.absence}</code> }.into_any(),
        (_, None) => view! { <code>{w.command}</code> }.into_any(),
    };
    let value = excerpt(proof);
    view! {
        <p class="source">
            {source}
            {(!value.is_empty()).then(|| view! { <mark class="low">{value}</mark> }.into_any())}
        </p>
    }
    .into_any()
}

/// The deciding part of a value, on one line.
pub(super) fn excerpt(evidence: &Evidence<String>) -> String {
    let value = evidence.mark.as_deref().unwrap_or(&evidence.value);
    let line = value.lines().next().unwrap_or_default();
    if line.chars().count() <= EXCERPT {
        line.to_owned()
    } else {
        line.chars().take(EXCERPT).chain(['…']).collect()
    }
}
