//! Where the sockets of a page lead, and how they are let go.

use leptos::prelude::window;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use web_sys::{Event, WebSocket};

/// The address of a path of this host, for a WebSocket. The scheme is the page's own.
pub(crate) fn url(path: &str) -> Option<String> {
    let location = window().location();
    let scheme = match location.protocol().ok()?.as_str() {
        "https:" => "wss",
        _ => "ws",
    };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// Closes the socket of a page that is left, which calls nothing of the page any more. One
/// that is still being connected is closed once it is: closed before, it would count as a
/// connection that failed, and the browser would say so in its console.
pub(crate) fn leave(socket: &WebSocket) {
    socket.set_onmessage(None);
    socket.set_onclose(None);
    if socket.ready_state() == WebSocket::CONNECTING {
        let opening = socket.clone();
        let close = Closure::once_into_js(move |_: Event| drop(opening.close()));
        socket.set_onopen(Some(close.unchecked_ref()));
    } else {
        socket.set_onopen(None);
        let _ = socket.close();
    }
}
