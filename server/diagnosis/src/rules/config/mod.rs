//! Rules of the area `config`: what a Pod is configured with.

mod absences;
mod api_fields;
mod config_changed_not_reloaded;
mod configmap_key_missing;
mod configmap_missing;
mod field_misspelled;
mod priority_class_missing;
mod references;
mod secret_key_missing;
mod secret_missing;
mod service_account_missing;
mod service_links_collide;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &field_misspelled::RULE,
    &configmap_key_missing::RULE,
    &configmap_missing::RULE,
    &priority_class_missing::RULE,
    &secret_key_missing::RULE,
    &secret_missing::RULE,
    &service_account_missing::RULE,
    &service_links_collide::RULE,
    &config_changed_not_reloaded::RULE,
];
