//! Which problems are shown: by severity, by a text that is looked for, and how many.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use podside_model::Severity;
use podside_model::view::{TriageAsk, TriagePage};

use crate::address::{Address, CLUSTER, FIND, NAMESPACE, use_place};
use crate::components::{Glyph, Icon, sent_along};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{SeverityWords, TriageWords};

/// Query parameter with the only severity that is shown, or that only what has none is.
const SEVERITY: &str = "severity";
/// The value of [`SEVERITY`] with which only what is unexplained is shown.
const UNEXPLAINED: &str = "unexplained";
/// Query parameter with how many problems are shown.
const SHOWN: &str = "shown";

/// What an address asks for.
pub(super) fn of_query(query: &ParamsMap) -> TriageAsk {
    let severity = query.get(SEVERITY);
    let severity = [Severity::Critical, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|s| severity.as_deref() == Some(s.as_str()));
    let find = query.get(FIND).unwrap_or_default();
    let shown = query.get(SHOWN).and_then(|shown| shown.parse().ok());
    TriageAsk {
        unexplained: query.get(SEVERITY).as_deref() == Some(UNEXPLAINED),
        severity,
        find: find.chars().take(TriageAsk::LONGEST).collect(),
        shown: shown.unwrap_or(TriageAsk::FIRST),
    }
}

/// The front page that shows what is asked for.
fn href(place: &Place, ask: &TriageAsk) -> String {
    let shown = ask.shown.to_string();
    Address::at(place)
        .with(SEVERITY, only(ask))
        .with(
            FIND,
            Some(ask.find.as_str()).filter(|find| !find.is_empty()),
        )
        .with(
            SHOWN,
            (ask.shown > TriageAsk::FIRST).then_some(shown.as_str()),
        )
        .href()
}

/// The only kind of row that is shown, as an address names it.
fn only(ask: &TriageAsk) -> Option<&'static str> {
    let unexplained = ask.unexplained.then_some(UNEXPLAINED);
    unexplained.or(ask.severity.map(Severity::as_str))
}

/// Shows more of what matches, when there are more.
pub(super) fn more(filter: RwSignal<TriageAsk>, shown: usize, matching: usize) -> Option<AnyView> {
    let left = matching.checked_sub(shown).filter(|left| *left > 0)?;
    let w = TriageWords::of(lang());
    let place = use_place().get_untracked();
    let ask = TriageAsk {
        shown: shown.saturating_add(TriageAsk::MORE),
        ..filter.get_untracked()
    };
    let href = href(&place, &ask);
    Some(
        view! {
            <p class="more">
                <a class="button small" href=href data-noscroll="">
                    {(w.show_more)(left.min(TriageAsk::MORE), left)}
                </a>
            </p>
        }
        .into_any(),
    )
}

/// How many problems there are of each cause, as links to them; nothing while all problems
/// are shown.
pub(super) fn causes(page: &TriagePage) -> Option<AnyView> {
    if page.total() <= TriageAsk::FIRST {
        return None;
    }
    let w = TriageWords::of(lang());
    let place = use_place().get_untracked();
    let links = page
        .causes
        .iter()
        .zip(&page.cause_counts)
        .map(|(cause, count)| {
            let ask = TriageAsk {
                find: cause.clone(),
                ..TriageAsk::default()
            };
            let count = count.to_string();
            view! { <li><a href=href(&place, &ask)>{cause.clone()}</a>" "{count}</li> }.into_any()
        })
        .collect_view();
    Some(
        view! {
            <details class="causes">
                <summary>{(w.by_cause)(page.causes.len())}</summary>
                <ul>{links}</ul>
            </details>
        }
        .into_any(),
    )
}

/// The switch of severities and the field to look in the rows with. It is a
/// form, so that it works without JavaScript.
#[component]
pub(super) fn FilterBar(
    filter: RwSignal<TriageAsk>,
    /// What is counted.
    page: TriagePage,
    /// How many rows match, the one that leads the page among them.
    matching: usize,
    /// Whether one leads the page.
    leads: bool,
) -> impl IntoView {
    let w = TriageWords::of(lang());
    let s = SeverityWords::of(lang());
    let place = use_place().get_untracked();
    let chosen = filter.get_untracked();
    let link = |severity: Option<Severity>, unexplained: bool, text: String| {
        let ask = TriageAsk {
            severity,
            unexplained,
            find: chosen.find.clone(),
            ..TriageAsk::default()
        };
        let href = href(&place, &ask);
        let current = chosen.severity == severity && chosen.unexplained == unexplained;
        view! { <a href=href aria-current=current.then_some("true")>{text}</a> }.into_any()
    };
    // Each choice counts what it would show of what holds the text.
    let [.., unexplained] = page.found;
    let severities = page
        .by_severity()
        .into_iter()
        .zip(page.found)
        .filter(|&((severity, all), _)| all > 0 || chosen.severity == Some(severity))
        .map(|((severity, _), found)| {
            let word = severity_word(severity, s);
            link(Some(severity), false, format!("{word} {found}"))
        })
        .collect_view();
    let unexplained = (page.unexplained > 0 || chosen.unexplained)
        .then(|| link(None, true, format!("{} {unexplained}", s.unexplained)));
    let all = link(None, false, (w.all)(page.found.iter().sum()));
    let severity = only(&chosen).map(str::to_owned);
    // What matches stands below, but for the worst of it, which leads the page.
    let heading = match (leads, matching) {
        (_, 0) => w.filter_heading.to_owned(),
        (true, 1) => w.only_one.to_owned(),
        (true, all) => (w.then_these)(all - 1),
        (false, all) => (w.these)(all),
    };
    view! {
        <div class="filter-bar row">
            <h2>{heading}</h2>
            <form method="get" action="/" role="search" aria-label=w.filter>
                <nav class="switch" aria-label=w.filter>{all}{severities}{unexplained}</nav>
                <label class="field">
                    <Icon glyph=Glyph::Search/>
                    <input
                        type="search"
                        name=FIND
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
                {sent_along(CLUSTER, place.cluster)}
                {sent_along(NAMESPACE, place.namespace)}
                {sent_along(SEVERITY, severity)}
            </form>
        </div>
    }
    .into_any()
}

/// What hides rows, in the page's own words: `only Warning, “nginx”`.
pub(super) fn named(ask: &TriageAsk) -> String {
    let w = TriageWords::of(lang());
    let s = SeverityWords::of(lang());
    let only = match ask.severity {
        _ if ask.unexplained => Some(s.unexplained),
        severity => severity.map(|severity| severity_word(severity, s)),
    };
    let only = only.map(|word| (w.only)(word));
    let find = (!ask.find.is_empty()).then(|| (w.with_text)(&ask.find));
    let named: Vec<String> = only.into_iter().chain(find).collect();
    named.join(w.and)
}

fn severity_word(severity: Severity, s: &SeverityWords) -> &'static str {
    match severity {
        Severity::Critical => s.critical,
        Severity::Warning => s.warning,
        Severity::Info => s.info,
    }
}
