//! Healthy but unusual objects, as real clusters have them: none of them is a problem.
//!
//! `healthy/*.yaml` holds one case a file; its first comment says why it is well. Each
//! stands in `healthy/world/` and is judged alone, and all of them are judged together.
//! `healthy/clusters/*.yaml` are whole clusters. A case may give information only where
//! its comment says `At most information.`; the others give nothing at all. A document
//! with `log` is no object: it is the log of a container.

#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use podside_diagnosis::Want;
use podside_diagnosis::facts::{Sharing, from_object};
use podside_diagnosis::judge::judge;
use podside_diagnosis::snapshot::{LogOf, LogTail, Snapshot};
use podside_diagnosis::texts::resolve;
use podside_model::{Lang, Severity, Why};
use serde_json::Value;

/// When the objects are observed.
const NOW: &str = "2026-01-01T12:00:00Z";

struct Case {
    name: String,
    documents: Vec<Value>,
    may_inform: bool,
}

fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/healthy")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    assert!(text.starts_with("# "), "{name} does not say why it is well");
    let documents = text
        .split("\n---\n")
        .map(|document| {
            serde_saphyr::from_str(document).unwrap_or_else(|e| panic!("{name}: {e}\n{document}"))
        })
        .collect();
    let may_inform = text
        .lines()
        .take_while(|line| line.starts_with('#'))
        .any(|line| line.ends_with("At most information."));
    Case {
        name,
        documents,
        may_inform,
    }
}

/// What is found among these cases, as lines to read: everything, or what is above
/// information.
fn found(cases: &[&Case], inform: bool) -> Vec<String> {
    let mut snapshot = Snapshot::new(NOW.parse().unwrap());
    snapshot.set_all_known();
    let sharing = Sharing::default();
    for document in cases.iter().flat_map(|case| &case.documents) {
        if let Some(of) = document.get("log") {
            let part = |key: &str| of[key].as_str().unwrap().into();
            let of = LogOf {
                namespace: part("namespace"),
                pod: part("pod"),
                container: part("container"),
                previous: false,
            };
            let text = document["text"].as_str().unwrap();
            snapshot.insert_log(of, LogTail::read(text));
        } else {
            let fact = from_object(document, &sharing);
            snapshot.insert(fact.unwrap_or_else(|| panic!("no kind or name: {document}")));
        }
    }
    let mut judgement = judge(&snapshot);
    for _ in 0..4 {
        for want in &judgement.wants {
            if let Want::Log(of) = want {
                let missing = LogTail::Unreadable(Why::NotRecorded);
                snapshot.insert_log(of.clone(), missing);
            }
        }
        judgement = judge(&snapshot);
    }
    let diagnosis = judgement.diagnosis.map_text(|m| resolve(&m, Lang::En));
    let problems = diagnosis
        .problems
        .iter()
        .filter(|p| !inform || p.severity != Severity::Info)
        .map(|p| format!("{} on {}: {}", p.cause, p.subject, p.title));
    // What is on its way may be unsettled; unexplained is none of them.
    let unexplained = diagnosis
        .unexplained
        .iter()
        .map(|u| format!("unexplained {}: {} {:?}", u.object, u.what, u.said));
    problems.chain(unexplained).collect()
}

#[test]
fn nothing_is_found_in_any_of_them_alone() {
    let world = cases("world");
    let mut wrong = Vec::new();
    for case in &cases("") {
        let mut all: Vec<&Case> = world.iter().collect();
        all.push(case);
        for problem in found(&all, case.may_inform) {
            wrong.push(format!("{}: {problem}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_found_in_all_of_them_together() {
    let (world, cases) = (cases("world"), cases(""));
    let all: Vec<&Case> = world.iter().chain(&cases).collect();
    let wrong = found(&all, true);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_found_in_whole_clusters() {
    let mut wrong = Vec::new();
    for case in &cases("clusters") {
        for problem in found(&[case], case.may_inform) {
            wrong.push(format!("{}: {problem}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn there_are_many_of_them_and_their_objects_do_not_meet() {
    let (cases, mut seen) = (cases(""), BTreeSet::new());
    assert!(cases.len() >= 40, "{}", cases.len());
    for object in cases.iter().flat_map(|case| &case.documents) {
        let meta = &object["metadata"];
        if let Some(name) = meta["name"].as_str() {
            let of = (&object["kind"], &meta["namespace"], name);
            let key = format!("{of:?}");
            assert!(seen.insert(key), "twice: {of:?}");
        }
    }
}
