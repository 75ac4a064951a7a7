use crate::testing::check;

fn claim(class: &str) -> String {
    format!(
        "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data-db-0, namespace: crm, uid: c, creationTimestamp: '2026-01-01T11:58:00Z'}}
spec: {{accessModes: [ReadWriteOnce], {class} resources: {{requests: {{storage: 10Gi}}}}}}
status: {{phase: Pending}}
"
    )
}

fn class(provisioner: &str, mode: &str) -> String {
    format!(
        "---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {{name: ssd}}\nprovisioner: {provisioner}\nvolumeBindingMode: {mode}\n"
    )
}

const POD: &str = "
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: crm, uid: s}
---
apiVersion: v1
kind: Pod
metadata:
  {name: db-0, namespace: crm, uid: p, ownerReferences: [{kind: StatefulSet, name: db, uid: s, controller: true}]}
spec: {containers: [{name: db, image: x}], volumes: [{name: d, persistentVolumeClaim: {claimName: data-db-0}}]}
status: {phase: Pending}
";

fn volume(size: &str, rest: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: v1}}\nspec: {{storageClassName: ssd, capacity: {{storage: {size}}}, accessModes: [ReadWriteOnce]{rest}}}\nstatus: {{phase: Available}}\n"
    )
}

const SUBJECT: &str = "PersistentVolumeClaim crm/data-db-0";

#[test]
fn a_provisioner_that_does_not_answer() {
    check(&(claim("storageClassName: ssd,") + &class("csi.example", "Immediate") + POD))
        .finds("pvc-unbound", SUBJECT)
        .tells("title.waits")
        .with("provisioner", "csi.example")
        .with("class", "ssd")
        .affects("StatefulSet crm/db")
        .alone();
}

#[test]
fn a_provisioner_that_fails() {
    let event = "
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: crm}
involvedObject: {kind: PersistentVolumeClaim, namespace: crm, name: data-db-0, uid: c}
reason: ProvisioningFailed
type: Warning
message: 'failed to provision volume with StorageClass \"ssd\": rpc error: code = ResourceExhausted desc = quota'
";
    check(&(claim("storageClassName: ssd,") + &class("csi.example", "Immediate") + POD + event))
        .finds("pvc-unbound", SUBJECT)
        .tells("title.fails")
        .proves("ResourceExhausted");
}

#[test]
fn a_class_without_a_provisioner_and_a_volume_that_is_too_small() {
    let objects = claim("storageClassName: ssd,")
        + &class("kubernetes.io/no-provisioner", "WaitForFirstConsumer")
        + POD
        + &volume("5Gi", "");
    check(&objects)
        .finds("pvc-unbound", SUBJECT)
        .tells("near.small")
        .with("volume", "v1")
        .with("has", "5Gi")
        .with("asked", "10Gi");
}

#[test]
fn a_volume_of_another_claim() {
    let objects = claim("storageClassName: ssd,")
        + &class("kubernetes.io/no-provisioner", "Immediate")
        + POD
        + &volume("50Gi", ", claimRef: {namespace: crm, name: other}");
    check(&objects)
        .finds("pvc-unbound", SUBJECT)
        .tells("near.claimed")
        .with("volume", "v1")
        .with("claim", "crm/other");
}

#[test]
fn a_claim_without_a_class() {
    check(&(claim("storageClassName: '',") + POD))
        .finds("pvc-unbound", SUBJECT)
        .tells("title.classless");
}

#[test]
fn a_claim_that_waits_for_its_first_pod_is_well() {
    check(&(claim("storageClassName: ssd,") + &class("csi.example", "WaitForFirstConsumer")))
        .finds_nothing();
}

#[test]
fn a_pod_that_gets_no_node_for_another_reason_is_not_the_claim_s_fault() {
    check(&(claim("storageClassName: ssd,") + &class("csi.example", "WaitForFirstConsumer") + POD))
        .does_not_find("pvc-unbound");
}

#[test]
fn a_young_claim_is_given_time() {
    let young = claim("storageClassName: ssd,").replace("11:58:00", "11:59:50");
    let driver =
        "---\napiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {name: csi.example}\n";
    check(&(young + &class("csi.example", "Immediate") + POD + driver))
        .does_not_find("pvc-unbound");
}

#[test]
fn volumes_that_cannot_be_read_are_unknown() {
    check(&(claim("storageClassName: '',") + POD))
        .denying("persistentvolumes")
        .does_not_find("pvc-unbound")
        .cannot_tell("unknown.cluster-object")
        .with("kind", "PersistentVolume");
}

#[test]
fn a_volume_that_is_asked_for_by_name() {
    let asks = claim("storageClassName: ssd, volumeName: v1,");
    let class = class("csi.example", "Immediate");
    check(&(asks.clone() + &class + POD))
        .finds("pvc-unbound", SUBJECT)
        .tells("title.named")
        .with("volume", "v1")
        .alone();
    check(&(asks.clone() + &class + POD + &volume("5Gi", "")))
        .finds("pvc-unbound", SUBJECT)
        .tells("near.small")
        .with("volume", "v1");
    let of_other = volume("20Gi", "").replace("storageClassName: ssd", "storageClassName: slow");
    check(&(asks.clone() + &class + POD + &of_other))
        .finds("pvc-unbound", SUBJECT)
        .tells("near.class")
        .with("volume", "v1")
        .with("has", "slow")
        .with("asked", "ssd");
    check(&(asks + &class + POD + &volume("20Gi", ""))).does_not_find("pvc-unbound");
}

#[test]
fn a_released_volume_is_offered_to_nobody_not_even_to_a_claim_of_the_same_name() {
    let released = volume(
        "20Gi",
        ", claimRef: {namespace: crm, name: data-db-0, uid: gone}",
    )
    .replace("Available", "Released");
    let objects = claim("storageClassName: ssd,")
        + &class("kubernetes.io/no-provisioner", "Immediate")
        + POD
        + &released;
    check(&objects)
        .finds("pvc-unbound", SUBJECT)
        .tells("near.released")
        .with("volume", "v1")
        .with("claim", "crm/data-db-0")
        .advises("kubectl patch pv v1");
}

#[test]
fn a_scheduler_that_finds_no_node_for_the_volume() {
    let pod = POD.replace(
        "status: {phase: Pending}",
        "status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available: 3 node(s) did not have enough free storage.'}]}",
    );
    check(
        &(claim("storageClassName: ssd,") + &class("csi.example", "WaitForFirstConsumer") + &pod),
    )
    .finds("pvc-unbound", SUBJECT)
    .tells("title.topology")
    .proves("did not have enough free storage");
}

#[test]
fn a_provisioner_at_work_is_given_more_time() {
    let event = "---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: crm}
involvedObject: {kind: PersistentVolumeClaim, namespace: crm, name: data-db-0, uid: c}
reason: Provisioning
message: 'External provisioner is provisioning volume for claim \"crm/data-db-0\"'
lastTimestamp: '2026-01-01T11:58:01Z'
";
    let objects = claim("storageClassName: ssd,") + &class("csi.example", "Immediate") + event;
    check(&objects).does_not_find("pvc-unbound");
    check(&objects)
        .at("2026-01-01T12:30:00Z")
        .finds("pvc-unbound", SUBJECT);
}
