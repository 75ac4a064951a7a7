//! The commands log in once, and every request says who asks.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod apiserver;
mod serving;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use apiserver::{ApiServer, empty};
use podside_cluster::{Cluster, LogOptions, Settings};
use serde_json::{Value, json};
use serving::Serving;

/// A user whose login plugin notes in `runs` that it was run.
fn user(runs: &Path) -> Value {
    let script = format!(
        "echo run >> '{}'; echo 'status: {{token: of-the-plugin}}'",
        runs.display()
    );
    json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
        "command": "sh", "args": ["-c", script],
    }})
}

fn runs(runs: &Path) -> usize {
    fs::read_to_string(runs).unwrap_or_default().lines().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_a_login_plugin_once() {
    let api = ApiServer::start(empty).await;
    let home = tempfile::tempdir().unwrap();
    let counted = home.path().join("runs");
    // As kubectl merges them: the user is the first file's, the rest the second's.
    let first = json!({"users": [{"name": "fake", "user": user(&counted)}]});
    fs::write(home.path().join("first"), first.to_string()).unwrap();
    fs::write(home.path().join("second"), api.kubeconfig()).unwrap();
    let files = ["first", "missing", "second"].map(|name| home.path().join(name));
    let recording = home.path().join("recording.tar.zst");
    for (done, arguments) in (1..).zip([
        vec!["diagnose", "-A"],
        vec!["record", "-o", recording.to_str().unwrap()],
    ]) {
        let output = Command::new(env!("CARGO_BIN_EXE_podside"))
            .args(arguments)
            .env("HOME", home.path())
            .env("KUBECONFIG", std::env::join_paths(&files).unwrap())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(runs(&counted), done);
    }
    let heads = api.heads();
    assert!(heads.len() > 20, "{heads:?}");
    for head in heads {
        assert!(head.contains("Bearer of-the-plugin\r\n"), "{head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_runs_a_login_plugin_once() {
    for arguments in [&["--context", "fake"][..], &[]] {
        let api = ApiServer::start(empty).await;
        let home = tempfile::tempdir().unwrap();
        let counted = home.path().join("runs");
        let mut kubeconfig: Value = serde_json::from_str(&api.kubeconfig()).unwrap();
        kubeconfig["users"][0]["user"] = user(&counted);
        let portal = Serving::start_on(&kubeconfig.to_string(), arguments);
        let began = Instant::now();
        let is_watched = |path: &String| path.contains("watch=1");
        while api.asked().iter().filter(|path| is_watched(path)).count() < 10 {
            assert!(
                began.elapsed() < Duration::from_mins(1),
                "{:?}",
                api.asked()
            );
            // Somebody looks, so that it is watched; it is there when it was found.
            portal.get("/?cluster=fake");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(runs(&counted), 1, "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_says_that_podside_asks() {
    let api = ApiServer::start(empty).await;
    let connection = api.connect().await;
    connection.server_version().await.unwrap();
    connection.read_once(&[]).await.unwrap();
    connection.record(None).await.unwrap();
    // Whether these are what was asked for does not matter here.
    let _ = connection.rights("shop").await;
    let _ = connection
        .logs("shop", "cart", "app", &LogOptions::default())
        .await;
    let cluster = Cluster::new(connection, Settings::default());
    let _viewing = cluster.look();
    let live = |path: &String| path.contains("watch=1");
    let began = Instant::now();
    while !api.asked().iter().any(live) {
        assert!(began.elapsed() < Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let heads = api.heads();
    for part in ["/version", "watch=1", "/log?", "selfsubjectrulesreviews"] {
        assert!(heads.iter().any(|head| head.contains(part)), "{part}");
    }
    let agent = format!("user-agent: podside/{}\r\n", env!("CARGO_PKG_VERSION"));
    for head in heads {
        assert_eq!(head.matches("user-agent:").count(), 1, "{head}");
        assert!(head.contains(&agent), "{head}");
    }
}
