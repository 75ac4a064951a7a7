//! The browser's entry point: hydration and nothing else.

// A view is one nested type; the deepest pages exceed the usual limit of 128.
#![recursion_limit = "256"]

use leptos::mount::hydrate_body;
use leptos::prelude::window;
use leptos::task::tick;
use podside_app::parts;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered, as soon as the page's part of the client
/// is there. Answers whether it did: without its part a page stays as it was rendered,
/// which is complete.
#[wasm_bindgen]
pub async fn hydrate() -> bool {
    console_error_panic_hook::set_once();
    let path = window().location().pathname().unwrap_or_default();
    if let Some(part) = parts::of_path(&path)
        && part.load().await.is_err()
    {
        return false;
    }
    hydrate_body(podside_app::App);
    // Effects run a turn later: only then are keys and clicks heard.
    tick().await;
    true
}
