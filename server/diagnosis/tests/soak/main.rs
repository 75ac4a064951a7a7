//! A fault that goes on for a day is told the same all day: through back-off, restarts,
//! events that are held back and events that expire.
//!
//! A kubelet and a scheduler are played in pure code, and [`Judge`] looks every few minutes of
//! the simulated day; `make soak` looks every few seconds.
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod cluster;
mod recorder;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use podside_diagnosis::facts::{Sharing, from_object};
use podside_diagnosis::judge::Judge;
use podside_diagnosis::snapshot::{LogOf, LogTail, Snapshot};
use podside_model::Severity;

use cluster::{Container, Ends, Pod};

/// When every simulated day begins.
const MIDNIGHT: &str = "2026-01-01T00:00:00Z";
const DAY: i64 = 24 * 3600;

/// A fault is told once it has gone on for so long; until then it may be unsettled.
const SETTLED: i64 = 240;

fn at(second: i64) -> Timestamp {
    MIDNIGHT.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

/// Plays a Pod for a day, looks at it every `step` seconds, and gives the cause that stood
/// first, with the seconds at which it began to.
fn told(mut pod: Pod, step: i64) -> Vec<(i64, String)> {
    let mut judge = Judge::default();
    let mut told: Vec<(i64, String)> = Vec::new();
    for second in 1..=DAY {
        pod.live_through(second);
        if second % step != 0 || second < SETTLED {
            continue;
        }
        let mut snapshot = Snapshot::new(at(second));
        snapshot.set_all_known();
        let sharing = Sharing::default();
        for object in pod.objects(second) {
            snapshot.insert(from_object(&object, &sharing).unwrap());
        }
        for previous in [false, true] {
            let of = LogOf {
                namespace: "shop".into(),
                pod: "web".into(),
                container: "app".into(),
                previous,
            };
            snapshot.insert_log(of, LogTail::read(pod.log(previous)));
        }
        let diagnosis = judge.judge(&Arc::new(snapshot)).diagnosis;
        let first = diagnosis.problems.first();
        let says = first
            .filter(|problem| problem.severity != Severity::Info)
            .map_or("nothing", |problem| problem.cause.as_str());
        if told.last().is_none_or(|(_, last)| last != says) {
            told.push((second, says.to_owned()));
        }
    }
    told
}

fn scenarios() -> BTreeMap<&'static str, Pod> {
    let http = |port: i64| serde_json::json!({"httpGet": {"path": "/", "port": port}, "periodSeconds": 5, "failureThreshold": 3, "timeoutSeconds": 1});
    let container = Container::default();
    BTreeMap::from([
        (
            "liveness-probe-failing",
            Pod::with(Container {
                liveness: Some(http(8080)),
                ends: Ends::Probe { after: 35 },
                code: 0,
                log: "listening on :8080\nSIGTERM received, shutting down\n",
                ..container.clone()
            }),
        ),
        (
            "probe-port-mismatch",
            Pod::with(Container {
                liveness: Some(http(9090)),
                readiness: Some(http(9090)),
                ends: Ends::Probe { after: 15 },
                code: 0,
                log: "start worker processes\nsignal 15 (SIGTERM) received, exiting\n",
                ..container.clone()
            }),
        ),
        (
            "app-exits-with-error",
            Pod::with(Container {
                ends: Ends::Itself { after: 2 },
                code: 1,
                log: "starting\npanic: no such table: orders\n",
                ..container.clone()
            }),
        ),
        (
            "app-exits-at-once",
            Pod::with(Container {
                ends: Ends::Itself { after: 3 },
                code: 0,
                log: "done\n",
                ..container.clone()
            }),
        ),
        (
            "lifecycle-hook-failing",
            Pod::with(Container {
                hook: Some(serde_json::json!({"exec": {"command": ["sh", "-c", "warm-up"]}})),
                ends: Ends::Hook,
                code: 137,
                log: "up\n",
                ..container
            }),
        ),
        ("insufficient-cpu", Pod::unschedulable()),
        ("volume-mount-failed", Pod::unmounted()),
    ])
}

fn hold_all_day(step: i64) {
    let mut wrong = Vec::new();
    for (cause, pod) in scenarios() {
        let told = told(pod, step);
        if told.is_empty() || told.iter().any(|(_, says)| says != cause) {
            wrong.push(format!("{cause}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_fault_that_goes_on_is_told_the_same_all_day() {
    // No divisor of a minute, so that every phase of a back-off is looked at.
    hold_all_day(397);
}

#[test]
#[ignore = "looks every few seconds of a simulated day: `make soak`"]
fn a_fault_that_goes_on_is_told_the_same_at_every_moment() {
    hold_all_day(11);
}
