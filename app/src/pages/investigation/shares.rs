use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::InvestigationId;
use podside_model::view::{InvestigationPage, ShareOf, ShareRow};

use crate::address::{self, use_place};
use crate::clock;
use crate::components::{Glyph, LinkButton};
use crate::pages::sharing::{opened, revoke};
use crate::preferences::lang;
use crate::words::InvestigationWords;

/// The links to the investigation, and the way to another.
pub(super) fn shares(page: &InvestigationPage) -> AnyView {
    let w = InvestigationWords::of(lang());
    let place = use_place().get_untracked();
    let rows = page
        .shares
        .iter()
        .map(|share| row(share, page.id, page.head.now))
        .collect_view();
    let all = (!page.shares.is_empty()).then(|| {
        let href = address::links(&place, page.id);
        view! { <p><a href=href>{w.all_links}</a></p> }
    });
    let share = address::sharing(&place, &ShareOf::Investigation(page.id));
    view! {
        <section class="shares" aria-labelledby="links">
            <h2 id="links">{w.links}</h2>
            <ul>{rows}</ul>
            {all}
            <LinkButton href=share text=w.make_link glyph=Glyph::Link small=true/>
        </section>
    }
    .into_any()
}

fn row(share: &ShareRow, id: InvestigationId, now: Timestamp) -> AnyView {
    let w = InvestigationWords::of(lang());
    let kind = if share.live {
        w.link_live
    } else {
        w.link_frozen
    };
    let until = if share.open {
        (w.until)(&clock::day(share.expires_at))
    } else {
        w.dead.to_owned()
    };
    let made = clock::moment(share.created_at, now);
    let (often, last) = opened(share, now);
    let often = (w.opened)(&often);
    let last = last.map(|last| format!("{}{last}", w.comma));
    view! {
        <li>
            <span>
                <b>{kind}</b>{w.comma}{share.created_by.clone()}{w.comma}{made}
                <br/><span class="quiet">{until}</span>
                <br/><span class="quiet">{often}{last}</span>
            </span>
            {revoke(share, id)}
        </li>
    }
    .into_any()
}
