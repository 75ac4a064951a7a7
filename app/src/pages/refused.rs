use leptos::prelude::*;

use super::failure::why;
use crate::address::{self, use_place};
use crate::components::{LinkButton, Sheet, Weight};
use crate::portal::{Place, PortalError};
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::StateWords;

/// A form that was sent and could not be carried out.
///
/// The server puts it into the context of the page that says so. That page is the same
/// with and without a client: a client would not know of it, so none is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why it could not be carried out.
    pub error: PortalError,
    /// The address of the page that the form stood on, without the host.
    pub back: String,
}

/// The page that answers a form that could not be carried out: why, and the way back.
#[component]
pub fn RefusedPage(
    /// What could not be carried out.
    refused: Refused,
) -> impl IntoView {
    let Refused { error, back } = refused;
    let w = StateWords::of(lang());
    let place = Place {
        namespace: None,
        ..use_place().get_untracked()
    };
    answer_with_status(error.status());
    view! {
        <Sheet title=w.not_done head=None class="words">
            <h1>{w.not_done}</h1>
            {why(error)}
            <p class="buttons">
                <LinkButton href=back text=w.back_to_page weight=Weight::Primary/>
                <LinkButton href=address::triage(&place) text=w.go_to_triage/>
            </p>
        </Sheet>
    }
    .into_any()
}
