//! Rules of the area `lifecycle`: how objects end.

mod evicted_node_pressure;
mod finalizer_owner;
mod finalizer_stuck;
pub(super) mod pod_stuck_terminating;
mod terminating_on_lost_node;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &evicted_node_pressure::RULE,
    &finalizer_stuck::RULE,
    &pod_stuck_terminating::RULE,
    &terminating_on_lost_node::RULE,
];
