//! Rules of the area `service`: clients do not reach the Pods that they mean.

mod cidr;
pub(crate) mod dial;
mod endpoints_wrong_address;
mod external_name_unresolvable;
mod ingress_backend_missing;
mod ingress_class_missing;
mod ingress_not_programmed;
mod ingress_tls_secret_missing;
pub(in crate::rules) mod isolation;
pub(super) mod listening;
mod load_balancer_pending;
mod network_policy_blocks;
mod ports;
mod providers;
mod service_listens_on_localhost;
mod service_missing;
mod service_named_port_missing;
mod service_port_mismatch;
mod service_port_missing;
mod service_protocol_mismatch;
mod service_selector_mismatch;
mod service_wrong_namespace;
#[cfg(test)]
pub(crate) mod testing;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &service_selector_mismatch::RULE,
    &service_named_port_missing::RULE,
    &service_protocol_mismatch::RULE,
    &service_port_mismatch::RULE,
    &service_port_missing::RULE,
    &service_listens_on_localhost::RULE,
    &endpoints_wrong_address::RULE,
    &service_missing::RULE,
    &service_wrong_namespace::RULE,
    &external_name_unresolvable::RULE,
    &ingress_backend_missing::RULE,
    &ingress_class_missing::RULE,
    &ingress_tls_secret_missing::RULE,
    &network_policy_blocks::RULE,
    &load_balancer_pending::RULE,
    &ingress_not_programmed::RULE,
];
