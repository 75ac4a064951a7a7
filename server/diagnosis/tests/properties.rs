//! What holds for every snapshot, however odd: no rule panics, the order of the objects
//! does not matter, what is unrelated and well changes nothing, and every text renders in
//! both languages.

#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use std::sync::Arc;

use podside_diagnosis::facts::{Kind, Sharing, from_object};
use podside_diagnosis::judge::{Judge, Judgement, judge};
use podside_diagnosis::snapshot::{LogOf, LogTail, Reading, Snapshot};
use podside_diagnosis::texts::resolve_strictly;
use podside_model::{Lang, Message, Why};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Objects of most kinds, some well and some broken, which refer to each other.
fn pool() -> Vec<Value> {
    let pod = |name: &str, state: Value, last: Value| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "a", "uid": name, "labels": {"app": "web"}, "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "rs", "controller": true}]},
            "spec": {
                "nodeName": "node-1", "restartPolicy": "Always", "serviceAccountName": "sync",
                "nodeSelector": {"disk": "ssd"}, "imagePullSecrets": [{"name": "gone"}],
                "volumes": [{"name": "v", "configMap": {"name": "gone"}}, {"name": "p", "persistentVolumeClaim": {"claimName": "data"}}],
                "containers": [{"name": "app", "image": "r.example/web:1", "ports": [{"containerPort": 80, "name": "http"}],
                    "env": [{"name": "URL", "value": "http://api/"}, {"name": "K", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
                    "resources": {"requests": {"cpu": "900"}, "limits": {"memory": "64Mi"}},
                    "readinessProbe": {"httpGet": {"port": "htp"}}, "livenessProbe": {"exec": {"command": ["true"]}}}],
            },
            "status": {"phase": "Running", "startTime": "2026-01-01T11:00:00Z",
                "conditions": [{"type": "Ready", "status": "False"}, {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                    "message": "0/1 nodes are available: 1 Insufficient cpu."}],
                "containerStatuses": [{"name": "app", "ready": false, "restartCount": 3, "state": state, "lastState": last}]},
        })
    };
    let ended = json!({"terminated": {"exitCode": 1, "reason": "Error", "message": "FATAL: DB_URL is not set", "finishedAt": "2026-01-01T11:59:00Z"}});
    let template = json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "x"}]}});
    let meta = |name: &str, uid: &str| json!({"name": name, "namespace": "a", "uid": uid});
    vec![
        pod(
            "web-1-a",
            json!({"waiting": {"reason": "CrashLoopBackOff"}}),
            ended.clone(),
        ),
        pod(
            "web-1-b",
            json!({"waiting": {"reason": "ImagePullBackOff", "message": "manifest unknown"}}),
            json!({}),
        ),
        pod(
            "web-1-c",
            json!({"waiting": {"reason": "CreateContainerConfigError", "message": "secret \"s\" not found"}}),
            json!({}),
        ),
        pod(
            "web-1-d",
            json!({"running": {"startedAt": "2026-01-01T11:00:00Z"}}),
            ended,
        ),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("web", "d"),
            "spec": {"replicas": 4, "paused": true, "selector": {"matchLabels": {"app": "web"}}, "template": template},
            "status": {"replicas": 4, "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]}}),
        json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web-1", "namespace": "a", "uid": "rs", "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "d", "controller": true}]},
            "spec": {"replicas": 4, "template": template},
            "status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"}]}}),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": meta("web", "s"), "spec": {"selector": {"app": "webb"}, "ports": [{"port": 80, "targetPort": "web"}]}}),
        json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta("web", "i"), "spec": {"ingressClassName": "none",
            "tls": [{"secretName": "gone"}], "rules": [{"http": {"paths": [{"backend": {"service": {"name": "gone", "port": {"number": 80}}}}]}}]}}),
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta("data", "c"), "spec": {"storageClassName": "fast"}, "status": {"phase": "Pending"}}),
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1", "uid": "n"}, "spec": {"unschedulable": true, "taints": [{"key": "k", "effect": "NoSchedule"}]},
            "status": {"allocatable": {"cpu": "4"}, "conditions": [{"type": "Ready", "status": "Unknown"}, {"type": "DiskPressure", "status": "True"}], "nodeInfo": {"kubeletVersion": "v1.20.0"}}}),
        json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta("job", "j"), "spec": {"template": template}, "status": {"failed": 3,
            "conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}}),
        json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta("cron", "cj"), "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template}}}}),
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": meta("web", "h"), "spec": {"maxReplicas": 2,
            "scaleTargetRef": {"kind": "Deployment", "name": "gone"}}, "status": {"conditions": [{"type": "AbleToScale", "status": "False", "reason": "FailedGetScale"}]}}),
        json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": meta("web", "b"), "spec": {"minAvailable": 4, "selector": {"matchLabels": {"app": "web"}}}, "status": {"disruptionsAllowed": 0, "expectedPods": 4}}),
        json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "a"}, "involvedObject": {"kind": "Pod", "namespace": "a", "name": "web-1-a", "uid": "web-1-a", "fieldPath": "spec.containers{app}"},
            "reason": "Unhealthy", "type": "Warning", "message": "Readiness probe failed: connection refused", "count": 9, "lastTimestamp": "2026-01-01T11:59:59Z"}),
        json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "lost", "namespace": "a"}, "reason": "FailedMount", "type": "Warning"}),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "held", "namespace": "a", "deletionTimestamp": "2026-01-01T10:00:00Z", "finalizers": ["x/y"]}}),
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}, "status": {"phase": "Active"}}),
    ]
}

/// An unrelated object in which nothing is wrong.
fn healthy() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "well", "namespace": "z", "uid": "well", "labels": {"x": "y"}},
        "spec": {"nodeName": "elsewhere", "containers": [{"name": "c", "image": "i"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "c", "ready": true, "started": true, "state": {"running": {"startedAt": "2026-01-01T10:00:00Z"}}}]},
    })
}

fn judged(objects: &[Value]) -> Judgement {
    let sharing = Sharing::default();
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    for object in objects {
        if let Some(fact) = from_object(object, &sharing) {
            snapshot.insert(fact);
        }
    }
    judge(&snapshot)
}

/// Values that a field may have and should not.
fn absurd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(-1)),
        Just(json!(i64::MAX)),
        Just(json!("")),
        Just(json!("\u{1b}[31m\u{202e}{title}")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, 7, {"name": "x"}])),
        Just(json!("9999-99-99T99:99:99Z")),
        Just(json!(true)),
    ]
}

/// Puts a value in one place of an object, chosen by `seed`.
fn spoil(value: &mut Value, mut seed: usize, with: &Value) {
    let mut at = value;
    for _ in 0..8 {
        let size = match at {
            Value::Object(map) => map.len(),
            Value::Array(list) => list.len(),
            _ => 0,
        };
        if size == 0 || seed.is_multiple_of(5) {
            break;
        }
        let chosen = seed % size;
        seed /= size;
        at = match at {
            Value::Object(map) => map.values_mut().nth(chosen).unwrap(),
            Value::Array(list) => &mut list[chosen],
            _ => break,
        };
    }
    *at = with.clone();
}

fn renders(judgement: &Judgement) {
    let mut render = |message: Message| {
        for lang in Lang::ALL {
            if let Err(error) = resolve_strictly(&message, lang) {
                panic!("{error}");
            }
        }
    };
    let _ = judgement.diagnosis.clone().map_text(&mut render);
}

/// One thing that happens to what is known of a cluster.
#[derive(Clone, Debug)]
enum Step {
    /// An object appears as it is in the pool.
    Put(usize),
    /// It appears with odd values.
    Spoil(usize, Vec<(usize, Value)>),
    /// A Pod works again.
    Mend(usize),
    /// It is gone.
    Remove(usize),
    /// A log arrives, or that it cannot be read.
    Log(usize, bool, Option<&'static str>),
    /// A log is forgotten.
    Forget,
    /// A kind can be read, or cannot.
    Read(usize, bool, Reading),
    /// Time passes; also backwards, when a clock is set.
    Pass(i64),
    /// The API server is another one.
    Version(&'static str),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    const LINES: [&str; 4] = [
        "FATAL: DB_URL is not set",
        "dial tcp 10.0.0.1:80: connect: connection refused",
        "Error: getaddrinfo ENOTFOUND api",
        "listening",
    ];
    let spoilt = prop::collection::vec((any::<usize>(), absurd()), 1..4);
    let readings = prop_oneof![
        Just(Reading::Known),
        Just(Reading::Unknown(Why::Denied)),
        Just(Reading::NotYet)
    ];
    let line = prop::option::weighted(0.8, prop::sample::select(&LINES[..]));
    let step = prop_oneof![
        4 => any::<usize>().prop_map(Step::Put),
        3 => (any::<usize>(), spoilt).prop_map(|(at, with)| Step::Spoil(at, with)),
        3 => (0..6_usize).prop_map(Step::Mend),
        4 => any::<usize>().prop_map(Step::Remove),
        3 => (0..6_usize, any::<bool>(), line).prop_map(|(pod, previous, line)| Step::Log(pod, previous, line)),
        1 => Just(Step::Forget),
        2 => (any::<usize>(), any::<bool>(), readings).prop_map(|(kind, one, read)| Step::Read(kind, one, read)),
        4 => prop_oneof![-40..90_i64, -4000..9000_i64].prop_map(Step::Pass),
        1 => prop::sample::select(&["", "v1.20.1", "v1.36.2"][..]).prop_map(Step::Version),
    ];
    prop::collection::vec(step, 1..4)
}

/// The pool and what calls, routes to and watches over what is in it.
fn wide_pool() -> Vec<Value> {
    let mut pods: Vec<Value> = pool().into_iter().filter(|o| o["kind"] == "Pod").collect();
    let mut client = pods[0].clone();
    client["metadata"] =
        json!({"name": "client", "namespace": "a", "uid": "client", "labels": {"app": "client"}});
    client["spec"]["nodeName"] = json!("node-2");
    client["spec"]["containers"][0]["env"] = json!([{"name": "URL", "value": "http://web:80/"}]);
    let mut waiting = client.clone();
    waiting["metadata"] = json!({"name": "waiting", "namespace": "a", "uid": "waiting", "labels": {"app": "client"},
        "creationTimestamp": "2026-01-01T11:59:40Z"});
    waiting["spec"]["nodeName"] = json!("");
    waiting["status"] = json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": "0/2 nodes are available: 2 Insufficient cpu."}]});
    let mut sibling = waiting.clone();
    sibling["metadata"]["name"] = json!("waiting-too");
    sibling["metadata"]["uid"] = json!("waiting-too");
    // It minds where others are, and others mind it.
    let term = json!({"labelSelector": {"matchLabels": {"app": "client"}}, "topologyKey": "kubernetes.io/hostname"});
    let mut aloof = waiting.clone();
    aloof["metadata"] =
        json!({"name": "aloof", "namespace": "a", "uid": "aloof", "labels": {"app": "client"}});
    aloof["spec"]["affinity"] =
        json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}});
    aloof["spec"]["topologySpreadConstraints"] = json!([{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": term["labelSelector"]}]);
    aloof["status"]["conditions"][0]["message"] =
        json!("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.");
    let mut keeper = aloof.clone();
    keeper["metadata"]["name"] = json!("keeper");
    keeper["metadata"]["uid"] = json!("keeper");
    keeper["spec"]["nodeName"] = json!("node-2");
    keeper["status"] = healthy()["status"].clone();
    pods.extend([client, waiting, sibling, aloof, keeper]);
    let others = pool().into_iter().filter(|o| o["kind"] != "Pod");
    let service = |name: &str, app: &str| {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": "a", "uid": name},
            "spec": {"clusterIP": "10.0.0.1", "selector": {"app": app}, "ports": [{"port": 80, "targetPort": 80}]}})
    };
    let slice = |name: &str, ready: bool| {
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": name, "namespace": "a",
            "labels": {"kubernetes.io/service-name": "web"}}, "endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": ready},
            "targetRef": {"kind": "Pod", "name": "web-1-a"}}], "ports": [{"port": 80}]})
    };
    let event = |name: &str, about: &str, reason: &str, at: &str| {
        json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": "a"}, "involvedObject": {"kind": "Pod",
            "namespace": "a", "name": about, "fieldPath": "spec.containers{app}"}, "reason": reason, "type": "Warning",
            "message": "Container app failed liveness probe, will be restarted", "count": 3, "lastTimestamp": at})
    };
    pods.into_iter()
        .chain(others)
        .chain([
            service("web", "web"),
            service("api", "client"),
            slice("web-x", true),
            slice("web-y", false),
            event("killed", "web-1-d", "Killing", "2026-01-01T11:58:59Z"),
            event("sandbox", "web-1-b", "FailedCreatePodSandBox", "2026-01-01T11:59:30Z"),
            json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "api", "namespace": "a", "uid": "ia",
                "creationTimestamp": "2026-01-01T11:59:50Z"},
                "spec": {"rules": [{"http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}),
            json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-2", "uid": "n2", "labels": {"kubernetes.io/hostname": "node-2"}, "creationTimestamp": "2026-01-01T11:59:00Z"},
                "status": {"allocatable": {"cpu": "1000", "pods": "3"}, "conditions": [{"type": "Ready", "status": "False"}]}}),
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone", "namespace": "a"}, "data": {"k": "v"}}),
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone", "namespace": "b"}, "data": {"k": "v"}}),
            json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "gone", "namespace": "b"}, "spec": {"ports": [{"port": 80}]}}),
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "a"}, "data": {"other": ""}}),
            json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "w"},
                "webhooks": [{"name": "w.example", "failurePolicy": "Fail", "clientConfig": {"service": {"name": "web", "namespace": "a"}}}]}),
        ])
        .collect()
}

fn take(step: &Step, snapshot: &mut Snapshot, pool: &[Value], sharing: &Sharing) {
    let object = |at: &usize| pool[at % pool.len()].clone();
    let mut put = |object: &Value| {
        if let Some(fact) = from_object(object, sharing) {
            snapshot.insert(fact);
        }
    };
    match step {
        Step::Put(at) => put(&object(at)),
        Step::Spoil(at, with) => {
            let mut object = object(at);
            for (seed, value) in with {
                spoil(&mut object, *seed, value);
            }
            put(&object);
        }
        Step::Mend(at) => {
            let mut pod = object(at);
            pod["status"] = healthy()["status"].clone();
            pod["status"]["containerStatuses"][0]["name"] = json!("app");
            put(&pod);
        }
        Step::Remove(at) => {
            if let Some(fact) = from_object(&object(at), sharing) {
                snapshot.remove(&fact);
            }
        }
        Step::Log(at, previous, line) => {
            let of = LogOf {
                namespace: "a".into(),
                pod: object(at)["metadata"]["name"].as_str().unwrap().into(),
                container: "app".into(),
                previous: *previous,
            };
            snapshot.insert_log(
                of,
                line.map_or(LogTail::Unreadable(Why::Denied), LogTail::read),
            );
        }
        Step::Forget => snapshot.set_logs([].into()),
        Step::Read(kind, one, reading) => {
            let kind = Kind::ALL[kind % Kind::ALL.len()];
            snapshot.set_reading(kind, one.then_some("a"), *reading);
        }
        Step::Pass(seconds) => {
            let now = snapshot.observed_at() + jiff::SignedDuration::from_secs(*seconds);
            snapshot.set_observed_at(now);
        }
        Step::Version(version) => snapshot.set_server_version(*version),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn who_judges_again_judges_as_who_judges_anew(
        there in prop::collection::vec(any::<bool>(), 48), rounds in prop::collection::vec(steps(), 1..24)
    ) {
        let (pool, sharing) = (wide_pool(), Sharing::default());
        let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
        snapshot.set_all_known();
        for (object, _) in pool.iter().zip(there).filter(|(_, there)| *there) {
            snapshot.insert(from_object(object, &sharing).unwrap());
        }
        let mut again = Judge::default();
        prop_assert_eq!(again.judge(&Arc::new(snapshot.clone())), judge(&snapshot));
        for steps in rounds {
            for step in &steps {
                take(step, &mut snapshot, &pool, &sharing);
            }
            let now = again.judge(&Arc::new(snapshot.clone()));
            prop_assert_eq!(now, judge(&snapshot), "after {:?}", steps);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_snapshot_panics_a_rule_and_every_text_renders(
        spoilt in prop::collection::vec((0_usize..18, any::<usize>(), absurd()), 0..24)
    ) {
        let mut objects = pool();
        for (index, seed, value) in spoilt {
            let index = index % objects.len();
            spoil(&mut objects[index], seed, &value);
        }
        renders(&judged(&objects));
    }

    #[test]
    fn the_order_of_the_objects_does_not_matter(order in Just(pool()).prop_shuffle()) {
        prop_assert_eq!(judged(&order), judged(&pool()));
    }

    #[test]
    fn what_is_unrelated_and_well_changes_nothing(kept in prop::collection::vec(any::<bool>(), 18)) {
        let some: Vec<Value> = pool().into_iter().zip(kept).filter(|(_, keep)| *keep).map(|(o, _)| o).collect();
        let mut more = some.clone();
        more.push(healthy());
        prop_assert_eq!(judged(&some).diagnosis.problems, judged(&more).diagnosis.problems);
    }
}
