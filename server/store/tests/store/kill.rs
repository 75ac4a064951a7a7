//! `kill -9` loses no entry that was acknowledged.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::sample::{answered, at, creation, investigation};
use podside_model::InvestigationId;
use podside_store::{CreationId, CreationNote, CreationState, SqliteStore, Store};

const DATA: &str = "PODSIDE_KILL_TEST_DATA";

/// Runs only as the child of the test below: appends, and says so after each.
#[tokio::test]
#[ignore = "the child process of acknowledged_entries_survive_kill_9"]
async fn child_that_appends() {
    let Some(directory) = std::env::var_os(DATA) else {
        return;
    };
    let store = SqliteStore::open(directory.as_ref()).await.unwrap();
    let id = match store.investigation(InvestigationId(1)).await {
        Ok(found) => found.id,
        Err(_) => store
            .start(investigation("cart", "you", 0), Vec::new())
            .await
            .unwrap(),
    };
    let mut last = store.investigation(id).await.unwrap().last_seq();
    let mut out = std::io::stderr();
    while last < 1_900 {
        last = store
            .append(id, last, vec![answered("pending", last.into())])
            .await
            .unwrap();
        writeln!(out, "acknowledged {last}").unwrap();
        out.flush().unwrap();
    }
}

/// This binary, running the test of that name on a directory.
fn child(test: &str, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(DATA, directory)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn acknowledged_entries_survive_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut before = 0;
    // Odd moments: within the opening, the first writes, a checkpoint of the log.
    for (round, milliseconds) in [3, 40, 95, 160, 230, 310, 20, 420].into_iter().enumerate() {
        let mut child = child("kill::child_that_appends", directory.path());
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let reader = std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<u32>().ok())
                .last()
        });
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = reader.join().unwrap().unwrap_or(before);

        let store = SqliteStore::open(directory.path()).await.unwrap();
        let found = match store.investigation(InvestigationId(1)).await {
            Ok(found) => found.last_seq(),
            Err(_) => 0,
        };
        assert!(
            found >= acknowledged,
            "round {round}: {acknowledged} acknowledged, {found} found"
        );
        // One more may have been written whose acknowledgement did not come out any more.
        assert!(
            found <= acknowledged + 1,
            "round {round}: {acknowledged} acknowledged, {found} found"
        );
        store.close().await;
        before = found;
    }
    assert!(before > 0, "no round was long enough to write anything");
}

/// Runs only as the child of the test below: says that it opens, and opens.
#[tokio::test]
#[ignore = "the child process of the tests below"]
async fn child_that_opens() {
    let Some(directory) = std::env::var_os(DATA) else {
        return;
    };
    let mut out = std::io::stderr();
    writeln!(out, "opening").unwrap();
    out.flush().unwrap();
    let store = SqliteStore::open(directory.as_ref()).await.unwrap();
    store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    std::future::pending::<()>().await;
}

/// Kills one who opens a directory at odd moments, as the opening takes some milliseconds,
/// and opens it then. `prepare` says what is in the directory before.
async fn killed_while_opening(prepare: impl Fn(&Path)) {
    for round in 0..24_u64 {
        let directory = tempfile::tempdir().unwrap();
        prepare(directory.path());
        let mut child = child("kill::child_that_opens", directory.path());
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "opening"));
        tokio::time::sleep(Duration::from_micros(400 * round)).await;
        child.kill().unwrap();
        child.wait().unwrap();

        let store = SqliteStore::open(directory.path())
            .await
            .unwrap_or_else(|error| panic!("round {round}: {error}"));
        store
            .start(investigation("front", "you", 0), Vec::new())
            .await
            .unwrap();
        store.close().await;
        let left: Vec<_> = std::fs::read_dir(directory.path())
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        assert_eq!(left, ["podside.db"], "round {round}");
    }
}

#[tokio::test]
async fn a_first_start_that_is_killed_locks_nobody_out() {
    killed_while_opening(|_| {}).await;
}

/// A backup has no write-ahead log before it is opened.
#[tokio::test]
async fn a_start_on_a_restored_backup_that_is_killed_locks_nobody_out() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).await.unwrap();
    let backup = directory.path().join("backup");
    SqliteStore::backup(directory.path(), &backup, false)
        .await
        .unwrap();
    store.close().await;
    killed_while_opening(|data| {
        std::fs::copy(&backup, data.join("podside.db")).unwrap();
    })
    .await;
}

/// Runs only as the child of the test below: writes down what it is about to create, notes
/// that it is there, and says so after each.
#[tokio::test]
#[ignore = "the child process of what_is_about_to_be_created_survives_kill_9"]
async fn child_that_creates() {
    let Some(directory) = std::env::var_os(DATA) else {
        return;
    };
    let store = SqliteStore::open(directory.as_ref()).await.unwrap();
    let mut out = std::io::stderr();
    for n in 0..150 {
        let id = store.intend(creation("podside-a", n)).await.unwrap();
        writeln!(out, "meant {id}").unwrap();
        out.flush().unwrap();
        let uid = format!("uid-{id}");
        let there = CreationNote::There { uid };
        store.note_creation(id, at(n), there).await.unwrap();
        writeln!(out, "there {id}").unwrap();
        out.flush().unwrap();
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn what_is_about_to_be_created_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = child("kill::child_that_creates", directory.path());
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    // In the middle of it, between two lines that may both have been written.
    while said.len() < 25 {
        let line = lines.next().unwrap().unwrap();
        if line.starts_with("meant ") || line.starts_with("there ") {
            said.push(line);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    said.extend(lines.map_while(Result::ok));

    let store = SqliteStore::open(directory.path()).await.unwrap();
    let mut checked = 0;
    for line in &said {
        let Some((word, id)) = line.split_once(' ') else {
            continue;
        };
        let Ok(id) = id.parse().map(CreationId) else {
            continue;
        };
        let kept = store.creation(id).await.unwrap();
        if word == "there" {
            assert_eq!(kept.state, CreationState::There, "{line}");
            assert_eq!(kept.made.uid, Some(format!("uid-{id}")));
        }
        checked += 1;
    }
    assert!(checked >= 25, "{said:?}");
    let left = store.left(None).await.unwrap();
    assert!(left.len() >= checked / 2, "{} of {checked}", left.len());
}
