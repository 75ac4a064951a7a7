//! Rules of the area `dns`: names do not resolve.

pub(super) mod cluster_dns_down;
mod pod_dns_misconfigured;

use crate::rule::Rule;
pub use cluster_dns_down::is_down as cluster_dns_is_down;

pub(super) const RULES: &[&Rule] = &[&cluster_dns_down::RULE, &pod_dns_misconfigured::RULE];
