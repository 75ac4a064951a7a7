//! Where the sockets of a page lead.

use leptos::prelude::window;

/// The address of a path of this host, for a WebSocket. The scheme is the page's own.
pub(crate) fn url(path: &str) -> Option<String> {
    let location = window().location();
    let scheme = match location.protocol().ok()?.as_str() {
        "https:" => "wss",
        _ => "ws",
    };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}
