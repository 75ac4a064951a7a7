//! How much memory the facts of a generated cluster take, on the heap:
//! `cargo run --release -p podside-diagnosis --example memory -- PODS`.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

#[path = "../benches/generated/mod.rs"]
mod generated;

use std::sync::Arc;

use podside_diagnosis::facts::{Fact, Sharing};
use podside_diagnosis::judge::Judge;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

fn main() {
    let pods = std::env::args()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(10_000);
    let _profiler = dhat::Profiler::builder().testing().build();
    let sharing = Sharing::default();
    let facts: Vec<Fact> = generated::pod_facts(pods, &sharing).collect();
    println!("the facts of {} Pods: {:.1} MB", facts.len(), held());
    drop(facts);
    sharing.forget_unused();

    let before = held();
    let snapshot = Arc::new(generated::snapshot(pods));
    let filled = held();
    println!(
        "a snapshot with {} Pods, {} events and all that goes with them: {:.1} MB",
        snapshot.pods.len(),
        snapshot.events.len(),
        filled - before
    );
    let mut judge = Judge::default();
    let problems = judge.judge(&snapshot).diagnosis.problems.len();
    println!(
        "what a judge of its {problems} problems remembers: {:.1} MB",
        held() - filled
    );
}

/// The bytes on the heap, in MB.
fn held() -> f64 {
    dhat::HeapStats::get().curr_bytes as f64 / 1e6
}
