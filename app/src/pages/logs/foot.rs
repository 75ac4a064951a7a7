use leptos::prelude::*;

use super::desk::Desk;
use crate::components::{Glyph, Icon};
use crate::words::LogWords;

/// The bar below the lines: whether they move, how many are behind, how many lost.
#[component]
pub(super) fn Foot(
    /// The page's state.
    desk: Desk,
) -> impl IntoView {
    let w = LogWords::of(desk.lang);
    let counts = move || {
        desk.changed.track();
        desk.state
            .with_value(|state| (state.store().lines(), state.lost()))
    };
    move || match desk.paused.get() {
        Some(paused) => {
            let says = move || {
                let (lines, lost) = counts();
                (w.behind)(
                    lines.saturating_sub(paused.lines),
                    lost.saturating_sub(paused.lost),
                )
            };
            view! {
                <div class="log-foot paused" role="status">
                    <Icon glyph=Glyph::Pause/>
                    <b>{w.paused}</b>
                    <span>{says}</span>
                    <button type="button" class="button" aria-keyshortcuts="Space" on:click=move |_| desk.go_on()>
                        {w.go_to_end} " " <kbd aria-hidden="true">{w.key_space}</kbd>
                    </button>
                </div>
            }
            .into_any()
        }
        None => {
            let says = move || {
                let (lines, lost) = counts();
                (w.so_far)(lines, lost)
            };
            view! {
                <div class="log-foot live-only">
                    <Icon glyph=Glyph::Play/>
                    <b>{w.following}</b>
                    <span>{says}</span>
                    <button type="button" class="button" aria-keyshortcuts="Space" on:click=move |_| desk.pause()>
                        {w.pause} " " <kbd aria-hidden="true">{w.key_space}</kbd>
                    </button>
                </div>
            }
            .into_any()
        }
    }
}
