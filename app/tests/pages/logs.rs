//! The log page as it is rendered: its last lines, and every other choice as a link.

use podside_model::log::{EndWhy, Gap, LogEvent, LogNote, LogSource, SourceId};
use podside_model::view::{Beginning, LogRow, Logs, WhyBegin};
use podside_model::{Lang, ObjectRef, Severity};

use crate::fixture::Answers;
use crate::render::{Rendered, render};

const ADDRESS: &str = "/logs?cluster=practice&namespace=retail";

fn source(pod: &str, container: &str, owner: &str) -> LogSource {
    LogSource {
        id: SourceId {
            pod: pod.to_owned(),
            container: container.to_owned(),
            previous: false,
        },
        owner: Some(owner.to_owned()),
        waits: None,
    }
}

fn line(source: u8, seconds: i64, text: &str) -> LogRow {
    LogRow::Line {
        source,
        time: Some((1_795_206_517 + seconds) * 1_000_000_000),
        text: text.to_owned(),
    }
}

fn logs() -> Logs {
    let gap = Gap {
        source: None,
        at: 1_795_206_517_400_000_000,
        lasted_ms: 400,
        removed: 4,
        lost: 0,
        maybe_missing: true,
    };
    let event = LogEvent {
        at: 1_795_206_521_000_000_000,
        warning: true,
        reason: "BackOff".to_owned(),
        pod: "order-mailer-6fffcd5495-c9qqm".to_owned(),
        message: "Back-off restarting failed container mailer".to_owned(),
        count: 3,
    };
    Logs {
        choices: vec![
            ObjectRef::namespaced("Deployment", "retail", "order-mailer"),
            ObjectRef::namespaced("Deployment", "retail", "web"),
        ],
        containers: vec!["web".to_owned(), "mailer".to_owned()],
        sources: vec![
            source("web-58dcb9f5d9-cw48h", "web", "web"),
            source("order-mailer-6fffcd5495-c9qqm", "mailer", "order-mailer"),
        ],
        rows: vec![
            line(
                0,
                0,
                r#"{"level":"ERROR","msg":"upstream request failed","error":"connection refused"}"#,
            ),
            LogRow::Note(LogNote::Gap(gap)),
            line(1, 1, "<script>alert(1)</script>"),
            line(1, 2, "\u{1b}[32mready\u{1b}[0m"),
            LogRow::Note(LogNote::Event(event)),
        ],
        ..Logs::default()
    }
}

async fn rendered(name: &str, lang: Lang, logs: Logs) -> Rendered {
    let answers = Answers {
        logs,
        ..Answers::default()
    };
    render(name, ADDRESS, lang, answers).await
}

#[tokio::test]
async fn the_last_lines_stand_in_the_page() {
    let page = rendered("logs", Lang::En, logs()).await;
    page.says("Logs of retail")
        .says("20:28:37.000")
        .says("upstream request failed error=connection refused")
        .says("2 sources, by time")
        .says("web …cw48h")
        .says("Connection lost at 20:28:37.4 for 0.4 s. Resumed by time, 4 repeated lines removed. Lines may be missing here.")
        .says("Pod order-mailer-6fffcd5495-c9qqm: Back-off restarting failed container mailer")
        .says("<script>alert(1)</script>")
        .has(r#"class="level error""#)
        .has(r#"class="sgr-green""#)
        .lacks("<script>alert")
        .lacks("\u{1b}");
}

#[tokio::test]
async fn every_other_choice_is_a_link() {
    let page = rendered("logs-links", Lang::En, logs()).await;
    let at = "/logs?cluster=practice&amp;namespace=retail";
    page.has(&format!(r#"href="{at}&amp;since=300""#))
        .has(&format!(r#"href="{at}&amp;previous=true""#))
        .has(&format!(r#"href="{at}&amp;target=Deployment.apps%2Fweb""#))
        .has(&format!(r#"href="{at}&amp;previous=too""#))
        .has(r#"href="/streams/logs.txt?cluster=practice&amp;namespace=retail""#);
}

#[tokio::test]
async fn the_page_speaks_japanese() {
    rendered("logs-ja", Lang::Ja, logs())
        .await
        .says("取得元 2 件（時刻順）")
        .says("20:28:37.4 に接続が切れ、0.4 秒途絶えました。時刻で再開し、重複した 4 行を除きました。ここで行が欠けている可能性があります。");
}

#[tokio::test]
async fn why_there_is_no_log_is_said() {
    let failed = Logs {
        failed: Some(EndWhy::Denied {
            said: "pods is forbidden".to_owned(),
        }),
        ..Logs::default()
    };
    rendered("logs-denied", Lang::En, failed)
        .await
        .says("No right to read it: pods is forbidden");
    rendered("logs-empty", Lang::En, Logs::default())
        .await
        .says("No container to read: nothing here has Pods.");
}

#[tokio::test]
async fn without_a_namespace_one_chooses_one() {
    let page = render("logs-namespaces", "/logs", Lang::En, Answers::default()).await;
    page.says("Choose a Namespace")
        .has(r#"href="/logs?cluster=practice&amp;namespace=retail""#);
}

#[tokio::test]
async fn without_javascript_the_form_finds_hides_and_wraps() {
    let answers = || Answers {
        logs: logs(),
        ..Answers::default()
    };
    let address = format!("{ADDRESS}&find=READY&exclude=upstream&levels=info&wrap=1");
    let page = render("logs-form", &address, Lang::En, answers()).await;
    page.says("1 hit")
        .has("<mark>ready</mark>")
        .says("<script>alert(1)</script>")
        .lacks("upstream request failed")
        .says("2 of 3 lines shown, 0 lost")
        .says("0 of 1")
        .has(r#"class="log-lines lines wraps""#)
        .has(r#"<form method="get" action="/logs" aria-label="Find and show" class="log-bar"><input type="hidden" name="cluster" value="practice"><input type="hidden" name="namespace" value="retail">"#)
        .has("/logs?cluster=practice&amp;namespace=retail&amp;since=300&amp;find=READY&amp;exclude=upstream&amp;levels=info&amp;wrap=1");
    let address = format!("{ADDRESS}&exclude=e");
    let page = render("logs-hidden", &address, Lang::En, answers()).await;
    page.says("Every line is hidden by the filter: exclude “e”.")
        .says("Clear filter");
}

#[tokio::test]
async fn a_container_that_waits_says_why_there_is_no_line() {
    let waiting = LogSource {
        waits: Some("ImagePullBackOff".to_owned()),
        ..source("web-58dcb9f5d9-cw48h", "web", "web")
    };
    let logs = Logs {
        sources: vec![waiting],
        ..Logs::default()
    };
    let page = rendered("logs-waiting", Lang::En, logs.clone()).await;
    page.says("No lines yet. Waiting: A: ImagePullBackOff.")
        .says("waiting: ImagePullBackOff");
    rendered("logs-waiting-ja", Lang::Ja, logs)
        .await
        .says("待機中: ImagePullBackOff");
}

#[tokio::test]
async fn notes_name_their_source_as_the_legend_does() {
    let mut many: Vec<_> = (0..6)
        .map(|nth| source(&format!("web-58dcb9f5d9-cw48{nth}"), "web", "web"))
        .collect();
    many.rotate_left(1);
    let ended = |source, why| LogRow::Note(LogNote::Ended { source, at: 0, why });
    let waiting = EndWhy::NoLog {
        said: "waiting to start".to_owned(),
    };
    let logs = Logs {
        sources: many,
        rows: vec![ended(5, EndWhy::NoRunBefore), ended(0, waiting)],
        ..Logs::default()
    };
    rendered("logs-notes", Lang::En, logs)
        .await
        .says("Previous runAA web …cw480 This container has had no run before the current one.")
        .says("No logA web …cw481 waiting to start")
        .lacks("Gap");
}

#[tokio::test]
async fn where_nothing_is_chosen_what_is_broken_or_was_restarted_is_offered() {
    let order_worker = ObjectRef::namespaced("Deployment", "orders", "order-worker");
    let indexer = ObjectRef::namespaced("Deployment", "catalog", "indexer");
    let answers = Answers {
        logs: Logs {
            beginnings: vec![
                Beginning {
                    object: order_worker,
                    why: WhyBegin::Problem {
                        severity: Severity::Critical,
                        title: "Container worker exits".to_owned(),
                    },
                },
                Beginning {
                    object: indexer,
                    why: WhyBegin::Restarted {
                        times: 2,
                        last: "2026-11-20T20:28:03Z".parse().unwrap(),
                    },
                },
            ],
            ..Logs::default()
        },
        ..Answers::default()
    };
    let page = render("logs-begin", "/logs", Lang::En, answers).await;
    page.says("Broken or restarted now")
        .says("Container worker exits")
        .says("2 restarts, last at 20:28:03")
        .says("Choose a Namespace")
        .has("href=\"/logs/Deployment.apps/orders/order-worker?cluster=practice\"");
    let none = Answers::default();
    let page = render("logs-begin-ja", "/logs", Lang::Ja, none).await;
    page.says("現在の問題はなく、直近 1 時間の再起動もありません。");
}
