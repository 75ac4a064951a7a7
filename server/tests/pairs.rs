//! Two recordings at a time in one cluster: what is wrong in each is still found, and
//! nothing is found that neither of them shows alone.
//!
//! Recordings whose namespaces meet or whose nodes disagree cannot be one cluster and are
//! not paired. The pairs are a fixed spread over all of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use podside_diagnosis::Want;
use podside_diagnosis::facts::{Fact, Sharing, from_object};
use podside_diagnosis::judge::judge;
use podside_diagnosis::snapshot::{LogOf, LogTail, Snapshot};
use podside_model::{Cause, Message, ObjectRef, Problem, Severity, Why};
use podside_replay::{Object, Recording, ReplayError, practice};
use serde::Deserialize;
use serde_json::Value;

/// Every recording is paired with those so many places after it.
const STRIDES: [usize; 2] = [17, 73];

/// The fewest pairs that must be left when those are taken out that cannot be one cluster.
const FEWEST: usize = 150;

/// What is really wrong in a recording (`truth.json`).
#[derive(Clone, Debug, Deserialize)]
struct Truth {
    #[serde(default)]
    accept: Vec<Answer>,
    #[serde(default)]
    also: Vec<Vec<Answer>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Answer {
    cause: Cause,
    subject: ObjectRef,
}

/// A recording, as it stands at its end, with all its moments moved so that all end at once.
struct Scene {
    name: String,
    objects: Vec<Value>,
    facts: Vec<Fact>,
    logs: Vec<(LogOf, LogTail)>,
    namespaces: BTreeSet<String>,
    truth: Truth,
}

/// A cause on a subject, as one line.
type Said = String;

#[test]
fn two_recordings_at_a_time_are_both_diagnosed() {
    let scenes = scenes();
    let alone: Vec<BTreeSet<Said>> = scenes.iter().map(|s| found(&[s])).collect();
    let (mut pairs, mut faults) = (0, Vec::new());
    for stride in STRIDES {
        for first in 0..scenes.len() {
            let second = (first + stride) % scenes.len();
            let (a, b) = (&scenes[first], &scenes[second]);
            if !can_be_one_cluster(a, b) {
                continue;
            }
            pairs += 1;
            let both = found(&[a, b]);
            let pair = format!("{} with {}", a.name, b.name);
            for scene in [a, b] {
                for missed in missed(&scene.truth, &both) {
                    faults.push(format!("{pair}: missed {missed}; said {both:?}"));
                }
            }
            for new in both.difference(&(&alone[first] | &alone[second])) {
                faults.push(format!("{pair}: neither alone shows {new}"));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(pairs >= FEWEST, "{pairs} pairs");
}

/// The accepted answers of which none was said.
fn missed(truth: &Truth, said: &BTreeSet<Said>) -> Vec<String> {
    let is_said = |answer: &Answer| {
        let answer = line(&answer.cause, &answer.subject);
        said.iter()
            .any(|said| *said == answer || said.split('[').next() == Some(&*answer))
    };
    [&truth.accept]
        .into_iter()
        .chain(&truth.also)
        .filter(|answers| !answers.is_empty() && !answers.iter().any(is_said))
        .map(|answers| line(&answers[0].cause, &answers[0].subject))
        .collect()
}

fn line(cause: &Cause, subject: &ObjectRef) -> String {
    let container = subject.container.as_ref();
    let container = container.map(|c| format!("[{c}]")).unwrap_or_default();
    format!("{cause} on {}{container}", subject.without_container())
}

fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    practice::each(|recording| {
        scenes.push(scene(&recording));
        Ok::<(), ReplayError>(())
    })
    .unwrap();
    scenes.sort_by(|a, b| a.name.cmp(&b.name));
    scenes
}

fn scene(recording: &Recording) -> Scene {
    let by = now().duration_since(recording.recorded_end());
    let mut objects: Vec<Value> = recording.objects().iter().map(Object::value).collect();
    for object in &mut objects {
        shift(object, by);
    }
    let truth = recording.truth().unwrap().clone();
    let sharing = Sharing::default();
    Scene {
        name: recording.name().to_owned(),
        namespaces: objects
            .iter()
            .filter_map(|o| o["metadata"]["namespace"].as_str())
            .map(str::to_owned)
            .collect(),
        facts: objects
            .iter()
            .filter_map(|object| from_object(object, &sharing))
            .collect(),
        logs: recording
            .logs()
            .iter()
            .flat_map(|(key, log)| {
                let of = |previous| LogOf {
                    namespace: (&*key.namespace).into(),
                    pod: (&*key.pod).into(),
                    container: (&*key.container).into(),
                    previous,
                };
                [(of(false), &log.current), (of(true), &log.previous)]
            })
            .filter_map(|(of, log)| Some((of, LogTail::read(&shifted_log(log.as_ref()?, by)))))
            .collect(),
        objects,
        truth: serde_json::from_value(truth).unwrap(),
    }
}

/// The moment at which all recordings end.
fn now() -> Timestamp {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// Kind, namespace and name.
fn key(object: &Value) -> (&str, &str, &str) {
    let text = |pointer: &str| {
        object
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    (
        text("/kind"),
        text("/metadata/namespace"),
        text("/metadata/name"),
    )
}

/// Whether nothing namespaced meets, and what is cluster-scoped in both is set alike.
fn can_be_one_cluster(a: &Scene, b: &Scene) -> bool {
    if !a.namespaces.is_disjoint(&b.namespaces) {
        return false;
    }
    // What an Ingress without class means depends on the classes that there are.
    let has = |scene: &Scene, kind: &str| scene.objects.iter().any(|o| o["kind"] == kind);
    let classes = |one, other| has(one, "IngressClass") && has(other, "Ingress");
    if classes(a, b) || classes(b, a) {
        return false;
    }
    let of_b: BTreeMap<_, &Value> = b.objects.iter().map(|o| (key(o), o)).collect();
    a.objects.iter().all(|one| match of_b.get(&key(one)) {
        Some(other) => {
            let settled = |o: &Value| {
                let mut o = o.clone();
                let map = o.as_object_mut().unwrap();
                let labels = map.remove("metadata").map(|m| m["labels"].clone());
                map.remove("status");
                (labels, o)
            };
            settled(one) == settled(other)
        }
        None => true,
    })
}

/// What is found above information in these, put together.
fn found(scenes: &[&Scene]) -> BTreeSet<Said> {
    let mut snapshot = Snapshot::new(now());
    snapshot.set_all_known();
    snapshot.set_server_version("v1.36.2");
    // What is cluster-scoped and in both is taken from the one in which it is at fault.
    for scene in scenes {
        snapshot_of(&mut snapshot, scene, |fact| !is_at_fault(scene, fact));
    }
    for scene in scenes {
        snapshot_of(&mut snapshot, scene, |fact| is_at_fault(scene, fact));
    }
    let mut judgement = judge(&snapshot);
    for _ in 0..4 {
        let mut wanted = false;
        for want in &judgement.wants {
            if let Want::Log(of) = want {
                let mut logs = scenes.iter().flat_map(|scene| &scene.logs);
                let tail = logs
                    .find(|(known, _)| known == of)
                    .map(|(_, tail)| tail.clone());
                let tail = tail.unwrap_or(LogTail::Unreadable(Why::NotRecorded));
                snapshot.insert_log(of.clone(), tail);
                wanted = true;
            }
        }
        if !wanted {
            break;
        }
        judgement = judge(&snapshot);
    }
    let is_problem = |p: &&Problem<Message>| p.severity != Severity::Info;
    let problems = judgement.diagnosis.problems.iter().filter(is_problem);
    problems.map(|p| line(&p.cause, &p.subject)).collect()
}

fn snapshot_of(snapshot: &mut Snapshot, scene: &Scene, is_meant: impl Fn(&Fact) -> bool) {
    for fact in scene.facts.iter().filter(|fact| is_meant(fact)) {
        snapshot.insert(fact.clone());
    }
}

fn is_at_fault(scene: &Scene, fact: &Fact) -> bool {
    fact.meta().namespace.is_empty()
        && scene.truth.accept.iter().any(|answer| {
            answer.subject.kind == fact.kind().name() && answer.subject.name == *fact.meta().name
        })
}

/// Moves every moment in an object.
fn shift(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            if let Some(moved) = moved(text, by) {
                *text = moved;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|v| shift(v, by)),
        Value::Object(map) => map.values_mut().for_each(|v| shift(v, by)),
        _ => {}
    }
}

fn moved(text: &str, by: SignedDuration) -> Option<String> {
    if !text.ends_with('Z') || !text.starts_with("20") {
        return None;
    }
    let at: Timestamp = text.parse().ok()?;
    Some(at.checked_add(by).unwrap().to_string())
}

fn shifted_log(text: &str, by: SignedDuration) -> String {
    let lines = text.lines().map(|line| {
        let (at, rest) = line.split_once(' ').unwrap_or((line, ""));
        moved(at, by).map_or_else(|| line.to_owned(), |at| format!("{at} {rest}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
