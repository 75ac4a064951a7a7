use leptos::prelude::*;

use crate::address;
use crate::components::{LinkButton, Sheet};
use crate::portal::Place;
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::StateWords;

/// The page for a path that no route knows, and on the server for a form that could not
/// be carried out and whose address no page has.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(refused) = use_context::<super::Refused>() {
        return view! { <super::RefusedPage refused/> }.into_any();
    }
    answer_with_status(404);
    let w = StateWords::of(lang());
    view! {
        <Sheet title=w.no_page_title head=None class="words">
            <h1>{w.no_page_title}</h1>
            <p>{w.no_page}</p>
            <LinkButton href=address::triage(&Place::default()) text=w.go_to_triage/>
        </Sheet>
    }
    .into_any()
}
