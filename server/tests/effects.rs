//! What is done on somebody's behalf goes on without the request that asked for it, is told
//! on the page, and can be stopped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod apiserver;
mod serving;

use std::time::{Duration, Instant};

use apiserver::{Answer, ApiServer, empty, list};
use serde_json::json;
use serving::Serving;
use tokio::sync::Semaphore;

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_mins(1);

/// One permit for each list of Pods that is answered.
static FOLLOWED: Semaphore = Semaphore::const_new(0);
static STOPPED: Semaphore = Semaphore::const_new(0);

/// A Pod whose image does not exist, once its list may be read.
fn slow(path: &str, permits: &'static Semaphore) -> Answer {
    if !path.starts_with("/api/v1/pods?") || path.contains("watch=1") {
        return empty(path);
    }
    let pod = json!({
        "metadata": {"name": "cart", "namespace": "shop", "uid": "u", "resourceVersion": "1",
            "creationTimestamp": "2026-11-20T10:00:00Z"},
        "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "registry.example/cart:2"}]},
        "status": {"phase": "Pending", "containerStatuses": [{"name": "app", "ready": false,
            "restartCount": 0, "image": "registry.example/cart:2", "imageID": "",
            "state": {"waiting": {"reason": "ErrImagePull",
                "message": "rpc error: code = NotFound desc = registry.example/cart:2: not found"}}}]}});
    Answer::When(
        permits,
        Box::new(Answer::Json(200, list(path, &json!([pod])))),
    )
}

/// A portal on a cluster that answers when it may, and an investigation of the Pod in which
/// the evidence is followed.
fn followed(api: &ApiServer) -> Serving {
    let serving = Serving::start_on(&api.kubeconfig(), &["--context", "fake"]);
    let started = post(
        &serving,
        "/investigations",
        "cluster=fake&runbook=pod&target=Pod%2Fshop%2Fcart",
    );
    assert!(started.contains("/investigations/1"), "{started}");
    let asked = Instant::now();
    let answer = post(&serving, "/investigations/1/walk", "after=0");
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(
        asked.elapsed() < Duration::from_secs(20),
        "it waited for the end"
    );
    serving
}

fn post(serving: &Serving, path: &str, body: &str) -> String {
    serving.ask(&format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// The page of the investigation, once it is as it should be.
fn page(serving: &Serving, what: &str, is_so: impl Fn(&str) -> bool) -> String {
    let until = Instant::now() + SOON;
    loop {
        let page = serving.get("/investigations/1");
        if is_so(&page) {
            return page;
        }
        assert!(Instant::now() < until, "{what}: {page}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

const GOES_ON: &str = "Following the evidence.";

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_goes_on_when_its_page_is_left_and_is_at_its_end_later() {
    let api = ApiServer::start(|path| slow(path, &FOLLOWED)).await;
    let serving = followed(&api);
    let going = page(&serving, "it goes on", |page| page.contains(GOES_ON));
    assert!(
        going.contains("action=\"/investigations/1/stop\""),
        "{going}"
    );
    // Who asks again is not served by a second walk.
    let again = post(&serving, "/investigations/1/walk", "after=0");
    assert!(again.starts_with("HTTP/1.1 303"), "{again}");

    FOLLOWED.add_permits(1_000);
    let ended = page(&serving, "it ends", |page| !page.contains(GOES_ON));
    assert!(ended.contains("image-not-found"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_is_stopped_keeps_nothing_more() {
    let api = ApiServer::start(|path| slow(path, &STOPPED)).await;
    let serving = followed(&api);
    page(&serving, "it goes on", |page| page.contains(GOES_ON));
    let stopped = post(&serving, "/investigations/1/stop", "");
    assert!(stopped.starts_with("HTTP/1.1 303"), "{stopped}");
    let page = serving.get("/investigations/1");
    assert!(!page.contains(GOES_ON), "{page}");
    STOPPED.add_permits(1_000);
    let until = Instant::now() + SOON;
    while !serving.get("/").contains("registry.example/cart:2") {
        assert!(Instant::now() < until, "the cluster is read");
        std::thread::sleep(Duration::from_millis(100));
    }
    // A walk that went on would have its first answer by then.
    std::thread::sleep(Duration::from_secs(1));
    let page = serving.get("/investigations/1");
    assert!(page.contains("name=\"after\" value=\"0\""), "{page}");
}
