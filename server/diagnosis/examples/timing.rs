//! A quick look at how long a diagnosis of a generated cluster takes, without criterion:
//! `cargo run --release -p podside-diagnosis --example timing -- PODS [TIMES]`.

#![allow(clippy::print_stdout)]

#[path = "../benches/generated/mod.rs"]
mod generated;

use std::time::Instant;

use podside_diagnosis::judge::judge;

/// That of the portal.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|n| n.parse().ok());
    let mut next = |default| arguments.next().flatten().unwrap_or(default);
    let (pods, times) = (next(10_000), next(3));
    let start = Instant::now();
    let snapshot = generated::snapshot(pods);
    println!(
        "{pods} Pods, {} events: filled in {:?}",
        snapshot.events.len(),
        start.elapsed()
    );
    for _ in 0..times {
        let start = Instant::now();
        let judgement = judge(&snapshot);
        println!(
            "{} problems in {:?}",
            judgement.diagnosis.problems.len(),
            start.elapsed()
        );
    }
}
