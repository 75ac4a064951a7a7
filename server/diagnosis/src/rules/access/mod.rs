//! Rules of the area `access`.
mod admission_policy_denied;
mod rbac_forbidden;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&rbac_forbidden::RULE, &admission_policy_denied::RULE];
