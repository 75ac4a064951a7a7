//! A backup is made while others write, and the documented way back leads to it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::sample::{answered, at, concluded, investigation, link, noted};
use podside_model::InvestigationId;
use podside_store::{Error, HistoryQuery, ShareScope, SqliteStore, Store, ToShare};

/// A store with an investigation that has a link; what opens the link.
async fn filled(directory: &Path) -> (SqliteStore, InvestigationId, String) {
    let store = SqliteStore::open(directory).await.unwrap();
    let entries = vec![answered("pending", 1), concluded("insufficient-cpu", 2)];
    let id = store
        .start(investigation("cart", "you", 0), entries)
        .await
        .unwrap();
    let share = link(ToShare::Kept(id), ShareScope::Live);
    let (_, token) = store.share(share).await.unwrap();
    (store, id, token.reveal())
}

/// What README and `podside backup --help` say: with Podside stopped.
fn restore(backup: &Path, data: &Path) {
    for file in std::fs::read_dir(data).unwrap() {
        let file = file.unwrap();
        if file.file_name().to_string_lossy().starts_with("podside.db") {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    std::fs::copy(backup, data.join("podside.db")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_others_write_is_restored_with_everything() {
    let data = tempfile::tempdir().unwrap();
    let (store, id, link) = filled(data.path()).await;
    let enough = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (store, enough) = (store.clone(), Arc::clone(&enough));
        async move {
            while !enough.load(Ordering::Relaxed) {
                store
                    .append_last(id, vec![noted("meanwhile", 4)])
                    .await
                    .unwrap();
            }
        }
    });
    let place = tempfile::tempdir().unwrap();
    let backup = place.path().join("podside.backup");
    let before = store.investigation(id).await.unwrap().entries;
    let bytes = SqliteStore::backup(data.path(), &backup, false)
        .await
        .unwrap();
    enough.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    let after = store.investigation(id).await.unwrap().entries;
    assert_eq!(std::fs::metadata(&backup).unwrap().len(), bytes);

    // What is written after the backup goes, in whatever state Podside was ended.
    store
        .start(investigation("front", "you", 9), Vec::new())
        .await
        .unwrap();
    let killed = tempfile::tempdir().unwrap();
    for file in ["podside.db", "podside.db-wal"] {
        std::fs::copy(data.path().join(file), killed.path().join(file)).unwrap();
    }
    store.close().await;
    let elsewhere = tempfile::tempdir().unwrap();
    for data in [data.path(), killed.path(), elsewhere.path()] {
        restore(&backup, data);
        let store = SqliteStore::open(data).await.unwrap();
        let entries = store.investigation(id).await.unwrap().entries;
        assert!(entries.len() >= before.len() && entries.len() <= after.len());
        assert_eq!(entries, after[..entries.len()]);
        let history = store
            .history(HistoryQuery::default(), at(10))
            .await
            .unwrap();
        assert_eq!(history.len(), 1);
        assert_eq!(history[0].live_links, 1);
        assert!(store.open_share(&link, at(10)).await.unwrap().is_some());
        let next = store
            .append_last(id, vec![noted("after", 11)])
            .await
            .unwrap();
        assert_eq!(next as usize, entries.len() + 1);
        store.close().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_backup() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    let (store, ..) = filled(data.path()).await;
    let backup = data.path().join("a-backup");
    SqliteStore::backup(data.path(), &backup, false)
        .await
        .unwrap();
    for file in [&backup, &data.path().join("podside.db")] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    store.close().await;
    let names = std::fs::read_dir(data.path()).unwrap();
    let hidden = names
        .filter(|file| {
            file.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with('.')
        })
        .count();
    assert_eq!(hidden, 0, "something unfinished is left");
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_when_that_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let (store, ..) = filled(data.path()).await;
    let backup = data.path().join("backup");
    std::fs::write(&backup, "yesterday's").unwrap();
    let refused = SqliteStore::backup(data.path(), &backup, false).await;
    assert!(
        matches!(refused, Err(Error::BackupExists { .. })),
        "{refused:?}"
    );
    assert!(refused.unwrap_err().to_string().contains("--force"));
    assert_eq!(std::fs::read(&backup).unwrap(), b"yesterday's");

    SqliteStore::backup(data.path(), &backup, true)
        .await
        .unwrap();
    assert!(
        std::fs::read(&backup)
            .unwrap()
            .starts_with(b"SQLite format 3\0")
    );

    // The database is no place for its backup, whatever way leads there.
    let around = data
        .path()
        .join("..")
        .join(data.path().file_name().unwrap());
    for itself in ["podside.db", "podside.db-wal", "podside.db-shm"] {
        for directory in [data.path(), &around] {
            let itself = directory.join(itself);
            let refused = SqliteStore::backup(data.path(), &itself, true).await;
            assert!(
                matches!(refused, Err(Error::BackupUnwritable { .. })),
                "{}: {refused:?}",
                itself.display()
            );
        }
    }
    store.investigation(InvestigationId(1)).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_backed_up_is_said_and_nothing_is_made() {
    let empty = tempfile::tempdir().unwrap();
    let backup = empty.path().join("backup");
    let data = empty.path().join("data");
    let refused = SqliteStore::backup(&data, &backup, false).await;
    assert!(
        matches!(refused, Err(Error::NoDatabase { .. })),
        "{refused:?}"
    );
    assert!(!data.exists() && !backup.exists());

    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("podside.db"), "no database ".repeat(500)).unwrap();
    let refused = SqliteStore::backup(&data, &backup, false).await;
    assert!(matches!(refused, Err(Error::Damaged { .. })), "{refused:?}");
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 1);

    let (store, ..) = filled(&empty.path().join("sound")).await;
    for nowhere in [
        empty.path().to_path_buf(),
        empty.path().join("no/such/backup"),
    ] {
        let refused = SqliteStore::backup(&empty.path().join("sound"), &nowhere, true).await;
        assert!(
            matches!(refused, Err(Error::BackupUnwritable { .. })),
            "{refused:?}"
        );
    }
    store.close().await;
}
