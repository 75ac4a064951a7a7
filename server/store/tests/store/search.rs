//! What a search in the history finds, and for whom.

use std::path::Path;

use podside_model::{
    Cause, Certainty, Conclusion, EntryBody, Evidence, EvidenceKind, InvestigationId, Message,
    ObjectRef, Problem, Redacted, RedactedPart, SecretKind, Severity, Texts,
};
use podside_store::{HistoryQuery, NewEntry, SqliteStore, Store, Within, Wording};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::sample::{answered, at, investigation, noted, texts};

const WORDING: Wording = Wording {
    message: |message, lang| match lang {
        podside_model::Lang::En => format!("No node fits ({})", message.id),
        podside_model::Lang::Ja => "条件に合うノードがありません".to_owned(),
    },
    runbook: |id| (id == "pod").then(|| texts("My Pod does not run", "Pod が動作しない")),
};

/// A conclusion with a problem whose evidence shows a value of an object.
fn proven(object: ObjectRef, value: &str) -> NewEntry {
    let subject = ObjectRef::namespaced("Deployment", "shop", "cart");
    let problem = Problem {
        cause: Cause::parse("node-selector-mismatch").unwrap(),
        severity: Severity::Critical,
        certainty: Certainty::Certain,
        title: Message::new("x.title"),
        explanation: Message::new("x.explanation"),
        fix: Vec::new(),
        evidence: vec![Evidence {
            kind: EvidenceKind::Field,
            what: Message::new("x.what"),
            object,
            path: Some("/spec/nodeSelector/disktype".to_owned()),
            referrer: None,
            reason: None,
            value: value.to_owned(),
            mark: None,
            kubectl: String::new(),
            count: None,
            at: None,
        }],
        affects: Vec::new(),
        more_affected: 0,
        since: None,
        subject,
    };
    NewEntry {
        at: at(1),
        who: "you".to_owned(),
        body: EntryBody::Concluded {
            step: "resources".to_owned(),
            conclusion: Conclusion::Cause {
                cause: problem.cause.clone(),
                text: Texts::default(),
                problem: Some(Box::new(problem)),
            },
        },
    }
}

async fn found(store: &SqliteStore, words: &str) -> Vec<i64> {
    found_within(store, words, None).await
}

async fn found_within(store: &SqliteStore, words: &str, within: Option<Within>) -> Vec<i64> {
    let query = HistoryQuery {
        words: words.to_owned(),
        within,
        ..HistoryQuery::default()
    };
    let rows = store.history(query, at(10)).await.unwrap();
    rows.into_iter().map(|row| row.id.0).collect()
}

#[tokio::test]
async fn a_search_finds_what_a_reader_sees_in_both_languages() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_worded(directory.path(), WORDING)
        .await
        .unwrap();
    let node = ObjectRef::cluster("Node", "worker-7");
    let entries = vec![
        answered("pending", 1),
        proven(node, "registry.acme.example/cart:2 DATABASE_URL"),
        noted("サービスアカウントの権限が不足。", 2),
    ];
    store
        .start(investigation("cart", "you", 0), entries)
        .await
        .unwrap();
    let other = investigation("front", "you", 1);
    store
        .start(other, vec![noted("oom-killed", 2)])
        .await
        .unwrap();
    for words in [
        "disktype",
        "DATABASE_URL",
        "database",
        "URL",
        "acme",
        "acm",
        "cart:2",
        "node-selector-mismatch",
        "worker-7",
        "shop/cart deployment",
        "no node fits",
        "権限",
        "権",
        "足",
        "不足",
        "条件に合う",
        "cart 権限 you",
        "Ｃａｒｔ",
    ] {
        assert_eq!(found(&store, words).await, [1], "{words}");
    }
    assert_eq!(found(&store, "does not run").await, [2, 1]);
    assert_eq!(found(&store, "動作").await, [2, 1]);
    for words in ["権利", "artifact", "isktype", "cart oom-killed"] {
        assert!(found(&store, words).await.is_empty(), "{words}");
    }
}

#[tokio::test]
async fn a_search_is_text_and_no_expression() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let entries = vec![noted("either this OR that, \"quoted\" NEAR(here)", 1)];
    store
        .start(investigation("cart", "you", 0), entries)
        .await
        .unwrap();
    for words in [
        "OR",
        "\"quoted\"",
        "this OR that",
        "near(here",
        "cart*",
        "-cart",
    ] {
        assert_eq!(found(&store, words).await, [1], "{words}");
    }
    for words in [
        "this AND cart",
        "\"",
        "*",
        "open : cart",
        "cart NOT that",
        "( ) ^ - +",
        "\0",
        "'",
    ] {
        assert!(found(&store, words).await.is_empty(), "{words:?}");
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_not_found() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let secret = ObjectRef::namespaced("ConfigMap", "payments", "ledger");
    let entries = vec![proven(secret, "zweihander"), noted("seen it", 2)];
    store
        .start(investigation("cart", "you", 0), entries)
        .await
        .unwrap();
    let mut shop = Within::default();
    shop.add_namespace("practice", "shop");
    let mut elsewhere = Within::default();
    elsewhere.add_namespace("practice", "payments");
    for words in ["zweihander", "ledger", "payments"] {
        assert_eq!(found(&store, words).await, [1], "{words}");
        let for_shop = found_within(&store, words, Some(shop.clone())).await;
        assert!(for_shop.is_empty(), "{words}");
    }
    for words in ["cart", "seen", "node-selector-mismatch"] {
        assert_eq!(
            found_within(&store, words, Some(shop.clone())).await,
            [1],
            "{words}"
        );
        let not_there = found_within(&store, words, Some(elsewhere.clone())).await;
        assert!(not_there.is_empty(), "{words}");
    }
}

#[tokio::test]
async fn what_was_hidden_is_not_in_the_index() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let pod = ObjectRef::namespaced("Pod", "shop", "cart-1");
    let mut note = noted("before ", 2);
    if let EntryBody::Noted { text, .. } = &mut note.body {
        *text = Redacted {
            parts: vec![
                RedactedPart::Text("before ".to_owned()),
                RedactedPart::Hidden {
                    secret: SecretKind::Password,
                    number: 1,
                },
                RedactedPart::Text(" after".to_owned()),
            ],
        };
    }
    let entries = vec![proven(pod, "url=[hidden: password 0a1b2c3d4e5f] end"), note];
    store
        .start(investigation("cart", "you", 0), entries)
        .await
        .unwrap();
    for words in ["0a1b2c3d4e5f", "hidden", "password"] {
        assert!(found(&store, words).await.is_empty(), "{words}");
    }
    assert_eq!(found(&store, "url end before after").await, [1]);
}

#[tokio::test]
async fn an_entry_is_found_once_it_is_appended_and_one_that_is_refused_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let id = store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    assert!(found(&store, "halberd").await.is_empty());
    store
        .append(id, 0, vec![noted("a halberd", 1)])
        .await
        .unwrap();
    assert_eq!(found(&store, "halberd").await, [id.0]);
    // The second is too large, so that the first is taken back with it.
    let refused = vec![noted("a glaive", 2), noted(&"x".repeat(2 << 20), 3)];
    store.append(id, 1, refused).await.unwrap_err();
    assert!(found(&store, "glaive").await.is_empty());
}

#[tokio::test]
async fn what_was_kept_before_there_was_an_index_is_found() {
    let directory = tempfile::tempdir().unwrap();
    before_the_index(directory.path(), 250).await;
    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert_eq!(found(&store, "hatchet-007").await, [7]);
    assert_eq!(found(&store, "hatchet-250 権限").await, [250]);
    store
        .append(InvestigationId(7), 1, vec![noted("once more", 2)])
        .await
        .unwrap();
    store.close().await;
    // Nothing is indexed twice.
    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert_eq!(found(&store, "hatchet-007 once").await, [7]);
}

/// A database as it was before it had an index, with investigations of one note each.
async fn before_the_index(directory: &Path, count: i64) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let old = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(&migrations).unwrap() {
        let file = file.unwrap();
        if file.file_name().to_string_lossy().as_ref() < "0006" {
            std::fs::copy(file.path(), old.path().join(file.file_name())).unwrap();
        }
    }
    let options = SqliteConnectOptions::new()
        .filename(directory.join("podside.db"))
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    Migrator::new(old.path())
        .await
        .unwrap()
        .run(&pool)
        .await
        .unwrap();
    let mut transaction = pool.begin().await.unwrap();
    for id in 1..=count {
        sqlx::query(
            "INSERT INTO investigation (cluster, target_kind, target_namespace, target_name, \
             started_by, started_at) VALUES ('c', 'Pod', 'shop', ?, 'you', 1790000000000)",
        )
        .bind(format!("hatchet-{id:03}"))
        .execute(&mut *transaction)
        .await
        .unwrap();
        let body = serde_json::to_string(&noted("権限", 1).body).unwrap();
        sqlx::query(
            "INSERT INTO entry (investigation, seq, at, who, kind, words, body) \
             VALUES (?, 1, 1790000000000, 'you', 'noted', '', ?)",
        )
        .bind(id)
        .bind(body)
        .execute(&mut *transaction)
        .await
        .unwrap();
    }
    transaction.commit().await.unwrap();
    pool.close().await;
}
