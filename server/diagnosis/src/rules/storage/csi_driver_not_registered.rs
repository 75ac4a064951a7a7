//! Symptom: a Pod has a node and stays in `ContainerCreating`; events tell that a driver is
//! "not found in the list of registered CSI drivers".
//! Cause: the volume's CSI driver has not registered with the kubelet of that node: its Pod
//! does not run there, or registers in another directory than the kubelet's.
//! Fix: have the driver's node plugin run there, with the kubelet's directory.
//! Source: <https://kubernetes.io/docs/concepts/storage/volumes/#csi>

use crate::facts::{Container, DaemonSet, EnvValue, Event, Object, Pod, VolumeSource};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::CONTAINERS_CREATED;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::last_tries::last_tries;
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

use super::volume_mount_failed::has_started;

pub(super) const RULE: Rule = Rule {
    cause: "csi-driver-not-registered",
    source: "https://kubernetes.io/docs/concepts/storage/volumes/#csi",
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Volume {volume} of {kind} {name} needs CSI driver {driver}, which is not registered on the Pod's node",
            "{kind} {name} のボリューム {volume} に必要な CSI ドライバー {driver} が Pod のノードに登録されていない",
        ),
        text(
            "explanation",
            "A volume of a CSI driver is mounted by the driver's node plugin, which registers itself with the kubelet of each node. Node {node} does not know {driver}, and no DaemonSet of this cluster mentions it: probably the driver is not installed. {pods} {pods|Pod waits|Pods wait}.",
            "CSI ドライバーのボリュームは、各ノードの kubelet に自身を登録するノードプラグインがマウントします。ノード {node} に {driver} の登録がなく、このドライバーに言及する DaemonSet もないため、導入されていないと考えられます。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.absent",
            "A volume of a CSI driver is mounted by the driver's node plugin, which registers itself with the kubelet of each node. That of {driver} is DaemonSet {plugin} in namespace {of}, which has no Pod on node {node}. {pods} {pods|Pod waits|Pods wait}.",
            "CSI ドライバーのボリュームは、各ノードの kubelet に自身を登録するノードプラグインがマウントします。{driver} のノードプラグインは Namespace {of} の DaemonSet {plugin} ですが、ノード {node} にその Pod がありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.failing",
            "A volume of a CSI driver is mounted by the driver's node plugin, which registers itself with the kubelet of each node. That of {driver} is DaemonSet {plugin} in namespace {of}, whose Pod on node {node} is not ready. {pods} {pods|Pod waits|Pods wait}.",
            "CSI ドライバーのボリュームは、各ノードの kubelet に自身を登録するノードプラグインがマウントします。{driver} のノードプラグインは Namespace {of} の DaemonSet {plugin} ですが、ノード {node} の Pod が Ready ではありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.elsewhere",
            "The node plugin of {driver}, DaemonSet {plugin} in namespace {of}, runs on node {node} and is ready, but the kubelet there does not know the driver. Usually it registers in another directory than the kubelet's own (--root-dir, /var/lib/kubelet unless changed; MicroK8s, k0s and others have another). {pods} {pods|Pod waits|Pods wait}.",
            "{driver} のノードプラグイン（Namespace {of} の DaemonSet {plugin}）はノード {node} で Ready ですが、kubelet にドライバーが登録されていません。多くの場合、登録先が kubelet のディレクトリー（--root-dir。既定は /var/lib/kubelet で、MicroK8s や k0s などでは異なります）と一致していません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.install",
            "Install the driver {driver}, or use a StorageClass of a driver that the nodes have.",
            "ドライバー {driver} を導入するか、ノードにあるドライバーの StorageClass を使用します。",
        ),
        text(
            "fix.place",
            "Have DaemonSet {plugin} run on node {node} too: its nodeSelector, affinity and tolerations decide where it does. Or keep the Pods that need the volume to nodes that have it.",
            "DaemonSet {plugin} をノード {node} でも実行します（nodeSelector、affinity、toleration で決まります）。または、このボリュームを使う Pod を、プラグインのあるノードに配置します。",
        ),
        text(
            "fix.plugin",
            "Fix the Pod of DaemonSet {plugin} on node {node}; the waiting Pods then start by themselves.",
            "ノード {node} の DaemonSet {plugin} の Pod を修復します。待機中の Pod は自動的に起動します。",
        ),
        text(
            "fix.directory",
            "Compare the kubelet's directory on node {node} with the hostPaths and with --kubelet-registration-path in DaemonSet {plugin}, and set the kubelet's there (Helm charts usually call it kubeletDir or kubeletPath). Then see what the registrar of that Pod logs.",
            "ノード {node} の kubelet のディレクトリーを、DaemonSet {plugin} の hostPath および --kubelet-registration-path と比べ、kubelet のものに合わせます（Helm chart では多くの場合 kubeletDir または kubeletPath）。その後、Pod の registrar のログを確認します。",
        ),
        text(
            "proof.path",
            "Where DaemonSet {plugin} registers the driver",
            "DaemonSet {plugin} がドライバーを登録する場所",
        ),
        text(
            "proof.drivers",
            "The drivers that are registered on node {node}",
            "ノード {node} に登録されているドライバー",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.node.is_empty() || pod.is_terminating() || pod.is_finished() || has_started(pod) {
        return;
    }
    for volume in &pod.spec.volumes {
        let driver = match &volume.source {
            VolumeSource::Csi(driver) => driver.clone(),
            VolumeSource::Claim(claim) => match of_claim(pod, claim, snapshot) {
                Some(driver) => driver,
                None => continue,
            },
            _ => continue,
        };
        let said = last_tries(pod, snapshot).find(|event| says_unregistered(event, &driver));
        let known = match snapshot.csi_nodes.find("", &pod.node) {
            Lookup::Found(node) => {
                if node.drivers.iter().any(|d| d.name == driver) {
                    continue;
                }
                let names: Vec<&str> = node.drivers.iter().map(|d| &*d.name).collect();
                let shown = proof::command(
                    node.object_ref(),
                    kubectl::get(&node.object_ref()) + " -o jsonpath='{.spec.drivers[*].name}'",
                    names.join(" "),
                );
                Some(shown.saying("proof.drivers"))
            }
            Lookup::Missing | Lookup::Unknown(_) => None,
        };
        // Where nobody says so yet, the kubelet may be about to.
        let waited = CONTAINERS_CREATED.has_ended(pod.started.or(pod.meta.created), snapshot);
        if said.is_none() && !(known.is_some() && waited) {
            continue;
        }
        let finding = Finding::on_pod(snapshot, pod)
            .arg("volume", &*volume.name)
            .arg("driver", &*driver)
            .arg("node", &*pod.node)
            .proofs(said.map(proof::event))
            .proofs(known)
            .since(said.and_then(|event| event.first).or(pod.started));
        findings.add(with_plugin(finding, pod, &driver, snapshot));
    }
}

/// The driver of the volume to which a claim of a Pod is bound.
fn of_claim(pod: &Pod, claim: &str, snapshot: &Snapshot) -> Option<crate::facts::Str> {
    let claim = snapshot.claims.get(&pod.meta.namespace, claim)?;
    let volume = snapshot.volumes.get("", &claim.volume)?;
    (!volume.csi_driver.is_empty()).then(|| volume.csi_driver.clone())
}

/// Whether the kubelet or the attach controller says that a driver is not registered, in the
/// words of 1.27 to 1.36.
fn says_unregistered(event: &Event, driver: &str) -> bool {
    let message = event.said();
    message.contains(driver)
        && [
            "not found in the list of registered CSI drivers",
            "does not contain driver",
        ]
        .iter()
        .any(|words| message.contains(words))
}

/// What becomes of the driver's node plugin on the node of a Pod.
fn with_plugin(finding: Finding, pod: &Pod, driver: &str, snapshot: &Snapshot) -> Finding {
    let Some(plugin) = plugin(driver, snapshot) else {
        return finding.fix_with("fix.install", "kubectl get csidrivers");
    };
    let top = snapshot.top_of(plugin);
    let mut there = snapshot
        .pods_on_node(&pod.node)
        .filter(|other| snapshot.top_of(*other) == top && !other.is_terminating());
    let finding = finding
        .arg("plugin", &*plugin.meta.name)
        .arg("of", &*plugin.meta.namespace)
        .proofs(registration(plugin));
    let there = there.next();
    match there {
        None => finding
            .explanation("explanation.absent")
            .fix_with("fix.place", kubectl::edit(&plugin.object_ref())),
        Some(other) if !other.is_ready() => finding
            .explanation("explanation.failing")
            .proofs(
                other
                    .condition("Ready")
                    .map(|ready| proof::condition(other, ready, "status")),
            )
            .fix_with("fix.plugin", kubectl::describe(&other.object_ref())),
        Some(_) => finding
            .explanation("explanation.elsewhere")
            .fix_with("fix.directory", kubectl::edit(&plugin.object_ref())),
    }
}

/// The DaemonSet that registers a driver: one of its containers is told the driver's name, as
/// in the path of its socket, or mounts the directory of that name.
fn plugin<'a>(driver: &str, snapshot: &'a Snapshot) -> Option<&'a DaemonSet> {
    let names = |container: &Container| {
        let words = container.command.iter().chain(&container.args);
        let values = container.env.iter().filter_map(|var| match &var.value {
            EnvValue::Plain(value) => Some(value),
            _ => None,
        });
        words.chain(values).any(|word| word.contains(driver))
    };
    let mounts = |volume: &crate::facts::Volume| match &volume.source {
        VolumeSource::HostPath { path, .. } => path.contains(driver),
        _ => false,
    };
    snapshot.daemon_sets.iter().find(|set| {
        let spec = &set.template.spec;
        spec.containers.iter().any(names) || spec.volumes.iter().any(mounts)
    })
}

/// Where a DaemonSet's registrar tells the kubelet to find the driver.
fn registration(plugin: &DaemonSet) -> Option<proof::Proof> {
    plugin
        .template
        .spec
        .containers
        .iter()
        .find_map(|container| {
            let (index, path) = container
                .args
                .iter()
                .enumerate()
                .find(|(_, arg)| arg.contains("kubelet-registration-path="))?;
            let pointer = format!("/spec/template{}/args/{index}", container.path());
            Some(proof::field(plugin, pointer, path).saying("proof.path"))
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const WAITING: &str = "
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: ops, uid: p, creationTimestamp: '2026-01-01T11:50:00Z'}
spec: {nodeName: n1, containers: [{name: c, image: x}], volumes: [{name: data, persistentVolumeClaim: {claimName: d}}]}
status:
  phase: Pending
  startTime: '2026-01-01T11:50:00Z'
  containerStatuses: [{name: c, state: {waiting: {reason: ContainerCreating}}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: d, namespace: ops}
spec: {volumeName: pvc-1}
status: {phase: Bound}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-1}
spec: {csi: {driver: disk.example.com, volumeHandle: h}, claimRef: {namespace: ops, name: d}}
status: {phase: Bound}
";

    const EVENT: &str = "---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: ops}
involvedObject: {kind: Pod, namespace: ops, name: a, uid: p}
reason: FailedMount
type: Warning
lastTimestamp: '2026-01-01T11:59:00Z'
message: 'MountVolume.MountDevice failed for volume \"pvc-1\" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name disk.example.com not found in the list of registered CSI drivers'
";

    fn node(driver: &str) -> String {
        format!(
            "---
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {{name: n1}}
spec: {{drivers: [{{name: {driver}, nodeID: n1}}]}}
"
        )
    }

    fn plugin(ready: &str) -> String {
        format!(
            "---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: disk-node, namespace: kube-system, uid: s}}
spec: {{selector: {{matchLabels: {{app: disk}}}}, template: {{metadata: {{labels: {{app: disk}}}}, spec: {{containers: [{{name: registrar, image: r, args: ['--csi-address=/csi/csi.sock', '--kubelet-registration-path=/var/lib/kubelet/plugins/disk.example.com/csi.sock']}}]}}}}}}
status: {{desiredNumberScheduled: 1, currentNumberScheduled: 1, numberReady: 1}}
---
apiVersion: v1
kind: Pod
metadata: {{name: disk-node-x, namespace: kube-system, uid: q, labels: {{app: disk}}, ownerReferences: [{{apiVersion: apps/v1, kind: DaemonSet, name: disk-node, uid: s, controller: true}}]}}
spec: {{nodeName: n1, containers: [{{name: registrar, image: r}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: '{ready}'}}]}}
"
        )
    }

    #[test]
    fn the_plugin_runs_and_registers_elsewhere() {
        let objects = [WAITING, EVENT, &node("other.example.com"), &plugin("True")].concat();
        check(&objects)
            .finds("csi-driver-not-registered", "Pod ops/a")
            .tells("title")
            .with("driver", "disk.example.com")
            .tells("explanation.elsewhere")
            .with("plugin", "disk-node")
            .proves("/var/lib/kubelet/plugins/disk.example.com/csi.sock")
            .alone();
    }

    #[test]
    fn the_state_tells_it_without_an_event() {
        let objects = [WAITING, &node("other.example.com")].concat();
        check(&objects)
            .finds("csi-driver-not-registered", "Pod ops/a")
            .tells("explanation")
            .offers("fix.install");
        // The kubelet needs some time to mount what is there.
        check(&objects)
            .at("2026-01-01T11:51:00Z")
            .does_not_find("csi-driver-not-registered");
    }

    #[test]
    fn a_plugin_that_is_not_ready_is_named() {
        let objects = [WAITING, EVENT, &node("other.example.com"), &plugin("False")].concat();
        check(&objects)
            .finds("csi-driver-not-registered", "Pod ops/a")
            .tells("explanation.failing")
            .with("of", "kube-system");
    }

    #[test]
    fn a_driver_that_is_registered_fails_for_another_reason() {
        let event = EVENT.replace(
            "kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name disk.example.com not found in the list of registered CSI drivers",
            "rpc error: code = Internal desc = no such device",
        );
        let objects = [WAITING, &event, &node("disk.example.com"), &plugin("True")].concat();
        check(&objects)
            .does_not_find("csi-driver-not-registered")
            .finds("volume-mount-failed", "Pod ops/a");
    }

    #[test]
    fn a_pod_that_runs_has_its_volume() {
        let running = WAITING.replace("waiting: {reason: ContainerCreating}", "running: {}");
        check(&(running + &node("other.example.com"))).finds_nothing();
    }
}
