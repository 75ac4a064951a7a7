//! What else a kubeconfig may name.

use std::fs;

use podside_cluster::{Error, Kubeconfig};
use serde_json::json;

use super::api::{Api, Authority};
use super::home::{Home, connect, kubeconfig};

#[tokio::test]
async fn of_several_files_the_first_to_name_something_wins() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    // kubectl writes an empty name when a current context is taken back.
    let first = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "",
        "users": [{"name": "user", "user": {"token": "of-the-first"}}],
        "contexts": [{"name": "own", "context": {"cluster": "cluster", "user": "user"}}],
    });
    let mut second = kubeconfig(
        &json!({"server": api.address}),
        &json!({"token": "of-the-second"}),
    );
    second["current-context"] = "prod".into();
    let third = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "own",
        "clusters": [{"name": "cluster", "cluster": {"server": "http://127.0.0.1:1"}}],
    });
    let paths = [
        home.write("first", &first.to_string()),
        home.path().join("missing"),
        home.write("second", &second.to_string()),
        home.write("empty", ""),
        home.write("third", &third.to_string()),
    ];
    let merged = Kubeconfig::read(&paths).unwrap().unwrap();
    assert_eq!(merged.contexts(), ["own", "prod"]);
    assert_eq!(merged.current(), Some("prod"));
    connect(&paths).await.server_version().await.unwrap();
    assert_eq!(api.tokens(), ["of-the-first"]);
}

#[tokio::test]
async fn a_token_file_is_read_anew_when_its_token_is_refused() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    // Whoever writes such a file by hand ends its line.
    let file = home.write("token", "token-1\n");
    let user = json!({"tokenFile": file});
    let connection = home.connect(&json!({"server": api.address}), &user).await;
    connection.server_version().await.unwrap();
    home.write("token", "token-2\n");
    api.admit(|seen| seen.token() == Some("token-2"));
    for _ in 0..2 {
        connection.server_version().await.unwrap();
    }
    assert_eq!(api.tokens(), ["token-1", "token-1", "token-2", "token-2"]);
}

#[tokio::test]
async fn a_token_file_goes_before_the_token_beside_it() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let cluster = json!({"server": api.address});
    let user = json!({"tokenFile": home.write("token", "of-the-file"), "token": "beside"});
    let connection = home.connect(&cluster, &user).await;
    connection.server_version().await.unwrap();
    fs::remove_file(home.path().join("token")).unwrap();
    let connection = home.connect(&cluster, &user).await;
    connection.server_version().await.unwrap();
    assert_eq!(api.tokens(), ["of-the-file", "beside"]);
}

#[tokio::test]
async fn a_token_file_that_is_not_there_is_named() {
    let (api, home) = (Api::start(|_| true).await, Home::new());
    let cluster = json!({"server": api.address});
    let missing = home.path().join("token");
    for (path, what) in [
        (&missing, "No such file"),
        (&home.write("empty", " \n"), "it is empty"),
    ] {
        let connection = home.connect(&cluster, &json!({"tokenFile": path})).await;
        let error = connection.server_version().await.unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, Error::Login { .. }), "{said}");
        let named = format!("cannot read the token file {}: ", path.display());
        assert!(said.contains(&named) && said.contains(what), "{said}");
    }
    assert!(api.seen().is_empty());
}

#[tokio::test]
async fn the_server_s_certificate_is_checked_by_the_name_that_is_given() {
    let (authority, home) = (Authority::new(), Home::new());
    let api = Api::start_tls(&authority, "api.example", |_| true).await;
    let ca = home.write("ca.crt", &authority.pem);
    let user = json!({"token": "t"});
    let named = json!({
        "server": api.address, "certificate-authority": ca, "tls-server-name": "api.example",
    });
    let connection = home.connect(&named, &user).await;
    connection.server_version().await.unwrap();
    let names: Vec<_> = api
        .seen()
        .into_iter()
        .map(|seen| seen.server_name)
        .collect();
    assert_eq!(names, [Some("api.example".to_owned())]);
    let unnamed = json!({"server": api.address, "certificate-authority": ca});
    let connection = home.connect(&unnamed, &user).await;
    let error = connection.server_version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(api.seen().len(), 1, "the token was not sent");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_taken_where_it_is_said() {
    let (authority, home) = (Authority::new(), Home::new());
    let api = Api::start_tls(&authority, "api.example", |_| true).await;
    let user = json!({"token": "t"});
    let checked = json!({"server": api.address});
    let connection = home.connect(&checked, &user).await;
    let error = connection.server_version().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    let unchecked = json!({"server": api.address, "insecure-skip-tls-verify": true});
    let connection = home.connect(&unchecked, &user).await;
    connection.server_version().await.unwrap();
    assert_eq!(api.tokens(), ["t"]);
}

#[tokio::test]
async fn paths_are_relative_to_the_file_that_names_them() {
    let (authority, home) = (Authority::new(), Home::new());
    let api = Api::start_tls(&authority, "127.0.0.1", |_| true).await;
    let client = authority.client("somebody");
    home.write("kube/pki/ca.crt", &authority.pem);
    home.write("kube/pki/client.crt", &client.pem);
    home.write("kube/pki/client.key", &client.key);
    home.write("kube/token", "of-the-file");
    home.write_program("kube/bin/login", "echo 'status: {token: of-the-plugin}'\n");
    let cluster = json!({"server": api.address, "certificate-authority": "pki/ca.crt"});
    for user in [
        json!({"client-certificate": "pki/client.crt", "client-key": "pki/client.key"}),
        json!({"tokenFile": "token"}),
        json!({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
            "command": "./bin/login",
        }}),
    ] {
        let path = home.write("kube/config", &kubeconfig(&cluster, &user).to_string());
        let version = connect(&[path]).await.server_version().await;
        assert_eq!(version.as_deref(), Ok("v1.36.2"), "{user}");
    }
    assert_eq!(api.tokens(), ["none", "of-the-file", "of-the-plugin"]);
    assert_eq!(api.seen()[0].certificate, Some(client.der));
}
