//! When a recording began and ended, from what it says and from what it holds.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    fields::Fields,
    recording::{Change, ContainerLog, LogKey},
};

/// The recorded time span.
pub(super) struct Span {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

/// The span: `recorded_at` and `duration_ms` of recording.json or truth.json,
/// widened to hold every time that objects, changes (the `latest` of them) and logs were
/// stamped with; without them, from those stamps alone. An empty recording lies at the
/// Unix epoch.
pub(super) fn span(
    told: Option<&Value>,
    latest: Option<Timestamp>,
    changes: &[Change],
    logs: &BTreeMap<LogKey, ContainerLog>,
) -> Span {
    let mut latest = latest;
    for log in logs.values() {
        let last = log
            .current
            .as_deref()
            .and_then(|t| t.trim_end().lines().next_back());
        latest = latest.max(last.and_then(|l| l.split(' ').next()?.parse().ok()));
    }

    let recorded_at: Option<Timestamp> = told.and_then(|t| t.text("/recorded_at").parse().ok());
    let duration = told
        .and_then(|t| t.number("/duration_ms"))
        .or_else(|| changes.last().and_then(|c| i64::try_from(c.at_ms).ok()))
        .map_or(SignedDuration::ZERO, SignedDuration::from_millis);
    let end = match (
        recorded_at.and_then(|t| t.checked_add(duration).ok()),
        latest,
    ) {
        (Some(told), Some(latest)) => told.max(latest),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => Timestamp::UNIX_EPOCH,
    };
    let start = recorded_at
        .or_else(|| end.checked_sub(duration).ok())
        .unwrap_or(end)
        .min(end);
    Span { start, end }
}
