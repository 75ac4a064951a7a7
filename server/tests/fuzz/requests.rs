//! Requests: addresses, query strings, headers, cookies, forms, tokens of shares, calls of
//! server functions.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::serving::Serving;
use super::{cases, serves};

/// The longest answer that any page has.
const LONGEST_ANSWER: usize = 4 << 20;

/// What is no name, number or token where one is looked for.
fn odd() -> impl Strategy<Value = String> {
    let known = prop::sample::select(
        &[
            "",
            "%",
            "%00",
            "%ff%fe",
            "%0d%0aX:1",
            "..",
            "%2e%2e%2f",
            "-",
            "-1",
            "9223372036854775808",
            "shop",
            "Pod",
            "oom-killed",
            "ja",
            "<script>",
            "\"'",
            "a=b&c",
            "%e2%80%ae",
            "%f3%a0%81%81",
            "2026-01-01T00:00:00Z",
            "Pod/a/b/c",
            "[::1]",
            "user@host:99999",
        ][..],
    );
    prop_oneof![4 => known.prop_map(str::to_owned), 2 => "[!-~]{0,20}", 1 => "[a-zA-Z0-9_-]{22,60}"]
}

/// The path of a page or route, with odd parts, and a query.
fn target() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => prop::sample::select(&[
            "problems", "objects", "logs", "runbooks", "investigations", "history", "history.csv", "leftovers", "removal", "shared", "shares",
            "streams", "logs.txt", "preferences", "pkg", "markdown", "api", "triage", "healthz", "notes", "walk",
        ][..]).prop_map(str::to_owned),
        2 => odd(),
    ];
    let name = prop::sample::select(
        &[
            "cluster",
            "namespace",
            "container",
            "tab",
            "words",
            "target",
            "selector",
            "since",
            "tail",
            "previous",
            "follow",
            "severity",
            "lang",
            "theme",
            "after",
            "page",
            "q",
            "pod",
        ][..],
    );
    let query = prop::collection::vec((name, odd()), 0..4);
    (prop::collection::vec(part, 0..6), query).prop_map(|(parts, query)| {
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("/{}?{}", parts.join("/"), query.join("&"))
    })
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let name = prop::sample::select(
        &[
            "Host",
            "Referer",
            "Origin",
            "Accept-Language",
            "Cookie",
            "Accept",
            "Accept-Encoding",
            "Content-Type",
            "Range",
            "If-None-Match",
            "If-Modified-Since",
            "X-Forwarded-For",
            "Sec-Fetch-Site",
            "Upgrade",
            "Connection",
            "Sec-WebSocket-Key",
            "Expect",
            "Transfer-Encoding",
            "Content-Length",
        ][..],
    );
    let value = prop_oneof![
        odd(),
        "(ja|en|\\*|[a-z]{1,9})(;q=[0-9.]{1,6})?(, ?[a-zA-Z-]{1,12}(;q=-?[0-9.e]{1,6})?){0,4}",
        "(podside_lang|podside_theme|[a-z]{1,5})=.{0,10}(; ?[a-z_]{1,12}=[!-~]{0,10}){0,3}",
        "https?://[!-~]{0,30}",
        Just("application/x-www-form-urlencoded".to_owned()),
        Just("application/json".to_owned()),
        Just("websocket".to_owned()),
    ];
    prop::collection::vec((name, value), 0..5)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let field = prop::sample::select(
        &[
            "cause", "subject", "kind", "text", "answer", "after", "days", "runbook", "target",
            "note", "step", "lang", "theme", "back",
        ][..],
    );
    prop_oneof![
        3 => prop::collection::vec((field, odd()), 0..5).prop_map(|fields| {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            fields.join("&").into_bytes()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..100),
        1 => "\\{\"[a-z_]{1,9}\":(null|[0-9]{1,30}|\"[^\"\\\\]{0,9}\"|\\[\\])\\}".prop_map(String::into_bytes),
        1 => Just(b"a=".repeat(100_000)),
    ]
}

/// Sends bytes, takes what comes back, and closes. What is no whole request is not waited
/// for: its answer may be that the rest is still awaited.
fn send(serving: &Serving, bytes: &[u8], whole: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(serving.address).unwrap();
    let wait = Duration::from_millis(if whole { 20_000 } else { 200 });
    stream.set_read_timeout(Some(wait)).unwrap();
    // A server that has refused already need not take the rest.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let limit = LONGEST_ANSWER as u64 + 1;
    let _ = stream.take(limit).read_to_end(&mut answer);
    answer
}

/// An answer can be read. To half a request there may be none, to a whole one there is:
/// a connection that is closed without a word is what a panic leaves.
fn is_sound(answer: &[u8], request: &str, whole: bool) {
    if answer.is_empty() {
        assert!(!whole, "no answer: {request}");
        return;
    }
    assert!(
        answer.len() <= LONGEST_ANSWER,
        "{} B: {request}",
        answer.len()
    );
    let text = String::from_utf8_lossy(answer);
    let (head, rest) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{request}: {text}"));
    let status: u16 = head.split(' ').nth(1).unwrap_or_default().parse().unwrap();
    assert!((100..500).contains(&status), "{request}: {head}\n{rest}");
    for line in head.lines().skip(1) {
        let name = line.split(':').next().unwrap_or_default();
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        assert!(
            line.contains(": ") && name.chars().all(is_token),
            "{request}: {head}"
        );
        assert!(name != "x", "{request} made a header of its own: {head}");
    }
}

#[test]
fn any_request_has_a_sound_answer() {
    let serving = Serving::start();
    let method = prop_oneof![4 => Just("GET"), 3 => Just("POST"), 1 => prop::sample::select(&["HEAD", "PUT", "OPTIONS", "TRACE", "get"][..])];
    TestRunner::new(cases(160))
        .run(
            &(method, target(), headers(), body()),
            |(method, target, headers, body)| {
                let mut request = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
                let given = |name: &str| headers.iter().any(|(given, _)| *given == name);
                if !given("Host") {
                    request.extend_from_slice(b"Host: localhost\r\n");
                }
                if !given("Connection") {
                    request.extend_from_slice(b"Connection: close\r\n");
                }
                if method != "GET" && !given("Content-Length") {
                    request.extend_from_slice(
                        format!("Content-Length: {}\r\n", body.len()).as_bytes(),
                    );
                }
                for (name, value) in &headers {
                    request.extend_from_slice(
                        format!("{name}: {}\r\n", value.replace(['\r', '\n'], "")).as_bytes(),
                    );
                }
                request.extend_from_slice(b"\r\n");
                let shown = String::from_utf8_lossy(&request).into_owned();
                if method != "GET" {
                    request.extend_from_slice(&body);
                }
                let whole = ![
                    "Connection",
                    "Content-Length",
                    "Transfer-Encoding",
                    "Expect",
                    "Upgrade",
                ]
                .into_iter()
                .any(given);
                is_sound(&send(&serving, &request, whole), &shown, whole);
                Ok(())
            },
        )
        .unwrap();
    serves(&serving);
}

#[test]
fn any_bytes_have_a_sound_answer() {
    let serving = Serving::start();
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "(GET|POST) [!-~]{0,20} HTTP/[0-9.]{1,4}\r\n([!-~]{1,10}: ?.{0,10}\r\n){0,4}\r\n.{0,20}"
            .prop_map(String::into_bytes),
    ];
    TestRunner::new(cases(64))
        .run(&bytes, |bytes| {
            is_sound(
                &send(&serving, &bytes, false),
                &String::from_utf8_lossy(&bytes),
                false,
            );
            Ok(())
        })
        .unwrap();
    serves(&serving);
}
