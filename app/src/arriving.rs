//! What a reader is told while a part of the client is on its way.

use std::future::pending;
use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::preferences::lang;
use crate::words::FrameWords;

/// How long a page may be on its way before that is said.
const PATIENCE: Duration = Duration::from_millis(200);

/// Whether the page that was asked for is on its way for longer than [`PATIENCE`].
#[derive(Clone, Copy)]
struct IsLate(RwSignal<bool>);

/// Lets [`Arriving`] tell [`ArrivingNote`] what it waits for.
pub(crate) fn provide_arriving() {
    provide_context(IsLate(RwSignal::new(false)));
}

/// The place where it is said that a page is on its way.
#[component]
pub fn ArrivingNote() -> impl IntoView {
    let w = FrameWords::of(lang());
    let late = use_context::<IsLate>();
    let says = move || late.is_some_and(|late| late.0.get()).then_some(w.arriving);
    view! { <div class="arriving" role="status">{says}</div> }.into_any()
}

/// A page that is on its way. What is said of it goes when this does, also where the
/// reader has turned to another page meanwhile.
pub(crate) struct Arriving {
    late: Option<IsLate>,
    timer: Option<leptos::leptos_dom::helpers::TimeoutHandle>,
}

impl Arriving {
    /// Begins to wait.
    pub(crate) fn begin() -> Self {
        let late = use_context::<IsLate>();
        let timer = late
            .filter(|_| cfg!(feature = "hydrate"))
            .and_then(|late| set_timeout_with_handle(move || late.0.set(true), PATIENCE).ok());
        Self { late, timer }
    }

    /// Goes to the page as a browser does without a client, because the part did not
    /// come; the page that is shown stays until the other is there.
    pub(crate) async fn go_instead(self) {
        let href = use_url().with_untracked(|url| {
            let mut href = url.path().to_owned();
            for (mark, rest) in [('?', url.search()), ('#', url.hash())] {
                let rest = rest.trim_start_matches(mark);
                if !rest.is_empty() {
                    href.push(mark);
                    href.push_str(rest);
                }
            }
            href
        });
        let _ = window().location().assign(&href);
        pending::<()>().await;
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            timer.clear();
        }
        if let Some(late) = self.late
            && late.0.try_get_untracked() == Some(true)
        {
            late.0.try_set(false);
        }
    }
}
