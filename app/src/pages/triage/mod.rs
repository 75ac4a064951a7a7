//! What is broken here, worst first.

mod aside;
mod filter;
mod lead;
mod quiet;
mod row;
mod unexplained;
mod unsettled;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use podside_model::view::{TriageAsk, TriagePage};
use podside_model::{Diagnosis, Liveness};

use self::aside::Aside;
use self::filter::FilterBar;
use self::lead::Lead;
pub(super) use self::lead::proof;
use self::quiet::{NoAnswer, NotLive, StillReading, no_match, no_match_title, nothing_broken};
use self::row::Row;
pub(super) use self::unexplained::in_its_words;
use self::unsettled::{Ticking, unsettled};
use super::{answered, ask_for};
use crate::address::use_place;
use crate::api;
use crate::changes::Hears;
use crate::components::{Sheet, StripLegend};
use crate::live::use_live_choice;
use crate::preferences::lang;
use crate::words::{FrameWords, TriageWords};

/// The triage of the place that the address names.
#[component]
pub fn TriageRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let query = use_query_map();
    // Another choice on the page is asked for by the page, which stays.
    let answer = ask_for(
        move || place.get(),
        move |place| api::triage(lang, place, query.with_untracked(filter::of_query)),
    );
    answered(answer, |page| view! { <Triage page/> }.into_any())
}

/// The page, kept true while it is looked at.
#[component]
fn Triage(page: TriagePage) -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let waiting = RwSignal::new(None::<TriagePage>);
    let query = use_query_map();
    let filter = RwSignal::new(query.with_untracked(filter::of_query));
    Effect::new(move |_| {
        let chosen = query.with(filter::of_query);
        if filter.with_untracked(|filter| *filter != chosen) {
            filter.set(chosen);
        }
    });
    let ask = move || api::triage(lang, place.get_untracked(), filter.get_untracked());
    // What the page is the answer to.
    let answered = RwSignal::new(filter.get_untracked());
    let page = use_live_choice(page, Hears::Diagnosis, filter, ask, move |page, fresh| {
        let chosen = filter.get_untracked();
        let is_same = answered.with_untracked(|answered| *answered == chosen);
        // Nothing moves below the pointer or the focus: another order waits.
        if is_same && page.with_untracked(|shown| ids(shown) != ids(&fresh)) && is_in_use() {
            waiting.set(Some(fresh));
        } else {
            waiting.set(None);
            page.set(fresh);
            answered.set(chosen);
        }
    });
    let ticking = Ticking::with(page);
    let is_asking = move || filter.get() != answered.get();
    let show = move |_| {
        if let Some(mut fresh) = waiting.write().take() {
            page.update(|page| {
                // What is known of the connection may be newer than what waited.
                std::mem::swap(&mut fresh.head, &mut page.head);
                *page = fresh;
            });
        }
    };
    let new_below = move || {
        waiting.with(|waiting| {
            let fresh = waiting.as_ref()?;
            let shown = page.with(ids);
            let new = ids(fresh).into_iter().filter(|id| !shown.contains(id)).count();
            let words = (FrameWords::of(lang).new_waiting)(new);
            Some(view! { <button type="button" class="button small waiting" on:click=show>{words}</button> })
        })
    };
    view! {
        <div class="waiting-place" aria-live="polite">{new_below}</div>
        {move || page.with(|page| sheet(page, filter, is_asking(), ticking))}
    }
    .into_any()
}

/// A list whose end folds when it is longer than `shown`, so that what stands below it is
/// found.
fn folded(
    class: &'static str,
    mut items: Vec<AnyView>,
    shown: usize,
    w: &'static TriageWords,
) -> AnyView {
    let count = items.len();
    // One more than the rest would fold is shown at once.
    let rest = if count > shown + 1 {
        items.split_off(shown)
    } else {
        Vec::new()
    };
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="rest">
                <summary>{(w.show_all)(count)}</summary>
                <ol class=class start=(shown + 1).to_string()>{rest}</ol>
            </details>
        }
    });
    view! { <ol class=class>{items}</ol>{rest} }.into_any()
}

/// What is listed, in its order.
fn ids(page: &TriagePage) -> Vec<String> {
    let mut ids = Vec::new();
    if let Some(diagnosis) = &page.diagnosis {
        for problem in &diagnosis.problems {
            ids.push(format!("{} {}", problem.cause.as_str(), problem.subject));
        }
        let unexplained = diagnosis.unexplained.iter().map(|it| &it.object);
        let unsettled = diagnosis.unsettled.iter().map(|it| &it.object);
        ids.extend(unexplained.chain(unsettled).map(ToString::to_string));
    }
    ids
}

/// Whether the pointer or the focus is on what is listed.
fn is_in_use() -> bool {
    document()
        .query_selector("#problems:hover, #problems:focus-within")
        .is_ok_and(|found| found.is_some())
}

/// The whole page as one view without closures of its own: what a new answer does
/// not change keeps its element, and with it the focus.
fn sheet(
    page: &TriagePage,
    filter: RwSignal<TriageAsk>,
    is_asking: bool,
    ticking: Ticking,
) -> AnyView {
    let f = FrameWords::of(lang());
    let w = TriageWords::of(lang());
    let keys = vec![
        ("J", f.next),
        ("K", f.previous),
        ("Enter", f.open),
        ("Shift N", f.namespace),
        ("?", f.all_keys),
    ];
    let head = page.head.clone();
    let is_not_live = matches!(head.liveness, Liveness::NotLive { .. });
    let main = match &page.diagnosis {
        Some(diagnosis) => diagnosed(diagnosis, page, filter, ticking),
        None if is_not_live => {
            let ready_command = page.ready_command.clone();
            view! { <NoAnswer head=head.clone() ready_command/> }.into_any()
        }
        None => view! { <StillReading head=head.clone()/> }.into_any(),
    };
    let not_live = (is_not_live && page.diagnosis.is_some())
        .then(|| view! { <NotLive head=head.clone()/> }.into_any());
    // What has not been read has no number of problems; what is not live has none that is 0.
    let counted = page.diagnosis.as_ref().map(|_| page.matching);
    let is_listed = page.total() + page.unexplained + page.unsettled > 0;
    let counted = counted.filter(|_| !is_not_live || is_listed);
    // What is listed below the problems, where there is any.
    let others = [
        ("#unexplained", page.matching_unexplained, w.unexplained),
        ("#unsettled", page.matching_unsettled, w.unsettled),
    ];
    let others = others
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(to, count, word)| (to, word(count)));
    let mut jumps: Vec<(&str, String)> = Vec::new();
    // The title names the worst of what is shown, and counts what is none.
    let shown = page.diagnosis.as_ref().and_then(|it| it.problems.first());
    let mut title: Vec<String> = shown.map(|it| it.title.clone()).into_iter().collect();
    for (to, counted) in others {
        title.push(counted.clone());
        jumps.push((to, counted));
    }
    if title.is_empty() {
        title.push(if is_listed {
            no_match_title(page)
        } else {
            w.title.to_owned()
        });
    }
    let title = title.join(" · ");
    let jump = counted.map(|count| {
        if count > 0 || jumps.is_empty() {
            jumps.insert(0, ("#problems", (w.problems)(count)));
        }
        jumps.push(("#see", w.what_do_you_see.to_owned()));
        let links = jumps
            .into_iter()
            .map(|(to, text)| view! { <a href=to>{text}</a> }.into_any())
            .collect_view();
        view! { <nav class="jump" aria-label=w.jump>{links}</nav> }
    });
    let diagnosis = page.diagnosis.clone();
    view! {
        <Sheet title head=Some(page.head.clone()) class="triage" keys>
            {not_live}
            {jump}
            <div class="with-aside">
                <div id="problems" class=if is_asking { "asking" } else { "" }>{main}</div>
                <Aside diagnosis/>
            </div>
        </Sheet>
    }
    .into_any()
}

fn diagnosed(
    diagnosis: &Diagnosis<String>,
    page: &TriagePage,
    filter: RwSignal<TriageAsk>,
    ticking: Ticking,
) -> AnyView {
    let w = TriageWords::of(lang());
    let listed = page.total() + page.unexplained;
    let shown = diagnosis.problems.len();
    let mut strips = page.strips.iter().cloned().map(Some);
    let mut problems = diagnosis.problems.iter().cloned();
    let now = page.head.now;
    let (then, live) = unsettled::moment(page);
    // The bar keeps its place whatever matches, so that one can go on typing in it.
    let is_quiet = listed == 0 || page.total() == 0 && page.matching_unexplained > 0;
    let worst = problems.next();
    let leads = worst.is_some();
    let lead = match worst {
        Some(worst) => {
            view! { <Lead problem=worst strip=strips.next().flatten() now live/> }.into_any()
        }
        None if is_quiet => nothing_broken(page, diagnosis, ticking),
        None => no_match(page, filter),
    };
    let rows: Vec<AnyView> = problems
        .enumerate()
        .map(|(at, problem)| {
            let strip = strips.next().flatten();
            view! { <li><Row problem strip now live nth=at + 2/></li> }.into_any()
        })
        .collect();
    let unexplained: Vec<AnyView> = diagnosis
        .unexplained
        .iter()
        .enumerate()
        .map(|(at, it)| {
            let strip = strips.next().flatten();
            let row = unexplained::row(it.clone(), strip, then, live, at + 1);
            view! { <li>{row}</li> }.into_any()
        })
        .collect();
    let single = (listed == 1 && !unexplained.is_empty()).then(|| {
        // The only row has no bar above it, and its title is below a heading all the same.
        view! { <h2 class="unseen">{(w.unexplained)(1)}</h2> }
    });
    let bar = (listed > 1).then(|| {
        let matching = page.matching + page.matching_unexplained;
        view! { <FilterBar filter page=page.clone() matching leads/> }
    });
    let legend = page.strips.first().cloned();
    let shown_unexplained = unexplained.len();
    view! {
        {lead}
        {bar}
        {single}
        {filter::causes(page)}
        <ol class="problems">{rows}</ol>
        {filter::more(filter, shown, page.matching)}
        <ol class="problems" id="unexplained">{unexplained}</ol>
        {filter::more(filter, shown_unexplained, page.matching_unexplained)}
        {unsettled(page, &diagnosis.unsettled, (then, live), filter, ticking, listed == 0)}
        {legend.map(|strip| view! { <StripLegend strip/> }.into_any())}
    }
    .into_any()
}
