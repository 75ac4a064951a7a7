//! Whether what stands where a secret would is one: not a variable's name, a word for
//! nothing, a word of prose, a path.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use regex::bytes::Regex;

use crate::rules::compiled;

/// What says that there is no value, or in what state it is.
const STATES: &[&str] = &[
    "absent",
    "accepted",
    "ask",
    "bad",
    "blank",
    "cached",
    "changed",
    "compat",
    "correct",
    "created",
    "db",
    "default",
    "denied",
    "disabled",
    "empty",
    "enabled",
    "error",
    "expired",
    "failed",
    "failure",
    "false",
    "files",
    "found",
    "hidden",
    "incorrect",
    "invalid",
    "ldap",
    "malformed",
    "masked",
    "match",
    "mismatch",
    "missing",
    "mount",
    "n/a",
    "nil",
    "nis",
    "no",
    "none",
    "not",
    "null",
    "ok",
    "omitted",
    "optional",
    "prompt",
    "protected",
    "provided",
    "redacted",
    "refreshed",
    "rejected",
    "removed",
    "required",
    "reset",
    "revoked",
    "rotated",
    "sensitive",
    "set",
    "skip",
    "skipped",
    "sss",
    "stale",
    "success",
    "systemd",
    "true",
    "undefined",
    "unknown",
    "unset",
    "updated",
    "valid",
    "verified",
    "wrong",
    "yes",
    "x",
    "basic",
    "bearer",
    "digest",
    "negotiate",
    "ntlm",
    "opaque",
    "string",
    "str",
    "text",
    "bytes",
    "object",
    "secret",
    "token",
    "is",
    "was",
    "has",
    "must",
    "cannot",
    "could",
    "can",
    "for",
    "from",
    "in",
    "of",
    "on",
    "to",
    "and",
    "or",
    "the",
    "a",
    "an",
    "this",
    "that",
    "your",
    "with",
    "will",
    "does",
];

/// What stands for a value and is none: variables, templates, placeholders, tokens of a
/// recording. After the allow list of gitleaks.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r#"^(?:\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|\d+)|\$\{[^{}\s]{1,100}\}|\$\([^()\s]{1,100}\)|\$?\{\{[^{}]{1,100}\}\}|\{\d{0,2}\}|\{[a-z_]+\}|%[A-Za-z_]+%|%[a-z]|@[A-Za-z_]+@|#\{[^{}]{1,100}\}|<[^<>]{0,60}>|\((?i:hidden|redacted|masked|null|none|empty|nil|unset|unknown|string)\)|\[(?i:hidden|redacted|masked|filtered)[^\]]{0,40}\]|VALUE|[*xX.#?-]+|•+|\.\.\.|…|redacted-\d+|[Rr][Ee][Dd][Aa][Cc][Tt][Ee][Dd]|[:/$.,@-])+$"#,
    )
});

/// A path of a file system, from the root.
static PATH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r"^(?:file:)?(?:~|\.{1,2})?/(?:app|bin|certs?|config|creds|credentials|data|dev|etc|home|mnt|opt|private|proc|projected|root|run|secrets?|srv|sys|tls|tmp|tokens?|Users|usr|var|vault|workspace)(?:/[\w.@ -]*)*$",
    )
});

/// A name as objects of a cluster have it, made of words.
static OBJECT_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"^[a-z]{2,}(?:[-./][a-z0-9]{1,10})*$"));

static UUID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
});

fn is(shape: &LazyLock<Option<Regex>>, value: &str) -> bool {
    shape
        .as_ref()
        .is_some_and(|shape| shape.is_match(value.as_bytes()))
}

/// Whether a value is none: nothing, a reference to a variable, a placeholder.
pub(crate) fn is_reference(value: &str) -> bool {
    value.is_empty()
        || (!value.starts_with(|c: char| {
            c.is_ascii_alphanumeric() && !matches!(c, 'x' | 'X' | 'r' | 'R')
        }) && is(&REFERENCE, value))
}

/// Whether a value is a word for a state, such as `YES`, `expired` or `null`.
pub(crate) fn is_state(value: &str) -> bool {
    value.len() <= 10 && STATES.iter().any(|state| value.eq_ignore_ascii_case(state))
}

/// Whether a value is a path of a file system.
pub(crate) fn is_path(value: &str) -> bool {
    value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with(['/', '~', '.', 'f']) && is(&PATH, value)
}

/// Whether a value is letters only, as a word of prose is.
pub(crate) fn is_word(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '-' | '\''))
}

/// Whether the value of something that is perhaps a secret is one.
pub(crate) fn looks_secret(value: &str) -> bool {
    let (mut letters, mut digits, mut others) = (0, 0, 0);
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            b'0'..=b'9' => digits += 1,
            _ => others += 1,
        }
    }
    if value.len() < 6 || value.contains(char::is_whitespace) {
        return false;
    }
    if letters == 0 || value.contains("://") || is(&OBJECT_NAME, value) || is(&UUID, value) {
        return false;
    }
    digits > 0 && (others == 0 || !value.contains(['/', '(', '[', '{']))
        || value.len() >= 20 && is_mixed(value)
}

/// Whether a value is a credential by its looks alone: long, and of letters and digits in
/// no order.
pub(crate) fn looks_random(value: &str) -> bool {
    value.len() >= 16
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=%".contains(&byte))
        && !is(&UUID, value)
        && !is(&OBJECT_NAME, value)
        && !is_of_short_words(value)
        && entropy(value.as_bytes()) >= 3.2
}

/// Whether a value is words and numbers with signs between them, as a path or a date is.
fn is_of_short_words(value: &str) -> bool {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    let (mut count, mut longest) = (0, 0);
    for word in words {
        count += 1;
        longest = longest.max(word.len());
    }
    count >= 3 && longest <= 10
}

/// Whether a value is a UUID, or what is left of one that was cut.
pub(crate) fn is_uuid(value: &str) -> bool {
    value.len() >= 12 && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Whether small letters, capitals and digits are in it, in a high entropy.
pub(crate) fn is_mixed(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.as_bytes().iter().filter(|byte| is(byte)).count() >= 2;
    has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && entropy(value.as_bytes()) >= 4.0
}

/// Whether a value is `user:password` in base64; the password may be empty.
pub(crate) fn is_basic(value: &str) -> bool {
    let decoded = STANDARD
        .decode(value)
        .or_else(|_| STANDARD_NO_PAD.decode(value));
    decoded.is_ok_and(|bytes| {
        bytes.contains(&b':') && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
    })
}

/// Shannon's entropy in bits a byte.
pub(crate) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / length;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_placeholders_are_no_values() {
        for value in [
            "",
            "$VAR",
            "${VAR}",
            "$(VAR)",
            "$(USER):$(PASS)",
            "{{ .Values.x }}",
            "%s",
            "%PASS%",
            "<password>",
            "****",
            "xxxx",
            "[REDACTED]",
            "(hidden)",
            "redacted-12",
            "REDACTED",
            "...",
            "[hidden: password #1]",
        ] {
            assert!(is_reference(value), "{value}");
        }
        for value in [
            "hunter2",
            "$ecret1",
            "pa$$word",
            "a$VAR",
            "x1",
            "redacted-a",
            "$2a$10$abc",
        ] {
            assert!(!is_reference(value), "{value}");
        }
    }

    #[test]
    fn what_looks_secret_is_told_from_names_numbers_and_words() {
        for value in ["abc123", "aGVsbG8xMjM0", "p4ssw0rd!", "0f8e7d6c5b4a"] {
            assert!(looks_secret(value), "{value}");
        }
        for value in [
            "api-token",
            "default/db-creds",
            "12345678",
            "expired",
            "web-tls-2",
            "https://a.b/c1",
            "a b 1",
            "f(x1, y2)",
        ] {
            assert!(!looks_secret(value), "{value}");
        }
        assert!(is_path("/var/run/secrets/token") && !is_path("/9j/4AAQSkZJRgABAQ"));
        assert!(is_basic("YXBwOmh1bnRlcjI=") && !is_basic("aHVudGVyMg=="));
    }
}
