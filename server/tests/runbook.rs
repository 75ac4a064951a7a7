//! The Pod's runbook, walked by its evidence alone over every recording whose fault lies on
//! a Pod or a workload: it ends at what is really wrong.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells by printing"
)]

mod recorded;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use podside_cluster::Examined;
use podside_diagnosis::runbook::{Effect, Event, Here, Runbook, State, Target, check, find, step};
use podside_model::{Cause, Conclusion, ObjectRef};
use podside_replay::Recording;

use recorded::{all, examined, truth};

/// The runbook's own areas of causes.tsv: what can keep a Pod from running.
const AREAS: [&str; 6] = [
    "image",
    "scheduling",
    "config",
    "container",
    "probe",
    "init",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_evidence_leads_to_what_is_really_wrong() {
    let runbook = &find("pod").unwrap().runbook;
    let walks: Vec<Option<Result<String, String>>> = stream::iter(all())
        .map(|recording| walked(runbook, recording))
        .buffered(4)
        .collect()
        .await;
    let walks: Vec<_> = walks.into_iter().flatten().collect();
    for walk in &walks {
        println!("{}", walk.as_ref().unwrap_or_else(|wrong| wrong));
    }
    assert!(walks.len() > 40, "only {} were walked", walks.len());
    let wrong: Vec<_> = walks
        .iter()
        .filter_map(|walk| walk.as_ref().err())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        wrong.len(),
        walks.len()
    );
}

/// Walks a recording; `None` when its fault is not one that this runbook is about.
async fn walked(runbook: &Runbook, recording: Recording) -> Option<Result<String, String>> {
    let name = recording.name().to_owned();
    let truth = truth(&recording);
    let first = truth.accept.first()?;
    let subject = first.subject.without_container();
    if !runbook.targets.contains(&subject.kind) || !is_of_the_pod(&first.cause) {
        return None;
    }
    let examined = examined(recording).await;
    let end = walk(runbook, &examined, &subject);
    let is_right = matches!(&end, Some(Conclusion::Cause { cause, problem: Some(problem), .. })
        if truth.accept.iter().any(|answer| answer.cause == *cause)
            && !problem.evidence.is_empty()
            && !problem.fix.is_empty());
    let said = match end {
        Some(Conclusion::Cause { cause, problem, .. }) => {
            format!(
                "{cause} {}",
                if problem.is_some() {
                    "with proof"
                } else {
                    "without proof"
                }
            )
        }
        other => format!("{other:?}"),
    };
    let row = format!("{name:40} {:32} {said}", first.cause.as_str());
    Some(if is_right { Ok(row) } else { Err(row) })
}

fn is_of_the_pod(cause: &Cause) -> bool {
    include_str!("../diagnosis/causes.tsv").lines().any(|line| {
        let mut columns = line.split('\t');
        columns.next().is_some_and(|area| AREAS.contains(&area))
            && columns.next() == Some(cause.as_str())
    })
}

/// Follows the evidence from the first step to the end; `None` when it leaves a step to a
/// person.
fn walk(runbook: &Runbook, examined: &Examined, object: &ObjectRef) -> Option<Conclusion> {
    let target = Target::find(&examined.snapshot, object);
    let mut state = State::new(runbook, target.names());
    let mut events = vec![Event::ByItself, Event::Look];
    while let Some(event) = events.pop() {
        let (next, effects) = step(runbook, state, event, Timestamp::UNIX_EPOCH);
        state = next;
        for effect in effects {
            if let Effect::Check(id) = effect {
                let asked = runbook.step(&id).unwrap();
                events.push(check(asked, &target, &examined.diagnosis));
            }
        }
    }
    match state.here {
        Here::Concluded { conclusion, .. } => Some(*conclusion),
        Here::Step(_) => None,
    }
}
