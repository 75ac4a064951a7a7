use crate::testing::check;

fn objects(volume: &str, reason: &str, message: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Pod
metadata: {{name: a, namespace: ops, uid: p, creationTimestamp: '2026-01-01T11:58:00Z'}}
spec: {{nodeName: n1, containers: [{{name: c, image: x}}], volumes: [{{name: data, {volume}}}]}}
status:
  phase: Pending
  containerStatuses: [{{name: c, state: {{waiting: {{reason: ContainerCreating}}}}}}]
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: ops}}
involvedObject: {{kind: Pod, namespace: ops, name: a, uid: p}}
reason: {reason}
type: Warning
lastTimestamp: '2026-01-01T11:59:00Z'
message: '{message}'
"
    )
}

#[test]
fn a_disk_that_another_node_holds() {
    let claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d, namespace: ops}\nspec: {volumeName: pvc-1}\nstatus: {phase: Bound}\n";
    let objects = objects(
        "persistentVolumeClaim: {claimName: d}",
        "FailedAttachVolume",
        "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) b",
    );
    check(&(objects + claim))
        .finds("volume-held-elsewhere", "Pod ops/a")
        .tells("title");
}

#[test]
fn a_deployment_that_rolls_over_its_own_disk_is_told_to_recreate() {
    let owned = "ownerReferences: [{kind: ReplicaSet, name: a-1, uid: r, controller: true}], ";
    let waiting = objects(
        "persistentVolumeClaim: {claimName: d}",
        "FailedAttachVolume",
        "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) b",
    )
    .replace(
        "{name: a, namespace: ops, uid: p,",
        &format!("{{name: a, {owned}namespace: ops, uid: p,"),
    );
    let others = format!(
        "---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: a, namespace: ops, uid: dep}}
spec: {{replicas: 1}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: a-1, namespace: ops, uid: r, ownerReferences: [{{kind: Deployment, name: a, uid: dep, controller: true}}]}}
spec: {{replicas: 1}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: d, namespace: ops}}
spec: {{volumeName: pvc-1}}
status: {{phase: Bound}}
---
apiVersion: v1
kind: Pod
metadata: {{name: b, {owned}namespace: ops, uid: q}}
spec: {{nodeName: n2, containers: [{{name: c, image: x}}], volumes: [{{name: data, persistentVolumeClaim: {{claimName: d}}}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}
"
    );
    check(&(waiting + &others))
        .finds("volume-held-elsewhere", "Deployment ops/a")
        .tells("explanation.held")
        .with("holder", "b")
        .with("holder_node", "n2")
        .proves("n2")
        .advises("Recreate");
}

const ATTACHED: &str = "---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: d, namespace: ops}
spec: {volumeName: pvc-1, accessModes: [ReadWriteOnce]}
status: {phase: Bound}
---
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
metadata: {name: va}
spec: {attacher: disk.example, nodeName: NODE, source: {persistentVolumeName: pvc-1}}
status: {attached: true}
";

/// The waiting Pod without a word that tells why it waits.
fn silent(node: &str) -> String {
    let pod = objects("persistentVolumeClaim: {claimName: d}", "Scheduled", "s");
    pod + &ATTACHED.replace("NODE", node)
}

#[test]
fn the_attachment_tells_when_nobody_does() {
    check(&silent("n2"))
        .at("2026-01-01T12:02:00Z")
        .finds("volume-held-elsewhere", "Pod ops/a")
        .tells("title")
        .with("volume", "data")
        .proves("n2");
    check(&silent("n2")).finds_nothing();
    check(&silent("n1"))
        .at("2026-01-01T12:02:00Z")
        .does_not_find("volume-held-elsewhere");
    let shared = silent("n2").replace("[ReadWriteOnce]", "[ReadWriteMany]");
    check(&shared)
        .at("2026-01-01T12:02:00Z")
        .does_not_find("volume-held-elsewhere");
}

#[test]
fn a_volume_that_one_pod_may_have() {
    let waiting = objects(
        "persistentVolumeClaim: {claimName: d}",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"pvc-1\" : volume uses the ReadWriteOncePod access mode and is already in use by another pod",
    );
    let claim = ATTACHED
        .replace("ReadWriteOnce", "ReadWriteOncePod")
        .replace("NODE", "n1");
    let holder = "---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: ops, uid: q}
spec: {nodeName: n1, containers: [{name: c, image: x}], volumes: [{name: data, persistentVolumeClaim: {claimName: d}}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";
    check(&[&waiting, &claim, holder].concat())
        .finds("volume-held-elsewhere", "Pod ops/a")
        .tells("title.pod")
        .tells("explanation.pod")
        .with("claim", "d")
        .advises("pod b")
        .alone();
}

#[test]
fn a_mount_that_fails_otherwise_is_another_cause() {
    let other = objects(
        "persistentVolumeClaim: {claimName: d}",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"pvc-1\" : mount failed: exit status 32",
    );
    check(&(other + &ATTACHED.replace("NODE", "n1")))
        .does_not_find("volume-held-elsewhere")
        .finds("volume-mount-failed", "Pod ops/a");
}
