//! What the built binary says of input that it cannot use: one message that says what
//! and where, exit code 2, and nothing half-written; and what it answers to requests
//! that no page of its own sends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod serving;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serving::Serving;

const KUBECONFIG: &str = "apiVersion: v1
kind: Config
current-context: lost
clusters: [{name: lost, cluster: {server: 'https://127.0.0.1:1'}}]
contexts: [{name: lost, context: {cluster: lost, user: u}}]
users: [{name: u, user: {token: t}}]
";

fn podside(home: &Path, kubeconfig: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podside"));
    command
        .env("HOME", home)
        .env("KUBECONFIG", home.join(kubeconfig))
        .env_remove("PODSIDE_LOG");
    command
}

/// Runs a command that must refuse in one line that holds each of the words.
fn refuses(command: &mut Command, words: &[&str]) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{command:?}: {said}");
    assert!(output.stdout.is_empty(), "{command:?}");
    for word in words {
        assert!(said.contains(word), "{word} is not in {said}");
    }
}

#[test]
fn a_kubeconfig_that_cannot_be_used_is_named() {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("syntax", "clusters: [oops"),
        ("other", "hello: 1"),
        ("empty", ""),
        ("good", KUBECONFIG),
    ] {
        fs::write(home.path().join(name), text).unwrap();
    }
    let diagnose = |kubeconfig: &str, arguments: &[&str], words: &[&str]| {
        refuses(
            podside(home.path(), kubeconfig)
                .arg("diagnose")
                .args(arguments),
            words,
        );
    };
    diagnose("missing", &[], &["missing", "KUBECONFIG", "--replay"]);
    diagnose("syntax", &[], &["syntax", "line 1 column 11"]);
    diagnose("other", &[], &["other", "no contexts"]);
    diagnose("empty", &[], &["empty", "no contexts"]);
    diagnose("good", &["--context", "prod"], &["\"prod\"", "it has lost"]);
    diagnose(
        "good",
        &[],
        &["lost", "https://127.0.0.1:1", "see that it runs"],
    );
    let out = home.path().join("out.tar.gz");
    let mut record = podside(home.path(), "good");
    refuses(record.args(["record", "-o"]).arg(&out), &["127.0.0.1:1"]);
    assert!(!out.exists());
}

#[test]
fn a_recording_that_is_broken_is_named_with_the_place() {
    let home = tempfile::tempdir().unwrap();
    let broken = home.path().join("broken");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("objects.json"), "{\"items\": [\n  {]}").unwrap();
    let path = broken.to_str().unwrap().to_owned();
    for command in [
        &["diagnose", "--replay"][..],
        &["replay"],
        &["serve", "--listen", "127.0.0.1:0", "--replay"],
    ] {
        let mut podside = podside(home.path(), "none");
        podside.args(command).arg(&broken);
        refuses(&mut podside, &[&path, "objects.json, line 2, column 4"]);
    }
    let mut nothing = podside(home.path(), "none");
    refuses(
        nothing.args(["diagnose", "--replay", "no-such"]),
        &["no-such"],
    );
}

#[test]
fn a_database_of_another_program_stays_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("podside.db");
    let text = b"not a database, but somebody's file of some length";
    fs::write(&file, text).unwrap();
    let mut serve = podside(home.path(), "none");
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(home.path());
    refuses(
        &mut serve,
        &["podside.db", "damaged", "Nothing was changed"],
    );
    assert_eq!(fs::read(&file).unwrap(), text);
}

#[test]
fn a_practice_scenario_is_named_where_a_recording_is() {
    let home = tempfile::tempdir().unwrap();
    let output = podside(home.path(), "none")
        .args(["diagnose", "--replay", "oomkilled", "--fail-on", "critical"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("oom-killed"));
}

/// The status of the answer and its whole text; "" when the connection was closed.
fn ask(
    serving: &Serving,
    method: &str,
    target: &str,
    headers: &str,
    body: &str,
) -> (String, String) {
    let mut stream = TcpStream::connect(serving.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    // A server that has refused already need not take the rest.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
    (status, answer)
}

#[test]
fn no_request_ends_it() {
    let serving = Serving::start();
    for (target, wanted) in [
        ("/%", "404"),
        ("/%ff%fe", "404"),
        ("/?namespace=%ff%fe", "404"),
        ("/?namespace=%ff%00", "307"),
        ("/?namespace=there-is-none", "404"),
        ("/?cluster=none", "404"),
        ("/pkg/../Cargo.toml", "404"),
        ("/pkg/%2e%2e/%2e%2e/etc/passwd", "404"),
        ("/pkg/..%5c..%5cx", "404"),
        ("/objects/Pod/a%2fb/c", "404"),
        ("/problems/x/y/z/w", "404"),
        ("/investigations/99999999999999999999999", "400"),
        ("/investigations/7/share", "404"),
        ("/investigations/7/links", "404"),
        ("/investigations/7/nothing", "404"),
        ("/investigations/x/shares", "400"),
        ("/shared/%00", "307"),
        ("/history.csv?words=%ff%fe", "200"),
        ("/streams/logs", "403"),
        ("/streams/logs.txt?namespace=..%2f", "400"),
    ] {
        assert_eq!(ask(&serving, "GET", target, "", "").0, wanted, "{target}");
    }
    let long = format!("/?namespace={}", "a".repeat(10_000));
    assert_eq!(ask(&serving, "GET", &long, "", "").0, "414");
    for method in ["POST", "PUT", "DELETE", "TRACE", "NONSENSE"] {
        let (status, answer) = ask(&serving, method, "/", "", "");
        assert_eq!(status, "405", "{method}");
        assert!(answer.contains("allow: GET, HEAD"), "{answer}");
    }
    for (form, sent, wanted) in [
        ("/problems/shares", "", "400"),
        ("/problems/shares", "cause=x&subject=Pod/a", "400"),
        ("/problems/shares", "cause=../x&subject=Pod/a/b", "400"),
        (
            "/problems/shares",
            "cause=oom-killed&subject=Pod/a/b",
            "400",
        ),
        ("/investigations", "", "400"),
        ("/investigations/7/walk", "after=0", "404"),
        ("/investigations/7/shares", "", "400"),
        ("/investigations/7/shares", "form=x", "400"),
        (
            "/investigations/7/shares",
            "form=AAAAAAAAAAAAAAAAAAAAAA&days=x",
            "400",
        ),
        (
            "/investigations/7/shares",
            "form=AAAAAAAAAAAAAAAAAAAAAA",
            "400",
        ),
        (
            "/investigations/7/shares",
            "form=AAAAAAAAAAAAAAAAAAAAAA&seen=0",
            "404",
        ),
        (
            "/investigations/7/answers",
            "after=0&step=a&answer=maybe",
            "400",
        ),
    ] {
        let urlencoded = "Content-Type: application/x-www-form-urlencoded\r\n";
        let (status, answer) = ask(&serving, "POST", form, urlencoded, sent);
        assert_eq!(status, wanted, "{form} {sent}: {answer}");
        assert!(answer.contains("content-type: text/plain"), "{answer}");
        let browser = format!(
            "{urlencoded}Accept: text/html,*/*\r\nReferer: http://localhost/runbooks?namespace=shop\r\n"
        );
        let (status, page) = ask(&serving, "POST", form, &browser, sent);
        assert_eq!(status, wanted, "{form} {sent}: {page}");
        assert!(page.contains("<h1>That could not be done</h1>"), "{page}");
        assert!(page.contains("href=\"/runbooks?namespace=shop\""), "{page}");
        let says = answer.lines().last().unwrap_or_default();
        assert!(page.contains(says), "{says}: {page}");
        assert!(!page.contains("type=\"module\""), "{page}");
    }
    for cookie in [
        "podside_lang=\u{fe}",
        "podside_lang=",
        "=;;=",
        "podside_theme=<script>",
    ] {
        let (status, answer) = ask(&serving, "GET", "/", &format!("Cookie: {cookie}\r\n"), "");
        assert_eq!(status, "200", "{cookie}");
        assert!(!answer.contains("<script>\""), "{cookie}");
    }
    for function in [
        "triage",
        "problem",
        "resource",
        "logs",
        "runbook",
        "investigation",
        "history",
        "leftovers",
        "sharing",
        "links",
        "shared",
    ] {
        for body in [
            "",
            "{",
            "null",
            "[]",
            "{\"lang\":\"xx\"}",
            &"[".repeat(100_000),
        ] {
            let json = "Content-Type: application/json\r\n";
            let (status, answer) = ask(&serving, "POST", &format!("/api/{function}"), json, body);
            assert_eq!(status, "400", "{function}: {answer}");
            assert!(!answer.contains("panicked"), "{answer}");
        }
    }
    assert_eq!(ask(&serving, "GET", "/healthz", "", "").0, "200");
}

#[cfg(unix)]
#[test]
fn after_the_end_all_is_in_one_file() {
    let mut serving = Serving::start();
    let pid = serving.child.id().to_string();
    let told = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    assert!(told.success() && serving.child.wait().unwrap().success());
    let data = serving.home.path().join("data");
    let mut files: Vec<_> = fs::read_dir(data)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    files.sort();
    assert_eq!(files, ["podside.db", "redaction.key"]);
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let serving = Serving::start();
    for file in fs::read_dir(serving.home.path().join("data")).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", file.path());
    }
}

#[test]
fn a_size_that_is_none_is_refused_with_what_can_be_said() {
    let home = tempfile::tempdir().unwrap();
    for (size, said) in [
        ("pods=1e9", "pods is no whole number"),
        ("pods=900000", "pods must be from 0 to 200000"),
        ("nodes", "is no NAME=NUMBER"),
    ] {
        let mut command = podside(home.path(), "none");
        let output = command
            .args(["replay", "--generate", size])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(said), "{size}: {told}");
        assert!(output.stdout.is_empty());
    }
}
