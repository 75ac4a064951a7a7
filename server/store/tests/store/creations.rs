//! What is created in clusters: written down before, noted while it goes on, and remembered
//! when it is gone.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use podside_model::{EntryBody, InvestigationId, Texts};
use podside_store::{
    Creation, CreationId, CreationNote, CreationState, Error, NewCreation, NewEntry, SqliteStore,
    Store, Within,
};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tempfile::TempDir;

use crate::sample::{at, concluded, creation, investigation, noted};

/// When things are looked at in these tests that nobody looked at since [`LONG_AGO`].
const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;

async fn store() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    (store, directory)
}

fn there(uid: &str) -> CreationNote {
    CreationNote::There {
        uid: uid.to_owned(),
    }
}

async fn left(store: &SqliteStore) -> Vec<CreationId> {
    let left = store.left(None).await.unwrap();
    left.into_iter().map(|it| it.id).collect()
}

async fn to_look_at(store: &SqliteStore, second: i64) -> Vec<CreationId> {
    let found = store.left_to_look_at(at(second), LONG_AGO).await.unwrap();
    found.into_iter().map(|it| it.id).collect()
}

#[tokio::test]
async fn what_is_meant_is_read_back_as_it_was_written() {
    let (store, _directory) = store().await;
    let id = store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    let pod = NewCreation {
        investigation: Some(id),
        ..creation("podside-a", 0)
    };
    let container = NewCreation {
        container: Some("debugger".to_owned()),
        uid: Some("uid-web".to_owned()),
        ..creation("web", 1)
    };
    for new in [pod, container] {
        let id = store.intend(new.clone()).await.unwrap();
        let kept = store.creation(id).await.unwrap();
        let expected = Creation {
            id,
            made: new,
            state: CreationState::Intended,
            investigation_ended: false,
            looked_at: None,
            error: None,
            gone_at: None,
        };
        assert_eq!(kept, expected);
    }
    let of_none = NewCreation {
        investigation: Some(InvestigationId(77)),
        ..creation("podside-b", 0)
    };
    assert!(store.intend(of_none).await.is_err());
    let huge = NewCreation {
        creator: "x".repeat(100_000),
        ..creation("podside-c", 0)
    };
    let refused = store.intend(huge).await;
    assert!(
        matches!(refused, Err(Error::TooLarge { .. })),
        "{refused:?}"
    );
    assert_eq!(left(&store).await.len(), 2);
}

#[tokio::test]
async fn it_goes_on_and_what_is_gone_stays_gone() {
    let (store, _directory) = store().await;
    let id = store.intend(creation("podside-a", 0)).await.unwrap();
    let unchanged = CreationNote::Unchanged("no answer".to_owned());
    store
        .note_creation(id, at(1), unchanged.clone())
        .await
        .unwrap();
    let kept = store.creation(id).await.unwrap();
    assert_eq!(kept.state, CreationState::Intended);
    assert_eq!(kept.error.as_deref(), Some("no answer"));
    assert_eq!(kept.looked_at, Some(at(1)));

    store.note_creation(id, at(2), there("u1")).await.unwrap();
    let kept = store.creation(id).await.unwrap();
    assert_eq!(kept.state, CreationState::There);
    assert_eq!(kept.made.uid.as_deref(), Some("u1"));
    // What was wrong before is not wrong any more.
    assert_eq!(kept.error, None);
    store.note_creation(id, at(3), unchanged).await.unwrap();
    assert_eq!(
        store.creation(id).await.unwrap().state,
        CreationState::There
    );

    let going = store.note_creation(id, at(3), CreationNote::Going).await;
    assert!(going.unwrap());
    assert_eq!(to_look_at(&store, 4).await, [id]);
    store
        .note_creation(id, at(4), CreationNote::Gone(None))
        .await
        .unwrap();
    // Two may find it at once, and one of them may be late.
    for late in [there("u2"), CreationNote::Gone(Some("x".to_owned()))] {
        assert!(!store.note_creation(id, at(5), late).await.unwrap());
    }
    let kept = store.creation(id).await.unwrap();
    assert_eq!(kept.state, CreationState::Gone);
    assert_eq!((kept.gone_at, kept.error), (Some(at(4)), None));
    assert_eq!(kept.made.uid.as_deref(), Some("u1"));
    assert!(left(&store).await.is_empty());
    let none = CreationId(77);
    let noted = store.note_creation(none, at(5), there("u")).await;
    assert!(matches!(noted, Err(Error::NoCreation(it)) if it == none));
    let read = store.creation(none).await;
    assert!(matches!(read, Err(Error::NoCreation(it)) if it == none));
}

#[tokio::test]
async fn only_a_container_can_stay() {
    let (store, _directory) = store().await;
    let stays = || CreationNote::Stays("its process does not end".to_owned());
    let pod = store.intend(creation("podside-a", 0)).await.unwrap();
    store.note_creation(pod, at(1), there("u")).await.unwrap();
    assert!(store.note_creation(pod, at(2), stays()).await.is_err());
    let container = NewCreation {
        container: Some("debugger".to_owned()),
        uid: Some("uid-web".to_owned()),
        ..creation("web", 0)
    };
    let container = store.intend(container).await.unwrap();
    store
        .note_creation(container, at(2), stays())
        .await
        .unwrap();
    let kept = store.creation(container).await.unwrap();
    assert_eq!(kept.state, CreationState::Stays);
    // It is nothing to be ended any more, only something to be looked at now and then.
    assert_eq!(to_look_at(&store, 5_000).await, [pod]);
    let now_and_then = store.left_to_look_at(at(3), at(2)).await.unwrap();
    assert_eq!(now_and_then.len(), 2);
}

#[tokio::test]
async fn what_is_due_is_looked_at_and_the_longest_ignored_first() {
    let (store, _directory) = store().await;
    let mut ids = Vec::new();
    for name in ["podside-a", "podside-b", "podside-c"] {
        let id = store.intend(creation(name, 0)).await.unwrap();
        ids.push(id);
    }
    let [a, b, c] = ids[..] else {
        panic!("three were created");
    };
    // Whether they are there is not known.
    assert_eq!(to_look_at(&store, 1).await, [a, b, c]);
    for (id, second) in [(a, 9), (b, 3)] {
        store
            .note_creation(id, at(second), there(&format!("u{id}")))
            .await
            .unwrap();
    }
    store
        .note_creation(c, at(1), CreationNote::Gone(Some("denied".to_owned())))
        .await
        .unwrap();
    assert!(to_look_at(&store, 10).await.is_empty());
    let deadline = store.creation(a).await.unwrap().made.deadline;
    assert!(!store.creation(a).await.unwrap().is_due(at(599)));
    assert!(store.creation(a).await.unwrap().is_due(deadline));
    assert_eq!(to_look_at(&store, 600).await, [b, a]);
    let since = at(5) + SignedDuration::from_secs(1);
    let found = store.left_to_look_at(at(10), since).await.unwrap();
    assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [b]);
}

#[tokio::test]
async fn it_is_due_when_its_investigation_ends_and_nobody_goes_back() {
    let (store, _directory) = store().await;
    let ended_before = vec![concluded("oom-killed", 5)];
    let investigation = store
        .start(investigation("cart", "you", 0), ended_before)
        .await
        .unwrap();
    let new = NewCreation {
        investigation: Some(investigation),
        ..creation("podside-a", 10)
    };
    let id = store.intend(new).await.unwrap();
    store.note_creation(id, at(11), there("u")).await.unwrap();
    // What is created after the end is not ended by it.
    assert!(to_look_at(&store, 20).await.is_empty());
    let back = NewEntry {
        at: at(14),
        who: "you".to_owned(),
        body: EntryBody::Returned {
            step: "ready".to_owned(),
            question: Texts::default(),
        },
    };
    for (entries, is_due) in [
        (vec![concluded("oom-killed", 12)], true),
        (vec![noted("a note", 13)], true),
        (vec![back], false),
        (vec![concluded("oom-killed", 15)], true),
    ] {
        store.append_last(investigation, entries).await.unwrap();
        let kept = store.creation(id).await.unwrap();
        assert_eq!(kept.investigation_ended, is_due);
        assert_eq!(kept.is_due(at(20)), is_due);
        assert_eq!(to_look_at(&store, 20).await.len(), usize::from(is_due));
    }
}

#[tokio::test]
async fn who_may_know_of_some_places_is_told_of_no_other() {
    let (store, _directory) = store().await;
    for (cluster, namespace) in [("prod", "shop"), ("prod", "vault"), ("lab", "shop")] {
        let new = NewCreation {
            cluster: cluster.to_owned(),
            namespace: namespace.to_owned(),
            ..creation("podside-a", 0)
        };
        store.intend(new).await.unwrap();
    }
    let mut shop = Within::default();
    shop.add_namespace("prod", "shop");
    let mut prod = Within::default();
    prod.add_cluster("prod");
    for (within, count) in [
        (None, 3),
        (Some(Within::default()), 0),
        (Some(shop), 1),
        (Some(prod), 2),
    ] {
        let left = store.left(within.as_ref()).await.unwrap();
        assert_eq!(left.len(), count, "{within:?}");
    }
}

#[tokio::test]
async fn a_cluster_holds_only_so_much_that_is_left() {
    let (store, _directory) = store().await;
    let mut last = CreationId(0);
    for n in 0..200 {
        let new = creation(&format!("podside-{n}"), 0);
        last = store.intend(new).await.unwrap();
    }
    let more = store.intend(creation("podside-more", 0)).await;
    assert!(
        matches!(&more, Err(Error::TooManyLeft { cluster, most: 200 }) if cluster == "practice"),
        "{more:?}"
    );
    let elsewhere = NewCreation {
        cluster: "lab".to_owned(),
        ..creation("podside-more", 0)
    };
    store.intend(elsewhere).await.unwrap();
    store
        .note_creation(last, at(1), CreationNote::Gone(None))
        .await
        .unwrap();
    store.intend(creation("podside-more", 0)).await.unwrap();
}

#[tokio::test]
async fn an_older_database_has_nothing_left_and_takes_what_is_created() {
    let directory = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let old = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(&migrations).unwrap() {
        let name = file.unwrap().file_name();
        if name.to_str().unwrap() < "0005" {
            std::fs::copy(migrations.join(&name), old.path().join(&name)).unwrap();
        }
    }
    let options = SqliteConnectOptions::new()
        .filename(directory.path().join("podside.db"))
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options.clone()).await.unwrap();
    let migrator = Migrator::new(old.path()).await.unwrap();
    migrator.run(&pool).await.unwrap();
    pool.close().await;

    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert!(left(&store).await.is_empty());
    let id = store.intend(creation("podside-a", 0)).await.unwrap();
    store.close().await;
    // Whoever writes past this program changes nothing of what was meant.
    let pool = SqlitePool::connect_with(options).await.unwrap();
    for change in [
        "UPDATE creation SET pod = 'x'",
        "UPDATE creation SET deadline = 0",
        "DELETE FROM creation",
    ] {
        let refused = sqlx::query(change).execute(&pool).await;
        assert!(refused.is_err(), "{change}");
    }
    pool.close().await;
    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert_eq!(left(&store).await, [id]);
}
