//! Who follows logs lists no Pods: they are found among the facts that are watched anyway.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod apiserver;

use std::time::Duration;

use apiserver::{Answer, ApiServer, empty, list};
use podside_cluster::logs::{
    Instances, LogQuery, LogStream, LogTarget, SharedLogs, Since, StreamItem, WatchedLogs,
};
use podside_cluster::{Cluster, Settings};
use podside_diagnosis::facts::Kind;
use podside_model::Liveness;
use podside_model::log::LogNote;
use serde_json::{Value, json};
use tokio::time::timeout;

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_mins(1);

fn pod(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "uid": name, "resourceVersion": "2",
            "creationTimestamp": "2026-11-20T10:00:00Z", "labels": {"app": "web"}},
        "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "registry.example/web:2"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "ready": true,
            "restartCount": 0, "image": "registry.example/web:2", "imageID": "",
            "state": {"running": {"startedAt": "2026-11-20T10:00:01Z"}}}]}})
}

fn shop(path: &str, told: &[Value]) -> Answer {
    if path.contains("/log?") {
        return if path.contains("follow=true") {
            Answer::Open
        } else {
            Answer::Text("2026-11-20T10:00:02Z ready\n")
        };
    }
    match path.split('?').next().unwrap_or_default() {
        "/api/v1/pods" if path.contains("watch=1") => Answer::Events(told.to_vec()),
        "/api/v1/pods" => Answer::Json(200, list(path, &json!([pod("web-1")]))),
        "/api/v1/namespaces/shop/pods/web-1" => Answer::Json(200, pod("web-1")),
        "/api/v1/namespaces/shop/pods/web-2" => Answer::Json(200, pod("web-2")),
        _ => empty(path),
    }
}

fn one(path: &str) -> Answer {
    shop(path, &[])
}

fn joined(path: &str) -> Answer {
    shop(path, &[json!({"type": "ADDED", "object": pod("web-2")})])
}

type Logs = LogStream<SharedLogs<WatchedLogs>>;

/// Waits until the stream names so many sources.
async fn names_sources(stream: &mut Logs, count: usize) {
    let named = async {
        loop {
            let items = stream.next().await;
            assert!(!items.is_empty(), "the stream ended");
            let is_it = |item: &StreamItem| match item {
                StreamItem::Note(LogNote::Sources { sources, .. }) => sources.len() == count,
                _ => false,
            };
            if items.iter().any(is_it) {
                return;
            }
        }
    };
    timeout(SOON, named).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_stream_lists_no_pods_and_hears_of_those_that_come() {
    let api = ApiServer::start(one).await;
    let cluster = Cluster::new(api.connect().await, Settings::default());
    let _viewing = cluster.look();
    let mut sights = cluster.sights();
    let live = sights.wait_for(|sight| matches!(sight.liveness, Liveness::Live { .. }));
    timeout(SOON, live).await.unwrap().unwrap();

    let query = LogQuery {
        namespace: "shop".into(),
        targets: vec![LogTarget::Selector("app=web".into())],
        container: None,
        instances: Instances::Current,
        since: Since::All,
        tail: Some(5),
        follow: true,
    };
    let logs = SharedLogs::new(WatchedLogs::new(cluster.clone()));
    let mut stream = LogStream::open(logs, query, Vec::new(), 0).await.unwrap();
    names_sources(&mut stream, 1).await;
    api.answer(joined);
    names_sources(&mut stream, 2).await;
    let asked = api.asked();
    let of_shop = asked
        .iter()
        .filter(|path| path.contains("/namespaces/shop/"));
    let not_of_one_pod = of_shop.filter(|path| !path.contains("/shop/pods/web-"));
    assert_eq!(not_of_one_pod.count(), 0, "{asked:?}");
    // The watches ask for all of the cluster.
    assert!(api.listed(Kind::Pod) > 0 && api.listed(Kind::Event) > 0);
}
