//! A database that cannot be used is named, and left as it was.

use std::path::Path;

use crate::sample::{answered, at, investigation};
use podside_store::{Error, HistoryQuery, SqliteStore, Store};
use sqlx::{Connection, Executor, SqliteConnection};

/// A sound database with one investigation, closed again.
async fn written() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let entries = (0..50).map(|n| answered("pending", n)).collect();
    store
        .start(investigation("cart", "you", 0), entries)
        .await
        .unwrap();
    store.close().await;
    directory
}

async fn refused(directory: &Path) -> Error {
    let file = directory.join("podside.db");
    let before = std::fs::read(&file).unwrap();
    let error = SqliteStore::open(directory)
        .await
        .expect_err("must be refused");
    assert_eq!(
        std::fs::read(&file).unwrap(),
        before,
        "the file was changed"
    );
    assert!(error.to_string().contains("podside.db"), "{error}");
    error
}

async fn execute(directory: &Path, sql: &'static str) {
    let url = format!(
        "sqlite://{}?mode=rwc",
        directory.join("podside.db").display()
    );
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_database_opens_again() {
    let directory = written().await;
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let id = podside_model::InvestigationId(1);
    assert_eq!(store.investigation(id).await.unwrap().entries.len(), 50);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damaged() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("podside.db"),
        "not a database ".repeat(500),
    )
    .unwrap();
    assert!(matches!(
        refused(directory.path()).await,
        Error::Damaged { .. }
    ));
}

#[tokio::test]
async fn a_database_cut_short_is_damaged() {
    let directory = written().await;
    let file = directory.path().join("podside.db");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(
        refused(directory.path()).await,
        Error::Damaged { .. }
    ));
}

#[tokio::test]
async fn an_overwritten_page_is_damaged() {
    let directory = written().await;
    let file = directory.path().join("podside.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let tail = bytes.len() - 4096;
    bytes[tail..].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(
        refused(directory.path()).await,
        Error::Damaged { .. }
    ));
}

#[tokio::test]
async fn an_empty_database_is_named_as_what_it_is() {
    let directory = written().await;
    let file = directory.path().join("podside.db");
    std::fs::write(&file, "").unwrap();
    let error = refused(directory.path()).await;
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    for word in ["0 bytes", "`podside backup`", "empty history"] {
        assert!(error.to_string().contains(word), "{word} is not in {error}");
    }
    std::fs::remove_file(&file).unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    assert!(
        store
            .history(HistoryQuery::default(), at(0))
            .await
            .unwrap()
            .is_empty()
    );
}

/// The log holds entries that the database file has not got yet; SQLite would remove it
/// beside an empty file, and write it into a new one.
#[tokio::test]
async fn a_log_without_its_database_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    let bereft = tempfile::tempdir().unwrap();
    let log = bereft.path().join("podside.db-wal");
    std::fs::copy(directory.path().join("podside.db-wal"), &log).unwrap();
    let before = std::fs::read(&log).unwrap();
    assert!(!before.is_empty());

    let error = SqliteStore::open(bereft.path())
        .await
        .expect_err("must be refused");
    assert!(matches!(error, Error::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("-wal"), "{error}");

    std::fs::write(bereft.path().join("podside.db"), "").unwrap();
    refused(bereft.path()).await;
    assert_eq!(std::fs::read(&log).unwrap(), before);
}

#[tokio::test]
async fn a_newer_database_is_not_touched() {
    let directory = written().await;
    execute(
        directory.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9000, 'later', TRUE, x'00', 0); CREATE TABLE later (x INTEGER) STRICT",
    )
    .await;
    let error = refused(directory.path()).await;
    assert!(matches!(error, Error::Newer { found: 9000, .. }), "{error}");
}

#[tokio::test]
async fn another_programs_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    execute(directory.path(), "CREATE TABLE photos (name TEXT)").await;
    let error = refused(directory.path()).await;
    assert!(error.to_string().contains("another program"), "{error}");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    for place in [file.join("data"), Path::new("/proc/podside").to_path_buf()] {
        let error = SqliteStore::open(&place)
            .await
            .expect_err("must be refused");
        assert!(matches!(error, Error::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains("--data"), "{error}");
    }
}

#[tokio::test]
async fn no_statement_changes_what_was_written() {
    let directory = written().await;
    let url = format!("sqlite://{}", directory.path().join("podside.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    for sql in [
        "UPDATE entry SET who = 'me'",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry (investigation, seq, at, who, kind, body) \
         VALUES (1, 1, 0, 'me', 'noted', '{}')",
        "INSERT INTO entry (investigation, seq, at, who, kind, body) \
         VALUES (1, 52, 0, 'me', 'noted', '{}')",
        "UPDATE investigation SET started_by = 'me'",
        "DELETE FROM investigation",
    ] {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
}
