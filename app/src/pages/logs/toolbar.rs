use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::desk::Desk;
use super::pattern::Query;
use crate::components::{Glyph, Icon};
use crate::words::LogWords;

/// What is found, hidden and shown, and the way to a file.
#[component]
pub(super) fn Toolbar(
    /// The page's state.
    desk: Desk,
    /// Where the text file is.
    download: String,
) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    view! {
        <section class="log-bar" aria-label=w.bar>
            <Find desk/>
            <label class="field exclude live-only">
                <span>{w.exclude}</span>
                <input
                    type="text"
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
            <div class="switch live-only" role="group" aria-label=w.levels>
                {choice(w.all_levels, move || !desk.filter.with(|f| f.no_debug), move || set_no_debug(desk, false))}
                {choice(w.errors_and_info, move || desk.filter.with(|f| f.no_debug), move || set_no_debug(desk, true))}
            </div>
            <span class="push"></span>
            <div class="switch live-only" role="group" aria-label=w.display>
                <button
                    type="button"
                    title=w.other_zone
                    on:click=move |_| desk.is_local.update(|is_local| *is_local = !*is_local)
                >
                    <Icon glyph=Glyph::Clock/>
                    {move || if desk.is_local.get() { w.local } else { w.utc }}
                </button>
                <button
                    type="button"
                    aria-pressed=move || desk.wraps.get().to_string()
                    on:click=move |_| desk.wraps.update(|wraps| *wraps = !*wraps)
                >
                    <Icon glyph=Glyph::Wrap/>
                    {w.wrap}
                </button>
                <Columns desk/>
            </div>
            <a class="button" href=download rel="external" download="">
                <Icon glyph=Glyph::Down/>
                {w.download}
            </a>
        </section>
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

fn set_no_debug(desk: Desk, no_debug: bool) {
    desk.filter.update(|filter| filter.no_debug = no_debug);
}

/// The field that finds as one types.
#[component]
fn Find(desk: Desk) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let says = move || {
        desk.changed.track();
        let hit = desk.hit.get();
        desk.query.with(|query| {
            if query.text.is_empty() {
                return String::new();
            }
            if query.pattern().is_err() {
                return w.bad_pattern.to_owned();
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
        <div class="field find live-only" role="search">
            <Icon glyph=Glyph::Search/>
            <input
                type="text"
                aria-label=w.find
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
            <output aria-live="polite">{says}</output>
            <button
                type="button"
                class="key"
                aria-label=w.next_hit
                aria-keyshortcuts="F3"
                on:click=move |_| desk.step(true)
            >
                <kbd aria-hidden="true">"F3"</kbd>
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
        <details class="columns">
            <summary>{w.columns}</summary>
            <div>
                {column(w.column_time, |columns| &mut columns.time)}
                {column(w.column_source, |columns| &mut columns.source)}
                {column(w.column_level, |columns| &mut columns.level)}
            </div>
        </details>
    }
}
