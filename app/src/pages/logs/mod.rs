//! Logs: complete with their last lines as rendered, then streamed.

mod ask;
mod clock;
#[cfg(feature = "hydrate")]
mod connection;
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only the browser is ever connected")
)]
mod desk;
mod foot;
mod kubectl;
mod lines;
mod pattern;
mod row;
mod side;
#[cfg_attr(
    not(feature = "hydrate"),
    allow(dead_code, reason = "only the browser and the tests take frames in")
)]
mod state;
mod toolbar;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::{use_params_map, use_query_map};
use podside_model::view::{LogsAsk, LogsPage};

use self::ask::Shows;
use self::clock::with_milliseconds;
use self::desk::{Desk, Standing};
use self::foot::Foot;
use self::lines::Lines;
use self::side::Side;
use self::toolbar::Toolbar;
use super::{answered, ask_for};
use crate::address::{self, Address, use_place};
use crate::api;
use crate::components::{ChartHeadBand, Choice, PageTitle, beginnings, switcher};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{BeginningWords, FrameWords, LogWords};

/// The logs that the address asks for.
#[component]
pub fn LogsRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let path = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let place = place.get();
        let ask = path.with(|path| query.with(|query| ask::of_address(&place, path, query)));
        (place, ask)
    });
    let answer = ask_for(
        move || asked.get(),
        move |(place, ask)| api::logs(lang, place, ask),
    );
    answered(answer, |page| view! { <Logs page/> }.into_any())
}

#[component]
fn Logs(page: LogsPage) -> impl IntoView {
    let w = LogWords::of(page.head.lang);
    let shows = use_query_map().with_untracked(Shows::of_query);
    let about = about(&page, &shows);
    let desk = Desk::new(&page, shows);
    let title = title(&page.ask, w);
    if page.ask.namespace.is_none() {
        return view! {
            <PageTitle title=title.clone()/>
            <ChartHeadBand head=page.head.clone()/>
            {namespaces(&page)}
        }
        .into_any();
    }
    work_with(desk, &page);
    let failed = page.logs.failed.clone();
    let (cluster, asked) = (page.head.cluster.clone(), page.ask.clone());
    view! {
        <PageTitle title=title.clone()/>
        <ChartHeadBand head=page.head.clone() about=(w.follows, about) fresh=fresh(desk, &page)/>
        <main id="main" class="logs" tabindex="-1">
            <h1 class="unseen">{title}</h1>
            <Toolbar desk cluster=cluster.clone() ask=asked.clone()/>
            <Side desk page/>
            <div class="log-sheet">
                <Lines desk cluster ask=asked failed/>
                <Foot desk/>
            </div>
        </main>
    }
    .into_any()
}

fn title(ask: &LogsAsk, w: &LogWords) -> String {
    match &ask.namespace {
        None => w.title.to_owned(),
        Some(namespace) => (w.title_of)(&match &ask.targets[..] {
            [] => namespace.clone(),
            targets => targets.join(", ").replace('/', " "),
        }),
    }
}

/// What is followed, which opens into what else could be.
fn about(page: &LogsPage, shows: &Shows) -> AnyView {
    let w = LogWords::of(page.head.lang);
    let to = |targets: Vec<String>| {
        ask::page(
            &page.head.cluster,
            &LogsAsk {
                targets,
                container: None,
                ..page.ask.clone()
            },
            shows,
        )
    };
    let mut choices = vec![Choice {
        text: w.all_pods.to_owned(),
        href: to(Vec::new()),
        current: page.ask.targets.is_empty(),
    }];
    choices.extend(page.logs.choices.iter().map(|object| {
        let target = ask::target(object);
        Choice {
            text: format!("{} {}", object.kind, object.name),
            current: page.ask.targets.contains(&target),
            href: to(vec![target]),
        }
    }));
    switcher(
        "target-switch",
        w.choose,
        None,
        followed(&page.ask, w),
        choices,
    )
}

/// `Deployments orders-api, web`: one kind is named once.
fn followed(ask: &LogsAsk, w: &LogWords) -> String {
    let mut targets = ask
        .targets
        .iter()
        .filter_map(|target| target.split_once('/'));
    let Some((kind, first)) = targets.next() else {
        return w.all_pods.to_owned();
    };
    let rest: Vec<_> = targets.collect();
    if rest.is_empty() {
        return format!("{kind} {first}");
    }
    if rest.iter().all(|(other, _)| *other == kind) {
        let names = rest.iter().map(|(_, name)| *name);
        let names: Vec<_> = std::iter::once(first).chain(names).collect();
        return format!("{kind}s {}", names.join(", "));
    }
    ask.targets.join(", ").replace('/', " ")
}

/// How fresh the lines are: paused, live, lost.
fn fresh(desk: Desk, page: &LogsPage) -> AnyView {
    let f = FrameWords::of(desk.lang);
    let w = LogWords::of(desk.lang);
    let rendered = page.head.now;
    let state = move |is_live: bool, word: &'static str, when: String| {
        let class = if is_live { "liveness" } else { "liveness off" };
        view! { <span class=class>{word}</span>" "<span class="when">{when}</span> }.into_any()
    };
    let view = move || {
        let is_local = desk.is_local.get();
        let clock = |at: i64| with_milliseconds(at, is_local);
        match desk.standing() {
            Standing::Following => state(true, f.live, String::new()),
            Standing::Paused(paused) => {
                state(false, w.paused_state, (w.at)(&clock(paused.at * 1_000_000)))
            }
            Standing::Lost { at, said } => {
                let since = (f.not_live_since)(&clock(at));
                let said = said.map(|said| format!(": {said}")).unwrap_or_default();
                state(false, f.not_live, since + &said)
            }
            Standing::Ended => state(false, w.ended_state, String::new()),
            Standing::Read => {
                let at = i64::try_from(rendered.as_nanosecond()).unwrap_or_default();
                state(false, w.read_state, (w.at)(&clock(at)))
            }
        }
    };
    view.into_any()
}

/// The namespaces to choose from, where none was asked for.
fn namespaces(page: &LogsPage) -> AnyView {
    let w = LogWords::of(page.head.lang);
    let items = page
        .head
        .namespaces
        .iter()
        .map(|namespace| {
            let place = Place {
                cluster: Some(page.head.cluster.clone()),
                namespace: Some(namespace.clone()),
            };
            let href = Address::at(&place).segment("logs").href();
            view! { <li><a href=href>{namespace.clone()}</a></li> }
        })
        .collect_view();
    let everywhere = Place {
        cluster: Some(page.head.cluster.clone()),
        namespace: None,
    };
    let begin = beginnings(
        &page.logs.beginnings,
        page.head.now,
        BeginningWords::of(page.head.lang).logs_of,
        |object| address::logs(&everywhere, Some(object)),
    );
    view! {
        <main id="main" class="page" tabindex="-1">
            <h1>{w.title}</h1>
            {begin}
            <h2>{w.choose_namespace}</h2>
            <ul class="log-namespaces">{items}</ul>
        </main>
    }
    .into_any()
}

/// Lets what the reader chooses take effect, and connects to the stream.
fn work_with(desk: Desk, page: &LogsPage) {
    Effect::new(move |before: Option<()>| {
        let filter = desk.filter.get();
        if before.is_some() {
            desk.state.update_value(|state| state.set_filter(filter));
            desk.schedule();
        }
    });
    Effect::new(move |before: Option<()>| {
        let query = desk.query.get();
        // What is no pattern moves nothing.
        if before.is_some() && query.pattern().is_ok() {
            desk.found.set(query);
        }
    });
    Effect::new(move |before: Option<()>| {
        desk.found.track();
        if before.is_some() {
            desk.hit.set(None);
            desk.state
                .update_value(super::logs::state::LogState::clear_hits);
            desk.schedule();
        }
    });
    Effect::new(move |_| {
        let keys = window_event_listener(leptos::ev::keydown, move |event| pressed(desk, &event));
        on_cleanup(move || keys.remove());
    });
    let stream = ask::stream(&page.head.cluster, &page.ask);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| connection::keep_connected(desk, stream.clone()));
    #[cfg(not(feature = "hydrate"))]
    drop(stream);
}

/// F3 works everywhere; Space only where it has no other meaning.
fn pressed(desk: Desk, event: &KeyboardEvent) {
    if event.key() == "F3" {
        event.prevent_default();
        desk.step(!event.shift_key());
        return;
    }
    let target = event
        .target()
        .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
    let is_taken = target
        .and_then(|t| {
            t.closest("input, textarea, select, button, a, summary, dialog")
                .ok()
        })
        .flatten()
        .is_some();
    let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key());
    if event.key() == " " && is_plain && !is_taken {
        event.prevent_default();
        if desk.paused.get_untracked().is_some() {
            desk.go_on();
        } else {
            desk.pause();
        }
    }
}
