//! Rules of the area `custom`: what the controllers of custom resources say of them.

mod custom_resource_not_ready;
mod custom_resource_not_ready_texts;
mod families;
pub(super) mod makers;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&custom_resource_not_ready::RULE];
