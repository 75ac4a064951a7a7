//! Rules of the area `image`: the image of a container cannot be had.

mod image_name_invalid;
mod image_never_pull;
mod image_not_found;
mod image_platform_missing;
mod image_pull_secret_missing;
mod image_rate_limited;
mod image_registry_error;
mod image_registry_unreachable;
mod image_tls_error;
mod image_unauthorized;
mod pull;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &image_not_found::RULE,
    &image_platform_missing::RULE,
    &image_name_invalid::RULE,
    &image_pull_secret_missing::RULE,
    &image_unauthorized::RULE,
    &image_never_pull::RULE,
    &image_registry_unreachable::RULE,
    &image_tls_error::RULE,
    &image_registry_error::RULE,
    &image_rate_limited::RULE,
];
