//! Sharing: what a link would show, the link when it is made, and the links that there are.
//!
//! A dialog that is a page: S and the Share buttons lead to it from a problem and from an
//! investigation, looking at it changes nothing, and without JavaScript it is the same.

mod dialog;
mod links;
mod made;
mod preview;
mod visible;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use podside_model::view::{LinksPage, MadeLink, ShareOf, SharingPage};
use podside_model::{InvestigationId, Lang};
use serde::{Deserialize, Serialize};
use web_sys::HtmlElement;

pub(super) use self::links::{opened, revoke};
use super::{NotFound, answered, ask_for};
use crate::address::{object_of, problem_of, use_place};
use crate::api;
use crate::portal::{Place, PortalError};
use crate::preferences::lang;
use crate::writes::Writes;

/// What came of a form that makes a link.
///
/// The server puts it into the context of the page that answers the form. It travels to the
/// browser in that one document, and is nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentSharing {
    /// The investigation that the link shows.
    pub id: InvestigationId,
    /// What was shared.
    pub of: ShareOf,
    /// The link; `None` when the form had made it before.
    pub made: Option<MadeLink>,
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// What a link would show.
    Sharing(ShareOf),
    /// The links to an investigation.
    Links(InvestigationId),
    /// What came of a form whose address does not tell what it shared.
    Sent,
    /// No page of this kind.
    Nothing,
}

impl Asked {
    fn of(params: &ParamsMap, container: Option<String>) -> Self {
        let part = |name| params.get(name).unwrap_or_default();
        if let Some(cause) = params.get("cause") {
            let subject = object_of(&part("kind"), part("namespace"), part("name"));
            let id = problem_of(&cause, subject, container);
            return id.map_or(Self::Nothing, |id| Self::Sharing(ShareOf::Problem(id)));
        }
        let Some(id) = params.get("id") else {
            let is_form = part("form") == "shares";
            return if is_form { Self::Sent } else { Self::Nothing };
        };
        let Ok(id) = id.parse().map(InvestigationId) else {
            return Self::Nothing;
        };
        match part("doing").as_str() {
            "share" => Self::Sharing(ShareOf::Investigation(id)),
            // Under the second the form was answered; its page stands there for the browser.
            "links" | "shares" => Self::Links(id),
            _ => Self::Nothing,
        }
    }
}

/// What there is to be shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Shown {
    Sharing(Box<SharingPage>),
    Links(Box<LinksPage>, Option<Box<SentSharing>>),
    /// A link was shown here once, and is not here any more.
    Gone,
    Nothing,
}

/// What is shared, or was: the dialog, the link, the links.
#[component]
pub fn SharingRoute() -> impl IntoView {
    // Forms go to addresses that this page has too.
    #[cfg(feature = "ssr")]
    if let Some(refused) = use_context::<super::Refused>() {
        return view! { <super::RefusedPage refused/> }.into_any();
    }
    let lang = lang();
    let place = use_place();
    let params = use_params_map();
    let query = use_query_map();
    let sent = use_context::<SentSharing>();
    let asked = Memo::new(move |_| {
        let container = query.with(|query| query.get("container"));
        params.with(|params| Asked::of(params, container))
    });
    let answer = ask_for(
        move || (place.get(), asked.get()),
        move |(place, asked)| ask(lang, place, asked, sent.clone()),
    );
    answered(answer, |shown| match shown {
        Shown::Sharing(page) => dialog::dialog(&page),
        Shown::Links(page, sent) => made::links(&page, sent.as_deref()),
        Shown::Gone => made::was_shown(),
        Shown::Nothing => view! { <NotFound/> }.into_any(),
    })
}

async fn ask(
    lang: Lang,
    place: Place,
    asked: Asked,
    sent: Option<SentSharing>,
) -> Result<Shown, PortalError> {
    let id = match (&sent, asked) {
        (Some(sent), _) => sent.id,
        (None, Asked::Links(id)) => id,
        (None, Asked::Sharing(of)) => {
            let page = api::sharing(lang, place, of).await?;
            return Ok(Shown::Sharing(Box::new(page)));
        }
        (None, Asked::Sent) => return Ok(Shown::Gone),
        (None, Asked::Nothing) => return Ok(Shown::Nothing),
    };
    let page = api::links(lang, id).await?;
    Ok(Shown::Links(Box::new(page), sent.map(Box::new)))
}

/// Why nothing may be shared or revoked on this portal, in the reader's language; `None`
/// where it may. The buttons that would be refused are locked then.
fn locked() -> Option<&'static str> {
    Writes::current().locked(lang())
}

/// Puts the focus where somebody begins who came by a link of the page before: a document
/// that was loaded has done so itself, by `autofocus`. What is shown to a live page alone
/// is there a frame later.
fn focus_on(selector: &'static str) {
    Effect::new(move |_| {
        request_animation_frame(move || {
            let first = document().query_selector(selector).ok().flatten();
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
        });
    });
}
