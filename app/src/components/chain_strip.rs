use leptos::prelude::*;
use podside_model::{ObjectRef, Problem};

use crate::chain::{Stage, stages};
use crate::preferences::lang;
use crate::words::{FrameWords, TriageWords};

/// Stages that are shown before the middle is folded.
const SHOWN: usize = 5;
/// Names under one ring.
const NAMES: usize = 3;

/// The chain of a problem on one line: the cause, then what breaks after it.
/// Nothing when nothing does.
#[component]
pub fn ChainStrip(
    /// The problem.
    problem: Problem<String>,
) -> impl IntoView {
    let w = TriageWords::of(lang());
    let stages = stages(&problem);
    if stages.len() < 2 {
        return ().into_any();
    }
    let fold = stages.len().saturating_sub(SHOWN);
    let folded = if fold == 0 { 0 } else { fold + 1 };
    let items = stages
        .into_iter()
        .enumerate()
        .filter_map(|(at, stage)| {
            // The middle folds; the cause and the ends are what one looks for.
            if folded > 0 && (2..2 + folded).contains(&at) {
                (at == 2).then(|| {
                    view! { <li><span class="kind">{(w.more)(folded)}</span></li> }.into_any()
                })
            } else {
                Some(item(&stage, w))
            }
        })
        .collect_view();
    let more = problem.more_affected;
    let more = (more > 0)
        .then(|| view! { <li><span class="kind">{(w.and_more)(more)}</span></li> }.into_any());
    view! { <ol class=format!("chain-strip {}", problem.severity.as_str()) aria-label=w.chain>{items}{more}</ol> }.into_any()
}

fn item(stage: &Stage<'_>, w: &TriageWords) -> AnyView {
    let kind = kind_of(stage);
    let names = stage
        .objects
        .iter()
        .take(NAMES)
        .map(|(object, _)| view! { <span class="name">{object.name.clone()}</span> }.into_any())
        .collect_view();
    let more = stage.objects.len().saturating_sub(NAMES);
    let mut states: Vec<&str> = Vec::new();
    for (_, state) in &stage.objects {
        if !state.is_empty() && !states.contains(state) {
            states.push(state);
        }
    }
    states.truncate(NAMES);
    view! {
        <li>
            <span class="kind">{kind}</span>
            {names}
            {(more > 0).then(|| view! { <span class="state">{(w.and_more)(more)}</span> }.into_any())}
            <span class="state">{states.join("; ")}</span>
        </li>
    }
    .into_any()
}

/// `Deployment`, `2 Deployments`, or the kinds when they differ.
fn kind_of(stage: &Stage<'_>) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for (ObjectRef { kind, .. }, _) in &stage.objects {
        if !kinds.contains(&kind.as_str()) {
            kinds.push(kind);
        }
    }
    match (kinds.as_slice(), stage.objects.len()) {
        ([one], 1) => (*one).to_owned(),
        ([one], count) => (FrameWords::of(lang()).of_kind)(count, one),
        (several, _) => several.join(FrameWords::of(lang()).comma),
    }
}
