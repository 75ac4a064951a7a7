use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::ObjectRef;
use podside_model::view::{Beginning, WhyBegin};

use super::{ObjectLink, SeverityMark, Tone, quoted_prose};
use crate::address::{self, use_place};
use crate::clock;
use crate::preferences::lang;
use crate::words::BeginningWords;

/// What is broken or was restarted, where nothing is chosen yet: each leads to what the page is
/// for, by `href`; `says` tells what that is.
pub(crate) fn beginnings(
    rows: &[Beginning],
    now: Timestamp,
    says: &'static str,
    href: impl Fn(&ObjectRef) -> String,
) -> AnyView {
    let w = BeginningWords::of(lang());
    let is_empty = rows.is_empty();
    let rows = rows
        .iter()
        .map(|it| row(it, now, href(&it.object)))
        .collect_view();
    let triage = address::triage(&use_place().get_untracked());
    view! {
        <section class="beginnings row ruled" aria-labelledby="beginnings">
            <div class="margin">
                <h2 id="beginnings">{w.broken_now}</h2>
                <p>{if is_empty { w.none } else { says }}</p>
                <p><a href=triage>{w.all}</a></p>
            </div>
            <ul>{rows}</ul>
        </section>
    }
    .into_any()
}

fn row(beginning: &Beginning, now: Timestamp, href: String) -> AnyView {
    let w = BeginningWords::of(lang());
    let (mark, says) = match &beginning.why {
        WhyBegin::Problem { severity, title } => (
            view! { <SeverityMark tone=*severity/> }.into_any(),
            title.clone(),
        ),
        WhyBegin::Unexplained { what } => (
            view! { <SeverityMark tone=Tone::Unexplained/> }.into_any(),
            what.clone(),
        ),
        WhyBegin::Restarted { times, last } => (
            view! { <SeverityMark tone=Tone::Info word=w.restarted/> }.into_any(),
            (w.restarts)(*times, &clock::moment(*last, now)),
        ),
    };
    view! {
        <li>
            {mark}
            <span><a href=href>{quoted_prose(&says)}</a>" "<ObjectLink object=beginning.object.clone()/></span>
        </li>
    }
    .into_any()
}
