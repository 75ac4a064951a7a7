//! API objects, whatever they hold: facts are made of them, and judged.

use podside_diagnosis::facts::{Kind, Sharing, from_object, from_object_of};
use podside_diagnosis::judge::{Judgement, judge};
use podside_diagnosis::snapshot::Snapshot;
use podside_diagnosis::texts::resolve_strictly;
use podside_model::{Lang, Message};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases;
use super::hostile::{faults, object, spoil, text, value};

/// The longest name that is kept, the longest message, and what is said round them.
const LONGEST_TEXT: usize = 3 * 4096;

/// A cluster of one object of many kinds, which refer to each other.
fn cluster() -> Vec<Value> {
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": {"serviceAccountName": "ci", "priorityClassName": "p",
        "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "k", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]}}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}}],
        "volumes": [{"name": "v", "configMap": {"name": "web"}}, {"name": "d", "persistentVolumeClaim": {"claimName": "web"}}, {"name": "s", "secret": {"secretName": "web"}}],
        "containers": [{"name": "app", "image": "registry.example/web:1", "command": ["run"], "ports": [{"containerPort": 80, "name": "http"}],
            "env": [{"name": "URL", "value": "http://web:80"}, {"name": "K", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "k"}}}],
            "volumeMounts": [{"name": "v", "mountPath": "/v"}],
            "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "64Mi", "ephemeral-storage": "1Gi"}},
            "readinessProbe": {"httpGet": {"port": "http", "path": "/"}, "periodSeconds": 5}, "livenessProbe": {"exec": {"command": ["true"]}},
            "securityContext": {"runAsNonRoot": true}}]}});
    let pod = json!({"spec": template["spec"], "status": {"phase": "Pending", "qosClass": "Burstable", "podIP": "10.1.0.1",
        "conditions": [{"type": "Ready", "status": "False"}, {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {k: v}."}],
        "containerStatuses": [{"name": "app", "ready": false, "restartCount": 7, "image": "registry.example/web:1",
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
            "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "message": "FATAL: DB_URL is not set",
                "startedAt": "2026-01-01T11:58:00Z", "finishedAt": "2026-01-01T11:59:00Z"}}}]}});
    let workload = json!({"spec": {"replicas": 3, "selector": {"matchLabels": {"app": "web"}}, "template": template, "serviceName": "web",
            "schedule": "*/5 * * * *", "backoffLimit": 2, "jobTemplate": {"spec": {"template": template}}},
        "status": {"replicas": 3, "readyReplicas": 0, "failed": 3, "active": 1, "lastScheduleTime": "2026-01-01T11:00:00Z",
            "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"},
                {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}});
    let mut all = vec![
        object("v1", "Pod", pod),
        object(
            "v1",
            "Service",
            json!({"spec": {"selector": {"app": "webb"}, "clusterIP": "10.0.0.1", "type": "LoadBalancer", "ports": [{"port": 80, "targetPort": "htp"}]}}),
        ),
        object(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            json!({"endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": false}}], "ports": [{"port": 80}]}),
        ),
        object(
            "networking.k8s.io/v1",
            "Ingress",
            json!({"spec": {"ingressClassName": "none", "tls": [{"secretName": "gone", "hosts": ["a.example"]}],
            "rules": [{"host": "a.example", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "gone", "port": {"number": 80}}}}]}}]}}),
        ),
        object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{"ports": [{"port": 53}]}]}}),
        ),
        object(
            "v1",
            "PersistentVolumeClaim",
            json!({"spec": {"storageClassName": "fast", "accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}}, "status": {"phase": "Pending"}}),
        ),
        object(
            "v1",
            "PersistentVolume",
            json!({"spec": {"capacity": {"storage": "1Gi"}, "claimRef": {"name": "web", "namespace": "a"}}, "status": {"phase": "Released"}}),
        ),
        object(
            "v1",
            "Node",
            json!({"spec": {"unschedulable": true, "taints": [{"key": "k", "effect": "NoSchedule"}]},
            "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}, "conditions": [{"type": "Ready", "status": "Unknown", "message": "Kubelet stopped posting node status."}],
                "nodeInfo": {"kubeletVersion": "v1.20.0"}}}),
        ),
        object("v1", "ConfigMap", json!({"data": {"other": "v"}})),
        object(
            "v1",
            "Secret",
            json!({"type": "kubernetes.io/tls", "data": {"tls.crt": null}}),
        ),
        object(
            "v1",
            "ResourceQuota",
            json!({"spec": {"hard": {"pods": "2"}}, "status": {"hard": {"pods": "2", "requests.cpu": "1"}, "used": {"pods": "2"}}}),
        ),
        object(
            "v1",
            "LimitRange",
            json!({"spec": {"limits": [{"type": "Container", "max": {"memory": "32Mi"}, "default": {"cpu": "1"}}]}}),
        ),
        object(
            "v1",
            "Namespace",
            json!({"status": {"phase": "Terminating", "conditions": [{"type": "NamespaceContentRemaining", "status": "True", "message": "Some resources are remaining: pods. has 1 resource instances"}]}}),
        ),
        object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 50}}}]},
            "status": {"currentReplicas": 3, "desiredReplicas": 3, "conditions": [{"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "no metrics"}]}}),
        ),
        object(
            "policy/v1",
            "PodDisruptionBudget",
            json!({"spec": {"minAvailable": "100%", "selector": {"matchLabels": {"app": "web"}}}, "status": {"disruptionsAllowed": 0, "expectedPods": 1}}),
        ),
        object(
            "storage.k8s.io/v1",
            "StorageClass",
            json!({"provisioner": "p", "volumeBindingMode": "Immediate"}),
        ),
        object(
            "rbac.authorization.k8s.io/v1",
            "Role",
            json!({"rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]}),
        ),
        object(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            json!({"roleRef": {"kind": "Role", "name": "web"}, "subjects": [{"kind": "ServiceAccount", "name": "ci"}]}),
        ),
        object(
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
            json!({"webhooks": [{"name": "w", "failurePolicy": "Fail", "clientConfig": {"service": {"name": "web", "namespace": "a"}}}]}),
        ),
        object(
            "v1",
            "Event",
            json!({"involvedObject": {"kind": "Pod", "namespace": "a", "name": "web", "fieldPath": "spec.containers{app}"}, "reason": "Failed", "type": "Warning",
            "message": "Failed to pull image \"registry.example/web:1\": not found", "count": 9, "lastTimestamp": "2026-01-01T11:59:30Z"}),
        ),
    ];
    for kind in ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"] {
        all.push(object("apps/v1", kind, workload.clone()));
    }
    for kind in ["Job", "CronJob"] {
        all.push(object("batch/v1", kind, workload.clone()));
    }
    all
}

fn snapshot_of(objects: &[Value]) -> Snapshot {
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    let sharing = Sharing::default();
    for object in objects {
        if let Some(fact) = from_object(object, &sharing) {
            snapshot.insert(fact);
        }
    }
    snapshot
}

/// Every text renders in every language, is bounded and holds no control character.
fn well_said(judgement: &Judgement) {
    let _ = judgement
        .diagnosis
        .clone()
        .map_text(&mut |message: Message| {
            for lang in Lang::ALL {
                let text =
                    resolve_strictly(&message, lang).unwrap_or_else(|error| panic!("{error}"));
                assert!(text.len() <= LONGEST_TEXT, "{} B: {text}", text.len());
                let control = |c: char| c.is_control() && c != '\n' && c != '\t';
                assert!(!text.contains(control), "{text:?}");
            }
        });
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn any_value_is_a_fact_or_none(value in value(), kind in prop::sample::select(Kind::ALL.to_vec())) {
        let sharing = Sharing::default();
        let _ = from_object(&value, &sharing);
        if let Some(fact) = from_object_of(kind, &value, &sharing) {
            prop_assert!(fact.meta().name.len() <= 1024);
            let has_escape = fact.meta().name.contains('\u{1b}');
            prop_assert!(!has_escape);
        }
    }

    #[test]
    fn a_cluster_with_faults_in_it_is_judged(
        faults in prop::collection::vec((any::<prop::sample::Index>(), faults()), 0..8)
    ) {
        let mut objects = cluster();
        for (chosen, faults) in &faults {
            let chosen = chosen.index(objects.len());
            let known = objects[chosen].clone();
            for fault in faults {
                spoil(&mut objects[chosen], fault);
            }
            // It stays the only one of its kind, so that no order of two of one name matters.
            if let Value::Object(object) = &mut objects[chosen] {
                for part in ["apiVersion", "kind"] {
                    object.insert(part.to_owned(), known[part].clone());
                }
            }
        }
        let judgement = judge(&snapshot_of(&objects));
        well_said(&judgement);
        prop_assert!(judgement.diagnosis.problems.len() <= 40 * objects.len());
        // The same again, and in another order.
        objects.reverse();
        prop_assert_eq!(judge(&snapshot_of(&objects)).diagnosis, judgement.diagnosis);
    }

    #[test]
    fn a_secret_gives_nothing_but_the_names_of_its_keys(secret in "[a-zA-Z0-9]{12,40}", key in text()) {
        let object = object("v1", "Secret", json!({"data": {key: secret.clone()}, "stringData": {"x": secret.clone()}}));
        let fact = from_object(&object, &Sharing::default()).unwrap();
        let kept = format!("{fact:?}");
        prop_assert!(!kept.contains(&secret), "{}", kept);
    }
}
