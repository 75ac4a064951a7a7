use leptos::prelude::*;
use podside_model::FixStep;

use super::{Command, Prose};
use crate::preferences::lang;
use crate::words::ProblemWords;

/// What to do, in order: sentences with their commands.
#[component]
pub fn FixBox(
    /// The steps.
    steps: Vec<FixStep<String>>,
    /// How many other objects fail by the same cause and need no change.
    #[prop(optional)]
    unchanged: usize,
) -> impl IntoView {
    let w = ProblemWords::of(lang());
    let steps = steps
        .into_iter()
        .map(|step| {
            view! { <li><Prose text=step.text/>{step.command.map(|line| view! { <Command line/> })}</li> }
        })
        .collect_view();
    view! {
        <section class="fix" aria-labelledby="fix">
            <h2 id="fix">{w.fix}</h2>
            <ol>{steps}</ol>
            {(unchanged > 0).then(|| view! { <p class="meta">{(w.others_need_no_change)(unchanged)}</p> })}
        </section>
    }
    .into_any()
}
