//! What is broken here, worst first.

mod aside;
mod filter;
mod lead;
mod quiet;
mod row;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use podside_model::view::{TriageAsk, TriagePage};
use podside_model::{Diagnosis, Liveness, Problem, ProblemId};

use self::aside::Aside;
use self::filter::FilterBar;
use self::lead::Lead;
pub(super) use self::lead::proof;
use self::quiet::{NoAnswer, NoMatch, NotLive, NothingBroken, StillReading};
use self::row::Row;
use super::answered;
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
    let answer = Resource::new(
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
        {move || page.with(|page| sheet(page, filter, is_asking()))}
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

fn ids(page: &TriagePage) -> Vec<ProblemId> {
    page.diagnosis
        .iter()
        .flat_map(|diagnosis| diagnosis.problems.iter().map(Problem::id))
        .collect()
}

/// Whether the pointer or the focus is on the list of problems.
fn is_in_use() -> bool {
    document()
        .query_selector("#problems:hover, #problems:focus-within")
        .is_ok_and(|found| found.is_some())
}

/// The whole page as one view without closures of its own: what a new answer does
/// not change keeps its element, and with it the focus.
fn sheet(page: &TriagePage, filter: RwSignal<TriageAsk>, is_asking: bool) -> AnyView {
    let f = FrameWords::of(lang());
    let w = TriageWords::of(lang());
    let keys = vec![
        ("J", f.next),
        ("K", f.previous),
        ("Enter", f.open),
        ("Shift N", f.namespace),
        ("?", f.all_keys),
    ];
    // The title names the worst problem, whatever the filter hides.
    let title = page.worst.clone();
    let title = title.unwrap_or_else(|| w.title.to_owned());
    let head = page.head.clone();
    let is_not_live = matches!(head.liveness, Liveness::NotLive { .. });
    let main = match &page.diagnosis {
        Some(diagnosis) => diagnosed(diagnosis, page, filter),
        None if is_not_live => {
            let ready_command = page.ready_command.clone();
            view! { <NoAnswer head=head.clone() ready_command/> }.into_any()
        }
        None => view! { <StillReading head=head.clone()/> }.into_any(),
    };
    let not_live =
        (is_not_live && page.diagnosis.is_some()).then(|| view! { <NotLive head=head.clone()/> });
    // What has not been read has no number of problems; what is not live has none that is 0.
    let counted = page.diagnosis.as_ref().map(|_| page.total());
    let counted = counted.filter(|total| !(is_not_live && *total == 0));
    let jump = counted.map(|count| {
        view! {
            <nav class="jump" aria-label=w.jump>
                <a href="#problems">{(w.problems)(count)}</a>
                <a href="#see">{w.what_do_you_see}</a>
            </nav>
        }
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
) -> AnyView {
    let total = page.total();
    if total == 0 {
        return view! { <NothingBroken diagnosis=diagnosis.clone() head=page.head.clone()/> }
            .into_any();
    }
    let shown = diagnosis.problems.len();
    let strips = page.strips.iter().cloned().map(Some);
    let mut problems = diagnosis
        .problems
        .iter()
        .cloned()
        .zip(strips.chain(std::iter::repeat(None)));
    let now = page.head.now;
    let live = matches!(page.head.liveness, Liveness::Live { .. });
    // The bar keeps its place whatever matches, so that one can go on typing in it.
    let lead = match problems.next() {
        Some((worst, strip)) => view! { <Lead problem=worst strip now live/> }.into_any(),
        None => {
            view! { <NoMatch filter counts=page.by_severity() head=page.head.clone()/> }.into_any()
        }
    };
    let rows: Vec<AnyView> = problems
        .enumerate()
        .map(|(at, (problem, strip))| {
            view! { <li><Row problem strip now live nth=at + 2/></li> }.into_any()
        })
        .collect();
    let bar = (total > 1)
        .then(|| view! { <FilterBar filter counts=page.by_severity() matching=page.matching/> });
    let legend = page.strips.first().cloned();
    view! {
        {lead}
        {bar}
        {filter::causes(page)}
        <ol class="problems">{rows}</ol>
        {filter::more(filter, shown, page.matching)}
        {legend.map(|strip| view! { <StripLegend strip/> })}
    }
    .into_any()
}
