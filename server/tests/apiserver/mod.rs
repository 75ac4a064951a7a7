//! An API server that answers as a test says, and counts what it is asked.
#![allow(
    dead_code,
    reason = "each test takes what it needs, and is compiled with all of it"
)]

use std::sync::{Arc, Mutex};

use podside_cluster::Connection;
use podside_diagnosis::facts::Kind;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// One answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A code and a body of JSON.
    Json(u16, Value),
    /// 200 and a page for a browser.
    Page(&'static str),
    /// 200 and a text: a log.
    Text(&'static str),
    /// 200, and nothing more until the answers change: a watch.
    Open,
    /// The same after these events.
    Events(Vec<Value>),
    /// Another answer, when there is a permit for it.
    When(&'static Semaphore, Box<Answer>),
}

/// Answers to paths with their queries.
pub(crate) type Answers = fn(&str) -> Answer;

/// The heads of the requests so far.
type Heads = Arc<Mutex<Vec<String>>>;

/// A running API server, ended with the test.
pub(crate) struct ApiServer {
    pub(crate) address: String,
    answers: watch::Sender<Answers>,
    asked: Heads,
    _task: JoinSet<()>,
}

impl ApiServer {
    pub(crate) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answers = watch::Sender::new(answers);
        let asked = Heads::default();
        let mut tasks = JoinSet::new();
        let (subscriber, log) = (answers.clone(), Arc::clone(&asked));
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(serve(stream, subscriber.subscribe(), Arc::clone(&log)));
            }
        });
        Self {
            address,
            answers,
            asked,
            _task: tasks,
        }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::to_address("fake", &self.address, None)
            .await
            .unwrap()
    }

    /// A kubeconfig whose one context, `fake`, is this server.
    pub(crate) fn kubeconfig(&self) -> String {
        json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "fake",
            "clusters": [{"name": "fake", "cluster": {"server": self.address}}],
            "users": [{"name": "fake", "user": {"token": "x"}}],
            "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
        })
        .to_string()
    }

    /// Answers otherwise from now on, and ends the watches.
    pub(crate) fn answer(&self, answers: Answers) {
        self.answers.send_replace(answers);
    }

    /// The paths that were asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        let heads = self.heads();
        heads.iter().map(|head| path_of(head).to_owned()).collect()
    }

    /// The heads of the requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a kind was listed so far.
    pub(crate) fn listed(&self, kind: Kind) -> usize {
        let asked = self.asked();
        let lists = asked.iter().filter(|path| {
            let (path, query) = path.split_once('?').unwrap_or_default();
            path.ends_with(&format!("/{}", kind.plural())) && !query.contains("watch")
        });
        lists.count()
    }
}

fn path_of(head: &str) -> &str {
    head.split(' ').nth(1).unwrap_or_default()
}

async fn serve(mut stream: TcpStream, mut answers: watch::Receiver<Answers>, asked: Heads) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            return;
        };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    asked.lock().unwrap().push(head.clone());
    let path = path_of(&head);
    let mut answer = if path.contains("sendInitialEvents=true") {
        no_streams()
    } else {
        (*answers.borrow_and_update())(path)
    };
    while let Answer::When(permits, then) = answer {
        permits.acquire().await.unwrap().forget();
        answer = *then;
    }
    let (code, kind, body) = match answer {
        Answer::Json(code, body) => (code, "application/json", body.to_string()),
        Answer::Page(body) => (200, "text/html", body.to_owned()),
        Answer::Text(body) => (200, "text/plain", body.to_owned()),
        Answer::Open => return stay_open(stream, answers, &[]).await,
        Answer::Events(events) => return stay_open(stream, answers, &events).await,
        Answer::When(..) => return,
    };
    let text = format!(
        "HTTP/1.1 {code} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(text.as_bytes()).await;
}

/// What a server says whose lists come in pages.
fn no_streams() -> Answer {
    Answer::Json(
        422,
        json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422,
            "reason": "Invalid", "message": "sendInitialEvents is forbidden for watch"}),
    )
}

async fn stay_open(mut stream: TcpStream, mut answers: watch::Receiver<Answers>, events: &[Value]) {
    let head = "HTTP/1.1 200 x\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let mut text = head.to_owned();
    for event in events {
        text.push_str(&event.to_string());
        text.push('\n');
    }
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = answers.changed().await;
}

/// The list that a path asks for, with these items in it.
pub(crate) fn list(path: &str, items: &Value) -> Value {
    let path = path.split('?').next().unwrap_or_default();
    let plural = path.rsplit('/').next().unwrap_or_default();
    let version: Vec<&str> = path
        .split('/')
        .skip(2)
        .take_while(|part| *part != "namespaces" && *part != plural)
        .collect();
    let kind = Kind::ALL.iter().find(|kind| kind.plural() == plural);
    json!({
        "kind": format!("{}List", kind.map_or("Unknown", |kind| kind.name())),
        "apiVersion": version.join("/"),
        "metadata": {"resourceVersion": "1"},
        "items": items,
    })
}

/// What an empty cluster answers.
pub(crate) fn empty(path: &str) -> Answer {
    match path {
        "/version" => Answer::Json(200, json!({"gitVersion": "v1.36.2"})),
        "/api" | "/apis" => Answer::Json(200, discovery(path == "/api")),
        path if path.contains("watch=1") => Answer::Open,
        path => Answer::Json(200, list(path, &json!([]))),
    }
}

/// The aggregated discovery of a cluster that has every kind: of the core group, or of the
/// others.
fn discovery(core: bool) -> Value {
    let kinds = Kind::ALL
        .iter()
        .filter(|kind| kind.group().is_empty() == core);
    let groups = kinds.map(|kind| {
        json!({
            "metadata": {"name": kind.group()},
            "versions": [{"version": "v1", "freshness": "Current", "resources": [{
                "resource": kind.plural(),
                "responseKind": {"group": kind.group(), "version": "v1", "kind": kind.name()},
                "scope": if kind.is_namespaced() { "Namespaced" } else { "Cluster" },
                "verbs": ["get", "list", "watch"],
            }]}],
        })
    });
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {},
        "items": groups.collect::<Vec<_>>()})
}

/// 500 with the Status of an API server whose etcd is away.
pub(crate) fn broken() -> Answer {
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure",
        "code": 500, "reason": "InternalError", "message": "etcd is away"});
    Answer::Json(500, status)
}

/// Ways to answer everything with something else than what was asked for.
pub(crate) const LIES: [(&str, Answers); 6] = [
    ("500", |_| broken()),
    ("an empty object", |_| Answer::Json(200, json!({}))),
    ("lists of another kind", |path| match path {
        "/version" => empty(path),
        _ => Answer::Json(200, list("/api/v1/widgets", &json!([]))),
    }),
    ("a login page", |_| {
        Answer::Page("<html><body>Sign in</body></html>")
    }),
    ("a Status with 200", |path| match path {
        "/version" => empty(path),
        _ => Answer::Json(
            200,
            json!({"kind": "Status", "apiVersion": "v1", "status": "Success", "code": 200}),
        ),
    }),
    ("404 for every kind", |path| match path {
        "/version" => empty(path),
        _ => Answer::Json(
            404,
            json!({"kind": "Status", "code": 404, "reason": "NotFound"}),
        ),
    }),
];
