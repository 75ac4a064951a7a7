//! Symptom: `CrashLoopBackOff`, `OOMKilled`, exit code 137.
//! Cause: the container used more memory than its limit, and the kernel killed it.
//! Fix: a higher limit, or less memory.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/#exceed-a-container-s-memory-limit>

use super::crash::crashes;
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::scheduling::amount::amount;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "oom-killed",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/#exceed-a-container-s-memory-limit",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} is killed at its memory limit of {limit}",
            "{name} のコンテナ {container} がメモリー上限 {limit} に達して強制終了される",
        ),
        text(
            "title.pod",
            "Container {container} of {name} is killed at the memory limit of the whole Pod, {limit}",
            "{name} のコンテナ {container} が Pod 全体のメモリー上限 {limit} に達して強制終了される",
        ),
        text(
            "explanation.pod",
            "The containers of the Pod share {limit} (spec.resources). Together they asked for more, and the kernel ended this process with SIGKILL, exit code 137. {pods} {pods|Pod|Pods}, {restarts} {restarts|restart|restarts}.",
            "この Pod のコンテナは合わせて {limit} まで使用できます（spec.resources）。合計がこれを超えたため、カーネルがこのプロセスを SIGKILL で終了させました（終了コード 137）。Pod {pods} 個、再起動 {restarts} 回です。",
        ),
        text(
            "fix.pod",
            "Raise the memory limit in spec.resources of the Pod above what its containers need together at their peak, and the request with it.",
            "Pod の spec.resources のメモリー上限をコンテナ全体のピーク時の使用量より大きくし、requests も合わせて増やします。",
        ),
        text(
            "explanation",
            "The process asked for more than {limit} and the kernel ended it with SIGKILL, exit code 137. {pods} {pods|Pod|Pods}, {restarts} {restarts|restart|restarts}.",
            "プロセスが {limit} を超えるメモリーを要求したため、カーネルが SIGKILL で終了させました（終了コード 137）。Pod {pods} 個、再起動 {restarts} 回です。",
        ),
        text(
            "fix.limit",
            "Raise the memory limit of container {container} above what it needs at its peak, and the request with it.",
            "コンテナ {container} のメモリー上限（limits）をピーク時の使用量より大きくし、requests も合わせて増やします。",
        ),
        text(
            "fix.less",
            "Or let the application use less: smaller caches and batches, a heap limit below the container's, or fix a leak.",
            "または、キャッシュやバッチを小さくする、ヒープ上限をコンテナの上限より小さくする、メモリーリークを修正するなどして使用量を減らします。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot) {
        if &*crash.end.1.reason != "OOMKilled" {
            continue;
        }
        let container = crash.container;
        let finding = Finding::on_container(snapshot, pod, container)
            .arg("restarts", crash.status.restarts)
            .proof(proof::ended(pod, crash.status, crash.end, "reason"))
            .since(crash.since(pod, snapshot));
        let own = container.limits.get("memory");
        let of_pod = pod.spec.limits.get("memory");
        // The lower of the two is reached first.
        let own = own.filter(|own| of_pod.is_none_or(|of_pod| own.milli() < of_pod.milli()));
        let finding = match (own, of_pod) {
            (None, Some(limit)) => finding
                .title("title.pod")
                .explanation("explanation.pod")
                .arg("limit", limit.to_string())
                .proof(proof::field(pod, "/spec/resources/limits/memory", limit))
                .fix_with("fix.pod", kubectl::edit(&snapshot.top_of(pod).object_ref()))
                .fix("fix.less"),
            (Some(limit), _) => {
                let set = format!(
                    "{} set resources {} -c {} --limits=memory={}",
                    kubectl::prefix(Some(&pod.meta.namespace)),
                    kubectl::target(&snapshot.top_of(pod).object_ref()),
                    kubectl::word(&container.name),
                    // How much it needs is not known; twice as much shows whether it ends there.
                    amount("memory", limit.milli().saturating_mul(2)),
                );
                let path = format!("{}/resources/limits/memory", container.path());
                finding
                    .arg("limit", limit.to_string())
                    .proof(proof::field(pod, path, limit).in_container(&container.name))
                    .fix_with("fix.limit", set)
                    .fix("fix.less")
            }
            // Without a limit it is the node whose memory ran out, which is another cause.
            (None, None) => continue,
        };
        findings.add(
            finding
                .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
                .proofs(proof::restarts(pod, crash.status)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn the_limit_is_named() {
        let objects = crashing("exitCode: 137, reason: OOMKilled").replace(
            "image: ",
            "resources: {limits: {memory: 96Mi}}\n      image: ",
        );
        check(&objects)
            .finds("oom-killed", "Pod shop/web[app]")
            .tells("title")
            .with("limit", "96Mi")
            .advises("set resources pod/web -c app")
            .alone();
    }

    #[test]
    fn the_limit_may_be_the_whole_pod_s() {
        let objects = crashing("exitCode: 137, reason: OOMKilled");
        let shared = objects.replace(
            "  containers:",
            "  resources: {limits: {memory: 128Mi}}\n  containers:",
        );
        check(&shared)
            .finds("oom-killed", "Pod shop/web[app]")
            .tells("title.pod")
            .with("limit", "128Mi")
            .alone();
        let own = shared.replace(
            "image: ",
            "resources: {limits: {memory: 96Mi}}\n      image: ",
        );
        check(&own)
            .finds("oom-killed", "Pod shop/web[app]")
            .tells("title")
            .with("limit", "96Mi");
    }

    #[test]
    fn without_a_limit_the_node_ran_out() {
        check(&crashing("exitCode: 137, reason: OOMKilled")).does_not_find("oom-killed");
    }

    #[test]
    fn killed_for_another_reason() {
        check(&crashing("exitCode: 137, reason: Error")).does_not_find("oom-killed");
    }
}
