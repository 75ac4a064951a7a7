use leptos::prelude::*;
use podside_model::view::{RunbookCard, RunbooksPage};

use super::{answered, ask_for};
use crate::address::{self, use_place};
use crate::api;
use crate::components::{Sheet, beginnings};
use crate::preferences::lang;
use crate::runbooks::{POD, runbook_for};
use crate::words::{BeginningWords, FrameWords, RunbookWords};

/// The runbooks that there are.
#[component]
pub fn RunbooksRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let answer = ask_for(move || place.get(), move |place| api::runbooks(lang, place));
    answered(answer, sheet)
}

fn sheet(page: RunbooksPage) -> AnyView {
    let w = RunbookWords::of(lang());
    let rows = page.runbooks.iter().map(row).collect_view();
    let place = use_place().get_untracked();
    let begin = beginnings(
        &page.beginnings,
        page.head.now,
        BeginningWords::of(lang()).runbook_on,
        |object| address::runbook(&place, runbook_for(object).unwrap_or(POD), Some(object)),
    );
    view! {
        <Sheet title=w.runbooks head=Some(page.head.clone()) class="runbooks-page words">
            <h1>{w.runbooks}</h1>
            <p>{w.about_runbooks}</p>
            {begin}
            <ul class="runbooks">{rows}</ul>
        </Sheet>
    }
    .into_any()
}

fn row(card: &RunbookCard) -> AnyView {
    let w = RunbookWords::of(lang());
    let href = address::runbook(&use_place().get_untracked(), &card.id, None);
    view! {
        <li class="row ruled">
            <div class="margin">
                <p><code>{card.id.clone()}</code></p>
                <p>{(w.questions)(card.questions)}</p>
            </div>
            <div>
                <h2><a href=href>{card.title.clone()}</a></h2>
                <p>{card.about.clone()}</p>
                <p class="meta">{w.starts_on}" "{card.targets.join(FrameWords::of(lang()).comma)}</p>
            </div>
        </li>
    }
    .into_any()
}
