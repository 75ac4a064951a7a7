//! Why no objects are listed, and what one may do about it.

use leptos::prelude::*;
use podside_model::view::{ObjectsBody, ObjectsPage};

use super::kinds::{links, unread};
use super::list::clear;
use crate::address;
use crate::components::{LinkButton, Note, Sheet, Tone};
use crate::pages::failure::Denied;
use crate::portal::Place;
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::ObjectsWords;

/// The page where it is not known which kind is meant.
pub(super) fn without_kind(place: &Place, page: &ObjectsPage) -> AnyView {
    let w = ObjectsWords::of(lang());
    let asked = &page.ask.kind;
    let (title, body) = match &page.body {
        ObjectsBody::Ambiguous(kinds) => {
            let links = links(place, kinds);
            let body = view! { <p>{w.which_says}</p>{links} }.into_any();
            ((w.which)(asked), body)
        }
        ObjectsBody::NoKind {
            near,
            unread: groups,
        } => {
            answer_with_status(404);
            let near = (!near.is_empty()).then(|| {
                let links = links(place, near);
                view! { <h2>{w.near}</h2>{links} }
            });
            let unread = unread(groups);
            let says = (w.no_kind_says)(&page.head.cluster);
            let body = view! { <p>{says}</p>{unread}{near} }.into_any();
            ((w.no_kind)(asked), body)
        }
        other => (w.not_listed.to_owned(), of_kind(place, page, other)),
    };
    let (heading, all_kinds) = (title.clone(), address::kinds(place));
    view! {
        <Sheet title head=Some(page.head.clone()) class="words">
            <h1>{heading}</h1>
            {body}
            <p class="buttons"><LinkButton href=all_kinds text=w.all_kinds/></p>
        </Sheet>
    }
    .into_any()
}

/// In the place of the rows of a kind.
pub(super) fn of_kind(place: &Place, page: &ObjectsPage, body: &ObjectsBody) -> AnyView {
    let w = ObjectsWords::of(lang());
    match body {
        ObjectsBody::Denied(right) => {
            answer_with_status(403);
            let right = right.clone();
            view! { <section class="words"><Denied rights=vec![right]/></section> }.into_any()
        }
        ObjectsBody::NoSelector(part) => {
            answer_with_status(400);
            let says = (w.no_selector)(part);
            view! {
                <section class="words">
                    <Note tone=Tone::Warning><p>{says}</p></Note>
                    <p class="buttons">{clear(place, page)}</p>
                </section>
            }
            .into_any()
        }
        ObjectsBody::Failed(why) => {
            answer_with_status(503);
            let why = why.clone();
            view! {
                <section class="words">
                    <Note tone=Tone::Critical><p>{why}</p></Note>
                    // An empty address is the page itself.
                    <p class="buttons"><a class="button" href="" rel="external">{w.try_again}</a></p>
                </section>
            }
            .into_any()
        }
        // Those have no kind, or rows.
        ObjectsBody::Ambiguous(_) | ObjectsBody::NoKind { .. } | ObjectsBody::Listed(_) => {
            ().into_any()
        }
    }
}
