//! Objects of two kinds that have one name, and those that were kept when objects had no group.

use std::path::Path;

use podside_model::{InvestigationId, ObjectRef, own_group};
use podside_store::{HistoryQuery, NewInvestigation, SqliteStore, Store};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::sample::{at, concluded, investigation};

fn on(target: ObjectRef) -> NewInvestigation {
    NewInvestigation {
        target,
        ..investigation("web", "you", 0)
    }
}

#[tokio::test]
async fn kinds_of_one_name_are_apart() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let own = ObjectRef::namespaced("StatefulSet", "shop", "web");
    let foreign = own.clone().in_group("apps.kruise.io");
    for target in [&own, &foreign] {
        let id = store.start(on(target.clone()), Vec::new()).await.unwrap();
        let kept = store.investigation(id).await.unwrap();
        assert_eq!(kept.target, *target);
    }
    for target in [&own, &foreign] {
        let query = HistoryQuery {
            target: Some(target.clone()),
            limit: 10,
            ..HistoryQuery::default()
        };
        let rows = store.history(query, at(9)).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].target, *target);
    }
}

#[tokio::test]
async fn what_was_kept_without_a_group_gets_that_of_its_kind() {
    let kinds = [
        "Deployment",
        "Job",
        "Pod",
        "Ingress",
        "Role",
        "Node",
        "Lease",
        "StorageClass",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "RuntimeClass",
        "APIService",
        "PriorityClass",
        "EndpointSlice",
        "ValidatingWebhookConfiguration",
        "Rollout",
    ];
    let directory = tempfile::tempdir().unwrap();
    before_groups(directory.path(), &kinds).await;
    let store = SqliteStore::open(directory.path()).await.unwrap();
    for (id, kind) in (1..).zip(kinds) {
        let kept = store.investigation(InvestigationId(id)).await.unwrap();
        let expected = ObjectRef::namespaced(kind, "shop", "web");
        assert_eq!(kept.target, expected);
        assert_eq!(kept.target.group, own_group(kind));
    }
    // They stay as they were written, as before.
    let file = directory.path().join("podside.db");
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file));
    let change = sqlx::query("UPDATE investigation SET target_group = 'x'");
    let refused = change.execute(&pool.await.unwrap()).await.unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    let entries = vec![concluded("oom-killed", 5)];
    store.append(InvestigationId(1), 0, entries).await.unwrap();
}

/// A database as it was before objects had groups, with an investigation of each kind.
async fn before_groups(directory: &Path, kinds: &[&str]) {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let old = tempfile::tempdir().unwrap();
    for name in ["0001_investigations.sql", "0002_links.sql"] {
        std::fs::copy(migrations.join(name), old.path().join(name)).unwrap();
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
    for kind in kinds {
        sqlx::query(
            "INSERT INTO investigation (cluster, target_kind, target_namespace, target_name, \
             started_by, started_at) VALUES ('c', ?, 'shop', 'web', 'you', 1790000000000)",
        )
        .bind(kind)
        .execute(&pool)
        .await
        .unwrap();
    }
    pool.close().await;
}
