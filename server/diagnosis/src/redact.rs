//! Secrets that a person writes into a note, replaced before the note is kept.

use std::collections::HashMap;
use std::sync::LazyLock;

use podside_model::{Redacted, RedactedPart, SecretKind};
use regex::Regex;

/// What a secret looks like, the more exact form first. The part to be replaced is
/// the group `s`.
static SHAPES: LazyLock<Vec<(SecretKind, Regex)>> = LazyLock::new(|| {
    [
        (
            SecretKind::PrivateKey,
            r"(?P<s>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
        ),
        (SecretKind::BearerToken, r"(?i)\bbearer\s+(?P<s>[a-z0-9._~+/=-]{8,})"),
        // A JSON Web Token begins with `{"` in base64.
        (SecretKind::BearerToken, r"\b(?P<s>eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?)"),
        (
            SecretKind::AccessKey,
            r"\b(?P<s>(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_(?:live|test)_[A-Za-z0-9]{10,})",
        ),
        // The user information of a URL.
        (SecretKind::Password, r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:(?P<s>[^\s/@]+)@"),
        (
            SecretKind::AccessKey,
            r#"(?i)\b[\w-]*(?:api|access|secret|signing)[_-]?key["']?\s*[=:]\s*["']?(?P<s>[^\s"',;]{4,})"#,
        ),
        (
            SecretKind::BearerToken,
            r#"(?i)\b[\w-]*token["']?\s*[=:]\s*["']?(?P<s>[^\s"',;]{4,})"#,
        ),
        (
            SecretKind::Password,
            r#"(?i)\b[\w-]*(?:passw(?:or)?d|passphrase|pwd)["']?\s*(?:[=:]|\bis\b)\s*["']?(?P<s>[^\s"',;]{3,})"#,
        ),
        // The word after an option; a variable's name may stay.
        (
            SecretKind::Password,
            r#"(?i)\s--?[a-z0-9-]*(?:passw(?:or)?d|passphrase)\s+["']?(?P<s>[^\s"',;&|$-][^\s"',;&|]*)"#,
        ),
        // The clients whose option for a password says nothing of one.
        (
            SecretKind::Password,
            r#"\bredis-cli\b[^|;&\n]*?\s(?:-a|--pass)\s*["']?(?P<s>[^\s"',;&|$-][^\s"',;&|]*)"#,
        ),
        (
            SecretKind::Password,
            r#"\bmysql(?:admin|dump)?\b[^|;&\n]*?\s-p["']?(?P<s>[^\s"',;&|$]{3,})"#,
        ),
        (
            SecretKind::Password,
            r#"\bcurl\b[^|;&\n]*?\s(?:-u|--user)\s*["']?[^\s:"']+:(?P<s>[^\s"',;&|$][^\s"',;&|]*)"#,
        ),
    ]
    .into_iter()
    // A test holds that every pattern compiles.
    .filter_map(|(kind, pattern)| Some((kind, Regex::new(pattern).ok()?)))
    .collect()
});

/// The text with what looks like a secret replaced. Control characters but line
/// breaks and tabs are dropped; equal secrets get equal numbers.
pub fn redact(text: &str) -> Redacted {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let mut spans: Vec<(usize, usize, SecretKind)> = Vec::new();
    for (kind, shape) in SHAPES.iter() {
        for captures in shape.captures_iter(&text) {
            let Some(secret) = captures.name("s") else {
                continue;
            };
            let (start, end) = (secret.start(), secret.end());
            // What a more exact shape has taken stays its own.
            if spans.iter().all(|(s, e, _)| end <= *s || *e <= start) {
                spans.push((start, end, *kind));
            }
        }
    }
    spans.sort_unstable();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut parts = Vec::with_capacity(2 * spans.len() + 1);
    let mut at = 0;
    for (start, end, secret) in spans {
        push_text(&mut parts, text.get(at..start));
        let next = u32::try_from(numbers.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let value = text.get(start..end).unwrap_or_default();
        let number = *numbers.entry(value).or_insert(next);
        parts.push(RedactedPart::Hidden { secret, number });
        at = end;
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
        redact(text)
            .parts
            .into_iter()
            .map(|part| match part {
                RedactedPart::Text(text) => text,
                RedactedPart::Hidden { secret, number } => format!("<{secret:?} {number}>"),
            })
            .collect()
    }

    #[test]
    fn every_shape_is_there() {
        assert_eq!(SHAPES.len(), 12);
    }

    #[test]
    fn what_looks_like_a_secret_is_replaced() {
        for (text, expected) in [
            (
                "logs in with Bearer abcdef123456 and",
                "logs in with Bearer <BearerToken 1> and",
            ),
            ("password=hunter22 now", "password=<Password 1> now"),
            ("the password is hunter22.", "the password is <Password 1>"),
            ("DB_PASSWORD: 'hunter22'", "DB_PASSWORD: '<Password 1>'"),
            (
                "postgres://app:hunter22@db:5432/x",
                "postgres://app:<Password 1>@db:5432/x",
            ),
            ("eyJhbGciOi.eyJzdWIiOi.c2ln done", "<BearerToken 1> done"),
            ("AKIAABCDEFGHIJKLMNOP", "<AccessKey 1>"),
            ("api_key = 0123456789", "api_key = <AccessKey 1>"),
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
