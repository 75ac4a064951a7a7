//! The built binary's `serve`: what it prints, answers and refuses, and how it
//! ends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod serving;

use std::io::Write;
use std::net::TcpStream;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serving::{Serving, serve};

/// Ran, refused, and said why in one line that holds each of the words.
fn refused(output: &Output, words: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    for word in words {
        assert!(message.contains(word), "{word} is not in {message}");
    }
}

#[test]
fn health_pages_and_unknown_pages_are_answered() {
    let serving = Serving::start();
    assert!(serving.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(serving.get("/").contains("</html>"));
    assert!(serving.get("/no/such/page").starts_with("HTTP/1.1 404"));
    assert!(
        serving
            .get("/%fe%ff/../..//etc/passwd")
            .starts_with("HTTP/1.1 4")
    );
}

#[test]
fn a_page_carries_a_policy_with_a_nonce_of_its_own() {
    let serving = Serving::start();
    let policy = |answer: &str| {
        answer
            .lines()
            .find_map(|line| line.strip_prefix("content-security-policy: "))
            .map(ToOwned::to_owned)
            .unwrap()
    };
    let (first, second) = (policy(&serving.get("/")), policy(&serving.get("/")));
    assert!(first.contains("default-src 'none'") && first.contains("'nonce-"));
    assert_ne!(first, second);
}

#[test]
fn foreign_hosts_foreign_origins_and_long_bodies_are_refused() {
    let serving = Serving::start();
    let rebound = serving.ask("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert!(rebound.starts_with("HTTP/1.1 421"), "{rebound}");
    let forged = serving.ask(
        "POST /api/x HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n",
    );
    assert!(forged.starts_with("HTTP/1.1 403"), "{forged}");
    let long = serving.ask(
        "POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n",
    );
    assert!(long.starts_with("HTTP/1.1 413"), "{long}");
}

#[test]
fn nothing_is_for_crawlers() {
    let serving = Serving::start();
    for path in [
        "/",
        "/healthz",
        "/robots.txt",
        "/favicon.svg",
        "/history.csv",
        "/no/such/page",
        "/shared/no-such-link",
        "/shared/no-such-link/markdown",
        "/streams/logs",
        "/preferences?lang=ja",
    ] {
        let answer = serving.get(path);
        let noindex = "x-robots-tag: noindex, nofollow\r\n";
        assert!(answer.contains(noindex), "{path}: {answer}");
    }
    let robots = serving.get("/robots.txt");
    assert!(robots.starts_with("HTTP/1.1 200"), "{robots}");
    assert!(robots.ends_with("User-agent: *\nDisallow: /\n"), "{robots}");
}

/// The forms that write to the store.
const FORMS: [&str; 8] = [
    "/investigations",
    "/investigations/1/answers",
    "/investigations/1/returns",
    "/investigations/1/walk",
    "/investigations/1/notes",
    "/investigations/1/shares",
    "/problems/shares",
    "/shares/1/revocation",
];

/// The forms that do something in a cluster.
const REMOVALS: [&str; 2] = ["/leftovers/1/removal", "/leftovers/removal"];

fn post(serving: &Serving, path: &str, headers: &str) -> String {
    serving.ask(&format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: 0\r\n\r\n"
    ))
}

#[test]
fn beyond_loopback_nothing_is_written_unless_somebody_allows_it() {
    let shows = Serving::start_at("0.0.0.0:0", &[]);
    for form in FORMS.into_iter().chain(REMOVALS) {
        let answer = post(&shows, form, "");
        assert!(answer.starts_with("HTTP/1.1 403"), "{form}: {answer}");
        assert!(
            answer.contains("--allow-anonymous-writes"),
            "{form}: {answer}"
        );
        let page = post(&shows, form, "Accept: text/html\r\nAccept-Language: ja\r\n");
        assert!(page.starts_with("HTTP/1.1 403"), "{form}: {page}");
        assert!(
            page.contains("<h1>") && page.contains("表示専用です"),
            "{form}: {page}"
        );
    }
    for path in [
        "/",
        "/runbooks",
        "/history",
        "/history.csv",
        "/leftovers",
        "/healthz",
    ] {
        let answer = shows.get(path);
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    assert!(shows.get("/").contains(" data-writes=\"none\""));
    assert!(
        shows
            .get("/preferences?lang=ja")
            .starts_with("HTTP/1.1 303")
    );
    let read = post(&shows, "/api/triage", "Content-Type: application/json\r\n");
    assert!(read.starts_with("HTTP/1.1 400"), "{read}");

    for writes in [
        Serving::start(),
        Serving::start_at("0.0.0.0:0", &["--allow-anonymous-writes"]),
    ] {
        for form in FORMS {
            let answer = post(&writes, form, "");
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(["303", "400", "404"].contains(&status), "{form}: {answer}");
        }
        assert!(!writes.get("/").contains("data-writes"));
    }
}

#[test]
fn nothing_is_done_in_a_cluster_for_whoever_comes_from_another_machine() {
    let anonymous = Serving::start_at("0.0.0.0:0", &["--allow-anonymous-writes"]);
    let refused = post(&anonymous, "/leftovers/1/removal", "");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let page = anonymous.get("/leftovers");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("asks nobody who they are"), "{page}");
    // What is left is cleaned up on a Podside that creates nothing, too.
    let read_only = Serving::start_at("127.0.0.1:0", &["--read-only"]);
    let page = read_only.get("/leftovers");
    assert!(!page.contains("asks nobody who they are"), "{page}");
    for portal in [read_only, Serving::start()] {
        for (form, status) in REMOVALS.into_iter().zip(["404", "400"]) {
            let answer = post(&portal, form, "");
            assert_eq!(answer.split(' ').nth(1), Some(status), "{form}: {answer}");
        }
    }
}

#[test]
fn beyond_loopback_it_answers_to_addresses_and_the_names_that_it_is_given() {
    let nameless = Serving::start_at("0.0.0.0:0", &[]);
    let named = Serving::start_at("0.0.0.0:0", &["--host", "podside.example"]);
    for (serving, host, wanted) in [
        (&nameless, "10.1.2.3", "200"),
        (&nameless, "localhost", "200"),
        (&nameless, "rebound.example", "421"),
        (&named, "podside.example", "200"),
        (&named, "rebound.example", "421"),
        (&named, "podside.example\r\nHost: podside.example", "400"),
        (&named, "user@podside.example", "400"),
    ] {
        let answer = serving.ask(&format!(
            "GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ));
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert_eq!(status, wanted, "{host}: {answer}");
    }
    let hostless = nameless.ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(hostless.starts_with("HTTP/1.1 400"), "{hostless}");
}

#[test]
fn six_hundred_idle_connections_keep_nobody_out() {
    let serving = Serving::start();
    let mut idle = Vec::new();
    for i in 0..600 {
        let mut stream = TcpStream::connect(serving.address).unwrap();
        if i % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: local").unwrap();
        }
        idle.push(stream);
    }
    assert!(serving.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(serving.get("/").contains("</html>"));
}

#[test]
fn a_taken_port_and_an_unwritable_directory_end_it_with_one_message() {
    let serving = Serving::start();
    let address = serving.address.to_string();
    let second = serve(&address, &serving.home).output().unwrap();
    refused(&second, &[&address, "--listen"]);

    let file = serving.home.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_podside"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&file)
        .output()
        .unwrap();
    refused(&output, &[&file.to_string_lossy(), "--data"]);
}

#[cfg(unix)]
#[test]
fn it_ends_on_sigterm_even_with_a_connection_open() {
    let mut serving = Serving::start();
    let mut open = TcpStream::connect(serving.address).unwrap();
    open.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        .unwrap();
    let begun = Instant::now();
    let pid = serving.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = serving.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10));
}
