//! What is really wrong in every recording, and what the diagnosis says of it.
//!
//! Each recording is served over the Kubernetes API and read through kube, as a live
//! cluster is. The test prints a table of all of them; it holds those whose root cause
//! has a rule, and that nothing is said against a healthy application.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    reason = "a test fails by panicking, and tells by printing"
)]

mod recorded;
mod wording;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use podside_model::{Message, Problem, ProblemId, Severity};
use podside_replay::Recording;

use recorded::{Answer, all, examined, truth};

/// How the diagnosis of one recording compares with the truth.
struct Row {
    name: String,
    expected: String,
    found: String,
    /// What is wrong with the diagnosis; empty when nothing is.
    faults: Vec<String>,
    /// Whether this recording's cause has a rule, so that a fault fails the test.
    held: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recording_is_diagnosed_as_what_it_is() {
    let rows: Vec<Row> = stream::iter(all()).map(compare).buffered(4).collect().await;
    print(&rows);
    let failed: Vec<_> = rows
        .iter()
        .filter(|row| row.held && !row.faults.is_empty())
        .collect();
    let faults: Vec<_> = failed
        .iter()
        .map(|row| format!("{}: {}", row.name, row.faults.join("; ")))
        .collect();
    assert!(faults.is_empty(), "wrong diagnoses:\n{}", faults.join("\n"));
}

async fn compare(recording: Recording) -> Row {
    let name = recording.name().to_owned();
    let truth = truth(&recording);
    let diagnosis = examined(recording).await.diagnosis;
    let broken: Vec<_> = diagnosis
        .problems
        .iter()
        .filter(|problem| problem.severity != Severity::Info)
        .collect();
    let first = broken.first();
    let mut faults = Vec::new();
    if truth.healthy {
        faults.extend(
            broken
                .iter()
                .map(|problem| format!("false alarm: {}", problem.id())),
        );
    } else if !first.is_some_and(|first| truth.accept.iter().any(|answer| answer.is(first))) {
        faults.push(format!("said {}", said(first.copied())));
    }
    for also in truth
        .also
        .iter()
        .filter(|also| also.iter().any(Answer::has_rule))
    {
        let is_said = broken
            .iter()
            .any(|problem| also.iter().any(|answer| answer.is(problem)));
        if let (false, Some(answer)) = (is_said, also.first()) {
            faults.push(format!(
                "did not say {} on {}",
                answer.cause, answer.subject
            ));
        }
    }
    let expected = truth.accept.first();
    Row {
        held: truth.healthy || expected.is_some_and(Answer::has_rule),
        expected: expected.map_or_else(|| "healthy".to_owned(), |answer| answer.cause.to_string()),
        found: first.map_or_else(|| "healthy".to_owned(), |problem| problem.cause.to_string()),
        name,
        faults,
    }
}

fn said(problem: Option<&Problem<Message>>) -> String {
    problem.map_or_else(
        || "nothing".to_owned(),
        |problem| {
            let ProblemId { cause, subject } = problem.id();
            let container = subject.container.as_deref().unwrap_or("-");
            format!("{cause} on {subject} container {container}")
        },
    )
}

/// Prints each recording, and what was taken for what.
fn print(rows: &[Row]) {
    let mut confusion: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        let mark = match (row.faults.is_empty(), row.held) {
            (true, _) => "ok",
            (false, true) => "WRONG",
            (false, false) => "no rule",
        };
        println!(
            "{mark:8} {:40} {:32} {}",
            row.name,
            row.expected,
            row.faults.join("; ")
        );
        if row.expected != row.found {
            confusion
                .entry((&row.expected, &row.found))
                .or_default()
                .insert(&row.name);
        }
    }
    println!("\nTaken for something else:");
    for ((expected, found), names) in confusion {
        let names: Vec<_> = names.into_iter().collect();
        println!("{expected:32} as {found:32} {}", names.join(", "));
    }
    let right = rows.iter().filter(|row| row.faults.is_empty()).count();
    println!("\n{right} of {} right", rows.len());
}
