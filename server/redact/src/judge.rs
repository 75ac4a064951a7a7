//! Whether what stands behind a name is a secret, or prose, code, a name, a state.

use podside_model::SecretKind;

use crate::assignment::{Sign, Value};
use crate::names::Names;
use crate::value;

/// What may stand between a value and the end of its line.
pub(crate) const CLOSING: &[char] = &[' ', '"', '\'', '\\', ',', '}', ']'];

/// Where a value stands.
pub(crate) struct Context<'a> {
    pub(crate) name: &'a str,
    pub(crate) names: Names,
    pub(crate) sign: Sign,
    pub(crate) begins_line: bool,
}

impl Context<'_> {
    /// Whether a value is a secret where it stands.
    pub(crate) fn hides(&self, line: &str, value: &Value) -> bool {
        let text = line.get(value.range.clone()).unwrap_or_default();
        if value::is_reference(text) || text == self.name {
            return false;
        }
        let kind = match self.names {
            Names::Perhaps(kind) => return self.is_perhaps(kind, text, value.is_quoted),
            Names::Secret(kind) => kind,
        };
        let of_password = kind == SecretKind::Password;
        let may_be_weak = value.is_quoted || self.sign == Sign::Equals;
        if value::is_state(text) && !(of_password && may_be_weak && is_weak(text)) {
            return false;
        }
        if value::is_path(text) || (!of_password && is_number(text)) {
            return false;
        }
        if value.is_quoted {
            let may_be_words = matches!(kind, SecretKind::AccessKey | SecretKind::BearerToken);
            return !(may_be_words && is_sentence(text));
        }
        if is_code(text) {
            return false;
        }
        let rest = line.get(value.range.end..).unwrap_or_default();
        if rest.trim_start().starts_with("bytes") {
            return false;
        }
        let rest = rest.trim_start_matches(CLOSING);
        let ends_line = rest.is_empty() || rest.starts_with('#');
        match self.sign {
            Sign::Colon if value::is_word(text) => {
                of_password && (self.begins_line && ends_line || is_inline(line, value))
            }
            Sign::Colon => kind != SecretKind::AccessKey || !is_object_name(text),
            Sign::Equals if value::is_word(text) => {
                of_password || text.len() > 5 && !text.contains('-')
            }
            Sign::Equals => {
                kind != SecretKind::AccessKey || !text.contains('/') || !is_object_name(text)
            }
            // In the usage of a program, capitals stand for a value.
            Sign::Argument => {
                !text.starts_with('-') && text.bytes().any(|b| !b.is_ascii_uppercase() && b != b'_')
            }
            Sign::Element | Sign::Listed => true,
        }
    }

    fn is_perhaps(&self, kind: SecretKind, text: &str, is_quoted: bool) -> bool {
        if self.name == "PASS" && self.sign == Sign::Colon {
            return false;
        }
        let lower = self.name.to_ascii_lowercase();
        if lower == "pwd" && (text.starts_with(['/', '~', '.']) || text.get(1..3) == Some(":\\")) {
            return false;
        }
        if value::is_path(text) || value::is_state(text) {
            return false;
        }
        if kind == SecretKind::Password
            && matches!(lower.as_str(), "pwd" | "pw")
            && self.sign == Sign::Equals
        {
            return true;
        }
        if lower.ends_with("id") && lower.contains("secret") {
            return value::is_uuid(text);
        }
        if lower.ends_with("auth") {
            return value::is_basic(text) && text.len() >= 8 || value::looks_random(text);
        }
        let strict =
            lower.ends_with("key") || lower.ends_with("keys") || lower.ends_with("signature");
        if strict || !is_quoted && self.sign == Sign::Colon {
            return value::looks_random(text) && !is_hex_digest(&lower, text);
        }
        value::looks_secret(text)
    }
}

/// Whether the value stands in `{user: app, password: x}` or `Config{Password:x}`.
fn is_inline(line: &str, value: &Value) -> bool {
    let touches = line
        .get(..value.range.start)
        .is_some_and(|before| before.ends_with(':'));
    let next = line
        .get(value.range.end..)
        .and_then(|rest| rest.chars().next());
    touches || matches!(next, Some(',' | '}' | '\\'))
}

/// Words for states that are passwords as often.
fn is_weak(text: &str) -> bool {
    [
        "secret", "token", "default", "text", "opaque", "basic", "string", "object", "changed",
    ]
    .iter()
    .any(|weak| text.eq_ignore_ascii_case(weak))
}

fn is_number(text: &str) -> bool {
    text.len() <= 8
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b".-+".contains(&b))
}

/// Whether a quoted text is words for a reader.
fn is_sentence(text: &str) -> bool {
    text.contains(' ') && text.split(' ').filter(|word| value::is_word(word)).count() >= 2
}

/// Whether a value is code that makes one: `get_password()`, `os.environ[...]`,
/// `self.password`.
fn is_code(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let head = text.trim_start_matches(name);
    let is_name =
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && head.len() < text.len();
    let calls = head.starts_with('(') || head.starts_with('[');
    let of_object = [
        "self.",
        "this.",
        "os.",
        "process.",
        "config.",
        "cfg.",
        "settings.",
        "request.",
        "req.",
        "args.",
        "env.",
        "opts.",
        "options.",
        "params.",
    ];
    is_name && (calls || head.is_empty() && of_object.iter().any(|object| text.starts_with(object)))
}

fn is_object_name(text: &str) -> bool {
    text.contains(['-', '/']) && !value::looks_random(text) && !value::looks_secret(text)
}

/// A `key` of a cache or a `signature` of hexadecimal digits is a checksum.
fn is_hex_digest(name: &str, text: &str) -> bool {
    let bare = matches!(name, "key" | "keys" | "signature" | "sig")
        || name.contains("cache")
        || name.contains("idempotency");
    bare && text
        .bytes()
        .all(|b| b.is_ascii_hexdigit() || b == b'-' || b == b':')
}
