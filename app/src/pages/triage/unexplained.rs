use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::{ObjectRef, Said, Strip, Unexplained};

use super::row::affects;
use crate::address::{self, Tab, use_place};
use crate::clock;
use crate::components::{Glyph, LinkButton, ObjectLink, Prose, SeverityMark, StripDrawing, Tone};
use crate::preferences::lang;
use crate::runbooks::{has_logs, runbook_for};
use crate::words::{FrameWords, TimeWords, TriageWords};

/// The words of the cluster about one object that stand in its row.
const SAID: usize = 3;

/// Something that no rule explains, as a row of its own kind. The whole title is the link.
pub(super) fn row(
    unexplained: Unexplained<String>,
    strip: Option<Strip>,
    now: Timestamp,
    live: bool,
    nth: usize,
) -> AnyView {
    let w = TriageWords::of(lang());
    let place = use_place().get_untracked();
    let object = &unexplained.object;
    let id = format!("unexplained-{nth}");
    let labelled_by = id.clone();
    let span = unexplained
        .since
        .map(|since| clock::span(clock::seconds_between(since, now), lang()));
    let title = match &span {
        Some(span) => (w.lasts)(&unexplained.what, span),
        None => unexplained.what.clone(),
    };
    let runbook = runbook_for(object).map(|id| {
        let href = address::runbook(&place, id, Some(object));
        view! { <LinkButton href text=w.start_runbook glyph=Glyph::Book small=true/> }.into_any()
    });
    let logs = has_logs(object).then(|| {
        let href = address::logs(&place, Some(object));
        view! { <LinkButton href text=w.logs glyph=Glyph::Log small=true/> }.into_any()
    });
    // What has no log has no runbook either.
    let buttons = logs.map(|logs| view! { <p class="buttons">{logs}{runbook}</p> }.into_any());
    let href = address::object(&place, object, Tab::Overview);
    let broken = unexplained
        .affects
        .first()
        .map(|first| affects(first, "", unexplained.affects.len()));
    view! {
        <article class="problem row" aria-labelledby=labelled_by>
            <div class="margin">
                <SeverityMark tone=Tone::Unexplained/>
                <p>{span.map(|span| lasted(&span, live))}</p>
                {strip.map(|strip| view! { <StripDrawing strip/> }.into_any())}
            </div>
            <div>
                <h3 id=id><a href=href data-row=""><Prose text=title/></a></h3>
                <p class="about"><ObjectLink object=object.clone()/>{broken}</p>
                {in_its_words(&unexplained, SAID, now, live, |words| words.to_owned().into_any())}
                {buttons}
            </div>
        </article>
    }
    .into_any()
}

/// How long something has been so; on a page that is not live, when it was last seen.
pub(super) fn lasted(span: &str, live: bool) -> String {
    let w = TimeWords::of(lang());
    if live {
        (w.lasts)(span)
    } else {
        (w.when_last_seen)(span)
    }
}

/// What the cluster says of it, at most so many of its words, and what would settle it.
/// `words` draws a text of the cluster.
pub(crate) fn in_its_words(
    unexplained: &Unexplained<String>,
    most: usize,
    now: Timestamp,
    live: bool,
    words: fn(&str) -> AnyView,
) -> AnyView {
    let w = TriageWords::of(lang());
    let said = unexplained
        .said
        .iter()
        .take(most)
        .map(|said| quoted(said, &unexplained.object, now, live, words));
    let mut said: Vec<AnyView> = said.collect();
    if said.is_empty() {
        said.push(view! { <dd>{w.says_nothing}</dd> }.into_any());
    }
    let left = unexplained.said.len().saturating_sub(most);
    if left > 0 {
        said.push(view! { <dd>{(w.and_more)(left)}</dd> }.into_any());
    }
    view! {
        <dl class="said">
            <dt>{w.it_says}</dt>
            {said}
            <dt>{w.to_settle}</dt>
            <dd>{words(&unexplained.settle)}</dd>
        </dl>
    }
    .into_any()
}

/// One wording of the cluster: verbatim, then how often, when, by which reason, and of which
/// object where that is another.
fn quoted(
    said: &Said,
    of: &ObjectRef,
    now: Timestamp,
    live: bool,
    words: fn(&str) -> AnyView,
) -> AnyView {
    let w = TriageWords::of(lang());
    let (message, reason) = match said.message.as_str() {
        "" => (&said.reason, ""),
        _ => (&said.message, said.reason.as_str()),
    };
    let when = said.last.map(|at| {
        let when = if live {
            clock::ago(at, now, lang())
        } else {
            (TimeWords::of(lang()).at)(&clock::moment(at, now))
        };
        (w.said)(said.count, &when)
    });
    let other = (said.object != *of).then(|| said.object.to_string());
    let about = [when, Some(reason.to_owned()), other];
    let about: Vec<String> = about
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect();
    view! { <dd><code>{words(message)}</code>" "<span class="quiet">{about.join(FrameWords::of(lang()).comma)}</span></dd> }
        .into_any()
}
