use leptos::prelude::*;
use podside_model::MissingRight;
use podside_model::role::role;

use crate::address::{self, use_place};
use crate::components::{CopyButton, LinkButton, Note, Sheet, Tone, Yaml};
use crate::portal::{Place, PortalError};
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::{FrameWords, StateWords};

/// The page for a question that has no answer: what, where, and two ways on.
#[component]
pub fn Failure(
    /// Why there is no answer.
    error: PortalError,
) -> impl IntoView {
    let w = StateWords::of(lang());
    let place = use_place().get_untracked();
    let title = match &error {
        PortalError::NotFound { .. } => w.not_there,
        PortalError::Denied { .. } => w.denied_title,
        PortalError::Unavailable { .. } => w.unavailable_title,
        PortalError::Invalid { .. } => w.invalid_title,
        PortalError::OnlyShows { .. } => w.not_done,
    };
    answer_with_status(error.status());
    let unavailable = matches!(error, PortalError::Unavailable { .. });
    let again = unavailable.then(|| {
        // An empty address is the page itself.
        view! { <a class="button" href="" rel="external">{w.try_now}</a> }
    });
    view! {
        <Sheet title head=None class="words">
            <h1>{title}</h1>
            {why(error)}
            <p class="buttons">
                {again}
                <LinkButton href=address::triage(&Place { cluster: place.cluster, namespace: None }) text=w.go_to_triage/>
            </p>
        </Sheet>
    }
    .into_any()
}

/// What a person is told of an error.
pub(super) fn why(error: PortalError) -> AnyView {
    let (tone, what) = match error {
        PortalError::Denied { right } => {
            return view! { <Denied rights=vec![right]/> }.into_any();
        }
        PortalError::NotFound { what } => (Tone::Info, what),
        PortalError::Invalid { what } | PortalError::OnlyShows { what } => (Tone::Warning, what),
        PortalError::Unavailable { what } if what.is_empty() => {
            let says = StateWords::of(lang()).podside_does_not_answer;
            (Tone::Critical, says.to_owned())
        }
        PortalError::Unavailable { what } => (Tone::Critical, what),
    };
    view! { <Note tone><p>{what}</p></Note> }.into_any()
}

/// Rights that are missing, and the Role that gives them.
#[component]
pub fn Denied(
    /// The rights, which are all of one place.
    rights: Vec<MissingRight>,
    /// What cannot be told without it.
    #[prop(optional, into)]
    what: Option<String>,
) -> impl IntoView {
    let w = StateWords::of(lang());
    let first = rights.first();
    let place = match first.and_then(|right| right.namespace.as_ref()) {
        Some(namespace) => (w.namespace)(namespace),
        None => w.all_namespaces.to_owned(),
    };
    let resources: Vec<String> = rights.iter().map(|right| right.resource.clone()).collect();
    let verb = first.map_or("", |right| &right.verb);
    let missing = (w.may_not)(verb, &resources.join(w.comma), &place);
    let role = role(&rights);
    view! {
        <Note tone=Tone::Unknown>
            {what.map(|what| view! { <strong>{what}</strong>" " })}
            {missing}
        </Note>
        <details class="role">
            <summary>{w.role}</summary>
            <Yaml text=role.clone()/>
            <p class="buttons">
                <CopyButton text=role label=FrameWords::of(lang()).copy class="copy button small"/>
                <span class="meta">{w.names_never_values}</span>
            </p>
        </details>
    }
    .into_any()
}
