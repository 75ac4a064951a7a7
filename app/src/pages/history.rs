use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use podside_model::form::HistorySearch;
use podside_model::view::{HistoryPage, PastInvestigation};
use podside_model::{InvestigationId, field};

use super::{answered, ask_for};
use crate::address::{self, CLUSTER, NAMESPACE, use_place};
use crate::api;
use crate::clock;
use crate::components::{
    Glyph, Icon, LinkButton, ObjectLink, SeverityMark, Sheet, Tone, Weight, sent_along,
};
use crate::portal::LONGEST_SEARCH;
use crate::preferences::lang;
use crate::tenths::{share, tenths};
use crate::words::{FrameWords, HistoryWords};

/// The past investigations that the address asks for.
#[component]
pub fn HistoryRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let before = query.get("before").and_then(|id| id.parse().ok());
            (
                query.get(field!(HistorySearch, words)).unwrap_or_default(),
                before.map(InvestigationId),
            )
        })
    });
    let answer = ask_for(
        move || (place.get(), asked.get()),
        move |(place, (words, before))| api::history(lang, place, words, before),
    );
    answered(answer, |page| sheet(&page))
}

fn sheet(page: &HistoryPage) -> AnyView {
    let w = HistoryWords::of(lang());
    let place = use_place().get_untracked();
    let body = if page.rows.is_empty() {
        empty(page)
    } else {
        table(page)
    };
    let sums = sums(page);
    let export = (!page.rows.is_empty()).then(|| {
        let href = address::exported(&page.words);
        view! { <a class="button" href=href rel="external nofollow" download=""><Icon glyph=Glyph::Down/>{w.export}</a> }
    });
    let words = page.words.clone();
    let k = FrameWords::of(lang());
    let keys = vec![
        ("J", k.next),
        ("K", k.previous),
        ("Enter", k.open),
        ("/", k.find),
    ];
    view! {
        <Sheet title=w.history head=Some(page.head.clone()) class="history-page" keys>
            <header class="head-and-search">
                <h1>{w.history}</h1>
                <form method="get" action="/history" role="search">
                    {sent_along(CLUSTER, place.cluster)}
                    {sent_along(NAMESPACE, place.namespace)}
                    <label class="field">
                        <Icon glyph=Glyph::Search/>
                        <span class="unseen">{w.search}</span>
                        <input type="search" name=field!(HistorySearch, words) value=words maxlength=LONGEST_SEARCH.to_string() placeholder=w.search aria-keyshortcuts="/"/>
                    </label>
                    <button class="button">{w.find}</button>
                </form>
                {export}
                <LinkButton href=address::leftovers(&use_place().get_untracked()) text=w.leftovers/>
            </header>
            <div class="list-and-sums">
                {body}
                {sums}
            </div>
        </Sheet>
    }
    .into_any()
}

fn table(page: &HistoryPage) -> AnyView {
    let w = HistoryWords::of(lang());
    let rows = page
        .rows
        .iter()
        .map(|row| past(row, page.head.now))
        .collect_view();
    let older = page.more.map(|before| {
        let href = address::older(&use_place().get_untracked(), &page.words, before);
        view! { <p><LinkButton href text=w.older/></p> }
    });
    view! {
        <div class="table-place">
            <table class="past">
                <thead>
                    <tr>
                        <th scope="col">{w.when}</th>
                        <th scope="col">{w.what}</th>
                        <th scope="col">{w.cause}</th>
                        <th scope="col">{w.who}</th>
                        <th scope="col" class="number">{w.to_cause}</th>
                        <th scope="col">{w.link}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {older}
        </div>
    }
    .into_any()
}

fn past(row: &PastInvestigation, now: jiff::Timestamp) -> AnyView {
    let w = HistoryWords::of(lang());
    let href = address::investigation(&use_place().get_untracked(), row.id);
    let cause = match &row.cause {
        Some(cause) => view! { <code>{cause.to_string()}</code> }.into_any(),
        None if row.concluded => w.nothing_wrong.into_any(),
        None => view! { <SeverityMark tone=Tone::Unknown word=w.no_conclusion/> }.into_any(),
    };
    let links: Vec<String> = [
        (row.live_links, w.live_links),
        (row.frozen_links, w.frozen_links),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, words)| words(count))
    .collect();
    let links = if links.is_empty() {
        view! { <span class="quiet">{w.none}</span> }.into_any()
    } else {
        let href = address::links(&use_place().get_untracked(), row.id);
        view! { <a href=href>{links.join(FrameWords::of(lang()).comma)}</a> }.into_any()
    };
    let took = row.seconds.map(|seconds| clock::span(seconds, lang()));
    view! {
        <tr>
            <td class="when">
                <time datetime=clock::machine(row.started_at) title=clock::date_and_clock(row.started_at)>{clock::moment(row.started_at, now)}</time>
            </td>
            <td class="what"><a href=href data-row="">{row.title.clone()}</a><br/><ObjectLink object=row.target.clone()/></td>
            <td class="cause">{cause}</td>
            <td>{row.who.clone()}</td>
            <td class="number tight">{took}</td>
            <td class="tight">{links}</td>
        </tr>
    }
    .into_any()
}

/// No row: nothing was ever started, or the search hides it.
fn empty(page: &HistoryPage) -> AnyView {
    let w = HistoryWords::of(lang());
    let place = use_place().get_untracked();
    if page.words.is_empty() {
        return view! {
            <section class="words">
                <h2>{w.empty}</h2>
                <p>{w.empty_says}</p>
                <p><LinkButton href=address::runbooks(&place) text=w.to_runbooks weight=Weight::Primary/></p>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="words">
            <h2>{(w.no_match)(&page.words)}</h2>
            <p><LinkButton href=address::history(&place) text=w.clear/></p>
        </section>
    }
    .into_any()
}

/// What the last 30 days add up to.
fn sums(page: &HistoryPage) -> AnyView {
    let w = HistoryWords::of(lang());
    let most = page
        .breaks_most
        .first()
        .map_or(1, |(_, count)| (*count).max(1));
    let bars = page
        .breaks_most
        .iter()
        .map(|(cause, count)| {
            let width = share(u64::from(*count), u64::from(most), 2_400);
            view! {
                <li>
                    <code>{cause.to_string()}</code><b>{*count}</b>
                    <svg viewBox="0 0 240 6" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="ground" width="240" height="6"></rect>
                        <rect class="bar" width=tenths(width) height="6"></rect>
                    </svg>
                </li>
            }
        })
        .collect_view();
    let span = |seconds: i64| clock::span(seconds, lang());
    let median = match page.median_seconds {
        None => view! { <p class="meta">{w.no_cause_yet}</p> }.into_any(),
        Some(seconds) => {
            let was = page
                .median_seconds_before
                .map(|before| (w.was)(&span(before)));
            view! { <p><b class="figure">{span(seconds)}</b>" "<span class="meta">{w.median}{was}</span></p> }
                .into_any()
        }
    };
    view! {
        <aside class="sums">
            <h2>{w.breaks_most}</h2>
            <p class="legend">{(w.last_30_days)(page.investigations)}</p>
            <ul>{bars}</ul>
            <h2>{w.time_to_cause}</h2>
            {median}
        </aside>
    }
    .into_any()
}
