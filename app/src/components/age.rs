use jiff::Timestamp;
use leptos::prelude::*;

use crate::clock;
use crate::preferences::lang;

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
