//! A name and its value: `password=x`, `"password": "x"`, `--password x`,
//! `<password>x</password>`, `name: DB_PASSWORD, value: x`; in one line or with the value
//! on the next.

use std::ops::Range;

use crate::Found;
use crate::header;
use crate::judge::Context;
use crate::names::{Names, names};
use crate::pending::{Form, Pending};
use crate::quote::{byte, name_around, quote, spaces, unquoted};
use crate::rules::CUT;
use crate::value;

/// What stands between a name and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
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
    let name = name_around(line, without_sign(line, part));
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
    let begins_line = begins_line(line.get(..name.start).unwrap_or_default());
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
    // The last part of a path, as in `checksum/secret`, is rarely the name of one.
    let is_last_part = name.start.checked_sub(1).and_then(|at| byte(line, at)) == Some(b'/');
    if is_last_part && matches!(names, Names::Perhaps(_)) {
        return (looked, None);
    }
    let end = value.range.end;
    found.push(Found {
        range: value.range,
        kind,
    });
    (end.max(looked), None)
}

/// Whether a name begins a line, as those of YAML and of JSON in several lines do; or a
/// text within JSON.
fn begins_line(before: &str) -> bool {
    let outside = before.trim_end_matches([' ', '\t', '-', '"', '\'', '\\']);
    outside.is_empty() || outside.ends_with(':') && before.ends_with('"')
}

/// A part of a name without the sign behind it that some keywords have.
fn without_sign(line: &str, part: Range<usize>) -> Range<usize> {
    let text = line.get(part.clone()).unwrap_or_default();
    part.start..part.start + text.trim_end_matches(['=', ':']).len()
}

/// The sign behind a name and where the value begins.
fn sign(line: &str, name: &Range<usize>) -> Option<(Sign, usize)> {
    let before = line.get(..name.start).unwrap_or_default();
    // An option, or an instruction of a Dockerfile.
    let is_option = byte(line, name.start) == Some(b'-') || before.ends_with("ENV ");
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
    let end = at;
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
        _ if is_option && at > end && !closed => return Some((Sign::Argument, at)),
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
pub(crate) struct Value {
    pub(crate) range: Range<usize>,
    pub(crate) is_quoted: bool,
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
        let end = match quote.close(line) {
            Some(end) => end,
            // What was cut has no end.
            None if line.ends_with(CUT) => line.len() - CUT.len_utf8(),
            None => unquoted(line, quote.end),
        };
        return Some(Value {
            range: quote.end..end,
            is_quoted: true,
        });
    }
    // Values of a form, as Go prints them: `map[password:[x]]`.
    let is_list = byte(line, start) == Some(b'[') && sign != Sign::Equals;
    let start = if is_list { start + 1 } else { start };
    let opens = byte(line, start).is_some_and(|b| b"{[ ".contains(&b));
    if sign == Sign::Listed || opens && sign != Sign::Equals {
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

/// How far before a name the pair in front of it is looked for.
const NEAR: usize = 256;

/// Whether `NAME=` in front of a value is one of several behind semicolons.
fn is_of_connection(before: &str) -> bool {
    let near = before.len().saturating_sub(NEAR);
    let near = (near..=before.len()).find(|at| before.is_char_boundary(*at));
    let before = before.get(near.unwrap_or_default()..).unwrap_or_default();
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
    // `<property name="password">x</property>`
    if byte(line, at) == Some(b'>') {
        let value = value_at(line, at + 1, Sign::Element)?;
        add(line, value.range, names, found);
        return None;
    }
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
pub(crate) fn behind_value(line: &str, at: usize) -> Option<Range<usize>> {
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

/// Adds a value behind a name that is apart from it.
pub(crate) fn add(line: &str, range: Range<usize>, names: Names, found: &mut Vec<Found>) {
    let text = line.get(range.clone()).unwrap_or_default();
    let Names::Secret(kind) = names else { return };
    if !value::is_reference(text) && !matches!(text, "true" | "false" | "null" | "nil") {
        found.push(Found { range, kind });
    }
}
