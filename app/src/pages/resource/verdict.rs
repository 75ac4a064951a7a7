use leptos::prelude::*;
use podside_model::{ObjectRef, Problem};

use crate::address::{self, use_place};
use crate::components::{LinkButton, ObjectLink, SeverityMark, Weight, quoted_prose};
use crate::pages::triage::proof;
use crate::preferences::lang;
use crate::words::ResourceWords;

/// What is wrong with the object, and what is wrong elsewhere and breaks it.
#[component]
pub(super) fn Verdicts(
    problems: Vec<Problem<String>>,
    /// What the fix of each of these changes.
    changes: Vec<ObjectRef>,
    affected_by: Vec<Problem<String>>,
) -> impl IntoView {
    let w = ResourceWords::of(lang());
    let own = problems
        .into_iter()
        .enumerate()
        .map(|(at, problem)| {
            let changes = changes.get(at).unwrap_or(&problem.subject);
            verdict(&problem, w.change_it_on, changes, at == 0, at == 0)
        })
        .collect_view();
    let others = affected_by
        .into_iter()
        .map(|problem| verdict(&problem, w.affected, &problem.subject, false, false))
        .collect_view();
    view! { {own}{others} }.into_any()
}

/// A box round what one acts on: the finding, where to change it, the way there.
/// Only the first has the marker and the primary button.
fn verdict(
    problem: &Problem<String>,
    label: &'static str,
    named: &ObjectRef,
    first: bool,
    proven: bool,
) -> AnyView {
    let w = ResourceWords::of(lang());
    let href = address::problem(&use_place().get_untracked(), &problem.id());
    let (weight, key) = if first {
        (Weight::Primary, Some("Enter"))
    } else {
        (Weight::Plain, None)
    };
    let button = match key {
        Some(key) => view! { <LinkButton href text=w.evidence_and_fix weight key/> }.into_any(),
        None => view! { <LinkButton href text=w.evidence_and_fix weight/> }.into_any(),
    };
    view! {
        <section class="verdict">
            <SeverityMark tone=problem.severity large=true/>
            <div>
                <h2>{quoted_prose(&problem.title)}</h2>
                <p class="meta">{label}" "<ObjectLink object=named.clone()/></p>
                {proven.then(|| proof(problem))}
            </div>
            {button}
        </section>
    }
    .into_any()
}
