//! Symptom: a Pod has a node and stays in `ContainerCreating`; events tell of
//! `FailedCreatePodSandBox` or `NetworkNotReady`.
//! Cause: the container runtime of the node cannot make the Pod's sandbox: the network
//! plugin is missing or fails, or the runtime class is not installed there.
//! Fix: mend the network plugin of the node, or install the runtime.
//! Source: <https://kubernetes.io/docs/tasks/administer-cluster/migrating-from-dockershim/troubleshooting-cni-plugin-related-errors/>

use podside_model::Relation;

use super::state::severity;
use crate::facts::{Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::last_tries::last_tries;
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-sandbox-failing",
    source: "https://kubernetes.io/docs/tasks/administer-cluster/migrating-from-dockershim/troubleshooting-cni-plugin-related-errors/",
    rank: Rank::Root,
    runs: on_refusals!(refused, Run::Pod(run)),
    texts: &[
        text(
            "title",
            "Node {name} cannot set up the network of Pods: {error}",
            "ノード {name} が Pod のネットワークを設定できない: {error}",
        ),
        text(
            "title.other",
            "Node {name} cannot make the sandbox of Pods: {error}",
            "ノード {name} が Pod の sandbox を作成できない: {error}",
        ),
        text(
            "title.class",
            "Runtime class {class}, which {kind} {name} asks for, is not installed on node {node}",
            "{kind} {name} が指定する RuntimeClass {class} がノード {node} に導入されていない",
        ),
        text(
            "title.no-class",
            "Runtime class {class}, which {kind} {name} asks for, does not exist, so none of its Pods is created",
            "{kind} {name} が指定する RuntimeClass {class} が存在しないため、Pod が作成されない",
        ),
        text(
            "explanation.no-class",
            "The API server refuses every Pod whose runtimeClassName names no RuntimeClass. {kind} {name} has {have} of {wanted} {created}. The cluster has: {classes}.",
            "API サーバーは、runtimeClassName が存在しない RuntimeClass を指定する Pod をすべて拒否します。{kind} {name} の {created} は {wanted} 個中 {have} 個です。クラスターにある RuntimeClass: {classes}。",
        ),
        text(
            "explanation.no-class-at-all",
            "The API server refuses every Pod whose runtimeClassName names no RuntimeClass, and the cluster has none at all. {kind} {name} has {have} of {wanted} {created}.",
            "API サーバーは、runtimeClassName が存在しない RuntimeClass を指定する Pod をすべて拒否します。クラスターに RuntimeClass はありません。{kind} {name} の {created} は {wanted} 個中 {have} 個です。",
        ),
        text(
            "fix.no-class",
            "Create RuntimeClass {class} for a runtime that the nodes have, or correct or remove runtimeClassName in {kind} {name}.",
            "ノードにあるランタイムの RuntimeClass {class} を作成するか、{kind} {name} の runtimeClassName を修正または削除します。",
        ),
        text(
            "explanation",
            "Before its containers a Pod gets a sandbox with a network of its own, which the network plugin (CNI) of the node sets up. It fails, so no container starts. {pods} {pods|Pod waits|Pods wait} on this node.",
            "Pod には、コンテナより先に専用のネットワークを持つ sandbox が作られます。ネットワークの設定はノードのネットワークプラグイン（CNI）が行いますが、失敗しているためコンテナが起動しません。このノードで {pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.other",
            "Before its containers a Pod gets a sandbox, which the container runtime of the node makes. It fails, so no container starts. {pods} {pods|Pod waits|Pods wait} on this node.",
            "Pod には、コンテナより先に sandbox が作られます。ノードのコンテナランタイムが作成に失敗しているため、コンテナが起動しません。このノードで {pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.class",
            "The handler that the RuntimeClass names must be configured in the container runtime of every node where such Pods run. {pods} {pods|Pod waits|Pods wait}.",
            "RuntimeClass が指定するハンドラーは、その Pod が動作するすべてのノードのコンテナランタイムに設定されている必要があります。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.plugin",
            "Fix the network plugin on node {name}: its binary in /opt/cni/bin, its configuration in /etc/cni/net.d, and the Pods of its DaemonSet.",
            "ノード {name} のネットワークプラグインを修復します（/opt/cni/bin のバイナリー、/etc/cni/net.d の設定、DaemonSet の Pod）。",
        ),
        text(
            "fix.runtime",
            "See the log of the container runtime on node {name}.",
            "ノード {name} のコンテナランタイムのログを確認します。",
        ),
        text(
            "fix.class",
            "Configure the runtime on the node, or remove runtimeClassName from {kind} {name}.",
            "ノードにランタイムを設定するか、{kind} {name} から runtimeClassName を削除します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if !awaits_sandbox(pod) {
        return;
    }
    let failure = last_tries(pod, snapshot).find(|e| {
        matches!(
            &*e.reason,
            "FailedCreatePodSandBox" | "NetworkNotReady" | "FailedPodSandBoxStatus"
        )
    });
    let Some(event) = failure else { return };
    let class = &*pod.spec.placement.runtime_class;
    let no_handler = [
        "no runtime for",
        "failed to find runtime handler",
        "unknown runtime",
    ];
    let of_class =
        !class.is_empty() && no_handler.iter().any(|words| event.message.contains(words));
    if of_class {
        findings.add(
            Finding::on_pod(snapshot, pod)
                .title("title.class")
                .explanation("explanation.class")
                .arg("class", class)
                .arg("node", &*pod.node)
                .proof(proof::field(pod, "/spec/runtimeClassName", class))
                .proof(proof::event(event))
                .fix_with("fix.class", "kubectl get runtimeclasses")
                .since(event.first),
        );
        return;
    }
    let message = event.message.to_lowercase();
    let network = ["network", "cni", "ip address"]
        .iter()
        .any(|word| message.contains(word));
    let node = snapshot.nodes.get("", &pod.node);
    let finding = match node {
        Some(node) => Finding::on(node).breaks(pod),
        // Without the right to read nodes the name is all that is known of it.
        None => Finding::on_ref(podside_model::ObjectRef::cluster("Node", &*pod.node)).breaks(pod),
    }
    .relation(Relation::Runs)
    .severity(severity(pod, snapshot))
    .arg("error", error(&event.message))
    .proof(proof::event(event))
    .since(event.first);
    findings.add(if network {
        finding.fix_with("fix.plugin", kubectl::describe(&pod.object_ref()))
    } else {
        finding
            .title("title.other")
            .explanation("explanation.other")
            .fix_with("fix.runtime", kubectl::describe(&pod.object_ref()))
    });
}

/// Whether a Pod has a node and waits there for its sandbox.
pub(super) fn awaits_sandbox(pod: &Pod) -> bool {
    let started = pod.statuses.iter().any(|s| s.waiting().is_none());
    let has_one = || {
        pod.condition("PodReadyToStartContainers")
            .is_some_and(crate::facts::Condition::is_true)
    };
    !pod.node.is_empty() && !pod.is_terminating() && !pod.is_finished() && !started && !has_one()
}

/// The API server refuses Pods of a RuntimeClass that does not exist.
fn refused(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::RuntimeClassMissing { name } = refusal.reason else {
        return;
    };
    let classes: Vec<String> = snapshot
        .runtime_classes
        .iter()
        .map(|class| class.meta.name.to_string())
        .collect();
    let finding = refusal
        .finding(snapshot)
        .title("title.no-class")
        .arg("class", name)
        .fix_with(
            "fix.no-class",
            kubectl::set_in_template(
                &refusal.top.object_ref(),
                &serde_json::json!({"runtimeClassName": null}),
            ),
        );
    findings.add(if classes.is_empty() {
        finding.explanation("explanation.no-class-at-all")
    } else {
        finding
            .explanation("explanation.no-class")
            .arg("classes", classes)
    });
}

/// The deciding words of the runtime, without the sandbox's id, which differs each time.
pub(in crate::rules) fn error(message: &str) -> String {
    const LONGEST: usize = 140;
    let told = message
        .rsplit_once(" desc = ")
        .map_or(message, |(_, told)| told);
    // Before the plugin's own words stand the sandbox's id, the Pod's name and, where a
    // plugin calls another, the path of the calls.
    let told = told
        .find("plugin type=")
        .and_then(|at| told.get(at..))
        .or_else(|| {
            let (_, rest) = told.split_once("for sandbox \"")?;
            rest.split_once("\": ").map(|(_, rest)| rest)
        })
        .or_else(|| told.split_once("\" network: ").map(|(_, rest)| rest))
        .unwrap_or(told);
    let told = told.split_once(" message:").map_or(told, |(_, rest)| rest);
    told.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(LONGEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(reason: &str, message: &str, class: &str) -> String {
        format!(
            "
apiVersion: v1
kind: Node
metadata: {{name: n4}}
---
apiVersion: v1
kind: Pod
metadata: {{name: a, namespace: web, uid: p}}
spec: {{nodeName: n4, {class} containers: [{{name: c}}]}}
status: {{phase: Pending, containerStatuses: [{{name: c, state: {{waiting: {{reason: ContainerCreating}}}}}}]}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: web}}
involvedObject: {{kind: Pod, namespace: web, name: a, uid: p}}
reason: {reason}
type: Warning
lastTimestamp: '2026-01-01T11:59:00Z'
message: '{message}'
"
        )
    }

    #[test]
    fn a_plugin_that_fails() {
        check(&objects("FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"0a1b\": plugin type=\"calico\" failed (add): no podCIDR", ""))
            .finds("pod-sandbox-failing", "Node n4")
            .tells("title").with("error", "plugin type=\"calico\" failed (add): no podCIDR")
            .affects("Pod web/a")
            .alone();
    }

    #[test]
    fn the_words_of_plugins_under_other_runtimes_are_the_same_for_every_pod() {
        for (message, told) in [
            (
                "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create pod network sandbox k8s_a_web_p_0(0a1b): error adding pod web_a to CNI network \"crio\": plugin type=\"flannel\" failed (add): open /run/flannel/subnet.env: no such file or directory",
                "plugin type=\"flannel\" failed (add): open /run/flannel/subnet.env: no such file or directory",
            ),
            (
                "Failed to create pod sandbox: rpc error: code = Unknown desc = [failed to set up sandbox container \"0a1b\" network for pod \"a\": networkPlugin cni failed to set up pod \"a_web\" network: no podCidr for node n4]",
                "no podCidr for node n4]",
            ),
            (
                "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"0a1b\": plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: Error received from AddNetwork gRPC call",
                "plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: Error received from AddNetwork gRPC call",
            ),
        ] {
            check(&objects("FailedCreatePodSandBox", message, ""))
                .finds("pod-sandbox-failing", "Node n4")
                .tells("title")
                .with("error", told);
        }
    }

    #[test]
    fn a_runtime_class_that_does_not_exist() {
        let refused = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: vm, namespace: web, uid: s}
spec: {replicas: 1, template: {spec: {runtimeClassName: kata, containers: [{name: c}]}}}
status: {replicas: 0}
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: web}
involvedObject: {kind: StatefulSet, namespace: web, name: vm, uid: s}
reason: FailedCreate
type: Warning
message: 'create Pod vm-0 in StatefulSet vm failed error: pods \"vm-0\" is forbidden: pod rejected: RuntimeClass \"kata\" not found'
lastTimestamp: '2026-01-01T11:59:00Z'
";
        check(refused)
            .finds("pod-sandbox-failing", "StatefulSet web/vm")
            .tells("title.no-class")
            .with("class", "kata")
            .tells("title.no-class")
            .alone();
    }

    #[test]
    fn a_runtime_class_that_the_node_does_not_have() {
        check(&objects("FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for \"kata\" is configured", "runtimeClassName: kata,"))
            .finds("pod-sandbox-failing", "Pod web/a")
            .tells("title.class").with("class", "kata");
    }

    #[test]
    fn another_failure_of_the_runtime() {
        check(&objects("FailedCreatePodSandBox", "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to pull image \"pause:3\"", ""))
            .finds("pod-sandbox-failing", "Node n4")
            .tells("title.other");
    }

    #[test]
    fn a_pod_whose_containers_run_has_its_sandbox() {
        let running = objects("FailedCreatePodSandBox", "x", "")
            .replace("waiting: {reason: ContainerCreating}", "running: {}");
        check(&running).finds_nothing();
    }
}
