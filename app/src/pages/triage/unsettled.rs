use std::time::Duration;

use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::view::{TriageAsk, TriagePage};
use podside_model::{Liveness, Unsettled};

use super::filter;
use super::unexplained::lasted;
use crate::address::{self, Tab, use_place};
use crate::clock;
use crate::components::{SeverityMark, Tone};
use crate::preferences::lang;
use crate::words::{SeverityWords, TimeWords, TriageWords};

/// The seconds of the page's clock, which goes on between two answers. It is the server's: a
/// browser's may be wrong.
#[derive(Clone, Copy)]
pub(super) struct Ticking(RwSignal<i64>);

impl Ticking {
    /// Begins with what a page says of the time, and never falls behind it.
    pub(super) fn with(page: RwSignal<TriagePage>) -> Self {
        let of_page = move || page.with_untracked(|page| page.head.now.as_second());
        let seconds = RwSignal::new(of_page());
        Effect::new(move |_| {
            let tick = move || seconds.update(|it| *it = of_page().max(*it + 1));
            let timer = set_interval_with_handle(tick, Duration::from_secs(1));
            on_cleanup(move || {
                if let Ok(timer) = timer {
                    timer.clear();
                }
            });
        });
        Self(seconds)
    }

    /// When something will be judged, counted down where the page is live: a cluster that
    /// does not answer is not judged.
    pub(super) fn until(self, at: Timestamp, now: Timestamp, live: bool) -> AnyView {
        let w = TimeWords::of(lang());
        if !live {
            return (w.at)(&clock::moment(at, now)).into_any();
        }
        let left = move || {
            let left = at.as_second() - now.as_second().max(self.0.get());
            if left > 0 {
                (w.coming)(&clock::span(left, lang()))
            } else {
                w.due.to_owned()
            }
        };
        left.into_any()
    }
}

/// What is not well yet, within the time it may take: one line each.
pub(super) fn unsettled(
    page: &TriagePage,
    shown: &[Unsettled<String>],
    (now, live): (Timestamp, bool),
    filter: RwSignal<TriageAsk>,
    ticking: Ticking,
    is_alone: bool,
) -> Option<AnyView> {
    let w = TriageWords::of(lang());
    if shown.is_empty() {
        return None;
    }
    let lines = shown
        .iter()
        .map(|it| line(it, (now, live), ticking))
        .collect_view();
    let after = (is_alone && live).then(|| view! { <p class="meta">{w.after_that}</p> }.into_any());
    Some(
        view! {
            <section class="row settling" id="unsettled">
                <div class="margin">
                    <h2>{SeverityWords::of(lang()).unsettled}</h2>
                    <p>{w.still_settling}</p>
                </div>
                <div>
                    <ul>{lines}</ul>
                    {filter::more(filter, shown.len(), page.matching_unsettled)}
                    {after}
                </div>
            </section>
        }
        .into_any(),
    )
}

fn line(
    unsettled: &Unsettled<String>,
    (now, live): (Timestamp, bool),
    ticking: Ticking,
) -> AnyView {
    let w = TriageWords::of(lang());
    let object = &unsettled.object;
    // The keys of the page go from row to row.
    let href = address::object(&use_place().get_untracked(), object, Tab::Overview);
    let (kind, path) = (object.kind.clone(), object.path());
    // The sentence goes on after the object that it begins with, which is a link.
    let named = format!("{} {}", object.kind, object.name);
    let says = match unsettled.what.strip_prefix(&named) {
        Some(rest) => rest.to_owned(),
        None => format!(": {}", unsettled.what),
    };
    let since = unsettled.since.map(|since| {
        lasted(
            &clock::span(clock::seconds_between(since, now), lang()),
            live,
        )
    });
    let at = unsettled.judged_at;
    view! {
        <li>
            <SeverityMark tone=Tone::Unsettled shape_only=true/>
            <span><a class="object" href=href data-row=""><i>{kind}" "</i>{path}</a>{says}" "<span class="quiet">{since}</span></span>
            <span class="quiet">
                {w.judged}" "
                <time datetime=clock::machine(at) title=clock::date_and_clock(at)>
                    {ticking.until(at, now, live)}
                </time>
            </span>
        </li>
    }
    .into_any()
}

/// Whether a page shows what is so now, and the moment that its ages end at: on a page that is
/// not live, when the cluster last answered.
pub(super) fn moment(page: &TriagePage) -> (Timestamp, bool) {
    let live = matches!(page.head.liveness, Liveness::Live { .. });
    let seen = page.diagnosis.as_ref().map(|it| it.observed_at);
    match seen {
        Some(seen) if !live => (seen, live),
        _ => (page.head.now, live),
    }
}
