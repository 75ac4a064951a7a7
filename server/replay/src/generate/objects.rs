//! The objects of a generated cluster: Deployments of ten Pods with their ReplicaSets,
//! Services, EndpointSlices, ConfigMaps and events, and nodes with their Leases.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Size, mixed};

const PODS_PER_DEPLOYMENT: usize = 10;
const DEPLOYMENTS_PER_NAMESPACE: usize = 50;

/// The moment that is shown; it is shifted to the reader's.
const NOW: &str = "2026-01-01T12:00:00Z";
const EARLIER: &str = "2026-01-01T11:00:00Z";

/// The ways in which a Deployment is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The image does not exist.
    Image,
    /// The container exits again and again.
    Crash,
    /// A ConfigMap that it needs is not there.
    ConfigMap,
    /// The readiness probe fails.
    Unready,
    /// No node has room.
    Unscheduled,
}

const FAULTS: [Fault; 5] = [
    Fault::Image,
    Fault::Crash,
    Fault::ConfigMap,
    Fault::Unready,
    Fault::Unscheduled,
];

pub(super) fn now() -> Timestamp {
    NOW.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

/// All objects of a cluster, one after the other: as values they take ten times what they
/// take as text.
pub(super) fn all(size: &Size) -> impl Iterator<Item = Value> {
    let deployments = size.pods.div_ceil(PODS_PER_DEPLOYMENT);
    let nodes = (0..size.nodes).flat_map(|index| [node(index), lease(index)]);
    let namespaces = (0..deployments.div_ceil(DEPLOYMENTS_PER_NAMESPACE)).map(namespace);
    let apps = (0..deployments).flat_map(move |index| {
        let first = index * PODS_PER_DEPLOYMENT;
        let app = App {
            index,
            first,
            pods: PODS_PER_DEPLOYMENT.min(size.pods - first),
            nodes: size.nodes,
            fault: fault(size, index, deployments),
        };
        app.objects()
    });
    let objects = nodes.chain(namespaces).chain(apps);
    objects.zip(1_u64..).map(|(mut object, revision)| {
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), json!(revision.to_string()));
        }
        object
    })
}

/// The fault of a Deployment. Exactly so many of a hundred are broken, each in a way and
/// at a place that the seed chooses.
fn fault(size: &Size, index: usize, of: usize) -> Option<Fault> {
    let of = of.max(1);
    let chosen = usize::try_from(mixed(size.seed, 0) % of as u64).unwrap_or_default();
    // Steps of one length go round all places once and spread the broken ones evenly.
    let place = (index + chosen) % of;
    let percent = usize::from(size.broken_percent);
    let is_broken = (place + 1) * percent / 100 != place * percent / 100;
    let way = usize::try_from(mixed(size.seed, index as u64 + 1) % FAULTS.len() as u64);
    is_broken.then(|| way.ok().and_then(|way| FAULTS.get(way)).copied())?
}

/// A Deployment and what belongs to it.
struct App {
    index: usize,
    /// The number of its first Pod.
    first: usize,
    pods: usize,
    nodes: usize,
    fault: Option<Fault>,
}

impl App {
    fn objects(&self) -> Vec<Value> {
        let (name, namespace) = (self.name(), self.namespace());
        let ready = if self.fault.is_some() { 0 } else { self.pods };
        let meta = |suffix: &str, owner: Value| {
            json!({"name": format!("{name}{suffix}"), "namespace": namespace, "uid": format!("{name}{suffix}-uid"),
                "creationTimestamp": EARLIER, "labels": {"app": name}, "ownerReferences": owner})
        };
        let template = json!({"metadata": {"labels": {"app": name}}, "spec": self.pod_spec()});
        let selector = json!({"matchLabels": {"app": name}});
        let mut status = json!({"replicas": self.pods, "updatedReplicas": self.pods, "readyReplicas": ready,
            "availableReplicas": ready, "observedGeneration": 1});
        if let (Some(status), true) = (status.as_object_mut(), ready < self.pods) {
            status.insert("unavailableReplicas".to_owned(), json!(self.pods - ready));
        }
        let owner = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": name,
            "uid": format!("{name}-uid"), "controller": true}]);
        let endpoints: Vec<Value> = (0..self.pods)
            .filter(|_| self.fault != Some(Fault::Unscheduled))
            .map(|pod| {
                json!({"addresses": [self.address(pod)], "conditions": {"ready": self.fault.is_none()},
                    "targetRef": {"kind": "Pod", "namespace": namespace, "name": self.pod_name(pod)}})
            })
            .collect();
        let mut objects = vec![
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("", json!([])),
                "spec": {"replicas": self.pods, "selector": selector, "template": template}, "status": status}),
            json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta("-rs", owner),
                "spec": {"replicas": self.pods, "selector": selector, "template": template},
                "status": {"replicas": self.pods, "readyReplicas": ready}}),
            json!({"apiVersion": "v1", "kind": "Service", "metadata": meta("", json!([])),
                "spec": {"type": "ClusterIP", "clusterIP": format!("10.96.{}.{}", self.index / 250 % 250, self.index % 250 + 1),
                    "selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080, "protocol": "TCP"}]}}),
            json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                "metadata": {"name": format!("{name}-slice"), "namespace": namespace, "uid": format!("{name}-slice-uid"),
                    "creationTimestamp": EARLIER, "labels": {"kubernetes.io/service-name": name,
                    "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}},
                "endpoints": endpoints, "ports": [{"port": 8080, "protocol": "TCP"}]}),
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("-config", json!([])), "data": {"a": "b"}}),
        ];
        for pod in 0..self.pods {
            objects.push(self.pod(pod));
            objects.extend(self.events(pod));
        }
        objects
    }

    fn name(&self) -> String {
        format!("app-{}", self.index)
    }

    fn namespace(&self) -> String {
        format!("generated-{}", self.index / DEPLOYMENTS_PER_NAMESPACE)
    }

    fn pod_name(&self, pod: usize) -> String {
        format!("{}-rs-{pod}", self.name())
    }

    fn address(&self, pod: usize) -> String {
        let n = self.first + pod;
        format!(
            "10.{}.{}.{}",
            128 + n / 62_500 % 120,
            n / 250 % 250,
            n % 250 + 1
        )
    }

    fn image(&self) -> String {
        format!("generated.example/{}:1.2.3", self.name())
    }

    fn pod_spec(&self) -> Value {
        let name = self.name();
        let config = if self.fault == Some(Fault::ConfigMap) {
            "gone"
        } else {
            "config"
        };
        json!({
            "containers": [{
                "name": "app", "image": self.image(), "imagePullPolicy": "IfNotPresent",
                "ports": [{"containerPort": 8080, "protocol": "TCP"}],
                "env": [
                    {"name": "LOG_LEVEL", "value": "info"},
                    {"name": "SETTING", "valueFrom": {"configMapKeyRef": {"name": format!("{name}-{config}"), "key": "a"}}},
                ],
                "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
                "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 10},
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10},
                "volumeMounts": [{"name": "kube-api-access-abcde", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
            }],
            "volumes": [{"name": "kube-api-access-abcde", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}],
            "serviceAccountName": "default", "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30,
            "tolerations": [
                {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
                {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            ],
        })
    }

    fn pod(&self, pod: usize) -> Value {
        let (name, app) = (self.pod_name(pod), self.name());
        let is_scheduled = self.fault != Some(Fault::Unscheduled);
        let word = |is: bool| if is { "True" } else { "False" };
        let mut spec = self.pod_spec();
        if let (Some(spec), true) = (spec.as_object_mut(), is_scheduled) {
            let node = format!("node-{}", (self.first + pod) % self.nodes.max(1));
            spec.insert("nodeName".to_owned(), json!(node));
        }
        let mut scheduled = json!({"type": "PodScheduled", "status": word(is_scheduled), "lastTransitionTime": EARLIER});
        if let (Some(scheduled), false) = (scheduled.as_object_mut(), is_scheduled) {
            scheduled.insert("reason".to_owned(), json!("Unschedulable"));
            let said = format!(
                "0/{0} nodes are available: {0} Insufficient cpu.",
                self.nodes
            );
            scheduled.insert("message".to_owned(), json!(said));
        }
        let is_ready = self.fault.is_none();
        let phase = match self.fault {
            None | Some(Fault::Crash | Fault::Unready) => "Running",
            Some(_) => "Pending",
        };
        let mut status =
            json!({"phase": phase, "qosClass": "Burstable", "conditions": [scheduled]});
        if let (Some(status), true) = (status.as_object_mut(), is_scheduled) {
            let condition = |kind: &str, is: bool| json!({"type": kind, "status": word(is), "lastTransitionTime": EARLIER});
            status.insert("podIP".to_owned(), json!(self.address(pod)));
            status.insert("startTime".to_owned(), json!(EARLIER));
            status.insert(
                "containerStatuses".to_owned(),
                json!([self.container_status()]),
            );
            status.insert(
                "conditions".to_owned(),
                json!([
                    condition("PodReadyToStartContainers", true),
                    condition("Initialized", true),
                    condition("Ready", is_ready),
                    condition("ContainersReady", is_ready),
                    scheduled,
                ]),
            );
        }
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": self.namespace(), "uid": format!("{name}-uid"), "creationTimestamp": EARLIER,
                "labels": {"app": app, "pod-template-hash": "rs"},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{app}-rs"),
                    "uid": format!("{app}-rs-uid"), "controller": true}]},
            "spec": spec,
            "status": status,
        })
    }

    fn container_status(&self) -> Value {
        let running = json!({"running": {"startedAt": EARLIER}});
        let waiting = |reason: &str, message: String| json!({"waiting": {"reason": reason, "message": message}});
        let (state, last) = match self.fault {
            None | Some(Fault::Unready | Fault::Unscheduled) => (running, json!({})),
            Some(Fault::Image) => (
                waiting(
                    "ImagePullBackOff",
                    format!(
                        "Back-off pulling image \"{0}\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"{0}\": not found",
                        self.image()
                    ),
                ),
                json!({}),
            ),
            Some(Fault::Crash) => (
                waiting(
                    "CrashLoopBackOff",
                    "back-off 5m0s restarting failed container=app".to_owned(),
                ),
                json!({"terminated": {"exitCode": 1, "reason": "Error", "startedAt": "2026-01-01T11:58:59Z",
                    "finishedAt": "2026-01-01T11:59:00Z"}}),
            ),
            Some(Fault::ConfigMap) => (
                waiting(
                    "CreateContainerConfigError",
                    format!("configmap \"{}-gone\" not found", self.name()),
                ),
                json!({}),
            ),
        };
        let is_running = state.get("running").is_some();
        json!({"name": "app", "image": self.image(), "imageID": "", "ready": self.fault.is_none(), "started": is_running,
            "restartCount": if self.fault == Some(Fault::Crash) { 9 } else { 0 }, "state": state, "lastState": last})
    }

    fn events(&self, pod: usize) -> [Value; 2] {
        let (name, namespace) = (self.pod_name(pod), self.namespace());
        let event = |n: usize, reason: &str, warning: bool, from: &str, message: String| {
            json!({
                "apiVersion": "v1", "kind": "Event",
                "metadata": {"name": format!("{name}.{n:016x}"), "namespace": namespace, "uid": format!("{name}-event-{n}"),
                    "creationTimestamp": EARLIER},
                "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": name,
                    "uid": format!("{name}-uid"), "fieldPath": "spec.containers{app}"},
                "reason": reason, "message": message, "type": if warning { "Warning" } else { "Normal" },
                "count": 1, "firstTimestamp": EARLIER, "lastTimestamp": NOW,
                "source": {"component": from}, "reportingComponent": from,
            })
        };
        let placed = format!("Successfully assigned {namespace}/{name}");
        let first = event(1, "Scheduled", false, "default-scheduler", placed);
        let said = |text: &str| text.to_owned();
        match self.fault {
            None => [
                first,
                event(2, "Started", false, "kubelet", said("Container started")),
            ],
            Some(Fault::Unscheduled) => {
                let said = format!(
                    "0/{0} nodes are available: {0} Insufficient cpu.",
                    self.nodes
                );
                let waits = event(
                    1,
                    "FailedScheduling",
                    true,
                    "default-scheduler",
                    said.clone(),
                );
                [
                    waits,
                    event(2, "FailedScheduling", true, "default-scheduler", said),
                ]
            }
            Some(Fault::Unready) => [
                first,
                event(
                    2,
                    "Unhealthy",
                    true,
                    "kubelet",
                    said("Readiness probe failed: HTTP probe failed with statuscode: 503"),
                ),
            ],
            Some(Fault::ConfigMap) => {
                let said = format!("Error: configmap \"{}-gone\" not found", self.name());
                [first, event(2, "Failed", true, "kubelet", said)]
            }
            Some(Fault::Image) => {
                let said = format!("Back-off pulling image \"{}\"", self.image());
                [first, event(2, "BackOff", true, "kubelet", said)]
            }
            Some(Fault::Crash) => [
                first,
                event(
                    2,
                    "BackOff",
                    true,
                    "kubelet",
                    said("Back-off restarting failed container app"),
                ),
            ],
        }
    }
}

fn namespace(index: usize) -> Value {
    let name = format!("generated-{index}");
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "uid": format!("{name}-uid"),
        "creationTimestamp": EARLIER}, "status": {"phase": "Active"}})
}

fn node(index: usize) -> Value {
    let name = format!("node-{index}");
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "uid": format!("{name}-uid"), "creationTimestamp": EARLIER, "labels": {
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
            "topology.kubernetes.io/zone": format!("zone-{}", index % 3)}},
        "spec": {},
        "status": {
            "allocatable": {"cpu": "64", "memory": "256Gi", "pods": "250"},
            "capacity": {"cpu": "64", "memory": "256Gi", "pods": "250"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": NOW,
                "lastTransitionTime": EARLIER}],
            "nodeInfo": {"kubeletVersion": "v1.36.2"},
        },
    })
}

fn lease(index: usize) -> Value {
    let name = format!("node-{index}");
    json!({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": name, "namespace": "kube-node-lease", "uid": format!("{name}-lease-uid"), "creationTimestamp": EARLIER},
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": "2026-01-01T12:00:00.000000Z"}})
}
