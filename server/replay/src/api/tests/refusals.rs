//! What is refused, and to whom.

use axum::{
    body::Body,
    extract::State,
    http::{Request, StatusCode},
};
use serde_json::json;

use super::{Access, ask, get, handle, practice, retail, stage};

#[tokio::test]
async fn every_refusal_is_a_status_with_its_reason() {
    let cluster = retail();
    let pods = "/api/v1/namespaces/retail/pods";
    for (method, path, accept, code, reason) in [
        (
            "GET",
            "/api/v1/namespaces/retail/pods/none",
            "",
            404,
            "NotFound",
        ),
        (
            "GET",
            "/api/v1/namespaces/retail/widgets",
            "",
            404,
            "NotFound",
        ),
        ("GET", "/apis/none.example/v1/pods", "", 404, "NotFound"),
        ("GET", "/openapi/v2", "", 404, "NotFound"),
        ("GET", "/api/v1/pods/web", "", 404, "NotFound"),
        (
            "GET",
            "/api/v1/namespaces/retail/nodes",
            "",
            404,
            "NotFound",
        ),
        ("DELETE", "/version", "", 405, "MethodNotAllowed"),
        (
            "DELETE",
            "/api/v1/namespaces/retail/services/postgres",
            "",
            405,
            "MethodNotAllowed",
        ),
        (
            "PATCH",
            "/api/v1/namespaces/retail/pods/postgres-0",
            "",
            405,
            "MethodNotAllowed",
        ),
        (
            "POST",
            "/api/v1/namespaces/retail/pods/postgres-0/eviction",
            "",
            405,
            "MethodNotAllowed",
        ),
        ("GET", pods, "text/csv", 406, "NotAcceptable"),
        (
            "GET",
            "/api/v1/namespaces/retail/pods?labelSelector=a%20in",
            "",
            400,
            "BadRequest",
        ),
        (
            "GET",
            "/api/v1/namespaces/retail/pods?fieldSelector=a%3Db",
            "",
            400,
            "BadRequest",
        ),
        (
            "GET",
            "/api/v1/namespaces/retail/pods?limit=-1",
            "",
            400,
            "BadRequest",
        ),
        (
            "GET",
            "/api/v1/namespaces/retail/pods?continue=rubbish",
            "",
            400,
            "BadRequest",
        ),
        (
            "GET",
            "/api/v1/pods?resourceVersion=1&resourceVersionMatch=Exact",
            "",
            410,
            "Expired",
        ),
        (
            "GET",
            "/api/v1/pods?resourceVersion=999999999",
            "",
            410,
            "Expired",
        ),
        (
            "GET",
            "/api/v1/pods?watch=1&sendInitialEvents=true",
            "",
            422,
            "Invalid",
        ),
        (
            "GET",
            "/api/v1/namespaces/retail/pods/postgres-0/log?sinceSeconds=0",
            "",
            422,
            "Invalid",
        ),
        (
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "",
            422,
            "Invalid",
        ),
        ("GET", "/api/v1/%ff", "", 400, "BadRequest"),
    ] {
        let answer = ask(&cluster, method, path, accept, "").await;
        assert_eq!(answer.code.as_u16(), code, "{method} {path}");
        let status = answer.json().await;
        assert_eq!(status["kind"], "Status", "{method} {path}");
        assert_eq!(status["reason"], reason, "{method} {path}");
        assert_eq!(status["code"], code, "{method} {path}");
    }
}

#[tokio::test]
async fn without_the_token_there_is_only_health_and_version() {
    let cluster = retail();
    let without = |path: &str| {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        handle(State(cluster.clone()), request)
    };
    assert_eq!(
        without("/api/v1/pods").await.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(without("/readyz").await.status(), StatusCode::OK);
    assert_eq!(without("/version").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn rights_can_be_narrowed() {
    let cluster = stage(
        practice::open("cascade-db-pvc").unwrap(),
        Access {
            namespaces: Some(vec!["retail".to_owned()]),
            denied: vec!["secrets".to_owned(), "delete pods".to_owned()],
            ..Access::default()
        },
    );
    for (path, code) in [
        ("/api/v1/namespaces/retail/pods", 200),
        ("/api/v1/namespaces/retail", 200),
        ("/api/v1/pods", 403),
        ("/api/v1/nodes", 403),
        ("/api/v1/namespaces/other/pods", 403),
        ("/api/v1/namespaces/retail/secrets", 403),
        ("/api/v1/namespaces/retail/secrets?watch=1", 403),
    ] {
        assert_eq!(get(&cluster, path).await.code.as_u16(), code, "{path}");
    }
    let status = get(&cluster, "/api/v1/nodes").await.json().await;
    assert_eq!(
        status["message"],
        "nodes is forbidden: User \"practice\" cannot list resource \"nodes\" in API group \"\" at the cluster scope"
    );
    let review = |resource: &str, verb: &str| {
        json!({"spec": {"resourceAttributes": {"namespace": "retail", "verb": verb, "resource": resource}}})
            .to_string()
    };
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    for (resource, verb, allowed) in [
        ("pods", "list", true),
        ("pods", "create", true),
        ("pods", "delete", false),
        ("services", "delete", false),
        ("secrets", "get", false),
        ("widgets", "get", false),
    ] {
        let answer = ask(&cluster, "POST", path, "", &review(resource, verb)).await;
        assert_eq!(answer.code, StatusCode::CREATED);
        assert_eq!(
            answer.json().await["status"]["allowed"],
            allowed,
            "{resource} {verb}"
        );
    }
}
