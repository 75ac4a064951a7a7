//! A name and its value: `password=x`, `"password": "x"`, `--password x`,
//! `<password>x</password>`, `name: DB_PASSWORD, value: x`; in one line or with the value
//! on the next.

use std::ops::Range;

use podside_model::SecretKind;

use crate::Found;
use crate::header;
use crate::names::{Names, names};
use crate::quote::{byte, name_around, quote, spaces, unquoted};
use crate::value;

/// What a line's end leaves to the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    names: Names,
    form: Form,
    /// How far the name's line was indented.
    indent: usize,
}

/// How the value on the next line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// By itself: behind a colon or an option of a list.
    Alone,
    /// As the lines of a YAML block, deeper than the name.
    Block,
    /// Behind `value:`.
    Value,
}

/// What stands between a name and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    /// Of an element of XML.
    Element,
    /// An option and its argument.
    Argument,
    /// `"--password", "x"`.
    Listed,
}

/// Looks at the name around a part of it. Adds its value if that is a secret; tells where
/// to look on, and what is left to the next line.
pub(crate) fn find(
    line: &str,
    part: Range<usize>,
    found: &mut Vec<Found>,
) -> (usize, Option<Pending>) {
    let name = name_around(line, part);
    let looked = name.end;
    let Some(text) = line.get(name.clone()) else {
        return (looked, None);
    };
    let Some((sign, at)) = sign(line, &name) else {
        return match names(text) {
            Some(names @ Names::Secret(_)) => (looked, named_apart(line, &name, names, found)),
            _ => (looked, None),
        };
    };
    let Some(names) = names(text) else {
        return (looked, None);
    };
    if header::is_authorization(text) {
        return (header::authorization(line, at, found).max(looked), None);
    }
    if header::is_cookie(text)
        && let Some(end) = header::cookies(line, at, text, found)
    {
        return (end.max(looked), None);
    }
    let indent = line.len() - line.trim_start().len();
    let begins_line = line
        .get(..name.start)
        .is_some_and(|before| before.bytes().all(|b| b" \t-\"'".contains(&b)));
    if at >= line.len() || is_block(line, at) {
        let form = if at < line.len() {
            Form::Block
        } else {
            Form::Alone
        };
        let follows = matches!(names, Names::Secret(_)) && (begins_line || sign != Sign::Argument);
        return (
            looked,
            (follows && begins_line).then_some(Pending {
                names,
                form,
                indent,
            }),
        );
    }
    let Some(value) = value_at(line, at, sign) else {
        return (looked, None);
    };
    let context = Context {
        name: text,
        names,
        sign,
        begins_line,
    };
    if !context.hides(line, &value) {
        return (looked, None);
    }
    let kind = match names {
        Names::Secret(kind) | Names::Perhaps(kind) => kind,
    };
    let end = value.range.end;
    found.push(Found {
        range: value.range,
        kind,
    });
    (end.max(looked), None)
}

/// The sign behind a name and where the value begins.
fn sign(line: &str, name: &Range<usize>) -> Option<(Sign, usize)> {
    let is_option = byte(line, name.start) == Some(b'-');
    let mut at = name.end;
    for _ in 0..3 {
        if let Some(quote) = quote(line, at) {
            at = quote.end;
        } else if byte(line, at).is_some_and(|b| b"])".contains(&b)) {
            at += 1;
        } else {
            break;
        }
    }
    let closed = at > name.end;
    let before = at;
    at = spaces(line, at);
    let rest = line.get(at..)?;
    let next = |text: &str| rest.starts_with(text);
    let (sign, length) = match byte(line, at) {
        Some(b'=') if next("==") || next("=~") => return None,
        Some(b'=') if next("=>") => (Sign::Equals, 2),
        Some(b'=') => (Sign::Equals, 1),
        Some(b':') if next("::") || next("://") => return None,
        Some(b':') if next(":=") => (Sign::Equals, 2),
        Some(b':') => (Sign::Colon, 1),
        Some(b'>') if name.start.checked_sub(1).and_then(|at| byte(line, at)) == Some(b'<') => {
            return Some((Sign::Element, at + 1));
        }
        Some(b'%') if next("%3D") || next("%3d") => (Sign::Equals, 3),
        Some(b'\\') if next("\\u003d") => (Sign::Equals, 6),
        Some(b',') if is_option && closed => (Sign::Listed, 1),
        None if is_option => return Some((Sign::Argument, at)),
        _ if is_option && at > before && !closed => return Some((Sign::Argument, at)),
        _ => return None,
    };
    Some((sign, spaces(line, at + length)))
}

/// Whether a YAML block begins: `|`, `>-`.
fn is_block(line: &str, at: usize) -> bool {
    line.get(at..).is_some_and(|rest| {
        let rest = rest.trim_end();
        rest.len() <= 3
            && rest.starts_with(['|', '>'])
            && rest.bytes().skip(1).all(|b| b"+-0123456789".contains(&b))
    })
}

/// A value.
struct Value {
    range: Range<usize>,
    is_quoted: bool,
}

fn value_at(line: &str, at: usize, sign: Sign) -> Option<Value> {
    let start = inside(line, at);
    if sign == Sign::Element {
        let rest = line.get(at..)?;
        let end = at + rest.find('<').unwrap_or(rest.trim_end().len());
        return Some(Value {
            range: at..end,
            is_quoted: true,
        });
    }
    if let Some(quote) = quote(line, start) {
        let close = quote.close(line);
        let end = close.unwrap_or_else(|| unquoted(line, quote.end));
        return Some(Value {
            range: quote.end..end,
            is_quoted: true,
        });
    }
    if sign == Sign::Listed
        || byte(line, start).is_some_and(|b| b"{[".contains(&b)) && sign != Sign::Equals
    {
        return None;
    }
    let mut end = unquoted(line, start);
    // In a connection string a value ends at the semicolon, whatever it holds.
    let before = line.get(..at).unwrap_or_default();
    if sign == Sign::Equals && end < line.len() && is_of_connection(before) {
        let rest = line.get(end..)?;
        let stop = rest.find([';', '"', '\'', '\\', '<']).unwrap_or(0);
        if rest.get(stop..).is_some_and(|rest| rest.starts_with(';')) {
            end += stop;
        }
    }
    Some(Value {
        range: start..end,
        is_quoted: false,
    })
}

/// Whether `NAME=` in front of a value is one of several behind semicolons.
fn is_of_connection(before: &str) -> bool {
    let name = before.trim_end_matches(|c: char| c != ';');
    let pair = name.strip_suffix(';').unwrap_or_default();
    pair.rsplit(';')
        .next()
        .is_some_and(|pair| pair.contains('='))
}

/// Where a value begins within what languages wrap it in: `b'x'`, `Some("x")`, `["x"]`,
/// `!!str x`.
fn inside(line: &str, at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    if let Some(text) = rest.strip_prefix("!!str ") {
        return line.len() - text.trim_start().len();
    }
    let word = rest
        .bytes()
        .take(24)
        .take_while(u8::is_ascii_alphabetic)
        .count();
    let behind = at + word;
    match byte(line, behind) {
        Some(b'(' | b'[') if word > 0 || byte(line, at) == Some(b'[') => {
            let inner = spaces(line, behind + 1);
            if quote(line, inner).is_some() {
                inner
            } else {
                at
            }
        }
        Some(b'"' | b'\'') if word == 1 => behind,
        _ => at,
    }
}

/// Where a value stands.
struct Context<'a> {
    name: &'a str,
    names: Names,
    sign: Sign,
    begins_line: bool,
}

impl Context<'_> {
    fn hides(&self, line: &str, value: &Value) -> bool {
        let text = line.get(value.range.clone()).unwrap_or_default();
        if value::is_reference(text) || text == self.name {
            return false;
        }
        let kind = match self.names {
            Names::Perhaps(kind) => return self.is_perhaps(kind, text, value.is_quoted),
            Names::Secret(kind) => kind,
        };
        let of_password = kind == SecretKind::Password;
        if value::is_state(text)
            && !(of_password && (value.is_quoted || self.sign != Sign::Colon) && is_weak(text))
        {
            return false;
        }
        if value::is_path(text) || (!of_password && is_number(text)) {
            return false;
        }
        if value.is_quoted {
            return of_password || !is_sentence(text);
        }
        if is_code(text) {
            return false;
        }
        let ends_line = line
            .get(value.range.end..)
            .is_some_and(|rest| rest.trim_end().is_empty() || rest.trim_start().starts_with('#'));
        match self.sign {
            Sign::Colon if value::is_word(text) => {
                of_password && (self.begins_line && ends_line || self.is_inline(line, value))
            }
            Sign::Colon => kind != SecretKind::AccessKey || !is_object_name(text),
            Sign::Equals if value::is_word(text) => {
                of_password || text.len() > 5 && !text.contains('-')
            }
            Sign::Equals => {
                kind != SecretKind::AccessKey || !text.contains('/') || !is_object_name(text)
            }
            Sign::Argument => !text.starts_with('-'),
            Sign::Element | Sign::Listed => true,
        }
    }

    /// Whether the value stands in `{user: app, password: x}` or `Config{Password:x}`.
    fn is_inline(&self, line: &str, value: &Value) -> bool {
        let touches = line
            .get(..value.range.start)
            .is_some_and(|before| before.ends_with(':'));
        let next = line
            .get(value.range.end..)
            .and_then(|rest| rest.chars().next());
        touches || matches!(next, Some(',' | '}' | '\\'))
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

/// Words for states that are passwords as often.
fn is_weak(text: &str) -> bool {
    [
        "secret", "token", "default", "text", "opaque", "basic", "string", "object", "changed",
    ]
    .iter()
    .any(|weak| text.eq_ignore_ascii_case(weak))
}

fn is_number(text: &str) -> bool {
    text.len() <= 12
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

/// A secret's name that is the value of `name`: its value stands beside, or on the next
/// line.
fn named_apart(
    line: &str,
    name: &Range<usize>,
    names: Names,
    found: &mut Vec<Found>,
) -> Option<Pending> {
    if !is_name_of(line.get(..name.start)?) {
        return None;
    }
    let mut at = quote(line, name.end).map_or(name.end, |quote| quote.end);
    at = spaces(line, at);
    if byte(line, at) == Some(b',') {
        at = spaces(line, at + 1);
    }
    let indent = line.len() - line.trim_start().len();
    if at >= line.len() {
        return Some(Pending {
            names,
            form: Form::Value,
            indent,
        });
    }
    // Escaped line feeds and their indentation.
    while line.get(at..).is_some_and(|rest| rest.starts_with("\\n")) {
        at = spaces(line, at + 2);
    }
    if let Some(range) = behind_value(line, at) {
        add(line, range, names, found);
    }
    None
}

/// Whether a text ends with `name: "`.
fn is_name_of(before: &str) -> bool {
    let before = before
        .trim_end_matches(['"', '\'', '\\'])
        .trim_end_matches([' ', '\t']);
    let Some(before) = before.strip_suffix([':', '=']) else {
        return false;
    };
    let before = before.trim_end_matches(['"', '\'', '\\', ' ']);
    let word = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    ["name", "key", "nname"]
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name))
}

/// The value behind `value:` at a place.
fn behind_value(line: &str, at: usize) -> Option<Range<usize>> {
    let mut at = quote(line, at).map_or(at, |quote| quote.end);
    let word = line.get(at..at + 5)?;
    if !word.eq_ignore_ascii_case("value") {
        return None;
    }
    at += 5;
    at = quote(line, at).map_or(at, |quote| quote.end);
    at = spaces(line, at);
    if !byte(line, at).is_some_and(|b| b":=".contains(&b)) {
        return None;
    }
    let start = spaces(line, at + 1);
    value_at(line, start, Sign::Colon).map(|value| value.range)
}

fn add(line: &str, range: Range<usize>, names: Names, found: &mut Vec<Found>) {
    let text = line.get(range.clone()).unwrap_or_default();
    let Names::Secret(kind) = names else { return };
    if !value::is_reference(text) && !matches!(text, "true" | "false" | "null" | "nil") {
        found.push(Found { range, kind });
    }
}

impl Pending {
    /// Adds what this line holds of what a line before has left to it; tells what is left
    /// to the next one.
    pub(crate) fn find(self, line: &str, found: &mut Vec<Found>) -> Option<Self> {
        let content = line.trim_start();
        let start = line.len() - content.len();
        if content.is_empty() {
            return (self.form == Form::Block).then_some(self);
        }
        match self.form {
            Form::Value => {
                let at = if content.starts_with("- ") {
                    start + 2
                } else {
                    start
                };
                if let Some(range) = behind_value(line, at) {
                    add(line, range, self.names, found);
                }
                None
            }
            Form::Block if start > self.indent => {
                let end = line.trim_end().len();
                add(line, start..end, self.names, found);
                Some(self)
            }
            Form::Block => None,
            Form::Alone => {
                self.alone(line, start, found);
                None
            }
        }
    }

    fn alone(self, line: &str, start: usize, found: &mut Vec<Found>) {
        let content = line.get(start..).unwrap_or_default().trim_end();
        let (at, is_item) = match content.strip_prefix("- ") {
            Some(_) => (start + 2, true),
            None => (start, false),
        };
        let (range, is_quoted) = match quote(line, at) {
            Some(quote) => (
                quote.end..quote.close(line).unwrap_or(line.trim_end().len()),
                true,
            ),
            None => (at..unquoted(line, at), false),
        };
        let rest = line.get(range.end..).unwrap_or_default();
        let is_whole = rest
            .trim_start_matches(['"', '\'', '\\'])
            .trim_end_matches([',', ' '])
            .is_empty();
        let text = line.get(range.clone()).unwrap_or_default();
        // Deeper or quoted, and no name with a value of its own.
        let follows = is_quoted || start > self.indent || (is_item && start >= self.indent);
        let is_value = !text.ends_with(':')
            && !text.starts_with(['{', '[', '-'])
            && !line.trim_end().ends_with(':');
        if is_whole
            && follows
            && is_value
            && (is_quoted || !value::is_state(text))
            && !value::is_path(text)
        {
            add(line, range, self.names, found);
        }
    }
}
