use podside_model::Lang;

use crate::fixture::Answers;
use crate::kept::Kept;
use crate::render::render;

#[tokio::test]
async fn a_row_names_cause_person_time_and_links() {
    let page = render("history", "/history", Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    page.says("Service cart selects no Pod")
        .says("service-selector-mismatch")
        .says("oncall-1")
        .says("34 s")
        .says("1 live link, 2 frozen links")
        .says("no conclusion")
        .says("last 30 days, 41 investigations")
        .says("1 min 12 s median, was 4 min 40 s")
        .has("href=\"/investigations/7\" data-row")
        .has("before=6")
        .has("href=\"/investigations/7/links\"")
        .has("href=\"/history.csv\"")
        .has("href=\"/leftovers\"");
    // The longest bar is the most frequent cause's; the others are in proportion.
    page.has("width=\"240.0\"").has("width=\"60.0\"");
}

#[tokio::test]
async fn an_empty_history_says_what_would_be_kept() {
    let answers = Answers::keeping(Kept::Nothing);
    let page = render("history-empty", "/history", Lang::En, answers).await;
    page.says("No investigation yet").says("See the runbooks");
}

#[tokio::test]
async fn a_search_without_a_match_can_be_cleared() {
    let answers = Answers::keeping(Kept::Nothing);
    let page = render(
        "history-search",
        "/history?words=%3Cscript%3E",
        Lang::En,
        answers,
    )
    .await;
    page.says("No investigation holds all of: <script>")
        .says("Clear search")
        .lacks("of: <script>");
}
