//! What holds of any text: nothing panics, what is hidden once stays as it is, and what is
//! no secret is not touched.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::borrow::Cow;

use podside_redact::{Lines, Numbers, Tokens, find, hide, hide_named, hide_note, object};
use proptest::prelude::*;
use serde_json::json;

/// Texts that are likely to mean something, in any order, with anything in between.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        3 => "[a-zA-Z0-9]{0,24}",
        2 => "\\PC{0,8}",
        1 => any::<String>(),
        6 => prop::sample::select(vec![
            "password", "token=", "SECRET_KEY", ": ", "=", "\"", "\\\"", "'", "\n", "  ", "postgres://", "@", ":", "/", "?sig=",
            "Authorization: Bearer ", "Cookie: a=", ";", "--password ", "-p", "mysql ", "ghp_", "AKIA", "eyJhbGciOi", ".", "…",
            "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "[hidden: password #1]", "[hidden: ",
            "[hidden: access-key 0123456789ab]", "name: ", "value: ", "{", "}", "[", "]", ",", "&", "\\n", "$(VAR)", "|", "<password>",
            "user:pass@tcp(", "\u{1f}", "é", "パスワードは", "basic ", "curl -u a:", "redis-cli -a ", "AccountKey=",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
}

/// What is outside of the secrets, in order.
fn outside(text: &str) -> Vec<String> {
    let mut at = 0;
    let mut parts = Vec::new();
    for secret in find(text) {
        assert!(secret.range.start >= at && secret.range.start < secret.range.end);
        parts.push(text[at..secret.range.start].to_owned());
        at = secret.range.end;
    }
    parts.push(text[at..].to_owned());
    parts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hiding_twice_is_hiding_once(text in texts()) {
        let once = hide(&text).into_owned();
        prop_assert_eq!(hide(&once), once.as_str());
        let numbered = Numbers::new().number(&once).into_owned();
        prop_assert_eq!(hide(&numbered), numbered.as_str());
        let note = hide_note(&text).into_owned();
        prop_assert_eq!(hide_note(&note), note.as_str());
        let named = hide_named("DB_PASSWORD", &text).into_owned();
        prop_assert_eq!(hide_named("DB_PASSWORD", &named), named.as_str());
    }

    #[test]
    fn text_outside_of_secrets_is_kept(text in texts()) {
        let hidden = hide(&text);
        let mut rest = hidden.as_ref();
        for part in outside(&text) {
            let at = rest.find(&part);
            prop_assert!(at.is_some(), "{} lost from {}", part, hidden);
            rest = &rest[at.unwrap() + part.len()..];
        }
        if find(&text).is_empty() {
            prop_assert!(matches!(hidden, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn lines_and_objects_are_total_and_stay(text in texts()) {
        let stream = |text: &str| {
            let mut lines = Lines::new();
            text.split('\n').map(|line| lines.hide(line).into_owned()).collect::<Vec<_>>().join("\n")
        };
        let once = stream(&text);
        prop_assert_eq!(stream(&once), once);
        let mut value = json!({"message": text, "args": ["--password", text], "env": [{"name": "A_TOKEN", "value": text}]});
        object(&mut value, &mut Tokens);
        let before = value.clone();
        object(&mut value, &mut Tokens);
        prop_assert_eq!(value, before);
    }
}
