//! What goes on in an investigation while one looks at it.

use leptos::prelude::*;
use podside_model::view::InvestigationPage;

use crate::address::{self, use_place};
use crate::clock;
use crate::components::writing_if_allowed;
use crate::preferences::lang;
use crate::words::InvestigationWords;

/// How far it is, and a way to stop it; nothing when nothing goes on. Without JavaScript the
/// page is looked at again by a link.
pub(super) fn going(page: &InvestigationPage) -> Option<AnyView> {
    let going = page.going.as_ref()?;
    let w = InvestigationWords::of(lang());
    let (what, done) = match &going.runs {
        None => {
            let done = (w.answered_of)(going.done, going.of);
            (w.follows_evidence, done.into_any())
        }
        Some(command) => (
            w.runs_test,
            view! { <code>{command.clone()}</code> }.into_any(),
        ),
    };
    let until = (w.ends_at)(&clock::clock(going.until));
    let share = match going.of {
        0 => 0,
        of => 100 * going.done.min(of) / of,
    };
    let again = address::investigation(&use_place().get_untracked(), page.id);
    let action = address::doing(page.id, "stop");
    let stop = writing_if_allowed(|| {
        view! {
            <form method="post" action=action>
                <button class="button small">{w.stop}</button>
            </form>
        }
        .into_any()
    });
    Some(
        view! {
            <section class="going" aria-live="polite">
                <p>
                    <b>{what}</b>" "{done}" "
                    <span class="meta">{until}</span>
                </p>
                <svg class="progress" aria-hidden="true">
                    <rect class="ahead" width="100%" height="6"></rect>
                    <rect class="done" width=format!("{share}%") height="6"></rect>
                </svg>
                <p class="buttons">
                    {stop}
                    <a class="button small" href=again>{w.look_again}</a>
                </p>
            </section>
        }
        .into_any(),
    )
}
