use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use podside_model::view::LogsAsk;

use super::ask::{self, Shows};
use super::desk::Desk;
use super::pattern::{NotAPattern, Query};
use crate::address::{Address, FIND};
use crate::components::{Glyph, Icon, sent_along};
use crate::portal::Place;
use crate::words::LogWords;

/// What is found, hidden and shown, and the way to a file. It is a form: without JavaScript the
/// server renders the page with what it sends.
#[component]
pub(super) fn Toolbar(
    /// The page's state.
    desk: Desk,
    /// The cluster's name.
    cluster: String,
    /// What was asked for.
    ask: LogsAsk,
) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let download = ask::download(&cluster, &ask);
    let action = Address::at(&Place::default()).segment("logs").href();
    let sent = ask::sent_along(&cluster, &ask)
        .map(|(name, value)| sent_along(name, value))
        .collect_view();
    let Shows {
        exclude,
        no_debug,
        wraps,
        ..
    } = untrack(|| desk.shows());
    view! {
        <form
            class="log-bar"
            method="get"
            action=action
            aria-label=w.bar
            on:submit=|event| event.prevent_default()
        >
            {sent}
            <Find desk/>
            <label class="field exclude">
                <span>{w.exclude}</span>
                <input
                    type="text"
                    name=ask::EXCLUDE
                    maxlength=Shows::LONGEST.to_string()
                    value=exclude
                    aria-label=w.exclude_label
                    placeholder="/readyz"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || desk.filter.with(|filter| filter.exclude.clone())
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        desk.filter.update(|filter| filter.exclude = text);
                    }
                />
            </label>
            <div class="switch live-only" role="group" aria-label=w.how>
                {choice(w.text, move || !desk.query.with(|q| q.is_regexp), move || set_regexp(desk, false))}
                {choice(w.regexp, move || desk.query.with(|q| q.is_regexp), move || set_regexp(desk, true))}
            </div>
            <div class="switch" role="group" aria-label=w.levels>
                {level(desk, w.all_levels, "", !no_debug, false)}
                {level(desk, w.errors_and_info, ask::FROM_INFO, no_debug, true)}
            </div>
            <button type="submit" class="button without-script">{w.show}</button>
            <span class="push"></span>
            <div class="switch" role="group" aria-label=w.display>
                <button
                    type="button"
                    class="live-only"
                    title=w.other_zone
                    on:click=move |_| desk.is_local.update(|is_local| *is_local = !*is_local)
                >
                    <Icon glyph=Glyph::Clock/>
                    {move || if desk.is_local.get() { w.local } else { w.utc }}
                </button>
                <label>
                    <input
                        type="checkbox"
                        name=ask::WRAP
                        value=ask::ON
                        checked=wraps
                        prop:checked=move || desk.wraps.get()
                        on:change=move |event| desk.wraps.set(event_target_checked(&event))
                    />
                    <Icon glyph=Glyph::Wrap/>
                    {w.wrap}
                </label>
                <Columns desk/>
            </div>
            <a class="button" href=download rel="external" download="">
                <Icon glyph=Glyph::Down/>
                {w.download}
            </a>
        </form>
    }
    .into_any()
}

fn choice(
    text: &'static str,
    is_on: impl Fn() -> bool + Send + Sync + 'static,
    choose: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button type="button" aria-pressed=move || is_on().to_string() on:click=move |_| choose()>
            {text}
        </button>
    }
    .into_any()
}

fn set_regexp(desk: Desk, is_regexp: bool) {
    desk.query.update(|query| query.is_regexp = is_regexp);
}

/// One choice of levels, as a form sends it.
fn level(
    desk: Desk,
    text: &'static str,
    value: &'static str,
    is_chosen: bool,
    no_debug: bool,
) -> AnyView {
    view! {
        <label>
            <input
                type="radio"
                name=ask::LEVELS
                value=value
                checked=is_chosen
                prop:checked=move || desk.filter.with(|filter| filter.no_debug == no_debug)
                on:change=move |_| desk.filter.update(|filter| filter.no_debug = no_debug)
            />
            {text}
        </label>
    }
    .into_any()
}

/// The field that finds as one types.
#[component]
fn Find(desk: Desk) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let find = desk.query.with_untracked(|query| query.text.clone());
    let is_bad = move || desk.query.with(|query| query.pattern().is_err());
    let says = move || {
        desk.changed.track();
        let hit = desk.hit.get();
        desk.query.with(|query| {
            if query.text.is_empty() {
                return String::new();
            }
            if let Err(NotAPattern { at, sign }) = query.pattern() {
                return (w.bad_pattern)(at, sign);
            }
            desk.state.with_value(|state| {
                let view = state.view();
                match hit {
                    Some(row) => (w.hit_of)(view.hits_before(row) + 1, view.hits()),
                    None => (w.hits)(view.hits()),
                }
            })
        })
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            desk.step(!event.shift_key());
        }
        "Escape" => desk.query.set(Query::default()),
        _ => {}
    };
    view! {
        <div class="field find" role="search">
            <Icon glyph=Glyph::Search/>
            <input
                type="text"
                name=FIND
                maxlength=Shows::LONGEST.to_string()
                value=find
                aria-label=w.find
                aria-invalid=move || is_bad().then_some("true")
                aria-describedby="log-hits"
                aria-keyshortcuts="/"
                placeholder=w.find_hint
                autocomplete="off"
                spellcheck="false"
                prop:value=move || desk.query.with(|query| query.text.clone())
                on:input=move |event| {
                    let text = event_target_value(&event);
                    desk.query.update(|query| query.text = text);
                }
                on:keydown=on_key
            />
            <output id="log-hits" aria-live="polite">{says}</output>
            <button
                type="button"
                class="key live-only"
                aria-keyshortcuts="F3"
                on:click=move |_| desk.step(true)
            >
                <kbd>"F3"</kbd> <span class="unseen">{w.next_hit}</span>
            </button>
        </div>
    }
    .into_any()
}

/// Which columns stand before the text.
#[component]
fn Columns(desk: Desk) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let column = |name: &'static str, get: fn(&mut super::desk::Columns) -> &mut bool| {
        let is_on = move || *get(&mut desk.columns.get());
        view! {
            <label>
                <input
                    type="checkbox"
                    prop:checked=is_on
                    checked=true
                    on:change=move |event| {
                        let is_on = event_target_checked(&event);
                        desk.columns.update(|columns| *get(columns) = is_on);
                    }
                />
                {name}
            </label>
        }
    };
    view! {
        <details class="columns live-only">
            <summary>{w.columns}</summary>
            <div>
                {column(w.column_time, |columns| &mut columns.time)}
                {column(w.column_source, |columns| &mut columns.source)}
                {column(w.column_level, |columns| &mut columns.level)}
            </div>
        </details>
    }
}
