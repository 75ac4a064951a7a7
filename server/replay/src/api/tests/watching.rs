//! Watches.

use serde_json::{Value, json};

use super::{ChangeKind, TABLE, ask, get, ready_lines, retail};

#[tokio::test]
async fn a_watch_begins_where_it_is_told_to() {
    let cluster = retail();
    let pods = "/api/v1/namespaces/retail/pods";
    let list = get(&cluster, pods).await.json().await;
    let version = list["metadata"]["resourceVersion"]
        .as_str()
        .unwrap()
        .to_owned();
    let kinds = |lines: &[Value]| -> Vec<String> {
        lines
            .iter()
            .map(|l| l["type"].as_str().unwrap().to_owned())
            .collect()
    };

    let lines = ready_lines(get(&cluster, &format!("{pods}?watch=1")).await).await;
    assert_eq!(kinds(&lines), ["ADDED"; 6]);

    let lines = ready_lines(
        get(
            &cluster,
            &format!("{pods}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"),
        )
        .await,
    )
    .await;
    assert_eq!(lines.len(), 7);
    assert_eq!(lines[6]["type"], "BOOKMARK");
    assert_eq!(
        lines[6]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"],
        "true"
    );
    assert_eq!(
        lines[6]["object"]["metadata"]["resourceVersion"],
        version.as_str()
    );

    let lines =
        ready_lines(get(&cluster, &format!("{pods}?watch=1&resourceVersion=5")).await).await;
    assert_eq!(kinds(&lines), ["ERROR"]);
    assert_eq!(lines[0]["object"]["code"], 410);

    let lines = ready_lines(
        get(
            &cluster,
            &format!(
                "{pods}?watch=1&resourceVersion={version}&timeoutSeconds=1&allowWatchBookmarks=true"
            ),
        )
        .await,
    )
    .await;
    assert!(lines.is_empty(), "{lines:?}");
}

#[tokio::test]
async fn a_watch_sees_changes_through_its_selector() {
    let cluster = retail();
    let version = cluster.store.revision();
    let watch = |accept: &'static str| {
        let cluster = cluster.clone();
        async move {
            let path = format!(
                "/api/v1/namespaces/retail/pods?watch=1&resourceVersion={version}&labelSelector=app%3Dx"
            );
            ready_lines(ask(&cluster, "GET", &path, accept, "").await).await
        }
    };
    let pod = |label: &str| json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "retail", "labels": {"app": label}}});
    for (kind, label) in [
        (ChangeKind::Added, "y"),
        (ChangeKind::Modified, "x"),
        (ChangeKind::Modified, "x"),
        (ChangeKind::Modified, "y"),
        (ChangeKind::Deleted, "y"),
    ] {
        cluster.store.apply(kind, &"pods".into(), pod(label));
    }
    let lines = watch("application/json").await;
    let kinds: Vec<_> = lines.iter().map(|l| l["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ADDED", "MODIFIED", "DELETED"]);
    let versions: Vec<u64> = lines
        .iter()
        .map(|l| {
            l["object"]["metadata"]["resourceVersion"]
                .as_str()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    let tables = watch(TABLE).await;
    assert_eq!(tables[0]["object"]["kind"], "Table");
    assert!(tables[0]["object"]["columnDefinitions"].is_array());
    assert!(tables[1]["object"]["columnDefinitions"].is_null());
}

#[tokio::test]
async fn a_cluster_that_stops_ends_its_watches() {
    let cluster = retail();
    let answer = get(&cluster, "/api/v1/pods?watch=1").await;
    cluster.stopping.cancel();
    let text = tokio::time::timeout(std::time::Duration::from_secs(1), answer.text())
        .await
        .unwrap();
    assert_eq!(text.lines().count(), 6);
}
