//! How long a diagnosis takes, by the number of Pods. `cargo bench -p podside-diagnosis`.

#![allow(missing_docs, clippy::unwrap_used)]

mod generated;

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use podside_diagnosis::facts::Sharing;
use podside_diagnosis::judge::{Judge, judge};

/// That of the portal.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn full(c: &mut Criterion) {
    let mut group = c.benchmark_group("full triage");
    group.sample_size(10);
    for pods in [1_000, 10_000, 100_000] {
        let snapshot = generated::snapshot(pods);
        group.throughput(Throughput::Elements(pods as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(pods),
            &snapshot,
            |b, snapshot| {
                b.iter(|| judge(snapshot).diagnosis.problems.len());
            },
        );
    }
    group.finish();
}

fn fill(c: &mut Criterion) {
    let mut group = c.benchmark_group("filling a snapshot");
    group.sample_size(10);
    let sharing = Sharing::default();
    for pods in [1_000, 10_000] {
        let facts: Vec<_> = generated::facts(pods, &sharing).collect();
        group.bench_with_input(BenchmarkId::from_parameter(pods), &facts, |b, facts| {
            b.iter(|| {
                let mut snapshot =
                    podside_diagnosis::snapshot::Snapshot::new(jiff::Timestamp::UNIX_EPOCH);
                for fact in facts {
                    snapshot.insert(fact.clone());
                }
                snapshot.pods.len()
            });
        });
    }
    group.finish();
}

/// One Pod breaks or is mended, from the change of the facts to the new diagnosis.
fn change(c: &mut Criterion) {
    let mut group = c.benchmark_group("one Pod's change");
    let sharing = Sharing::default();
    // A Deployment in which nothing is broken, and one in which everything is.
    for (what, deployment) in [("well", 4), ("broken", 7)] {
        let mut snapshot = generated::snapshot(10_000);
        let facts =
            [true, false].map(|broken| generated::changed_pod(deployment, broken, &sharing));
        let mut judge = Judge::default();
        judge.judge(&Arc::new(snapshot.clone()));
        let mut facts = facts.iter().cycle();
        group.bench_function(BenchmarkId::new(what, 10_000), |b| {
            b.iter(|| {
                snapshot.insert(facts.next().unwrap().clone());
                judge
                    .judge(&Arc::new(snapshot.clone()))
                    .diagnosis
                    .problems
                    .len()
            });
        });
    }
    // Nothing changes but the time.
    let mut snapshot = generated::snapshot(10_000);
    let mut judge = Judge::default();
    judge.judge(&Arc::new(snapshot.clone()));
    group.bench_function(BenchmarkId::new("a second passes", 10_000), |b| {
        b.iter(|| {
            let next = snapshot.observed_at() + jiff::SignedDuration::from_secs(1);
            snapshot.set_observed_at(next);
            judge
                .judge(&Arc::new(snapshot.clone()))
                .diagnosis
                .problems
                .len()
        });
    });
    group.finish();
}

criterion_group!(benches, full, change, fill);
criterion_main!(benches);
