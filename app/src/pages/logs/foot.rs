use leptos::prelude::*;

use super::desk::{Desk, Standing};
use crate::components::{Glyph, Icon};
use crate::log::Filter;
use crate::words::LogWords;

/// The bar below the lines: whether they move, how many are behind, how many lost. It says the
/// same as the head of the page.
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
    let so_far = move || {
        let (lines, lost) = counts();
        let shown = desk.state.with_value(|state| state.view().lines());
        if desk.filter.with(Filter::shows_all) {
            (w.so_far)(lines, lost)
        } else {
            (w.so_far_of)(shown, lines, lost)
        }
    };
    let go_on = move || {
        view! {
            <button type="button" class="button" aria-keyshortcuts="Space" on:click=move |_| desk.go_on()>
                {w.go_to_end} " " <kbd aria-hidden="true">{w.key_space}</kbd>
            </button>
        }
        .into_any()
    };
    let quiet = move |word: &'static str| {
        let go_on = desk.paused.get().is_some().then(go_on);
        view! {
            <div class="log-foot" role="status">
                <b>{word}</b>
                <span>{so_far}</span>
                {go_on}
            </div>
        }
        .into_any()
    };
    move || {
        match desk.standing() {
        Standing::Read => quiet(w.read_once),
        Standing::Lost { .. } => quiet(w.not_live),
        Standing::Ended => quiet(w.ended),
        Standing::Paused(paused) => {
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
                    {go_on()}
                </div>
            }
            .into_any()
        }
        Standing::Following => view! {
            <div class="log-foot">
                <Icon glyph=Glyph::Play/>
                <b>{w.following}</b>
                <span>{so_far}</span>
                <button type="button" class="button" aria-keyshortcuts="Space" on:click=move |_| desk.pause()>
                    {w.pause} " " <kbd aria-hidden="true">{w.key_space}</kbd>
                </button>
            </div>
        }
        .into_any(),
    }
    }
}
