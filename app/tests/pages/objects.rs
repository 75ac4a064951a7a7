use podside_app::PortalError;
use podside_model::view::{
    ChartHead, KindRow, KindsPage, ObjectColumn, ObjectList, ObjectRow, ObjectsAsk, ObjectsBody,
    ObjectsPage, PodStage, UnreadGroup, Unwell, UnwellWhy,
};
use podside_model::{Cause, Lang, MissingRight, ObjectRef, ProblemId, Severity};

use crate::fixture::Answers;
use crate::render::{Rendered, render};

/// What the one cluster lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Pods, of which one is not well.
    #[default]
    Pods,
    /// A custom resource that says that it is not ready.
    Custom,
    /// Nothing.
    Nothing,
    /// More than is read.
    Cut,
    /// Several kinds of that name.
    Ambiguous,
    /// No such kind.
    NoKind,
    /// No label selector.
    NoSelector,
    /// The right is missing.
    Denied,
    /// No answer.
    Failed,
}

fn kind(kind: &str, plural: &str, group: &str) -> KindRow {
    KindRow {
        kind: kind.to_owned(),
        group: group.to_owned(),
        version: "v1".to_owned(),
        plural: plural.to_owned(),
        short_names: Vec::new(),
        is_namespaced: true,
        count: None,
    }
}

fn pods() -> KindRow {
    KindRow {
        short_names: vec!["po".to_owned()],
        count: Some(214),
        ..kind("Pod", "pods", "")
    }
}

pub(crate) fn kinds(head: ChartHead) -> KindsPage {
    KindsPage {
        head,
        kinds: vec![
            KindRow {
                is_namespaced: false,
                ..kind("Node", "nodes", "")
            },
            pods(),
            kind("StatefulSet", "statefulsets", "apps"),
            kind("StatefulSet", "statefulsets", "apps.kruise.io"),
        ],
        unread: vec![UnreadGroup {
            group: "metrics.k8s.io".to_owned(),
            why: "503 Service Unavailable".to_owned(),
        }],
        command: "kubectl api-resources".to_owned(),
    }
}

fn columns(names: &[(&str, bool)]) -> Vec<ObjectColumn> {
    let column = |(name, is_number): &(&str, bool)| ObjectColumn {
        name: (*name).to_owned(),
        is_number: *is_number,
    };
    names.iter().map(column).collect()
}

fn row(object: ObjectRef, cells: &[&str], unwell: Option<Unwell>) -> ObjectRow {
    ObjectRow {
        object,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        unwell,
    }
}

fn of_pods() -> ObjectList {
    let problem = |title: &str| Unwell {
        severity: Severity::Critical,
        why: UnwellWhy::Problem {
            id: ProblemId {
                cause: Cause::known("env-missing"),
                subject: ObjectRef::namespaced("Deployment", "orders", "order-worker"),
            },
            title: title.to_owned(),
        },
    };
    let pod = |namespace: &str, name: &str| ObjectRef::namespaced("Pod", namespace, name);
    ObjectList {
        columns: columns(&[
            ("Ready", false),
            ("Status", false),
            ("Restarts", true),
            ("Age", false),
        ]),
        has_wide: true,
        rows: vec![
            row(
                pod("orders", "order-worker-1"),
                &["0/1", "CrashLoopBackOff", "4", "142s"],
                Some(problem("DATABASE_URL is not set")),
            ),
            row(
                pod("retail", "orders-api-1"),
                &["0/1", "Running", "0", "140s"],
                Some(problem("It waits for <b>postgres</b>")),
            ),
            row(pod("web", "docs-1"), &["1/1", "Running", "0", "3h"], None),
        ],
        total: 214,
        is_cut: false,
        unwell: 2,
        stages: vec![
            (PodStage::Starting, 3),
            (PodStage::Running, 204),
            (PodStage::Ended, 5),
        ],
        nodes: vec!["node-1".to_owned()],
        matching: 214,
        matching_unwell: 2,
        namespaces: 20,
    }
}

fn of_certificates() -> ObjectList {
    let certificate = |name: &str| {
        ObjectRef::namespaced("Certificate", "default", name).in_group("cert-manager.io")
    };
    ObjectList {
        columns: columns(&[("Ready", false), ("Secret", false), ("Age", false)]),
        rows: vec![row(
            certificate("app-tls"),
            &["False", "app-tls", "11h"],
            Some(Unwell {
                severity: Severity::Warning,
                why: UnwellWhy::NotReady,
            }),
        )],
        total: 1,
        unwell: 1,
        stages: Vec::new(),
        nodes: Vec::new(),
        matching: 1,
        matching_unwell: 1,
        namespaces: 1,
        ..ObjectList::default()
    }
}

pub(crate) fn objects(head: ChartHead, ask: &ObjectsAsk, listed: Listed) -> ObjectsPage {
    let clusters = || {
        vec![
            kind("Cluster", "clusters", "one.example"),
            kind("Cluster", "clusters", "two.example"),
        ]
    };
    let body = match listed {
        Listed::Pods => ObjectsBody::Listed(ObjectList {
            matching: if ask.find == "nowhere" { 0 } else { 214 },
            ..of_pods()
        }),
        Listed::Custom => ObjectsBody::Listed(of_certificates()),
        Listed::Nothing => ObjectsBody::Listed(ObjectList::default()),
        Listed::Cut => ObjectsBody::Listed(ObjectList {
            is_cut: true,
            total: 20_000,
            ..of_pods()
        }),
        Listed::Ambiguous => ObjectsBody::Ambiguous(clusters()),
        Listed::NoKind => ObjectsBody::NoKind {
            near: vec![pods()],
            unread: Vec::new(),
        },
        Listed::NoSelector => ObjectsBody::NoSelector("a b".to_owned()),
        Listed::Denied => ObjectsBody::Denied(MissingRight {
            verb: "list".to_owned(),
            group: String::new(),
            resource: "pods".to_owned(),
            namespace: Some("shop".to_owned()),
        }),
        Listed::Failed => ObjectsBody::Failed("the API server answered 500".to_owned()),
    };
    ObjectsPage {
        head,
        ask: ask.clone(),
        kind: match listed {
            Listed::Ambiguous | Listed::NoKind => None,
            Listed::Custom => Some(kind("Certificate", "certificates", "cert-manager.io")),
            _ => Some(pods()),
        },
        also: match listed {
            Listed::Pods => vec![kind("PodMetrics", "pods", "metrics.k8s.io")],
            _ => Vec::new(),
        },
        command: Some("kubectl get pods -A".to_owned()),
        body,
    }
}

async fn page(listed: Listed, address: &str, lang: Lang) -> Rendered {
    let answers = Answers {
        listed,
        ..Answers::default()
    };
    render(
        &format!("objects-{listed:?}-{lang:?}"),
        address,
        lang,
        answers,
    )
    .await
}

#[tokio::test]
async fn a_row_leads_to_its_object_and_says_how_it_is() {
    let page = page(Listed::Pods, "/objects?kind=pods", Lang::En).await;
    assert_eq!(page.status, 200);
    page.says("214 in 20 namespaces.")
        .says("kubectl get pods -A")
        .says("All 214")
        .says("Not well 2")
        .says("The rest 212")
        .says("DATABASE_URL is not set")
        .says("CrashLoopBackOff")
        // A mark never stands beside a bare Running.
        .says("Running, not ready")
        .says("It waits for <b>postgres</b>")
        .says("Rows 1 to 3 of 214.")
        .says("Another group has a kind of that name, too:")
        .has("href=\"/objects/Pod/orders/order-worker-1\"")
        .has("href=\"/problems/env-missing/Deployment.apps/orders/order-worker\"")
        .has("href=\"/objects?kind=PodMetrics.metrics.k8s.io\"")
        .has("href=\"/objects?kind=pods&amp;sort=Restarts\"")
        .has("href=\"/objects?kind=pods&amp;state=unwell\"")
        .has("href=\"/objects?kind=pods&amp;columns=wide\"")
        .has("href=\"/objects?kind=pods&amp;from=100\"")
        // Another namespace shows the same list.
        .has("href=\"/objects?cluster=practice&amp;namespace=shop&amp;kind=pods\"");
}

#[tokio::test]
async fn what_is_asked_for_travels_along() {
    let address = "/objects?kind=pods&namespace=shop&labels=app%3Dweb&find=cart&sort=-Age&columns=wide&state=unwell";
    let page = page(Listed::Pods, address, Lang::En).await;
    page.says("Sorted by Age.")
        .says("Fewer columns")
        .has("name=\"labels\" value=\"app=web\"")
        .has("name=\"find\" value=\"cart\"")
        .has("name=\"sort\" value=\"-Age\"")
        .has("name=\"state\" value=\"unwell\"")
        .has("aria-sort=\"descending\"")
        .has("/objects?namespace=shop&amp;kind=pods&amp;labels=app%3Dweb&amp;find=cart&amp;state=unwell&amp;sort=Age&amp;columns=wide")
        .lacks("The rest");
}

#[tokio::test]
async fn a_custom_resource_says_itself_that_it_is_not_ready() {
    let english = page(Listed::Custom, "/objects?kind=Certificate", Lang::En).await;
    english
        .says("Certificates")
        .says("cert-manager.io/v1")
        .says("a custom resource: the columns are its own")
        .says("its condition Ready says False")
        .has("href=\"/objects/Certificate.cert-manager.io/default/app-tls\"");
    let japanese = page(Listed::Custom, "/objects?kind=Certificate", Lang::Ja).await;
    japanese
        .says("Ready が False です")
        .says("1 個の Namespace に 1 件。")
        .says("問題のあるものを先に");
}

#[tokio::test]
async fn what_is_not_there_is_said_with_the_way_on() {
    let none = page(
        Listed::Nothing,
        "/objects?kind=pods&namespace=shop",
        Lang::En,
    )
    .await;
    assert_eq!(none.status, 200);
    none.says("There are no Pods in namespace shop.")
        .says("Look in all namespaces");
    page(
        Listed::Nothing,
        "/objects?kind=pods&labels=app%3Dweb",
        Lang::En,
    )
    .await
    .says("No Pods have the labels app=web there.")
    .says("Clear filter");
    page(Listed::Pods, "/objects?kind=pods&find=nowhere", Lang::En)
        .await
        .says("Nothing matches “nowhere”; 214 objects are hidden by it.")
        .says("Clear filter");
    page(Listed::Cut, "/objects?kind=pods", Lang::Ja)
        .await
        .says("最初の 20000 件だけを読み取りました");
}

#[tokio::test]
async fn a_kind_that_is_not_one_is_told_and_the_others_are_led_to() {
    let near = page(Listed::NoKind, "/objects?kind=psod", Lang::En).await;
    assert_eq!(near.status, 404);
    near.says("There is no kind psod")
        .says("Kinds of nearly that name")
        .has("href=\"/objects?kind=Pod\"");
    let several = page(Listed::Ambiguous, "/objects?kind=cl", Lang::Ja).await;
    assert_eq!(several.status, 200);
    several
        .says("どの cl ですか？")
        .has("href=\"/objects?kind=Cluster.one.example\"")
        .has("href=\"/objects?kind=Cluster.two.example\"");
}

#[tokio::test]
async fn what_keeps_a_list_from_being_read_is_said() {
    let denied = page(
        Listed::Denied,
        "/objects?kind=pods&namespace=shop",
        Lang::En,
    )
    .await;
    assert_eq!(denied.status, 403);
    denied
        .says("You may not list pods in namespace shop.")
        .says("kind: Role");
    let wrong = page(
        Listed::NoSelector,
        "/objects?kind=pods&labels=a%20b",
        Lang::En,
    )
    .await;
    assert_eq!(wrong.status, 400);
    wrong
        .says("“a b” is no part of a label selector.")
        .has("name=\"labels\" value=\"a b\"");
    let failed = page(Listed::Failed, "/objects?kind=pods", Lang::En).await;
    assert_eq!(failed.status, 503);
    failed.says("the API server answered 500").says("Try again");
    let unavailable = Answers::failing(PortalError::Unavailable {
        what: "no answer".to_owned(),
    });
    let page = render(
        "objects-failing",
        "/objects?kind=pods",
        Lang::En,
        unavailable,
    )
    .await;
    assert_eq!(page.status, 503);
    page.says("no answer");
}

#[tokio::test]
async fn every_kind_of_the_cluster_is_led_to() {
    for (lang, core, scope) in [
        (Lang::En, "core group", "cluster-wide"),
        (Lang::Ja, "コアグループ", "クラスター全体"),
    ] {
        let page = page(Listed::Pods, "/objects?namespace=shop", lang).await;
        assert_eq!(page.status, 200);
        page.says(core)
            .says(scope)
            .says("Pod 214 po")
            .says("apps.kruise.io")
            .says("503 Service Unavailable")
            .has("href=\"/objects?namespace=shop&amp;kind=Pod\"")
            .has("href=\"/objects?namespace=shop&amp;kind=StatefulSet.apps\"")
            .has("href=\"/objects?namespace=shop&amp;kind=StatefulSet.apps.kruise.io\"")
            .has("href=\"/events?namespace=shop\"");
    }
}

#[tokio::test]
async fn pods_are_chosen_by_how_far_they_have_come_and_by_their_node() {
    let address = "/objects?kind=Pod&state=starting&node=node-1";
    let chosen = page(Listed::Pods, address, Lang::En).await;
    chosen
        .says("Starting 3")
        .says("Running 204")
        .says("Ended 5")
        .has("href=\"/objects?kind=Pod&amp;state=ended&amp;node=node-1\"")
        .has("name=\"state\" value=\"starting\"")
        .has("<option value=\"node-1\" selected>");
    let gone = page(Listed::Pods, "/objects?kind=Pod&node=node-9", Lang::Ja).await;
    gone.has("<option value=\"node-9\" selected>");
}
