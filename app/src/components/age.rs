use jiff::Timestamp;
use leptos::prelude::*;

use crate::clock;
use crate::preferences::lang;
use crate::words::TimeWords;

/// How long ago something was; the full date is in the title.
#[component]
pub fn Age(
    /// The moment.
    at: Timestamp,
    /// The moment that the page shows.
    now: Timestamp,
) -> impl IntoView {
    view! {
        <time datetime=clock::machine(at) title=clock::date_and_clock(at)>
            {clock::ago(at, now, lang())}
        </time>
    }
    .into_any()
}

/// Since when a problem is there, as whatever names it says it. On a page that is not live the age
/// is that of the last moment seen.
pub(crate) fn age(
    since: Option<Timestamp>,
    now: Timestamp,
    live: bool,
    with_clock: bool,
) -> Option<AnyView> {
    let since = since?;
    let w = TimeWords::of(lang());
    let clock =
        with_clock.then(|| view! { {(w.since)(&clock::moment(since, now))}<br/> }.into_any());
    let age = if live {
        view! { <Age at=since now/> }.into_any()
    } else {
        let span = clock::span(clock::seconds_between(since, now), lang());
        (w.when_last_seen)(&span).into_any()
    };
    Some(view! { {clock}{age} }.into_any())
}
