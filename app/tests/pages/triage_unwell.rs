//! What is not well and has no cause, on the triage and on the page of its object.

use podside_model::{
    Diagnosis, Lang, Liveness, ObjectRef, Said, Strip, StripSpan, StripState, Unexplained,
    Unsettled,
};

use crate::broken::{diagnosis, strips};
use crate::fixture::{Answers, LANGUAGES, at, now};
use crate::render::{Rendered, render};

fn said(object: ObjectRef, reason: &str, message: &str, count: u32, last: &str) -> Said {
    Said {
        object,
        reason: reason.to_owned(),
        message: message.to_owned(),
        count,
        last: Some(at(last)),
    }
}

/// A Deployment that nobody can explain.
fn search() -> Unexplained<String> {
    let search = ObjectRef::namespaced("Deployment", "catalog", "search");
    let pod = ObjectRef::namespaced("Pod", "catalog", "search-1");
    Unexplained {
        object: search.clone(),
        what: "Deployment search: 0 of 2 ready".to_owned(),
        since: Some(at("18:28:30")),
        said: vec![
            said(
                search,
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
                1,
                "18:28:30",
            ),
            said(pod, "Unhealthy", "Readiness probe <failed>", 17, "20:26:59"),
        ],
        settle: "Its log tells more: kubectl -n catalog logs deploy/search".to_owned(),
        affects: vec![ObjectRef::namespaced("Service", "catalog", "search")],
    }
}

/// An Ingress without an address, which has no log of its own.
fn ingress() -> Unexplained<String> {
    let ingress = ObjectRef::namespaced("Ingress", "game", "front");
    Unexplained {
        what: "Ingress front has no address".to_owned(),
        object: ingress,
        since: None,
        said: Vec::new(),
        settle: "kubectl -n game describe ingress front".to_owned(),
        affects: Vec::new(),
    }
}

fn node() -> Unsettled<String> {
    Unsettled {
        object: ObjectRef::cluster("Node", "render-04"),
        what: "Node render-04 has joined and is not ready yet".to_owned(),
        why: "a node that joins has a minute".to_owned(),
        since: Some(at("20:28:26")),
        judged_at: at("20:29:26"),
        affects: Vec::new(),
    }
}

fn import() -> Unsettled<String> {
    Unsettled {
        object: ObjectRef::namespaced("Job", "jobs", "nightly-import"),
        what: "Pod nightly-import-x: init container fetch has not finished".to_owned(),
        why: "init containers have ten minutes for their work".to_owned(),
        since: Some(at("20:28:31")),
        judged_at: at("20:38:31"),
        affects: Vec::new(),
    }
}

/// Problems, and beside them what has no cause.
pub(crate) fn restless() -> Answers {
    let mut strips = strips();
    strips.push(Strip {
        from: at("20:26:59"),
        to: now(),
        spans: vec![StripSpan {
            until: now(),
            state: StripState::Unexplained,
        }],
        ticks: Vec::new(),
        restarts: 0,
    });
    Answers {
        diagnosis: Some(Diagnosis {
            unsettled: vec![node(), import()],
            unexplained: vec![search(), ingress()],
            ..diagnosis()
        }),
        strips,
        ..Answers::default()
    }
}

/// No problem and nothing unknown, but this.
fn quiet(
    unexplained: Vec<Unexplained<String>>,
    unsettled: Vec<Unsettled<String>>,
) -> Diagnosis<String> {
    Diagnosis {
        problems: Vec::new(),
        unsettled,
        unexplained,
        unknown: Vec::new(),
        ..diagnosis()
    }
}

async fn shown(name: &str, address: &str, lang: Lang, diagnosis: Diagnosis<String>) -> Rendered {
    let answers = Answers {
        diagnosis: Some(diagnosis),
        ..Answers::default()
    };
    render(name, address, lang, answers).await
}

fn not_live() -> Liveness {
    Liveness::NotLive {
        since: Some(at("20:28:31")),
        error: "refused".to_owned(),
        tries: 4,
        next_try: None,
    }
}

#[tokio::test]
async fn what_no_rule_explains_stands_below_the_problems_in_the_words_of_the_cluster() {
    let page = render("triage-unwell", "/", Lang::En, restless()).await;
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("Then these 4")
        .says("All 5")
        .says("Unexplained 2")
        .has("href=\"/?severity=unexplained\"")
        .says("Deployment search: 0 of 2 ready for 2 h")
        .says("Deployment catalog/search")
        .says("affects Service search")
        .says("Deployment does not have minimum availability. once, 2 h ago, MinimumReplicasUnavailable")
        .says("Readiness probe <failed> 17 times, last 2 min ago, Unhealthy, Pod catalog/search-1")
        .says("to find outIts log tells more: kubectl -n catalog logs deploy/search")
        .says("Ingress front has no address")
        .says("Nothing that could be read.")
        .has("href=\"/logs/Deployment.apps/catalog/search\"")
        .has("href=\"/objects/Deployment.apps/catalog/search\" data-row")
        .lacks("href=\"/logs/Ingress.networking.k8s.io/game/front\"")
        .has("aria-label=\"Broken all this time.\"")
        .has("height=\"80\" class=\"unexplained\"");
    assert_eq!(page.html.matches("data-row").count(), 6);
    let text = page.text();
    let place = |words: &str| text.find(words).unwrap();
    assert!(place("Service cart selects no Pod") < place("Deployment search: 0 of 2"));
    assert!(place("Ingress front has no address") < place("render-04"));
    assert!(place("render-04") < place("Cannot tell whether Secret"));
}

#[tokio::test]
async fn what_is_unsettled_says_until_when_without_javascript() {
    let page = render("triage-unsettled", "/", Lang::En, restless()).await;
    page.says("not well yet, but within the time that it may take")
        .says("Node render-04 has joined and is not ready yet for 33 s")
        .says("judged in 27 s")
        .says("Job jobs/nightly-import: Pod nightly-import-x: init container fetch")
        .says("judged in 9 min 32 s")
        .has("href=\"/objects/Node/-/render-04\" data-row")
        .has("datetime=\"2026-11-20T20:29:26Z\"");
    let page = render("triage-unwell-ja", "/", Lang::Ja, restless()).await;
    page.says("判定待ち")
        .says("判定 27 秒後")
        .says("33 秒前から")
        .says("原因不明")
        .says("Deployment search: 0 of 2 ready（2 時間前から）")
        .says("17 回、最終 2 分前");
}

#[tokio::test]
async fn the_title_and_the_links_of_the_page_count_what_has_no_cause() {
    let page = render("triage-unwell-title", "/", Lang::En, restless()).await;
    page.has("so the database has no disk · 2 unexplained · 2 unsettled · Podside</title>")
        .has("href=\"#problems\"")
        .says("3 problems2 unexplained2 unsettledWhat do you see?");
    let diagnosis = quiet(Vec::new(), vec![node(), import()]);
    let page = shown("triage-calm-title", "/", Lang::En, diagnosis).await;
    page.has("<title>2 unsettled · Podside</title>")
        .says("2 unsettledWhat do you see?")
        .lacks("0 problems");
}

#[tokio::test]
async fn nothing_is_called_well_while_something_still_settles() {
    let calm = || quiet(Vec::new(), vec![node(), import()]);
    let page = shown("triage-calm", "/", Lang::En, calm()).await;
    page.has("<h1 id=\"finding\">Nothing is broken so far; two objects are still settling")
        .says("judged by 20:38:31in 9 min 32 s")
        .says("98 rules looked at 4 Pods and 1 Service in all namespaces at 20:28:59. Nothing was hidden")
        .says("If they are well by then, this page says so.")
        .says("Checked, nothing wrong")
        .has("severity unsettled large")
        .lacks("severity healthy large")
        .lacks("Nothing is broken here");
    let page = shown("triage-calm-ja", "/", Lang::Ja, calm()).await;
    page.says("今のところ壊れているものはありません。判定待ちのオブジェクトが 2 個あります")
        .lacks("壊れているものはありません<");
    // Also where the one that is judged last is not among the few that are shown.
    let many = std::iter::repeat_with(node).take(25).chain([import()]);
    let page = shown(
        "triage-calm-many",
        "/",
        Lang::En,
        quiet(Vec::new(), many.collect()),
    )
    .await;
    page.says("judged by 20:38:31in 9 min 32 s")
        .lacks("nightly-import-x");
    let page = shown("triage-one", "/", Lang::En, quiet(Vec::new(), vec![node()])).await;
    page.says("Nothing is broken so far; one object is still settling");
    let unknown = Diagnosis {
        unknown: diagnosis().unknown,
        ..calm()
    };
    let page = shown("triage-calm-unknown", "/", Lang::En, unknown).await;
    page.says("not everything could be told; two objects are still settling")
        .lacks("Nothing is broken");
}

#[tokio::test]
async fn without_a_problem_the_lead_says_that_something_is_unexplained() {
    let page = shown(
        "triage-odd",
        "/",
        Lang::En,
        quiet(vec![search()], vec![node()]),
    )
    .await;
    page.has("<h1 id=\"finding\">No problem was found, but one object is not well and no rule explains it; one object is still settling")
        .has("severity unexplained large")
        .lacks("Nothing is broken")
        .lacks("class=\"filter-bar row\"");
    let both = quiet(vec![search(), ingress()], Vec::new());
    let page = shown("triage-odd-two", "/", Lang::En, both.clone()).await;
    page.says("two objects are not well and no rule explains them")
        .says("These 2")
        .has("<title>2 unexplained · Podside</title>");
    let page = shown("triage-odd-ja", "/", Lang::Ja, both).await;
    page.says("正常ではなく原因を説明できないオブジェクトが 2 個あります");
}

#[tokio::test]
async fn the_filter_finds_what_is_unexplained() {
    let page = render(
        "triage-only",
        "/?severity=unexplained",
        Lang::En,
        restless(),
    )
    .await;
    page.says("Deployment search: 0 of 2 ready for 2 h")
        .says("two objects are unexplained")
        .says("2 critical, 1 warning are hidden by the filter: only Unexplained.")
        .says("These 2")
        .lacks("Service cart selects no Pod")
        .lacks("render-04");
    for find in ["readiness%20probe", "game/front"] {
        let address = format!("/?find={find}");
        let page = render("triage-find", &address, Lang::En, restless()).await;
        page.says("This one").says("one object is unexplained");
    }
    let page = render(
        "triage-critical",
        "/?severity=critical",
        Lang::En,
        restless(),
    )
    .await;
    page.lacks("Deployment search: 0 of 2").lacks("render-04");
    let page = render("triage-none", "/?find=nowhere", Lang::En, restless()).await;
    page.says("No problem matches the filter in any namespace.")
        .says("2 critical, 1 warning, 2 unexplained are hidden by the filter: with “nowhere”.");
}

#[tokio::test]
async fn of_hundreds_the_first_are_shown_and_all_are_counted() {
    let mut many = quiet(Vec::new(), Vec::new());
    many.unexplained = (0..300)
        .map(|nth| Unexplained {
            object: ObjectRef::namespaced("Deployment", "catalog", format!("search-{nth}")),
            ..search()
        })
        .collect();
    many.unsettled = vec![node(); 40];
    let page = shown("triage-hundreds", "/", Lang::En, many.clone()).await;
    page.says("300 objects are not well")
        .says("These 300")
        .says("Show 100 of 280 more")
        .says("Show 20 more")
        .has("href=\"/?shown=120\"");
    assert_eq!(
        page.html.matches("aria-labelledby=\"unexplained-").count(),
        20
    );
    let page = shown("triage-hundreds-more", "/?shown=120", Lang::En, many).await;
    assert_eq!(
        page.html.matches("aria-labelledby=\"unexplained-").count(),
        120
    );
}

#[tokio::test]
async fn when_the_cluster_is_lost_its_ages_are_of_when_it_was_last_seen() {
    let lost = Answers {
        liveness: not_live(),
        diagnosis: restless().diagnosis.map(|diagnosis| Diagnosis {
            observed_at: at("20:28:31"),
            ..diagnosis
        }),
        ..restless()
    };
    let page = render("triage-unwell-lost", "/", Lang::En, lost).await;
    page.says("for 2 h when last seen")
        .says("for 5 s when last seen")
        .says("17 times, last at 20:26:59")
        .says("judged at 20:29:26")
        .lacks("judged in ")
        .lacks("in 27 s");
    for lang in LANGUAGES {
        let lost = Answers {
            liveness: not_live(),
            diagnosis: Some(quiet(vec![search()], vec![node()])),
            ..Answers::default()
        };
        let page = render(&format!("triage-quiet-lost-{lang}"), "/", lang, lost).await;
        page.says("20:28:31")
            .says("search")
            .says("render-04")
            .lacks("Nothing is broken")
            .lacks("今のところ");
    }
}

#[tokio::test]
async fn the_page_of_an_object_says_the_same_of_it() {
    let address = "/objects/Deployment/catalog/search";
    let page = render("resource-unwell", address, Lang::En, restless()).await;
    page.says("Not well, and no rule explains it")
        .says("Deployment search: 0 of 2 ready")
        .says("Readiness probe <failed> 17 times, last 2 min ago")
        .says("It has until 20:29:26 to get well: a node that joins has a minute");
    let page = render("resource-unwell-ja", address, Lang::Ja, restless()).await;
    page.says("正常ではありませんが、原因を説明できるルールがありません")
        .says("20:29:26 まで様子を見ています。");
    let page = render("resource-well", address, Lang::En, Answers::default()).await;
    page.lacks("no rule explains").lacks("waited for");
}
