//! Holds DESIGN's arrows: who may depend on whom, and what must not be in the
//! wasm or in the pure crates; and the floors of the diagnosis, whose modules use
//! only what lies below them. Normal dependencies only: a test may use more.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
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

/// The modules of the diagnosis, from the ground up. A module uses those of lower floors
/// and none of its own floor or above, so that they can have no circle.
const FLOORS: [&[&str]; 11] = [
    // How a host is named in a text.
    &["hosts"],
    &["facts", "hidden", "near", "text", "vocabulary"],
    &["kubectl", "snapshot"],
    &[
        "authors",
        "changed",
        "observations",
        "patience",
        "proof",
        "remembered",
        "templates",
        "want",
    ],
    &["callees"],
    &["finding", "fitting", "log_reading", "pasted", "unwell"],
    // What rules hand in, and what they may remember.
    &["findings"],
    &["rule"],
    &["rules"],
    // The catalogue of all texts, those of the rules among them.
    &["texts"],
    &["judge", "runbook"],
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

#[test]
fn the_modules_of_the_diagnosis_use_only_lower_floors() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnosis/src");
    let floor = |module: &str| FLOORS.iter().position(|floor| floor.contains(&module));
    let root = fs::read_to_string(source.join("lib.rs")).expect("the crate has a root");
    let declared: BTreeSet<&str> = without_tests(&root)
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "))
        .map(|name| name.trim_end_matches(';'))
        .collect();
    let named: BTreeSet<&str> = FLOORS.iter().copied().flatten().copied().collect();
    assert_eq!(
        declared, named,
        "a module without a floor, or a floor without it"
    );

    let mut arrows = 0;
    for file in sources(&source) {
        let within = file.strip_prefix(&source).expect("a file of the crate");
        let first = within.iter().next().expect("a file has a name");
        let module = first.to_str().expect("UTF-8").trim_end_matches(".rs");
        let Some(own) = floor(module) else {
            continue;
        };
        let text = fs::read_to_string(&file).expect("a source file is read");
        for line in without_tests(&text) {
            for used in line.split("crate::").skip(1) {
                let end = used.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let used = &used[..end.unwrap_or(used.len())];
                let shown = within.display();
                let Some(theirs) = floor(used) else {
                    panic!("{shown}: {line:?} does not name one module of the crate");
                };
                arrows += usize::from(used != module);
                assert!(
                    used == module || theirs < own,
                    "{shown}: {module} must not use {used}, which does not lie below it"
                );
            }
        }
    }
    assert!(arrows > 100, "only {arrows} uses were seen");
}

/// The lines of a file that are code and no test's. An item that only tests have begins with
/// its attribute and ends on its first line, or where rustfmt puts its closing brace: without
/// indent.
fn without_tests(text: &str) -> impl Iterator<Item = &str> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Code,
        Attribute,
        Item,
    }
    let mut at = At::Code;
    text.lines().filter(move |line| {
        let was = at;
        at = match was {
            At::Code if *line == "#[cfg(test)]" => At::Attribute,
            At::Attribute if line.starts_with("#[") => At::Attribute,
            At::Attribute if line.ends_with(';') => At::Code,
            At::Attribute => At::Item,
            At::Item if *line == "}" => At::Code,
            other => other,
        };
        was == At::Code && at == At::Code && !line.trim_start().starts_with("//")
    })
}

/// The files of the crate that are not a test's only.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the crate") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let name = name.expect("UTF-8");
        if path.is_dir() {
            files.extend(sources(&path));
        } else if !is_of_tests(&path, name) {
            files.push(path);
        }
    }
    files
}

/// Whether a file is a module that another declares for tests only, as `mod NAME;` or by
/// its path.
fn is_of_tests(path: &Path, name: &str) -> bool {
    let folder = path.parent().expect("a file lies in a folder");
    let (by_name, by_path) = (format!("mod {name};"), format!("#[path = \"{name}.rs\"]"));
    fs::read_dir(folder)
        .expect("a folder of the crate")
        .filter_map(|entry| fs::read_to_string(entry.expect("an entry").path()).ok())
        .any(|text| {
            let lines: Vec<&str> = text.lines().collect();
            lines.windows(2).any(|two| {
                two[0] == "#[cfg(test)]" && (two[1] == by_path || two[1].ends_with(&by_name))
            })
        })
}
