//! A disk without space: it is said, what was stored stays, and when there is space again
//! all goes on.
//!
//! The disk is one of a child process, which alone has its limits: a small file system of
//! its own where the system lets one mount it, and a limit to the size of files.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

use crate::dropped::give_up_everywhere;
use crate::sample::{at, investigation, link, noted};
use podside_model::InvestigationId;
use podside_store::{Error, NewShare, ShareScope, SqliteStore, Store, ToShare};

const DATA: &str = "PODSIDE_FULL_DISK_DATA";

/// Writes until the disk that `fill` has filled takes no more, and goes on writing when
/// `free` has freed it. `says` is whether an error is the one that this disk gives.
async fn goes_on(
    directory: &Path,
    fill: impl FnOnce(),
    free: impl FnOnce(),
    says: fn(&Error) -> bool,
) {
    let store = SqliteStore::open(directory).await.unwrap();
    let id = store
        .start(investigation("cart", "you", 0), Vec::new())
        .await
        .unwrap();
    let (open, _) = store.share(share(id)).await.unwrap();
    let note = || vec![noted(&"x".repeat(50_000), 1)];

    fill();
    let mut last = 0;
    let refused = loop {
        match store.append_last(id, note()).await {
            Ok(number) => last = number,
            Err(error) => break error,
        }
        assert!(last < 1_000, "the disk is never full");
    };
    assert!(says(&refused), "{refused}");
    for _ in 0..3 {
        let again = store.append_last(id, note()).await.expect_err("it is full");
        assert!(says(&again), "{again}");
    }
    give_up_everywhere(&store, id).await;
    let kept = store.investigation(id).await.unwrap().last_seq();
    assert!(kept >= last, "{kept} of {last} entries are left");

    free();
    let next = store.append_last(id, note()).await.unwrap();
    assert_eq!(next, kept + 1);
    store.share(share(id)).await.unwrap();
    store.revoke(open.id, "you", at(3)).await.unwrap();
    store
        .start(investigation("front", "you", 4), note())
        .await
        .unwrap();
    store.close().await;

    let store = SqliteStore::open(directory).await.unwrap();
    let read = store.investigation(id).await.unwrap();
    let numbers: Vec<u32> = read.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=next).collect::<Vec<_>>());
    let revoked: Vec<bool> = store
        .shares(id, at(6))
        .await
        .unwrap()
        .iter()
        .map(|share| share.revoked.is_some())
        .collect();
    assert_eq!(revoked, [false, true]);
    store.close().await;
}

fn share(investigation: InvestigationId) -> NewShare {
    link(ToShare::Kept(investigation), ShareScope::Live)
}

/// This binary, to run the test of that name.
fn child(test: &str) -> [String; 5] {
    let program = std::env::current_exe().unwrap();
    [
        program.to_str().unwrap().to_owned(),
        "--exact".to_owned(),
        format!("full_disk::{test}"),
        "--ignored".to_owned(),
        "--nocapture".to_owned(),
    ]
}

fn passed(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Runs only as the child of the test below.
#[tokio::test]
#[ignore = "the child process of a_limit_to_the_size_of_files_is_overcome"]
async fn child_with_a_limit() {
    use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
    use tokio::signal::unix::{SignalKind, signal};

    let Some(directory) = std::env::var_os(DATA) else {
        return;
    };
    let directory = Path::new(&directory);
    // The signal would end the process; heard, the write fails instead.
    let _heard = signal(SignalKind::from_raw(Signal::XFSZ.as_raw())).unwrap();
    let limit = |current| {
        let maximum = getrlimit(Resource::Fsize).maximum;
        setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
    };
    let fill = || {
        let log = std::fs::metadata(directory.join("podside.db-wal")).unwrap();
        limit(Some(log.len() + 120_000));
    };
    let says = |error: &Error| matches!(error, Error::Full { .. } | Error::Unwritable { .. });
    goes_on(directory, fill, || limit(None), says).await;
}

/// The write fails when it is committed, as SQLite keeps it in memory until then.
#[test]
fn a_limit_to_the_size_of_files_is_overcome() {
    let directory = tempfile::tempdir().unwrap();
    let [program, arguments @ ..] = child("child_with_a_limit");
    let output = Command::new(program)
        .args(arguments)
        .env(DATA, directory.path())
        .output()
        .unwrap();
    passed(&output);
}

/// Runs only as the child of the test below.
#[tokio::test]
#[ignore = "the child process of a_full_file_system_is_overcome"]
async fn child_on_a_small_disk() {
    let Some(directory) = std::env::var_os(DATA) else {
        return;
    };
    let directory = Path::new(&directory);
    let ballast = directory.join("ballast");
    let fill = || {
        let full = std::fs::write(&ballast, vec![0; 8 * 1024 * 1024]).expect_err("a small disk");
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    };
    let free = || std::fs::remove_file(&ballast).unwrap();
    let says = |error: &Error| matches!(error, Error::Full { .. });
    goes_on(directory, fill, free, says).await;
}

/// Needs a mount namespace, which most systems give to everybody.
#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_is_overcome() {
    let directory = tempfile::tempdir().unwrap();
    let mounted = |command: &[&str]| {
        let script = r#"mount -t tmpfs -o size=4m podside "$0" && exec "$@""#;
        let mut unshare = Command::new("unshare");
        unshare
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .arg(directory.path())
            .args(command)
            .env(DATA, directory.path());
        unshare
    };
    if !mounted(&["true"])
        .output()
        .is_ok_and(|it| it.status.success())
    {
        eprintln!(
            "skipped: this system lets nobody mount a file system in a namespace of their own"
        );
        return;
    }
    let test = child("child_on_a_small_disk");
    passed(
        &mounted(&test.each_ref().map(String::as_str))
            .output()
            .unwrap(),
    );
}
