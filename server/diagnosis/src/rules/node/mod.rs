//! Rules of the area `node`: what is wrong with a node, and the Pods that it takes along.

mod control_plane_component_down;
mod kubelet_version_skew;
mod node_cordoned;
mod node_disk_pressure;
mod node_memory_pressure;
mod node_name_missing;
mod node_network_unavailable;
mod node_not_ready;
mod node_pid_pressure;
mod node_problem_reported;
mod node_runtime_failing;
mod node_uninitialized;
mod pod_ips_exhausted;
mod pod_rejected_by_kubelet;
mod pod_sandbox_failing;
mod pressure;
mod state;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &control_plane_component_down::RULE,
    &node_runtime_failing::RULE,
    &node_not_ready::RULE,
    &node_uninitialized::RULE,
    &node_network_unavailable::RULE,
    &pod_ips_exhausted::RULE,
    &pod_sandbox_failing::RULE,
    &node_disk_pressure::RULE,
    &node_memory_pressure::RULE,
    &node_pid_pressure::RULE,
    &node_cordoned::RULE,
    &node_problem_reported::RULE,
    &kubelet_version_skew::RULE,
    &pod_rejected_by_kubelet::RULE,
    &node_name_missing::RULE,
];
