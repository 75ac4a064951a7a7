//! Symptom: a Pod on a node that reports stays in `Terminating`.
//! Cause: the network plugin or the runtime cannot take it down, a process does not end, or a
//! volume is not given back.
//! Fix: mend what holds it; deleting it by force only hides that.
//! Source: <https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination>

use podside_model::{Arg, Message, Relation, Severity};

use crate::facts::{
    Condition, Container, ContainerKind, ContainerStatus, Event, Node, Object, Pod, VolumeSource,
};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::{CONTROLLER_ACTS, DELETION};
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-stuck-terminating",
    source: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
    // That the node's network or runtime fails, and why, says more.
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title.network",
            "Pods on node {node} stay in Terminating: the network plugin does not take them down",
            "ノード {node} のネットワークプラグインが後始末に失敗し、Pod が Terminating のままになっている",
        ),
        text(
            "title.runtime",
            "Pods on node {node} stay in Terminating: the container runtime does not take them down",
            "ノード {node} のコンテナランタイムが停止に失敗し、Pod が Terminating のままになっている",
        ),
        text(
            "title",
            "A Pod of {kind} {name} stays in Terminating: container {running} still runs after its grace period",
            "{kind} {name} の Pod が Terminating のままになっている: コンテナ {running} が猶予期間後も動作している",
        ),
        text(
            "title.volume",
            "A Pod of {kind} {name} stays in Terminating: its containers have ended, and a volume is not given back",
            "{kind} {name} の Pod が Terminating のままになっている: コンテナは終了したが、ボリュームが解放されない",
        ),
        text(
            "title.ended",
            "A Pod of {kind} {name} stays in Terminating on node {node}, though its containers have ended",
            "コンテナは終了したが、{kind} {name} の Pod がノード {node} で Terminating のままになっている",
        ),
        text(
            "title.hook",
            "A Pod of {kind} {name} is ending and holds the place of the next one: container {running} has a preStop hook and up to {grace}",
            "終了中の {kind} {name} の Pod が次の Pod の場所を占めている: コンテナ {running} に preStop フックがあり、猶予は {grace}",
        ),
        text(
            "title.term",
            "A Pod of {kind} {name} is ending and holds the place of the next one: container {running} does not end on SIGTERM and has up to {grace}",
            "終了中の {kind} {name} の Pod が次の Pod の場所を占めている: コンテナ {running} が SIGTERM で終了せず、猶予は {grace}",
        ),
        text(
            "explanation.told",
            "Pod {pod} was to be gone {age} ago. The kubelet tries again and again to stop it and says: {said}. Until that succeeds the Pod keeps its name, its place and its volumes.",
            "Pod {pod} は{age}前に削除されるはずでした。kubelet は停止を繰り返し試みていますが、次のように報告しています: {said}。成功するまで Pod は名前と配置場所、ボリュームを保持します。",
        ),
        text(
            "explanation",
            "Pod {pod} was to be gone {age} ago. After the grace period the kubelet kills every process; one that even that does not end waits in the kernel, mostly for a disk or a network file system, or the runtime of node {node} hangs.",
            "Pod {pod} は{age}前に削除されるはずでした。猶予期間の後、kubelet はすべてのプロセスを強制終了します。それでも終わらないプロセスはカーネル内でディスクやネットワークファイルシステムを待っているか、ノード {node} のランタイムが停止しています。",
        ),
        text(
            "explanation.ended",
            "Pod {pod} was to be gone {age} ago. The kubelet of node {node} lets a Pod go only when its volumes are unmounted, and its sandbox and network are taken down.",
            "Pod {pod} は{age}前に削除されるはずでした。ノード {node} の kubelet は、ボリュームをアンマウントし、サンドボックスとネットワークを片付けるまで Pod を解放しません。",
        ),
        text(
            "explanation.grace",
            "Pod {pod} was asked to end {age} ago. Until its containers have ended or its grace period is over it keeps its place, and Pods that must not stand beside it wait.",
            "Pod {pod} は{age}前に終了を要求されました。コンテナが終了するか猶予期間が過ぎるまで場所を占め、同じ場所に置けない Pod は待機します。",
        ),
        text(
            "fix.network",
            "Mend the network plugin on node {node} as its words say; its own Pods on that node are where to look first. The Pods then go by themselves.",
            "報告されたエラーに従い、ノード {node} のネットワークプラグインを修復します。まず、そのノード上のプラグインの Pod を確認します。修復後、Pod は自動的に削除されます。",
        ),
        text(
            "fix.runtime",
            "See to the container runtime and the kubelet on node {node}; the Pods go by themselves once it answers.",
            "ノード {node} のコンテナランタイムと kubelet を確認します。応答が戻れば Pod は自動的に削除されます。",
        ),
        text(
            "fix.process",
            "Look on node {node} for what the process waits for: a mount that does not answer, a disk with errors. Give that back, or restart the node once its other Pods are elsewhere.",
            "ノード {node} でプロセスが待っているもの（応答しないマウント、エラーのあるディスクなど）を確認して復旧します。できなければ、他の Pod を移動してからノードを再起動します。",
        ),
        text(
            "fix.volume",
            "Look on node {node} for what keeps the volume mounted, and whether the Pod of its storage driver there works.",
            "ノード {node} でボリュームのマウントを保持しているものと、ストレージドライバーの Pod が動作しているかを確認します。",
        ),
        text(
            "fix.force",
            "Delete the Pod by force only when it is certain that nothing of it runs any more: a process that goes on then writes to the same data as its replacement, and what holds it stays broken.",
            "強制的な削除は、プロセスが一切残っていないと確認できた場合だけ行います。残っていると、置き換えの Pod と同じデータに書き込み、原因も解消しません。",
        ),
        text(
            "fix.hook",
            "Shorten the preStop hook of container {running}, or terminationGracePeriodSeconds, in the template of {kind} {name}, if the work at its end allows that.",
            "終了時の処理に支障がなければ、{kind} {name} のテンプレートでコンテナ {running} の preStop フックまたは terminationGracePeriodSeconds を短くします。",
        ),
        text(
            "fix.term",
            "Have the process of container {running} end on SIGTERM: a shell that starts it must use exec, or pass the signal on.",
            "コンテナ {running} のプロセスが SIGTERM で終了するようにします。シェルから起動している場合は exec を使うか、シグナルを転送します。",
        ),
        text(
            "proof.deleted",
            "When the Pod was to be gone",
            "Pod が削除されるはずだった時刻",
        ),
        text(
            "proof.waits",
            "A Pod that may not stand beside it waits",
            "同じ場所に置けない Pod が待機中",
        ),
    ],
};

/// Whether a Pod does not end on a node that could let it go, so that this is told of it.
pub(in crate::rules) fn is_stuck(pod: &Pod, snapshot: &Snapshot) -> bool {
    stuck_on(pod, snapshot).is_some() || ending_slowly(pod, snapshot).is_some()
}

/// The node that such a Pod is on. Of one that ended and that a finalizer holds the finalizer
/// tells.
fn stuck_on<'s>(pod: &Pod, snapshot: &'s Snapshot) -> Option<&'s Node> {
    let deleting = pod.meta.deleting?;
    let node = live_node(pod, snapshot)?;
    let held = !pod.meta.finalizers.is_empty() && running(pod).is_none();
    (!held && DELETION.has_ended(Some(deleting), snapshot)).then_some(node)
}

/// The node of a Pod, if its kubelet reports that all is well with it.
fn live_node<'s>(pod: &Pod, snapshot: &'s Snapshot) -> Option<&'s Node> {
    let node = snapshot.nodes.get("", &pod.node)?;
    node.is_ready().then_some(node)
}

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(deleting) = pod.meta.deleting else {
        return;
    };
    if let Some(node) = stuck_on(pod, snapshot) {
        let waiting = waiting_for(pod, snapshot);
        let finding = stuck(pod, node, snapshot)
            .arg("age", Arg::Seconds(snapshot.age(deleting)))
            .proof(
                proof::field(pod, "/metadata/deletionTimestamp", deleting).saying("proof.deleted"),
            )
            .since(Some(deleting))
            .fix_with("fix.force", by_force(pod));
        findings.add(with_waiting(finding, &waiting, snapshot));
    } else if let Some(finding) = ending_slowly(pod, snapshot) {
        findings.add(finding);
    }
}

/// What holds a Pod whose time is over.
fn stuck(pod: &Pod, node: &Node, snapshot: &Snapshot) -> Finding {
    let name_it = |finding: Finding| {
        finding
            .arg("pod", &*pod.meta.name)
            .arg("node", &*node.meta.name)
    };
    if let Some(event) = snapshot.events_of(pod).find(|event| is_killing(event)) {
        let said = event.said();
        let is_network = ["network", "cni", "CNI"]
            .iter()
            .any(|word| said.contains(word));
        let (title, fix) = if is_network {
            ("title.network", "fix.network")
        } else {
            ("title.runtime", "fix.runtime")
        };
        let finding = Finding::on(node)
            .relation(Relation::Runs)
            .breaks(pod)
            .title(title)
            .explanation("explanation.told")
            .arg("said", crate::log_reading::brief(said))
            .proof(proof::event(event));
        return name_it(finding).fix_with(fix, on_node(&node.meta.name));
    }
    let finding = name_it(Finding::on_pod(snapshot, pod));
    if let Some((container, status)) = running(pod) {
        return finding
            .shows_in(container)
            .arg("running", &*container.name)
            .proofs(since(pod, status))
            .fix_with("fix.process", kubectl::describe(&node.object_ref()));
    }
    let finding = finding.explanation("explanation.ended");
    let unmounting = snapshot.events_of(pod).find(|event| is_unmounting(event));
    if unmounting.is_some() || has_outside_volume(pod) {
        let finding = finding
            .title("title.volume")
            .proofs(unmounting.map(proof::event));
        // That it has one does not prove that it is what holds.
        let finding = if unmounting.is_some() {
            finding
        } else {
            finding.likely()
        };
        return finding.fix_with("fix.volume", on_node(&node.meta.name));
    }
    finding
        .likely()
        .title("title.ended")
        .fix_with("fix.runtime", kubectl::describe(&node.object_ref()))
}

/// A Pod that others wait for, and that does not end on request though its time is not over.
fn ending_slowly(pod: &Pod, snapshot: &Snapshot) -> Option<Finding> {
    let deleting = pod.meta.deleting?;
    let grace = pod.meta.grace_seconds?;
    let asked = deleting.as_second().checked_sub(grace)?;
    let asked = jiff::Timestamp::from_second(asked).ok()?;
    live_node(pod, snapshot)?;
    let (container, status) = running(pod)?;
    if !CONTROLLER_ACTS.has_ended(Some(asked), snapshot) {
        return None;
    }
    let waiting = waiting_for(pod, snapshot);
    if waiting.is_empty() {
        return None;
    }
    let hook = container.pre_stop.is_some();
    let finding = Finding::on_pod(snapshot, pod)
        .shows_in(container)
        .severity(Severity::Warning)
        .explanation("explanation.grace")
        .title(if hook { "title.hook" } else { "title.term" })
        .arg("pod", &*pod.meta.name)
        .arg("running", &*container.name)
        .arg("grace", Arg::Seconds(grace))
        .arg("age", Arg::Seconds(snapshot.age(asked)))
        .proof(proof::field(pod, "/metadata/deletionTimestamp", deleting).saying("proof.deleted"))
        .proofs(since(pod, status))
        .since(Some(asked));
    let owner = snapshot.top_of(pod).object_ref();
    let finding = if hook {
        finding.fix_with("fix.hook", kubectl::change(&owner))
    } else {
        finding.fix_with("fix.term", kubectl::change(&owner))
    };
    Some(with_waiting(finding, &waiting, snapshot))
}

/// Adds the Pods that wait for the place of this one, by their owners.
fn with_waiting(finding: Finding, waiting: &[&Pod], snapshot: &Snapshot) -> Finding {
    waiting.iter().fold(finding, |finding, other| {
        let condition = other.condition("PodScheduled");
        let owner = snapshot.top_of(*other).object_ref();
        finding
            .affects(owner, Relation::Runs, Message::new("state.waits"))
            .proofs(condition.map(|condition| {
                proof::condition(*other, condition, "message").saying("proof.waits")
            }))
    })
}

/// The Pods without a node whose own rules keep them from standing beside this one.
fn waiting_for<'s>(pod: &Pod, snapshot: &'s Snapshot) -> Vec<&'s Pod> {
    let keeps_off =
        |other: &&Pod| {
            other.is_unscheduled()
                && other
                    .condition("PodScheduled")
                    .is_some_and(Condition::is_false)
                && other.spec.placement.pod_anti_affinity.iter().any(|term| {
                    term.namespaces.is_empty() && term.selector.matches(&pod.meta.labels)
                })
        };
    snapshot
        .pods
        .in_namespace(&pod.meta.namespace)
        .filter(keeps_off)
        .collect()
}

/// The first container that runs.
fn running(pod: &Pod) -> Option<(&Container, &ContainerStatus)> {
    if pod.is_finished() {
        return None;
    }
    pod.containers()
        .filter_map(|(container, status)| Some((container, status?)))
        .find(|(container, status)| {
            container.kind != ContainerKind::Ephemeral && status.is_running()
        })
}

/// Since when a container runs.
fn since(pod: &Pod, status: &ContainerStatus) -> Option<Proof> {
    let since = status.running_since()?;
    let field = proof::field(pod, status.path("state/running/startedAt"), since);
    Some(field.in_container(&status.name))
}

/// Whether an event says that the kubelet could not stop a Pod.
fn is_killing(event: &Event) -> bool {
    &*event.reason == "FailedKillPod" || (event.warning && event.said().contains("KillPodSandbox"))
}

/// Whether an event says that a volume was not given back.
fn is_unmounting(event: &Event) -> bool {
    matches!(
        &*event.reason,
        "FailedUnMount" | "FailedUnmount" | "FailedDetachVolume"
    ) || (event.warning && event.said().contains("UnmountVolume"))
}

fn has_outside_volume(pod: &Pod) -> bool {
    pod.spec
        .volumes
        .iter()
        .any(|volume| matches!(volume.source, VolumeSource::Claim(_)))
}

fn on_node(node: &str) -> String {
    kubectl::list(
        None,
        &format!(
            "pods -A -o wide --field-selector spec.nodeName={}",
            kubectl::word(node)
        ),
    )
}

fn by_force(pod: &Pod) -> String {
    format!(
        "{} delete pod {} --force --grace-period=0",
        kubectl::prefix(Some(&pod.meta.namespace)),
        kubectl::word(&pod.meta.name)
    )
}

#[cfg(test)]
#[path = "pod_stuck_terminating_tests.rs"]
mod tests;
