use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use podside_model::ProblemId;
use podside_model::view::{FoundObject, FoundPage, FoundRunbook, SaysSame};

use super::{answered, ask_for};
use crate::address::{self, CLUSTER, FIND, NAMESPACE, use_place};
use crate::api;
use crate::components::{ObjectLink, Sheet, sent_along};
use crate::preferences::lang;
use crate::words::FoundWords;

/// Most marks of a page: more would point at nothing.
const MARKS: usize = 2;

/// What is found of the message or the words that the address has.
#[component]
pub fn FoundRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let words = query.with(|query| query.get(FIND).unwrap_or_default());
        words.chars().take(FoundPage::LONGEST).collect::<String>()
    });
    let answer = ask_for(
        move || (place.get(), asked.get()),
        move |(place, words)| api::found(lang, place, words),
    );
    answered(answer, |page| sheet(&page))
}

fn sheet(page: &FoundPage) -> AnyView {
    let w = FoundWords::of(lang());
    let place = use_place().get_untracked();
    let words = page.words.clone();
    let printed = page
        .printed
        .as_ref()
        .map(|command| view! { <p class="meta">{(w.printed)(command)}</p> }.into_any());
    let found = (!page.words.trim().is_empty()).then(|| found(page));
    view! {
        <Sheet title=w.find head=Some(page.head.clone()) class="found-page words">
            <h1>{w.find}</h1>
            <p>{w.about}</p>
            <form method="get" action="/find" role="search">
                {sent_along(CLUSTER, place.cluster)}
                {sent_along(NAMESPACE, place.namespace)}
                <textarea
                    name=FIND
                    rows="3"
                    maxlength=FoundPage::LONGEST.to_string()
                    aria-label=w.field
                    placeholder=w.field
                    aria-keyshortcuts="/"
                >{words}</textarea>
                <button class="button primary">{w.look}</button>
            </form>
            {printed}
            {found}
        </Sheet>
    }
    .into_any()
}

fn found(page: &FoundPage) -> AnyView {
    let w = FoundWords::of(lang());
    let place = use_place().get_untracked();
    let is_empty = page.matches.is_empty() && page.objects.is_empty() && page.problems.is_empty();
    let nothing = (is_empty && page.runbook.is_some()).then(|| {
        view! { <section><h2>{w.nothing}</h2><p>{w.nothing_says}</p></section> }.into_any()
    });
    let loading = (is_empty && page.runbook.is_none()).then_some(w.loading);
    let same = (!page.matches.is_empty()).then(|| {
        let rows = page.matches.iter().enumerate();
        let rows = rows.map(|(at, it)| same(it, at < MARKS)).collect_view();
        view! { <section><h2>{w.says_same}</h2><ol class="found">{rows}</ol></section> }.into_any()
    });
    let objects = (!page.objects.is_empty()).then(|| {
        let rows = page.objects.iter().map(named).collect_view();
        let more = (page.more_objects > 0).then(|| (w.more)(page.more_objects));
        view! {
            <section>
                <h2>{w.objects}</h2>
                <ul class="found">{rows}</ul>
                {more.map(|more| view! { <p class="meta">{more}</p> })}
            </section>
        }
        .into_any()
    });
    let problems = (!page.problems.is_empty()).then(|| {
        let rows = page
            .problems
            .iter()
            .map(|it| view! { <li>{problem(it, true)}</li> }.into_any())
            .collect_view();
        view! { <section><h2>{w.problems}</h2><ul class="found">{rows}</ul></section> }.into_any()
    });
    let runbook = page.runbook.as_ref().map(|it| {
        let FoundRunbook { id, title, step } = it;
        let href = address::runbook(&place, id, None);
        let (says, href, text) = match step {
            Some((step, question)) => (w.asks, format!("{href}#{step}"), question.clone()),
            None => (w.asks_any, href, title.clone()),
        };
        view! {
            <section>
                <h2>{w.runbook}</h2>
                <p>{says}</p>
                <ul class="found"><li><a href=href data-row="">{text}</a></li></ul>
            </section>
        }
        .into_any()
    });
    view! { {loading} {nothing} {same} {objects} {problems} {runbook} }.into_any()
}

fn same(it: &SaysSame, marks: bool) -> AnyView {
    let w = FoundWords::of(lang());
    let text = match it.text.split_once(it.mark.as_str()) {
        Some((before, after)) if marks && !it.mark.is_empty() => {
            let (before, mark, after) = (before.to_owned(), it.mark.clone(), after.to_owned());
            view! { {before}<mark>{mark}</mark>{after} }.into_any()
        }
        _ => it.text.clone().into_any(),
    };
    let place = if it.in_log { w.in_log } else { w.in_state };
    let reason = (!it.reason.is_empty()).then(|| it.reason.clone());
    view! {
        <li>
            <p><ObjectLink object=it.object.clone()/>" "<span class="meta">{place}" "<code>{reason}</code></span></p>
            <p class="as-said">{text}</p>
            {it.problem.as_ref().map(|it| problem(it, false))}
        </li>
    }
    .into_any()
}

fn named(it: &FoundObject) -> AnyView {
    view! {
        <li>
            <ObjectLink object=it.object.clone()/>
            {it.problem.as_ref().map(|it| problem(it, false))}
        </li>
    }
    .into_any()
}

fn problem((id, title): &(ProblemId, String), is_row: bool) -> AnyView {
    let href = address::problem(&use_place().get_untracked(), id);
    let row = is_row.then_some("");
    view! { <p class="its-problem"><a href=href data-row=row>{title.clone()}</a></p> }.into_any()
}
