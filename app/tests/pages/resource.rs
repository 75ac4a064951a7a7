use podside_model::Lang;

use crate::fixture::Answers;
use crate::render::render;

const POD: &str = "/objects/Pod/orders/order-worker-7486b8848-ht95b";

#[tokio::test]
async fn the_overview_shows_the_verdict_and_describe() {
    let page = render("resource", POD, Lang::En, Answers::default()).await;
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("Process worker exits at start: DATABASE_URL is not set")
        .says("Waiting: CrashLoopBackOff")
        .says("kubectl -n orders describe pod order-worker")
        .has("aria-keyshortcuts=\"4 Y\"")
        .says("2026-11-20 20:27:18 UTC 1 min 41 s ago")
        .says("the last 2 min")
        .has("Broken since 20:27:18. Started at 20:27:18, 20:28:41. 4 restarts in all.")
        .says("Annotationsnone")
        .says("×8 / 1 min 39 s")
        .has("Container &lt;started&gt;")
        .has("href=\"/objects/Deployment.apps/orders/order-worker\"")
        .has("href=\"/objects/Node/-/node-1\"");
}

#[tokio::test]
async fn the_marked_line_is_the_anchor() {
    let address = format!("{POD}?tab=yaml&path=%2Fspec%2Fcontainers%2F0%2Fimage");
    let page = render("resource-yaml", &address, Lang::En, Answers::default()).await;
    page.has("id=\"marked\"").has("<b>image</b>");
    assert_eq!(page.html.matches("class=\"line marked\"").count(), 1);
}

#[tokio::test]
async fn events_that_may_not_be_read_name_the_right() {
    let address = format!("{POD}?tab=events");
    let page = render("resource-denied", &address, Lang::En, Answers::default()).await;
    page.says("You may not list events in namespace orders.")
        .says("podside-events-list");
}

#[tokio::test]
async fn the_log_shows_its_last_lines_without_javascript() {
    let address = format!("{POD}?tab=logs");
    let page = render("resource-logs", &address, Lang::Ja, Answers::default()).await;
    page.says("FATAL: DATABASE_URL is not set")
        .says("最後の 2 行")
        .says("再起動前");
}
