use leptos::html;
use leptos::prelude::*;
use podside_model::log::{EndWhy, LogNote, LogSource};
use podside_model::view::{LogRun, LogsAsk};

use super::ask::{self, Shows};
use super::desk::{Desk, Link, ROW, ROW_PIXELS, Scroll, place_of, whole_pixels};
use super::pattern::Pattern;
use super::row::{Shown, What, end_text, row};
use crate::clock::span;
use crate::components::{Note, Tone};
use crate::log::{Display, Filter, Finder, Row, spans};
use crate::words::LogWords;

/// Rows beyond the edges of the screen that are drawn, so that a quick turn of the
/// wheel meets no empty ground.
const BEYOND: usize = 12;

/// How near to the end, in pixels, one is at the end.
const AT_END: f64 = ROW * 1.5;

/// The list of lines: as high as all of them, with those drawn that are on the screen.
#[component]
pub(super) fn Lines(
    /// The page's state.
    desk: Desk,
    /// The cluster's name.
    cluster: String,
    /// What was asked for.
    ask: LogsAsk,
    /// Why there is nothing to read.
    failed: Option<EndWhy>,
) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let list = NodeRef::<html::Div>::new();
    keep_in_place(desk, list);
    let window = Memo::new(move |_| window(desk));
    let height = move || {
        let rows = window.with(|window| window.rows);
        format!("height:{}px", rows * ROW_PIXELS)
    };
    let shift = move || {
        window.with(|window| match window.anchor {
            Anchor::Top(top) => format!("transform:translateY({top}px)"),
            Anchor::End => "bottom:0".to_owned(),
        })
    };
    let class = move || {
        let columns = desk.columns.get();
        let mut class = "log-lines lines".to_owned();
        for (is_on, name) in [
            (desk.wraps.get(), " wraps"),
            (!columns.time, " no-time"),
            (!columns.source, " no-source"),
            (!columns.level, " no-level"),
        ] {
            if is_on {
                class.push_str(name);
            }
        }
        class
    };
    // Only a list that moves is a log to a screen reader.
    let role = move || {
        let is_live = desk.link.with(|link| *link == Link::Live);
        if is_live && desk.follows() {
            "log"
        } else {
            "region"
        }
    };
    let nothing = move || {
        desk.changed.track();
        let (rows, shown, lines) = desk
            .state
            .with_value(|s| (s.view().rows(), s.view().lines(), s.store().lines()));
        if shown == 0 && lines > 0 {
            return Some(all_hidden(desk, &cluster, &ask));
        }
        if lines > 0 || rows > 0 && ask.run == LogRun::Previous {
            return None;
        }
        let ended = desk.link.with(|link| match link {
            Link::Ended(why) if *why != EndWhy::Complete => Some(why.clone()),
            _ => failed.clone(),
        });
        Some(match ended {
            Some(why) => {
                view! { <div class="nothing"><Note tone=Tone::Unknown>{end_text(&why, desk.lang)}</Note></div> }
                    .into_any()
            }
            None => view! { <p class="nothing">{no_lines(desk, &ask)}</p> }.into_any(),
        })
    };
    let not_kept = move || {
        desk.changed.track();
        let dropped = desk.state.with_value(|s| s.store().dropped());
        (dropped > 0).then(|| view! { <p class="not-kept">{(w.not_kept)(dropped)}</p> })
    };
    view! {
        <div class=class node_ref=list tabindex="0" role=role aria-label=w.lines on:scroll=move |_| scrolled(desk, list)>
            {nothing}
            {not_kept}
            <div class="track" style=height>
                <div class="window" style=shift>
                    <For
                        each=move || window.with(|window| window.shown.clone())
                        key=|shown| (shown.number, shown.version, shown.is_current, shown.is_local, shown.is_rendered)
                        children=move |shown| row(shown, desk.lang)
                    />
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Why there are no lines, as far as the states of the containers tell.
fn no_lines(desk: Desk, ask: &LogsAsk) -> String {
    let w = LogWords::of(desk.lang);
    let (count, waits) = desk.state.with_value(|state| {
        let sources: Vec<_> = state.sources().collect();
        let waits = sources.iter().enumerate().filter_map(|(at, (source, _))| {
            let why = source.waits.as_ref()?;
            Some(format!("{}: {why}", LogSource::letters(at)))
        });
        (sources.len(), waits.collect::<Vec<_>>())
    });
    if count == 0 {
        return w.no_containers.to_owned();
    }
    match ask.since {
        _ if waits.len() == count => (w.empty_waits)(&waits.join(w.comma)),
        Some(since) => (w.empty_since)(&span(i64::from(since), desk.lang)),
        None if waits.is_empty() => w.empty.to_owned(),
        None => (w.empty_waits)(&waits.join(w.comma)),
    }
}

/// That all lines are hidden, by which filter, and the way to see them.
fn all_hidden(desk: Desk, cluster: &str, ask: &LogsAsk) -> AnyView {
    let w = LogWords::of(desk.lang);
    let named = desk.filter.with(|filter| {
        let sources: Vec<_> = filter
            .hidden_sources
            .iter()
            .map(|source| LogSource::letters(usize::from(*source)))
            .collect();
        let named = [
            (!filter.exclude.is_empty()).then(|| (w.without)(&filter.exclude)),
            filter.no_debug.then(|| w.errors_and_info.to_owned()),
            (!sources.is_empty()).then(|| (w.hidden_sources)(&sources.join(w.comma))),
        ];
        named.into_iter().flatten().collect::<Vec<_>>()
    });
    let shows = Shows {
        exclude: String::new(),
        no_debug: false,
        ..desk.shows()
    };
    let clear = move |_| desk.filter.set(Filter::default());
    view! {
        <p class="nothing">
            {(w.nothing_shown)(&named.join(w.comma))} " "
            <a class="button small" href=ask::page(cluster, ask, &shows) on:click=clear>{w.clear_filter}</a>
        </p>
    }
    .into_any()
}

/// The rows that are drawn, and where.
#[derive(Clone, Debug, PartialEq)]
struct Window {
    rows: usize,
    anchor: Anchor,
    shown: Vec<Shown>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Anchor {
    /// So many pixels below the top.
    Top(usize),
    /// At the end, with the last row at the bottom.
    End,
}

fn window(desk: Desk) -> Window {
    desk.changed.track();
    let follows = desk.follows();
    let wraps = desk.wraps.get();
    let is_local = desk.is_local.get();
    let hit = desk.hit.get();
    let query = desk.found.get();
    let pattern = query.pattern().ok().flatten();
    let version = version_of(&query.text, query.is_regexp);
    let scroll = desk.scroll.get();
    desk.state.with_value(|state| {
        let rows = state.view().rows();
        let on_screen = place_of(scroll.height) + 2;
        let first_on_screen = place_of(scroll.top).min(rows);
        let is_at_end = follows || first_on_screen + on_screen >= rows;
        let (from, to) = if scroll.height == 0.0 {
            (0, rows)
        } else if is_at_end {
            (rows.saturating_sub(on_screen + BEYOND), rows)
        } else if wraps {
            // Rows are of any height, so the first one stands at the top.
            (first_on_screen, rows.min(first_on_screen + on_screen))
        } else {
            let from = first_on_screen.saturating_sub(BEYOND);
            (from, rows.min(first_on_screen + on_screen + BEYOND))
        };
        let anchor = match (scroll.height == 0.0, wraps, is_at_end) {
            (false, true, true) => Anchor::End,
            (false, true, false) => Anchor::Top(whole_pixels(scroll.top)),
            _ => Anchor::Top(from * ROW_PIXELS),
        };
        let numbers = state.view().numbers(from..to);
        let shown = numbers.iter().enumerate().filter_map(|(at, number)| {
            let what = state.store().row(*number)?;
            let (is_hit, what) = match what {
                Row::Line {
                    time,
                    source,
                    level,
                    text,
                } => {
                    let (is_hit, spans) = marked(text, pattern.as_ref());
                    let what = What::Line {
                        time,
                        source,
                        level,
                        spans,
                    };
                    (is_hit, what)
                }
                Row::Note(note) => (false, What::Note(note.clone())),
                Row::NoteRest if at == 0 && !wraps => (false, What::Rest),
                Row::NoteRest => return None,
            };
            let whose = match &what {
                What::Note(note) => source_of(note).and_then(|it| state.name_of(it)),
                _ => None,
            };
            Some(Shown {
                number: *number,
                whose,
                version: match &what {
                    What::Note(note) => version_of(&format!("{note:?}"), false),
                    _ => version,
                },
                is_hit,
                is_current: hit == Some(*number),
                is_local,
                is_rendered: state.is_rendered(),
                what,
            })
        });
        Window {
            rows,
            anchor,
            shown: shown.collect(),
        }
    })
}

/// The source that a note is about, where it is one.
fn source_of(note: &LogNote) -> Option<u8> {
    match note {
        LogNote::Restarted { source, .. } | LogNote::Ended { source, .. } => Some(*source),
        LogNote::Gap(gap) => gap.source,
        _ => None,
    }
}

fn marked(text: &str, pattern: Option<&Pattern>) -> (bool, Vec<crate::log::Span>) {
    let display = Display::of(text);
    let hits = pattern
        .map(|pattern| pattern.hits(&display.text()))
        .unwrap_or_default();
    (!hits.is_empty(), spans(&display, &hits))
}

/// A number that differs for different texts (FNV-1a).
fn version_of(text: &str, flag: bool) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes()
        .chain([u8::from(flag)])
        .fold(0xcbf2_9ce4_8422_2325, add)
}

/// Measures the list, follows its end, and goes where the reader is sent.
fn keep_in_place(desk: Desk, list: NodeRef<html::Div>) {
    let measure = move || {
        if let Some(list) = list.get_untracked() {
            desk.scroll.set(Scroll {
                top: f64::from(list.scroll_top()),
                height: f64::from(list.client_height()),
            });
        }
    };
    Effect::new(move |_| {
        measure();
        let resized = window_event_listener(leptos::ev::resize, move |_| measure());
        on_cleanup(move || resized.remove());
    });
    Effect::new(move |_| {
        desk.changed.track();
        if desk.follows() {
            desk.scroll.with(|scroll| scroll.height);
            // After the track has grown.
            request_animation_frame(move || {
                if let Some(list) = list.try_get_untracked().flatten()
                    && untrack(|| desk.paused.try_get() == Some(None))
                {
                    list.set_scroll_top(list.scroll_height());
                }
            });
        }
    });
    Effect::new(move |_| {
        let Some(top) = desk.go.get() else { return };
        request_animation_frame(move || {
            if let Some(list) = list.try_get_untracked().flatten() {
                #[expect(clippy::cast_possible_truncation, reason = "at most 11 million pixels")]
                list.set_scroll_top(top as i32);
                measure();
            }
        });
    });
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        desk.changed.track();
        desk.hit.track();
        desk.found.track();
        desk.scroll.track();
        request_animation_frame(move || {
            if let Some(list) = list.try_get_untracked().flatten() {
                bring_hits_in(&list);
            }
        });
    });
}

/// Moves each line so far that its first hit is not beyond the right edge.
#[cfg(feature = "hydrate")]
fn bring_hits_in(list: &web_sys::HtmlDivElement) {
    use leptos::wasm_bindgen::JsCast;
    let Ok(texts) = list.query_selector_all(".line .text") else {
        return;
    };
    for at in 0..texts.length() {
        let text = texts
            .get(at)
            .and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
        let Some(text) = text else { continue };
        let mark = text.query_selector("mark").ok().flatten();
        let mark = mark.and_then(|mark| mark.dyn_into::<web_sys::HtmlElement>().ok());
        let left = mark.map_or(0, |mark| {
            // The text is the mark's offset parent.
            let end = mark.offset_left() + mark.offset_width();
            (end - text.client_width() + 24).max(0)
        });
        if text.scroll_left() != left {
            text.set_scroll_left(left);
        }
    }
}

/// Scrolling up stops the list from moving; reaching the end lets it move again.
fn scrolled(desk: Desk, list: NodeRef<html::Div>) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let (top, height) = (
        f64::from(list.scroll_top()),
        f64::from(list.client_height()),
    );
    let left = f64::from(list.scroll_height()) - top - height;
    let before = desk.scroll.get_untracked();
    desk.scroll.set(Scroll { top, height });
    if top < before.top - 1.0 && left > AT_END && before.height > 0.0 {
        desk.pause();
    } else if left <= 1.0
        && top > before.top + 1.0
        && desk.paused.get_untracked().is_some()
        && desk.hit.get_untracked().is_none()
    {
        desk.go_on();
    }
}
