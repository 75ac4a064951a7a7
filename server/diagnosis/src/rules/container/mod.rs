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
mod certificate_invalid;
mod cloud_access_denied;
mod command_not_executable;
mod complaint;
mod container_config_error;
mod credentials_refused;
mod external_host_unreachable;
mod lifecycle_hook_failing;
pub(in crate::rules) mod mounted;
mod node_out_of_memory;
mod port_conflict_in_pod;
mod privileged_port_denied;
mod read_only_filesystem_write;
mod run_as_non_root_violation;
mod volume_full;
mod volume_permission_denied;

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
    &node_out_of_memory::RULE,
    &volume_full::RULE,
    &volume_permission_denied::RULE,
    &credentials_refused::RULE,
    &certificate_invalid::RULE,
    &cloud_access_denied::RULE,
    &external_host_unreachable::RULE,
    &command_not_found::RULE,
    &app_exits_at_once::RULE,
    &app_exits_with_error::RULE,
];
