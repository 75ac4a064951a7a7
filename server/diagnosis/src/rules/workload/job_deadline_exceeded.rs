//! Symptom: a Job is Failed and its Pods were stopped while they worked, or before they
//! could.
//! Cause: it ran longer than `activeDeadlineSeconds`.
//! Fix: raise the deadline, or make the work shorter.
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup>

use super::failed_job::{failed, newest_warning};
use crate::facts::{Job, Kind, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "job-deadline-exceeded",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup",
    rank: Rank::Root,
    runs: &[Run::Job(run), Run::Pod(run_pod)],
    texts: &[
        text(
            "title",
            "Job {job} was not done within its activeDeadlineSeconds of {deadline} and was ended",
            "Job {job} は activeDeadlineSeconds（{deadline} 秒）以内に完了せず、終了させられた",
        ),
        text(
            "title.pod",
            "The Pods of {kind} {name} were not done within the activeDeadlineSeconds of {deadline} in their template and were ended",
            "{kind} {name} の Pod はテンプレートの activeDeadlineSeconds（{deadline} 秒）以内に完了せず、終了させられた",
        ),
        text(
            "explanation",
            "The deadline counts from the Job's start, waiting for nodes, images and retries included. When it passes all Pods are stopped, whatever they do.",
            "期限は Job の開始から数えられ、ノードやイメージの待ち時間と再試行も含まれます。期限を過ぎると、処理中でもすべての Pod が停止されます。",
        ),
        text(
            "explanation.warned",
            "The deadline counts from the Job's start, waiting for nodes, images and retries included. The last warning about its Pods was {reason}, so they may not have started working at all.",
            "期限は Job の開始から数えられ、ノードやイメージの待ち時間と再試行も含まれます。Pod に関する最後の警告は {reason} で、処理を始められなかった可能性があります。",
        ),
        text(
            "fix.deadline",
            "Give it a deadline that covers the work, or make the work shorter: smaller portions, more resources.",
            "処理時間に合った期限にするか、処理を短くします（分割する、リソースを増やすなど）。",
        ),
        text(
            "fix.again",
            "Then delete the Job and create it again: a failed Job is not continued.",
            "その後 Job を削除して作り直します。失敗した Job は再開されません。",
        ),
    ],
};

fn run(job: &Job, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(condition) = failed(job, snapshot, &["DeadlineExceeded"]) else {
        return;
    };
    let top = snapshot.top_of(job);
    let mut finding = Finding::on_ref(top.object_ref())
        .arg("job", &*job.meta.name)
        .arg("deadline", job.deadline_seconds.unwrap_or(0))
        .proof(proof::condition(job, condition, "reason"))
        .proofs(
            job.deadline_seconds
                .map(|seconds| proof::field(job, "/spec/activeDeadlineSeconds", seconds)),
        )
        .since(condition.changed)
        .fix_with("fix.deadline", kubectl::edit(&top.object_ref()))
        .fix_with("fix.again", kubectl::delete(&job.object_ref()));
    for pod in snapshot.pods_under(&job.meta.uid) {
        finding = finding.breaks(pod);
    }
    if let Some(event) = newest_warning(job, snapshot) {
        finding = finding
            .explanation("explanation.warned")
            .arg("reason", &*event.reason)
            .proof(proof::event(event));
    }
    findings.add(finding);
}

/// The kubelet ends a Pod whose own spec has a deadline.
fn run_pod(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(deadline) = pod.spec.deadline_seconds else {
        return;
    };
    if &*pod.phase != "Failed" || &*pod.reason != "DeadlineExceeded" || pod.is_terminating() {
        return;
    }
    let top = snapshot.top_of(pod).object_ref();
    if !matches!(Kind::of(&top), Some(Kind::Job | Kind::CronJob)) {
        return;
    }
    findings.add(
        Finding::on_pod(snapshot, pod)
            .title("title.pod")
            .arg("deadline", deadline)
            .proof(proof::field(pod, "/status/reason", &pod.reason))
            .proof(proof::field(pod, "/spec/activeDeadlineSeconds", deadline))
            .since(pod.started)
            .fix_with("fix.deadline", kubectl::edit(&top)),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: dump, namespace: b, uid: j}
spec: {activeDeadlineSeconds: 600}
status: {startTime: '2026-01-01T11:40:00Z', conditions: CONDITIONS}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: b}
involvedObject: {kind: Pod, namespace: b, name: dump-x7k2p}
type: Warning
reason: FailedScheduling
message: 0/3 nodes are available
lastTimestamp: '2026-01-01T11:49:00Z'
";

    #[test]
    fn a_job_whose_pods_never_ran_says_why() {
        let failed = "[{type: Failed, status: 'True', reason: DeadlineExceeded}]";
        check(&JOB.replace("CONDITIONS", failed))
            .finds("job-deadline-exceeded", "Job b/dump")
            .tells("title")
            .with("deadline", 600)
            .tells("explanation.warned")
            .with("reason", "FailedScheduling")
            .proves("600");
    }

    #[test]
    fn a_pods_own_deadline_counts_too() {
        let pod = "
apiVersion: v1
kind: Pod
metadata: {name: dump-x, namespace: b, uid: p, ownerReferences: [{kind: Job, name: dump, uid: j, controller: true}]}
spec: {activeDeadlineSeconds: 30, containers: [{name: a}]}
status: {phase: Failed, reason: DeadlineExceeded}
";
        check(pod)
            .finds("job-deadline-exceeded", "Job b/dump")
            .tells("title.pod")
            .with("deadline", 30);
    }

    #[test]
    fn a_job_within_its_deadline_is_no_problem() {
        check(&JOB.replace("CONDITIONS", "[]")).finds_nothing();
        let done = "[{type: Complete, status: 'True'}]";
        check(&JOB.replace("CONDITIONS", done)).finds_nothing();
    }
}
