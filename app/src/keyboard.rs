//! Keys: each one presses the element that names it in `aria-keyshortcuts`, so that
//! whatever a key does is also there to be clicked.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use crate::letter_case::capital;
use crate::preferences::lang;
use crate::words::FrameWords;

/// Where the browser keeps that single keys are off.
const OFF: &str = "podside_keys_off";

/// Listens to keys and holds the list of keys.
#[component]
pub fn Keyboard() -> impl IntoView {
    let w = FrameWords::of(lang());
    let list = NodeRef::<leptos::html::Dialog>::new();
    let off = RwSignal::new(false);
    Effect::new(move |_| {
        off.set(storage_has(OFF));
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "Enter" && event.ctrl_key() {
                confirm(&event);
            } else if event.key() == "Escape" && close_open() {
                event.prevent_default();
            } else if event.key() == "?" && !off.get_untracked() && !types_text(&event) {
                if let Some(list) = list.get_untracked() {
                    let _ = list.show_modal();
                }
            } else if !off.get_untracked() {
                press(&event);
            }
        });
        let outside = window_event_listener(leptos::ev::click, |event| close_others(&event));
        on_cleanup(move || {
            listener.remove();
            outside.remove();
        });
    });
    let switch = move |_| {
        off.update(|off| *off = !*off);
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = if off.get_untracked() {
                storage.set_item(OFF, "1")
            } else {
                storage.remove_item(OFF)
            };
        }
    };
    let rows = [
        ("J", w.next),
        ("K", w.previous),
        ("Enter", w.open),
        ("/", w.find),
        ("Shift N", w.switch_namespace),
        ("R", w.start_runbook),
        ("L", w.logs),
        ("S", w.share),
        ("A", w.check_on),
        ("Y N T", w.answers),
        ("M", w.note),
        ("1–9", w.tabs),
        ("Ctrl K", w.find_or_do),
    ]
    .map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }.into_any())
    .collect_view();
    view! {
        <dialog node_ref=list class="keys" aria-labelledby="keys">
            <h2 id="keys">{w.keys}</h2>
            <dl>{rows}</dl>
            <p class="meta">
                {move || if off.get() { w.keys_off } else { w.keys_on }} " "
                <button type="button" class="button small" on:click=switch>
                    {move || if off.get() { w.turn_on } else { w.turn_off }}
                </button>
            </p>
            <form method="dialog"><button class="button primary">{w.close}</button></form>
        </dialog>
    }
    .into_any()
}

/// Closes the switchers and the menu when something else is clicked, or one of their
/// links: the router leaves the page's frame as it is.
fn close_others(event: &web_sys::MouseEvent) {
    let clicked = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    for details in open_menus() {
        let stays = clicked.as_ref().is_some_and(|clicked| {
            details.contains(Some(clicked.as_ref())) && !matches!(clicked.closest("a"), Ok(Some(_)))
        });
        if !stays {
            let _ = details.remove_attribute("open");
        }
    }
}

/// Closes what is open of them, and tells whether anything was. The focus goes to what opens
/// it again.
fn close_open() -> bool {
    let open = open_menus();
    for details in &open {
        let _ = details.remove_attribute("open");
        let summary = details.query_selector("summary").ok().flatten();
        if let Some(summary) = summary.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = summary.focus();
        }
    }
    !open.is_empty()
}

/// What floats above the page until it is closed: the switchers, the menu, the columns of logs.
fn open_menus() -> Vec<Element> {
    let open = "details.switcher[open], details.menu[open], details.columns[open]";
    let Ok(open) = document().query_selector_all(open) else {
        return Vec::new();
    };
    let elements = (0..open.length()).filter_map(|at| open.get(at)?.dyn_into::<Element>().ok());
    elements.collect()
}

fn storage_has(key: &str) -> bool {
    matches!(
        window()
            .local_storage()
            .map(|storage| storage.map(|storage| storage.get_item(key))),
        Ok(Some(Ok(Some(_))))
    )
}

/// Sends the form of the text that is being written; elsewhere presses what confirms.
fn confirm(event: &KeyboardEvent) {
    let form = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlTextAreaElement>().ok())
        .and_then(|text| text.form());
    if let Some(form) = form {
        event.prevent_default();
        // A form that is not complete says so itself.
        let _ = form.request_submit();
    } else if let Some(element) = named("Control+Enter") {
        event.prevent_default();
        element.click();
    }
}

/// Whether the key goes into a field, or belongs to the browser or to a dialog.
fn types_text(event: &KeyboardEvent) -> bool {
    let within = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| {
            element
                .closest("input:not([type=radio], [readonly]), textarea, select, dialog, [contenteditable]")
                .ok()
                .flatten()
        });
    within.is_some()
        || event.ctrl_key()
        || event.alt_key()
        || event.meta_key()
        || event.is_composing()
}

fn press(event: &KeyboardEvent) {
    if types_text(event) {
        return;
    }
    let key = event.key();
    match key.as_str() {
        "j" | "J" => step(event, 1),
        "k" | "K" => step(event, -1),
        // On a link or button Enter is the browser's; elsewhere it presses the primary.
        "Enter" if is_focused() => {}
        _ => {
            let name = match key.as_str() {
                "N" if event.shift_key() => "Shift+N".to_owned(),
                one if one.chars().count() == 1 => capital(one),
                named @ ("Enter" | "Escape") => named.to_owned(),
                _ => return,
            };
            if let Some(element) = named(&name) {
                event.prevent_default();
                if matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA") {
                    let _ = element.focus();
                } else {
                    element.click();
                    if element.tag_name() == "SUMMARY" {
                        let _ = element.focus();
                    }
                }
            }
        }
    }
}

/// The first element of the page that names this key.
fn named(key: &str) -> Option<HtmlElement> {
    let all = document().query_selector_all("[aria-keyshortcuts]").ok()?;
    (0..all.length())
        .filter_map(|at| all.get(at)?.dyn_into::<HtmlElement>().ok())
        .find(|element| {
            // One element may have several keys, with spaces between them.
            let keys = element.get_attribute("aria-keyshortcuts");
            keys.is_some_and(|keys| keys.split(' ').any(|one| one == key))
        })
}

fn is_focused() -> bool {
    document()
        .active_element()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "A" | "BUTTON" | "SUMMARY"))
}

/// Moves the focus along the page's list: the links that are marked as its rows.
fn step(event: &KeyboardEvent, by: i32) {
    let Ok(titles) = document().query_selector_all("a[data-row]") else {
        return;
    };
    let count = i32::try_from(titles.length()).unwrap_or(0);
    if count == 0 {
        return;
    }
    let focused = document().active_element();
    let at = (0..count).find(|&at| {
        let title = u32::try_from(at).ok().and_then(|at| titles.get(at));
        title.is_some() && title.as_ref() == focused.as_ref().map(AsRef::as_ref)
    });
    let next = match at {
        Some(at) => (at + by).clamp(0, count - 1),
        None => 0,
    };
    let title = u32::try_from(next).ok().and_then(|next| titles.get(next));
    if let Some(title) = title.and_then(|title| title.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        let _ = title.focus();
    }
}
