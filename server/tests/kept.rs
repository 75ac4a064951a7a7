//! The built binary and what people keep with it: notes of many at once, a backup and the
//! way back to it, searches without measure.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod serving;

use std::path::Path;
use std::process::{Command, Output};

use serving::{Serving, serve};

/// Posts a form and returns the whole answer.
fn post(serving: &Serving, path: &str, form: &str) -> String {
    serving.ask(&format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    ))
}

/// Starts an investigation; gives the path of its page.
fn started(serving: &Serving) -> String {
    let form = "target=Deployment%2Forders%2Forder-worker&runbook=pod&cluster=practice";
    let answer = post(serving, "/investigations", form);
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap_or_else(|| panic!("{answer}"));
    location.split('?').next().unwrap().trim().to_owned()
}

fn backup(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_podside"))
        .arg("backup")
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env_remove("PODSIDE_LOG")
        .output()
        .unwrap()
}

/// How many of so many who send a note at the same moment are answered with the page.
fn heard(serving: &Serving, page: &str, writers: usize) -> usize {
    let path = format!("{page}/notes");
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..writers)
            .map(|n| {
                let path = &path;
                scope.spawn(move || post(serving, path, &format!("text=note-{n}-of-many")))
            })
            .collect();
        asked
            .into_iter()
            .map(|asked| asked.join().unwrap())
            .filter(|answer| answer.starts_with("HTTP/1.1 303"))
            .count()
    })
}

#[test]
fn twenty_who_note_at_once_are_heard() {
    let serving = Serving::start();
    let page = started(&serving);
    assert_eq!(heard(&serving, &page, 20), 20);
    let shown = serving.get(&page);
    for n in 0..20 {
        assert!(shown.contains(&format!("note-{n}-of-many")), "note {n}");
    }
}

#[test]
fn a_backup_made_while_it_serves_is_gone_back_to() {
    let mut serving = Serving::start();
    let data = serving.home.path().join("data");
    let file = serving.home.path().join("podside.backup");
    let name = file.to_str().unwrap();
    let page = started(&serving);
    let note = |serving: &Serving, text| post(serving, &format!("{page}/notes"), text);
    assert!(note(&serving, "text=before-it").starts_with("HTTP/1.1 303"));

    let made = backup(&data, &[name]);
    assert!(made.status.success(), "{made:?}");
    assert!(String::from_utf8_lossy(&made.stdout).contains(name));
    assert!(note(&serving, "text=after-it").starts_with("HTTP/1.1 303"));
    let again = backup(&data, &[name]);
    let says = String::from_utf8_lossy(&again.stderr);
    assert_eq!(again.status.code(), Some(2), "{says}");
    assert!(says.contains("--force"), "{says}");

    // What the help says: stop it, move podside.db* away, copy the file there.
    serving.child.kill().unwrap();
    serving.child.wait().unwrap();
    for old in std::fs::read_dir(&data).unwrap() {
        let old = old.unwrap();
        if old.file_name().to_string_lossy().starts_with("podside.db") {
            std::fs::rename(old.path(), serving.home.path().join(old.file_name())).unwrap();
        }
    }
    std::fs::copy(&file, data.join("podside.db")).unwrap();
    serving.start_again();
    let shown = serving.get(&page);
    assert!(shown.starts_with("HTTP/1.1 200"));
    assert!(shown.contains("before-it"));
    assert!(!shown.contains("after-it"));
    assert!(note(&serving, "text=gone-on").starts_with("HTTP/1.1 303"));
}

#[test]
fn without_a_database_there_is_no_backup_and_no_directory() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let file = home.path().join("backup");
    let refused = backup(&data, &[file.to_str().unwrap()]);
    let says = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{says}");
    assert!(says.contains("--data"), "{says}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn an_empty_database_ends_it_with_what_it_is() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("data")).unwrap();
    std::fs::write(home.path().join("data/podside.db"), "").unwrap();
    let refused = serve("127.0.0.1:0", &home).output().unwrap();
    let says = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{says}");
    assert!(
        says.contains("0 bytes") && says.contains("podside backup"),
        "{says}"
    );
}

#[test]
fn a_search_without_measure_is_refused_in_the_readers_language() {
    let serving = Serving::start();
    let long = "x".repeat(201);
    for path in ["/history", "/history.csv"] {
        let found = serving.get(&format!("{path}?words={}", &long[1..]));
        assert!(found.starts_with("HTTP/1.1 200"), "{found}");
        for (lang, says) in [("en", "at most 200 characters"), ("ja", "200 文字まで")] {
            let refused = serving.ask(&format!(
                "GET {path}?words={long} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                 Accept-Language: {lang}\r\n\r\n"
            ));
            assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
            assert!(refused.contains(says), "{refused}");
        }
    }
    // An address of 8 KiB and more is read no further, whatever it asks for.
    let refused = serving.get(&format!("/history?words={}", "x".repeat(20_000)));
    assert!(refused.starts_with("HTTP/1.1 414"), "{refused}");
    assert!(refused.contains("too long"), "{refused}");
    // A call brings what an address cannot.
    let body = format!(
        r#"{{"lang":"ja","place":{{"cluster":null,"namespace":null}},"words":"{}","before":null}}"#,
        "x".repeat(100_000)
    );
    let refused = serving.ask(&format!(
        "POST /api/history HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    assert!(refused.contains("200 文字まで"), "{refused}");
}
