//! The kinds that a cluster has, and the objects of one of them.

mod ask;
mod kinds;
mod list;
mod refusals;
mod table;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use podside_model::view::{ObjectsAsk, ObjectsPage};

use super::{answered, ask_for};
use crate::address::use_place;
use crate::api;
use crate::changes::Hears;
use crate::components::Stays;
use crate::live::use_live;
use crate::portal::Place;
use crate::preferences::lang;

/// The list of the kind that the address names; without one, the kinds that there are.
#[component]
pub fn ObjectsRoute() -> impl IntoView {
    let query = use_query_map();
    let ask = Memo::new(move |_| query.with(ask::of_query));
    let is_of_kinds = Memo::new(move |_| ask.with(|ask| ask.kind.is_empty()));
    move || {
        if is_of_kinds.get() {
            view! { <Kinds/> }.into_any()
        } else {
            view! { <Objects ask/> }.into_any()
        }
    }
}

#[component]
fn Kinds() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    Stays::on(|place| ask::href(place, &ObjectsAsk::default()));
    let answer = ask_for(move || place.get(), move |place| api::kinds(lang, place));
    answered(answer, |page| kinds::sheet(&page))
}

#[component]
fn Objects(ask: Memo<ObjectsAsk>) -> impl IntoView {
    let lang = lang();
    let place = use_place();
    Stays::on(move |place| {
        let ask = ObjectsAsk {
            from: 0,
            ..ask.get_untracked()
        };
        ask::href(place, &ask)
    });
    let answer = ask_for(
        move || (place.get(), ask.get()),
        move |(place, ask)| async move {
            let page = api::objects(lang, place.clone(), ask).await?;
            Ok::<_, crate::PortalError>((place, page))
        },
    );
    answered(answer, |(place, page)| {
        view! { <ObjectsLive place page/> }.into_any()
    })
}

/// The page, kept true while it is looked at.
#[component]
fn ObjectsLive(place: Place, page: ObjectsPage) -> impl IntoView {
    let lang = lang();
    let (at, asked) = (place.clone(), page.ask.clone());
    let page = use_live(
        page,
        Hears::AllFacts,
        move || api::objects(lang, at.clone(), asked.clone()),
        |page, fresh| page.set(fresh),
    );
    move || page.with(|page| list::sheet(&place, page))
}
