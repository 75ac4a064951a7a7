use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::view::{Excerpt, Reading};
use podside_model::{Evidence, EvidenceKind, ObjectRef};

use super::{Command, Glyph, Icon, Note, ObjectLink, Tone, Yaml, quoted};
use crate::address::{self, Tab, use_place};
use crate::clock;
use crate::preferences::lang;
use crate::words::{EvidenceWords, StateWords};

/// Lines of a value that are shown before "show all".
const SHORT_LINES: usize = 6;
/// Characters of a value that are shown before "show all".
const SHORT_CHARS: usize = 480;
/// Longest value, in characters, that is marked whole when nothing says which part decides:
/// what is longer is a line, and a line proves nothing at a glance.
const MARK_WHOLE: usize = 60;

/// One piece of evidence: what, value, where, get it.
#[component]
pub fn EvidenceBlock(
    /// The evidence.
    evidence: Evidence<String>,
    /// Its number on the page, from 1.
    nth: usize,
    /// The moment that the page shows.
    now: Timestamp,
    /// Whether its value carries the marker. At most two a view.
    #[prop(optional)]
    marked: bool,
    /// Without links, for pages that stand without a cluster.
    #[prop(optional)]
    frozen: bool,
    /// Where its object is shown below it, or hidden again when it is.
    #[prop(optional, into)]
    toggle: Option<String>,
    /// The lines of its object round it, when they are shown.
    #[prop(optional_no_strip)]
    shown: Option<Reading<Excerpt>>,
) -> impl IntoView {
    let w = EvidenceWords::of(lang());
    let below = below(&evidence, toggle, shown, w);
    let (glyph, word) = kind(evidence.kind, w);
    let id = format!("evidence-{nth}");
    let labelled_by = id.clone();
    let when = when(&evidence, now, w);
    let value = (!evidence.value.is_empty()).then(|| {
        view! {
            <dt>{w.value}</dt>
            <dd class="value">{value(&evidence, marked, w)}</dd>
        }
    });
    let place = place(&evidence, frozen, w);
    let kubectl = (!evidence.kubectl.is_empty()).then(|| {
        view! {
            <dt>{w.get_it}</dt>
            <dd><Command line=evidence.kubectl.clone()/></dd>
        }
    });
    view! {
        <article class="evidence" aria-labelledby=labelled_by>
            <p class="kind-and-time">
                <Icon glyph/>
                <span>{word}{when.map(|when| view! { <small>{when}</small> })}</span>
            </p>
            <div>
                <h3 class="what" id=id>{quoted(&evidence.what)}</h3>
                <dl>
                    {value}
                    <dt>{w.place}</dt>
                    <dd>{place}</dd>
                    {kubectl}
                </dl>
                {below}
            </div>
        </article>
    }
    .into_any()
}

fn kind(kind: EvidenceKind, w: &EvidenceWords) -> (Glyph, &'static str) {
    match kind {
        EvidenceKind::Field => (Glyph::Field, w.field),
        EvidenceKind::Event => (Glyph::Event, w.event),
        EvidenceKind::Log => (Glyph::Log, w.log),
        EvidenceKind::Absence => (Glyph::Absence, w.absence),
        EvidenceKind::Command => (Glyph::Command, w.command),
    }
}

fn when(evidence: &Evidence<String>, now: Timestamp, w: &EvidenceWords) -> Option<String> {
    let at = evidence.at.map(|at| clock::moment(at, now));
    match (evidence.count, at) {
        (Some(count), Some(at)) if count > 1 => Some((w.seen)(count, &at)),
        (Some(count), None) if count > 1 => Some((w.times)(count)),
        (_, at) => at,
    }
}

/// Where the evidence was found: the object, then the pointer, reason or container.
fn place(evidence: &Evidence<String>, frozen: bool, w: &EvidenceWords) -> AnyView {
    let object = evidence.object.clone();
    let missing = evidence.kind == EvidenceKind::Absence;
    let holder = holder(evidence);
    let pointer = evidence.path.as_ref().map(|path| {
        if frozen {
            return view! { " " <code class="quiet">{path.clone()}</code> }.into_any();
        }
        let href = address::field(&use_place().get_untracked(), holder, path);
        view! { " " <a class="pointer" href=href><code>{path.clone()}</code></a> }.into_any()
    });
    let referrer = evidence.referrer.clone().map(|referrer| {
        view! { " " <span class="quiet">{w.asked_for_by}</span> " " <ObjectLink object=referrer frozen/> }
    });
    let reason = evidence.reason.as_ref().map(|reason| {
        view! { " " <span class="quiet">{w.reason}</span> " " <code>{reason.clone()}</code> }
    });
    let container = evidence.object.container.as_ref().map(|container| {
        view! { " " <span class="quiet">{w.container}</span> " " <code>{container.clone()}</code> }
    });
    view! { <ObjectLink object frozen=frozen || missing/>{container}{reason}{referrer}{pointer} }
        .into_any()
}

/// The object whose field a piece of evidence is.
fn holder(evidence: &Evidence<String>) -> &ObjectRef {
    evidence.referrer.as_ref().unwrap_or(&evidence.object)
}

/// The way on from a piece of evidence: to the log or the events that it is one of, or to
/// the object at its path, with the lines when they are shown.
fn below(
    evidence: &Evidence<String>,
    toggle: Option<String>,
    shown: Option<Reading<Excerpt>>,
    w: &EvidenceWords,
) -> Option<AnyView> {
    let toggle = toggle?;
    let place = use_place().get_untracked();
    let object = &evidence.object;
    let elsewhere = match evidence.kind {
        EvidenceKind::Log => Some((address::logs(&place, Some(object)), w.see_log.to_owned())),
        EvidenceKind::Event => Some((
            address::object(&place, object, Tab::Events),
            (w.see_events)(&object.kind),
        )),
        EvidenceKind::Field | EvidenceKind::Absence | EvidenceKind::Command => None,
    };
    if let Some((href, text)) = elsewhere {
        return Some(view! { <p class="in-object"><a href=href>{text}</a></p> }.into_any());
    }
    let path = evidence.path.as_ref()?;
    let holder = holder(evidence);
    let Some(shown) = shown else {
        let text = (w.show_in_object)(&holder.kind);
        return Some(view! { <p class="in-object"><a href=toggle>{text}</a></p> }.into_any());
    };
    let whole = address::field(&place, holder, path);
    let lines = match shown {
        Reading::Read(Excerpt {
            first,
            text,
            marked,
        }) => view! { <Yaml text from=first marked=Some(marked) numbered=true/> }.into_any(),
        Reading::Denied(right) => {
            let s = StateWords::of(lang());
            let place = match &right.namespace {
                Some(namespace) => (s.namespace)(namespace),
                None => s.all_namespaces.to_owned(),
            };
            let says = (s.may_not)(&right.verb, &right.resource, &place);
            view! { <Note tone=Tone::Unknown>{says}</Note> }.into_any()
        }
        Reading::Failed(what) => view! { <Note tone=Tone::Unknown>{what}</Note> }.into_any(),
    };
    Some(
        view! {
            <div class="in-object">
                {lines}
                <p>
                    <a href=toggle>{(w.hide_object)(&holder.kind)}</a>
                    <a href=whole>{(w.whole_object)(&holder.kind)}</a>
                </p>
            </div>
        }
        .into_any(),
    )
}

/// The value with its deciding part marked; a long one opens.
fn value(evidence: &Evidence<String>, marked: bool, w: &EvidenceWords) -> AnyView {
    let text = evidence.value.as_str();
    let mark = evidence.mark.as_deref().filter(|mark| !mark.is_empty());
    let shown = |text: &str| -> AnyView {
        let whole = marked && mark.is_none() && text.chars().count() <= MARK_WHOLE;
        match mark.filter(|_| marked).and_then(|mark| {
            text.split_once(mark)
                .map(|(before, after)| (before, mark, after))
        }) {
            Some((before, mark, after)) => view! {
                {quoted(before)}<mark>{quoted(mark)}</mark>{quoted(after)}
            }
            .into_any(),
            None if whole => view! { <mark>{quoted(text)}</mark> }.into_any(),
            None => quoted(text),
        }
    };
    let end = short_end(text);
    match text.split_at_checked(end) {
        Some((start, rest)) if !rest.is_empty() => view! {
            <span class="lines">{shown(start)}</span>
            <details><summary>{w.show_all}</summary><span class="lines">{shown(text)}</span></details>
        }
        .into_any(),
        _ => view! { <span class="lines">{shown(text)}</span> }.into_any(),
    }
}

/// Where the short form of a value ends: after six lines, or before a character
/// that would make it too long.
fn short_end(text: &str) -> usize {
    let lines = text
        .match_indices('\n')
        .nth(SHORT_LINES - 1)
        .map_or(text.len(), |(at, _)| at);
    let chars = text
        .char_indices()
        .nth(SHORT_CHARS)
        .map_or(text.len(), |(at, _)| at);
    lines.min(chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_at_six_lines_or_at_a_whole_character() {
        assert_eq!(short_end("a\nb"), 3);
        assert_eq!(short_end("1\n2\n3\n4\n5\n6\n7"), 11);
        let long = "é".repeat(1_000);
        assert_eq!(short_end(&long), 2 * SHORT_CHARS);
    }
}
