//! The kinds that a cluster has, by API group.

use leptos::prelude::*;
use podside_model::view::{KindRow, KindsPage, UnreadGroup};

use crate::address::{self, use_place};
use crate::components::{Command, Note, Sheet, Tone};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{FrameWords, ObjectsWords};

pub(super) fn sheet(page: &KindsPage) -> AnyView {
    let w = ObjectsWords::of(lang());
    let k = FrameWords::of(lang());
    let place = use_place().get_untracked();
    let says = (w.kinds_say)(page.kinds.len(), &page.head.cluster);
    let groups = page
        .kinds
        .chunk_by(|one, other| one.group == other.group)
        .map(|kinds| group(&place, kinds))
        .collect_view();
    let unread = unread(&page.unread);
    let keys = vec![("J", k.next), ("K", k.previous), ("Enter", k.open)];
    let command = page.command.clone();
    view! {
        <Sheet title=w.kinds head=Some(page.head.clone()) class="kinds-page" keys>
            <header class="list-head">
                <div>
                    <h1>{w.kinds}</h1>
                    <p class="legend">
                        {says}" "
                        <a href=address::events(&place)>{w.events}</a>
                    </p>
                </div>
                <Command line=command/>
            </header>
            {unread}
            {groups}
        </Sheet>
    }
    .into_any()
}

fn group(place: &Place, kinds: &[KindRow]) -> AnyView {
    let w = ObjectsWords::of(lang());
    let group = kinds.first().map(|kind| kind.group.clone());
    let group = group.unwrap_or_default();
    let name = if group.is_empty() {
        view! { <h2>{w.core}</h2> }.into_any()
    } else {
        view! { <h2><code>{group}</code></h2> }.into_any()
    };
    let rows = kinds.iter().map(|kind| row(place, kind)).collect_view();
    view! { <section class="row kinds"><div class="margin">{name}</div><ul>{rows}</ul></section> }
        .into_any()
}

fn row(place: &Place, kind: &KindRow) -> AnyView {
    let w = ObjectsWords::of(lang());
    let href = address::objects(place, &kind.kind_in_group());
    let count = kind
        .count
        .map(|count| view! { " " <b>{count.to_string()}</b> });
    let short = kind.short_names.join(", ");
    let short = (!short.is_empty()).then(|| view! { " " <code>{short}</code> });
    let scope = (!kind.is_namespaced).then(|| view! { " " <small>{w.of_the_cluster}</small> });
    view! { <li><a href=href data-row="">{kind.kind.clone()}</a>{count}{short}{scope}</li> }
        .into_any()
}

/// Groups of which it cannot be told what they have.
pub(super) fn unread(groups: &[UnreadGroup]) -> AnyView {
    let w = ObjectsWords::of(lang());
    groups
        .iter()
        .map(|unread| {
            let says = (w.unread)(&unread.group);
            let why = unread.why.clone();
            view! { <Note tone=Tone::Unknown><p>{says}" "{why}</p></Note> }
        })
        .collect_view()
        .into_any()
}

/// Kinds as links to their lists, each with its group.
pub(super) fn links(place: &Place, kinds: &[KindRow]) -> AnyView {
    let links = kinds
        .iter()
        .map(|kind| {
            let href = address::objects(place, &kind.kind_in_group());
            let version = kind.api_version();
            view! { <li><a href=href data-row="">{kind.kind.clone()}</a>" "<code>{version}</code></li> }
        })
        .collect_view();
    view! { <ul class="kind-links">{links}</ul> }.into_any()
}
