//! A page hears that what it shows has changed, and of nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod apiserver;
mod serving;

use std::time::{Duration, Instant};

use apiserver::{Answer, ApiServer, empty, list};
use futures::StreamExt;
use serde_json::{Value, json};
use serving::Serving;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_mins(1);

/// How long it waits for what must not: a few times what a change takes.
const QUIET: Duration = Duration::from_secs(3);

/// A Pod whose image does not exist, with a label of which no rule makes anything.
fn pod(label: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "cart", "namespace": "shop", "uid": "u", "resourceVersion": "2",
            "creationTimestamp": "2026-11-20T10:00:00Z", "labels": {"said": label}},
        "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "registry.example/cart:2"}]},
        "status": {"phase": "Pending", "containerStatuses": [{"name": "app", "ready": false,
            "restartCount": 0, "image": "registry.example/cart:2", "imageID": "",
            "state": {"waiting": {"reason": "ErrImagePull",
                "message": "registry.example/cart:2: not found"}}}]}})
}

/// That one Pod, and what the watch of the Pods tells.
fn pods(path: &str, told: &[Value]) -> Answer {
    if !path.starts_with("/api/v1/pods?") {
        empty(path)
    } else if path.contains("watch=1") {
        Answer::Events(told.to_vec())
    } else {
        Answer::Json(200, list(path, &json!([pod("one")])))
    }
}

fn broken(path: &str) -> Answer {
    pods(path, &[])
}

fn otherwise(path: &str) -> Answer {
    pods(path, &[json!({"type": "MODIFIED", "object": pod("two")})])
}

fn mended(path: &str) -> Answer {
    pods(path, &[json!({"type": "DELETED", "object": pod("two")})])
}

type Tab = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(serving: &Serving, query: &str, origin: &str) -> tungstenite::Result<Tab> {
    let url = format!("ws://{}/streams/changes?{query}", serving.address);
    let mut request = url.into_client_request()?;
    request
        .headers_mut()
        .insert("origin", origin.parse().unwrap());
    Ok(connect_async(request).await?.0)
}

async fn listen(serving: &Serving, query: &str) -> Tab {
    let origin = format!("http://{}", serving.address);
    open(serving, query, &origin).await.unwrap()
}

/// Whether a change is told of within so long.
async fn hears(tab: &mut Tab, within: Duration) -> bool {
    let told = async {
        while let Some(message) = tab.next().await {
            if let Message::Text(text) = message.unwrap() {
                assert!(
                    text.is_empty(),
                    "that something changed is all that is told"
                );
                return;
            }
        }
        panic!("the stream ended");
    };
    timeout(within, told).await.is_ok()
}

/// Waits until the front page says so.
fn shows(serving: &Serving, what: &str) {
    let until = Instant::now() + SOON;
    while !serving.get("/").contains(what) {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_hear_of_a_change_and_of_nothing_where_nothing_changed() {
    let api = ApiServer::start(broken).await;
    let serving = Serving::start_on(&api.kubeconfig(), &["--context", "fake"]);
    shows(&serving, "registry.example/cart:2");
    let mut diagnosis = Vec::new();
    for _ in 0..10 {
        diagnosis.push(listen(&serving, "of=diagnosis").await);
    }
    let mut facts = listen(&serving, "of=facts&cluster=fake").await;
    while hears(&mut facts, QUIET).await {}

    // Of what the rules make nothing of, those who look at the facts alone are told.
    api.answer(otherwise);
    assert!(hears(&mut facts, SOON).await);
    for tab in &mut diagnosis[..2] {
        assert!(!hears(tab, QUIET).await, "nothing is said to have changed");
    }
    api.answer(mended);
    for tab in &mut diagnosis {
        assert!(hears(tab, SOON).await);
    }
    shows(&serving, "Nothing is broken");
}

/// The same Pod, with another beside it that always changes.
fn beside(path: &str, cart: &str, told: &[Value]) -> Answer {
    let busy = |label: &str| {
        let mut busy = pod(label);
        busy["metadata"]["name"] = json!("busy");
        busy["metadata"]["uid"] = json!("b");
        busy["status"] = json!({"phase": "Running"});
        busy
    };
    if !path.starts_with("/api/v1/pods?") {
        empty(path)
    } else if path.contains("watch=1") {
        let mut events = vec![json!({"type": "MODIFIED", "object": busy("two")})];
        events.extend_from_slice(told);
        Answer::Events(events)
    } else {
        let items = json!([pod(cart), busy("one")]);
        Answer::Json(200, list(path, &items))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_on_a_quiet_object_hears_nothing_of_others() {
    let api = ApiServer::start(|path| {
        if path.contains("watch=1") {
            broken(path)
        } else {
            beside(path, "one", &[])
        }
    })
    .await;
    let serving = Serving::start_on(&api.kubeconfig(), &["--context", "fake"]);
    shows(&serving, "registry.example/cart:2");
    let of =
        |of: &str, name: &str| format!("of={of}&cluster=fake&kind=Pod&namespace=shop&name={name}");
    let mut quiet = listen(&serving, &of("facts", "cart")).await;
    let mut problem = listen(&serving, &of("diagnosis", "cart")).await;
    let mut busy = listen(&serving, &of("facts", "busy")).await;
    for tab in [&mut quiet, &mut problem, &mut busy] {
        while hears(tab, QUIET).await {}
    }

    api.answer(|path| beside(path, "one", &[]));
    assert!(hears(&mut busy, SOON).await);
    assert!(!hears(&mut quiet, QUIET).await);
    assert!(!hears(&mut problem, QUIET).await);

    api.answer(|path| {
        beside(
            path,
            "one",
            &[json!({"type": "MODIFIED", "object": pod("two")})],
        )
    });
    assert!(hears(&mut quiet, SOON).await);
    api.answer(|path| {
        beside(
            path,
            "one",
            &[json!({"type": "DELETED", "object": pod("two")})],
        )
    });
    assert!(hears(&mut quiet, SOON).await);
    assert!(hears(&mut problem, SOON).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_an_investigation_hears_of_what_others_write() {
    let api = ApiServer::start(broken).await;
    let serving = Serving::start_on(&api.kubeconfig(), &["--context", "fake"]);
    shows(&serving, "registry.example/cart:2");
    let post = |path: &str, body: &str| {
        serving.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let target = "cluster=fake&runbook=pod&target=Pod%2Fshop%2Fcart";
    assert!(post("/investigations", target).starts_with("HTTP/1.1 303"));
    let mut tab = listen(&serving, "of=kept&cluster=fake").await;
    let mut other = listen(&serving, "of=diagnosis").await;
    while hears(&mut tab, QUIET).await {}
    assert!(post("/investigations/1/notes", "text=seen").starts_with("HTTP/1.1 303"));
    assert!(hears(&mut tab, SOON).await);
    assert!(!hears(&mut other, QUIET).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_this_portal_listen_and_only_to_what_there_is() {
    let serving = Serving::start();
    let own = format!("http://{}", serving.address);
    for (query, origin, status) in [
        ("of=diagnosis", "http://evil.example", 403),
        ("of=diagnosis&cluster=nowhere", own.as_str(), 404),
        ("of=everything", own.as_str(), 400),
        ("", own.as_str(), 400),
    ] {
        match open(&serving, query, origin).await {
            Err(tungstenite::Error::Http(answer)) => {
                assert_eq!(answer.status().as_u16(), status, "{query} {origin}");
            }
            other => panic!("{query} {origin}: {other:?}"),
        }
    }
}
