use podside_app::PortalError;
use podside_model::{Checked, Diagnosis, Lang, Liveness, ObjectRef};

use crate::broken::diagnosis;
use crate::fixture::{Answers, LANGUAGES, at};
use crate::render::render;

#[tokio::test]
async fn the_worst_problem_is_the_only_large_text() {
    let page = render("triage", "/", Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("Nothing provisions StorageClass fast-ssd, so the database has no disk")
        .says("since 20:28:03")
        .says("56 s ago")
        .says("Then these 2")
        .says("All 3")
        .says("Critical 2")
        .says("Warning 1")
        .says("affects Pod order-worker-7486b8848-ht95b: 4 restarts")
        .says("Job backfill: completed")
        .says("You may not list secrets in namespace marketplace.")
        .has("<html lang=\"en\"")
        .has("href=\"/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0\"");
}

#[tokio::test]
async fn each_problem_has_a_strip_that_reads_as_words_and_one_legend_names_the_scale() {
    let page = render("triage-strips", "/", Lang::En, Answers::default()).await;
    assert_eq!(page.html.matches("class=\"strip\"").count(), 3);
    assert_eq!(page.html.matches("Bars show the last 2 min.").count(), 1);
    page.has("aria-label=\"Did not exist before 20:27:18. Broken since 20:27:18. Started at 20:27:18, 20:28:41. 4 restarts in all.\"")
        .has("aria-label=\"Broken all this time.\"");
    let page = render(
        "triage-strips-filtered",
        "/?severity=warning",
        Lang::En,
        Answers::default(),
    )
    .await;
    page.has("aria-label=\"Broken all this time.\"");
    assert_eq!(page.html.matches("class=\"strip\"").count(), 1);
}

#[tokio::test]
async fn what_is_broken_and_not_listed_is_counted() {
    let mut many = diagnosis();
    many.problems[0].more_affected = 136;
    many.problems[1].more_affected = 36;
    for (lang, lead, row) in [
        (Lang::En, "and 136 more", "4 restarts and 36 more"),
        (Lang::Ja, "ほか 136 件", "4 restarts ほか 36 件"),
    ] {
        let answers = Answers {
            diagnosis: Some(many.clone()),
            ..Answers::default()
        };
        let page = render("triage-more", "/", lang, answers).await;
        page.says(lead).says(row);
    }
}

#[tokio::test]
async fn the_place_travels_on_every_link() {
    let address = "/?cluster=staging&namespace=shop";
    let page = render("triage-place", address, Lang::En, Answers::default()).await;
    page.has("/problems/env-missing/Deployment.apps/orders/order-worker?cluster=staging&amp;namespace=shop&amp;container=worker")
        .has("href=\"/history?cluster=staging&amp;namespace=shop\"")
        .has("/preferences?lang=ja&amp;back=%2F%3Fcluster%3Dstaging%26namespace%3Dshop");
}

#[tokio::test]
async fn the_page_speaks_japanese() {
    let page = render("triage-ja", "/", Lang::Ja, Answers::default()).await;
    page.has("<html lang=\"ja\"")
        .says("トリアージ")
        .says("ほか 2 件")
        .says("56 秒前")
        .says("どんな症状ですか？");
}

#[tokio::test]
async fn the_filter_shows_what_matches_and_says_what_it_hides() {
    let page = render(
        "triage-filter",
        "/?severity=warning",
        Lang::En,
        Answers::default(),
    )
    .await;
    // The title names the worst of what is shown.
    page.says("Service cart selects no Pod")
        .has("<title>Service cart selects no Pod")
        .lacks("Nothing provisions");
    let page = render(
        "triage-no-match",
        "/?severity=info&find=x",
        Lang::En,
        Answers::default(),
    )
    .await;
    page.says("No problem matches the filter in any namespace.")
        .has("<title>No problem matches the filter in any namespace.")
        .says("2 critical, 1 warning are hidden by the filter: only Info and with “x”.")
        .says("Clear filter");
}

#[tokio::test]
async fn each_choice_counts_what_it_would_show_of_what_is_found() {
    let address = "/?severity=warning&find=cart";
    let page = render("triage-counts", address, Lang::En, Answers::default()).await;
    page.says("All 1").says("Critical 0").says("Warning 1");
}

#[tokio::test]
async fn a_pasted_message_finds_the_problem_that_it_proves() {
    let address = "/?find=panic%3A%20FATAL%3A%20DATABASE_URL%20is%20not%20set%20at%20main.go";
    let page = render("triage-paste", address, Lang::En, Answers::default()).await;
    page.has("<h1 id=\"finding\">Process worker exits at start: DATABASE_URL is not set");
}

#[tokio::test]
async fn nothing_broken_says_what_was_looked_at() {
    let whole = Answers {
        diagnosis: Some(Diagnosis {
            problems: Vec::new(),
            unsettled: Vec::new(),
            unexplained: Vec::new(),
            unknown: Vec::new(),
            ..diagnosis()
        }),
        ..Answers::default()
    };
    let page = render("triage-empty", "/?namespace=shop", Lang::En, whole).await;
    page.says("Nothing is broken here")
        .says("98 rules looked at 4 Pods and 1 Service in namespace shop at 20:28:59.");
}

#[tokio::test]
async fn what_cannot_be_told_is_never_called_well() {
    let partial = Answers {
        diagnosis: Some(Diagnosis {
            problems: Vec::new(),
            ..diagnosis()
        }),
        ..Answers::default()
    };
    let page = render("triage-unknown", "/", Lang::En, partial).await;
    page.says("not everything could be told")
        .lacks("Nothing is broken here");
}

#[tokio::test]
async fn what_was_well_when_the_cluster_last_answered_is_not_called_well() {
    for (lang, then) in [
        (Lang::En, "when the cluster last answered"),
        (Lang::Ja, "最後に応答があった時点"),
    ] {
        let was_well = Answers {
            diagnosis: Some(Diagnosis {
                problems: Vec::new(),
                unsettled: Vec::new(),
                unexplained: Vec::new(),
                unknown: Vec::new(),
                ..diagnosis()
            }),
            liveness: Liveness::NotLive {
                since: Some(at("20:28:31")),
                error: "GET /api/v1/pods: the API server answered 500".to_owned(),
                tries: 4,
                next_try: None,
            },
            ..Answers::default()
        };
        let page = render(&format!("triage-was-well-{lang}"), "/", lang, was_well).await;
        page.says(then)
            .says("20:28:31")
            .lacks("Nothing is broken")
            .lacks("壊れているものはありません")
            .lacks("every kind could be read")
            .lacks("0 problems")
            .lacks("問題 0 件");
    }
}

#[tokio::test]
async fn a_first_reading_names_the_kind() {
    for lang in LANGUAGES {
        let reading = Answers {
            diagnosis: None,
            liveness: Liveness::Loading {
                read: 6,
                of: 14,
                kind: "EndpointSlices".to_owned(),
            },
            ..Answers::default()
        };
        let page = render(&format!("triage-loading-{lang}"), "/", lang, reading).await;
        page.says("EndpointSlices").says("6").says("14");
    }
}

#[tokio::test]
async fn a_lost_connection_keeps_the_page() {
    let silent = Answers {
        liveness: Liveness::NotLive {
            since: Some(at("20:28:31")),
            error: "https://127.0.0.1:43117: connection refused".to_owned(),
            tries: 4,
            next_try: Some(at("20:29:07")),
        },
        ..Answers::default()
    };
    let page = render("triage-notlive", "/", Lang::En, silent).await;
    page.says("The API server of practice does not answer.")
        .says("What you see is as of 20:28:31, 28 s old.")
        .says("Podside tries again in 8 s.")
        .says("for 56 s when last seen")
        .says("Nothing provisions StorageClass fast-ssd");
}

#[tokio::test]
async fn an_api_server_that_never_answered_can_be_asked_by_hand() {
    for lang in LANGUAGES {
        let silent = Answers {
            diagnosis: None,
            liveness: Liveness::NotLive {
                since: None,
                error: "https://127.0.0.1:43117: connection refused".to_owned(),
                tries: 3,
                next_try: None,
            },
            ..Answers::default()
        };
        let page = render(&format!("triage-no-answer-{lang}"), "/", lang, silent).await;
        page.says("connection refused")
            .says("kubectl --context=practice get --raw /readyz")
            .lacks("note warning")
            .lacks("#problems");
    }
}

#[tokio::test]
async fn an_error_says_what_and_where() {
    let error = PortalError::Unavailable {
        what: "The API server of practice does not answer.".to_owned(),
    };
    let page = render("triage-error", "/", Lang::En, Answers::failing(error)).await;
    assert_eq!(page.status, 503);
    page.says("The API server of practice does not answer.")
        .says("Try now");
}

#[tokio::test]
async fn a_path_that_no_page_has_is_404() {
    let page = render("not-found", "/no/such", Lang::En, Answers::default()).await;
    assert_eq!(page.status, 404);
    page.says("There is no such page");
}

fn sixty() -> Diagnosis<String> {
    let mut long = diagnosis();
    let problem = long.problems.last().unwrap().clone();
    long.problems.resize(60, problem);
    long
}

#[tokio::test]
async fn long_lists_fold_and_say_how_long_they_are() {
    let mut long = diagnosis();
    long.checked = (0..20)
        .map(|at| Checked {
            object: ObjectRef::namespaced("Job", "retail", format!("job-{at}")),
            why: "completed".to_owned(),
        })
        .collect();
    long.problems = sixty().problems;
    let answers = Answers {
        diagnosis: Some(long),
        ..Answers::default()
    };
    let page = render("triage-long", "/", Lang::En, answers).await;
    page.says("Show all 20")
        .says("Show 40 more")
        .has("href=\"/?shown=120\"")
        .says("By cause: ")
        .has("href=\"/?find=")
        .says("Job job-19")
        .says("Then these 59");
    assert_eq!(page.html.matches("<details class=\"rest\">").count(), 1);
    assert_eq!(page.html.matches("class=\"problem row\"").count(), 19);
    let answers = Answers {
        diagnosis: Some(sixty()),
        ..Answers::default()
    };
    let page = render("triage-more", "/?shown=120", Lang::En, answers).await;
    assert_eq!(page.html.matches("class=\"problem row\"").count(), 59);
    page.lacks("Show 40 more");
    let page = render("triage-short", "/", Lang::En, Answers::default()).await;
    page.lacks("class=\"rest\"");
}

#[tokio::test]
async fn the_filter_stays_where_it_is_when_nothing_matches() {
    let page = render("triage-bar", "/?find=nowhere", Lang::En, Answers::default()).await;
    page.says("No problem matches the filter")
        .has("value=\"nowhere\"");
    assert_eq!(page.html.matches("class=\"filter-bar row\"").count(), 1);
}
