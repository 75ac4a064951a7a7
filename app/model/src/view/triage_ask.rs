use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Cause, ObjectRef, Problem, Severity, Unexplained, Unsettled};

/// The shortest value that counts as found within a longer text.
const SHORTEST_WITHIN: usize = 5;

/// Which problems and unexplained objects of a place are asked for, and how many of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriageAsk {
    /// Only this severity: problems alone have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Only what is unexplained, which has no severity; none is asked for beside it.
    #[serde(default)]
    pub unexplained: bool,
    /// Only what contains this text, or is contained in it: a pasted error message finds
    /// the problem whose proof it holds. At most [`LONGEST`](Self::LONGEST) characters count.
    #[serde(default)]
    pub find: String,
    /// How many problems, the worst first, and how many of what is unexplained and unsettled;
    /// [`MOST`](Self::MOST) of each at most.
    pub shown: usize,
}

impl Default for TriageAsk {
    fn default() -> Self {
        Self {
            severity: None,
            unexplained: false,
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
        let wanted = self.wanted();
        let mut chosen = problems;
        chosen.retain(|problem| finds(&wanted, problem));
        let found = [Severity::Critical, Severity::Warning, Severity::Info]
            .map(|severity| chosen.iter().filter(|it| it.severity == severity).count());
        chosen.retain(|problem| {
            !self.unexplained && self.severity.is_none_or(|it| it == problem.severity)
        });
        let matching = chosen.len();
        chosen.truncate(self.shown.min(Self::MOST));
        let counts = TriageCounts {
            critical,
            warning,
            info,
            by_cause,
            matching,
            found,
        };
        (chosen, counts)
    }

    /// What is asked for of what is unexplained, and how many match. Their order stays.
    pub fn choose_unexplained(
        &self,
        unexplained: Vec<Unexplained<String>>,
    ) -> (Vec<Unexplained<String>>, usize) {
        self.choose_rest(unexplained, self.severity.is_none(), holds_words)
    }

    /// How much of what is unexplained holds the text that is looked for.
    pub fn find_unexplained(&self, unexplained: &[Unexplained<String>]) -> usize {
        let wanted = self.wanted();
        let found = |it: &&Unexplained<String>| wanted.is_empty() || holds_words(it, &wanted);
        unexplained.iter().filter(found).count()
    }

    /// What is asked for of what is unsettled, and how many match. Their order stays.
    pub fn choose_unsettled(
        &self,
        unsettled: Vec<Unsettled<String>>,
    ) -> (Vec<Unsettled<String>>, usize) {
        let whole = self.severity.is_none() && !self.unexplained;
        self.choose_rest(unsettled, whole, |it, wanted| {
            is_named(wanted, &it.what, &it.object, &it.affects)
        })
    }

    /// What is no problem and was asked for, unless only others are.
    fn choose_rest<T>(
        &self,
        mut all: Vec<T>,
        is_asked: bool,
        is_found: impl Fn(&T, &str) -> bool,
    ) -> (Vec<T>, usize) {
        let wanted = self.wanted();
        all.retain(|it| is_asked && (wanted.is_empty() || is_found(it, &wanted)));
        let matching = all.len();
        all.truncate(self.shown.min(Self::MOST));
        (all, matching)
    }

    /// The text that is looked for, in small letters.
    fn wanted(&self) -> String {
        let wanted: String = self.find.trim().chars().take(Self::LONGEST).collect();
        wanted.to_lowercase()
    }
}

/// Whether something unexplained, or what the cluster says of it, holds a text.
fn holds_words(it: &Unexplained<String>, wanted: &str) -> bool {
    is_named(wanted, &it.what, &it.object, &it.affects)
        || it.said.iter().any(|said| {
            has(wanted, &said.message)
                || has(wanted, &said.reason)
                || holds(wanted, &said.message)
                || holds(wanted, &said.reason)
        })
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
    /// How many of each severity, the worst first, hold the text that is looked for, whatever
    /// severity is asked for: what a choice of another severity would show.
    pub found: [usize; 3],
}

/// Whether a problem has to do with a text in small letters.
fn finds(wanted: &str, problem: &Problem<String>) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let has = |text: &str| has(wanted, text);
    let holds = |text: &str| holds(wanted, text);
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

/// Whether what is no problem has to do with a text in small letters, by what it says and by
/// the objects that it names.
fn is_named(wanted: &str, what: &str, object: &ObjectRef, affects: &[ObjectRef]) -> bool {
    has(wanted, what)
        || has(wanted, &object.to_string())
        || affects.iter().any(|it| has(wanted, &it.to_string()))
}

/// Whether a text contains one in small letters.
fn has(wanted: &str, text: &str) -> bool {
    text.to_lowercase().contains(wanted)
}

/// Whether a text is contained in one in small letters, as in a pasted message.
fn holds(wanted: &str, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.len() >= SHORTEST_WITHIN && wanted.contains(&text)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{Certainty, Evidence, EvidenceKind, Said};

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
        assert_eq!(counts.found, [3, 30, 0]);
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

    fn search(nth: usize) -> Unexplained<String> {
        Unexplained {
            object: ObjectRef::namespaced("Deployment", "catalog", format!("search-{nth}")),
            what: format!("Deployment search-{nth}: 0 of 2 ready"),
            since: None,
            said: vec![Said {
                object: ObjectRef::namespaced("Pod", "catalog", "search-1"),
                reason: "FailedBuildModel".to_owned(),
                message: "no subnet matches".to_owned(),
                count: 17,
                last: None,
            }],
            settle: String::new(),
            affects: vec![ObjectRef::namespaced("Service", "catalog", "front")],
        }
    }

    #[test]
    fn what_is_unexplained_is_found_as_a_problem_is_and_has_no_severity() {
        let found = |ask: TriageAsk| ask.choose_unexplained(vec![search(0), search(1)]).1;
        let find = |find: &str| {
            found(TriageAsk {
                find: find.to_owned(),
                ..TriageAsk::default()
            })
        };
        assert_eq!(find(""), 2);
        assert_eq!(find("SEARCH-1"), 1);
        assert_eq!(find("search-0: 0 of 2"), 1);
        assert_eq!(find("catalog/front"), 2);
        assert_eq!(find("error: no subnet matches (0 of 3)"), 2);
        assert_eq!(find("failedbuild"), 2);
        assert_eq!(find("ledger"), 0);
        let only = TriageAsk {
            unexplained: true,
            ..TriageAsk::default()
        };
        assert_eq!(found(only.clone()), 2);
        let problems = vec![problem(Severity::Critical, "image-not-found")];
        assert!(only.choose(problems).0.is_empty());
        let critical = TriageAsk {
            severity: Some(Severity::Critical),
            ..TriageAsk::default()
        };
        assert_eq!(found(critical), 0);
    }

    #[test]
    fn hundreds_unexplained_and_unsettled_are_counted_and_few_are_shown() {
        let ask = TriageAsk::default();
        let (shown, matching) = ask.choose_unexplained((0..300).map(search).collect());
        assert_eq!((shown.len(), matching), (TriageAsk::FIRST, 300));
        assert_eq!(shown.first(), Some(&search(0)));
        let node = |nth| Unsettled {
            object: ObjectRef::cluster("Node", format!("render-{nth}")),
            what: format!("Node render-{nth} has joined and is not ready yet"),
            why: String::new(),
            since: None,
            judged_at: Timestamp::UNIX_EPOCH,
            affects: Vec::new(),
        };
        let (shown, matching) = ask.choose_unsettled((0..300).map(node).collect());
        assert_eq!((shown.len(), matching), (TriageAsk::FIRST, 300));
        let one = TriageAsk {
            find: "render-7 ".to_owned(),
            ..TriageAsk::default()
        };
        assert_eq!(one.choose_unsettled((0..10).map(node).collect()).1, 1);
    }
}
