use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Cause, Problem, Severity};

/// The shortest value that counts as found within a longer text.
const SHORTEST_WITHIN: usize = 5;

/// Which problems of a place are asked for, and how many of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriageAsk {
    /// Only this severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Only what contains this text, or is contained in it: a pasted error message finds
    /// the problem whose proof it holds. At most [`LONGEST`](Self::LONGEST) characters count.
    #[serde(default)]
    pub find: String,
    /// How many, the worst first; [`MOST`](Self::MOST) at most.
    pub shown: usize,
}

impl Default for TriageAsk {
    fn default() -> Self {
        Self {
            severity: None,
            find: String::new(),
            shown: Self::FIRST,
        }
    }
}

impl TriageAsk {
    /// How many problems a page shows at first.
    pub const FIRST: usize = 20;
    /// How many more are shown when somebody asks for more.
    pub const MORE: usize = 100;
    /// The most that one page shows.
    pub const MOST: usize = 2_000;
    /// The longest text that is looked for, in characters.
    pub const LONGEST: usize = 400;

    /// The problems that are asked for, of all that there are, and how many there are of
    /// all. Their order stays.
    pub fn choose(&self, problems: Vec<Problem<String>>) -> (Vec<Problem<String>>, TriageCounts) {
        let count = |severity| problems.iter().filter(|p| p.severity == severity).count();
        let (critical, warning, info) = (
            count(Severity::Critical),
            count(Severity::Warning),
            count(Severity::Info),
        );
        let mut causes: BTreeMap<&Cause, usize> = BTreeMap::new();
        for problem in &problems {
            *causes.entry(&problem.cause).or_default() += 1;
        }
        let mut by_cause: Vec<(String, usize)> = causes
            .into_iter()
            .map(|(cause, count)| (cause.as_str().to_owned(), count))
            .collect();
        by_cause.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let worst = problems.first().map(|problem| problem.title.clone());
        let wanted: String = self.find.trim().chars().take(Self::LONGEST).collect();
        let wanted = wanted.to_lowercase();
        let mut chosen: Vec<Problem<String>> = problems
            .into_iter()
            .filter(|problem| self.severity.is_none_or(|it| it == problem.severity))
            .filter(|problem| finds(&wanted, problem))
            .collect();
        let matching = chosen.len();
        chosen.truncate(self.shown.min(Self::MOST));
        let counts = TriageCounts {
            critical,
            warning,
            info,
            by_cause,
            matching,
            worst,
        };
        (chosen, counts)
    }
}

/// How many problems there are, shown or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TriageCounts {
    /// Critical ones.
    pub critical: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub info: usize,
    /// Of each cause that there is, the most frequent first.
    pub by_cause: Vec<(String, usize)>,
    /// How many match what is asked for.
    pub matching: usize,
    /// The title of the worst of all, whatever is asked for.
    pub worst: Option<String>,
}

/// Whether a problem has to do with a text in small letters.
fn finds(wanted: &str, problem: &Problem<String>) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let has = |text: &str| text.to_lowercase().contains(wanted);
    let holds = |text: &str| {
        let text = text.trim().to_lowercase();
        text.len() >= SHORTEST_WITHIN && wanted.contains(&text)
    };
    has(problem.cause.as_str())
        || has(&problem.title)
        || has(&problem.subject.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Certainty, Evidence, EvidenceKind, ObjectRef};

    fn problem(severity: Severity, cause: &'static str) -> Problem<String> {
        Problem {
            cause: Cause::known(cause),
            severity,
            certainty: Certainty::Certain,
            subject: ObjectRef::namespaced("Deployment", "shop", "cart"),
            title: "Image cart:2 does not exist".to_owned(),
            explanation: String::new(),
            fix: Vec::new(),
            evidence: vec![Evidence {
                kind: EvidenceKind::Event,
                what: String::new(),
                object: ObjectRef::namespaced("Pod", "shop", "cart-1"),
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
            more_affected: 0,
            since: None,
        }
    }

    #[test]
    fn a_problem_is_found_by_its_words_and_by_a_message_that_holds_its_proof() {
        let finds = |find: &str| {
            let ask = TriageAsk {
                find: find.to_owned(),
                ..TriageAsk::default()
            };
            let (chosen, _) = ask.choose(vec![problem(Severity::Critical, "image-not-found")]);
            chosen.len() == 1
        };
        assert!(finds("CART"));
        assert!(finds("image-not-found"));
        assert!(finds("Error: image \"x\" Not Found (exit 1)"));
        assert!(!finds("ledger"));
        assert!(finds(""));
    }

    #[test]
    fn the_worst_are_shown_and_all_are_counted() {
        let mut all = vec![problem(Severity::Critical, "image-not-found"); 3];
        all.extend(vec![problem(Severity::Warning, "oom-killed"); 30]);
        let ask = TriageAsk {
            severity: Some(Severity::Warning),
            ..TriageAsk::default()
        };
        let (chosen, counts) = ask.choose(all);
        assert_eq!((chosen.len(), counts.matching), (TriageAsk::FIRST, 30));
        assert_eq!((counts.critical, counts.warning, counts.info), (3, 30, 0));
        let causes: Vec<_> = counts
            .by_cause
            .iter()
            .map(|(c, n)| (c.as_str(), *n))
            .collect();
        assert_eq!(causes, [("oom-killed", 30), ("image-not-found", 3)]);
    }

    #[test]
    fn nobody_gets_more_than_a_page_holds() {
        let ask = TriageAsk {
            shown: usize::MAX,
            ..TriageAsk::default()
        };
        let all = vec![problem(Severity::Info, "oom-killed"); TriageAsk::MOST + 1];
        let (chosen, counts) = ask.choose(all);
        assert_eq!(chosen.len(), TriageAsk::MOST);
        assert_eq!(counts.matching, TriageAsk::MOST + 1);
    }
}
