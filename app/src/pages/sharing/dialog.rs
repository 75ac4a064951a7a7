use jiff::SignedDuration;
use leptos::prelude::*;
use podside_model::form::{LinkForm, LinkScope, NamedObject, ProblemLinkForm};
use podside_model::view::{SHARE_DAYS, SHARE_DAYS_USUAL, ShareOf, SharingPage};
use podside_model::{ProblemId, field};

use super::preview::preview;
use super::visible::visible;
use super::{focus_on, locked};
use crate::address::{self, use_place};
use crate::clock;
use crate::components::{Glyph, Icon, Note, Sheet, Tone, sent_along};
use crate::preferences::lang;
use crate::words::SharingWords;

/// What a link would show, and the form that makes it.
pub(super) fn dialog(page: &SharingPage) -> AnyView {
    let w = SharingWords::of(lang());
    let place = use_place().get_untracked();
    let (title, says) = match page.of {
        ShareOf::Investigation(_) => (w.share_investigation, None),
        ShareOf::Problem(_) => (w.share_problem, Some(w.kept_when_made)),
    };
    let action = address::making_link(&place, &page.of);
    let (sent, scope, ends, foot) = (fixed(page), scope(page), ends(page), foot(page));
    let (visible, preview) = (visible(page), preview(page));
    focus_on("main [autofocus]");
    view! {
        <Sheet title head=Some(page.head.clone()) class="sharing-page">
            <form class="dialog" method="post" action=action>
                <header>
                    <h1>{title}</h1>
                    <p class="esc" aria-hidden="true"><kbd>"Esc"</kbd>" "{w.to_cancel}</p>
                    <p class="says">{w.whoever_has_it}" "{says}</p>
                </header>
                {sent}
                <div class="choices-and-preview">
                    <div class="choices">
                        {visible}
                        {scope}
                        {ends}
                    </div>
                    <section class="preview" aria-labelledby="as-it-will-look">
                        <h2 id="as-it-will-look">{w.as_it_will_look}</h2>
                        {preview}
                        <p class="meta">{w.times}</p>
                    </section>
                </div>
                {foot}
            </form>
        </Sheet>
    }
    .into_any()
}

/// What the form sends beside what is chosen.
fn fixed(page: &SharingPage) -> AnyView {
    let problem = match &page.of {
        ShareOf::Investigation(_) => None,
        ShareOf::Problem(ProblemId { cause, subject }) => Some(view! {
            {sent_along(field!(ProblemLinkForm, cluster), Some(page.head.cluster.clone()))}
            {sent_along(field!(ProblemLinkForm, namespace), page.head.namespace.clone())}
            {sent_along(field!(ProblemLinkForm, cause), Some(cause.to_string()))}
            {sent_along(field!(ProblemLinkForm, subject), Some(NamedObject(subject.clone()).to_string()))}
            {sent_along(field!(ProblemLinkForm, container), subject.container.clone())}
        }),
    };
    view! {
        {sent_along(field!(LinkForm, form), Some(page.form.clone()))}
        {sent_along(field!(LinkForm, seen), Some(page.seen.clone()))}
        {problem}
    }
    .into_any()
}

fn scope(page: &SharingPage) -> AnyView {
    let w = SharingWords::of(lang());
    let frozen = (w.frozen_at)(&clock::clock(page.preview.now));
    view! {
        <fieldset>
            <legend>{w.stands_or_goes_on}</legend>
            <div class="switch">
                <label><input type="radio" name=field!(LinkForm, scope) value=LinkScope::Frozen.as_str() checked/>{frozen}</label>
                <label><input type="radio" name=field!(LinkForm, scope) value=LinkScope::Live.as_str()/>{w.live}</label>
            </div>
            <p class="meta">{w.frozen_and_live}</p>
        </fieldset>
    }
    .into_any()
}

/// How long it opens. The moment of the end that is chosen is shown by the style sheet, so
/// that it changes without a client too.
fn ends(page: &SharingPage) -> AnyView {
    let w = SharingWords::of(lang());
    let spans = SHARE_DAYS.map(|days| {
        let checked = days == SHARE_DAYS_USUAL;
        view! {
            <label><input type="radio" name=field!(LinkForm, days) value=days.to_string() checked=checked/>{(w.days)(days)}</label>
        }
    });
    let moments = SHARE_DAYS.map(|days| {
        let end = page.preview.now + SignedDuration::from_hours(24 * i64::from(days));
        let says = (w.until)(&clock::date_and_clock(end));
        view! { <p class="meta" data-days=days.to_string()>{says}</p> }
    });
    view! {
        <fieldset class="ends">
            <legend>{w.ends_after}</legend>
            <div class="switch">{spans.collect_view()}</div>
            {moments.collect_view()}
        </fieldset>
    }
    .into_any()
}

fn foot(page: &SharingPage) -> AnyView {
    let w = SharingWords::of(lang());
    let place = use_place().get_untracked();
    let earlier = match &page.of {
        ShareOf::Investigation(id) if page.open_links > 0 => {
            let href = address::links(&place, *id);
            Some(view! { " "{(w.earlier_links)(page.open_links)}" "<a href=href>{w.show_them}</a> })
        }
        _ => None,
    };
    let reason = locked();
    let says = reason.map(|reason| {
        view! { <div class="locked-because" id="locked"><Note tone=Tone::Info><p>{reason}</p></Note></div> }
    });
    let make = if reason.is_some() {
        view! {
            <button type="button" class="button locked" aria-disabled="true" aria-describedby="locked" autofocus>
                <Icon glyph=Glyph::Lock/>{w.not_here}
            </button>
        }
        .into_any()
    } else {
        view! {
            <button class="button primary" aria-keyshortcuts="Control+Enter" autofocus>
                <Icon glyph=Glyph::Share/>{w.make_link}" "<kbd aria-hidden="true">"Ctrl Enter"</kbd>
            </button>
        }
        .into_any()
    };
    view! {
        {says}
        <footer>
            <p class="meta">{w.revoke_any_time}{earlier}</p>
            <a class="button" href=address::shared_thing(&place, &page.of) aria-keyshortcuts="Escape">{w.cancel}</a>
            {make}
        </footer>
    }
    .into_any()
}
