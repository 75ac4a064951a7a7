//! Rules of the area `probe`.
mod failing;
mod liveness_probe_failing;
mod probe_port_mismatch;
mod readiness_probe_failing;
mod run_length;
mod startup_probe_failing;
#[cfg(test)]
mod testing;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &probe_port_mismatch::RULE,
    &startup_probe_failing::RULE,
    &liveness_probe_failing::RULE,
    &readiness_probe_failing::RULE,
];
