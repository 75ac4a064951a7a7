//! Files of recordings of every layout, whatever is in them and however they are called.

use std::fs;

use podside_replay::{Play, ServeOptions, serve};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{cases, read};

/// Names of files that some layout knows, and parts of them.
const NAMES: [&str; 24] = [
    "objects.json",
    "watch.jsonl",
    "exec.jsonl",
    "truth.json",
    "version.json",
    "recording.json",
    "logs/web/app.log",
    "logs/shop/web/app.previous.log",
    "logs/a/b/c/d.log",
    "nodes.json",
    "shop/pods.json",
    "shop/events.json",
    "shop/web/logs.txt",
    "cluster-info/cluster_version.json",
    "cluster-resources/nodes.json",
    "cluster-resources/pods/shop.json",
    "cluster-resources/events/shop.json",
    "cluster-resources/pods-errors.json",
    "cluster-resources/custom-resources/widgets.acme.dev/shop.json",
    "cluster-resources/pods/logs/shop/web/app.log",
    "cluster-resources/pods/logs/shop/web/app-previous.log",
    "bundle/cluster-resources/deployments/shop.json",
    "other/objects.json",
    "a.txt",
];

fn object() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["web|shop|", ".{0,12}", Just("../x".to_owned())];
    let kind = prop_oneof!["Pod|Event|Deployment|Node|Widget", ".{0,6}"];
    (kind, text.clone(), text, odd()).prop_map(|(kind, name, namespace, odd)| {
        json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace,
                "creationTimestamp": odd, "resourceVersion": odd, "labels": odd, "managedFields": odd},
            "involvedObject": {"kind": "Pod", "name": "web"}, "lastTimestamp": odd,
            "spec": {"containers": [{"name": "app"}], "odd": odd},
            "status": {"conditions": odd, "containerStatuses": [{"name": "app", "containerID": odd, "state": odd}]}})
    })
}

fn odd() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
        prop_oneof![
            ".{0,8}",
            "2026-01-01T0[0-9]:00:00(\\.[0-9]{0,12})?Z",
            Just("-009999-01-02T01:59:59Z".to_owned()),
            Just("9999-12-30T22:00:00.999999999Z".to_owned())
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("running|waiting|startedAt|time|.{0,4}", inner, 0..3)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let list = || prop::collection::vec(object(), 0..4);
    let change = (
        any::<u64>(),
        prop_oneof![3 => "ADDED|MODIFIED|DELETED", 1 => "BOOKMARK|.{0,4}"],
        object(),
    );
    prop_oneof![
        5 => list().prop_map(|items| json!({"kind": "List", "apiVersion": "v1", "items": items}).to_string().into_bytes()),
        1 => list().prop_map(|items| json!(items).to_string().into_bytes()),
        3 => prop::collection::vec(change, 0..4).prop_map(|changes| {
            let lines = changes.into_iter().map(|(at, kind, object)| {
                json!({"t_ms": at % 100_000_000, "event": {"type": kind, "object": object}})
            });
            let mut text = String::new();
            for line in lines {
                text.push_str(&line.to_string());
                text.push('\n');
            }
            text.into_bytes()
        }),
        2 => odd().prop_map(|about| json!({"recorded_at": about, "duration_ms": about, "not_recorded": about, "gitVersion": about}).to_string().into_bytes()),
        2 => "(2026-01-01T00:00:00(\\.[0-9]{0,10})?Z .{0,20}\n|==== START logs for container app of pod shop/web ====\n|.{0,10}\n){0,5}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..60),
    ]
}

/// A folder that is likely a recording.
fn folder() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    prop::collection::vec((prop::sample::select(&NAMES[..]), content()), 1..7)
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_folder_is_read_and_served_or_refused(files in folder()) {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        if let Some(recording) = read(folder.path()) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                for play in [Play::Frozen, Play::Alive { speed: 1000.0 }] {
                    let options = ServeOptions { play, ..ServeOptions::default() };
                    let served = serve(vec![recording.clone()], options).await.unwrap();
                    served.shutdown().await;
                }
            });
        }
    }
}
