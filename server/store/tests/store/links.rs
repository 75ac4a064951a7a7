//! Links: one a form, counted when they are opened, dead for good when they end.

use podside_model::InvestigationId;
use podside_store::{
    Error, HistoryQuery, NewShare, Share, ShareScope, ShareToken, SqliteStore, Store, ToShare,
};
use tempfile::TempDir;

use crate::sample::{self, answered, at, concluded, investigation};

/// A store of its own for one test, with an investigation.
async fn kept() -> (SqliteStore, InvestigationId, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let entries = vec![answered("pending", 1)];
    let id = store.start(investigation("cart", "you", 0), entries).await;
    (store, id.unwrap(), directory)
}

fn link(of: ToShare) -> NewShare {
    sample::link(of, ShareScope::Frozen(1))
}

async fn made(store: &SqliteStore, id: InvestigationId) -> (Share, ShareToken) {
    store.share(link(ToShare::Kept(id))).await.unwrap()
}

async fn opens(store: &SqliteStore, token: &ShareToken, second: i64) -> bool {
    let opened = store.open_share(&token.reveal(), at(second)).await;
    opened.unwrap().is_some()
}

#[tokio::test]
async fn a_form_that_is_sent_again_makes_no_second_link() {
    let (store, id, _directory) = kept().await;
    let new = link(ToShare::Kept(id));
    store.share(new.clone()).await.unwrap();
    let again = store.share(new).await;
    assert!(
        matches!(again, Err(Error::FormUsed(of)) if of == id),
        "{again:?}"
    );
    assert_eq!(store.shares(id, at(6)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_kept_with_its_link_is_kept_once_or_not_at_all() {
    let (store, before, _directory) = kept().await;
    let of = || {
        let entries = vec![concluded("oom-killed", 5)];
        ToShare::New(Box::new(investigation("front", "you", 5)), entries)
    };
    let new = link(of());
    // Two presses at once.
    let (a, b) = tokio::join!(store.share(new.clone()), store.share(new));
    let (share, token) = [&a, &b]
        .into_iter()
        .find_map(|it| it.as_ref().ok())
        .unwrap();
    let refused = [&a, &b]
        .into_iter()
        .find_map(|it| it.as_ref().err())
        .unwrap();
    assert!(matches!(refused, Error::FormUsed(of) if *of == share.investigation));
    let rows = store.history(HistoryQuery::default(), at(6)).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.id, row.frozen_links)).collect();
    assert_eq!(rows, [(share.investigation, 1), (before, 0)]);
    let shown = store.open_share(&token.reveal(), at(6)).await.unwrap();
    assert_eq!(shown.unwrap().investigation.target.name, "front");

    let mut too_long = link(of());
    too_long.of = ToShare::New(
        Box::new(investigation("front", "you", 5)),
        (0..2_001).map(|n| answered("pending", n)).collect(),
    );
    assert!(matches!(
        store.share(too_long).await,
        Err(Error::TooLong { .. })
    ));
    let rows = store.history(HistoryQuery::default(), at(6)).await.unwrap();
    assert_eq!(rows.len(), 2);
}

#[tokio::test]
async fn openings_are_counted_link_by_link() {
    let (store, id, directory) = kept().await;
    let (first, token) = made(&store, id).await;
    let (second, _) = made(&store, id).await;
    assert_eq!((first.opened, first.last_opened), (0, None));
    for moment in [10, 30, 20] {
        assert!(opens(&store, &token, moment).await);
        store.count_opening(first.id, at(moment)).await;
    }
    let counted = async |store: &SqliteStore| {
        let links = store.shares(id, at(40)).await.unwrap();
        let of = |share: &Share| (share.id, share.opened, share.last_opened);
        links.iter().map(of).collect::<Vec<_>>()
    };
    let expected = [(second.id, 0, None), (first.id, 3, Some(at(30)))];
    assert_eq!(counted(&store).await, expected);
    // Reading alone counts nothing.
    assert!(opens(&store, &token, 50).await);
    assert_eq!(counted(&store).await, expected);

    store.close().await;
    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert_eq!(counted(&store).await, expected);
    // A number that no link has harms nothing.
    store.count_opening(999, at(60)).await;
    store.count_opening(second.id, at(61)).await;
    assert_eq!(counted(&store).await[0].1, 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_opens_no_link_that_was_seen_expired() {
    let (store, id, directory) = kept().await;
    let (_, seen_by_reader) = made(&store, id).await;
    assert!(opens(&store, &seen_by_reader, 999).await);
    assert!(!opens(&store, &seen_by_reader, 1_000).await);
    assert!(!opens(&store, &seen_by_reader, 500).await);
    let rows = store
        .history(HistoryQuery::default(), at(500))
        .await
        .unwrap();
    assert_eq!(rows[0].frozen_links, 0);

    // Another that only its maker saw, in the list; and it stays dead for the next process.
    let (share, seen_in_list) = made(&store, id).await;
    assert!(opens(&store, &seen_in_list, 500).await);
    let links = store.shares(id, at(1_001)).await.unwrap();
    assert!(links.iter().all(|link| !link.is_open(at(1_001))));
    store.close().await;
    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert!(!opens(&store, &seen_in_list, 500).await);
    let links = store.shares(id, at(500)).await.unwrap();
    assert_eq!(links[0].id, share.id);
    assert_eq!(links[0].ended, Some(at(1_001)));
    assert!(!links[0].is_open(at(500)));

    // The clock is right again: what is made then opens.
    let (_, fresh) = made(&store, id).await;
    assert!(opens(&store, &fresh, 501).await);
}

#[tokio::test]
async fn a_link_that_has_ended_can_still_be_revoked() {
    let (store, id, _directory) = kept().await;
    let (share, token) = made(&store, id).await;
    assert!(!opens(&store, &token, 2_000).await);
    store.revoke(share.id, "you", at(2_001)).await.unwrap();
    let links = store.shares(id, at(2_002)).await.unwrap();
    assert_eq!(links[0].revoked, Some((at(2_001), "you".to_owned())));
}
