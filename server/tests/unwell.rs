//! Nothing that is visibly not well goes unsaid: it is in exactly one of the problems, what is
//! unsettled, and what is unexplained.
//!
//! Held against every recording, the same some time later with the events gone that would
//! have expired, and made clusters. What is not well is read by an [`oracle`] of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "unwell/oracle.rs"]
mod oracle;
mod recorded;

use std::collections::BTreeSet;

use jiff::Timestamp;
use podside_diagnosis::facts::{Sharing, from_object};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::{Diagnosis, Message, ObjectRef, Severity};
use podside_replay::Recording;
use serde_json::Value;

use oracle::not_well;
use recorded::later::{LATER, aged, judged};
use recorded::{all, examined, truth};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_in_the_recordings_that_is_not_well_goes_unsaid_then_or_later() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for recording in all() {
        let name = recording.name().to_owned();
        let objects = values(&recording);
        let snapshot = examined(recording).await.snapshot;
        for later in LATER {
            let aged = aged(&snapshot, later);
            let at = aged.observed_at();
            let diagnosis = judged(aged);
            let unwell = not_well(&objects, at);
            seen += unwell.len();
            let said = |fault| format!("{name} after {later:#}: {fault}");
            faults.extend(unsaid(&unwell, &diagnosis).into_iter().map(said));
            faults.extend(said_twice(&diagnosis).into_iter().map(said));
        }
    }
    assert!(
        seen > 500,
        "the oracle sees {seen} objects that are not well"
    );
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A healthy application may be on its way; it is nothing that nobody can explain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_unexplained_where_all_is_well() {
    let mut faults = Vec::new();
    for recording in all().into_iter().filter(|it| truth(it).healthy) {
        let name = recording.name().to_owned();
        let diagnosis = examined(recording).await.diagnosis;
        let unexplained = diagnosis.unexplained.iter();
        faults.extend(unexplained.map(|it| format!("{name}: {} {:?}", it.object, it.what)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn nothing_in_made_clusters_goes_unsaid() {
    for seed in 0..4 {
        let made = format!("nodes=8,pods=240,broken=15%,seed={seed}");
        let size: podside_replay::generate::Size = made.parse().unwrap();
        let recording = size.recording();
        let objects = values(&recording);
        let at = recording.recorded_end();
        let diagnosis = judged(snapshot_of(&objects, at));
        let unwell = not_well(&objects, at);
        assert!(!unwell.is_empty(), "{made}");
        let mut faults = unsaid(&unwell, &diagnosis);
        faults.extend(said_twice(&diagnosis));
        assert!(faults.is_empty(), "{made}: {faults:#?}");
    }
}

fn values(recording: &Recording) -> Vec<Value> {
    let objects = recording.objects().iter();
    objects.map(podside_replay::Object::value).collect()
}

fn snapshot_of(objects: &[Value], at: Timestamp) -> Snapshot {
    let mut snapshot = Snapshot::new(at);
    snapshot.set_all_known();
    let sharing = Sharing::default();
    let facts = objects.iter().filter_map(|it| from_object(it, &sharing));
    facts.for_each(|fact| snapshot.insert(fact));
    snapshot
}

/// What each kind of answer tells of: the problems, what is unsettled, what is unexplained.
fn told(diagnosis: &Diagnosis<Message>) -> [BTreeSet<ObjectRef>; 3] {
    let problems = diagnosis.problems.iter().flat_map(|problem| {
        let affected = problem
            .affects
            .iter()
            .map(|it| it.object.without_container());
        affected.chain([problem.subject.without_container()])
    });
    let unsettled = diagnosis
        .unsettled
        .iter()
        .flat_map(|it| it.affects.iter().chain([&it.object]).cloned());
    let unexplained = diagnosis
        .unexplained
        .iter()
        .flat_map(|it| it.affects.iter().chain([&it.object]).cloned());
    [
        problems.collect(),
        unsettled.collect(),
        unexplained.collect(),
    ]
}

fn unsaid(unwell: &[oracle::NotWell], diagnosis: &Diagnosis<Message>) -> Vec<String> {
    let told = told(diagnosis);
    let is_told = |object: &ObjectRef| told.iter().any(|told| told.contains(object));
    unwell
        .iter()
        .filter(|it| !is_told(&it.object) && !it.owners.iter().any(is_told))
        .map(|it| format!("{} is {} and nothing is said of it", it.object, it.why))
        .collect()
}

/// Objects that stand in more than one kind of answer. Information about an object does not
/// say why it is not well.
fn said_twice(diagnosis: &Diagnosis<Message>) -> Vec<String> {
    let [_, unsettled, unexplained] = told(diagnosis);
    let subjects: BTreeSet<ObjectRef> = diagnosis
        .problems
        .iter()
        .filter(|problem| problem.severity != Severity::Info)
        .map(|problem| problem.subject.without_container())
        .collect();
    let twice = unsettled
        .intersection(&unexplained)
        .chain(subjects.intersection(&unsettled))
        .chain(subjects.intersection(&unexplained));
    twice.map(|it| format!("{it} is told of twice")).collect()
}
