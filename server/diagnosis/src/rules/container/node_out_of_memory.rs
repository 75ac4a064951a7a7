//! Symptom: a container is restarted with exit code 137, far below its own memory limit or
//! without one.
//! Cause: the kernel killed the process because the node had no memory left.
//! Fix: a memory request near the real use; fewer or smaller Pods on the node, or more memory.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior>

use jiff::Timestamp;

use super::crash::{Crash, crashes};
use crate::facts::{Container, Event, Kind, Node, Pod, Quantity};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "node-out-of-memory",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-out-of-memory-behavior",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} is killed because node {node} ran out of memory",
            "{name} のコンテナ {container} が、ノード {node} のメモリー不足により強制終了される",
        ),
        text(
            "title.likely",
            "Container {container} of {name} is killed from outside, probably because node {node} ran out of memory",
            "{name} のコンテナ {container} が外から強制終了される: ノード {node} のメモリー不足の可能性が高い",
        ),
        text(
            "explanation",
            "The container has no memory limit of its own; the kernel needed memory on node {node} and ended the process with SIGKILL, exit code 137.",
            "このコンテナにはメモリー上限がありません。ノード {node} でメモリーが不足し、カーネルが SIGKILL でプロセスを終了させました（終了コード 137）。",
        ),
        text(
            "explanation.event",
            "The kubelet of node {node} reports that the node as a whole ran out of memory when the container ended with SIGKILL, exit code 137. The kernel kills those first that use most above what they request.",
            "コンテナが SIGKILL（終了コード 137）で終了したとき、ノード {node} の kubelet がノード全体のメモリー不足を報告しています。カーネルは、要求を超えて多く使うプロセスから終了させます。",
        ),
        text(
            "explanation.likely",
            "Exit code 137 is SIGKILL, and Kubernetes did not send it: no probe of the container could have it killed, it was not evicted, and at its own limit ({limit}) the reason would be OOMKilled. That leaves the kernel of node {node}, which kills those first that use most above what they request ({request}).",
            "終了コード 137 は SIGKILL ですが、Kubernetes が送ったものではありません。終了させる probe も退避もなく、自身の上限（{limit}）に達した場合は OOMKilled になります。残るのはノード {node} のカーネルで、要求（{request}）を超えて多く使うプロセスから終了させます。",
        ),
        text(
            "fix.request",
            "Raise the memory request of container {container} to what it really uses, so that it is placed on a node with room and is not the first to be killed.",
            "コンテナ {container} のメモリー requests を実際の使用量まで増やします。空きのあるノードに配置され、最初に終了させられることもなくなります。",
        ),
        text(
            "fix.node",
            "See what uses the memory of node {node}, and give what uses most above its request a limit, move it away, or add memory.",
            "ノード {node} のメモリーを何が使っているか確認し、requests を大きく超えて使うものに上限を設定するか、別のノードへ移すか、メモリーを増やします。",
        ),
        text(
            "fix.kernel",
            "The kernel's log on the node says whom it killed and why:",
            "ノードのカーネルログに、終了させたプロセスと理由が記録されています:",
        ),
        text(
            "proof.request",
            "The memory that the container requests",
            "コンテナが要求するメモリー",
        ),
        text(
            "proof.limit",
            "The container's own memory limit",
            "コンテナ自身のメモリー上限",
        ),
    ],
};

/// SIGKILL: what the kernel sends, and no process can ignore.
const KILLED: i64 = 137;

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for crash in crashes(pod, snapshot) {
        let reason = &*crash.end.1.reason;
        let is_killed = reason == "OOMKilled"
            || (crash.end.1.exit_code == KILLED && reason != "ContainerStatusUnknown");
        if !is_killed {
            continue;
        }
        let limited = has_limit(pod, crash.container);
        let node = snapshot.nodes.get("", &pod.node);
        let event = node.and_then(|node| system_oom(node, &crash, snapshot));
        let finding = match event {
            Some(event) => base(pod, &crash, snapshot)
                .proof(proof::event(event))
                .explanation("explanation.event"),
            None if reason == "OOMKilled" && !limited => base(pod, &crash, snapshot),
            None if reason == "Error" && is_from_outside(pod, &crash, snapshot, findings) => {
                likely(pod, &crash, snapshot)
            }
            None => continue,
        };
        findings.add(finding);
    }
}

fn base(pod: &Pod, crash: &Crash<'_>, snapshot: &Snapshot) -> Finding {
    let container = crash.container;
    let set = format!(
        "{} set resources {} -c {} --requests=memory=NEW",
        kubectl::prefix(Some(&pod.meta.namespace)),
        kubectl::target(&snapshot.top_of(pod).object_ref()),
        kubectl::word(&container.name)
    );
    let look = kubectl::describe(&proof::object(Kind::Node, "", &pod.node));
    let request = container.requests.get("memory");
    Finding::on_container(snapshot, pod, container)
        .arg("node", &*pod.node)
        .proof(proof::ended(pod, crash.status, crash.end, "reason"))
        .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
        .proofs(request.map(|request| {
            let path = format!("{}/resources/requests/memory", container.path());
            proof::field(pod, path, request)
                .in_container(&container.name)
                .saying("proof.request")
        }))
        .proofs(proof::restarts(pod, crash.status))
        .fix_with("fix.request", set)
        .fix_with("fix.node", look)
        .since(crash.since(pod, snapshot))
}

fn likely(pod: &Pod, crash: &Crash<'_>, snapshot: &Snapshot) -> Finding {
    let container = crash.container;
    let shown = |of: Option<&Quantity>| of.map_or("-".to_owned(), ToString::to_string);
    let limit = container.limits.get("memory");
    base(pod, crash, snapshot)
        .likely()
        .title("title.likely")
        .explanation("explanation.likely")
        .arg("limit", shown(limit))
        .arg("request", shown(container.requests.get("memory")))
        .proofs(limit.map(|limit| {
            let path = format!("{}/resources/limits/memory", container.path());
            proof::field(pod, path, limit)
                .in_container(&container.name)
                .saying("proof.limit")
        }))
        .fix_with(
            "fix.kernel",
            format!(
                "kubectl debug node/{} -it --image=busybox -- chroot /host dmesg -T",
                kubectl::word(&pod.node)
            ),
        )
}

fn has_limit(pod: &Pod, container: &Container) -> bool {
    container.limits.contains_key("memory") || pod.spec.limits.contains_key("memory")
}

/// The kubelet's event that the whole node ran out of memory when a run ended. It reports what
/// the kernel logged within seconds.
fn system_oom<'s>(node: &'s Node, crash: &Crash<'_>, snapshot: &'s Snapshot) -> Option<&'s Event> {
    const NEAR_SECONDS: i64 = 60;
    let finished = crash.end.1.finished?.as_second();
    snapshot.events_of(node).find(|event| {
        let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_second);
        let (Some(first), Some(last)) = (seconds(event.first.or(event.last)), seconds(event.last))
        else {
            return false;
        };
        &*event.reason == "SystemOOM"
            && (first - NEAR_SECONDS..=last + NEAR_SECONDS).contains(&finished)
    })
}

/// Whether nothing of Kubernetes and nothing that the process says explains its SIGKILL, again
/// and again, and the kernel would choose it: it may use more than it requests.
fn is_from_outside(
    pod: &Pod,
    crash: &Crash<'_>,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> bool {
    /// One such end may be anything, such as a node that was restarted.
    const OFTEN: u32 = 3;
    /// What ends at once ends of its own accord.
    const SHORTEST_SECONDS: i64 = 30;
    let Crash {
        container, status, ..
    } = *crash;
    let end = crash.end.1;
    let ran = end.started.zip(end.finished);
    let ran = ran.map_or(0, |(from, to)| {
        to.as_second().saturating_sub(from.as_second())
    });
    let is_probed = container.liveness.is_some() || container.startup.is_some();
    let request = container.requests.get("memory");
    let limit = container.limits.get("memory");
    let above_request = match (request, limit) {
        (Some(request), Some(limit)) => request.milli() < limit.milli(),
        _ => true,
    };
    let is_ended = |event: &Event| matches!(&*event.reason, "Killing" | "Evicted" | "Preempting");
    status.restarts >= OFTEN
        && ran >= SHORTEST_SECONDS
        && !is_probed
        && above_request
        && !snapshot.events_of(pod).any(is_ended)
        && {
            let words = findings.last_words(snapshot, pod, status);
            !words.awaited && words.reason(KILLED).is_none()
        }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    const EVENT: &str = "---
apiVersion: v1
kind: Node
metadata: {name: node-1, uid: node-1}
status: {conditions: [{type: Ready, status: 'True'}]}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: default}
involvedObject: {kind: Node, name: node-1, uid: node-1}
reason: SystemOOM
message: 'System OOM encountered, victim process: java, pid: 4711'
type: Warning
firstTimestamp: '2026-01-01T11:58:04Z'
lastTimestamp: '2026-01-01T11:58:04Z'
";

    /// A container that ran for long before it was killed, with these resources.
    fn killed(reason: &str, resources: &str) -> String {
        crashing(&format!("exitCode: 137, reason: {reason}"))
            .replace("'2026-01-01T11:58:00Z'", "'2026-01-01T11:40:00Z'")
            .replace(
                "image: ",
                &format!("resources: {{{resources}}}\n      image: "),
            )
    }

    #[test]
    fn without_a_limit_it_is_the_node_that_ran_out() {
        check(&killed("OOMKilled", ""))
            .finds("node-out-of-memory", "Pod shop/web[app]")
            .tells("title")
            .with("node", "node-1")
            .alone();
    }

    #[test]
    fn the_kubelet_says_that_the_node_ran_out() {
        let objects = killed("Error", "limits: {memory: 6Gi}, requests: {memory: 512Mi}") + EVENT;
        check(&objects)
            .finds("node-out-of-memory", "Pod shop/web[app]")
            .tells("explanation.event")
            .proves("System OOM encountered, victim process: java, pid: 4711");
    }

    #[test]
    fn what_nothing_else_explains_is_probably_the_node() {
        let objects = killed("Error", "limits: {memory: 6Gi}, requests: {memory: 512Mi}");
        check(&objects)
            .log("shop/web", "app", false, "sync finished, 1204 rows\n")
            .finds("node-out-of-memory", "Pod shop/web[app]")
            .tells("title.likely")
            .tells("explanation.likely")
            .with("limit", "6Gi")
            .with("request", "512Mi")
            .offers("fix.kernel");
    }

    #[test]
    fn a_limit_that_was_reached_is_another_cause() {
        check(&killed("OOMKilled", "limits: {memory: 96Mi}")).does_not_find("node-out-of-memory");
    }

    #[test]
    fn a_probe_a_short_run_or_an_error_explains_it_otherwise() {
        let resources = "limits: {memory: 6Gi}, requests: {memory: 512Mi}";
        let objects = killed("Error", resources);
        let probed = objects.replace(
            "image: ",
            "livenessProbe: {tcpSocket: {port: 80}}\n      image: ",
        );
        check(&probed)
            .log("shop/web", "app", false, "sync finished, 1204 rows\n")
            .does_not_find("node-out-of-memory");
        let short = objects.replace("'2026-01-01T11:40:00Z'", "'2026-01-01T11:58:00Z'");
        check(&short)
            .log("shop/web", "app", false, "sync finished, 1204 rows\n")
            .does_not_find("node-out-of-memory");
        check(&objects)
            .log("shop/web", "app", false, "ERROR: giving up\n")
            .does_not_find("node-out-of-memory");
    }
}
