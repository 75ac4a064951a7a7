//! The WebSocket that brings the lines, kept open as long as the page is.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use podside_model::log::{EndWhy, FromBrowser, NoteFrame};
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

use super::desk::{Desk, Link, now_ms};
use super::state::{LogState, Meaning};
use crate::socket;

/// How long to wait before the stream is opened again, longer from try to try.
const WAITS_MS: [u64; 5] = [300, 1000, 2000, 5000, 10_000];

/// Opens the stream and opens it again whenever it breaks, until the page is left.
pub(super) fn keep_connected(desk: Desk, path: String) {
    let connection = Rc::new(RefCell::new(Connection {
        path,
        socket: None,
        tries: 0,
        lost_at: None,
        is_over: false,
    }));
    open(desk, &connection);
    // What a cleanup holds must be sendable; the page has one thread.
    let held = StoredValue::new_local(connection);
    on_cleanup(move || {
        if let Some(connection) = held.try_get_value() {
            let mut connection = connection.borrow_mut();
            connection.is_over = true;
            connection.socket = None;
        }
    });
}

struct Connection {
    path: String,
    socket: Option<Open>,
    tries: usize,
    /// When the stream before was lost, in milliseconds since 1970.
    lost_at: Option<f64>,
    is_over: bool,
}

type Shared = Rc<RefCell<Connection>>;

/// A socket with what it calls, which must live as long.
struct Open {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        socket::leave(&self.socket);
    }
}

fn open(desk: Desk, connection: &Shared) {
    let url = {
        let connection = connection.borrow();
        if connection.is_over {
            return;
        }
        socket::url(&connection.path)
    };
    let socket = url.and_then(|url| WebSocket::new(&url).ok());
    let Some(socket) = socket else {
        lost(desk, connection);
        return;
    };
    socket.set_binary_type(BinaryType::Arraybuffer);
    let on_open = {
        let (socket, connection) = (socket.clone(), Rc::clone(connection));
        Closure::<dyn FnMut(Event)>::new(move |_| begin(desk, &socket, &connection))
    };
    let on_message = {
        let (socket, connection) = (socket.clone(), Rc::clone(connection));
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            take(desk, &socket, &connection, &event);
        })
    };
    let on_close = {
        let connection = Rc::clone(connection);
        Closure::<dyn FnMut(CloseEvent)>::new(move |_| lost(desk, &connection))
    };
    socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    connection.borrow_mut().socket = Some(Open {
        socket,
        _on_open: on_open,
        _on_message: on_message,
        _on_close: on_close,
    });
}

/// Says what was read before, so that the stream goes on there.
fn begin(desk: Desk, socket: &WebSocket, connection: &Shared) {
    if desk.changed.is_disposed() {
        return;
    }
    let lost_at = connection.borrow_mut().lost_at.take();
    let resume = desk.state.with_value(LogState::cursors);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds of a date, and not before 1970"
    )]
    let away = lost_at.map(|at| ((at as i64) * 1_000_000, (now_ms() - at).max(0.0) as u64));
    desk.state.update_value(|state| state.connected(away));
    let away_ms = away.map_or(0, |(_, ms)| ms);
    say(socket, &FromBrowser::Start { resume, away_ms });
}

fn take(desk: Desk, socket: &WebSocket, connection: &Shared, event: &MessageEvent) {
    if desk.changed.is_disposed() {
        return;
    }
    let data = event.data();
    let taken = if let Some(text) = data.as_string() {
        let Ok(frame) = serde_json::from_str::<NoteFrame>(&text) else {
            return;
        };
        let taken = desk.state.try_update_value(|state| state.take_note(frame));
        taken.map(|(seq, meaning)| {
            mean(desk, connection, meaning);
            seq
        })
    } else if let Ok(buffer) = data.dyn_into::<ArrayBuffer>() {
        let bytes = Uint8Array::new(&buffer).to_vec();
        let taken = desk
            .state
            .try_update_value(|state| state.take_lines(&bytes));
        taken.and_then(Result::ok)
    } else {
        None
    };
    if let Some(seq) = taken {
        connection.borrow_mut().tries = 0;
        say(socket, &FromBrowser::Ack { seq });
        desk.schedule();
    }
}

fn mean(desk: Desk, connection: &Shared, meaning: Meaning) {
    match meaning {
        // A Podside that stops may be started again.
        Meaning::Nothing | Meaning::Closed(EndWhy::ShuttingDown) => {}
        Meaning::Live | Meaning::Back => desk.link.set(Link::Live),
        Meaning::Lost { at, said } => desk.link.set(Link::Lost {
            at,
            said: Some(said),
        }),
        Meaning::Closed(why) => {
            connection.borrow_mut().is_over = true;
            desk.link.set(Link::Ended(why));
        }
    }
}

/// Waits and opens the stream again.
fn lost(desk: Desk, connection: &Shared) {
    if desk.changed.is_disposed() || connection.borrow().is_over {
        return;
    }
    let wait = {
        let mut connection = connection.borrow_mut();
        let at = *connection.lost_at.get_or_insert_with(now_ms);
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
        let at = (at as i64) * 1_000_000;
        desk.link.set(Link::Lost { at, said: None });
        let wait = WAITS_MS.get(connection.tries).or(WAITS_MS.last());
        connection.tries += 1;
        Duration::from_millis(wait.copied().unwrap_or_default())
    };
    let connection = Rc::clone(connection);
    set_timeout(move || open(desk, &connection), wait);
}

fn say(socket: &WebSocket, what: &FromBrowser) {
    if let Ok(text) = serde_json::to_string(what) {
        // A socket that is closing says so by itself.
        let _ = socket.send_with_str(&text);
    }
}
