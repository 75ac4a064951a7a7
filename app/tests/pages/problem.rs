use podside_model::view::{PastInvestigation, SeenBefore};
use podside_model::{Cause, InvestigationId, Lang, ObjectRef};

use crate::broken::diagnosis;
use crate::fixture::{Answers, at};
use crate::render::render;

const CLAIM: &str = "/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0";

#[tokio::test]
async fn a_problem_shows_chain_evidence_and_fix() {
    let page = render("problem", CLAIM, Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("1 cause, 5 objects affected. Arrows point at what breaks.")
        .says("mounted by")
        .says("Deploymentorder-mailerCrashLoopBackOff, 3 restarts")
        .has("<mark>Pending</mark>")
        .has("<mark>'csi.acme.internal'</mark>")
        .says("4 times, last 20:28:48")
        .says("See whether the provisioner runs")
        .says("The other 5 objects need no change.")
        .has("tab=yaml&amp;path=%2Fstatus%2Fphase#marked");
}

#[tokio::test]
async fn what_is_broken_and_not_listed_is_counted() {
    let mut many = diagnosis();
    many.problems.first_mut().unwrap().more_affected = 136;
    let answers = || Answers {
        diagnosis: Some(many.clone()),
        ..Answers::default()
    };
    let page = render("problem-more", CLAIM, Lang::En, answers()).await;
    page.says("1 cause, 141 objects affected. Arrows point at what breaks.")
        .says("and 136 more")
        .says("The other 141 objects need no change.");
    let page = render("problem-more-ja", CLAIM, Lang::Ja, answers()).await;
    page.says("ほか 136 件")
        .says("ほかの 141 件は変更不要です。");
}

#[tokio::test]
async fn the_marker_stands_at_most_twice() {
    let page = render("problem-marks", CLAIM, Lang::En, Answers::default()).await;
    assert_eq!(page.html.matches("<mark>").count(), 2);
}

#[tokio::test]
async fn a_problem_that_is_gone_says_so() {
    let page = render(
        "problem-gone",
        "/problems/oom-killed/Pod/a/b",
        Lang::En,
        Answers::default(),
    )
    .await;
    assert_eq!(page.status, 404);
    page.says("This problem is not found any more")
        .says("oom-killed on Pod a/b");
}

#[tokio::test]
async fn an_address_without_a_cause_is_refused() {
    let page = render(
        "problem-wrong",
        "/problems/..%2Fx/Pod/a/b",
        Lang::En,
        Answers::default(),
    )
    .await;
    assert_eq!(page.status, 400);
    page.says("The address names no cause.");
}

#[tokio::test]
async fn the_logs_of_what_fails_after_it_are_one_link() {
    let page = render("problem-logs", CLAIM, Lang::En, Answers::default()).await;
    page.says("Logs of the 4 affected workloads")
        .has("href=\"/logs?namespace=retail&amp;target=StatefulSet.apps%2Fpostgres%2CDeployment.apps%2Forders-api%2CDeployment.apps%2Fweb%2CDeployment.apps%2Forder-mailer\"");
}

#[tokio::test]
async fn a_piece_of_evidence_opens_its_object_at_the_line() {
    let closed = render("problem-closed", CLAIM, Lang::En, Answers::default()).await;
    closed
        .says("Show it in the PersistentVolumeClaim")
        .says("All events of the PersistentVolumeClaim")
        .says("See it in the log")
        .has("href=\"/logs/Pod/retail/web-58dcb9f5d9-cw48h?container=web\"")
        .has("data-postgres-0?show=1#evidence-1");
    let address = format!("{CLAIM}?show=1");
    let open = render("problem-open", &address, Lang::En, Answers::default()).await;
    open.says("Hide the PersistentVolumeClaim")
        .has("id=\"marked\" data-line=\"42\" class=\"line marked\"")
        .has("data-postgres-0#evidence-1");
    assert_eq!(open.html.matches("data-line=").count(), 2);
}

#[tokio::test]
async fn many_pieces_of_evidence_fold_after_the_fourth() {
    let mut many = diagnosis();
    let claim = many.problems.first_mut().unwrap();
    let piece = claim.evidence.first().unwrap().clone();
    claim.evidence.resize(9, piece);
    let answers = || Answers {
        diagnosis: Some(many.clone()),
        ..Answers::default()
    };
    let page = render("problem-many", CLAIM, Lang::En, answers()).await;
    page.says("4 of 9 pieces; the first two decide it.")
        .says("Show all 9")
        .has("<details class=\"rest\"><summary>");
    let address = format!("{CLAIM}?show=7");
    let page = render("problem-many-open", &address, Lang::Ja, answers()).await;
    page.says("9 件すべてを表示")
        .has("<details open class=\"rest\"");
}

#[tokio::test]
async fn what_the_history_knows_of_the_cause_is_said() {
    let page = render("problem-new", CLAIM, Lang::En, Answers::default()).await;
    page.says("Not in this cluster’s history.");
    let unreadable = Answers {
        seen_before: None,
        ..Answers::default()
    };
    let page = render("problem-no-history", CLAIM, Lang::En, unreadable).await;
    page.says("Cannot tell: the history could not be read.");
    let past = PastInvestigation {
        id: InvestigationId(7),
        title: "Claim data-redis-0 has no volume".to_owned(),
        target: ObjectRef::namespaced("StatefulSet", "cache", "redis"),
        cluster: "practice".to_owned(),
        cause: Some(Cause::known("pvc-unbound")),
        concluded: true,
        who: "mika".to_owned(),
        started_at: at("19:28:59"),
        seconds: Some(90),
        frozen_links: 0,
        live_links: 0,
    };
    let seen = Answers {
        seen_before: Some(SeenBefore {
            times: 4,
            latest: vec![past],
        }),
        ..Answers::default()
    };
    let page = render("problem-seen", CLAIM, Lang::En, seen).await;
    page.says("Found 4 times in this cluster.")
        .says("StatefulSet cache/redis, 1 h ago, mika")
        .has("href=\"/investigations/7\"");
}
