//! Rules of the area `gateway`: Gateways and routes of the Gateway API.

mod gateway_class_missing;
mod route_backend_missing;
mod route_not_accepted;
#[cfg(test)]
mod testing;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &gateway_class_missing::RULE,
    &route_not_accepted::RULE,
    &route_backend_missing::RULE,
];
