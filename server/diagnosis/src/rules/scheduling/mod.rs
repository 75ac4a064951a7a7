//! Rules of the area `scheduling`: no node takes a Pod.

pub(super) mod amount;
mod host_port_conflict;
mod insufficient_cpu;
mod insufficient_memory;
mod insufficient_resource;
mod near_labels;
mod node_selector_mismatch;
mod pod_affinity_unsatisfied;
mod preempted;
pub(super) mod refused;
mod scheduler_missing;
mod scheduling_gated;
mod shortage;
mod taint_not_tolerated;
mod topology_spread_unsatisfied;
pub(super) mod verdict;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &host_port_conflict::RULE,
    &insufficient_cpu::RULE,
    &insufficient_memory::RULE,
    &insufficient_resource::RULE,
    &node_selector_mismatch::RULE,
    &pod_affinity_unsatisfied::RULE,
    &preempted::RULE,
    &scheduler_missing::RULE,
    &scheduling_gated::RULE,
    &taint_not_tolerated::RULE,
    &topology_spread_unsatisfied::RULE,
];
