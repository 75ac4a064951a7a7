//! A recording of a cluster is judged as the cluster is, and holds no secret.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

use podside_replay::{Recording, ServeOptions, Times, practice};
use serde_json::Value;

/// Scenarios that differ in what a recording must keep: last-applied annotations, logs of
/// a run before, Secrets, events, owners, cluster-scoped objects.
const SCENARIOS: [&str; 6] = [
    "crashloop-app-error",
    "image-pull-backoff-secret-missing",
    "unknown-field-commnd",
    "cascade-db-pvc",
    "noisy-namespace",
    "pending-node-selector",
];

fn podside(home: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_podside"))
        .args(arguments)
        .env("HOME", home)
        .env("KUBECONFIG", home.join("config"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    (
        output.status.success(),
        if text.is_empty() { said } else { text },
    )
}

fn problems(home: &Path, arguments: &[&str]) -> Value {
    let (done, text) = podside(home, arguments);
    assert!(done, "{text}");
    let diagnosis: Value = serde_json::from_str(&text).unwrap();
    diagnosis["problems"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_judged_as_its_cluster() {
    for scenario in SCENARIOS {
        let home = tempfile::tempdir().unwrap();
        let options = ServeOptions {
            times: Times::Recorded,
            ..ServeOptions::default()
        };
        let recording = practice::open(scenario).unwrap();
        let served = podside_replay::serve(vec![recording], options)
            .await
            .unwrap();
        std::fs::write(home.path().join("config"), served.kubeconfig("test")).unwrap();
        let archive = home.path().join("test.tar.zst");
        let path = archive.to_str().unwrap().to_owned();
        let home_of_live = home.path().to_owned();
        let (live, replayed) = tokio::task::spawn_blocking(move || {
            let live = problems(&home_of_live, &["diagnose", "-A", "-o", "json"]);
            let (done, said) = podside(&home_of_live, &["record", "-o", &path]);
            assert!(done, "{said}");
            (
                live,
                problems(
                    &home_of_live,
                    &["diagnose", "--replay", &path, "-o", "json"],
                ),
            )
        })
        .await
        .unwrap();
        assert!(
            live.as_array().is_some_and(|live| !live.is_empty()),
            "{scenario}"
        );
        assert_eq!(live, replayed, "{scenario}");
        served.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_a_recording() {
    let home = tempfile::tempdir().unwrap();
    let served = podside_replay::serve(
        vec![practice::open("cascade-db-pvc").unwrap()],
        ServeOptions::default(),
    )
    .await
    .unwrap();
    std::fs::write(home.path().join("config"), served.kubeconfig("test")).unwrap();
    let path = home.path().join("test");
    let (home_path, out) = (home.path().to_owned(), path.to_str().unwrap().to_owned());
    let (done, said) =
        tokio::task::spawn_blocking(move || podside(&home_path, &["record", "-o", &out]))
            .await
            .unwrap();
    assert!(done && said.starts_with("Recorded "), "{said}");
    let recording = Recording::open(&path).unwrap();
    let secrets = recording
        .objects()
        .iter()
        .filter(|object| object.kind() == "Secret")
        .map(podside_replay::Object::value);
    let mut values = 0;
    for value in secrets.flat_map(|secret| secret["data"].as_object().cloned().unwrap_or_default())
    {
        let token = value.1.as_str().unwrap();
        // "redacted-" in base64.
        assert!(token.starts_with("cmVkYWN0ZWQt"), "{token}");
        values += 1;
    }
    assert!(values > 0, "the scenario has Secrets");
}
