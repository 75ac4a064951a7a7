//! API servers that fail, or answer with something else: nothing is said to be well, what
//! was known stays with its age, and they are not asked too often.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod apiserver;
mod serving;

use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apiserver::{Answer, Answers, ApiServer, LIES, broken, empty, list};
use futures::future::join_all;
use podside_cluster::{Cluster, Settings, Sight};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::snapshot::Reading;
use podside_model::{Liveness, Message, Why};
use serde_json::json;
use serving::Serving;

/// How long a test waits for what must come. Every kind is asked twice by then.
const SOON: Duration = Duration::from_mins(2);

fn settings() -> Settings {
    Settings {
        idle_after: Duration::from_millis(200),
        gather_for: Duration::from_millis(20),
        look_every: Duration::from_secs(15),
        ..Settings::default()
    }
}

async fn until(what: &str, cluster: &Cluster, is_so: impl Fn(&Sight) -> bool) -> Arc<Sight> {
    let mut sights = cluster.sights();
    let sight = tokio::time::timeout(SOON, sights.wait_for(|sight| is_so(sight))).await;
    match sight {
        Ok(Ok(sight)) => Arc::clone(&sight),
        _ => panic!("{what}: still {:?}", cluster.sight().liveness),
    }
}

fn is_live(sight: &Sight) -> bool {
    matches!(sight.liveness, Liveness::Live { .. }) && sight.diagnosis.is_some()
}

fn is_lost(sight: &Sight) -> bool {
    matches!(sight.liveness, Liveness::NotLive { .. })
}

/// Waits until a kind was asked for so often.
async fn asked(api: &ApiServer, kind: Kind, times: usize) {
    let waiting = async {
        while api.listed(kind) < times {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_was_never_read_has_no_diagnosis_and_is_not_asked_often() {
    let tried = LIES.map(|(lie, answers)| async move {
        let api = ApiServer::start(answers).await;
        let began = Instant::now();
        let cluster = Cluster::new(api.connect().await, settings());
        let _viewing = cluster.look();
        let times = if lie.starts_with("404") { 1 } else { 2 };
        for kind in Kind::ALL.iter().filter(|kind| !kind.is_optional()) {
            asked(&api, *kind, times).await;
        }
        let sight = until(lie, &cluster, is_lost).await;
        assert!(sight.diagnosis.is_none(), "{lie}");
        assert!(sight.snapshot.looked_at().is_empty(), "{lie}");
        let Liveness::NotLive { since: None, .. } = sight.liveness else {
            panic!("{lie}: it never was live");
        };
        // To be told that there is no such kind is an answer.
        if times == 2 {
            let most = 10.0 * (began.elapsed().as_secs_f64() + 1.0);
            // Whether lists may come as watches each kind asks once.
            let asked = api.asked();
            let again = asked.iter().filter(|it| !it.contains("sendInitialEvents"));
            let count = again.count();
            assert!(
                f64::from(u32::try_from(count).unwrap()) <= most,
                "{lie}: {count}"
            );
        }
    });
    join_all(tried).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_diagnosis_stays_with_its_age_when_somebody_comes_back() {
    let tried = LIES.map(|(lie, answers)| async move {
        let api = ApiServer::start(one_pod).await;
        let cluster = Cluster::new(api.connect().await, settings());
        let viewing = cluster.look();
        let before = until(lie, &cluster, is_live).await;
        drop(viewing);
        until(lie, &cluster, |sight| !is_live(sight)).await;

        api.answer(answers);
        let _again = cluster.look();
        let after = until(lie, &cluster, is_lost).await;
        assert_eq!(after.diagnosis, before.diagnosis, "{lie}");
        assert_eq!(after.snapshot.pods.len(), 1, "{lie}");
        let Liveness::NotLive {
            since: Some(since), ..
        } = after.liveness
        else {
            panic!("{lie}: it has an age");
        };
        assert!(since <= jiff::Timestamp::now(), "{lie}");

        api.answer(empty);
        let fresh = until(lie, &cluster, is_live).await;
        assert_eq!(fresh.snapshot.pods.len(), 0, "{lie}");
    });
    join_all(tried).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_fails_after_a_lost_watch_takes_nothing_away() {
    let tried = LIES.map(|(lie, answers)| async move {
        let api = ApiServer::start(one_pod).await;
        let cluster = Cluster::new(api.connect().await, settings());
        let _viewing = cluster.look();
        until(lie, &cluster, is_live).await;
        let lists = api.asked().len();

        api.answer(answers);
        until(lie, &cluster, is_lost).await;
        let waiting = async {
            while api.asked().len() < lists + 2 * Kind::ALL.len() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(SOON, waiting).await.unwrap();
        let sight = cluster.sight();
        assert!(is_lost(&sight), "{lie}: {:?}", sight.liveness);
        assert_eq!(sight.snapshot.pods.len(), 1, "{lie}");
        assert_eq!(sight.snapshot.pods.reading("shop"), Reading::Known, "{lie}");
        let Liveness::NotLive { since, .. } = sight.liveness else {
            unreachable!()
        };
        assert!(since.is_some(), "{lie}");
    });
    join_all(tried).await;
}

fn one_pod(path: &str) -> Answer {
    if path.starts_with("/api/v1/pods?") && !path.contains("watch=1") {
        let pod = json!([{"metadata": {"name": "web", "namespace": "shop"}}]);
        return Answer::Json(200, list(path, &pod));
    }
    empty(path)
}

fn no_pods(path: &str) -> Answer {
    if path.starts_with("/api/v1/pods?") {
        return broken();
    }
    empty(path)
}

fn odd_events(path: &str) -> Answer {
    if path.contains("/events?") {
        return Answer::Json(200, json!({}));
    }
    empty(path)
}

fn half_of_the_pods(path: &str) -> Answer {
    if !path.starts_with("/api/v1/pods?") {
        return empty(path);
    }
    if path.contains("continue=") {
        return broken();
    }
    let mut page = list(
        path,
        &json!([{"metadata": {"name": "web", "namespace": "shop"}}]),
    );
    page["metadata"]["continue"] = "more".into();
    Answer::Json(200, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kind_that_fails_is_told_as_unread_beside_the_others() {
    let mixed: [(Answers, Kind); 3] = [
        (no_pods, Kind::Pod),
        (odd_events, Kind::Event),
        (half_of_the_pods, Kind::Pod),
    ];
    let tried = mixed.map(|(answers, kind)| async move {
        let api = ApiServer::start(answers).await;
        let cluster = Cluster::new(api.connect().await, settings());
        let _viewing = cluster.look();
        let sight = until(kind.name(), &cluster, |sight| sight.diagnosis.is_some()).await;
        let diagnosis = sight.diagnosis.as_ref().unwrap();
        let told: Vec<_> = diagnosis
            .unknown
            .iter()
            .map(|unknown| (unknown.what.clone(), unknown.why))
            .collect();
        let what = Message::new("unknown.cluster-kind").with("resource", kind.plural());
        assert!(told.contains(&(what, Why::NotSeen)), "{told:?}");
        let unread = (kind, None, Reading::Unknown(Why::NotSeen));
        assert!(sight.snapshot.readings().contains(&unread), "{kind:?}");
        assert_eq!(sight.snapshot.pods.len(), 0);

        let snapshot = api.connect().await.read_once(&[]).await.unwrap();
        assert!(snapshot.readings().contains(&unread), "{kind:?}");
        assert_eq!(snapshot.pods.len(), 0);
    });
    join_all(tried).await;
}

fn diagnose(api: &ApiServer, arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let kubeconfig = home.path().join("kubeconfig");
    std::fs::write(&kubeconfig, api.kubeconfig()).unwrap();
    Command::new(env!("CARGO_BIN_EXE_podside"))
        .arg("diagnose")
        .args(arguments)
        .env("HOME", home.path())
        .env("KUBECONFIG", &kubeconfig)
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn diagnose_of_a_cluster_that_cannot_be_read_is_an_error() {
    for (lie, answers) in LIES {
        let api = ApiServer::start(answers).await;
        let output = diagnose(&api, &["-A"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{lie}: {said}");
        assert!(output.stdout.is_empty(), "{lie}");
        assert_eq!(said.lines().count(), 1, "{lie}: {said}");
        assert!(said.contains("GET /"), "{lie}: {said}");
    }
    let api = ApiServer::start(odd_events).await;
    let output = diagnose(&api, &["-A"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("cannot be told") && said.contains("events"),
        "{said}"
    );
    assert!(!said.contains("Nothing is broken"), "{said}");
}

/// Nothing on the page says that all is well.
fn claims_nothing(lie: &str, page: &str) {
    for claim in [
        "Nothing is broken",
        "every kind could be read",
        ">0 problems<",
    ] {
        assert!(!page.contains(claim), "{lie}: {claim}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_says_that_a_cluster_is_well_that_was_not_read() {
    for (lie, answers) in LIES {
        let api = ApiServer::start(answers).await;
        let serving = Serving::start_on(&api.kubeconfig(), &["--context", "fake"]);
        for _ in 0..3 {
            let page = serving.get("/?cluster=fake");
            claims_nothing(lie, &page);
        }
        // All kinds have been asked for more than once.
        for kind in [Kind::Pod, Kind::Event] {
            let times = if lie.starts_with("404") { 1 } else { 2 };
            asked(&api, kind, times).await;
        }
        let page = serving.get("/?cluster=fake");
        claims_nothing(lie, &page);
        assert!(page.contains("does not answer"), "{lie}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_cluster_that_fails_meanwhile_says_since_when() {
    let api = ApiServer::start(empty).await;
    let serving = Serving::start_on(&api.kubeconfig(), &["--context", "fake"]);
    let mut page = String::new();
    let began = Instant::now();
    while !page.contains("Nothing is broken") && began.elapsed() < SOON {
        page = serving.get("/?cluster=fake");
    }
    assert!(page.contains("Nothing is broken"), "it was well");

    api.answer(|_| broken());
    while page.contains("Nothing is broken") && began.elapsed() < SOON * 2 {
        page = serving.get("/?cluster=fake");
    }
    claims_nothing("500", &page);
    assert!(page.contains("What you see is as of"), "it has an age");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namespace_that_may_not_be_read_is_named_as_such_and_nothing_is_said_of_it() {
    let api = ApiServer::start(|path| match path {
        "/version" => empty(path),
        path if path.ends_with("/selfsubjectrulesreviews") => Answer::Json(
            201,
            json!({"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "status": {"incomplete": false, "resourceRules": []}}),
        ),
        path if path.starts_with("/api/v1/nodes") => empty(path),
        path => Answer::Json(
            403,
            json!({"kind": "Status", "code": 403, "reason": "Forbidden", "message": format!("may not see {path}")}),
        ),
    })
    .await;
    let output = diagnose(&api, &["-n", "shop", "--fail-on", "warning"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("you may not read namespace \"shop\""),
        "{said}"
    );
    assert!(
        said.contains("kubectl -n shop create rolebinding view-for-you --clusterrole=view"),
        "{said}"
    );
    assert!(output.stdout.is_empty(), "{output:?}");
}
