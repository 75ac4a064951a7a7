use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::field;
use podside_model::form::FoundRemovalForm;
use podside_model::view::{Leftover, LeftoverState, LeftoversPage, LookedFor};

use super::failure::Denied;
use super::{answered, ask_for};
use crate::address::{self, Tab, use_place};
use crate::api;
use crate::clock;
use crate::components::{Command, Glyph, Icon, Note, SeverityMark, Sheet, Tone, sent_along};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{FrameWords, LeftoversWords};

/// What Podside created and is still there.
#[component]
pub fn LeftoversRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let answer = ask_for(
        move || place.get(),
        move |place| api::leftovers(lang, place),
    );
    answered(answer, |page| sheet(&page))
}

fn sheet(page: &LeftoversPage) -> AnyView {
    let w = LeftoversWords::of(lang());
    let locked = page.locked.clone().map(|reason| {
        view! { <Note tone=Tone::Info><p>{reason}</p></Note> }
    });
    let body = if page.rows.is_empty() {
        empty(page)
    } else {
        table(page)
    };
    let looked = looked(page);
    let more = page
        .more
        .then(|| view! { <Note tone=Tone::Warning><p>{w.more}</p></Note> });
    let k = FrameWords::of(lang());
    let keys = vec![("J", k.next), ("K", k.previous), ("Enter", k.open)];
    view! {
        <Sheet title=w.leftovers head=Some(page.head.clone()) class="leftovers-page" keys>
            <h1>{w.leftovers}</h1>
            <p class="legend">{w.says}</p>
            {locked}
            {body}
            {more}
            {looked}
        </Sheet>
    }
    .into_any()
}

/// Nothing is left, as far as that can be told.
fn empty(page: &LeftoversPage) -> AnyView {
    let w = LeftoversWords::of(lang());
    if page.looked == LookedFor::Everywhere {
        return view! {
            <section class="words"><h2>{w.empty}</h2><p>{w.empty_says}</p></section>
        }
        .into_any();
    }
    view! { <section class="words"><h2>{w.empty_as_known}</h2></section> }.into_any()
}

/// Where it was looked for Pods that nobody knows, and what kept it from being looked
/// everywhere.
fn looked(page: &LeftoversPage) -> AnyView {
    let w = LeftoversWords::of(lang());
    let cluster = &page.head.cluster;
    let lacks = page
        .lacks
        .clone()
        .map(|right| view! { <Denied rights=vec![right] what=w.not_everything/> });
    let says = match &page.looked {
        LookedFor::Everywhere => (w.looked_everywhere)(cluster),
        LookedFor::In(names) if names.is_empty() => return lacks.into_any(),
        LookedFor::In(names) => (w.looked_in)(cluster, &names.join(w.comma)),
        LookedFor::Nowhere(why) => {
            let says = (w.looked_nowhere)(cluster, why);
            return view! { <Note tone=Tone::Unknown><p>{says}</p></Note> }.into_any();
        }
    };
    view! { <p class="legend">{says}</p>{lacks} }.into_any()
}

fn table(page: &LeftoversPage) -> AnyView {
    let w = LeftoversWords::of(lang());
    let rows = page
        .rows
        .iter()
        .map(|row| left(row, page.head.now, page.locked.as_deref()))
        .collect_view();
    view! {
        <div class="table-place">
            <table class="leftovers">
                <thead>
                    <tr>
                        <th scope="col">{w.what}</th>
                        <th scope="col">{w.created}</th>
                        <th scope="col">{w.who}</th>
                        <th scope="col">{w.investigation}</th>
                        <th scope="col">{w.goes}</th>
                        <th scope="col">{w.state}</th>
                        <th scope="col"><span class="unseen">{w.action}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn left(row: &Leftover, now: Timestamp, locked: Option<&str>) -> AnyView {
    let w = LeftoversWords::of(lang());
    let there = Place {
        cluster: Some(row.cluster.clone()),
        namespace: row.object.namespace.clone(),
    };
    let href = address::object(&there, &row.object, Tab::Overview);
    let container = row.object.container.as_deref().map(w.container);
    let pod = row.object.without_container();
    let quiet = |words: &'static str| view! { <span class="quiet">{words}</span> }.into_any();
    let created = row.created_at.map_or_else(
        || quiet(w.not_known),
        |at| {
            let age = clock::span(clock::seconds_between(at, now), lang());
            view! { <time datetime=clock::machine(at) title=clock::date_and_clock(at)>{age}</time> }
                .into_any()
        },
    );
    let who = row
        .creator
        .clone()
        .map_or_else(|| quiet(w.not_known), IntoAny::into_any);
    let investigation = row.investigation.map_or_else(
        || quiet(w.none),
        |id| {
            let href = address::investigation(&there, id);
            view! { <a href=href>{id.to_string()}</a> }.into_any()
        },
    );
    let goes = row.deadline.map_or_else(
        || quiet(w.not_known),
        |at| {
            let (early, late) = (at.min(now), at.max(now));
            let span = clock::span(clock::seconds_between(early, late), lang());
            let says = if at > now { (w.in_span)(&span) } else { (w.overdue)(&span) };
            view! { <time datetime=clock::machine(at) title=clock::date_and_clock(at)>{says}</time> }
                .into_any()
        },
    );
    let said = row.said.clone().map(|said| view! { <small>{said}</small> });
    view! {
        <tr>
            <td class="what">
                <a class="object" href=href data-row=""><i>{pod.kind.clone()}" "</i>{pod.path()}</a>
                <small>{container}" "{(w.in_cluster)(&row.cluster)}</small>
                <details>
                    <summary>{w.by_hand}</summary>
                    <Command line=row.kubectl.clone()/>
                </details>
            </td>
            <td class="tight" data-label=w.created>{created}</td>
            <td class="who" data-label=w.who>{who}</td>
            <td data-label=w.investigation>{investigation}</td>
            <td class="tight" data-label=w.goes>{goes}</td>
            <td class="state">{state(row.state)}{said}</td>
            <td class="do">{remove(row, locked)}</td>
        </tr>
    }
    .into_any()
}

fn state(state: LeftoverState) -> AnyView {
    let w = LeftoversWords::of(lang());
    let (tone, word) = match state {
        LeftoverState::Intended => (Tone::Unknown, w.intended),
        LeftoverState::There => (Tone::Info, w.there),
        LeftoverState::Going => (Tone::Info, w.going),
        LeftoverState::Stays => (Tone::Warning, w.stays),
        LeftoverState::Found => (Tone::Unknown, w.found),
    };
    view! { <SeverityMark tone word/> }.into_any()
}

/// The button that takes it away, or ends it.
fn remove(row: &Leftover, locked: Option<&str>) -> AnyView {
    let w = LeftoversWords::of(lang());
    if let Some(reason) = locked {
        return view! {
            <button type="button" class="button small locked" aria-disabled="true" title=reason.to_owned()>
                <Icon glyph=Glyph::Lock/>{w.remove_not_here}
            </button>
        }
        .into_any();
    }
    let Some(id) = row.id else {
        return view! {
            <form method="post" action=address::removing_found()>
                {sent_along(field!(FoundRemovalForm, cluster), Some(row.cluster.clone()))}
                {sent_along(field!(FoundRemovalForm, namespace), row.object.namespace.clone())}
                {sent_along(field!(FoundRemovalForm, name), Some(row.object.name.clone()))}
                {sent_along(field!(FoundRemovalForm, uid), row.uid.clone())}
                <button class="button small danger">{w.remove}</button>
            </form>
        }
        .into_any();
    };
    let does = if row.object.container.is_some() {
        w.end
    } else {
        w.remove
    };
    view! {
        <form method="post" action=address::removing(id)>
            <button class="button small danger">{does}</button>
        </form>
    }
    .into_any()
}
