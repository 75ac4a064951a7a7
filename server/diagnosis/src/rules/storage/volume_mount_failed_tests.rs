use super::error;
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
fn a_path_of_the_node_that_is_something_else() {
    check(&objects(
        "hostPath: {path: /var/run/x.sock, type: Socket}",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"data\" : hostPath type check failed: /var/run/x.sock is not a socket file",
    ))
    .finds("volume-mount-failed", "Pod ops/a")
    .tells("title.host").with("path", "/var/run/x.sock").with("type", "Socket");
}

#[test]
fn a_server_that_does_not_answer() {
    check(&objects(
        "nfs: {server: files.example, path: /x}",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"data\" : mount failed: exit status 32 mount.nfs: Connection timed out",
    ))
    .finds("volume-mount-failed", "Pod ops/a")
    .tells("title").with("error", "mount failed: exit status 32 mount.nfs: Connection timed out");
}

#[test]
fn the_claim_behind_a_volume_s_name_is_named() {
    let claim = "---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: d, namespace: ops}
spec: {volumeName: pvc-1}
status: {phase: Bound}
";
    let objects = objects(
        "persistentVolumeClaim: {claimName: d}",
        "FailedMount",
        "MountVolume.MountDevice failed for volume \"pvc-1\" : rpc error: code = Internal desc = mount failed: exit status 32",
    );
    check(&(objects + claim))
        .finds("volume-mount-failed", "Pod ops/a")
        .tells("title.claim")
        .with("volume", "data")
        .with("claim", "d")
        .with("error", "mount failed: exit status 32")
        .tells("title.claim")
        .with("error", "mount failed: exit status 32");
}

#[test]
fn a_server_that_hangs_is_named_though_nothing_else_is_said() {
    let waits = |message| {
        objects(
            "nfs: {server: files.example, path: /x}",
            "FailedMount",
            message,
        )
    };
    let timed_out = "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition";
    check(&waits(timed_out))
        .at("2026-01-01T12:02:00Z")
        .finds("volume-mount-failed", "Pod ops/a")
        .tells("title.silent")
        .with("volume", "data")
        .with("source", "NFS files.example:/x")
        .is_likely();
    check(&waits(timed_out))
        .at("2026-01-01T11:59:30Z")
        .finds_nothing();
}

#[test]
fn a_missing_configmap_is_another_cause() {
    check(&objects(
        "configMap: {name: settings}",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"data\" : configmap \"settings\" not found",
    ))
    .does_not_find("volume-mount-failed");
}

#[test]
fn a_pod_that_runs_has_its_volumes() {
    let running = objects(
        "emptyDir: {}",
        "FailedMount",
        "MountVolume.SetUp failed for volume \"data\" : x",
    )
    .replace("waiting: {reason: ContainerCreating}", "running: {}");
    check(&running).does_not_find("volume-mount-failed");
}

#[test]
fn the_deciding_words_are_at_the_end() {
    assert_eq!(
        error(
            "MountVolume.MountDevice failed for volume \"v\" : rpc error: code = Internal desc = no such device"
        ),
        "no such device"
    );
    assert_eq!(error(""), "");
}
