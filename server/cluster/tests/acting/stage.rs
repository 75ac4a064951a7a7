//! A small cluster that is served, and the connection to it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use podside_cluster::acting::{Exec, Mark, PodId, ShortPod, new_name, one_command};
use podside_cluster::{Connection, Kubeconfig};
use podside_replay::{Access, Recording, ServeOptions, Served, Transcript, serve};
use serde_json::{Value, json};

/// How long something that goes on by itself is waited for.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// An image that no node could have.
pub(crate) const NO_IMAGE: &str = "registry.example/none:1";

pub(crate) struct Stage {
    pub(crate) connection: Connection,
    _served: Served,
}

impl Stage {
    pub(crate) async fn of(recording: Recording, access: Access) -> Self {
        let options = ServeOptions {
            access,
            ..ServeOptions::default()
        };
        let served = serve(vec![recording], options).await.unwrap();
        let kubeconfig = served.kubeconfig("practice");
        let kubeconfig = Kubeconfig::parse(Path::new("config"), &kubeconfig).unwrap();
        let connection = Connection::from_kubeconfig(&kubeconfig, None).await;
        Self {
            connection: connection.unwrap(),
            _served: served,
        }
    }

    /// The small cluster, in which everything may be done.
    pub(crate) async fn open() -> Self {
        Self::of(small(), Access::default()).await
    }

    /// The same without some rights.
    pub(crate) async fn without(denied: &[&str]) -> Self {
        let access = Access {
            denied: denied.iter().map(|right| (*right).to_owned()).collect(),
            ..Access::default()
        };
        Self::of(small(), access).await
    }
}

/// The Pod that runs in the small cluster.
pub(crate) fn web() -> PodId {
    PodId {
        namespace: "shop".to_owned(),
        name: "web".to_owned(),
        uid: "uid-web".to_owned(),
    }
}

/// A namespace `shop` with a Pod that runs and one whose image cannot be had, and a namespace
/// `locked` in which little may be run; commands that were recorded.
pub(crate) fn small() -> Recording {
    let now = jiff::Timestamp::from_second(1_795_000_000).unwrap();
    let objects = [
        namespace("shop", &json!({})),
        namespace(
            "locked",
            &json!({"pod-security.kubernetes.io/enforce": "restricted"}),
        ),
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        pod("shop", "web", "busybox:1.38", &json!({"running": {}})),
        pod("locked", "kept", "busybox:1.38", &json!({"running": {}})),
        pod(
            "shop",
            "stuck",
            NO_IMAGE,
            &json!({"waiting": {"reason": "ImagePullBackOff", "message": "registry.example: no such host"}}),
        ),
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}),
    ];
    let objects = objects.into_iter().map(Arc::new).collect();
    Recording::new("small", now, now, objects).with_transcripts(vec![
        said(&["id"], "uid=0(root) gid=0(root)\n", "", 0),
        said(
            &["sh", "-c", "echo out; echo err >&2; exit 3"],
            "out\n",
            "err\ncommand terminated with exit code 3\n",
            3,
        ),
        said(
            &["env"],
            "HOME=/root\nDB_PASSWORD=hunter2hunter2\n\u{1b}]0;title\u{7}END=1\n",
            "",
            0,
        ),
        said(&["yes"], &"y\n".repeat(100_000), "", 0),
        Transcript {
            took_ms: 60_000,
            ..said(&["tail", "-f", "/dev/null"], "begun\n", "", 0)
        },
    ])
}

fn said(command: &[&str], stdout: &str, stderr: &str, exit_code: i32) -> Transcript {
    Transcript {
        namespace: "shop".to_owned(),
        pod: "web".to_owned(),
        container: "app".to_owned(),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        exit_code,
        took_ms: 0,
    }
}

fn namespace(name: &str, labels: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
}

fn pod(namespace: &str, name: &str, image: &str, state: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": format!("uid-{name}"), "labels": {"app": name}},
        "spec": {"nodeName": "node-1", "terminationGracePeriodSeconds": 30,
            "containers": [{"name": "app", "image": image,
                "securityContext": {"allowPrivilegeEscalation": false, "runAsNonRoot": true,
                    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "image": image, "imageID": "", "ready": true, "restartCount": 0, "state": state}]},
    })
}

/// A command in the Pod that runs.
pub(crate) fn command(words: &[&str]) -> Exec {
    Exec {
        namespace: "shop".to_owned(),
        pod: "web".to_owned(),
        container: "app".to_owned(),
        command: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

pub(crate) fn mark() -> Mark {
    Mark {
        owner: "alice".to_owned(),
        investigation: "inv-7".to_owned(),
        deadline: jiff::Timestamp::from_second(1_795_000_600).unwrap(),
    }
}

/// A Pod of Podside's own that runs one command.
pub(crate) fn short(namespace: &str, words: &[&str]) -> ShortPod {
    let command: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    ShortPod {
        namespace: namespace.to_owned(),
        name: new_name(),
        spec: one_command("busybox:1.38", &command),
        mark: mark(),
        lives: Duration::from_mins(10),
    }
}
