use leptos::prelude::*;
use podside_model::log::LogSource;
use podside_model::view::{LogRun, LogsAsk, LogsPage, Secrets};

use super::ask;
use super::clock::to_seconds;
use super::desk::Desk;
use super::kubectl;
use super::row::Letter;
use crate::clock::span;
use crate::components::{Command, secrets_switch};
use crate::log::Histogram;
use crate::tenths::{share, tenths};
use crate::words::{LogWords, RedactionWords};

/// Containers that are offered as one switch; more are chosen by their Pods' pages.
const MOST_CONTAINERS: usize = 6;

/// Beside the lines: the sources, what else could be asked for, where the errors are.
#[component]
pub(super) fn Side(
    /// The page's state.
    desk: Desk,
    /// The page as it was rendered.
    page: LogsPage,
) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let LogsPage { head, ask, logs } = page;
    // What is shown of the lines travels along as it is chosen.
    let to = |cluster: &str, other: LogsAsk| {
        let cluster = cluster.to_owned();
        move || ask::page(&cluster, &other, &desk.shows())
    };
    let commands = kubectl::commands(&ask, &logs)
        .into_iter()
        .map(|line| view! { <Command line/> })
        .collect_view();
    let since = [
        (w.one_minute, Some(60)),
        (w.five_minutes, Some(300)),
        (w.one_hour, Some(3600)),
        (w.all, None),
    ]
    .map(|(text, since)| {
        let other = LogsAsk {
            since,
            ..ask.clone()
        };
        link(
            text.to_owned(),
            to(&head.cluster, other),
            ask.since == since,
        )
    })
    .collect_view();
    let run = [
        (w.run_current, LogRun::Current),
        (w.run_previous, LogRun::Previous),
        (w.run_both, LogRun::Both),
    ]
    .map(|(text, run)| {
        let other = LogsAsk { run, ..ask.clone() };
        link(text.to_owned(), to(&head.cluster, other), ask.run == run)
    })
    .collect_view();
    // Of several workloads the containers have nothing to do with each other.
    let has_choice =
        ask.targets.len() == 1 && (2..=MOST_CONTAINERS).contains(&logs.containers.len());
    let containers = has_choice.then(|| {
        let names = logs.containers.iter().cloned().map(Some);
        let containers = names
            .chain([None])
            .map(|container| {
                let text = container.clone().unwrap_or_else(|| w.all.to_owned());
                let is_chosen = ask.container == container;
                let other = LogsAsk {
                    container,
                    ..ask.clone()
                };
                link(text, to(&head.cluster, other), is_chosen)
            })
            .collect_view();
        view! {
            <h2>{w.containers}</h2>
            <div class="switch many">{containers}</div>
        }
    });
    let secrets = secrets_switch(ask.secrets, |secrets: Secrets| {
        let other = LogsAsk {
            secrets,
            ..ask.clone()
        };
        ask::page(&head.cluster, &other, &untrack(|| desk.shows()))
    });
    view! {
        <aside class="log-side">
            <Sources desk run=ask.run/>
            <h2>{w.since}</h2>
            <div class="switch">{since}</div>
            <h2>{w.run}</h2>
            <div class="switch">{run}</div>
            {containers}
            <h2>{RedactionWords::of(desk.lang).secrets}</h2>
            {secrets}
            <h2>{w.errors}</h2>
            {move || chart(desk)}
            <h2>{w.same_with_kubectl}</h2>
            {commands}
        </aside>
    }
    .into_any()
}

fn link(
    text: String,
    href: impl Fn() -> String + Send + Sync + 'static,
    is_chosen: bool,
) -> AnyView {
    view! { <a href=href aria-current=is_chosen.then_some("true")>{text}</a> }.into_any()
}

/// The sources with their letters and how many lines of each have come. Each can be
/// hidden.
#[component]
fn Sources(desk: Desk, run: LogRun) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    // The list itself changes seldom, the counts all the time.
    let sources = Memo::new(move |_| {
        desk.changed.track();
        desk.state.with_value(|state| {
            let sources: Vec<LogSource> =
                state.sources().map(|(source, _)| source.clone()).collect();
            (sources, state.left_out())
        })
    });
    move || {
        let (sources, left_out) = sources.get();
        let title = (w.sources)(sources.len());
        let items = sources
            .into_iter()
            .enumerate()
            .map(|(at, source)| source_item(desk, run, at, &source))
            .collect_view();
        let left_out =
            (left_out > 0).then(|| view! { <p class="meta">{(w.left_out)(left_out)}</p> });
        view! {
            <h2>{title}</h2>
            <ol class="sources">{items}</ol>
            {left_out}
        }
    }
}

fn source_item(desk: Desk, run: LogRun, at: usize, source: &LogSource) -> AnyView {
    let w = LogWords::of(desk.lang);
    let number = u8::try_from(at).unwrap_or(u8::MAX);
    // How many are shown, and how many there are where that is not all.
    let lines = move || {
        desk.changed.track();
        desk.state.with_value(|state| {
            let lines = state.sources().nth(at).map_or(0, |(_, lines)| lines);
            let shown = state.view().lines_of(at);
            let is_filtered = desk.filter.with(|filter| !filter.shows_all());
            (is_filtered.then_some(shown), lines)
        })
    };
    let count = move || match lines() {
        (Some(shown), lines) => (w.hit_of)(
            usize::try_from(shown).unwrap_or(usize::MAX),
            usize::try_from(lines).unwrap_or(usize::MAX),
        ),
        (None, lines) => lines.to_string(),
    };
    let is_hidden = move || {
        desk.filter
            .with(|filter| filter.hidden_sources.contains(&number))
    };
    let toggle = move |_| {
        desk.filter.update(|filter| {
            let hidden = &mut filter.hidden_sources;
            match hidden.iter().position(|hidden| *hidden == number) {
                Some(at) => drop(hidden.remove(at)),
                None => hidden.push(number),
            }
        });
    };
    let container = match run {
        LogRun::Current => w.container,
        LogRun::Previous => w.container_before,
        LogRun::Both => w.container_both,
    };
    // The visible letter is the beginning of the name.
    let label = (w.hide_source)(&LogSource::letters(at), &source.id.pod);
    let waits = source
        .waits
        .as_ref()
        .map(|why| view! { <small class="waits">{(w.waits)(why)}</small> });
    view! {
        <li class:hidden-source=is_hidden>
            <button
                type="button"
                aria-pressed=move || (!is_hidden()).to_string()
                aria-label=label
                on:click=toggle
            >
                <Letter number=at/>
            </button>
            <span class="name">
                <b title=source.id.pod.clone()>{source.short_pod()}</b>
                <small>{container(&source.id.container)}</small>
                {waits}
            </span>
            <span class="count" title=move || (w.lines_so_far)(lines().1)>{count}</span>
        </li>
    }
    .into_any()
}

/// Bars of errors over time, with the last warning event.
fn chart(desk: Desk) -> AnyView {
    let w = LogWords::of(desk.lang);
    let Some(histogram) = desk.chart.get() else {
        return view! { <p class="meta">{w.no_errors}</p> }.into_any();
    };
    let most = histogram.bars.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return view! { <p class="meta">{w.no_errors}</p> }.into_any();
    }
    let is_local = desk.is_local.get();
    let mut caption = (w.errors_each)(&span(histogram.width, desk.lang));
    if let Some((reason, _)) = &histogram.event {
        caption.push_str(&(w.triangle)(reason));
    }
    let bars = bars(&histogram.bars, most);
    let event = histogram.event_at(WIDTH).map(|x| {
        let x = tenths(x);
        view! {
            <g class="event">
                <path d=format!("M{x} 2v44")></path>
                <path class="head" d=format!("M{x} 0l-5 8h10z")></path>
            </g>
        }
    });
    let (from, to) = ends(&histogram, is_local);
    view! {
        <figure class="errors">
            <svg viewBox="0 0 208 47" role="img" aria-label=caption.clone()>
                {bars}
                <path class="base" d="M0 46.5H208"></path>
                {event}
            </svg>
            <p class="ends"><span>{from}</span><span>{to}</span></p>
            <figcaption>{caption}</figcaption>
        </figure>
    }
    .into_any()
}

/// The width of the chart, in tenths of its units.
const WIDTH: u64 = 2_080;

fn bars(counts: &[u64], most: u64) -> AnyView {
    let count = u64::try_from(counts.len()).unwrap_or(u64::MAX);
    let width = share(1, count, WIDTH).saturating_sub(40).max(10);
    (0..)
        .zip(counts)
        .filter(|(_, errors)| **errors > 0)
        .map(|(at, errors)| {
            let height = share(*errors, most, 400).clamp(20, 400);
            view! {
                <rect
                    x=tenths(share(at, count, WIDTH))
                    y=tenths(460 - height)
                    width=tenths(width)
                    height=tenths(height)
                ></rect>
            }
        })
        .collect_view()
        .into_any()
}

/// The clock at both ends; of the second only what differs from the first.
fn ends(histogram: &Histogram, is_local: bool) -> (String, String) {
    let from = to_seconds(histogram.start, is_local);
    let to = to_seconds(histogram.end, is_local);
    let differs = match from.get(..5) {
        Some(minute) if to.starts_with(minute) => 5,
        _ => 0,
    };
    let to = to.get(differs..).unwrap_or_default().to_owned();
    (from, to)
}
