//! `kubectl get` in tables.

use std::sync::Arc;

use jiff::Timestamp;
use podside_replay::{Play, Recording, ServeOptions, practice};

use crate::{client::Client, difference, every_scenario, normal, printed::printed};

/// Where the recorded text and the recorded objects are of different moments,
/// a second or two apart: what changed in between.
const IN_BETWEEN: [(&str, &str); 3] = [
    ("admission-webhook-mutated", "pod/cart-"),
    ("crashloop-app-error", "pod/order-worker-"),
    ("limitrange-conflict", "(combined from similar events)"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_and_events_of_all_recordings_are_those_that_were_printed() {
    let printed = Arc::new(printed());
    let complaints = every_scenario(|recording| {
        let printed = printed.clone();
        async move {
            let id = recording.name().to_owned();
            let text = printed[&id]["get.txt"].clone();
            let client = Client::new(recording, ServeOptions::default()).await;
            let mut complaints = Vec::new();
            for part in text.split("$ kubectl ").skip(1) {
                let (command, wanted) = part.split_once('\n').unwrap();
                // Of kube-system only what mattered was recorded.
                if command.contains("-n kube-system") {
                    continue;
                }
                let arguments: Vec<&str> = command.split_whitespace().collect();
                let got = client.print(&arguments).await;
                let known = IN_BETWEEN
                    .iter()
                    .find(|(scenario, _)| *scenario == id)
                    .map(|(_, line)| *line);
                complaints.extend(
                    difference(&normal::lines(wanted), &normal::lines(&got))
                        .into_iter()
                        .filter(|l| known.is_none_or(|k| !l.contains(k)))
                        .map(|l| format!("{id}: {l}")),
                );
            }
            client.served.shutdown().await;
            complaints
        }
    })
    .await;
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test]
async fn other_forms_and_selectors() {
    let recording = practice::open("cascade-db-pvc").unwrap();
    let client = Client::new(recording, ServeOptions::default()).await;
    let yaml = client
        .print(&["get", "pod", "postgres-0", "-n", "retail", "-o", "yaml"])
        .await;
    assert!(yaml.starts_with("apiVersion: v1\nkind: Pod\n"), "{yaml}");
    assert!(yaml.contains("\n  phase: Pending\n"), "{yaml}");
    let names = client
        .print(&[
            "get",
            "pods",
            "-A",
            "-l",
            "app in (web, postgres)",
            "-o",
            "name",
        ])
        .await;
    assert_eq!(names.lines().count(), 3, "{names}");
    let pending = client
        .print(&[
            "get",
            "pods",
            "-n",
            "retail",
            "--field-selector",
            "status.phase=Pending",
            "-o",
            "name",
        ])
        .await;
    assert_eq!(pending.trim(), "pod/postgres-0");
    let paged = client
        .print(&[
            "get",
            "events",
            "-n",
            "retail",
            "--chunk-size",
            "3",
            "-o",
            "name",
        ])
        .await;
    let whole = client
        .print(&["get", "events", "-n", "retail", "-o", "name"])
        .await;
    assert_eq!(paged, whole);
    assert!(whole.lines().count() > 20);
    let newer = client
        .print(&[
            "get",
            "events.v1.events.k8s.io",
            "-n",
            "retail",
            "-o",
            "jsonpath={.items[0].regarding.kind}",
        ])
        .await;
    assert!(!newer.is_empty());
}

#[tokio::test]
async fn the_version_is_the_recorded_one_or_none() {
    let practised = practice::open("cascade-db-pvc").unwrap();
    let known = Client::new(practised.clone(), ServeOptions::default()).await;
    let version = known.print(&["version"]).await;
    assert!(version.contains("v1.36.2"), "{version}");
    let now = Timestamp::now();
    let recording = Recording::new("unversioned", now, now, Vec::new());
    let silent = Client::new(recording.clone(), ServeOptions::default()).await;
    let (printed, refused, _) = silent.run(&["version"]).await;
    assert!(!printed.contains("Server Version"), "{printed}");
    // kubectl does not print the words of the refusal.
    assert!(refused.contains("NotFound"), "{refused}");
    let recorded = recording.with_version(serde_json::json!({
        "major": "1", "minor": "31", "gitVersion": "v1.31.4",
    }));
    let client = Client::new(recorded, ServeOptions::default()).await;
    let version = client.print(&["version"]).await;
    assert!(version.contains("v1.31.4"), "{version}");
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_reasons() {
    let recording = practice::open("cascade-db-pvc").unwrap();
    let client = Client::new(recording, ServeOptions::default()).await;
    for (arguments, reason) in [
        (
            vec!["get", "pod", "nobody", "-n", "retail"],
            "(NotFound): pods \"nobody\" not found",
        ),
        (
            vec!["get", "widgets"],
            "the server doesn't have a resource type \"widgets\"",
        ),
        (
            vec!["delete", "service", "postgres", "-n", "retail"],
            "(MethodNotAllowed): the practice cluster has no way to delete services",
        ),
        (
            vec!["create", "namespace", "x"],
            "(MethodNotAllowed): the practice cluster has no way to create namespaces",
        ),
        (
            vec![
                "scale",
                "deployment",
                "web",
                "-n",
                "retail",
                "--replicas",
                "3",
            ],
            "the practice cluster has no",
        ),
        (
            vec!["exec", "-n", "retail", "deploy/web", "--", "ls"],
            "(NotRecorded): the practice cluster has no run of the command `ls`",
        ),
        (
            vec!["logs", "-n", "retail", "web-58dcb9f5d9-cw48h", "-p"],
            "(BadRequest): previous terminated container",
        ),
        (vec!["get", "pods", "--as", "alice"], "(Forbidden)"),
    ] {
        let (_, error, well) = client.run(&arguments).await;
        assert!(!well && error.contains(reason), "{arguments:?}: {error}");
    }
    let (can, _, _) = client.run(&["auth", "can-i", "list", "pods", "-A"]).await;
    assert_eq!(can.trim(), "yes");
    let (cannot, _, _) = client
        .run(&["auth", "can-i", "delete", "services", "-A"])
        .await;
    assert!(cannot.starts_with("no"), "{cannot}");
}

#[tokio::test]
async fn several_recordings_are_one_cluster() {
    let options = ServeOptions {
        play: Play::Frozen,
        ..ServeOptions::default()
    };
    let client = Client::of(practice::cluster().unwrap(), options).await;
    let namespaces = client.print(&["get", "namespaces", "-o", "name"]).await;
    for namespace in ["retail", "orders", "shop", "marketplace", "api", "web"] {
        assert!(
            namespaces.contains(&format!("namespace/{namespace}\n")),
            "{namespaces}"
        );
    }
    let nodes = client.print(&["get", "nodes", "-o", "name"]).await;
    assert_eq!(nodes, "node/node-1\n");
    let all = client.print(&["get", "pods", "-A", "--no-headers"]).await;
    assert!(all.lines().count() > 20, "{all}");
}
