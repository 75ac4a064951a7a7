//! A quick look at how long a diagnosis of a generated cluster takes, without criterion:
//! `cargo run --release -p podside-diagnosis --example timing -- PODS`.

#![allow(clippy::print_stdout)]

#[path = "../benches/generated/mod.rs"]
mod generated;

use std::time::Instant;

use podside_diagnosis::judge::judge;

fn main() {
    let pods = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(10_000);
    let start = Instant::now();
    let snapshot = generated::snapshot(pods);
    println!(
        "{pods} Pods, {} events: filled in {:?}",
        snapshot.events.len(),
        start.elapsed()
    );
    for _ in 0..3 {
        let start = Instant::now();
        let judgement = judge(&snapshot);
        println!(
            "{} problems in {:?}",
            judgement.diagnosis.problems.len(),
            start.elapsed()
        );
    }
}
