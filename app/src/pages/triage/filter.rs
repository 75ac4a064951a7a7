use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use podside_model::{Problem, Severity};

use crate::address::{Address, CLUSTER, FIND, NAMESPACE, use_place};
use crate::components::{Glyph, Icon, sent_along};
use crate::letter_case::small;
use crate::preferences::lang;
use crate::words::{SeverityWords, TriageWords};

/// Query parameter with the only severity that is shown.
const SEVERITY: &str = "severity";
/// Longest text to look for.
const LONGEST: usize = 400;
/// Shortest value that counts as found within a longer text.
const SHORTEST_WITHIN: usize = 5;

/// Which problems are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Only this severity.
    pub(super) severity: Option<Severity>,
    /// Only what contains this text, or is contained in it: a pasted error message
    /// finds the problem whose proof it holds.
    pub(super) find: String,
}

impl Filter {
    pub(super) fn of_query(query: &ParamsMap) -> Self {
        let severity = query.get(SEVERITY);
        let severity = [Severity::Critical, Severity::Warning, Severity::Info]
            .into_iter()
            .find(|s| severity.as_deref() == Some(s.as_str()));
        let find = query.get(FIND).unwrap_or_default();
        Self {
            severity,
            find: find.chars().take(LONGEST).collect(),
        }
    }

    pub(super) fn takes(&self, problem: &Problem<String>) -> bool {
        self.severity
            .is_none_or(|severity| severity == problem.severity)
            && self.finds(problem)
    }

    fn finds(&self, problem: &Problem<String>) -> bool {
        let wanted = small(self.find.trim());
        if wanted.is_empty() {
            return true;
        }
        let subject = problem.subject.to_string();
        let has = |text: &str| small(text).contains(&wanted);
        let holds = |text: &str| {
            let text = small(text.trim());
            text.len() >= SHORTEST_WITHIN && wanted.contains(&text)
        };
        has(problem.cause.as_str())
            || has(&problem.title)
            || has(&subject)
            || problem.affects.iter().any(|a| has(&a.object.to_string()))
            || problem.evidence.iter().any(|e| {
                has(&e.value)
                    || has(&e.object.to_string())
                    || e.reason
                        .as_deref()
                        .is_some_and(|reason| has(reason) || holds(reason))
                    || holds(e.mark.as_deref().unwrap_or(&e.value))
            })
    }
}

/// The switch of severities and the field to look in the problems with. It is a
/// form, so that it works without JavaScript.
#[component]
pub(super) fn FilterBar(
    filter: RwSignal<Filter>,
    counts: [(Severity, usize); 3],
    /// All problems, shown or not.
    total: usize,
    /// The problems below the lead that are shown; `None` when no problem is.
    others: Option<usize>,
) -> impl IntoView {
    let w = TriageWords::of(lang());
    let s = SeverityWords::of(lang());
    let place = use_place().get_untracked();
    let chosen = filter.get_untracked();
    let link = |severity: Option<Severity>, text: String| {
        let href = Address::at(&place)
            .with(SEVERITY, severity.map(Severity::as_str))
            .with(
                FIND,
                Some(chosen.find.as_str()).filter(|find| !find.is_empty()),
            )
            .href();
        let current = chosen.severity == severity;
        view! { <a href=href aria-current=current.then_some("true")>{text}</a> }.into_any()
    };
    let severities = counts
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
    let all = link(None, (w.all)(total));
    let severity = chosen.severity.map(|s| s.as_str().to_owned());
    let heading = match others {
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
                        name=FIND
                        maxlength="400"
                        placeholder=w.find
                        aria-label=w.find
                        aria-keyshortcuts="/"
                        value=chosen.find.clone()
                        prop:value=chosen.find.clone()
                        on:input=move |event| {
                            let find = event_target_value(&event);
                            filter.update(|filter| filter.find = find);
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

#[cfg(test)]
mod tests {
    use podside_model::{Cause, Certainty, Evidence, EvidenceKind, ObjectRef};

    use super::*;

    fn problem() -> Problem<String> {
        let pod = ObjectRef::namespaced("Pod", "shop", "cart-1");
        Problem {
            cause: Cause::known("image-not-found"),
            severity: Severity::Critical,
            certainty: Certainty::Certain,
            subject: ObjectRef::namespaced("Deployment", "shop", "cart"),
            title: "Image cart:2 does not exist".to_owned(),
            explanation: String::new(),
            fix: Vec::new(),
            evidence: vec![Evidence {
                kind: EvidenceKind::Event,
                what: String::new(),
                object: pod,
                path: None,
                referrer: None,
                reason: Some("Failed".to_owned()),
                value: "failed to pull: not found".to_owned(),
                mark: Some("not found".to_owned()),
                kubectl: String::new(),
                count: None,
                at: None,
            }],
            affects: Vec::new(),
            since: None,
        }
    }

    #[test]
    fn a_problem_is_found_by_its_words_and_by_a_message_that_holds_its_proof() {
        let finds = |find: &str| {
            Filter {
                severity: None,
                find: find.to_owned(),
            }
            .takes(&problem())
        };
        assert!(finds("CART"));
        assert!(finds("image-not-found"));
        assert!(finds("Error: image \"x\" Not Found (exit 1)"));
        assert!(!finds("ledger"));
        assert!(finds(""));
    }
}
