use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::view::{EventRow, Reading};

use crate::clock;
use crate::components::{Note, SeverityMark, Tone, quoted};
use crate::pages::failure::Denied;
use crate::preferences::lang;
use crate::words::ResourceWords;

/// Events in a table, the newest first.
#[component]
pub(super) fn EventTable(events: Reading<Vec<EventRow>>, now: Timestamp) -> impl IntoView {
    let w = ResourceWords::of(lang());
    let events = match events {
        Reading::Read(events) => events,
        Reading::Denied(right) => {
            return view! { <div><Denied rights=vec![right]/></div> }.into_any();
        }
        Reading::Failed(what) => {
            return view! { <div><Note tone=Tone::Unknown>{what}</Note></div> }.into_any();
        }
    };
    if events.is_empty() {
        return view! { <p class="quiet">{w.no_events}</p> }.into_any();
    }
    let rows = events
        .into_iter()
        .map(|event| row(event, now))
        .collect_view();
    view! {
        <table class="events">
            <thead>
                <tr>
                    <th scope="col">{w.event_type}</th>
                    <th scope="col">{w.event_reason}</th>
                    <th scope="col">{w.event_last}</th>
                    <th scope="col">{w.event_count}</th>
                    <th scope="col">{w.event_message}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(event: EventRow, now: Timestamp) -> AnyView {
    let span = |at| clock::span(clock::seconds_between(at, now), lang());
    let kind = if event.warning {
        view! { <SeverityMark tone=Tone::Warning word="Warning"/> }.into_any()
    } else {
        view! { <span class="quiet">"Normal"</span> }.into_any()
    };
    let last = event.last.map(|at| {
        view! { <time datetime=clock::machine(at) title=clock::date_and_clock(at)>{span(at)}</time> }
    });
    let count = match event.first.filter(|_| event.count > 1) {
        Some(first) => format!("×{} / {}", event.count, span(first)),
        None => format!("×{}", event.count),
    };
    view! {
        <tr>
            <td>{kind}</td>
            <td><strong>{event.reason}</strong></td>
            <td class="tight">{last}</td>
            <td class="tight quiet">{count}</td>
            <td class="message">{quoted(&event.message)}</td>
        </tr>
    }
    .into_any()
}
