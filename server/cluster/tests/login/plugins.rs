//! Login plugins: each is run once for a connection, and again when its credential ends.

use std::time::{Duration, Instant};

use futures::future::join_all;
use podside_cluster::acting::{Deletion, NotDone};
use podside_cluster::{Cluster, Error, Settings};
use podside_model::ObjectRef;
use serde_json::{Value, json};

use super::api::{Api, Authority};
use super::home::Home;

/// Gives a token that tells which run it is of.
const TOKEN: &str = r#"printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-%s"}}' "$run""#;

fn at(api: &Api) -> Value {
    json!({"server": api.address})
}

#[tokio::test]
async fn a_plugin_runs_once_for_a_connection() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let connection = home.connect(&at(&api), &home.plugin(TOKEN)).await;
    assert_eq!(home.runs(), 0, "nobody has asked for anything");
    let cluster = Cluster::new(connection.clone(), Settings::default());
    let all = join_all((0..20).map(|_| connection.server_version())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let shared = cluster.connection().server_version().await;
    assert_eq!(shared.as_deref(), Ok("v1.36.2"));
    assert_eq!(home.runs(), 1);
    assert_eq!(api.tokens(), ["token-1"; 21]);
}

#[tokio::test]
async fn a_change_shares_the_token_and_is_sent_again_only_where_that_was_refused() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let connection = home.connect(&at(&api), &home.plugin(TOKEN)).await;
    connection.server_version().await.unwrap();
    let away = Deletion {
        object: ObjectRef::namespaced("Pod", "shop", "web"),
        uid: "u".to_owned(),
        grace: None,
    };
    // It answers with its version, which is no deletion.
    let told = connection.delete(&away).await;
    assert!(matches!(told, Err(NotDone::Failed(_))), "{told:?}");
    assert_eq!(api.tokens(), ["token-1"; 2]);
    assert_eq!(home.runs(), 1);
    api.admit(|seen| seen.token() == Some("token-2"));
    let told = connection.delete(&away).await;
    assert!(matches!(told, Err(NotDone::Failed(_))), "{told:?}");
    assert_eq!(api.tokens(), ["token-1", "token-1", "token-1", "token-2"]);
    assert_eq!(home.runs(), 2);
}

#[tokio::test]
async fn all_wait_for_a_plugin_that_takes_eight_seconds() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let slow = format!("sleep 8; {TOKEN}");
    let connection = home.connect(&at(&api), &home.plugin(&slow)).await;
    let began = Instant::now();
    // One who has less patience leaves, and the plugin goes on.
    let impatient = tokio::time::timeout(Duration::from_secs(1), connection.server_version());
    assert!(impatient.await.is_err());
    let all = join_all((0..5).map(|_| connection.server_version())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert!(began.elapsed() >= Duration::from_secs(8));
    assert_eq!(home.runs(), 1);
}

#[tokio::test]
async fn a_plugin_runs_again_before_its_token_ends() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let ends = r#"
        end=$(( $(date +%s) + 6 ))
        end=$(date -u -d "@$end" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$end" +%Y-%m-%dT%H:%M:%SZ)
        test "$run" = 1 || end=2100-01-01T00:00:00Z
        printf 'status: {token: token-%s, expirationTimestamp: "%s"}' "$run" "$end"
    "#;
    let connection = home.connect(&at(&api), &home.plugin(ends)).await;
    connection.server_version().await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    for _ in 0..3 {
        connection.server_version().await.unwrap();
    }
    assert_eq!(api.tokens(), ["token-1", "token-2", "token-2", "token-2"]);
    assert_eq!(home.runs(), 2);
}

#[tokio::test]
async fn a_plugin_runs_again_when_its_token_is_refused() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let connection = home.connect(&at(&api), &home.plugin(TOKEN)).await;
    connection.server_version().await.unwrap();
    api.admit(|seen| seen.token() == Some("token-2"));
    let all = join_all((0..10).map(|_| connection.server_version())).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(home.runs(), 2);
}

#[tokio::test]
async fn a_plugin_whose_tokens_are_all_refused_is_not_run_for_each_request() {
    let (api, home) = (Api::start(|_| false).await, Home::new());
    let connection = home.connect(&at(&api), &home.plugin(TOKEN)).await;
    for _ in 0..5 {
        let error = connection.server_version().await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    }
    assert_eq!(home.runs(), 2);
}

#[tokio::test]
async fn a_plugin_may_give_a_certificate() {
    let (authority, home) = (Authority::new(), Home::new());
    let clients = [authority.client("one"), authority.client("two")];
    for (run, client) in (1..).zip(&clients) {
        let answer = json!({"kind": "ExecCredential", "status": {
            "clientCertificateData": client.pem, "clientKeyData": client.key,
        }});
        home.write(&format!("answer-{run}"), &answer.to_string());
    }
    let api = Api::start_tls(&authority, "127.0.0.1", |_| true).await;
    let ca = home.write("ca.crt", &authority.pem);
    let cluster = json!({"server": api.address, "certificate-authority": ca});
    let text = format!("cat {}/answer-$run", home.path().display());
    let connection = home.connect(&cluster, &home.plugin(&text)).await;
    for _ in 0..3 {
        connection.server_version().await.unwrap();
    }
    assert_eq!(home.runs(), 1);
    let second = clients[1].der.clone();
    api.admit(move |seen| seen.certificate.as_ref() == Some(&second));
    connection.server_version().await.unwrap();
    assert_eq!(home.runs(), 2);
    let seen = api.seen();
    let certificates: Vec<_> = seen.iter().map(|seen| seen.certificate.clone()).collect();
    let [one, two] = clients.map(|client| Some(client.der));
    assert_eq!(
        certificates,
        [one.clone(), one.clone(), one.clone(), one, two]
    );
}

#[tokio::test]
async fn a_plugin_that_fails_is_told_and_not_run_again_at_once() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let fails = "echo 'Error: the session has expired; run corp login' >&2; exit 1";
    let connection = home.connect(&at(&api), &home.plugin(fails)).await;
    let all = join_all((0..20).map(|_| connection.server_version())).await;
    for answer in all {
        let said = answer.unwrap_err().to_string();
        assert!(
            said.starts_with(
                "cannot log in to prod: the login plugin \"sh\" failed with exit code 1. It said: \
                 Error: the session has expired; run corp login;"
            ),
            "{said}"
        );
    }
    assert_eq!(home.runs(), 1);
    assert!(api.seen().is_empty());
}

#[tokio::test]
async fn a_plugin_that_gives_nothing_is_told() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    for (gives, what) in [
        ("true", "answered nothing"),
        (
            "echo '{\"status\":{}}'",
            "gave neither a token nor a certificate",
        ),
        ("echo 'Please log in'", "is not an ExecCredential"),
        (
            r#"printf 'status: {token: "a\\nb"}'"#,
            "its token holds characters that cannot be sent",
        ),
    ] {
        let connection = home.connect(&at(&api), &home.plugin(gives)).await;
        let error = connection.server_version().await.unwrap_err();
        assert!(matches!(error, Error::Login { .. }), "{error:?}");
        assert!(error.to_string().contains(what), "{error}");
    }
    assert!(api.seen().is_empty());
}

#[tokio::test]
async fn a_plugin_is_told_of_its_cluster_where_it_wants_to_be() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let told = home.path().join("told");
    let text = format!(
        "printf %s \"$KUBERNETES_EXEC_INFO\" > {}; {TOKEN}",
        told.display()
    );
    let mut user = home.plugin(&text);
    user["exec"]["provideClusterInfo"] = true.into();
    let cluster = json!({
        "server": api.address, "tls-server-name": "api.example",
        "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}],
    });
    let connection = home.connect(&cluster, &user).await;
    connection.server_version().await.unwrap();
    let told: Value = serde_json::from_str(&std::fs::read_to_string(told).unwrap()).unwrap();
    assert_eq!(
        told["spec"]["cluster"],
        json!({"server": api.address, "tls-server-name": "api.example", "config": {"audience": "x"}})
    );
}
