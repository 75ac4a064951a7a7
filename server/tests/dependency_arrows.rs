//! Holds DESIGN's arrows: who may depend on whom, and what must not be in the
//! wasm or in the pure crates. Normal dependencies only: a test may use more.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each crate of the workspace may use of the others, and nothing else.
const ARROWS: [(&str, &[&str]); 10] = [
    ("podside-model", &[]),
    ("podside-app", &["podside-model"]),
    ("podside-client", &["podside-app"]),
    ("podside-redact", &["podside-model"]),
    ("podside-budget", &[]),
    ("podside-diagnosis", &["podside-model", "podside-redact"]),
    (
        "podside-cluster",
        &[
            "podside-budget",
            "podside-diagnosis",
            "podside-model",
            "podside-redact",
        ],
    ),
    ("podside-replay", &["podside-budget", "podside-model"]),
    ("podside-store", &["podside-model"]),
    (
        "podside",
        &[
            "podside-app",
            "podside-cluster",
            "podside-diagnosis",
            "podside-model",
            "podside-redact",
            "podside-replay",
            "podside-store",
        ],
    ),
];

/// Crates that must not be reached from a crate, however far away.
const ABSENCES: [(&str, &[&str]); 5] = [
    // The diagnosis knows no Kubernetes client and no runtime.
    (
        "podside-diagnosis",
        &[
            "kube",
            "kube-client",
            "k8s-openapi",
            "tokio",
            "sqlx",
            "axum",
            "leptos",
        ],
    ),
    // What hides secrets is a function of text.
    (
        "podside-redact",
        &["kube", "k8s-openapi", "tokio", "sqlx", "axum", "leptos"],
    ),
    // What both targets share stays small.
    ("podside-model", &["tokio", "leptos", "regex", "chrono"]),
    // The store knows no cluster.
    ("podside-store", &["kube", "kube-client", "k8s-openapi"]),
    // No Kubernetes type, expression or big table reaches the browser.
    (
        "podside-client",
        &[
            "regex",
            "chrono",
            "kube",
            "k8s-openapi",
            "cel",
            "tokio",
            "axum",
            "sqlx",
        ],
    ),
];

/// The package graph for one target: package name to names of what it uses.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// Reads the graph with the features that `package` is built with.
///
/// `cargo tree` is used and not `cargo metadata`, because it resolves features
/// for the one package: the workspace's union would put the server's features
/// into the client.
///
/// Leptos' reader of configuration files brings regex to the client. No page
/// calls it and the linker leaves it out of the wasm, so it is left out here.
fn uses(package: &str, target: &str) -> BTreeSet<String> {
    let prune: &[&str] = match package {
        "podside-client" => &["--prune", "leptos_config"],
        _ => &[],
    };
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}", "--package", package, "--target", target])
        .args(prune)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tree runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo tree -p {package}: {message}"
    );
    let tree = String::from_utf8(output.stdout).expect("package names are UTF-8");
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != package)
        .map(ToOwned::to_owned)
        .collect()
}

/// The direct arrows between the workspace's crates.
fn arrows() -> Graph {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--no-deps", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success());
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let is_member = |name: &str| packages.iter().any(|package| package["name"] == name);
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let used = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str())
                .filter(|name| is_member(name))
                .map(ToOwned::to_owned)
                .collect();
            (package["name"].as_str().expect("a name").to_owned(), used)
        })
        .collect()
}

#[test]
fn each_crate_uses_only_what_its_arrows_allow() {
    let found = arrows();
    let named: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let members: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        members, named,
        "a crate without arrows, or arrows without a crate"
    );
    for (name, allowed) in ARROWS {
        for used in &found[name] {
            assert!(
                allowed.contains(&used.as_str()),
                "{name} must not depend on {used}"
            );
        }
    }
}

#[test]
fn what_must_be_absent_is_absent() {
    for (name, absent) in ABSENCES {
        let target = match name {
            "podside-client" => "wasm32-unknown-unknown",
            _ => "x86_64-unknown-linux-gnu",
        };
        let found = uses(name, target);
        assert!(
            found.len() > 3,
            "cargo tree shows almost nothing for {name}"
        );
        for crate_name in absent {
            assert!(!found.contains(*crate_name), "{name} reaches {crate_name}");
        }
    }
}
