//! The Pod's runbook, walked by its evidence alone over every recording whose fault lies on
//! a Pod or a workload: it ends at what is really wrong.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells by printing"
)]

mod recorded;

use std::time::Duration;

use futures::{StreamExt, stream};
use podside_cluster::Examined;
use podside_cluster::effects::{Ended, Executor, NewEffect, Progress, walk};
use podside_diagnosis::runbook::{Event, Here, Runbook, State, Target, find};
use podside_model::{Cause, Conclusion, EntryBody, ObjectRef};
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
async fn walked(runbook: &'static Runbook, recording: Recording) -> Option<Result<String, String>> {
    let name = recording.name().to_owned();
    let truth = truth(&recording);
    let first = truth.accept.first()?;
    let subject = first.subject.without_container();
    if !runbook.targets.contains(&subject.kind) || !is_of_the_pod(&first.cause) {
        return None;
    }
    let examined = examined(recording).await;
    let end = followed(runbook, examined, &subject).await;
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
    let mut vocabulary = podside_diagnosis::vocabulary::all().iter();
    vocabulary.any(|entry| AREAS.contains(&entry.area) && entry.slug == cause.as_str())
}

/// Follows the evidence from the first step to the end, as an effect of a portal does; `None`
/// when it leaves a step to a person. What it keeps on its way leads to the same end.
async fn followed(
    runbook: &'static Runbook,
    examined: Examined,
    object: &ObjectRef,
) -> Option<Conclusion> {
    let executor = Executor::default();
    let new = NewEffect {
        owner: "test".to_owned(),
        about: object.to_string(),
        within: Duration::from_mins(1),
    };
    let target = object.clone();
    let work = async move |progress: Progress| {
        let names = Target::find(&examined.snapshot, &target).names();
        let state = State::new(runbook, names);
        let mut entries: Vec<EntryBody> = Vec::new();
        let Ok(state) = walk(
            runbook,
            &target,
            state,
            Event::ByItself,
            &examined,
            &mut entries,
            &progress,
        )
        .await;
        (state.here, entries)
    };
    let id = executor.begin(new, work).unwrap();
    let ended = executor.wait(id, Duration::from_mins(1)).await.unwrap();
    let Some(Ended::Done((here, entries))) = ended.ended else {
        panic!("the walk on {object} did not end by itself: {ended:?}");
    };
    let concluded = entries.into_iter().rev().find_map(|entry| match entry {
        EntryBody::Concluded { conclusion, .. } => Some(conclusion),
        _ => None,
    });
    let end = match here {
        Here::Concluded { conclusion, .. } => Some(*conclusion),
        Here::Step(_) => None,
    };
    assert_eq!(end, concluded, "what is kept of the walk on {object}");
    end
}
