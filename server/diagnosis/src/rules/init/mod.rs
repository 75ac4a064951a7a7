//! Rules of the area `init`.
mod init_container_failing;
mod init_container_waiting;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[&init_container_waiting::RULE, &init_container_failing::RULE];
