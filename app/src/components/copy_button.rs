use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::preferences::lang;
use crate::words::FrameWords;

/// Copies a text. Shown once the page is live: without JavaScript the text itself
/// is there to be selected.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// Verb and object; "Copy" when it stands beside what it copies.
    #[prop(optional, into)]
    label: Option<String>,
    /// The classes of the button.
    #[prop(default = "copy")]
    class: &'static str,
    /// The key that does the same.
    #[prop(optional_no_strip)]
    key: Option<&'static str>,
) -> impl IntoView {
    let w = FrameWords::of(lang());
    let copied = RwSignal::new(false);
    let label = label.unwrap_or_else(|| w.copy.to_owned());
    let copy = move |_| {
        if write_clipboard(&text) {
            copied.set(true);
            set_timeout(move || copied.set(false), std::time::Duration::from_secs(2));
        }
    };
    view! {
        <button type="button" class=class aria-keyshortcuts=key on:click=copy>
            <Icon glyph=Glyph::Copy/>
            <span aria-live="polite">
                {move || if copied.get() { w.copied.to_owned() } else { label.clone() }}
            </span>
            {key.map(|key| view! { <kbd aria-hidden="true">{key}</kbd> })}
        </button>
    }
    .into_any()
}

/// Hands the text to the clipboard. Browsers offer it to secure origins only; there
/// is nothing to fall back to but selecting the text by hand, and nothing is said to be
/// copied.
fn write_clipboard(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    let _ = clipboard.write_text(text);
    true
}
