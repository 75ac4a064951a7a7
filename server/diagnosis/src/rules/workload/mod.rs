//! Rules of the area `workload`.

mod admission_webhook_denied;
mod admission_webhook_mutated;
mod admission_webhook_unavailable;
mod apiservice_unavailable;
mod cronjob_concurrency_blocked;
mod cronjob_schedule_missed;
mod disruption_budget_blocks;
mod failed_job;
mod foreign_pods;
mod go_duration;
mod hpa_at_maximum;
mod hpa_metrics_missing;
mod hpa_target_missing;
mod job_backoff_limit_exceeded;
mod job_deadline_exceeded;
mod job_failed_by_policy;
mod job_held_by_sidecar;
mod limit_range_violated;
mod pod_security_violation;
mod quota_exceeded;
mod replicas_zero;
mod rival_autoscalers;
mod rollout_paused;
mod rollout_removed_all_old_pods;
mod rollout_stuck_on_old_revision;
mod schedule;

use crate::rule::Rule;

pub(super) const RULES: &[&Rule] = &[
    &admission_webhook_denied::RULE,
    &admission_webhook_mutated::RULE,
    &admission_webhook_unavailable::RULE,
    &cronjob_concurrency_blocked::RULE,
    &cronjob_schedule_missed::RULE,
    &disruption_budget_blocks::RULE,
    &hpa_at_maximum::RULE,
    &hpa_metrics_missing::RULE,
    &hpa_target_missing::RULE,
    &job_backoff_limit_exceeded::RULE,
    &job_deadline_exceeded::RULE,
    &job_failed_by_policy::RULE,
    &job_held_by_sidecar::RULE,
    &limit_range_violated::RULE,
    &pod_security_violation::RULE,
    &quota_exceeded::RULE,
    &replicas_zero::RULE,
    &rollout_paused::RULE,
    &rollout_removed_all_old_pods::RULE,
    &apiservice_unavailable::RULE,
    &rollout_stuck_on_old_revision::RULE,
];
