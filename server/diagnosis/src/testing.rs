//! One way to try a rule: objects as YAML, and what should be found.
//!
//! What is said is compared by the ids of the texts and the values in them, not by sentences:
//! `.tells("title").with("limit", "96Mi")`.

mod told;

use jiff::Timestamp;
use podside_model::{
    Arg, Certainty, Diagnosis, EvidenceKind, Lang, Message, ObjectRef, Problem, Severity,
};
use serde_json::Value;

use crate::facts::{Kind, Sharing, from_object};
use crate::judge::{Judgement, judge};
use crate::snapshot::{LogOf, LogTail, Reading, Snapshot};
use crate::texts::{exists, resolve_strictly};
use told::Told;

/// When the snapshots of tests are observed, unless they say otherwise.
pub(crate) const NOW: &str = "2026-01-01T12:00:00Z";

/// Objects to be judged. Every kind counts as read completely, unless [`denying`](Self::denying).
pub(crate) struct Check {
    objects: Vec<Value>,
    snapshot: Snapshot,
    told: Option<Told>,
}

/// Reads objects from YAML: one document each, or a List.
pub(crate) fn check(yaml: &str) -> Check {
    let mut snapshot = Snapshot::new(NOW.parse().unwrap());
    snapshot.set_all_known();
    let sharing = Sharing::default();
    let objects = objects(yaml);
    for object in &objects {
        let fact = from_object(object, &sharing);
        snapshot.insert(fact.unwrap_or_else(|| panic!("no kind or name: {object}")));
    }
    Check {
        objects,
        snapshot,
        told: None,
    }
}

fn objects(yaml: &str) -> Vec<Value> {
    yaml.split("\n---")
        .map(|document| {
            // `n` is a name here, as in YAML 1.2, and not a boolean.
            let options = serde_saphyr::options! { strict_booleans: true };
            serde_saphyr::from_str_with_options::<Value>(document, options)
                .unwrap_or_else(|e| panic!("{e}\n{document}"))
        })
        .filter(|value| !value.is_null())
        .flat_map(|value| match value.get("items") {
            Some(Value::Array(items)) => items.clone(),
            _ => vec![value],
        })
        .collect()
}

impl Check {
    /// Observes at another time than [`NOW`].
    pub(crate) fn at(mut self, time: &str) -> Self {
        self.snapshot
            .set_observed_at(time.parse::<Timestamp>().unwrap());
        self
    }

    /// A kind, by its plural name, that may not be read. Its objects are taken out.
    pub(crate) fn denying(mut self, plural: &str) -> Self {
        let kind = *Kind::ALL.iter().find(|k| k.plural() == plural).unwrap();
        let sharing = Sharing::default();
        for object in &self.objects {
            let fact = from_object(object, &sharing).unwrap();
            if fact.kind() == kind {
                self.snapshot.remove(&fact);
            }
        }
        self.snapshot
            .set_reading(kind, None, Reading::Unknown(podside_model::Why::Denied));
        self
    }

    /// The version of the API server, such as `v1.36.2`.
    pub(crate) fn server(mut self, version: &str) -> Self {
        self.snapshot.set_server_version(version);
        self
    }

    /// The log of a container, as if it had been fetched. `pod` is `namespace/name`.
    pub(crate) fn log(mut self, pod: &str, container: &str, previous: bool, text: &str) -> Self {
        let (namespace, pod) = pod.split_once('/').unwrap();
        let of = LogOf {
            namespace: namespace.into(),
            pod: pod.into(),
            container: container.into(),
            previous,
        };
        self.snapshot.insert_log(of, LogTail::read(text));
        self
    }

    /// The facts.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What the rules make of it.
    pub(crate) fn judge(&self) -> Judgement {
        let judgement = judge(&self.snapshot);
        self.hold(&judgement.diagnosis);
        judgement
    }

    /// The cause must be found on that subject: `KIND namespace/name[container]`.
    #[track_caller]
    pub(crate) fn finds(self, cause: &str, subject: &str) -> Found {
        let problems = self.judge().diagnosis.problems;
        let shown: Vec<String> = problems.iter().map(show).collect();
        let wanted = format!("{cause} on {subject}");
        match problems.into_iter().find(|p| show(p) == wanted) {
            Some(problem) => Found {
                check: self,
                problem,
                told: None,
            },
            None => panic!("not found: {wanted}\nfound: {shown:#?}"),
        }
    }

    /// The cause must not be found on anything.
    #[track_caller]
    pub(crate) fn does_not_find(self, cause: &str) -> Self {
        let problems = self.judge().diagnosis.problems;
        if let Some(problem) = problems.iter().find(|p| p.cause.as_str() == cause) {
            panic!("found: {}", show(problem));
        }
        self
    }

    /// No problem of any cause must be found, but for information.
    #[track_caller]
    pub(crate) fn finds_nothing(self) -> Self {
        let problems = self.judge().diagnosis.problems;
        let shown: Vec<String> = problems
            .iter()
            .filter(|p| p.severity != Severity::Info)
            .map(show)
            .collect();
        assert!(shown.is_empty(), "found: {shown:#?}");
        self
    }

    /// Something must be said to be unknown, by the text of that id. [`with`](Self::with)
    /// then compares what was put into it.
    #[track_caller]
    pub(crate) fn cannot_tell(mut self, id: &str) -> Self {
        let unknown = self.judge().diagnosis.unknown;
        self.told = Some(Told::find(id, unknown.iter().map(|u| &u.what)));
        self
    }

    /// What is unknown must have been told with that value.
    #[track_caller]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Arg>) -> Self {
        self.told.as_mut().unwrap().narrow(name, value);
        self
    }

    /// A log of that container must be wanted.
    #[track_caller]
    pub(crate) fn wants_log(self, container: &str) -> Self {
        let wants = self.judge().wants;
        assert!(
            wants
                .iter()
                .any(|w| matches!(w, crate::want::Want::Log(of) if &*of.container == container)),
            "{wants:#?}"
        );
        self
    }

    /// What holds for every diagnosis: texts render in both languages, and evidence
    /// resolves in the objects that it names.
    #[track_caller]
    fn hold(&self, diagnosis: &Diagnosis<Message>) {
        for problem in &diagnosis.problems {
            assert!(
                !problem.evidence.is_empty(),
                "{} has no evidence",
                show(problem)
            );
            for evidence in &problem.evidence {
                let (object, path) = match (evidence.kind, &evidence.path, &evidence.referrer) {
                    (EvidenceKind::Field, Some(path), _) => (&evidence.object, path),
                    (EvidenceKind::Absence, Some(path), Some(referrer)) => (referrer, path),
                    _ => continue,
                };
                let value = self.find(object).and_then(|o| o.pointer(path));
                let value = value.unwrap_or_else(|| panic!("{path} is not in {object}"));
                if evidence.kind == EvidenceKind::Field {
                    let plain = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    assert_eq!(plain, evidence.value, "{path} of {object}");
                }
            }
        }
        for problem in &diagnosis.problems {
            hold_to_advice(problem);
        }
        let mut render = |message: Message| {
            for lang in Lang::ALL {
                if let Err(error) = resolve_strictly(&message, lang) {
                    panic!("{error}");
                }
            }
        };
        let _ = diagnosis.clone().map_text(&mut render);
    }

    fn find(&self, wanted: &ObjectRef) -> Option<&Value> {
        self.objects.iter().find(|o| {
            let meta = o.get("metadata");
            let text = |key: &str| meta.and_then(|m| m.get(key)).and_then(Value::as_str);
            o.get("kind").and_then(Value::as_str) == Some(&wanted.kind)
                && text("name") == Some(&wanted.name)
                && text("namespace") == wanted.namespace.as_deref()
        })
    }
}

/// What holds for what a problem says: nothing in it is empty where a name belongs, and its
/// first step is no alternative to one before it.
#[track_caller]
fn hold_to_advice(problem: &Problem<Message>) {
    let steps = problem.fix.iter().map(|step| &step.text);
    for message in [&problem.title, &problem.explanation]
        .into_iter()
        .chain(steps)
    {
        for (name, value) in &message.args {
            let is_empty = match value {
                Arg::Text(text) => text.trim().is_empty(),
                Arg::List(names) => names.is_empty(),
                _ => false,
            };
            assert!(!is_empty, "{} tells of no {name}", message.id);
        }
    }
    let first = problem.fix.first().map(|step| &step.text).unwrap();
    let first = resolve_strictly(first, Lang::En).unwrap();
    assert!(!first.starts_with("Or "), "{}: {first}", show(problem));
}

/// A problem that was found, for closer looks.
pub(crate) struct Found {
    check: Check,
    problem: Problem<Message>,
    told: Option<Told>,
}

impl Found {
    /// Its title or explanation, or a text within them, must be that text: of the rule
    /// (`title.near`), or of those that rules share, by the whole id. [`with`](Self::with) and
    /// its like then compare what was put into it.
    #[track_caller]
    pub(crate) fn tells(mut self, id: &str) -> Self {
        let said = [&self.problem.title, &self.problem.explanation];
        self.told = Some(Told::find(&self.id(id), said));
        self
    }

    /// Its fix must have the step with that text, as [`tells`](Self::tells) names it.
    #[track_caller]
    pub(crate) fn offers(mut self, id: &str) -> Self {
        let steps = self.problem.fix.iter().map(|step| &step.text);
        self.told = Some(Told::find(&self.id(id), steps));
        self
    }

    /// The text that was named last must have been told with that value.
    #[track_caller]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Arg>) -> Self {
        self.told.as_mut().unwrap().narrow(name, value);
        self
    }

    /// As [`with`](Self::with), of several values.
    #[track_caller]
    pub(crate) fn with_all(self, values: &[(&str, &str)]) -> Self {
        values
            .iter()
            .fold(self, |found, (name, value)| found.with(name, *value))
    }

    /// As [`with`](Self::with), of a list of names.
    #[track_caller]
    pub(crate) fn with_list<const N: usize>(self, name: &str, names: [&str; N]) -> Self {
        self.with(name, names.map(str::to_owned).to_vec())
    }

    /// As [`with`](Self::with), of a span in seconds.
    #[track_caller]
    pub(crate) fn with_seconds(self, name: &str, seconds: i64) -> Self {
        self.with(name, Arg::Seconds(seconds))
    }

    /// As [`with`](Self::with), of a moment.
    #[track_caller]
    pub(crate) fn with_time(self, name: &str, time: &str) -> Self {
        self.with(name, time.parse::<Timestamp>().unwrap())
    }

    /// The whole id of a text of its rule, or of one that rules share.
    fn id(&self, id: &str) -> String {
        let of_rule = format!("{}.{id}", self.problem.cause);
        if exists(&of_rule) {
            of_rule
        } else {
            id.to_owned()
        }
    }

    /// A command of its fix must hold `part`.
    #[track_caller]
    pub(crate) fn advises(self, part: &str) -> Self {
        let steps = self.problem.fix.iter();
        let commands: Vec<&str> = steps.filter_map(|f| f.command.as_deref()).collect();
        assert!(commands.iter().any(|c| c.contains(part)), "{commands:#?}");
        self
    }

    /// No command of its fix may hold `part`.
    #[track_caller]
    pub(crate) fn does_not_advise(self, part: &str) -> Self {
        let steps = self.problem.fix.iter();
        let commands: Vec<&str> = steps.filter_map(|f| f.command.as_deref()).collect();
        assert!(!commands.iter().any(|c| c.contains(part)), "{commands:#?}");
        self
    }

    /// How many steps its fix has.
    pub(crate) fn steps(&self) -> usize {
        self.problem.fix.len()
    }

    /// A piece of its evidence must hold `part` in its value.
    #[track_caller]
    pub(crate) fn proves(self, part: &str) -> Self {
        let values: Vec<&str> = self.problem.evidence.iter().map(|e| &*e.value).collect();
        assert!(values.iter().any(|v| v.contains(part)), "{values:#?}");
        self
    }

    /// It must affect that object: `KIND namespace/name`.
    #[track_caller]
    pub(crate) fn affects(self, object: &str) -> Self {
        let affected: Vec<String> = self
            .problem
            .affects
            .iter()
            .map(|a| a.object.to_string())
            .collect();
        assert!(affected.iter().any(|a| a == object), "{affected:#?}");
        self
    }

    /// Its severity.
    #[track_caller]
    pub(crate) fn is(self, severity: Severity) -> Self {
        assert_eq!(self.problem.severity, severity);
        self
    }

    /// It must be likely, not certain.
    #[track_caller]
    #[allow(clippy::wrong_self_convention)]
    pub(crate) fn is_likely(self) -> Self {
        assert_eq!(self.problem.certainty, Certainty::Likely);
        self
    }

    /// It must be the only problem above information.
    #[track_caller]
    pub(crate) fn alone(self) -> Self {
        let others: Vec<String> = self
            .check
            .judge()
            .diagnosis
            .problems
            .iter()
            .filter(|p| p.severity != Severity::Info && p.id() != self.problem.id())
            .map(show)
            .collect();
        assert!(others.is_empty(), "also found: {others:#?}");
        self
    }
}

fn show(problem: &Problem<Message>) -> String {
    let container = problem.subject.container.as_ref();
    let container = container.map(|c| format!("[{c}]")).unwrap_or_default();
    format!("{} on {}{container}", problem.cause, problem.subject)
}
