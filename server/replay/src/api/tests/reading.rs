//! Reading objects, lists, tables, logs and discovery.

use serde_json::{Value, json};

use super::{Access, ChangeKind, TABLE, ask, get, practice, printed, retail, stage};

#[tokio::test]
async fn pages_join_to_the_whole_list_even_when_it_changes() {
    let cluster = retail();
    let path = "/api/v1/namespaces/retail/events";
    let whole = get(&cluster, path).await.json().await;
    let names = |list: &Value| -> Vec<String> {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(whole["items"][0].get("kind").is_none());
    let mut joined = Vec::new();
    let mut next = String::new();
    loop {
        let page = get(&cluster, &format!("{path}?limit=7&continue={next}"))
            .await
            .json()
            .await;
        joined.extend(names(&page));
        let rest = names(&whole).len() - joined.len();
        match page["metadata"]["continue"].as_str() {
            Some(token) => next = token.to_owned(),
            None => break,
        }
        assert_eq!(page["metadata"]["remainingItemCount"], rest);
        // A change after the first page is not seen by those that follow.
        let added = json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": format!("zz{rest}"), "namespace": "retail"}});
        cluster
            .store
            .apply(ChangeKind::Added, &"events".into(), added);
    }
    assert_eq!(joined, names(&whole));
}

#[tokio::test]
async fn recorded_times_have_their_own_now() {
    let cluster = retail();
    let answer = ask(&cluster, "GET", "/api/v1/namespaces/retail/pods", TABLE, "").await;
    assert_eq!(answer.date, "Fri, 20 Nov 2026 20:28:59 GMT");
    let table = answer.json().await;
    assert_eq!(
        table["rows"][0]["cells"],
        json!([
            "order-mailer-6fffcd5495-c9qqm",
            "0/1",
            "CrashLoopBackOff",
            "3 (18s ago)",
            "55s",
            "10.244.0.146",
            "node-1",
            "<none>",
            "<none>"
        ])
    );
    let log = "/api/v1/namespaces/retail/pods/web-58dcb9f5d9-cw48h/log?timestamps=true&tailLines=1";
    assert!(
        get(&cluster, log)
            .await
            .text()
            .await
            .starts_with("2026-11-20T20:28:5")
    );
}

#[tokio::test]
async fn both_forms_of_discovery_tell_the_same() {
    let cluster = retail();
    let accept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    let mut aggregated = Vec::new();
    for path in ["/api", "/apis"] {
        let list = ask(&cluster, "GET", path, accept, "").await.json().await;
        assert_eq!(list["kind"], "APIGroupDiscoveryList");
        for group in list["items"].as_array().unwrap() {
            let name = group["metadata"]["name"].as_str().unwrap_or("").to_owned();
            for version in group["versions"].as_array().unwrap() {
                aggregated.push((name.clone(), version.clone()));
            }
        }
    }
    assert!(aggregated.len() > 20);
    for (group, version) in aggregated {
        let number = version["version"].as_str().unwrap();
        let path = if group.is_empty() {
            format!("/api/{number}")
        } else {
            format!("/apis/{group}/{number}")
        };
        let plain = get(&cluster, &path).await.json().await;
        let names = |list: &Value, field: &str| -> Vec<String> {
            list["resources"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r[field].as_str().unwrap().to_owned())
                .filter(|n| !n.contains('/'))
                .collect()
        };
        assert_eq!(names(&plain, "name"), names(&version, "resource"), "{path}");
    }
}

/// The other event group is not stored but derived; it must be what the API
/// server answered.
#[tokio::test]
async fn events_of_the_newer_group_are_those_recorded() {
    let printed = printed::printed();
    let mut compared = 0;
    practice::each(|recording| {
        let file = &printed[recording.name()]["events.k8s.io.json"];
        let wanted: Value = serde_json::from_str(file).unwrap();
        let cluster = stage(recording, Access::default());
        let newer = cluster
            .catalogue
            .find("events.k8s.io", "v1", "events")
            .unwrap();
        for mut event in wanted["items"].as_array().unwrap().clone() {
            event["apiVersion"] = json!("events.k8s.io/v1");
            event["kind"] = json!("Event");
            let name = event["metadata"]["name"].as_str().unwrap();
            let namespace = event["metadata"]["namespace"].as_str().unwrap();
            let Some(stored) = cluster.store.get("events", namespace, name) else {
                continue;
            };
            // An event that came again between the two requests differs.
            if stored["metadata"]["resourceVersion"] == event["metadata"]["resourceVersion"] {
                assert_eq!(*crate::convert::to(newer, &stored).unwrap(), event);
                compared += 1;
            }
        }
        Ok::<(), crate::ReplayError>(())
    })
    .unwrap();
    assert!(compared > 1000, "{compared}");
}
