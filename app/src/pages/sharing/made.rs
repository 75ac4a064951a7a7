use leptos::ev::FocusEvent;
use leptos::prelude::*;
use podside_model::view::{LinksPage, MadeLink, ShareOf, SinceSeen};
use web_sys::HtmlInputElement;

use super::links::table;
use super::{SentSharing, focus_on};
use crate::address::{self, use_place};
use crate::clock;
use crate::components::{CopyButton, Glyph, LinkButton, Note, Sheet, Tone, Weight};
use crate::portal::Place;
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::SharingWords;

/// The links to an investigation; with the one that a form has just made, which can be read
/// this once.
pub(super) fn links(page: &LinksPage, sent: Option<&SentSharing>) -> AnyView {
    let w = SharingWords::of(lang());
    let place = use_place().get_untracked();
    let made = sent.and_then(|sent| sent.made.as_ref());
    let of = sent.map_or(ShareOf::Investigation(page.id), |sent| sent.of.clone());
    let title = match (&sent, &of) {
        (None, _) => (w.links_of)(&page.title),
        (Some(_), ShareOf::Investigation(_)) => w.share_investigation.to_owned(),
        (Some(_), ShareOf::Problem(_)) => w.share_problem.to_owned(),
    };
    let says = made.map_or(w.links_say.to_owned(), told);
    let again = sent.filter(|sent| sent.made.is_none()).map(|_| {
        // Nothing was made.
        answer_with_status(409);
        view! { <Note tone=Tone::Info><p>{w.made_before}</p></Note> }
    });
    let another = made.is_none().then(|| {
        let href = address::sharing(&place, &of);
        view! { <LinkButton href text=w.make_another weight=Weight::Primary glyph=Glyph::Share key="S"/> }
    });
    let (history, done) = (address::history(&place), address::shared_thing(&place, &of));
    let shown = made.map(once);
    let list = table(
        &page.links,
        page.id,
        made.map(|made| made.id),
        page.head.now,
    );
    if made.is_some() {
        focus_on("main .once .copy");
    }
    view! {
        <Sheet title=title.clone() head=Some(page.head.clone()) class="sharing-page">
            <div class="dialog">
                <header>
                    <h1>{title}</h1>
                    <p class="esc" aria-hidden="true"><kbd>"Esc"</kbd>" "{w.to_close}</p>
                    <p class="says">{says}</p>
                </header>
                <div class="made">
                    {again}
                    {shown}
                    <h2 id="links">{w.links}</h2>
                    {list}
                </div>
                <footer>
                    <p class="meta">{w.all_links}" "<a href=history>{w.history}</a></p>
                    {another}
                    <a class="button" href=done aria-keyshortcuts="Escape">{w.done}</a>
                </footer>
            </div>
        </Sheet>
    }
    .into_any()
}

/// What the link shows, in a sentence.
fn told(made: &MadeLink) -> String {
    let w = SharingWords::of(lang());
    let secrets = match made.hidden {
        0 => w.no_secrets_hidden.to_owned(),
        n => (w.secrets)(n),
    };
    let until = clock::date_and_clock(made.expires_at);
    match made.frozen_at {
        Some(at) => (w.made_frozen)(&clock::clock(at), &secrets, &until),
        None => (w.made_live)(&secrets, &until),
    }
}

/// The link itself.
fn once(made: &MadeLink) -> AnyView {
    let w = SharingWords::of(lang());
    let since = made.since.map(|since| {
        let says = match since {
            SinceSeen::ProblemChanged => w.problem_changed.to_owned(),
            SinceSeen::MoreEntries(count) => (w.more_entries)(count),
        };
        view! { <Note tone=Tone::Warning><p>{says}</p></Note> }
    });
    let url = made.url.clone();
    let select = |event: FocusEvent| event_target::<HtmlInputElement>(&event).select();
    view! {
        {since}
        <h2 id="shown-once">{w.shown_once}</h2>
        <p class="meta">{w.copy_it_now}</p>
        <div class="once">
            <label class="field">
                <span class="unseen">{w.the_link}</span>
                <input type="text" readonly value=url.clone() spellcheck="false" autofocus on:focus=select/>
            </label>
            <CopyButton text=url label=w.copy_link class="copy button primary" key=Some("C")/>
        </div>
    }
    .into_any()
}

/// The page under the address of a form, when it is not the answer to it.
pub(super) fn was_shown() -> AnyView {
    let w = SharingWords::of(lang());
    let place = use_place().get_untracked();
    view! {
        <Sheet title=w.was_shown head=None class="words">
            <h1>{w.was_shown}</h1>
            <p>{w.was_shown_says}</p>
            <LinkButton href=address::history(&Place { namespace: None, ..place }) text=w.history weight=Weight::Primary/>
        </Sheet>
    }
    .into_any()
}
