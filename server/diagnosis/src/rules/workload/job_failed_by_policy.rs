//! Symptom: a Job is Failed after one failed Pod, in spite of its `backoffLimit`.
//! Cause: a rule of its `podFailurePolicy` says `FailJob` for that exit code or condition.
//! Fix: mend what the exit code stands for, or change the rule.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy>

use super::failed_job::failed;
use crate::facts::{Job, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "job-failed-by-policy",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy",
    rank: Rank::Root,
    runs: &[Run::Job(run)],
    texts: &[
        text(
            "title",
            "A rule of its podFailurePolicy ended Job {job} at once",
            "podFailurePolicy のルールにより Job {job} が即座に失敗した",
        ),
        text(
            "title.code",
            "Job {job} ended at once, because its podFailurePolicy says FailJob for exit code {code}",
            "podFailurePolicy が終了コード {code} に FailJob を指定しているため、Job {job} が即座に失敗した",
        ),
        text(
            "title.condition",
            "Job {job} ended at once, because its podFailurePolicy says FailJob for Pods with condition {condition}",
            "podFailurePolicy が Condition {condition} の Pod に FailJob を指定しているため、Job {job} が即座に失敗した",
        ),
        text(
            "explanation",
            "The controller says: {said}. Such a rule is for failures that trying again cannot fix; backoffLimit does not count then.",
            "コントローラーのメッセージ: {said}。このルールは再試行しても解決しない失敗のためのもので、backoffLimit は適用されません。",
        ),
        text(
            "fix.mend",
            "See in the Pod's log what the failure was, and fix it.",
            "Pod のログで失敗の理由を確認し、取り除きます。",
        ),
        text(
            "fix.rule",
            "If trying again would have helped, change the rule's action to Count in {kind} {name}.",
            "再試行で解決するはずなら、{kind} {name} のルールの action を Count に変更します。",
        ),
        text("proof.rule", "The rule that matched", "一致したルール"),
    ],
};

fn run(job: &Job, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(condition) = failed(job, snapshot, &["PodFailurePolicy"]) else {
        return;
    };
    let said = condition.message.as_deref().unwrap_or_default();
    let top = snapshot.top_of(job).object_ref();
    let mut finding = Finding::on_ref(top.clone())
        .arg("job", &*job.meta.name)
        .arg(
            "said",
            if said.is_empty() {
                &*condition.reason
            } else {
                said
            },
        )
        .proof(proof::condition(job, condition, "message"))
        .since(condition.changed);
    if let Some(code) = word_after(said, "exit code ") {
        finding = finding.title("title.code").arg("code", code);
    } else if let Some(kind) = word_after(said, "has condition ") {
        finding = finding.title("title.condition").arg("condition", kind);
    }
    let index = word_after(said, "rule at index ").and_then(|i| i.parse::<usize>().ok());
    if let Some(rule) = job.failure_rules.iter().find(|r| Some(r.index) == index) {
        let pointer = format!("/spec/podFailurePolicy/rules/{}/action", rule.index);
        finding = finding.proof(proof::field(job, pointer, &rule.action).saying("proof.rule"));
    }
    let pods = snapshot.pods_under(&job.meta.uid);
    let failed = pods.iter().filter(|pod| &*pod.phase == "Failed");
    let mut logs = None;
    for pod in failed {
        logs.get_or_insert_with(|| {
            let container = word_after(said, "Container ").or_else(|| {
                let statuses = pod.statuses.iter();
                let mut ended = statuses.filter(|s| s.last_end().is_some());
                ended.next().map(|s| &*s.name)
            });
            container.map(|c| kubectl::logs(&pod.meta.namespace, &pod.meta.name, c, false))
        });
        finding = finding.breaks(pod);
    }
    finding = match logs.flatten() {
        Some(command) => finding.fix_with("fix.mend", command),
        None => finding.fix_with("fix.mend", kubectl::describe(&job.object_ref())),
    };
    findings.add(finding.fix_with("fix.rule", kubectl::edit(&top)));
}

/// The word that follows some fixed words of the controller's message, which reads
/// `Container C for pod N/P failed with exit code 42 matching FailJob rule at index 0` or
/// `Pod N/P has condition DisruptionTarget matching FailJob rule at index 1`.
fn word_after<'a>(message: &'a str, words: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(words)?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(reason: &str, message: &str) -> String {
        format!(
            "
apiVersion: batch/v1
kind: Job
metadata: {{name: settle, namespace: b, uid: j}}
spec:
  podFailurePolicy:
    rules:
      - {{action: Ignore, onExitCodes: {{operator: In, values: [3]}}}}
      - {{action: FailJob, onPodConditions: [{{type: DisruptionTarget}}]}}
status: {{conditions: [{{type: Failed, status: 'True', reason: {reason}, message: {message}}}]}}
"
        )
    }

    #[test]
    fn a_condition_and_the_rule_that_matched_are_named() {
        check(&with(
            "PodFailurePolicy",
            "Pod b/settle-x has condition DisruptionTarget matching FailJob rule at index 1",
        ))
        .finds("job-failed-by-policy", "Job b/settle")
        .tells("title.condition")
        .with("condition", "DisruptionTarget")
        .proves("FailJob");
    }

    #[test]
    fn a_message_of_another_form_is_told_as_it_is() {
        check(&with("PodFailurePolicy", "matched rule at index 9"))
            .finds("job-failed-by-policy", "Job b/settle")
            .tells("explanation")
            .with("said", "matched rule at index 9");
    }

    #[test]
    fn a_job_that_used_up_its_retries_is_not_the_policys() {
        check(&with("BackoffLimitExceeded", "m")).does_not_find("job-failed-by-policy");
    }
}
