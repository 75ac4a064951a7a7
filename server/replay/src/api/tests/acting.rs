//! What changes something.

use serde_json::{Value, json};

use super::{Access, ask, get, practice, retail, stage};
use crate::{ChangeKind, fields::Fields};

const PODS: &str = "/api/v1/namespaces/retail/pods";

fn pod(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "main", "image": "busybox"}]}})
}

#[tokio::test]
async fn a_pod_is_created_with_what_the_api_server_adds() {
    let cluster = retail();
    let answer = ask(&cluster, "POST", PODS, "", &pod("new").to_string()).await;
    assert_eq!(answer.code, 201);
    let created = answer.json().await;
    assert_eq!(created["metadata"]["namespace"], "retail");
    assert_eq!(created["spec"]["restartPolicy"], "Always");
    assert_eq!(
        created["spec"]["containers"][0]["imagePullPolicy"],
        "Always"
    );
    assert_eq!(created["status"]["phase"], "Pending");
    assert!(!created.text("/metadata/uid").is_empty());
    assert!(!created.text("/metadata/resourceVersion").is_empty());
    let kept = get(&cluster, &format!("{PODS}/new")).await.json().await;
    assert_eq!(kept, created);
}

#[tokio::test]
async fn what_is_only_tried_changes_nothing() {
    let cluster = retail();
    let before = cluster.store.revision();
    let tried = format!("{PODS}?dryRun=All");
    let answer = ask(&cluster, "POST", &tried, "", &pod("new").to_string()).await;
    assert_eq!(answer.code, 201);
    let away = format!("{PODS}/postgres-0?dryRun=All");
    assert_eq!(ask(&cluster, "DELETE", &away, "", "").await.code, 200);
    let said = json!({"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]});
    let away = format!("{PODS}/postgres-0");
    let answer = ask(&cluster, "DELETE", &away, "", &said.to_string()).await;
    assert_eq!(answer.code, 200);
    assert_eq!(cluster.store.revision(), before);
}

#[tokio::test]
async fn unknown_fields_are_told_dropped_or_refused() {
    let cluster = retail();
    let mut misspelt = pod("new");
    misspelt["spec"]["containers"][0]["commnd"] = json!(["sh"]);
    let misspelt = misspelt.to_string();
    for (validation, code) in [("Strict", 400), ("Warn", 201), ("Ignore", 201)] {
        let path = format!("{PODS}?dryRun=All&fieldValidation={validation}");
        let answer = ask(&cluster, "POST", &path, "", &misspelt).await;
        assert_eq!(answer.code, code, "{validation}");
        let created = answer.json().await;
        assert!(created.pointer("/spec/containers/0/commnd").is_none());
    }
    let path = format!("{PODS}?fieldValidation=Maybe");
    assert_eq!(ask(&cluster, "POST", &path, "", &misspelt).await.code, 422);
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let cluster = retail();
    let of = |change: fn(&mut Value)| {
        let mut pod = pod("new");
        change(&mut pod);
        pod.to_string()
    };
    for (body, code, said) in [
        (
            of(|pod| pod["metadata"]["name"] = json!("Bad_Name")),
            422,
            "RFC 1123",
        ),
        (
            of(|pod| pod["metadata"]["namespace"] = json!("other")),
            400,
            "does not match",
        ),
        (
            of(|pod| pod["kind"] = json!("Service")),
            400,
            "cannot be handled as a Pod",
        ),
        (
            of(|pod| pod["spec"]["containers"] = json!([])),
            422,
            "spec.containers",
        ),
        (
            of(|pod| pod["spec"]["containers"][0]["image"] = json!("")),
            422,
            "image: Required",
        ),
        (
            of(|pod| pod["metadata"]["name"] = json!("postgres-0")),
            409,
            "already exists",
        ),
        ("[".repeat(500), 413, "too large"),
        ("{".to_owned(), 400, "json parse error"),
    ] {
        let answer = ask(&cluster, "POST", PODS, "", &body).await;
        assert_eq!(answer.code, code, "{said}");
        let status = answer.json().await;
        assert!(status.text("/message").contains(said), "{status}");
    }
}

#[tokio::test]
async fn only_the_pod_that_is_meant_is_deleted() {
    let cluster = retail();
    let path = format!("{PODS}/postgres-0");
    let of = |uid: &str| {
        json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0, "preconditions": {"uid": uid}})
            .to_string()
    };
    let answer = ask(&cluster, "DELETE", &path, "", &of("other")).await;
    assert_eq!(answer.code, 409);
    let said = answer.json().await;
    assert_eq!(said["reason"], "Conflict");
    let uid = get(&cluster, &path).await.json().await;
    let uid = uid.text("/metadata/uid").to_owned();
    assert_eq!(
        ask(&cluster, "DELETE", &path, "", &of(&uid)).await.code,
        200
    );
    assert_eq!(get(&cluster, &path).await.code, 404);
}

#[tokio::test]
async fn what_is_still_to_be_played_does_not_undo_what_was_done() {
    let cluster = retail();
    let path = format!("{PODS}/postgres-0");
    let recorded = get(&cluster, &path).await.json().await;
    let added =
        json!({"spec": {"ephemeralContainers": [{"name": "debugger", "image": "busybox"}]}});
    let patched = crate::acting::container::patch(
        &cluster,
        cluster.catalogue.of_object("v1", "Pod").unwrap(),
        ("retail", "postgres-0"),
        &crate::acting::Change::strategic(added),
    );
    assert!(patched.is_ok(), "{patched:?}");
    // The recording goes on with the Pod as it was.
    let mut next = recorded.clone();
    assert!(cluster.acting.admits(&mut next));
    cluster
        .store
        .apply(ChangeKind::Modified, &"pods".into(), next);
    let now = get(&cluster, &path).await.json().await;
    assert_eq!(now["spec"]["ephemeralContainers"][0]["name"], "debugger");

    let away = json!({"gracePeriodSeconds": 0}).to_string();
    assert_eq!(ask(&cluster, "DELETE", &path, "", &away).await.code, 200);
    assert!(!cluster.acting.admits(&mut recorded.clone()));
}

#[tokio::test]
async fn rights_are_of_verbs_too() {
    let cluster = stage(
        practice::open("cascade-db-pvc").unwrap(),
        Access {
            denied: vec!["create pods".to_owned()],
            ..Access::default()
        },
    );
    assert_eq!(get(&cluster, PODS).await.code, 200);
    let answer = ask(&cluster, "POST", PODS, "", &pod("new").to_string()).await;
    assert_eq!(answer.code, 403);
    assert_eq!(
        answer.json().await["message"],
        "pods is forbidden: User \"practice\" cannot create resource \"pods\" in API group \"\" in the namespace \"retail\""
    );
    let rules = json!({"spec": {"namespace": "retail"}}).to_string();
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let rules = ask(&cluster, "POST", path, "", &rules).await.json().await;
    let verbs = |resource: &str| -> Vec<Value> {
        let of = |rule: &&Value| rule.list("/resources").contains(&json!(resource));
        let rules = rules.list("/status/resourceRules");
        let rule = rules.iter().find(of).unwrap();
        rule.list("/verbs").to_vec()
    };
    assert_eq!(verbs("pods"), ["delete", "get", "list", "patch", "watch"]);
    assert_eq!(verbs("pods/exec"), ["create", "get"]);
    assert_eq!(verbs("pods/ephemeralcontainers"), ["patch"]);
}
