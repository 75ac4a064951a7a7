//! What rules want beside the facts: logs that come late, and the keys of Secrets, of which
//! nothing else is read.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod apiserver;

use std::sync::Arc;
use std::time::Duration;

use apiserver::{Answer, Answers, ApiServer, empty, list};
use podside_cluster::{Cluster, Settings, Sight};
use podside_model::{EvidenceKind, Liveness, ObjectRef, Unknown, Why};
use podside_replay::{ServeOptions, practice};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// How long a test waits for what must come.
const SOON: Duration = Duration::from_secs(30);

/// The value of a Secret, which comes out nowhere.
const VALUE: &str = "aHVudGVyMg==";

fn settings() -> Settings {
    Settings {
        gather_for: Duration::from_millis(20),
        look_every: Duration::from_millis(500),
        ..Settings::default()
    }
}

async fn until(cluster: &Cluster, is_so: impl Fn(&Sight) -> bool) -> Arc<Sight> {
    let mut sights = cluster.sights();
    let sight = tokio::time::timeout(SOON, sights.wait_for(|sight| is_so(sight))).await;
    match sight {
        Ok(Ok(sight)) => Arc::clone(&sight),
        _ => panic!("still {:?}", cluster.sight().diagnosis),
    }
}

fn is_live(sight: &Sight) -> bool {
    matches!(sight.liveness, Liveness::Live { .. }) && sight.diagnosis.is_some()
}

/// What cannot be told of an object.
fn unknown<'s>(sight: &'s Sight, object: &ObjectRef) -> Vec<&'s Unknown> {
    let all = sight.diagnosis.iter().flat_map(|it| &it.unknown);
    let about = |unknown: &&Unknown| {
        let its = unknown.object.as_ref();
        its.is_some_and(|its| its.without_container() == *object)
    };
    all.filter(about).collect()
}

fn causes(sight: &Sight) -> Vec<&str> {
    let problems = sight.diagnosis.iter().flat_map(|it| &it.problems);
    problems.map(|problem| problem.cause.as_str()).collect()
}

fn evidence(sight: &Sight, kind: EvidenceKind) -> usize {
    let problems = sight.diagnosis.iter().flat_map(|it| &it.problems);
    let evidence = problems.flat_map(|problem| &problem.evidence);
    evidence.filter(|it| it.kind == kind).count()
}

fn pod(restarts: u32) -> Value {
    let end = json!({"exitCode": 1, "reason": "Error", "startedAt": "2026-01-01T11:00:00Z", "finishedAt": "2026-01-01T11:00:01Z"});
    json!({
        "metadata": {"name": "web", "namespace": "shop", "uid": "p", "resourceVersion": restarts.to_string()},
        "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "x"}]},
        "status": {"phase": "Running", "startTime": "2026-01-01T10:00:00Z", "containerStatuses": [{
            "name": "app", "restartCount": restarts, "ready": false, "image": "x", "imageID": "x",
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": end},
        }]},
    })
}

/// Whether a path is that of a kind's list or watch, and whether it is the watch.
fn of_kind(path: &str, plural: &str) -> Option<bool> {
    let is_kind = path.starts_with(&format!("/api/v1/{plural}?"));
    is_kind.then(|| path.contains("watch=1"))
}

static LOGS: Semaphore = Semaphore::const_new(0);

fn crashing(path: &str) -> Answer {
    match of_kind(path, "pods") {
        Some(false) => Answer::Json(200, list(path, &json!([pod(3)]))),
        _ if path.contains("/pods/web/log?") => {
            let log = "2026-01-01T11:00:01Z FATAL: DATABASE_URL is not set\n";
            Answer::When(&LOGS, Box::new(Answer::Text(log)))
        }
        _ => empty(path),
    }
}

fn restarted(path: &str) -> Answer {
    match of_kind(path, "pods") {
        Some(true) => {
            let mut again = pod(4);
            again["kind"] = "Pod".into();
            again["apiVersion"] = "v1".into();
            Answer::Events(vec![json!({"type": "MODIFIED", "object": again})])
        }
        _ => crashing(path),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagnosis_is_there_before_the_logs_and_again_with_them() {
    let api = ApiServer::start(crashing).await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    let web = ObjectRef::namespaced("Pod", "shop", "web");

    let first = until(&cluster, is_live).await;
    assert_eq!(causes(&first), ["app-exits-with-error"]);
    assert_eq!(evidence(&first, EvidenceKind::Log), 0);
    assert!(first.awaited > 0);
    let told = unknown(&first, &web);
    assert!(told.iter().any(|it| it.why == Why::NotSeen), "{told:?}");

    LOGS.add_permits(16);
    let read = until(&cluster, |sight| evidence(sight, EvidenceKind::Log) > 0).await;
    assert_eq!(causes(&read), ["app-exits-with-error"]);
    assert!(
        unknown(&read, &web).is_empty(),
        "{:?}",
        unknown(&read, &web)
    );
    until(&cluster, |sight| sight.awaited == 0).await;

    // The container ran once more, and the log of that run is not there yet.
    LOGS.forget_permits(Semaphore::MAX_PERMITS);
    api.answer(restarted);
    let restarted = |sight: &Sight| {
        let pod = sight.snapshot.pods.get("shop", "web");
        sight.awaited > 0 && pod.is_some_and(|pod| pod.statuses[0].restarts == 4)
    };
    let again = until(&cluster, restarted).await;
    assert!(
        evidence(&again, EvidenceKind::Log) > 0,
        "the last one stands in"
    );
    LOGS.add_permits(16);
    until(&cluster, |sight| {
        sight.awaited == 0 && evidence(sight, EvidenceKind::Log) > 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_read_a_few_at_a_time() {
    const PODS: usize = 10;
    static LATER: Semaphore = Semaphore::const_new(0);
    let api = ApiServer::start(|path| match crashing(path) {
        Answer::Json(code, mut pods) if of_kind(path, "pods") == Some(false) => {
            let all = (0..PODS).map(|number| {
                let mut pod = pod(3);
                pod["metadata"]["name"] = format!("web-{number}").into();
                pod["metadata"]["uid"] = number.to_string().into();
                pod
            });
            pods["items"] = all.collect();
            Answer::Json(code, pods)
        }
        _ if path.contains("/log?") => Answer::When(&LATER, Box::new(Answer::Text("why\n"))),
        answer => answer,
    })
    .await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    let asked = || {
        let paths = api.asked();
        paths.iter().filter(|path| path.contains("/log?")).count()
    };
    let first = until(&cluster, is_live).await;
    assert_eq!(first.awaited, PODS);
    let waiting = async {
        while asked() < 4 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(SOON, waiting).await.unwrap();
    assert_eq!(asked(), 4);
    LATER.add_permits(PODS * 4);
    until(&cluster, |sight| {
        sight.awaited == 0 && evidence(sight, EvidenceKind::Log) == PODS
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_reading_waits_for_the_logs() {
    static LATE: Semaphore = Semaphore::const_new(0);
    let api = ApiServer::start(|path| match crashing(path) {
        Answer::When(_, log) => Answer::When(&LATE, log),
        answer => answer,
    })
    .await;
    let connection = api.connect().await;
    let snapshot = connection.read_once(&[]).await.unwrap();
    let (examined, ()) = tokio::join!(connection.examine(snapshot), async {
        while !api.asked().iter().any(|path| path.contains("/log?")) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        LATE.add_permits(16);
    });
    let diagnosis = examined.unwrap().diagnosis;
    let logs = diagnosis.problems[0].evidence.iter();
    assert!(logs.filter(|it| it.kind == EvidenceKind::Log).count() > 0);
}

/// A Pod that waits for a key of a Secret, and that Secret in a version and form.
fn waiting(path: &str, version: &str, is_metadata: bool) -> Answer {
    let pod = json!({
        "metadata": {"name": "web", "namespace": "shop", "uid": "p"},
        "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "x", "env": [
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "settings", "key": "password"}}}]}]},
        "status": {"phase": "Pending", "containerStatuses": [
            {"name": "app", "state": {"waiting": {"reason": "CreateContainerConfigError", "message": ""}}}]},
    });
    let secret = |name: &str, version: &str| {
        json!({
            "metadata": {"name": name, "namespace": "shop", "uid": name, "resourceVersion": version,
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": VALUE}},
            "data": {"passwd": VALUE}, "type": "Opaque"})
    };
    if of_kind(path, "pods") == Some(false) {
        return Answer::Json(200, list(path, &json!([pod])));
    }
    if of_kind(path, "secrets") == Some(false) {
        let mut secrets = [secret("settings", "1"), secret("other", "1")];
        if !is_metadata {
            return Answer::Json(200, list(path, &json!(secrets)));
        }
        for secret in &mut secrets {
            secret["kind"] = "PartialObjectMetadata".into();
            secret["apiVersion"] = "meta.k8s.io/v1".into();
            secret.as_object_mut().unwrap().remove("data");
            secret.as_object_mut().unwrap().remove("type");
        }
        let mut answer = list(path, &json!(secrets));
        answer["kind"] = "PartialObjectMetadataList".into();
        answer["apiVersion"] = "meta.k8s.io/v1".into();
        return Answer::Json(200, answer);
    }
    if path == SETTINGS {
        let mut secret = secret("settings", version);
        secret["kind"] = "Secret".into();
        secret["apiVersion"] = "v1".into();
        if version != "1" {
            secret["data"] = json!({"password": VALUE});
        }
        return Answer::Json(200, secret);
    }
    empty(path)
}

const SETTINGS: &str = "/api/v1/namespaces/shop/secrets/settings";

fn first_version(path: &str) -> Answer {
    waiting(path, "1", true)
}

fn second_version(path: &str) -> Answer {
    if of_kind(path, "secrets") == Some(true) {
        let metadata = json!({
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": {"name": "settings", "namespace": "shop", "uid": "settings", "resourceVersion": "2"},
        });
        return Answer::Events(vec![json!({"type": "MODIFIED", "object": metadata})]);
    }
    waiting(path, "2", true)
}

fn fetched(api: &ApiServer) -> usize {
    api.asked().iter().filter(|path| *path == SETTINGS).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_a_secret_are_read_once_for_each_version_and_of_no_other() {
    let api = ApiServer::start(first_version).await;
    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    let is_missing = |sight: &Sight| causes(sight).contains(&"secret-key-missing");
    let sight = until(&cluster, is_missing).await;
    assert_eq!(fetched(&api), 1);
    let shown = format!("{:?} {:?}", sight.snapshot.secrets, sight.diagnosis);
    assert!(
        shown.contains("passwd") && !shown.contains(VALUE),
        "{shown}"
    );
    let other = sight.snapshot.secrets.get("shop", "other").unwrap();
    assert_eq!(other.keys, Err(Why::NotSeen));

    // It is judged again and again, and not read again.
    let at = sight.diagnosis.as_ref().unwrap().observed_at;
    let is_later = |sight: &Sight| {
        let diagnosis = sight.diagnosis.as_ref();
        diagnosis.is_some_and(|it| it.observed_at.duration_since(at).as_secs() >= 2)
    };
    until(&cluster, is_later).await;
    assert_eq!(fetched(&api), 1);

    api.answer(second_version);
    until(&cluster, |sight| {
        !is_missing(sight) && sight.awaited == 0 && is_live(sight)
    })
    .await;
    assert_eq!(fetched(&api), 2);

    for head in api.heads() {
        let path = head.split(' ').nth(1).unwrap();
        let Some(is_watch) = of_kind(path, "secrets") else {
            assert!(!path.contains("/secrets") || path == SETTINGS, "{path}");
            continue;
        };
        let form = if is_watch {
            "PartialObjectMetadata;"
        } else {
            "PartialObjectMetadataList;"
        };
        assert!(head.contains(&format!("as={form}")), "{head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gives_secrets_whole_is_asked_for_no_keys() {
    let api = ApiServer::start(|path| waiting(path, "1", false)).await;
    let connection = api.connect().await;
    let snapshot = connection.read_once(&[]).await.unwrap();
    let examined = connection.examine(snapshot).await.unwrap();
    let causes: Vec<_> = examined
        .diagnosis
        .problems
        .iter()
        .map(|it| it.cause.as_str())
        .collect();
    assert_eq!(causes, ["secret-key-missing"]);
    assert_eq!(fetched(&api), 0);
    let shown = format!("{examined:?}");
    assert!(!shown.contains(VALUE), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_not_be_read_are_unknown() {
    let denied: Answers = |path| match path {
        SETTINGS => Answer::Json(
            403,
            json!({"kind": "Status", "code": 403, "reason": "Forbidden", "message": "no"}),
        ),
        path => waiting(path, "1", true),
    };
    let api = ApiServer::start(denied).await;
    let connection = api.connect().await;
    let snapshot = connection.read_once(&[]).await.unwrap();
    let diagnosis = connection.examine(snapshot).await.unwrap().diagnosis;
    assert!(diagnosis.problems.is_empty(), "{:?}", diagnosis.problems);
    let settings = ObjectRef::namespaced("Secret", "shop", "settings");
    let unknown = diagnosis
        .unknown
        .iter()
        .find(|it| it.object.as_ref() == Some(&settings));
    let unknown = unknown.unwrap();
    assert_eq!(unknown.why, Why::Denied);
    let right = unknown.rights.first().unwrap();
    assert_eq!((&*right.verb, &*right.resource), ("get", "secrets"));
    assert_eq!(fetched(&api), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_gives_the_metadata_and_the_keys_that_are_asked_for() {
    let recording = practice::open("missing-secret-key").unwrap();
    let served = podside_replay::serve(vec![recording], ServeOptions::default())
        .await
        .unwrap();
    let kubeconfig =
        podside_cluster::Kubeconfig::parse("test".as_ref(), &served.kubeconfig("test")).unwrap();
    let connection = podside_cluster::Connection::from_kubeconfig(&kubeconfig, None)
        .await
        .unwrap();
    let snapshot = connection.read_once(&[]).await.unwrap();
    let known = |snapshot: &podside_diagnosis::snapshot::Snapshot| {
        snapshot.secrets.iter().filter(|it| it.keys.is_ok()).count()
    };
    assert!(!snapshot.secrets.is_empty());
    assert_eq!(known(&snapshot), 0);
    let examined = connection.examine(snapshot).await.unwrap();
    assert!(known(&examined.snapshot) > 0);
    let causes: Vec<_> = examined
        .diagnosis
        .problems
        .iter()
        .map(|it| it.cause.as_str())
        .collect();
    assert!(causes.contains(&"secret-key-missing"), "{causes:?}");
}

const WIDGET: &str = "/apis/example.com/v1/namespaces/shop/widgets/one";
const APPLICATION: &str = "/apis/example.com/v1/applications/shop";

/// A Pod that crashes, of a Widget, which an Application in no namespace owns.
fn of_an_application(path: &str) -> Answer {
    let owner = |kind: &str, name: &str, uid: &str| json!([{"apiVersion": "example.com/v1", "kind": kind, "name": name, "uid": uid, "controller": true}]);
    let resource = |plural: &str, kind: &str, scope: &str| {
        json!({"resource": plural, "scope": scope, "verbs": ["get", "list"],
            "responseKind": {"group": "example.com", "version": "v1", "kind": kind}})
    };
    match path {
        "/apis" => Answer::Json(
            200,
            json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": [
                {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": [
                    resource("widgets", "Widget", "Namespaced"), resource("applications", "Application", "Cluster")]}]}]}),
        ),
        WIDGET => Answer::Json(
            200,
            json!({"kind": "Widget", "apiVersion": "example.com/v1", "metadata": {"name": "one", "namespace": "shop",
                "uid": "w", "ownerReferences": owner("Application", "shop", "a")}}),
        ),
        APPLICATION => Answer::Json(
            200,
            json!({"kind": "Application", "apiVersion": "example.com/v1", "metadata": {"name": "shop", "uid": "a"}}),
        ),
        _ if path.contains("/log?") => Answer::Text("2026-01-01T11:00:01Z FATAL: no\n"),
        _ if of_kind(path, "pods") == Some(false) => {
            let mut pod = pod(3);
            pod["metadata"]["ownerReferences"] = owner("Widget", "one", "w");
            Answer::Json(200, list(path, &json!([pod])))
        }
        _ => empty(path),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_resource_behind_a_problem_is_read_and_names_its_own_owner() {
    let api = ApiServer::start(of_an_application).await;
    let application = ObjectRef::cluster("Application", "shop").in_group("example.com");
    let is_found = |sight: &Sight| {
        let mut problems = sight.diagnosis.iter().flat_map(|it| &it.problems);
        sight.awaited == 0
            && problems.any(|problem| problem.subject.without_container() == application)
    };
    let asked = |object: &str| api.asked().iter().filter(|path| *path == object).count();

    let cluster = Cluster::new(api.connect().await, settings());
    let _viewing = cluster.look();
    let sight = until(&cluster, is_found).await;
    assert_eq!(causes(&sight), ["app-exits-with-error"]);
    // It is judged again and again, stays so, and is not read again.
    let at = sight.diagnosis.as_ref().unwrap().observed_at;
    until(&cluster, |sight| {
        assert!(
            sight.awaited > 0 || is_found(sight),
            "{:?}",
            sight.diagnosis
        );
        let diagnosis = sight.diagnosis.as_ref();
        diagnosis.is_some_and(|it| it.observed_at.duration_since(at).as_secs() >= 2)
    })
    .await;
    assert_eq!((asked(WIDGET), asked(APPLICATION)), (1, 1));

    let connection = api.connect().await;
    let snapshot = connection.read_once(&[]).await.unwrap();
    let once = connection.examine(snapshot).await.unwrap();
    assert_eq!(
        once.diagnosis.problems[0].subject.without_container(),
        application
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_resource_that_may_not_be_read_ends_the_chain() {
    let api = ApiServer::start(|path| match path {
        WIDGET => Answer::Json(
            403,
            json!({"kind": "Status", "code": 403, "reason": "Forbidden"}),
        ),
        path => of_an_application(path),
    })
    .await;
    let connection = api.connect().await;
    let snapshot = connection.read_once(&[]).await.unwrap();
    let examined = connection.examine(snapshot).await.unwrap();
    let widget = ObjectRef::namespaced("Widget", "shop", "one").in_group("example.com");
    assert_eq!(
        examined.diagnosis.problems[0].subject.without_container(),
        widget
    );
    assert!(!api.asked().iter().any(|path| path == APPLICATION));
}
