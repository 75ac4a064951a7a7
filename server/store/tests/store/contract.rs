//! What every store keeps to, whichever database is behind it.

use crate::sample::{answered, at, concluded, investigation, link, noted};
use podside_model::{InvestigationId, ObjectRef};
use podside_store::{
    Error, HistoryQuery, NewInvestigation, NewShare, ShareScope, SqliteStore, Store, ToShare,
    Within,
};
use tempfile::TempDir;

/// A store of its own for one test, and what keeps it alive.
async fn store() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    (store, directory)
}

async fn started(store: &dyn Store) -> InvestigationId {
    store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_investigation_is_read_back_as_it_was_written() {
    let (store, _directory) = store().await;
    let new = investigation("cart", "you", 0);
    let first = answered("pending", 1);
    let id = store.start(new.clone(), vec![first.clone()]).await.unwrap();
    let last = store
        .append(
            id,
            1,
            vec![
                noted("The chart was renamed.", 2),
                concluded("insufficient-cpu", 3),
            ],
        )
        .await
        .unwrap();

    let read = store.investigation(id).await.unwrap();
    assert_eq!(last, 3);
    assert_eq!(read.runbook, new.runbook);
    assert_eq!(read.target, new.target);
    assert_eq!(read.started_at, new.started_at);
    assert_eq!(read.last_seq(), 3);
    assert_eq!(read.entries[0].body, first.body);
    assert_eq!(read.entries[0].at, first.at);
    assert_eq!(read.entries[1].who, "oncall-2");
    let numbers: Vec<u32> = read.entries.iter().map(|e| e.seq).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[tokio::test]
async fn two_who_answer_at_once_do_not_both_win() {
    let (store, _directory) = store().await;
    let id = started(&store).await;
    let (a, b) = tokio::join!(
        store.append(id, 0, vec![answered("pending", 1)]),
        store.append(id, 0, vec![answered("pending", 1)]),
    );
    let outcomes = [a, b];
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    assert!(outcomes.iter().any(|o| matches!(
        o,
        Err(Error::Outrun {
            after: 0,
            last: 1,
            ..
        })
    )));
    assert_eq!(store.investigation(id).await.unwrap().entries.len(), 1);
}

/// So many notes that come at once are all kept, each under a number of its own.
async fn all_who_note_at_once_are_heard(writers: u32) {
    let (store, _directory) = store().await;
    let id = started(&store).await;
    let notes = (0..writers).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            let note = noted(&format!("note {n}"), n.into());
            store.append_last(id, vec![note]).await
        })
    });
    let notes: Vec<_> = notes.collect();
    let mut numbers = Vec::new();
    for note in notes {
        numbers.push(note.await.unwrap().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=writers).collect::<Vec<_>>());
    let kept = store.investigation(id).await.unwrap().entries;
    let numbered: Vec<u32> = kept.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbered, (1..=writers).collect::<Vec<_>>());
    for n in 0..writers {
        let note = noted(&format!("note {n}"), 0).body;
        assert!(kept.iter().any(|entry| entry.body == note), "note {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_who_note_at_once_are_heard() {
    all_who_note_at_once_are_heard(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_who_note_at_once_are_heard() {
    all_who_note_at_once_are_heard(100).await;
}

#[tokio::test]
async fn a_note_follows_whatever_is_last_and_an_answer_does_not() {
    let (store, _directory) = store().await;
    let id = started(&store).await;
    let two = vec![noted("one", 1), noted("two", 2)];
    assert_eq!(store.append_last(id, two).await.unwrap(), 2);
    let answer = store.append(id, 0, vec![answered("pending", 3)]).await;
    assert!(
        matches!(answer, Err(Error::Outrun { last: 2, .. })),
        "{answer:?}"
    );
    let after = store.append(id, 2, vec![answered("pending", 3)]).await;
    assert_eq!(after.unwrap(), 3);
    let note = vec![noted("three", 4)];
    assert_eq!(store.append_last(id, note).await.unwrap(), 4);
}

#[tokio::test]
async fn entries_of_one_call_come_all_or_none() {
    let (store, _directory) = store().await;
    let id = started(&store).await;
    let huge = noted(&"x".repeat(2 * 1024 * 1024), 2);
    let refused = store
        .append(id, 0, vec![answered("pending", 1), huge])
        .await;
    assert!(matches!(
        refused,
        Err(Error::TooLarge {
            what: "the entry",
            ..
        })
    ));
    assert!(store.investigation(id).await.unwrap().entries.is_empty());
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let (store, _directory) = store().await;
    let nobody = InvestigationId(77);
    assert!(
        matches!(store.investigation(nobody).await, Err(Error::NoInvestigation(id)) if id == nobody)
    );
    assert!(matches!(
        store.append(nobody, 0, vec![answered("pending", 1)]).await,
        Err(Error::NoInvestigation(_))
    ));
    assert!(matches!(
        store.append_last(nobody, vec![noted("x", 1)]).await,
        Err(Error::NoInvestigation(_))
    ));
    assert!(matches!(
        store.share(share(nobody, ShareScope::Live)).await,
        Err(Error::NoInvestigation(_))
    ));
    assert!(matches!(
        store.revoke(5, "you", at(0)).await,
        Err(Error::NoShare(5))
    ));
}

#[tokio::test]
async fn history_is_newest_first_and_names_the_last_conclusion() {
    let (store, _directory) = store().await;
    let old = store
        .start(
            investigation("cart", "you", 0),
            vec![concluded("oom-killed", 5), concluded("insufficient-cpu", 9)],
        )
        .await
        .unwrap();
    let new = store
        .start(investigation("front", "oncall-1", 100), Vec::new())
        .await
        .unwrap();
    store
        .share(share(old, ShareScope::Frozen(2)))
        .await
        .unwrap();
    store.share(share(old, ShareScope::Live)).await.unwrap();

    let rows = store
        .history(HistoryQuery::default(), at(10))
        .await
        .unwrap();
    assert_eq!(
        rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [new, old]
    );
    assert_eq!(rows[0].conclusion, None);
    assert_eq!(rows[1].cause.as_deref(), Some("insufficient-cpu"));
    assert_eq!(rows[1].conclusion.as_ref().unwrap().at, at(9));
    assert_eq!((rows[1].frozen_links, rows[1].live_links), (1, 1));

    let expired = store
        .history(HistoryQuery::default(), at(100_000))
        .await
        .unwrap();
    assert_eq!((expired[1].frozen_links, expired[1].live_links), (0, 0));

    let page = HistoryQuery {
        before: Some(new),
        limit: 1,
        ..HistoryQuery::default()
    };
    assert_eq!(store.history(page, at(10)).await.unwrap()[0].id, old);
}

#[tokio::test]
async fn a_cause_is_counted_in_all_investigations_of_its_cluster() {
    /// More than one answer of the history holds.
    const TIMES: i64 = 230;
    let (store, _directory) = store().await;
    let mut newest = None;
    for n in 0..TIMES {
        let name = if n == 3 { "other" } else { "cart" };
        let found = vec![concluded("oom-killed", n)];
        newest = Some(
            store
                .start(investigation(name, "you", n), found)
                .await
                .unwrap(),
        );
    }
    // What it was found to be in the end is something else, or it is elsewhere, or open.
    for (cluster, entries) in [
        (
            "practice",
            vec![concluded("oom-killed", 1), concluded("insufficient-cpu", 2)],
        ),
        ("practice", vec![noted("oom-killed", 1)]),
        ("staging", vec![concluded("oom-killed", 1)]),
    ] {
        let elsewhere = NewInvestigation {
            cluster: cluster.to_owned(),
            ..investigation("cart", "you", 0)
        };
        store.start(elsewhere, entries).await.unwrap();
    }
    for (cluster, cause, times) in [
        ("practice", "oom-killed", 230),
        ("practice", "insufficient-cpu", 1),
        ("staging", "oom-killed", 1),
        ("practice", "oom", 0),
        ("nowhere", "oom-killed", 0),
    ] {
        let counted = store.times_found(cluster, cause, None).await.unwrap();
        assert_eq!(counted, times, "{cause} on {cluster}");
    }

    let found = HistoryQuery {
        cluster: Some("practice".to_owned()),
        cause: Some("oom-killed".to_owned()),
        limit: 3,
        ..HistoryQuery::default()
    };
    let rows = store.history(found.clone(), at(10)).await.unwrap();
    assert_eq!(rows.first().map(|row| row.id), newest);
    assert!(
        rows.iter()
            .all(|row| row.cause.as_deref() == Some("oom-killed"))
    );
    assert_eq!(rows.len(), 3);
    let on_one = HistoryQuery {
        target: Some(ObjectRef::namespaced("Pod", "shop", "other")),
        ..found
    };
    let rows = store.history(on_one, at(10)).await.unwrap();
    let names: Vec<_> = rows.iter().map(|row| row.target.name.as_str()).collect();
    assert_eq!(names, ["other"]);
    assert!(rows[0].conclusion.is_some());
}

#[tokio::test]
async fn history_finds_words_in_either_language() {
    let (store, _directory) = store().await;
    let id = store
        .start(
            investigation("cart", "you", 0),
            vec![
                noted("100% of the quota_a", 1),
                concluded("insufficient-cpu", 2),
            ],
        )
        .await
        .unwrap();
    store
        .start(investigation("front", "you", 1), Vec::new())
        .await
        .unwrap();
    for words in [
        "cart",
        "shop/cart",
        "INSUFFICIENT",
        "ノード",
        "quota_a 100%",
        "oncall-2 you",
        "",
    ] {
        let query = HistoryQuery {
            words: words.to_owned(),
            ..HistoryQuery::default()
        };
        let rows = store.history(query, at(10)).await.unwrap();
        assert!(rows.iter().any(|row| row.id == id), "{words}");
        assert_eq!(rows.len(), if words.is_empty() { 2 } else { 1 }, "{words}");
    }
    for words in ["c%t", "uota", "nothing", "' OR 1=1 --"] {
        let query = HistoryQuery {
            words: words.to_owned(),
            ..HistoryQuery::default()
        };
        assert!(
            store.history(query, at(10)).await.unwrap().is_empty(),
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_summary_counts_causes_and_the_time_to_them() {
    let (store, _directory) = store().await;
    for (start, took, cause) in [
        (0, 10, "oom-killed"),
        (20, 30, "oom-killed"),
        (40, 100, "pvc-missing"),
    ] {
        store
            .start(
                investigation("cart", "you", start),
                vec![concluded(cause, start + took)],
            )
            .await
            .unwrap();
    }
    store
        .start(investigation("cart", "you", 60), Vec::new())
        .await
        .unwrap();
    store
        .start(
            investigation("cart", "you", 9_000),
            vec![concluded("oom-killed", 9_001)],
        )
        .await
        .unwrap();

    let summary = store.summary(at(0), at(9_000), None).await.unwrap();
    assert_eq!(summary.investigations, 4);
    let causes: Vec<_> = summary
        .causes
        .iter()
        .map(|c| (c.cause.as_str(), c.count))
        .collect();
    assert_eq!(causes, [("oom-killed", 2), ("pvc-missing", 1)]);
    assert_eq!(summary.median_to_cause_ms, Some(30_000));
    assert_eq!(
        store
            .summary(at(-10), at(0), None)
            .await
            .unwrap()
            .median_to_cause_ms,
        None
    );
}

#[tokio::test]
async fn who_may_know_of_some_places_is_told_of_no_other() {
    let (store, _directory) = store().await;
    let mut started = Vec::new();
    for (cluster, namespace) in [
        ("prod", Some("shop")),
        ("prod", Some("vault")),
        ("prod", None),
        ("lab", Some("shop")),
    ] {
        let target = ObjectRef {
            namespace: namespace.map(str::to_owned),
            ..ObjectRef::cluster("Thing", "one")
        };
        let kept = NewInvestigation {
            cluster: cluster.to_owned(),
            target,
            ..investigation("cart", "you", 0)
        };
        let found = vec![concluded("oom-killed", 10)];
        started.push(store.start(kept, found).await.unwrap());
    }
    let mut shop = Within::default();
    shop.add_namespace("prod", "shop");
    let mut prod = Within::default();
    prod.add_cluster("prod");
    for (within, known) in [
        (None, vec![3, 2, 1, 0]),
        (Some(Within::default()), vec![]),
        (Some(shop), vec![0]),
        (Some(prod), vec![2, 1, 0]),
    ] {
        let query = HistoryQuery {
            within: within.clone(),
            ..HistoryQuery::default()
        };
        let rows = store.history(query, at(20)).await.unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let known: Vec<_> = known.into_iter().map(|nth: usize| started[nth]).collect();
        assert_eq!(ids, known, "{within:?}");
        for row in &rows {
            assert!(
                within
                    .as_ref()
                    .is_none_or(|it| it.holds(&row.cluster, &row.target))
            );
        }
        let of = within.as_ref();
        let summary = store.summary(at(0), at(9_000), of).await.unwrap();
        assert_eq!(summary.investigations as usize, known.len());
        let counted: u32 = summary.causes.iter().map(|it| it.count).sum();
        assert_eq!(counted as usize, known.len());
        let median = (!known.is_empty()).then_some(10_000);
        assert_eq!(summary.median_to_cause_ms, median);
        let times = store.times_found("lab", "oom-killed", of).await.unwrap();
        assert_eq!(times, u32::from(within.is_none()));
    }
}

#[tokio::test]
async fn what_a_link_shows_is_known_by_the_link() {
    let (store, _directory) = store().await;
    let id = store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    let (made, _) = store.share(share(id, ShareScope::Live)).await.unwrap();
    assert_eq!(store.shown_by(made.id).await.unwrap(), id);
    let none = store.shown_by(made.id + 1).await.unwrap_err();
    assert!(matches!(none, Error::NoShare(_)), "{none}");
}

fn share(investigation: InvestigationId, scope: ShareScope) -> NewShare {
    link(ToShare::Kept(investigation), scope)
}

#[tokio::test]
async fn a_frozen_link_stands_still_and_a_live_one_goes_on() {
    let (store, _directory) = store().await;
    let id = store
        .start(
            investigation("cart", "you", 0),
            vec![answered("pending", 1)],
        )
        .await
        .unwrap();
    let (_, frozen) = store.share(share(id, ShareScope::Frozen(1))).await.unwrap();
    let (_, live) = store.share(share(id, ShareScope::Live)).await.unwrap();
    store
        .append(id, 1, vec![answered("resources", 2)])
        .await
        .unwrap();

    let frozen = store
        .open_share(&frozen.reveal(), at(6))
        .await
        .unwrap()
        .unwrap();
    let live = store
        .open_share(&live.reveal(), at(6))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(frozen.investigation.entries.len(), 1);
    assert_eq!(live.investigation.entries.len(), 2);
    assert_eq!(frozen.share.created_by, "oncall-1");
}

#[tokio::test]
async fn a_link_that_is_wrong_expired_or_revoked_opens_nothing() {
    let (store, _directory) = store().await;
    let id = started(&store).await;
    let (kept, token) = store.share(share(id, ShareScope::Live)).await.unwrap();
    let link = token.reveal();
    assert!(store.open_share(&link, at(999)).await.unwrap().is_some());
    assert!(
        store.open_share(&link, at(1_000)).await.unwrap().is_none(),
        "expired"
    );
    let other = podside_store::ShareToken::random().unwrap().reveal();
    for wrong in ["", "x", &other, "../../etc/passwd", "%"] {
        assert!(
            store.open_share(wrong, at(6)).await.unwrap().is_none(),
            "{wrong}"
        );
    }
    store.revoke(kept.id, "you", at(7)).await.unwrap();
    assert!(
        store.open_share(&link, at(8)).await.unwrap().is_none(),
        "revoked"
    );
    assert!(matches!(
        store.revoke(kept.id, "you", at(9)).await,
        Err(Error::NoShare(_))
    ));
    let shares = store.shares(id, at(9)).await.unwrap();
    assert_eq!(shares[0].revoked, Some((at(7), "you".to_owned())));
}
