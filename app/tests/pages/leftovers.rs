use podside_app::PortalError;
use podside_model::view::{ChartHead, Leftover, LeftoverState, LeftoversPage, LookedFor};
use podside_model::{InvestigationId, Lang, Liveness, MissingRight, ObjectRef};

use crate::fixture::{Answers, at};
use crate::render::{Rendered, render};

/// What the one cluster holds of what Podside created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Left {
    /// Something of every state.
    #[default]
    Some,
    /// The same, on a portal that does nothing in clusters.
    Locked,
    /// Nothing.
    Nothing,
    /// Nothing in the namespaces that could be looked at.
    NothingHere,
    /// Nothing that is known, and the cluster does not answer.
    Unasked,
}

fn row(id: i64, name: &str, state: LeftoverState) -> Leftover {
    let object = ObjectRef::namespaced("Pod", "shop", name);
    Leftover {
        id: Some(id),
        cluster: "practice".to_owned(),
        kubectl: format!("kubectl -n shop delete pod {name}"),
        object,
        uid: Some(format!("uid-{name}")),
        creator: Some("oncall-1".to_owned()),
        investigation: Some(InvestigationId(7)),
        created_at: Some(at("20:24:59")),
        deadline: Some(at("20:38:59")),
        state,
        said: None,
    }
}

fn rows() -> Vec<Leftover> {
    let debugger = ObjectRef::namespaced("Pod", "shop", "cart").with_container("podside-dbg");
    vec![
        row(5, "podside-there", LeftoverState::There),
        Leftover {
            uid: None,
            ..row(4, "podside-meant", LeftoverState::Intended)
        },
        Leftover {
            deadline: Some(at("20:27:59")),
            said: Some("the API server of practice does not answer".to_owned()),
            ..row(3, "podside-going", LeftoverState::Going)
        },
        Leftover {
            object: debugger,
            said: Some("nothing in it can end it: <b>sh</b> not found".to_owned()),
            kubectl: "kubectl -n shop exec cart -c podside-dbg -- sh -c 'exit'".to_owned(),
            ..row(2, "cart", LeftoverState::Stays)
        },
        Leftover {
            id: None,
            creator: None,
            investigation: None,
            deadline: None,
            ..row(0, "podside-found", LeftoverState::Found)
        },
    ]
}

pub(crate) fn leftovers(head: ChartHead, left: Left) -> LeftoversPage {
    let of_all = MissingRight {
        verb: "list".to_owned(),
        group: String::new(),
        resource: "pods".to_owned(),
        namespace: None,
    };
    LeftoversPage {
        rows: match left {
            Left::Some | Left::Locked => rows(),
            Left::Nothing | Left::NothingHere | Left::Unasked => Vec::new(),
        },
        looked: match left {
            Left::NothingHere => LookedFor::In(vec!["shop".to_owned(), "orders".to_owned()]),
            Left::Unasked => LookedFor::Nowhere("connection refused".to_owned()),
            _ => LookedFor::Everywhere,
        },
        lacks: (left == Left::NothingHere).then_some(of_all),
        more: left == Left::Some,
        locked: (left == Left::Locked).then(|| "Nothing is done here for anybody.".to_owned()),
        head,
    }
}

async fn page(left: Left, lang: Lang) -> Rendered {
    let answers = Answers {
        left,
        ..Answers::default()
    };
    render(&format!("leftovers-{left:?}"), "/leftovers", lang, answers).await
}

#[tokio::test]
async fn a_row_names_age_creator_investigation_deadline_and_the_command() {
    let page = page(Left::Some, Lang::En).await;
    assert_eq!(page.status, 200);
    page.says("Left in the clusters")
        .says("shop/podside-there")
        .says("4 min")
        .says("in 10 min")
        .says("1 min ago")
        .says("oncall-1")
        .says("being removed")
        .says("perhaps created")
        .says("stays until its Pod goes")
        .says("container podside-dbg")
        .says("nothing in it can end it: <b>sh</b> not found")
        .says("found by its label")
        .says("not known")
        .says("There are more than are shown here.")
        .says("looked for in all of practice")
        .has("href=\"/investigations/7?cluster=practice&amp;namespace=shop\"")
        .has("href=\"/objects/Pod/shop/podside-there?cluster=practice&amp;namespace=shop\"")
        .has("action=\"/leftovers/5/removal\"")
        .has("action=\"/leftovers/2/removal\"")
        .has("action=\"/leftovers/removal\"")
        .has("name=\"uid\" value=\"uid-podside-found\"");
    assert!(
        page.text()
            .contains("kubectl -n shop delete pod podside-there")
    );
    // A container is ended, and not removed.
    page.says("End").says("Remove");
}

#[tokio::test]
async fn it_is_said_in_japanese() {
    let page = page(Left::Some, Lang::Ja).await;
    page.says("クラスターに残っているもの")
        .says("削除待ち")
        .says("Pod の削除まで残る")
        .says("ラベルで検出")
        .says("作成されたか未確認")
        .says("調査が終わるか期限になると削除されます");
}

#[tokio::test]
async fn where_nothing_may_be_done_nothing_can_be_pressed_and_the_command_stays() {
    let page = page(Left::Locked, Lang::En).await;
    page.says("Nothing is done here for anybody.")
        .says("Remove: not here")
        .says("kubectl -n shop delete pod podside-there")
        .lacks("method=\"post\"");
}

#[tokio::test]
async fn that_nothing_is_left_is_said_only_where_all_was_looked_at() {
    page(Left::Nothing, Lang::En)
        .await
        .says("Nothing is left")
        .says("Everything that Podside created is gone again.");
    page(Left::NothingHere, Lang::En)
        .await
        .says("Nothing that this Podside remembers is left")
        .says("in these namespaces of practice: shop, orders.")
        .says("Not every namespace could be looked at.")
        .says("You may not list pods in all namespaces.")
        .says("kind: ClusterRole");
    page(Left::Unasked, Lang::Ja)
        .await
        .says("この Podside の記録では、残っているものはありません")
        .says("判断できません: connection refused");
}

#[tokio::test]
async fn a_cluster_that_is_not_live_is_said_so() {
    let answers = Answers {
        left: Left::Unasked,
        liveness: Liveness::NotLive {
            since: Some(at("20:20:00")),
            error: "connection refused".to_owned(),
            tries: 3,
            next_try: None,
        },
        ..Answers::default()
    };
    let page = render("leftovers-not-live", "/leftovers", Lang::En, answers).await;
    assert_eq!(page.status, 200);
    page.says("not live")
        .says("cannot be told: connection refused");
    let failing = Answers::failing(PortalError::Unavailable {
        what: "the database is busy".to_owned(),
    });
    let page = render("leftovers-failing", "/leftovers", Lang::En, failing).await;
    assert_eq!(page.status, 503);
    page.says("the database is busy");
}
