//! Every route of the router, asked by who may see all, who may see one namespace, and who
//! may see nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, Request};
use jiff::Timestamp;
use podside_app::Writes;
use podside_cluster::{Connection, Kubeconfig};
use podside_diagnosis::facts::{Kind, Str};
use podside_diagnosis::runbook::find;
use podside_diagnosis::snapshot::{Readable, Sees};
use podside_model::{EntryBody, InvestigationId, ObjectRef, Redacted, RedactedPart};
use podside_replay::{Access as Readers, Recording, ServeOptions, Served};
use podside_store::{
    CreationId, FollowedRunbook, NewCreation, NewEntry, NewInvestigation, NewShare, ShareForm,
    ShareScope, SqliteStore, Store, ToShare,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;

use super::access::Grant;
use super::{Access, Clusters, Doors};
use crate::host::AllowedHosts;
use crate::router::portal;
use crate::streams::Stopping;

/// The header that tells in these tests who asks.
const WHO: &str = "x-test-viewer";

/// What stands in the objects, logs and investigations of the namespace that one may not
/// see, and nowhere in a request.
const MARK: &str = "zweihander";

/// The routes of which the requests here ask for what is not there for anybody: a link of
/// another token, a stream without an upgrade, what only a portal under development has.
const OF_NOTHING: [&str; 6] = [
    "GET /shared/:token",
    "GET /shared/{token}/markdown",
    "POST /api/shared",
    "GET /streams/logs",
    "GET /streams/changes",
    "GET /started",
];

/// What is asked of a route.
struct Asked {
    /// The route as the router has it, after its method.
    route: &'static str,
    /// A request to it; what it sends, for a `POST`.
    path: String,
    body: Sends,
    /// Whether who may see all is told what only they may know.
    tells: bool,
}

enum Sends {
    None,
    Form(String),
    Json(Value),
}

fn get(route: &'static str, path: impl Into<String>, tells: bool) -> Asked {
    Asked {
        route,
        path: path.into(),
        body: Sends::None,
        tells,
    }
}

fn form(route: &'static str, path: impl Into<String>, sent: impl Into<String>) -> Asked {
    Asked {
        route,
        path: path.into(),
        body: Sends::Form(sent.into()),
        tells: false,
    }
}

fn function(route: &'static str, arguments: Value, tells: bool) -> Asked {
    Asked {
        route,
        path: route.trim_start_matches("POST ").to_owned(),
        body: Sends::Json(arguments),
        tells,
    }
}

/// A request to every route, of what lies in the namespace `vault`.
fn requests(token: &str, share: i64) -> Vec<Asked> {
    let place = json!({"cluster": null, "namespace": null});
    let pod = json!({"kind": "Pod", "namespace": "vault", "name": "keys"});
    let problem = json!({"cause": "image-not-found", "subject":
        {"kind": "Pod", "namespace": "vault", "name": "keys", "container": "app"}});
    let logs = json!({"namespace": "vault", "targets": ["Pod/keys"], "container": null,
        "run": "current", "since": null, "secrets": "hidden"});
    let with = |more: &[(&str, Value)]| {
        let mut all = json!({"lang": "en", "place": place});
        for (name, value) in more {
            all[*name] = value.clone();
        }
        all
    };
    let first = &find("pod").unwrap().runbook.steps[0].id;
    let start = "cluster=two&runbook=pod&target=Pod%2Fvault%2Fkeys";
    let of_problem = "cause=image-not-found&subject=Pod%2Fvault%2Fkeys&container=app";
    let link = |seen: &str| {
        let form = ShareForm::random().unwrap().text();
        format!("form={form}&seen={seen}&days=7&scope=frozen")
    };
    vec![
        get("GET /", "/", true),
        get(
            "GET /problems/:cause/:kind/:namespace/:name",
            "/problems/image-not-found/Pod/vault/keys?container=app",
            true,
        ),
        get(
            "GET /problems/:cause/:kind/:namespace/:name/share",
            "/problems/image-not-found/Pod/vault/keys/share?container=app",
            true,
        ),
        get("GET /problems/:form", "/problems/shares", false),
        get(
            "GET /objects/:kind/:namespace/:name",
            "/objects/Pod/vault/keys",
            true,
        ),
        get("GET /objects", "/objects?kind=pods", true),
        get("GET /events", "/events", true),
        get("GET /find", "/find?find=keys", true),
        get("GET /runbooks", "/runbooks", false),
        get(
            "GET /runbooks/:id",
            "/runbooks/pod?target=Pod/vault/keys",
            false,
        ),
        get("GET /investigations/:id", "/investigations/1", true),
        get(
            "GET /investigations/:id/:doing",
            "/investigations/1/share",
            true,
        ),
        get("GET /history", "/history", false),
        get("GET /leftovers", "/leftovers", true),
        get("GET /shared/:token", "/shared/none", false),
        get("GET /logs", "/logs?namespace=vault&target=Pod/keys", true),
        get(
            "GET /logs/:kind/:namespace/:name",
            "/logs/Pod/vault/keys",
            true,
        ),
        get("GET /healthz", "/healthz", false),
        get("GET /robots.txt", "/robots.txt", false),
        get("GET /preferences", "/preferences?theme=dark", false),
        get("GET /started", "/started", false),
        get(
            "GET /streams/logs.txt",
            "/streams/logs.txt?namespace=vault&target=Pod/keys",
            true,
        ),
        get(
            "GET /streams/logs",
            "/streams/logs?namespace=vault&target=Pod/keys",
            false,
        ),
        get(
            "GET /streams/changes",
            "/streams/changes?of=diagnosis",
            false,
        ),
        get("GET /history.csv", "/history.csv", false),
        get(
            "GET /shared/{token}/markdown",
            format!("/shared/{}/markdown", "0".repeat(token.len())),
            false,
        ),
        get(
            "GET /investigations/{id}/shares",
            "/investigations/1/shares",
            false,
        ),
        get("GET /problems/shares", "/problems/shares", false),
        function("POST /api/leftovers", with(&[]), true),
        form("POST /investigations", "/investigations", start),
        form(
            "POST /investigations/{id}/answers",
            "/investigations/2/answers",
            format!("after=0&step={first}&answer=no"),
        ),
        form(
            "POST /investigations/{id}/returns",
            "/investigations/2/returns",
            format!("after=1&step={first}"),
        ),
        form(
            "POST /investigations/{id}/walk",
            "/investigations/2/walk",
            "after=2",
        ),
        form(
            "POST /investigations/{id}/stop",
            "/investigations/2/stop",
            "",
        ),
        form(
            "POST /investigations/{id}/runs",
            "/investigations/2/runs",
            format!("after=2&step={first}&plan=0"),
        ),
        form(
            "POST /investigations/{id}/notes",
            "/investigations/1/notes",
            "text=seen",
        ),
        form(
            "POST /investigations/{id}/shares",
            "/investigations/1/shares",
            link("1"),
        ),
        form(
            "POST /problems/shares",
            "/problems/shares",
            format!("{of_problem}&{}", link("3f")),
        ),
        form(
            "POST /shares/{id}/revocation",
            format!("/shares/{share}/revocation"),
            "investigation=1",
        ),
        form("POST /leftovers/{id}/removal", "/leftovers/1/removal", ""),
        form(
            "POST /leftovers/removal",
            "/leftovers/removal",
            "cluster=two&namespace=vault&name=podside-found&uid=vault-podside-found",
        ),
        function(
            "POST /api/triage",
            with(&[("ask", json!({"shown": 20}))]),
            true,
        ),
        function(
            "POST /api/problem",
            with(&[("id", problem.clone()), ("show", json!(1))]),
            true,
        ),
        function(
            "POST /api/resource",
            with(&[("object", pod.clone()), ("view", json!("overview"))]),
            true,
        ),
        function("POST /api/logs", with(&[("ask", logs)]), true),
        function("POST /api/kinds", with(&[]), false),
        function(
            "POST /api/objects",
            with(&[(
                "ask",
                json!({"kind": "Pod", "labels": "", "find": "", "unwell": false, "sort": "",
                    "wide": false, "from": 0, "node": ""}),
            )]),
            true,
        ),
        function("POST /api/found", with(&[("words", json!("keys"))]), true),
        function(
            "POST /api/events",
            with(&[(
                "ask",
                json!({"warning": null, "reason": "", "kind": "", "find": "", "within": null,
                    "by_object": false, "from": 0}),
            )]),
            true,
        ),
        function("POST /api/runbooks", with(&[]), false),
        function(
            "POST /api/runbook",
            with(&[("id", json!("pod")), ("target", pod)]),
            false,
        ),
        function(
            "POST /api/investigation",
            json!({"lang": "en", "id": 1}),
            true,
        ),
        function(
            "POST /api/history",
            with(&[("words", json!("")), ("before", Value::Null)]),
            false,
        ),
        function(
            "POST /api/sharing",
            with(&[("of", json!({"investigation": 1}))]),
            true,
        ),
        function("POST /api/links", json!({"lang": "en", "id": 1}), false),
        function(
            "POST /api/shared",
            json!({"lang": "en", "token": "none"}),
            false,
        ),
    ]
}

/// The routes of the router: those of pages and functions as Leptos has them, and those that
/// the sources name.
fn routes() -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        routes.insert(format!("{method} {path}"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let app = std::fs::read_to_string(root.join("../app/src/app.rs")).unwrap();
    for named in app.split("path!(\"").skip(1) {
        routes.insert(format!("GET {}", named.split('"').next().unwrap()));
    }
    for file in sources(&root.join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for named in text.split(".route(").skip(1) {
            let named = named.trim_start();
            let path = named.strip_prefix('"').expect("a route is named by a text");
            let (path, handlers) = path.split_once('"').unwrap();
            // What is left of the call, up to its end.
            let handlers = &handlers[..end_of_call(handlers)];
            let (mut gets, mut posts) = (handlers.contains("get("), handlers.contains("post("));
            if path == "/api/{*function}" {
                // Those that there are were named above.
                (gets, posts) = (false, false);
            } else {
                assert!(gets || posts, "{path} has no method that is known here");
            }
            for method in [gets.then_some("GET"), posts.then_some("POST")] {
                routes.extend(method.map(|method| format!("{method} {path}")));
            }
        }
    }
    routes
}

/// Where the parenthesis closes that was open before.
fn end_of_call(text: &str) -> usize {
    let mut open = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    text.len()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files
}

/// A portal on a cluster of two namespaces, `shop` and `vault`, each with a Pod that waits
/// for an image that does not exist.
struct Asking {
    app: Router,
    store: SqliteStore,
    token: String,
    share: i64,
    _as_shop: Served,
    _stop: watch::Sender<bool>,
    _home: TempDir,
}

fn cluster() -> Value {
    let pod = |namespace: &str, name: &str, image: &str| {
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"),
                "creationTimestamp": "2026-11-20T10:00:00Z"},
            "spec": {"nodeName": "n", "containers": [{"name": "app", "image": image}, {"name": "talk", "image": "registry.example/talk:1"}]},
            "status": {"phase": "Pending", "containerStatuses": [{"name": "app", "ready": false,
                "restartCount": 0, "image": image, "imageID": "",
                "state": {"waiting": {"reason": "ImagePullBackOff",
                    "message": format!("Back-off pulling image \"{image}\": not found")}}},
                {"name": "talk", "ready": true, "restartCount": 0, "image": "registry.example/talk:1", "imageID": "",
                    "containerID": format!("containerd://{name}"), "state": {"running": {"startedAt": "2026-11-20T10:00:00Z"}}}]}})
    };
    let namespace = |name: &str| {
        json!({"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name, "uid": name}, "status": {"phase": "Active"}})
    };
    let event = |namespace: &str, pod: &str, message: &str| {
        json!({"apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": "Failed",
            "metadata": {"name": format!("{pod}.1"), "namespace": namespace, "uid": format!("{pod}.1")},
            "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": pod},
            "message": message, "count": 3, "lastTimestamp": "2026-11-20T10:00:00Z"})
    };
    json!({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [
        namespace("shop"), namespace("vault"),
        event("shop", "cart", "of the cart"),
        event("vault", "keys", &format!("of the {MARK}")),
        pod("shop", "cart", "registry.example/cart:2"),
        pod("vault", "keys", &format!("registry.example/{MARK}:9")),
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "podside-found", "namespace": "vault", "uid": "vault-podside-found",
                "creationTimestamp": "2026-11-20T10:00:00Z",
                "labels": {"app.kubernetes.io/managed-by": "podside"},
                "annotations": {"podside/owner": "somebody", "podside/investigation": "",
                    "podside/deadline": "2100-01-01T00:00:00Z"}},
            "spec": {"nodeName": "n", "containers": [{"name": "main", "image": "registry.example/talk:1"}]},
            "status": {"phase": "Succeeded"}}),
    ]})
}

async fn asking() -> Asking {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("two");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("objects.json"), cluster().to_string()).unwrap();
    let logs = path.join("logs/keys");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(
        logs.join("talk.log"),
        format!("2026-11-20T10:00:01Z {MARK}\n"),
    )
    .unwrap();

    let options = ServeOptions {
        access: Readers {
            namespaces: Some(vec!["shop".to_owned()]),
            ..Readers::default()
        },
        ..ServeOptions::default()
    };
    let recording = Recording::open(&path).unwrap();
    let as_shop = podside_replay::serve(vec![recording], options)
        .await
        .unwrap();
    let kubeconfig = Kubeconfig::parse("two".as_ref(), &as_shop.kubeconfig("two")).unwrap();
    let connection = Connection::from_kubeconfig(&kubeconfig, None)
        .await
        .unwrap();
    let readable = Readable {
        kinds: Kind::ALL.iter().copied().collect(),
        logs: true,
    };
    let grant = Grant {
        holder: "shop".to_owned(),
        connection,
        sees: Arc::new(Sees {
            everywhere: Readable::default(),
            namespaces: BTreeMap::from([(Str::from("shop"), readable)]),
        }),
    };
    let grants = Arc::new(BTreeMap::from([("two".to_owned(), grant)]));
    let recognise = move |headers: &HeaderMap| {
        let who = headers.get(WHO).and_then(|who| who.to_str().ok());
        match who {
            Some("all") => Access::Own,
            Some("shop") => Access::Granted(Arc::clone(&grants)),
            _ => Access::Granted(Arc::default()),
        }
    };

    let store = SqliteStore::open(home.path()).await.unwrap();
    let (token, share) = keep(&store).await;
    let clusters = Arc::new(Clusters::named(&[path], &[]).await.unwrap());
    let doors = Doors::guarded(clusters, Arc::new(store.clone()), recognise);
    let (stop, stopping) = watch::channel(false);
    let app = portal(
        &doors,
        Stopping::new(stopping),
        AllowedHosts::new("127.0.0.1:1".parse().unwrap(), &[]),
        Writes::Allowed,
    );
    Asking {
        app,
        store,
        token,
        share,
        _as_shop: as_shop,
        _stop: stop,
        _home: home,
    }
}

/// Keeps an investigation of the Pod that one may not see, with a note, and a link to it.
async fn keep(store: &SqliteStore) -> (String, i64) {
    let kept = NewInvestigation {
        runbook: None,
        cluster: "two".to_owned(),
        target: ObjectRef::namespaced("Pod", "vault", "keys"),
        started_by: "somebody".to_owned(),
        started_at: Timestamp::UNIX_EPOCH,
    };
    let note = NewEntry {
        at: Timestamp::UNIX_EPOCH,
        who: "somebody".to_owned(),
        body: EntryBody::Noted {
            step: None,
            text: Redacted {
                parts: vec![RedactedPart::Text(MARK.to_owned())],
            },
        },
    };
    let id = store.start(kept.clone(), vec![note]).await.unwrap();
    assert_eq!(id, InvestigationId(1));
    let followed = find("pod").unwrap();
    let walked = NewInvestigation {
        runbook: Some(FollowedRunbook {
            id: followed.runbook.id.clone(),
            source: followed.source.to_owned(),
        }),
        ..kept
    };
    let second = store.start(walked, Vec::new()).await.unwrap();
    assert_eq!(second, InvestigationId(2));
    let (share, token) = store
        .share(NewShare {
            form: ShareForm::random().unwrap(),
            of: ToShare::Kept(id),
            scope: ShareScope::Live,
            created_by: "somebody".to_owned(),
            created_at: Timestamp::now(),
            expires_at: "2100-01-01T00:00:00Z".parse().unwrap(),
        })
        .await
        .unwrap();
    // It was about to be created, and never was.
    let left = NewCreation {
        cluster: "two".to_owned(),
        namespace: "vault".to_owned(),
        pod: format!("podside-{MARK}"),
        container: None,
        uid: None,
        creator: "somebody".to_owned(),
        investigation: None,
        created_at: Timestamp::UNIX_EPOCH,
        deadline: Timestamp::UNIX_EPOCH,
    };
    assert_eq!(store.intend(left).await.unwrap(), CreationId(1));
    (token.reveal(), share.id)
}

impl Asking {
    /// The status and text of the answer.
    async fn ask(&self, who: &str, asked: &Asked) -> (u16, String) {
        let method = asked.route.split(' ').next().unwrap();
        let request = Request::builder()
            .method(method)
            .uri(&asked.path)
            .header(HOST, "127.0.0.1")
            .header(WHO, who);
        let (kind, body) = match &asked.body {
            Sends::None => ("text/plain", String::new()),
            Sends::Form(sent) => ("application/x-www-form-urlencoded", sent.clone()),
            Sends::Json(sent) => ("application/json", sent.to_string()),
        };
        let request = request.header(CONTENT_TYPE, kind).body(Body::from(body));
        let answer = self.app.clone().oneshot(request.unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let text = to_bytes(answer.into_body(), 8 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&text).into_owned())
    }

    /// How many entries, links that are open, investigations, and things that are left are
    /// kept.
    async fn kept(&self) -> (usize, usize, usize, usize) {
        let mut entries = 0;
        for id in [1, 2] {
            let kept = self.store.investigation(InvestigationId(id)).await.unwrap();
            entries += kept.entries.len();
        }
        let now = Timestamp::now();
        let links = self.store.shares(InvestigationId(1), now).await.unwrap();
        let history = podside_store::HistoryQuery::default();
        let all = self.store.history(history, now).await.unwrap();
        let open = links.iter().filter(|link| link.is_open(now));
        let left = self.store.left(None).await.unwrap();
        (entries, open.count(), all.len(), left.len())
    }
}

/// What a session hands out is made here and in the commands, which have no viewer but who
/// starts them.
#[test]
fn nothing_else_opens_a_cluster_or_the_store() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut opening = BTreeSet::new();
    for file in sources(&root) {
        let text = std::fs::read_to_string(&file).unwrap();
        let opens = [
            "SqliteStore",
            "dyn Store",
            "Cluster::new(",
            "Connection::from_",
            "Connection::to_address(",
        ];
        if opens.iter().any(|it| text.contains(it)) {
            let within = file.strip_prefix(&root).unwrap();
            let first = within.components().next().unwrap();
            opening.insert(first.as_os_str().to_str().unwrap().to_owned());
        }
    }
    let allowed: BTreeSet<String> = ["commands", "session"].map(str::to_owned).into();
    assert_eq!(opening, allowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_shows_or_does_what_its_viewer_has_no_right_to() {
    let asking = asking().await;
    let requests = requests(&asking.token, asking.share);
    let asked: BTreeSet<String> = requests.iter().map(|it| it.route.to_owned()).collect();
    assert_eq!(
        asked,
        routes(),
        "each route is asked, and each that is asked is one"
    );

    let before = asking.kept().await;
    for who in ["nobody", "shop"] {
        for request in &requests {
            let (status, text) = asking.ask(who, request).await;
            let route = request.route;
            assert!(!text.contains(MARK), "{who} {route} {status}: {text}");
            assert!(status < 500 || status == 503, "{who} {route}: {status}");
        }
        assert_eq!(asking.kept().await, before, "{who} changed what is kept");
    }

    // Who may see all is told it by the same requests, so they do ask for it; the forms come
    // last, as one takes back what another made.
    for request in &requests {
        let (status, text) = asking.ask("all", request).await;
        let route = request.route;
        assert!(
            text.contains(MARK) || !request.tells,
            "{route} {status}: {text}"
        );
        assert_eq!(
            status < 400,
            !OF_NOTHING.contains(&route),
            "{route} {status}: {text}"
        );
    }
    let (entries, links, kept, left) = asking.kept().await;
    // A note and three entries of the walk at least; two links made and one revoked; one
    // investigation started, and one kept for a problem's link.
    assert!(entries >= before.0 + 4, "{entries} of {}", before.0);
    assert_eq!((links, kept), (before.1, before.2 + 2));
    assert_eq!((before.3, left), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_see_one_namespace_sees_it_and_a_link_shows_to_all() {
    let asking = asking().await;
    let page = |path: &str| get("GET /", path.to_owned(), false);
    let (status, text) = asking.ask("shop", &page("/")).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("registry.example/cart:2"), "{text}");
    let (status, text) = asking.ask("shop", &page("/objects/Pod/shop/cart")).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("registry.example/cart:2"), "{text}");
    let (status, text) = asking.ask("shop", &page("/events")).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("of the cart"), "{text}");
    // They may list the Pods of their namespace, and are told what they lack for the others.
    let (status, text) = asking
        .ask("shop", &page("/objects?kind=pods&namespace=shop"))
        .await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("/objects/Pod/shop/cart"), "{text}");
    let (status, text) = asking.ask("shop", &page("/objects?kind=pods")).await;
    assert_eq!(status, 403, "{text}");
    assert!(text.contains("ClusterRole"), "{text}");
    // Nobody has a cluster that is not granted, and the practice cluster is one.
    for (who, cluster, status) in [("shop", "practice", 404), ("nobody", "two", 404)] {
        let asked = page(&format!("/?cluster={cluster}"));
        assert_eq!(asking.ask(who, &asked).await.0, status, "{who} {cluster}");
    }
    for who in ["nobody", "shop", "all"] {
        let shared = page(&format!("/shared/{}", asking.token));
        let (status, text) = asking.ask(who, &shared).await;
        assert_eq!(status, 200, "{text}");
        assert!(text.contains(MARK), "{who}: {text}");
    }
}
