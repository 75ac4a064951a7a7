use podside_model::Lang;
use podside_model::view::Going;

use crate::fixture::{Answers, at};
use crate::kept::Kept;
use crate::render::render;

const ADDRESS: &str = "/investigations/7";

#[tokio::test]
async fn a_step_shows_question_evidence_and_the_suggested_answer_first() {
    let page = render("investigation", ADDRESS, Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("runbook service, started 20:28:17")
        .says("Step 2 of at most 2")
        .says("Why it matters. A Service without Pods")
        .says("The evidence says no. Do you agree?")
        .has("action=\"/investigations/7/answers\"")
        .has("name=\"after\" value=\"2\"")
        .says("kubectl -n shop get endpointslices")
        .has("value=\"no\" aria-keyshortcuts=\"N\" class=\"button primary\"")
        .has("value=\"yes\" aria-keyshortcuts=\"Y\" class=\"button\"");
    let answers: Vec<_> = ["value=\"no\"", "value=\"yes\"", "value=\"unknown\""]
        .iter()
        .filter_map(|answer| page.html.find(answer))
        .collect();
    assert!(answers.len() == 3 && answers.is_sorted(), "{answers:?}");
}

#[tokio::test]
async fn the_path_is_a_list_with_the_present_step_and_the_ways_not_taken() {
    let page = render("investigation-path", ADDRESS, Lang::En, Answers::default()).await;
    page.says("yes, type ClusterIP")
        .says("no: service-missing")
        .says("you are here; no is suggested")
        .has("aria-current=\"step\"")
        // Only what was answered leads back.
        .has("value=\"exists\" title=\"Go back to: Does the Service exist?\"")
        .lacks("name=\"step\" value=\"selects\" title");
    let text = render(
        "investigation-text",
        "/investigations/7?path=text",
        Lang::En,
        Answers::default(),
    )
    .await;
    text.has("class=\"tree text\"").says("yes, type ClusterIP");
}

#[tokio::test]
async fn what_goes_on_is_told_with_how_far_it_is_and_can_be_stopped() {
    let going = |of: usize| Answers {
        going: Some(Going {
            owner: "oncall-1".to_owned(),
            runs: None,
            done: 2,
            of,
            since: at("20:28:17"),
            until: at("20:30:17"),
        }),
        ..Answers::default()
    };
    let page = render("investigation-going", ADDRESS, Lang::En, going(8)).await;
    page.says("2 of at most 8 questions are answered")
        .says("ends at 20:30:17 at the latest")
        .has("width=\"25%\"")
        .has("method=\"post\" action=\"/investigations/7/stop\"");
    let page = render("investigation-going-ja", ADDRESS, Lang::Ja, going(0)).await;
    page.says("クラスターを読み取り中です。")
        .says("停止")
        .has("width=\"0%\"");
    let page = render("investigation", ADDRESS, Lang::En, Answers::default()).await;
    page.lacks("/investigations/7/stop");
}

#[tokio::test]
async fn a_test_shows_what_it_would_be_and_asks_for_exactly_that() {
    let render = |name, kept, lang| render(name, ADDRESS, lang, Answers::keeping(kept));
    let page = render("investigation-test", Kept::Testing, Lang::En).await;
    page.says("A test in the cluster would tell.")
        .says("Reads the file by which names are looked up.")
        .says("It runs in container app of Pod cart, and creates nothing.")
        .says("kubectl -n shop exec cart -c app -- cat /etc/resolv.conf")
        .has("method=\"post\" action=\"/investigations/7/runs\"")
        .has("name=\"plan\" value=\"3f\"")
        .has("name=\"step\" value=\"selects\"")
        .says("Run this check");
    let page = render("investigation-test-ja", Kept::Testing, Lang::Ja).await;
    page.says("このチェックを実行");
    let page = render("investigation-test-lacks", Kept::TestLacks, Lang::En).await;
    page.says("You may not create pods/exec in namespace shop.")
        .says("kind: RoleBinding")
        .says("Exactly what is created")
        .lacks("/investigations/7/runs");
    let page = render("investigation-test-locked", Kept::TestLocked, Lang::En).await;
    page.says("This Podside runs with --read-only")
        .lacks("/investigations/7/runs");
    let running = Answers {
        going: Some(Going {
            owner: "oncall-1".to_owned(),
            runs: Some("kubectl -n shop exec cart".to_owned()),
            done: 0,
            of: 0,
            since: at("20:28:17"),
            until: at("20:30:17"),
        }),
        ..Answers::keeping(Kept::Testing)
    };
    let page = crate::render::render("investigation-testing", ADDRESS, Lang::En, running).await;
    page.says("Running a test.")
        .has("action=\"/investigations/7/stop\"")
        .lacks("action=\"/investigations/7/runs\"");
}

#[tokio::test]
async fn nothing_is_primary_where_only_a_person_can_tell() {
    let answers = Answers::keeping(Kept::Asking);
    let page = render("investigation-asking", ADDRESS, Lang::En, answers).await;
    page.says("Only a person can answer this.")
        .has("value=\"yes\" aria-keyshortcuts=\"Y\" class=\"button\"")
        .lacks("aria-keyshortcuts=\"N\" class=\"button primary\"");
}

#[tokio::test]
async fn a_conclusion_shows_proof_and_fix_and_asks_nothing() {
    let answers = Answers::keeping(Kept::Concluded);
    let page = render("investigation-concluded", ADDRESS, Lang::En, answers).await;
    page.says("Cause found")
        .says("Service cart selects no Pod: app=shopping-cart")
        .says("Proof")
        .lacks("/investigations/7/answers")
        .lacks("/investigations/7/walk");
}

#[tokio::test]
async fn a_note_is_text_and_its_secrets_are_named() {
    let page = render("investigation-note", ADDRESS, Lang::Ja, Answers::default()).await;
    page.says("非表示: bearer トークン #1")
        .has("&lt;b&gt;that&lt;/b&gt;")
        .says("事実からは「いいえ」です。同意しますか？");
}

#[tokio::test]
async fn a_problem_that_was_kept_stands_without_a_path() {
    let answers = Answers::keeping(Kept::Problem);
    let page = render("investigation-problem", ADDRESS, Lang::En, answers).await;
    page.says("kept as it was found at 20:28:17")
        .says("Service cart selects no Pod")
        .has("action=\"/investigations/7/notes\"")
        .lacks("class=\"tree")
        .lacks("path-strip");
}

#[tokio::test]
async fn a_wrong_number_is_said_to_be_none() {
    for (lang, says) in [
        (Lang::En, "There is no investigation of this name"),
        (Lang::Ja, "この名前の調査はありません"),
    ] {
        for wrong in ["seven", "7x", "99999999999999999999"] {
            let address = format!("/investigations/{wrong}");
            let page = render("investigation-wrong", &address, lang, Answers::default()).await;
            assert_eq!(page.status, 400, "{wrong}");
            page.says(says);
        }
    }
}
