//! Secrets that a person writes into a note, replaced before the note is kept.

use std::collections::HashMap;
use std::sync::LazyLock;

use podside_model::{Redacted, RedactedPart, SecretKind};
use regex::Regex;

use crate::{Found, search, value};

/// How a person writes of a secret and a program does not: programs say that a password is
/// wrong, and print the directory as `PWD`.
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r#"(?i)\b[\w-]*(?:(?:passw(?:or)?d|passphrase|passcode|api key|token)["']?\s+(?:is|was|=|→)|pwd["']?\s*(?:[=:]|\bis\b)|\b(?:pass|pw|pin)["']?\s*(?:[:=]|\bis\b))\s*["'`「]?([^\s"',;`」]{3,})"#,
        r#"(?:パスワード|暗証番号|トークン|秘密鍵|鍵)(?:は|が|:|：|=|＝)\s*["'`「]?([!-~]{3,})"#,
    ]
    .into_iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Adds what a person writes of in a line.
pub(crate) fn find(line: &str, found: &mut Vec<Found>) {
    for secret in SHAPES.iter().flat_map(|shape| shape.captures_iter(line)) {
        let Some(secret) = secret.get(1) else {
            continue;
        };
        let text = secret
            .as_str()
            .trim_end_matches(['.', '。', ')', '）', ':']);
        if !value::is_reference(text) && !value::is_state(text) {
            found.push(Found {
                range: secret.start()..secret.start() + text.len(),
                kind: SecretKind::Password,
            });
        }
    }
}

/// The note with what looks like a secret replaced. Control characters but line
/// breaks and tabs are dropped; equal secrets get equal numbers.
pub fn note(note: &str) -> Redacted {
    let text: String = note
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let spans = search::text(&text, true);
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut parts = Vec::with_capacity(2 * spans.len() + 1);
    let mut at = 0;
    for Found {
        range,
        kind: secret,
    } in spans
    {
        push_text(&mut parts, text.get(at..range.start));
        let next = u32::try_from(numbers.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let value = text.get(range.clone()).unwrap_or_default();
        let number = *numbers.entry(value).or_insert(next);
        parts.push(RedactedPart::Hidden { secret, number });
        at = range.end;
    }
    push_text(&mut parts, text.get(at..));
    Redacted { parts }
}

fn push_text(parts: &mut Vec<RedactedPart>, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        parts.push(RedactedPart::Text(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        note(text)
            .parts
            .into_iter()
            .map(|part| match part {
                RedactedPart::Text(text) => text,
                RedactedPart::Hidden { secret, number } => format!("<{secret:?} {number}>"),
            })
            .collect()
    }

    #[test]
    fn what_looks_like_a_secret_is_replaced() {
        for (text, expected) in [
            (
                "logs in with Bearer abcdef123456 and",
                "logs in with Bearer <BearerToken 1> and",
            ),
            ("password=hunter22 now", "password=<Password 1> now"),
            ("the password is hunter22.", "the password is <Password 1>."),
            ("DB_PASSWORD: 'hunter22'", "DB_PASSWORD: '<Password 1>'"),
            (
                "postgres://app:hunter22@db:5432/x",
                "postgres://app:<Password 1>@db:5432/x",
            ),
            ("eyJhbGciOi.eyJzdWIiOi.c2ln done", "<BearerToken 1> done"),
            ("AKIAABCDEFGHIJKLMNOP", "<AccessKey 1>"),
            ("api_key = 0123456789", "api_key = <AccessKey 1>"),
            (
                "Authorization: Basic YXBwOmh1bnRlcjI=",
                "Authorization: Basic <BearerToken 1>",
            ),
            (
                "redis-cli -a hunter22 ping",
                "redis-cli -a <Password 1> ping",
            ),
            (
                "mysql -uroot -phunter22 db",
                "mysql -uroot -p<Password 1> db",
            ),
            ("curl -u app:hunter22 web", "curl -u app:<Password 1> web"),
            (
                "run --password hunter22 -v",
                "run --password <Password 1> -v",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
        let key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";
        assert_eq!(shown(&format!("see {key}!")), "see <PrivateKey 1>!");
    }

    #[test]
    fn equal_secrets_have_equal_numbers() {
        assert_eq!(
            shown("pwd=aaaa, then pwd=bbbb, then pwd=aaaa"),
            "pwd=<Password 1>, then pwd=<Password 2>, then pwd=<Password 1>"
        );
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "The chart was renamed from shopping-cart to cart last week.",
            "The token has expired; the password was rotated.",
            "redis-cli -a $REDIS_PASSWORD ping",
            "It wants basic authentication.",
            "改名されました。",
            "see https://example.com/a:b@c",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn control_characters_are_dropped() {
        assert_eq!(shown("a\u{1b}[31mb\r\nc\td\u{0}"), "a[31mb\nc\td");
    }
}
