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
