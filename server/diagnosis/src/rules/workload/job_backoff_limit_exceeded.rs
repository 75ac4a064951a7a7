//! Symptom: a Job is Failed and makes no more Pods.
//! Cause: its Pods failed more often than `backoffLimit` allows.
//! Fix: mend why the container fails, then run the Job again.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy>

use super::failed_job::failed;
use crate::facts::{Container, ContainerStatus, Job, Object, Pod, Terminated};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{LogOf, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "job-backoff-limit-exceeded",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy",
    // Why the Pods fail says more than that they failed too often.
    rank: Rank::Mechanism,
    runs: &[Run::Job(run)],
    texts: &[
        text(
            "title",
            "Job {job} gave up after {failed} failed {failed|Pod|Pods} (backoffLimit {limit})",
            "Job {job} は {failed} 個の Pod が失敗し、再試行の上限（backoffLimit {limit}）に達した",
        ),
        text(
            "title.container",
            "Job {job} gave up after {failed} failed {failed|Pod|Pods} (backoffLimit {limit}): container {container} ends with exit code {code}",
            "Job {job} は {failed} 個の Pod が失敗し、再試行の上限（backoffLimit {limit}）に達した: コンテナ {container} が終了コード {code} で終了する",
        ),
        text(
            "title.index",
            "Job {job} failed, because indexes failed more often than backoffLimitPerIndex allows",
            "インデックスの失敗が backoffLimitPerIndex を超えたため、Job {job} が失敗した",
        ),
        text(
            "explanation",
            "A Job makes a new Pod for each that fails, up to its limit, and is Failed then. The reason lies in the Pods; these are gone by now, and so are their logs.",
            "Job は失敗した Pod の代わりを上限まで作成し、その後 Failed になります。原因は Pod にありますが、Pod もログもすでに残っていません。",
        ),
        text(
            "explanation.container",
            "A Job makes a new Pod for each that fails, up to its limit, and is Failed then. The reason lies in the container; its last log lines tell it.",
            "Job は失敗した Pod の代わりを上限まで作成し、その後 Failed になります。原因はコンテナにあり、ログの最後の行に現れます。",
        ),
        text(
            "fix.mend",
            "Fix the reason why the container fails; its log tells it.",
            "コンテナが失敗する原因を取り除きます。ログに理由が出力されています。",
        ),
        text(
            "fix.again",
            "Then delete the Job and create it again: a failed Job is not continued.",
            "その後 Job を削除して作り直します。失敗した Job は再開されません。",
        ),
    ],
};

const REASONS: [&str; 3] = [
    "BackoffLimitExceeded",
    "FailedIndexes",
    "MaxFailedIndexesExceeded",
];

fn run(job: &Job, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(condition) = failed(job, snapshot, &REASONS) else {
        return;
    };
    let pods = snapshot.pods_under(&job.meta.uid);
    let failure = pods.iter().rev().find_map(|pod| failure(pod));
    let finding = match &failure {
        Some(failure) => Finding::on_container(snapshot, failure.pod, failure.container)
            .title("title.container")
            .explanation("explanation.container")
            .arg("code", failure.end.1.exit_code),
        None => Finding::on_top(snapshot, job),
    };
    let finding = if &*condition.reason == "BackoffLimitExceeded" {
        finding
    } else {
        finding.title("title.index")
    };
    let mut finding = finding
        .arg("job", &*job.meta.name)
        .arg("failed", job.failed)
        .arg("limit", job.backoff_limit)
        .proof(proof::condition(job, condition, "reason"))
        .since(condition.changed);
    if let Some(Failure {
        pod, status, end, ..
    }) = failure
    {
        finding = finding
            .proof(proof::ended(pod, status, end, "exitCode"))
            .breaks(pod);
        let previous = end.0 == "lastState";
        if let Some(last) = findings
            .log(snapshot, pod, &status.name, previous)
            .and_then(|log| log.lines().last())
        {
            finding = finding.proof(proof::log_line(&log_of(pod, status, previous), last));
        }
        finding = finding.fix_with(
            "fix.mend",
            kubectl::logs(&pod.meta.namespace, &pod.meta.name, &status.name, previous),
        );
        for sibling in pods.iter().filter(|p| p.is_finished()) {
            finding = finding.breaks(sibling);
        }
    } else {
        finding = finding.fix("fix.mend");
    }
    findings.add(finding.fix_with("fix.again", kubectl::delete(&job.object_ref())));
}

fn log_of(pod: &Pod, status: &ContainerStatus, previous: bool) -> LogOf {
    LogOf {
        namespace: pod.meta.namespace.clone(),
        pod: pod.meta.name.clone(),
        container: status.name.clone(),
        previous,
    }
}

/// How the container of a Pod failed that made the Pod fail.
struct Failure<'a> {
    pod: &'a Pod,
    container: &'a Container,
    status: &'a ContainerStatus,
    end: (&'static str, &'a Terminated),
}

fn failure(pod: &Pod) -> Option<Failure<'_>> {
    pod.containers().find_map(|(container, status)| {
        let status = status?;
        let end = status.last_end().filter(|(_, end)| end.exit_code != 0)?;
        Some(Failure {
            pod,
            container,
            status,
            end,
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(reason: &str, cron: &str, pod: &str) -> String {
        format!(
            "
apiVersion: batch/v1
kind: CronJob
metadata: {{name: etl, namespace: b, uid: c}}
spec: {{schedule: '0 1 * * *', concurrencyPolicy: Allow}}
status: {cron}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: etl-1, namespace: b, uid: j, ownerReferences: [{{kind: CronJob, name: etl, uid: c, controller: true}}]}}
spec: {{backoffLimit: 1}}
status:
  failed: 2
  conditions: [{{type: Failed, status: 'True', reason: {reason}, lastTransitionTime: '2026-01-01T11:00:00Z'}}]
{pod}"
        )
    }

    const POD: &str = "---
apiVersion: v1
kind: Pod
metadata: {name: etl-1-x, namespace: b, uid: p, ownerReferences: [{kind: Job, name: etl-1, uid: j, controller: true}]}
spec: {restartPolicy: Never, initContainers: [{name: load, image: x}], containers: [{name: run, image: x}]}
status:
  phase: Failed
  initContainerStatuses: [{name: load, restartCount: 0, state: {terminated: {exitCode: 3, reason: Error}}}]
  containerStatuses: [{name: run, state: {waiting: {reason: PodInitializing}}}]
";

    #[test]
    fn the_container_that_failed_is_named_and_its_log_wanted() {
        check(&with("BackoffLimitExceeded", "{}", POD)).wants_log("load");
        check(&with("BackoffLimitExceeded", "{}", POD))
            .log(
                "b/etl-1-x",
                "load",
                false,
                "reading\nERROR: no rows in the source",
            )
            .finds("job-backoff-limit-exceeded", "CronJob b/etl[load]")
            .tells("title.container")
            .with("code", 3)
            .proves("no rows in the source");
    }

    #[test]
    fn without_pods_the_job_alone_is_told() {
        check(&with("BackoffLimitExceeded", "{}", ""))
            .finds("job-backoff-limit-exceeded", "CronJob b/etl")
            .tells("title")
            .with("failed", 2);
    }

    #[test]
    fn a_run_that_a_later_one_made_good_is_history() {
        let later = "{lastSuccessfulTime: '2026-01-01T11:30:00Z'}";
        check(&with("BackoffLimitExceeded", later, "")).finds_nothing();
        check(&with("DeadlineExceeded", "{}", "")).does_not_find("job-backoff-limit-exceeded");
    }
}
