use leptos::html::Input;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Glyph, Icon, sent_along};
use crate::address::{CLUSTER, FIND, NAMESPACE, use_place};
use crate::letter_case::small;
use crate::preferences::lang;
use crate::words::FrameWords;

/// Most entries that are listed.
const MOST: usize = 12;

/// Where an entry leads or what it does: an element of the page, pressed when the
/// entry is chosen.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    text: String,
    key: Option<String>,
    /// Its place among [`ENTRIES`].
    at: u32,
}

/// What can be found and done on a page: its problems, objects, places, namespaces
/// and whatever has a key.
const ENTRIES: &str = "main h3 a, main a.object, main a.button, main .tabs a, .masthead > nav a, \
                       .switcher a, .masthead > .tools a";

/// The field that finds what the page leads to and does; Ctrl K goes there. What is not on
/// the page is looked for in the whole cluster, without JavaScript too.
#[component]
pub fn Palette() -> impl IntoView {
    let w = FrameWords::of(lang());
    let place = use_place();
    let field = NodeRef::<Input>::new();
    let words = RwSignal::new(String::new());
    let is_open = RwSignal::new(false);
    let chosen = RwSignal::new(0_usize);
    let found = Memo::new(move |_| {
        if is_open.get() {
            words.with(|words| find(words))
        } else {
            Vec::new()
        }
    });
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key() == "k" {
                event.prevent_default();
                if let Some(field) = field.get_untracked() {
                    let _ = field.focus();
                    field.select();
                }
            }
        });
        on_cleanup(move || listener.remove());
    });
    let close = move || {
        is_open.set(false);
        chosen.set(0);
    };
    let press_chosen = move || {
        let entry = found.with_untracked(|found| found.get(chosen.get_untracked()).cloned());
        let Some(entry) = entry else { return false };
        close();
        words.set(String::new());
        if let Some(field) = field.get_untracked() {
            field.set_value("");
            let _ = field.blur();
        }
        press(entry.at);
        true
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = (*at + 1).min(last)),
            "ArrowUp" => chosen.update(|at| *at = at.saturating_sub(1)),
            "Escape" => close(),
            // With nothing found the form looks in the cluster.
            "Enter" if press_chosen() => {}
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |at: usize, entry: Entry| {
        view! {
            <li
                id=format!("palette-{at}")
                role="option"
                aria-selected=move || (chosen.get() == at).to_string()
                on:mousedown=move |event| {
                    event.prevent_default();
                    chosen.set(at);
                    press_chosen();
                }
            >
                {entry.text}
                {entry.key.map(|key| view! { <kbd>{key.replace('+', " ")}</kbd> }.into_any())}
            </li>
        }
        .into_any()
    };
    let list = move || {
        let found = found.get();
        (!found.is_empty()).then(|| {
            let options = found
                .into_iter()
                .enumerate()
                .map(|(at, entry)| option(at, entry))
                .collect_view();
            view! { <ul id="palette" role="listbox" aria-label=w.find_or_do>{options}</ul> }
        })
    };
    let expanded = move || (!found.with(Vec::is_empty)).to_string();
    let active = move || (!found.with(Vec::is_empty)).then(|| format!("palette-{}", chosen.get()));
    view! {
        <form class="palette" method="get" action="/find" role="search" aria-label=w.find_or_do>
            <label class="field">
                <Icon glyph=Glyph::Search/>
                <input
                    node_ref=field
                    type="search"
                    name=FIND
                    maxlength="400"
                    autocomplete="off"
                    placeholder=w.find_or_do
                    role="combobox"
                    aria-label=w.find_or_do
                    aria-controls="palette"
                    aria-autocomplete="list"
                    aria-expanded=expanded
                    aria-activedescendant=active
                    on:input=move |event| {
                        words.set(event_target_value(&event));
                        chosen.set(0);
                        is_open.set(true);
                    }
                    on:focus=move |_| is_open.set(true)
                    on:blur=move |_| close()
                    on:keydown=on_key
                />
                <kbd aria-hidden="true">"Ctrl K"</kbd>
            </label>
            {move || sent_along(CLUSTER, place.get().cluster)}
            {move || sent_along(NAMESPACE, place.get().namespace)}
            {list}
        </form>
    }
    .into_any()
}

/// The entries whose words contain all that was typed, in the order of the page.
fn find(words: &str) -> Vec<Entry> {
    let wanted: Vec<String> = small(words).split_whitespace().map(str::to_owned).collect();
    let mut found: Vec<Entry> = Vec::new();
    for (at, element) in entries() {
        let text = words_of(&element);
        let lower = small(&text);
        let matches = wanted.iter().all(|word| lower.contains(word.as_str()));
        if matches && !text.is_empty() && !found.iter().any(|entry| entry.text == text) {
            let key = element.get_attribute("aria-keyshortcuts");
            found.push(Entry { text, key, at });
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// The words of an entry, its key left out: the key is shown apart.
fn words_of(element: &HtmlElement) -> String {
    let text = element.text_content().unwrap_or_default();
    let key = element
        .query_selector("kbd")
        .ok()
        .flatten()
        .and_then(|key| key.text_content())
        .unwrap_or_default();
    let text = text.trim();
    text.strip_suffix(key.as_str())
        .unwrap_or(text)
        .trim()
        .to_owned()
}

fn entries() -> impl Iterator<Item = (u32, HtmlElement)> {
    let all = document().query_selector_all(ENTRIES).ok();
    let count = all.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |at| {
        let element = all.as_ref()?.get(at)?.dyn_into::<HtmlElement>().ok()?;
        Some((at, element))
    })
}

fn press(at: u32) {
    if let Some((_, element)) = entries().find(|(place, _)| *place == at) {
        element.click();
    }
}
