use leptos::prelude::*;
use podside_model::view::{InvestigationPage, ShareRow};

use crate::address;
use crate::clock;
use crate::components::{Glyph, Icon};
use crate::preferences::lang;
use crate::words::InvestigationWords;

/// The links to the investigation, and the form for another.
pub(super) fn shares(page: &InvestigationPage) -> AnyView {
    let w = InvestigationWords::of(lang());
    let rows = page.shares.iter().map(row).collect_view();
    view! {
        <section id="share" class="shares" aria-labelledby="links">
            <h2 id="links">{w.links}</h2>
            <ul>{rows}</ul>
            <form method="post" action=address::doing(page.id, "shares")>
                <label><input type="radio" name="scope" value="frozen" checked/>" "{w.frozen}</label>
                <label><input type="radio" name="scope" value="live"/>" "{w.live}</label>
                <label class="days">{w.days}" "<input type="number" name="days" value="7" min="1" max="90" required/></label>
                <p class="legend">{w.whoever_has_it}</p>
                <button class="button small"><Icon glyph=Glyph::Link/>{w.make_link}</button>
            </form>
        </section>
    }
    .into_any()
}

fn row(share: &ShareRow) -> AnyView {
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
    let revoke = share.open.then(|| {
        view! {
            <form method="post" action=address::revoking(share.id)>
                <button class="button small danger">{w.revoke}</button>
            </form>
        }
    });
    view! {
        <li><span><b>{kind}</b>", "{share.created_by.clone()}<br/><span class="quiet">{until}</span></span>{revoke}</li>
    }
    .into_any()
}
