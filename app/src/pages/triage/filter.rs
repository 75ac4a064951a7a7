//! Which problems are shown: by severity, by a text that is looked for, and how many.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use podside_model::Severity;
use podside_model::view::{TriageAsk, TriageCounts};

use crate::address::{Address, use_place};
use crate::components::{Glyph, Icon};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{SeverityWords, TriageWords};

/// What an address asks for.
pub(super) fn of_query(query: &ParamsMap) -> TriageAsk {
    let severity = query.get("severity");
    let severity = [Severity::Critical, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|s| severity.as_deref() == Some(s.as_str()));
    let find = query.get("find").unwrap_or_default();
    let shown = query.get("shown").and_then(|shown| shown.parse().ok());
    TriageAsk {
        severity,
        find: find.chars().take(TriageAsk::LONGEST).collect(),
        shown: shown.unwrap_or(TriageAsk::FIRST),
    }
}

/// The front page that shows what is asked for.
fn href(place: &Place, ask: &TriageAsk) -> String {
    let shown = ask.shown.to_string();
    Address::at(place)
        .with("severity", ask.severity.map(Severity::as_str))
        .with(
            "find",
            Some(ask.find.as_str()).filter(|find| !find.is_empty()),
        )
        .with(
            "shown",
            (ask.shown > TriageAsk::FIRST).then_some(shown.as_str()),
        )
        .href()
}

/// Shows more of the problems that match, when there are more.
pub(super) fn more(filter: RwSignal<TriageAsk>, shown: usize, matching: usize) -> Option<AnyView> {
    let left = matching.checked_sub(shown).filter(|left| *left > 0)?;
    let w = TriageWords::of(lang());
    let place = use_place().get_untracked();
    let ask = TriageAsk {
        shown: shown.saturating_add(TriageAsk::MORE),
        ..filter.get_untracked()
    };
    let href = href(&place, &ask);
    let show = move |event: MouseEvent| {
        event.prevent_default();
        filter.set(ask.clone());
    };
    Some(
        view! {
            <p class="more">
                <a class="button small" href=href on:click=show>
                    {(w.show_more)(left.min(TriageAsk::MORE), left)}
                </a>
            </p>
        }
        .into_any(),
    )
}

/// How many problems there are of each cause, as links to them; nothing while all problems
/// are shown.
pub(super) fn causes(counts: &TriageCounts) -> Option<AnyView> {
    if counts.total() <= TriageAsk::FIRST {
        return None;
    }
    let w = TriageWords::of(lang());
    let place = use_place().get_untracked();
    let links = counts
        .by_cause
        .iter()
        .map(|(cause, count)| {
            let ask = TriageAsk {
                find: cause.as_str().to_owned(),
                ..TriageAsk::default()
            };
            let count = count.to_string();
            view! { <li><a href=href(&place, &ask)>{cause.as_str().to_owned()}</a>" "{count}</li> }
        })
        .collect_view();
    Some(
        view! {
            <details class="causes">
                <summary>{(w.by_cause)(counts.by_cause.len())}</summary>
                <ul>{links}</ul>
            </details>
        }
        .into_any(),
    )
}

/// The switch of severities and the field to look in the problems with. It is a
/// form, so that it works without JavaScript.
#[component]
pub(super) fn FilterBar(filter: RwSignal<TriageAsk>, counts: TriageCounts) -> impl IntoView {
    let w = TriageWords::of(lang());
    let s = SeverityWords::of(lang());
    let place = use_place().get_untracked();
    let chosen = filter.get_untracked();
    let link = |severity: Option<Severity>, text: String| {
        let ask = TriageAsk {
            severity,
            find: chosen.find.clone(),
            ..TriageAsk::default()
        };
        let href = href(&place, &ask);
        let current = chosen.severity == severity;
        view! { <a href=href aria-current=current.then_some("true")>{text}</a> }.into_any()
    };
    let severities = counts
        .by_severity
        .into_iter()
        .filter(|&(severity, count)| count > 0 || chosen.severity == Some(severity))
        .map(|(severity, count)| {
            let word = match severity {
                Severity::Critical => s.critical,
                Severity::Warning => s.warning,
                Severity::Info => s.info,
            };
            link(Some(severity), format!("{word} {count}"))
        })
        .collect_view();
    let all = link(None, (w.all)(counts.total()));
    let hidden = [
        ("cluster", place.cluster.clone()),
        ("namespace", place.namespace.clone()),
        ("severity", chosen.severity.map(|s| s.as_str().to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(view! { <input type="hidden" name=name value=value?/> }))
    .collect_view();
    // What matches stands below, but for the worst of it, which leads the page.
    let heading = match counts.matching.checked_sub(1) {
        None => w.filter_heading.to_owned(),
        Some(0) => w.only_one.to_owned(),
        Some(others) => (w.then_these)(others),
    };
    view! {
        <div class="filter-bar row">
            <h2>{heading}</h2>
            <form method="get" action="/" role="search" aria-label=w.filter>
                <nav class="switch" aria-label=w.filter>{all}{severities}</nav>
                <label class="field">
                    <Icon glyph=Glyph::Search/>
                    <input
                        type="search"
                        name="find"
                        maxlength="400"
                        placeholder=w.find
                        aria-label=w.find
                        aria-keyshortcuts="/"
                        value=chosen.find.clone()
                        prop:value=chosen.find.clone()
                        on:input=move |event| {
                            let find = event_target_value(&event);
                            filter.update(|filter| {
                                filter.find = find;
                                filter.shown = TriageAsk::FIRST;
                            });
                        }
                    />
                    <kbd aria-hidden="true">"/"</kbd>
                </label>
                {hidden}
            </form>
        </div>
    }
    .into_any()
}
