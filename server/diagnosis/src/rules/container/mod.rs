//! Rules of the area `container`: what happens when a container runs.

mod app_exits_at_once;
mod app_exits_with_error;
mod command_not_found;
pub(crate) mod crash;
pub(crate) mod exit_code;
mod oom_killed;
pub(crate) mod start_error;
#[cfg(test)]
pub(crate) mod testing;
mod told;

pub(crate) use exit_code::TEXTS as EXIT_CODE_TEXTS;
pub use exit_code::{bare_meaning as bare_exit_meaning, meaning as exit_meaning};
mod command_not_executable;
mod container_config_error;
mod lifecycle_hook_failing;
mod port_conflict_in_pod;
mod privileged_port_denied;
mod read_only_filesystem_write;
mod run_as_non_root_violation;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &command_not_executable::RULE,
    &run_as_non_root_violation::RULE,
    &read_only_filesystem_write::RULE,
    &privileged_port_denied::RULE,
    &port_conflict_in_pod::RULE,
    &container_config_error::RULE,
    &lifecycle_hook_failing::RULE,
    &oom_killed::RULE,
    &command_not_found::RULE,
    &app_exits_at_once::RULE,
    &app_exits_with_error::RULE,
];
