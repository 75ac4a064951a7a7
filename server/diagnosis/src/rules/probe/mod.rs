//! Rules of the area `probe`.
mod ended;
mod failing;
mod liveness_probe_failing;
mod probe_port_mismatch;
mod readiness_probe_failing;
mod run_length;
mod startup_probe_failing;
#[cfg(test)]
mod testing;

pub(in crate::rules) use ended::{ended_by_probe, grace, is_asked, is_unsaid, said_by_kubelet};
pub(in crate::rules) use run_length::seconds as run_seconds;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &probe_port_mismatch::RULE,
    &startup_probe_failing::RULE,
    &liveness_probe_failing::RULE,
    &readiness_probe_failing::RULE,
];
