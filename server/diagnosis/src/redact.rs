//! What a secret looks like in a text, and secrets that a person writes into a note,
//! replaced before the note is kept. Better one value too many hidden than one shown.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use podside_model::{Redacted, RedactedPart, SecretKind};
use regex::Regex;

type Shapes = LazyLock<Vec<(SecretKind, Regex)>>;

/// What a secret looks like, the more exact form first. The secret itself is the group
/// `s`.
static SHAPES: Shapes = LazyLock::new(|| {
    compiled(&[
        (
            SecretKind::PrivateKey,
            r"(?P<s>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z))",
        ),
        // Headers of HTTP.
        (
            SecretKind::BearerToken,
            r#"(?i)(?:\bbearer|\bauthorization["']?\s*[=:]\s*["']?basic)\s+(?P<s>[a-z0-9._~+/=-]{8,})"#,
        ),
        // A JSON Web Token begins with `{"` in base64.
        (
            SecretKind::BearerToken,
            r"\b(?P<s>eyJ[\w-]{5,}\.[\w-]{4,}(?:\.[\w-]*)?)",
        ),
        // Keys of well-known services.
        (
            SecretKind::AccessKey,
            r"\b(?P<s>(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_(?:live|test)_[A-Za-z0-9]{10,})",
        ),
        // Addresses that are their own password.
        (
            SecretKind::AccessKey,
            r"(?i)https://hooks\.slack\.com/(?P<s>(?:services|workflows|triggers)/[a-z0-9/_-]{8,})",
        ),
        // The user information of a URL.
        (
            SecretKind::Password,
            r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:(?P<s>[^\s/@]+)@",
        ),
        // name=value and name: value, quoted or not.
        (
            SecretKind::AccessKey,
            r#"(?i)(?:api|access|private|secret|signing)[_-]?key["']?\s*[=:]\s*["']?(?P<s>[^\s"',;&]{3,})"#,
        ),
        (
            SecretKind::BearerToken,
            r#"(?i)(?:secret|token)["']?\s*[=:]\s*["']?(?P<s>[^\s"',;&]{3,})"#,
        ),
        (
            SecretKind::Password,
            r#"(?i)(?:passw(?:or)?d|passphrase)["']?\s*[=:]\s*["']?(?P<s>[^\s"',;&]{3,})"#,
        ),
        // The word after an option, in the line of a shell; a variable's name may stay.
        (
            SecretKind::Password,
            r#"(?i)\s--?[a-z0-9-]*(?:passw(?:or)?d|passphrase)\s+["']?(?P<s>[^\s"',;&|$-][^\s"',;&|]*)"#,
        ),
        (
            SecretKind::BearerToken,
            r#"(?i)\s--?[a-z0-9-]*(?:secret|token|api-?key)\s+["']?(?P<s>[^\s"',;&|$-][^\s"',;&|]*)"#,
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
    ])
});

/// How a person writes of a secret and a program does not: programs say that a password is
/// wrong, and print the directory as `PWD`.
static SHAPES_OF_NOTES: Shapes = LazyLock::new(|| {
    compiled(&[(
        SecretKind::Password,
        r#"(?i)\b[\w-]*(?:(?:passw(?:or)?d|passphrase)["']?\s+is|pwd["']?\s*(?:[=:]|\bis\b))\s*["']?(?P<s>[^\s"',;]{3,})"#,
    )])
});

/// The patterns are constants, and a test holds that every one compiles.
fn compiled(patterns: &[(SecretKind, &str)]) -> Vec<(SecretKind, Regex)> {
    patterns
        .iter()
        .filter_map(|(kind, pattern)| Some((*kind, Regex::new(pattern).ok()?)))
        .collect()
}

/// Where a text holds what looks like a secret: the bytes of each, in their order and none
/// within another.
pub fn secrets(text: &str) -> Vec<(Range<usize>, SecretKind)> {
    found(text, SHAPES.iter())
}

fn found<'a>(
    text: &str,
    shapes: impl Iterator<Item = &'a (SecretKind, Regex)>,
) -> Vec<(Range<usize>, SecretKind)> {
    // By where they begin: a text of a megabyte may hold very many.
    let mut spans: BTreeMap<usize, (usize, SecretKind)> = BTreeMap::new();
    for (kind, shape) in shapes {
        for captures in shape.captures_iter(text) {
            let Some(secret) = captures.name("s") else {
                continue;
            };
            let (start, end) = (secret.start(), secret.end());
            // What a more exact shape has taken stays its own.
            let before = spans.range(..end).next_back();
            if before.is_none_or(|(_, (taken, _))| *taken <= start) {
                spans.insert(start, (end, *kind));
            }
        }
    }
    spans
        .into_iter()
        .map(|(start, (end, kind))| (start..end, kind))
        .collect()
}

/// The note with what looks like a secret replaced. Control characters but line
/// breaks and tabs are dropped; equal secrets get equal numbers.
pub fn redact(note: &str) -> Redacted {
    let text: String = note
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let spans = found(&text, SHAPES.iter().chain(SHAPES_OF_NOTES.iter()));
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut parts = Vec::with_capacity(2 * spans.len() + 1);
    let mut at = 0;
    for (range, secret) in spans {
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
        assert_eq!((SHAPES.len(), SHAPES_OF_NOTES.len()), (14, 1));
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
    fn what_only_a_person_writes_is_left_in_what_a_program_does() {
        assert!(secrets("the password is wrong; PWD=/app").is_empty());
        let found = secrets("a://b:c1@d and password=c22");
        let shown: Vec<_> = found.iter().map(|(range, _)| range.clone()).collect();
        assert_eq!(shown, [6..8, 24..27]);
    }

    #[test]
    fn control_characters_are_dropped() {
        assert_eq!(shown("a\u{1b}[31mb\r\nc\td\u{0}"), "a[31mb\nc\td");
    }
}
