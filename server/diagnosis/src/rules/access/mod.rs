//! Rules of the area `access`.
mod rbac_forbidden;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&rbac_forbidden::RULE];
