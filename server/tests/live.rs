//! A cluster kept in sight: started and stopped with its viewers, honest when the API
//! server goes away, and back by itself.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::items_after_statements,
    reason = "a test fails by panicking, and tells by printing"
)]

mod apiserver;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use apiserver::{Answer, ApiServer, broken, empty, list};
use podside_cluster::{Cluster, Connection, Settings, Sight};
use podside_diagnosis::facts::Kind;
use podside_model::Liveness;
use podside_replay::{ServeOptions, Served, practice};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(20);

fn settings() -> Settings {
    Settings {
        idle_after: Duration::from_millis(300),
        gather_for: Duration::from_millis(20),
        look_every: Duration::from_secs(15),
        listen_every: Duration::from_millis(400),
    }
}

async fn replay() -> Served {
    let recording = practice::open("image-tag-not-found").unwrap();
    podside_replay::serve(vec![recording], ServeOptions::default())
        .await
        .unwrap()
}

async fn connect(served: &Served) -> Connection {
    let kubeconfig = served.kubeconfig("test");
    let kubeconfig = podside_cluster::Kubeconfig::parse("test".as_ref(), &kubeconfig).unwrap();
    Connection::from_kubeconfig(&kubeconfig, None)
        .await
        .unwrap()
}

async fn until(cluster: &Cluster, is_so: impl Fn(&Sight) -> bool) -> Arc<Sight> {
    let mut sights = cluster.sights();
    let sight = tokio::time::timeout(SOON, sights.wait_for(|sight| is_so(sight))).await;
    match sight {
        Ok(Ok(sight)) => Arc::clone(&sight),
        _ => panic!("still {:?}", cluster.sight().liveness),
    }
}

fn is_live(sight: &Sight) -> bool {
    matches!(sight.liveness, Liveness::Live { .. }) && sight.diagnosis.is_some()
}

fn is_lost(sight: &Sight) -> bool {
    matches!(sight.liveness, Liveness::NotLive { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_seen_as_a_live_cluster_and_forgotten_when_nobody_looks() {
    let served = replay().await;
    let cluster = Cluster::new(connect(&served).await, settings());
    assert!(cluster.sight().diagnosis.is_none());

    let viewing = cluster.look();
    let sight = until(&cluster, is_live).await;
    let problem = &sight.diagnosis.as_ref().unwrap().problems[0];
    assert_eq!(problem.cause.as_str(), "image-not-found");
    assert!(!sight.snapshot.pods.is_empty());

    drop(viewing);
    let sight = until(&cluster, |sight| !is_live(sight)).await;
    assert!(sight.snapshot.pods.is_empty() && sight.diagnosis.is_none());

    let _again = cluster.look();
    until(&cluster, is_live).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_absence_of_viewers_costs_nothing() {
    let served = replay().await;
    let cluster = Cluster::new(connect(&served).await, settings());
    let first = cluster.look();
    until(&cluster, is_live).await;
    drop(first);
    tokio::time::sleep(settings().idle_after / 2).await;
    let _second = cluster.look();
    tokio::time::sleep(settings().idle_after * 2).await;
    assert!(is_live(&cluster.sight()));
}

/// A way to a server that can be cut, and mended.
struct Wire {
    address: SocketAddr,
    cut: watch::Sender<bool>,
    _task: JoinSet<()>,
}

impl Wire {
    async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, is_cut) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let mut is_cut = is_cut.clone();
                open.spawn(async move {
                    tokio::select! {
                        _ = carry(near, server) => {}
                        _ = is_cut.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        Self {
            address,
            cut,
            _task: tasks,
        }
    }

    fn cut(&self) {
        self.cut.send_replace(true);
    }

    fn mend(&self) {
        self.cut.send_replace(false);
    }
}

async fn carry(mut near: TcpStream, server: SocketAddr) -> io::Result<()> {
    let mut far = TcpStream::connect(server).await?;
    tokio::io::copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_api_server_is_said_and_found_again() {
    let served = replay().await;
    let wire = Wire::to(served.addr()).await;
    let kubeconfig = served.kubeconfig("test").replace(
        &served.addr().port().to_string(),
        &wire.address.port().to_string(),
    );
    let kubeconfig = podside_cluster::Kubeconfig::parse("test".as_ref(), &kubeconfig).unwrap();
    let connection = Connection::from_kubeconfig(&kubeconfig, None)
        .await
        .unwrap();
    let cluster = Cluster::new(connection, settings());
    let _viewing = cluster.look();
    until(&cluster, is_live).await;

    wire.cut();
    let sight = until(&cluster, is_lost).await;
    let Liveness::NotLive { since, error, .. } = &sight.liveness else {
        unreachable!()
    };
    assert!(since.is_some(), "it was live before");
    assert!(error.contains(&wire.address.to_string()), "{error}");
    // What was known is still shown.
    assert_eq!(sight.diagnosis.as_ref().unwrap().problems.len(), 1);

    wire.mend();
    until(&cluster, is_live).await;
}

/// How often each kind was listed.
fn listed(api: &ApiServer) -> Vec<(Kind, usize)> {
    let count = |kind: &Kind| (*kind, api.listed(*kind));
    Kind::ALL.iter().map(count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_breaks_restarts_no_other() {
    static BREAK: Semaphore = Semaphore::const_new(0);
    let api = ApiServer::start(|path| match path {
        path if path.starts_with("/api/v1/pods?") && path.contains("watch=1") => {
            let gone = json!({"type": "ERROR", "object": {"kind": "Status", "code": 410}});
            Answer::When(&BREAK, Box::new(Answer::Events(vec![gone])))
        }
        path => empty(path),
    })
    .await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    until(&cluster, is_live).await;
    assert!(listed(&api).iter().all(|(_, times)| *times == 1));

    // Its version is too old: only a list helps.
    BREAK.add_permits(1);
    let waiting = async {
        while api.listed(Kind::Pod) < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, waiting).await.unwrap();
    until(&cluster, is_live).await;
    for (kind, times) in listed(&api) {
        let expected = if kind == Kind::Pod { 2 } else { 1 };
        assert_eq!(times, expected, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_slow_or_fails_restarts_nothing() {
    /// Until then there is no answer.
    static VERSION: Semaphore = Semaphore::const_new(1);
    let api = ApiServer::start(|path| match path {
        "/version" => Answer::When(&VERSION, Box::new(empty(path))),
        path => empty(path),
    })
    .await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    until(&cluster, is_live).await;
    let silent = until(&cluster, is_lost).await;
    assert!(silent.diagnosis.is_some(), "it is still shown");
    VERSION.add_permits(10_000);
    until(&cluster, is_live).await;

    let asked = api.asked();
    let watched = asked.iter().filter(|p| p.contains("&resourceVersion="));
    assert!(watched.count() <= Kind::ALL.len(), "{asked:?}");
    assert!(listed(&api).iter().all(|(_, times)| *times == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_never_comes_holds_up_nothing() {
    static NEVER: Semaphore = Semaphore::const_new(0);
    let api = ApiServer::start(|path| match path {
        "/version" => Answer::When(&NEVER, Box::new(broken())),
        path if path.starts_with("/api/v1/pods?") => denied(path),
        path if path.starts_with("/api/v1/namespaces?") => denied(path),
        path if path.ends_with("/selfsubjectrulesreviews") => Answer::Json(
            201,
            json!({"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "status": {"incomplete": true}}),
        ),
        path => empty(path),
    })
    .await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    // What may not be read everywhere is read where it may be all the same.
    let sight = until(&cluster, |sight| {
        sight.diagnosis.is_some()
            && sight.snapshot.pods.reading("default") == podside_diagnosis::snapshot::Reading::Known
    })
    .await;
    assert!(sight.diagnosis.is_some());
    let is_denied = |kind| matches!(kind, Kind::Pod | Kind::Namespace);
    for (kind, times) in listed(&api) {
        assert!(times == 1 || is_denied(kind), "{kind:?}: {times}");
    }
}

fn denied(path: &str) -> Answer {
    let status = json!({"kind": "Status", "code": 403, "reason": "Forbidden", "message": format!("may not see {path}")});
    Answer::Json(403, status)
}

#[tokio::test]
async fn a_kind_that_may_not_be_read_is_unknown_and_the_others_are_read() {
    let api = ApiServer::start(|path| match path {
        path if path.contains("/secrets") || path.contains("/namespaces?") => denied(path),
        path if path.contains("/runtimeclasses") => Answer::Json(404, json!({"code": 404})),
        path => empty(path),
    })
    .await;
    let snapshot = api.connect().await.read_once(&[]).await.unwrap();
    use podside_diagnosis::snapshot::Reading;
    use podside_model::Why;
    assert_eq!(
        snapshot.secrets.reading("shop"),
        Reading::Unknown(Why::Denied)
    );
    assert_eq!(
        snapshot.runtime_classes.reading(""),
        Reading::Unknown(Why::NotRecorded)
    );
    assert_eq!(snapshot.pods.reading("shop"), Reading::Known);
    assert_eq!(&**snapshot.server_version(), "v1.36.2");
}

#[tokio::test]
async fn whoever_may_read_one_namespace_only_sees_that_one() {
    let api = ApiServer::start(|path| match path {
        "/version" => empty(path),
        path if path.ends_with("/selfsubjectrulesreviews") => Answer::Json(
            201,
            json!({"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "status": {"incomplete": false, "resourceRules": [
                {"verbs": ["list", "watch"], "apiGroups": [""], "resources": ["pods"]}]}}),
        ),
        path if path.starts_with("/api/v1/namespaces/shop/pods") => Answer::Json(
            200,
            list(path, &json!([{"metadata": {"name": "web", "namespace": "shop"}}])),
        ),
        path => denied(path),
    })
    .await;
    use podside_diagnosis::snapshot::Reading;
    use podside_model::Why;
    let connection = api.connect().await;
    let snapshot = connection.read_once(&["shop".to_owned()]).await.unwrap();
    assert_eq!(snapshot.pods.reading("shop"), Reading::Known);
    assert_eq!(snapshot.pods.len(), 1);
    assert_eq!(
        snapshot.pods.reading("other"),
        Reading::Unknown(Why::Denied)
    );
    assert_eq!(
        snapshot.services.reading("shop"),
        Reading::Unknown(Why::Denied)
    );
}

#[tokio::test]
async fn whoever_may_read_nothing_is_told_so() {
    let api = ApiServer::start(denied).await;
    let error = api.connect().await.read_once(&[]).await.unwrap_err();
    assert!(error.to_string().contains("may not see"), "{error}");
}

#[tokio::test]
async fn what_is_no_api_server_is_named() {
    let api = ApiServer::start(|_| Answer::Page("<html>hello</html>")).await;
    let error = api.connect().await.read_once(&[]).await.unwrap_err();
    assert!(
        error.to_string().contains("before http://127.0.0.1"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_is_not_served_is_not_asked_for_and_is_known_to_have_nothing() {
    let api = ApiServer::start(|path| match path {
        "/apis" => Answer::Json(
            200,
            json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": []}),
        ),
        path => empty(path),
    })
    .await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    let sight = until(&cluster, is_live).await;
    let once = api.connect().await.read_once(&[]).await.unwrap();
    for kind in Kind::ALL.iter().filter(|kind| kind.is_optional()) {
        assert_eq!(api.listed(*kind), 0, "{kind:?}");
        for snapshot in [&*sight.snapshot, &once] {
            assert_eq!(snapshot.unreadable(*kind, "shop"), None, "{kind:?}");
        }
    }
    assert_eq!(sight.diagnosis.as_ref().unwrap().unknown, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_that_few_answers_need_make_no_noise_when_they_may_not_be_read() {
    let api = ApiServer::start(|path| {
        let is_of = |kind: &Kind| {
            let path = path.split('?').next().unwrap_or_default();
            kind.is_seldom_needed() && path.ends_with(&format!("/{}", kind.plural()))
        };
        match path {
            path if path.ends_with("/selfsubjectrulesreviews") => Answer::Json(
                201,
                json!({"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "status": {"incomplete": false}}),
            ),
            path if Kind::ALL.iter().any(is_of) => denied(path),
            path => empty(path),
        }
    })
    .await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    let sight = until(&cluster, is_live).await;
    assert_eq!(
        sight.snapshot.unreadable(Kind::CsiNode, ""),
        Some(podside_model::Why::Denied)
    );
    assert_eq!(sight.diagnosis.as_ref().unwrap().unknown, []);
}
