//! A real kubectl reads every recording and sees what kubectl 1.36 saw of the
//! recorded cluster. Debian's kubectl (1.20) words a few lines differently;
//! they are named here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by failing"
)]

mod acting;
mod client;
mod describe;
mod get;
mod normal;
mod printed;
mod streams;

use std::future::Future;

use podside_replay::{Recording, ReplayError, practice};

/// How many recordings are served at once.
const BESIDE: usize = 3;

/// Run `check` on every scenario, a few beside each other, and return what it
/// complains of.
async fn every_scenario<F, C>(check: C) -> Vec<String>
where
    C: Fn(Recording) -> F,
    F: Future<Output = Vec<String>> + Send + 'static,
{
    let mut running = tokio::task::JoinSet::new();
    let mut complaints = Vec::new();
    let mut waiting = Vec::new();
    practice::each(|recording| {
        waiting.push(check(recording));
        Ok::<(), ReplayError>(())
    })
    .unwrap();
    for future in waiting {
        if running.len() == BESIDE {
            complaints.extend(running.join_next().await.unwrap().unwrap());
        }
        running.spawn(future);
    }
    while let Some(done) = running.join_next().await {
        complaints.extend(done.unwrap());
    }
    complaints.sort();
    complaints
}

/// The lines that only one of two texts has, with a sign.
fn difference(wanted: &[String], got: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = got.iter().collect();
    let mut found = Vec::new();
    for line in wanted {
        match left.iter().position(|l| *l == line) {
            Some(at) => {
                left.remove(at);
            }
            None => found.push(format!("- {line}")),
        }
    }
    found.extend(left.iter().map(|l| format!("+ {l}")));
    found
}
