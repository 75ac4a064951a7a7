use podside_model::Lang;

use crate::fixture::Answers;
use crate::kept::{Kept, TOKEN};
use crate::render::render;

fn address() -> String {
    format!("/shared/{TOKEN}")
}

#[tokio::test]
async fn a_link_shows_the_finding_and_how_it_was_found() {
    let answers = Answers::keeping(Kept::Concluded);
    let page = render("share", &address(), Lang::En, answers).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("As it stood on 2026-11-20 20:29:04 UTC. Shared by oncall-1, expires 2026-11-27")
        .says("Cause found")
        .says("runbook service, 1 step, 1 piece of evidence")
        .says("Does Service cart exist? Yes")
        .says("hidden: bearer token #1")
        .says("hidden: password #2")
        .says("2 values were replaced before this was kept, never stored")
        .has("/shared/a-link-that-opens/markdown");
}

#[tokio::test]
async fn a_link_leads_nowhere_into_the_cluster_and_changes_nothing() {
    let answers = Answers::keeping(Kept::Concluded);
    let page = render("share-alone", &address(), Lang::En, answers).await;
    page.lacks("href=\"/objects/")
        .lacks("href=\"/history")
        .lacks("method=\"post\"")
        .lacks("class=\"chart-head\"");
}

#[tokio::test]
async fn an_investigation_that_goes_on_says_so() {
    let page = render("share-open", &address(), Lang::En, Answers::default()).await;
    page.says("Not concluded yet").lacks("class=\"fix\"");
}

#[tokio::test]
async fn a_dead_link_is_a_plain_404_with_nothing_to_keep() {
    let page = render(
        "share-dead",
        "/shared/another",
        Lang::En,
        Answers::default(),
    )
    .await;
    assert_eq!(page.status, 404);
    page.says("There is nothing at this link.")
        .says("Ask whoever sent it for a new one.")
        .lacks("oncall-1");
    let ja = render(
        "share-dead-ja",
        "/shared/another",
        Lang::Ja,
        Answers::default(),
    )
    .await;
    ja.says("このリンクには何もありません。");
}
