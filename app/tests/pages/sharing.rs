//! The dialog that makes a link, the link that is shown once, and the list of links.

use podside_app::pages::SentSharing;
use podside_model::view::{MadeLink, ShareOf, SinceSeen};
use podside_model::{InvestigationId, Lang, ProblemId};

use crate::broken::claim;
use crate::fixture::{Answers, LANGUAGES, at};
use crate::kept::{FORM, Kept};
use crate::render::{Rendered, render, render_sent};

const SHARE: &str = "/investigations/7/share?cluster=practice&namespace=shop";
const LINKS: &str = "/investigations/7/links";
const PROBLEM: &str = "/problems/pvc-unbound/PersistentVolumeClaim/retail/data-postgres-0";
const URL: &str = "http://localhost:8080/shared/a-token-that-is-shown-once";

#[tokio::test]
async fn the_dialog_says_what_a_reader_will_see() {
    let page = render("sharing", SHARE, Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.html.matches("<h1").count(), 1);
    page.says("Share this investigation")
        .says("without an account and without any right on the cluster")
        .says("The reader will see 2 entries")
        .says("Service shop/cart")
        .says("cluster practice")
        .says("1 step answered, 1 still open")
        .says("yes 1")
        .says("1 piece of evidence")
        .says("1 note")
        .says("by oncall-1")
        .says("2 secrets hidden")
        .says("Frozen at 20:28:59")
        .says("2 links are open:")
        .has("action=\"/investigations/7/shares?cluster=practice&amp;namespace=shop\"")
        .has(&format!("name=\"form\" value=\"{FORM}\""))
        .has("name=\"seen\" value=\"2\"")
        .has("value=\"frozen\" checked")
        .has("href=\"/investigations/7/links?cluster=practice&amp;namespace=shop\"");
    // Cancel leads to where one was, and Esc presses it; the focus begins at the button.
    page.has("href=\"/investigations/7?cluster=practice&amp;namespace=shop\" aria-keyshortcuts=\"Escape\"")
        .has("aria-keyshortcuts=\"Control+Enter\" autofocus");
    // The small page shows what stands where a secret was.
    page.says("The page as it will look")
        .says("The deploy job logs in with hidden: bearer token #1 and <b>that</b> too.")
        .has("&lt;b&gt;that&lt;/b&gt;")
        .says("2 values were hidden before this was made.");
}

#[tokio::test]
async fn a_link_opens_for_one_of_four_spans_a_week_by_default() {
    let page = render("sharing-days", SHARE, Lang::En, Answers::default()).await;
    let chosen = ["1", "7", "30", "90"]
        .into_iter()
        .filter(|days| {
            page.html
                .contains(&format!("name=\"days\" value=\"{days}\" checked"))
        })
        .collect::<Vec<_>>();
    assert_eq!(chosen, ["7"]);
    assert_eq!(page.html.matches("name=\"days\"").count(), 4);
    page.says("2026-11-27 20:28:59 UTC. Opened later")
        .says("2027-02-18 20:28:59 UTC. Opened later");
}

#[tokio::test]
async fn a_problem_has_the_same_dialog_and_is_kept_when_the_link_is_made() {
    let address = format!("{PROBLEM}/share?namespace=retail");
    let page = render("sharing-problem", &address, Lang::En, Answers::default()).await;
    assert_eq!(page.status, 200);
    page.says("Share this problem")
        .says("kept as it is found when you make the link, and not before")
        .says("1 problem with its fix")
        .says("No notes")
        .says("No secrets hidden")
        .has("action=\"/problems/shares?namespace=retail\"")
        .has("name=\"subject\" value=\"PersistentVolumeClaim/retail/data-postgres-0\"")
        .has("name=\"cause\" value=\"pvc-unbound\"")
        .has(&format!(
            "href=\"{PROBLEM}?namespace=retail\" aria-keyshortcuts=\"Escape\""
        ))
        .lacks("links are open");
}

#[tokio::test]
async fn the_ways_to_the_dialog_are_links_that_change_nothing() {
    let problem = render("problem-share", PROBLEM, Lang::En, Answers::default()).await;
    problem
        .has(&format!("href=\"{PROBLEM}/share\" aria-keyshortcuts=\"S\""))
        .lacks("method=\"post\"");
    let walk = "/investigations/7";
    let walk = render("investigation-share", walk, Lang::En, Answers::default()).await;
    walk.has("href=\"/investigations/7/share\" aria-keyshortcuts=\"S\"")
        .lacks("action=\"/investigations/7/shares");
}

#[tokio::test]
async fn the_links_are_listed_with_who_when_how_often_and_revoke() {
    for (name, address) in [("links", LINKS), ("links-aside", "/investigations/7")] {
        let page = render(name, address, Lang::En, Answers::default()).await;
        page.says("oncall-1")
            .says("20:28:31")
            .says("2026-11-27")
            .says("4 times")
            .says("last 12 s ago")
            .says("not yet")
            .has("action=\"/shares/3/revocation\"")
            .has("action=\"/shares/2/revocation\"")
            .lacks("action=\"/shares/1/revocation\"")
            .has("name=\"investigation\" value=\"7\"");
    }
    let page = render("links-table", LINKS, Lang::En, Answers::default()).await;
    page.says("Links to: My Service does not answer")
        .says("frozen at 20:28:31")
        .says("in 6 d 23 h")
        .says("revoked 20:28:30 by oncall-2")
        .says("once")
        .says("Opened counts page loads, not people")
        .has("href=\"/investigations/7/share\" aria-keyshortcuts=\"S\"");
    let answers = Answers::keeping(Kept::Nothing);
    let none = render("links-none", LINKS, Lang::En, answers).await;
    none.says("No link was made yet.").lacks("<table");
}

fn made(since: Option<SinceSeen>) -> MadeLink {
    MadeLink {
        url: URL.to_owned(),
        id: 3,
        frozen_at: Some(at("20:28:59")),
        expires_at: "2026-11-27T20:28:59Z".parse().unwrap(),
        hidden: 2,
        since,
    }
}

async fn sent(name: &str, of: ShareOf, made: Option<MadeLink>, lang: Lang) -> Rendered {
    let address = match of {
        ShareOf::Investigation(_) => "/investigations/7/shares?cluster=practice",
        ShareOf::Problem(_) => "/problems/shares?cluster=practice",
    };
    let sent = SentSharing {
        id: InvestigationId(7),
        of,
        made,
    };
    render_sent(name, address, lang, Answers::default(), Some(sent)).await
}

#[tokio::test]
async fn the_link_that_was_made_is_shown_with_copy_and_said_to_be_shown_once() {
    let of = ShareOf::Investigation(InvestigationId(7));
    let page = sent("made", of, Some(made(None)), Lang::En).await;
    assert_eq!(page.status, 200);
    page.says("as it stood at 20:28:59, with 2 secrets hidden, until 2026-11-27 20:28:59 UTC")
        .says("Shown once")
        .says("Podside keeps only a fingerprint of it.")
        .says("Copy link")
        .says("20:28:31, this one")
        .has("href=\"/investigations/7?cluster=practice\" aria-keyshortcuts=\"Escape\"")
        .has("aria-keyshortcuts=\"C\"")
        .lacks("Make another link");
    let field = page
        .html
        .split("<input")
        .find(|it| it.contains(URL))
        .unwrap();
    assert!(
        field.contains("readonly") && field.contains("type=\"text\""),
        "{field}"
    );
}

#[tokio::test]
async fn a_problem_leads_back_to_itself_and_says_that_it_has_changed() {
    let problem = claim();
    let of = ShareOf::Problem(ProblemId {
        cause: problem.cause,
        subject: problem.subject,
    });
    let changed = Some(made(Some(SinceSeen::ProblemChanged)));
    let page = sent("made-problem", of, changed, Lang::En).await;
    page.says("Share this problem")
        .says("The problem has changed since you looked.")
        .has(&format!(
            "href=\"{PROBLEM}?cluster=practice\" aria-keyshortcuts=\"Escape\""
        ));
}

#[tokio::test]
async fn entries_that_nobody_looked_at_are_said_to_be_left_out() {
    let of = ShareOf::Investigation(InvestigationId(7));
    let more = Some(made(Some(SinceSeen::MoreEntries(2))));
    let page = sent("made-more", of, more, Lang::En).await;
    page.says("2 entries were added since you looked. The frozen link does not show them.");
}

#[tokio::test]
async fn a_form_that_is_sent_again_says_so_and_shows_no_link() {
    let of = ShareOf::Investigation(InvestigationId(7));
    let page = sent("made-before", of, None, Lang::En).await;
    assert_eq!(page.status, 409);
    page.says("This form has made its link already, and made no second one.")
        .says("Make another link")
        .lacks("readonly")
        .lacks("Copy link");
}

#[tokio::test]
async fn the_address_of_a_form_alone_shows_no_link() {
    let page = render(
        "was-shown",
        "/problems/shares",
        Lang::En,
        Answers::default(),
    )
    .await;
    page.says("The link was shown once").lacks("readonly");
    let wrong = "/investigations/7/nothing";
    let wrong = render("sharing-wrong", wrong, Lang::En, Answers::default()).await;
    assert_eq!(wrong.status, 404);
}

#[tokio::test]
async fn it_reads_in_both_languages() {
    for lang in LANGUAGES {
        let name = |of: &str| format!("{of}-{}", lang.tag());
        let (titles, secrets, once) = match lang {
            Lang::En => (
                ["Share this investigation", "Share this problem"],
                "2 secrets hidden",
                "Shown once",
            ),
            Lang::Ja => (
                ["この調査を共有", "この問題を共有"],
                "非表示の機密情報 2 件",
                "一度だけ表示",
            ),
        };
        let page = render(&name("sharing"), SHARE, lang, Answers::default()).await;
        page.says(titles[0]).says(secrets);
        let address = format!("{PROBLEM}/share");
        let page = render(&name("sharing-problem"), &address, lang, Answers::default()).await;
        page.says(titles[1]);
        let of = ShareOf::Investigation(InvestigationId(7));
        sent(&name("made"), of, Some(made(None)), lang)
            .await
            .says(once);
        render(&name("links"), LINKS, lang, Answers::default()).await;
    }
}
