use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::form::RevocationForm;
use podside_model::view::ShareRow;
use podside_model::{InvestigationId, field};

use super::locked;
use crate::address;
use crate::clock;
use crate::components::{Glyph, Icon};
use crate::preferences::lang;
use crate::words::SharingWords;

/// The links to an investigation, as a table; `made` is the one that was made just now.
pub(super) fn table(
    links: &[ShareRow],
    id: InvestigationId,
    made: Option<i64>,
    now: Timestamp,
) -> AnyView {
    let w = SharingWords::of(lang());
    if links.is_empty() {
        return view! { <p class="meta">{w.no_links}</p> }.into_any();
    }
    let rows = links
        .iter()
        .map(|link| row(link, id, made == Some(link.id), now))
        .collect_view();
    view! {
        <div class="table-place">
            <table class="links">
                <thead>
                    <tr>
                        <th scope="col">{w.made}</th>
                        <th scope="col">{w.who}</th>
                        <th scope="col">{w.shows}</th>
                        <th scope="col">{w.ends}</th>
                        <th scope="col">{w.opened}</th>
                        <th scope="col"><span class="unseen">{w.action}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="legend">{w.counts_loads}</p>
    }
    .into_any()
}

fn row(link: &ShareRow, id: InvestigationId, is_new: bool, now: Timestamp) -> AnyView {
    let w = SharingWords::of(lang());
    let created = clock::moment(link.created_at, now);
    let made = if is_new {
        view! { <b>{(w.this_one)(&created)}</b> }.into_any()
    } else {
        created.clone().into_any()
    };
    let shows = if link.live {
        view! { <span class="liveness">{w.link_live}</span> }.into_any()
    } else {
        (w.link_frozen)(&created).into_any()
    };
    let (often, last) = opened(link, now);
    view! {
        <tr class=is_new.then_some("new")>
            <td>{made}</td>
            <td class="who">{link.created_by.clone()}</td>
            <td>{shows}</td>
            <td>{ends(link, now)}</td>
            <td data-label=w.opened>{often}{last.map(|last| view! { <small>{last}</small> })}</td>
            <td class="do">{revoke(link, id)}</td>
        </tr>
    }
    .into_any()
}

/// Until when it opens, or how it ended.
fn ends(link: &ShareRow, now: Timestamp) -> AnyView {
    let w = SharingWords::of(lang());
    if let Some(revoked) = &link.revoked {
        let says = (w.revoked_by)(&clock::moment(revoked.at, now), &revoked.by);
        return view! { <span class="quiet">{says}</span> }.into_any();
    }
    let moment = clock::date_and_clock(link.expires_at);
    if !link.open {
        return view! { <span class="quiet">{(w.ended_at)(&moment)}</span> }.into_any();
    }
    let left = clock::span(clock::seconds_between(now, link.expires_at), lang());
    view! { {moment}<small>{(w.in_span)(&left)}</small> }.into_any()
}

/// How often it was opened, and when last.
pub(crate) fn opened(link: &ShareRow, now: Timestamp) -> (String, Option<String>) {
    let w = SharingWords::of(lang());
    let last = link
        .last_opened
        .map(|at| (w.last)(&clock::ago(at, now, lang())));
    ((w.opened_times)(link.opened), last)
}

/// The button that makes a link dead; a word when it is.
pub(crate) fn revoke(link: &ShareRow, id: InvestigationId) -> AnyView {
    let w = SharingWords::of(lang());
    if !link.open {
        return view! { <span class="quiet">{w.ended}</span> }.into_any();
    }
    if let Some(reason) = locked() {
        return view! {
            <button type="button" class="button small locked" aria-disabled="true" title=reason>
                <Icon glyph=Glyph::Lock/>{w.revoke_not_here}
            </button>
        }
        .into_any();
    }
    view! {
        <form method="post" action=address::revoking(link.id)>
            <input type="hidden" name=field!(RevocationForm, investigation) value=id.to_string()/>
            <button class="button small danger">{w.revoke}</button>
        </form>
    }
    .into_any()
}
