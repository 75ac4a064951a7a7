//! What is wrong in a cluster is still told when the events that told it first have expired.
//!
//! Each recording is judged again 20 minutes, two hours and three days later. Nearly all keep
//! their cause; the others name one that is true and more general, or say what they know
//! without explaining it. None names another, and none says nothing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and shows what changed"
)]

mod recorded;

use std::collections::BTreeMap;

use podside_diagnosis::vocabulary::refines;
use podside_model::{Diagnosis, Message, Problem};

use recorded::later::{LATER, aged, judged};
use recorded::{Answer, Truth, all, examined, truth};

/// Causes that come to light with time, and may stand before the one that was recorded: both
/// are told.
const BEFORE: [(&str, &str); 1] = [
    // After ten minutes nobody will take up an Ingress that names no class any more.
    ("ingress-backend-missing", "ingress-class-missing"),
];

/// What has become of a recording's cause.
#[derive(Debug, PartialEq)]
enum Fate {
    /// It stands first, or a special case of it does.
    Kept,
    /// It is told, after something else that is true.
    Told,
    /// What stands first is more general and true.
    General,
    /// Nothing is explained; what is not well is told with the cluster's own words.
    Unexplained,
    /// Another cause is named.
    Other,
    /// Nothing is said.
    Silent,
}

fn fate(truth: &Truth, diagnosis: &Diagnosis<Message>) -> Fate {
    let is_right = |problem: &Problem<Message>| {
        truth.accept.iter().any(|answer| {
            answer.is(problem) || refines(problem.cause.as_str(), answer.cause.as_str())
        })
    };
    let Some(first) = diagnosis.problems.first() else {
        let rest = diagnosis.unexplained.iter();
        let deciding = rest.filter(|it| !it.said.is_empty()).count();
        return match deciding + diagnosis.unsettled.len() {
            0 => Fate::Silent,
            _ => Fate::Unexplained,
        };
    };
    let came_to_light = BEFORE.iter().any(|(recorded, before)| {
        let is_recorded = |answer: &Answer| answer.cause.as_str() == *recorded;
        *before == first.cause.as_str() && truth.accept.iter().any(is_recorded)
    });
    let mut accepted = truth.accept.iter().map(|answer| answer.cause.as_str());
    if is_right(first) {
        Fate::Kept
    } else if diagnosis.problems.iter().any(is_right) && came_to_light {
        Fate::Told
    } else if accepted.any(|cause| refines(cause, first.cause.as_str())) {
        Fate::General
    } else {
        Fate::Other
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cause_is_told_as_well_when_the_events_have_gone() {
    let mut changed: BTreeMap<String, Fate> = BTreeMap::new();
    let (mut kept, mut judgements) = (0, 0);
    for recording in all() {
        let name = recording.name().to_owned();
        let truth = truth(&recording);
        let examined = examined(recording).await;
        if truth.healthy || fate(&truth, &examined.diagnosis) != Fate::Kept {
            continue;
        }
        for later in LATER.into_iter().filter(|later| !later.is_zero()) {
            judgements += 1;
            let diagnosis = judged(aged(&examined.snapshot, later));
            let first = diagnosis.problems.first();
            match fate(&truth, &diagnosis) {
                Fate::Kept => kept += 1,
                fate => {
                    let says = first.map_or("-", |problem| problem.cause.as_str());
                    println!("{name} after {later:#}: {fate:?}, {says}");
                    changed.insert(format!("{name} after {later:#}: {says}"), fate);
                }
            }
        }
    }
    assert!(judgements > 300, "{judgements} judgements");
    println!("{kept} of {judgements} keep their cause");
    let wrong: Vec<_> = changed
        .iter()
        .filter(|(_, fate)| matches!(fate, Fate::Other | Fate::Silent))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        kept * 10 >= judgements * 9,
        "{kept} of {judgements} keep their cause: {changed:#?}"
    );
}
