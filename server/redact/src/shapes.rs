//! What a secret looks like in a text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use podside_model::SecretKind;
use regex::Regex;

use crate::Found;

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

/// Where a text holds what looks like a secret.
pub(crate) fn found(text: &str, of_a_note: bool) -> Vec<Found> {
    let notes = of_a_note.then(|| SHAPES_OF_NOTES.iter());
    // By where they begin: a text of a megabyte may hold very many.
    let mut spans: BTreeMap<usize, (usize, SecretKind)> = BTreeMap::new();
    for (kind, shape) in SHAPES.iter().chain(notes.into_iter().flatten()) {
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
    for token in crate::token::tokens(text) {
        spans.retain(|start, (end, _)| *end <= token.range.start || token.range.end <= *start);
    }
    spans
        .into_iter()
        .map(|(start, (end, kind))| Found {
            range: start..end,
            kind,
        })
        .collect()
}
