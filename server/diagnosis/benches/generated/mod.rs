//! A cluster of any size: Deployments of ten Pods with their ReplicaSets, Services,
//! EndpointSlices, ConfigMaps, events and nodes. Every twentieth Deployment is broken, in
//! one of five ways.

// Each bench uses a part of it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use podside_diagnosis::facts::{Fact, Sharing, from_object};
use podside_diagnosis::snapshot::Snapshot;
use serde_json::{Value, json};

const PODS_PER_DEPLOYMENT: usize = 10;
const DEPLOYMENTS_PER_NAMESPACE: usize = 50;
const PODS_PER_NODE: usize = 50;
const NOW: &str = "2026-01-01T12:00:00Z";
const EARLIER: &str = "2026-01-01T11:00:00Z";

/// The ways in which a Deployment is broken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Image,
    Crash,
    ConfigMap,
    Unready,
    Unscheduled,
}

fn fault(deployment: usize) -> Option<Fault> {
    const FAULTS: [Fault; 5] = [
        Fault::Image,
        Fault::Crash,
        Fault::ConfigMap,
        Fault::Unready,
        Fault::Unscheduled,
    ];
    (deployment % 20 == 7).then(|| FAULTS[(deployment / 20) % FAULTS.len()])
}

/// The snapshot of a cluster with so many Pods, and twice as many events.
pub fn snapshot(pods: usize) -> Snapshot {
    let sharing = Sharing::default();
    let mut snapshot = Snapshot::new(NOW.parse().unwrap());
    snapshot.set_all_known();
    for fact in facts(pods, &sharing) {
        snapshot.insert(fact);
    }
    snapshot
}

/// The facts of a cluster with so many Pods, one after the other.
pub fn facts(pods: usize, sharing: &Sharing) -> impl Iterator<Item = Fact> {
    let nodes = (0..pods.div_ceil(PODS_PER_NODE)).map(node);
    let deployments = (0..pods / PODS_PER_DEPLOYMENT).flat_map(deployment);
    nodes
        .chain(deployments)
        .filter_map(move |object| from_object(&object, sharing))
}

/// The facts of the Pods alone.
pub fn pod_facts(pods: usize, sharing: &Sharing) -> impl Iterator<Item = Fact> {
    (0..pods / PODS_PER_DEPLOYMENT)
        .flat_map(|d| (0..PODS_PER_DEPLOYMENT).map(move |p| pod(d, p, fault(d))))
        .filter_map(move |object| from_object(&object, sharing))
}

/// One Pod of a cluster, broken or mended.
pub fn changed_pod(deployment: usize, broken: bool, sharing: &Sharing) -> Fact {
    let fault = broken.then_some(Fault::Image);
    from_object(&pod(deployment, 0, fault), sharing).unwrap()
}

fn namespace(deployment: usize) -> String {
    format!("team-{}", deployment / DEPLOYMENTS_PER_NAMESPACE)
}

fn node(index: usize) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": format!("node-{index}"), "uid": format!("node-{index}"), "labels": {
            "kubernetes.io/hostname": format!("node-{index}"), "kubernetes.io/os": "linux",
            "topology.kubernetes.io/zone": format!("zone-{}", index % 3)}},
        "spec": {},
        "status": {
            "allocatable": {"cpu": "16", "memory": "64Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": NOW}],
            "nodeInfo": {"kubeletVersion": "v1.36.2"},
        },
    })
}

fn deployment(d: usize) -> Vec<Value> {
    let (namespace, name, fault) = (namespace(d), format!("app-{d}"), fault(d));
    let ready = if fault.is_some() {
        0
    } else {
        PODS_PER_DEPLOYMENT
    };
    let meta = |suffix: &str, owner: Value| {
        json!({"name": format!("{name}{suffix}"), "namespace": namespace, "uid": format!("{name}{suffix}-uid"),
            "creationTimestamp": EARLIER, "labels": {"app": name}, "ownerReferences": owner})
    };
    let template = json!({"metadata": {"labels": {"app": name}}, "spec": pod_spec(d, fault)});
    let selector = json!({"matchLabels": {"app": name}});
    let mut objects = vec![
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("", json!([])),
            "spec": {"replicas": PODS_PER_DEPLOYMENT, "selector": selector, "template": template},
            "status": {"replicas": PODS_PER_DEPLOYMENT, "readyReplicas": ready, "availableReplicas": ready}}),
        json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta("-rs", json!([
                {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "uid": format!("{name}-uid"), "controller": true}])),
            "spec": {"replicas": PODS_PER_DEPLOYMENT, "selector": selector, "template": template},
            "status": {"replicas": PODS_PER_DEPLOYMENT, "readyReplicas": ready}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": meta("", json!([])),
            "spec": {"type": "ClusterIP", "clusterIP": "10.0.0.1", "selector": {"app": name},
                "ports": [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]}}),
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": format!("{name}-slice"), "namespace": namespace, "labels": {
                "kubernetes.io/service-name": name,
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}},
            "endpoints": (0..PODS_PER_DEPLOYMENT).map(|p| json!({
                "addresses": ["10.1.0.1"], "conditions": {"ready": fault.is_none()},
                "targetRef": {"kind": "Pod", "name": format!("{name}-rs-{p}")}})).collect::<Vec<_>>(),
            "ports": [{"port": 8080, "protocol": "TCP"}]}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("-config", json!([])), "data": {"a": "b"}}),
    ];
    for p in 0..PODS_PER_DEPLOYMENT {
        objects.push(pod(d, p, fault));
        objects.extend(events(d, p, fault));
    }
    objects
}

fn pod_spec(d: usize, fault: Option<Fault>) -> Value {
    let config = if fault == Some(Fault::ConfigMap) {
        "gone"
    } else {
        "config"
    };
    json!({
        "containers": [{
            "name": "app", "image": format!("registry.example/app-{d}:1.2.3"), "imagePullPolicy": "IfNotPresent",
            "ports": [{"containerPort": 8080, "protocol": "TCP"}],
            "env": [
                {"name": "LOG_LEVEL", "value": "info"},
                {"name": "BACKEND", "value": format!("http://app-{}:80", d + 1)},
                {"name": "SETTING", "valueFrom": {"configMapKeyRef": {"name": format!("app-{d}-{config}"), "key": "a"}}},
            ],
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
            "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 10},
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10},
            "volumeMounts": [{"name": "kube-api-access-abcde", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
        }],
        "volumes": [{"name": "kube-api-access-abcde", "projected": {"sources": [{"serviceAccountToken": {}}]}}],
        "serviceAccountName": "default", "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
        "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30,
        "tolerations": [
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        ],
    })
}

fn pod(d: usize, p: usize, fault: Option<Fault>) -> Value {
    let name = format!("app-{d}-rs-{p}");
    let mut spec = pod_spec(d, fault);
    if fault != Some(Fault::Unscheduled) {
        spec["nodeName"] = json!(format!(
            "node-{}",
            (d * PODS_PER_DEPLOYMENT + p) / PODS_PER_NODE
        ));
    }
    let ready = if fault.is_none() { "True" } else { "False" };
    let scheduled = if fault == Some(Fault::Unscheduled) {
        "False"
    } else {
        "True"
    };
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace(d), "uid": format!("{name}-uid"), "creationTimestamp": EARLIER,
            "labels": {"app": format!("app-{d}"), "pod-template-hash": "rs"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("app-{d}-rs"),
                "uid": format!("app-{d}-rs-uid"), "controller": true}]},
        "spec": spec,
        "status": {
            "phase": if fault.is_none() { "Running" } else { "Pending" }, "podIP": format!("10.1.{}.{p}", d % 250),
            "qosClass": "Burstable", "startTime": EARLIER,
            "conditions": [
                {"type": "PodReadyToStartContainers", "status": "True", "lastTransitionTime": EARLIER},
                {"type": "Initialized", "status": "True", "lastTransitionTime": EARLIER},
                {"type": "Ready", "status": ready, "lastTransitionTime": EARLIER},
                {"type": "ContainersReady", "status": ready, "lastTransitionTime": EARLIER},
                {"type": "PodScheduled", "status": scheduled, "reason": "Unschedulable", "lastTransitionTime": EARLIER,
                    "message": "0/200 nodes are available: 200 Insufficient cpu."},
            ],
            "containerStatuses": if fault == Some(Fault::Unscheduled) { json!([]) } else { json!([status(d, fault)]) },
        },
    })
}

fn status(d: usize, fault: Option<Fault>) -> Value {
    let running = json!({"running": {"startedAt": EARLIER}});
    let (state, last) = match fault {
        None | Some(Fault::Unready | Fault::Unscheduled) => (running, json!({})),
        Some(Fault::Image) => (
            json!({"waiting": {"reason": "ImagePullBackOff", "message": format!(
                "Back-off pulling image \"registry.example/app-{d}:1.2.3\": ErrImagePull: manifest unknown")}}),
            json!({}),
        ),
        Some(Fault::Crash) => (
            json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container=app"}}),
            json!({"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": "2026-01-01T11:59:00Z"}}),
        ),
        Some(Fault::ConfigMap) => (
            json!({"waiting": {"reason": "CreateContainerConfigError", "message": format!("configmap \"app-{d}-gone\" not found")}}),
            json!({}),
        ),
    };
    json!({"name": "app", "image": format!("registry.example/app-{d}:1.2.3"), "ready": fault.is_none(), "started": true,
        "restartCount": if fault == Some(Fault::Crash) { 9 } else { 0 }, "state": state, "lastState": last})
}

fn events(d: usize, p: usize, fault: Option<Fault>) -> Vec<Value> {
    let pod = format!("app-{d}-rs-{p}");
    let event = |n: usize, reason: &str, warning: bool, message: String| {
        json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": {"name": format!("{pod}.{n:016x}"), "namespace": namespace(d), "creationTimestamp": EARLIER},
            "involvedObject": {"kind": "Pod", "namespace": namespace(d), "name": pod, "uid": format!("{pod}-uid"),
                "fieldPath": "spec.containers{app}"},
            "reason": reason, "message": message, "type": if warning { "Warning" } else { "Normal" },
            "count": 1, "firstTimestamp": EARLIER, "lastTimestamp": NOW,
            "source": {"component": "kubelet"}, "reportingComponent": "kubelet",
        })
    };
    let second = match fault {
        None => event(2, "Started", false, "Container started".to_owned()),
        Some(Fault::Unready) => event(
            2,
            "Unhealthy",
            true,
            "Readiness probe failed: HTTP probe failed with statuscode: 503".to_owned(),
        ),
        Some(_) => event(
            2,
            "BackOff",
            true,
            "Back-off restarting failed container app".to_owned(),
        ),
    };
    vec![
        event(
            1,
            "Scheduled",
            false,
            format!("Successfully assigned {pod}"),
        ),
        second,
    ]
}
