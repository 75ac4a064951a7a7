//! Commands, Pods and added containers.

use podside_replay::{Access, ServeOptions, practice};
use serde_json::Value;

use crate::client::Client;

/// From this version on kubectl runs commands over WebSockets, which is what is served.
const WEBSOCKETS_FROM: u32 = 30;

async fn debug() -> Client {
    let recording = practice::open("ephemeral-debug-container").unwrap();
    Client::new(recording, ServeOptions::default()).await
}

async fn minor_version(client: &Client) -> u32 {
    let version = client.print(&["version", "--client", "-o", "json"]).await;
    let version: Value = serde_json::from_str(&version).unwrap();
    let minor = version["clientVersion"]["minor"].as_str().unwrap();
    minor.trim_end_matches('+').parse().unwrap()
}

#[tokio::test]
async fn a_recorded_command_is_run_again() {
    let client = debug().await;
    let exec = ["exec", "-n", "debug", "web", "-c", "debugger", "--"];
    let run = async |command: &[&str]| client.run(&[&exec, command].concat()).await;
    let (out, err, well) = run(&["ls", "/proc/1/root/etc/nginx"]).await;
    if minor_version(&client).await >= WEBSOCKETS_FROM {
        assert_eq!(
            (out.as_str(), well),
            ("conf.d\nnginx.conf\n", true),
            "{err}"
        );
    } else {
        assert!(!well && err.contains("over WebSockets only"), "{out}{err}");
    }
    let (out, err, well) = run(&["reboot"]).await;
    assert!(!well && out.is_empty(), "{out}");
    assert!(
        err.contains("no run of the command `reboot`") && err.contains("was not recorded"),
        "{err}"
    );
}

#[tokio::test]
async fn the_exit_code_of_a_command_is_kubectl_s() {
    let recording = practice::open("externalname-bad").unwrap();
    let fails = recording
        .transcripts()
        .iter()
        .find(|transcript| transcript.exit_code != 0)
        .unwrap()
        .clone();
    let client = Client::new(recording, ServeOptions::default()).await;
    if minor_version(&client).await < WEBSOCKETS_FROM {
        return;
    }
    let mut arguments = vec![
        "exec",
        "-n",
        &fails.namespace,
        &fails.pod,
        "-c",
        &fails.container,
        "--",
    ];
    arguments.extend(fails.command.iter().map(String::as_str));
    let (out, err, well) = client.run(&arguments).await;
    assert_eq!(
        (out.as_str(), err.as_str()),
        (fails.stdout.as_str(), fails.stderr.as_str())
    );
    assert!(!well);
}

#[tokio::test]
async fn a_pod_is_run_seen_and_deleted() {
    let client = debug().await;
    let run = [
        "run",
        "tmp",
        "-n",
        "debug",
        "--image=busybox:1.38",
        "--restart=Never",
        "--",
        "sleep",
        "1d",
    ];
    assert_eq!(client.print(&run).await, "pod/tmp created\n");
    let watched = client
        .print_until(&["get", "pod", "-n", "debug", "tmp", "-w"], |text| {
            text.contains("Running")
        })
        .await;
    assert!(watched.contains("1/1     Running"), "{watched}");
    let (_, err, well) = client.run(&run).await;
    assert!(!well && err.contains("already exists"), "{err}");
    // It waits until the Pod is gone.
    let deleted = client.print(&["delete", "pod", "-n", "debug", "tmp"]).await;
    assert!(deleted.starts_with("pod \"tmp\" deleted"), "{deleted}");
    let left = client
        .print(&["get", "pods", "-n", "debug", "-o", "name"])
        .await;
    assert_eq!(left, "pod/web\n");
}

#[tokio::test]
async fn who_may_only_read_is_refused() {
    let recording = practice::open("ephemeral-debug-container").unwrap();
    let options = ServeOptions {
        access: Access {
            reads_only: true,
            ..Access::default()
        },
        ..ServeOptions::default()
    };
    let client = Client::new(recording, options).await;
    for command in [
        &[
            "run",
            "tmp",
            "-n",
            "debug",
            "--image=busybox:1.38",
            "--restart=Never",
        ] as &[_],
        &["delete", "pod", "-n", "debug", "web"],
        &["exec", "-n", "debug", "web", "-c", "debugger", "--", "ps"],
    ] {
        let (out, err, well) = client.run(command).await;
        assert!(!well, "{out}");
        assert!(err.contains("Error from server (Forbidden): "), "{err}");
    }
    let (can, _, _) = client
        .run(&["auth", "can-i", "create", "pods/exec", "-n", "debug"])
        .await;
    assert!(can.starts_with("no"), "{can}");
}
