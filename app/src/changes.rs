//! Hears from the server that what a page shows has changed.

use leptos::prelude::*;
use podside_model::ObjectRef;

/// What a page shows, in the words of the server's stream of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hears {
    /// What the rules make of a cluster.
    Diagnosis,
    /// What the rules make of one object.
    Problem(ObjectRef),
    /// The facts of one object.
    Facts(ObjectRef),
    /// The facts of all objects.
    AllFacts,
    /// Investigations, and what the rules make of the cluster beside them.
    Kept,
}

/// What was heard.
#[derive(Clone, Copy)]
pub(crate) struct Heard {
    /// Turns with each change.
    pub(crate) changes: RwSignal<bool>,
    /// Whether changes are heard at all: if not, a page asks by itself more often.
    pub(crate) is_open: RwSignal<bool>,
}

impl Heard {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            changes: RwSignal::new(false),
            is_open: RwSignal::new(false),
        }
    }
}

/// Listens as long as the page is there, one WebSocket a tab.
#[cfg(feature = "hydrate")]
pub(crate) fn listen(of: &Hears, cluster: Option<&str>, heard: Heard) {
    let (word, object) = match of {
        Hears::Diagnosis => ("diagnosis", None),
        Hears::Problem(object) => ("diagnosis", Some(object)),
        Hears::Facts(object) => ("facts", Some(object)),
        Hears::AllFacts => ("facts", None),
        Hears::Kept => ("kept", None),
    };
    let path = crate::address::listening(word, cluster, object);
    in_browser::keep_open(path, heard);
}

/// A page that is rendered once hears nothing.
#[cfg(not(feature = "hydrate"))]
pub(crate) fn listen(_: &Hears, _: Option<&str>, _: Heard) {}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::wasm_bindgen::prelude::Closure;
    use web_sys::WebSocket;

    use super::Heard;

    /// How long a page waits before it tries again to listen.
    const AGAIN_AFTER: Duration = Duration::from_secs(8);

    type Callback = Closure<dyn FnMut()>;

    /// A socket with what it calls, which must live as long.
    struct Open {
        socket: WebSocket,
        _called: [Callback; 3],
    }

    impl Drop for Open {
        fn drop(&mut self) {
            crate::socket::leave(&self.socket);
        }
    }

    /// The socket of the page; `None` once the page is left.
    type Held = Rc<RefCell<Option<Option<Open>>>>;

    pub(super) fn keep_open(path: String, heard: Heard) {
        let held: Held = Rc::new(RefCell::new(Some(None)));
        open(path, heard, &held);
        // What a cleanup holds must be sendable; the page has one thread.
        let held = StoredValue::new_local(held);
        on_cleanup(move || {
            if let Some(held) = held.try_get_value() {
                held.borrow_mut().take();
            }
        });
    }

    fn open(path: String, heard: Heard, held: &Held) {
        let Some(socket) = crate::socket::url(&path).and_then(|url| WebSocket::new(&url).ok())
        else {
            return;
        };
        let on_open = Callback::new(move || heard.is_open.set(true));
        let on_message = Callback::new(move || heard.changes.update(|turned| *turned = !*turned));
        let again = {
            let held = Rc::clone(held);
            move || {
                if held.borrow().is_some() {
                    heard.is_open.set(false);
                    let (path, held) = (path.clone(), Rc::clone(&held));
                    let again = move || {
                        if held.borrow().is_some() {
                            open(path, heard, &held);
                        }
                    };
                    set_timeout(again, AGAIN_AFTER);
                }
            }
        };
        let on_close = Callback::new(again);
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        // The one before, if there was one, is closed, and its last call has returned.
        if let Some(held) = held.borrow_mut().as_mut() {
            *held = Some(Open {
                socket,
                _called: [on_open, on_message, on_close],
            });
        }
    }
}
