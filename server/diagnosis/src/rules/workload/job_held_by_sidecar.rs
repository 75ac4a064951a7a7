//! Symptom: a Job's work is done and the Job never completes.
//! Cause: another regular container of its Pod, such as a proxy, goes on running; a Pod
//! ends only when all of its regular containers have.
//! Fix: make the sidecar an init container with `restartPolicy: Always`.
//! Source: <https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers>

use crate::facts::{Container, ContainerKind, ContainerStatus, Job, Pod, State, Terminated};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::SIDECAR_NOTICES;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "job-held-by-sidecar",
    source: "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers",
    rank: Rank::Root,
    runs: &[Run::Job(run)],
    texts: &[
        text(
            "title",
            "Container {container} keeps Job {job} from completing: {done} ended with exit code 0, {container} runs on",
            "コンテナ {container} が動作し続けるため Job {job} が完了しない（{done} は終了コード 0 で終了済み）",
        ),
        text(
            "explanation",
            "A Pod ends only when all of its regular containers have ended. {container} is one of them, and nothing tells it that the work is done.",
            "Pod は通常のコンテナがすべて終了したときに終了します。{container} も通常のコンテナですが、処理の完了を知る手段がありません。",
        ),
        text(
            "explanation.likely",
            "A Pod ends only when all of its regular containers have ended. If {container} has work of its own and will end by itself, nothing is wrong yet.",
            "Pod は通常のコンテナがすべて終了したときに終了します。{container} にも固有の処理があり自然に終了するのであれば、問題ではありません。",
        ),
        text(
            "fix.sidecar",
            "Move {container} to spec.initContainers with restartPolicy Always: such a sidecar is stopped when the work is done (Kubernetes 1.29 and later).",
            "{container} を spec.initContainers に移し restartPolicy を Always にします。このサイドカーは処理が終わると停止します（Kubernetes 1.29 以降）。",
        ),
        text(
            "fix.now",
            "To let this run complete now, stop the container from within, if its image has a shell.",
            "今回の実行を完了させるには、イメージにシェルがあればコンテナ内からプロセスを停止します。",
        ),
        text(
            "proof.runs",
            "Container {container} runs on",
            "コンテナ {container} は動作中",
        ),
    ],
};

fn run(job: &Job, snapshot: &Snapshot, findings: &mut Findings) {
    if job.active == 0 || job.is_finished() || job.suspended || job.meta.deleting.is_some() {
        return;
    }
    for pod in snapshot.pods_under(&job.meta.uid) {
        if let Some(finding) = held(job, pod, snapshot) {
            findings.add(finding);
        }
    }
}

fn held(job: &Job, pod: &Pod, snapshot: &Snapshot) -> Option<Finding> {
    if pod.is_finished() || pod.is_terminating() || &*pod.spec.restart_policy == "Always" {
        return None;
    }
    let mut done: Vec<(&ContainerStatus, &Terminated)> = Vec::new();
    let mut running: Vec<(&Container, &ContainerStatus)> = Vec::new();
    for (container, status) in pod.containers() {
        if container.kind != ContainerKind::Regular {
            continue;
        }
        let status = status?;
        match &status.state {
            State::Terminated(end) if end.exit_code == 0 => done.push((status, end)),
            State::Running { .. } => running.push((container, status)),
            _ => return None,
        }
    }
    let (main, last) = done.iter().copied().max_by_key(|(_, end)| end.finished)?;
    let (sidecar, status) = running.first().copied()?;
    if last.finished.is_none() || !SIDECAR_NOTICES.has_ended(last.finished, snapshot) {
        return None;
    }
    let names: Vec<String> = done.iter().map(|(s, _)| s.name.to_string()).collect();
    let mut finding = Finding::on_container(snapshot, pod, sidecar);
    // The Jobs of one CronJob are held by the same container of the same template.
    let held_by = finding.subject.clone();
    finding = finding
        .one_fault(held_by, "")
        .arg("job", &*job.meta.name)
        .arg("done", names)
        .proof(proof::ended(pod, main, ("state", last), "reason"))
        .since(last.finished)
        .fix("fix.sidecar")
        .fix_with(
            "fix.now",
            format!(
                "{} exec {} -c {} -- sh -c 'kill 1'",
                kubectl::prefix(Some(&pod.meta.namespace)),
                kubectl::word(&pod.meta.name),
                kubectl::word(&sidecar.name)
            ),
        );
    if let State::Running { since: Some(since) } = &status.state {
        let pointer = status.path("state/running/startedAt");
        finding = finding.proof(
            proof::field(pod, pointer, since)
                .saying("proof.runs")
                .in_container(&sidecar.name),
        );
    }
    if !serves(sidecar, job) {
        finding = finding.explanation("explanation.likely").likely();
    }
    Some(finding)
}

/// Whether a container is there to serve others, and so will not end by itself: it was
/// injected, is probed, has ports, or runs one of the known proxies and agents.
fn serves(container: &Container, job: &Job) -> bool {
    const KNOWN: [&str; 9] = [
        "proxy",
        "envoy",
        "istio",
        "linkerd",
        "agent",
        "sidecar",
        "fluent",
        "collector",
        "vault",
    ];
    let name = container.name.to_lowercase();
    job.template.spec.container(&container.name).is_none()
        || !container.ports.is_empty()
        || container.probes().next().is_some()
        || KNOWN.iter().any(|known| name.contains(known))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(sidecar: &str, main: &str, side: &str) -> String {
        format!(
            "
apiVersion: batch/v1
kind: CronJob
metadata: {{name: sync, namespace: b, uid: c}}
spec: {{schedule: '0 1 * * *'}}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: sync-1, namespace: b, uid: j, ownerReferences: [{{kind: CronJob, name: sync, uid: c, controller: true}}]}}
spec: {{template: {{spec: {{containers: [{{name: db, ports: [{{containerPort: 5432}}]}}, {{name: work}}, {{name: other}}]}}}}}}
status: {{active: 1}}
---
apiVersion: v1
kind: Pod
metadata: {{name: sync-1-x, namespace: b, uid: p, ownerReferences: [{{kind: Job, name: sync-1, uid: j, controller: true}}]}}
spec: {{restartPolicy: OnFailure, {sidecar}}}
status:
  phase: Running
  {side}
  containerStatuses:
    - {{name: work, state: {main}}}
"
        )
    }

    const DONE: &str =
        "{terminated: {exitCode: 0, reason: Completed, finishedAt: '2026-01-01T11:00:00Z'}}";
    const RUNS: &str =
        "    - {name: NAME, state: {running: {startedAt: '2026-01-01T10:00:00Z'}}}\n";

    #[test]
    fn a_database_beside_the_work_holds_the_job() {
        let containers = "containers: [{name: db, ports: [{containerPort: 5432}]}, {name: work}]";
        let objects = with(containers, DONE, "") + &RUNS.replace("NAME", "db");
        check(&objects)
            .finds("job-held-by-sidecar", "CronJob b/sync[db]")
            .tells("title")
            .with_list("done", ["work"])
            .with("container", "db");
    }

    #[test]
    fn the_jobs_of_one_cronjob_are_one_problem() {
        let containers = "containers: [{name: db, ports: [{containerPort: 5432}]}, {name: work}]";
        let first = with(containers, DONE, "") + &RUNS.replace("NAME", "db");
        let (_, second) = first.split_once("---").unwrap();
        let second = second
            .replace("sync-1", "sync-2")
            .replace("uid: j", "uid: k")
            .replace("uid: p", "uid: q");
        let held = check(&format!("{first}---{second}"))
            .judge()
            .diagnosis
            .problems;
        assert_eq!(held.len(), 1, "{held:#?}");
    }

    #[test]
    fn a_container_that_may_have_work_of_its_own_is_only_likely() {
        let objects = with("containers: [{name: work}, {name: other}]", DONE, "")
            + &RUNS.replace("NAME", "other");
        check(&objects)
            .finds("job-held-by-sidecar", "CronJob b/sync[other]")
            .is_likely();
    }

    #[test]
    fn work_that_goes_on_and_native_sidecars_hold_nothing() {
        let both = "containers: [{name: work}, {name: db}]";
        let working = "{running: {startedAt: '2026-01-01T10:00:00Z'}}";
        check(&(with(both, working, "") + &RUNS.replace("NAME", "db"))).finds_nothing();
        let native =
            "initContainers: [{name: db, restartPolicy: Always}], containers: [{name: work}]";
        let status = "initContainerStatuses: [{name: db, state: {running: {}}}]";
        check(&with(native, DONE, status)).does_not_find("job-held-by-sidecar");
    }
}
