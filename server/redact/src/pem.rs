//! Private keys in PEM form, of every kind.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::rules::compiled;

/// The furthest that the end of a key is looked for. The largest RSA keys in use are a
/// tenth of it.
const FURTHEST: usize = 64 * 1024;

/// The most lines of a key without an end.
pub(crate) const MOST_LINES: u16 = 400;

static BEGIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"-----? ?BEGIN [A-Z0-9 _-]{0,60}PRIVATE KEY(?: BLOCK)? ?-----?"));

static END: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"-----? ?END [A-Z0-9 _-]{0,60}PRIVATE KEY(?: BLOCK)? ?-----?"));

/// The next key from a place on: its bytes to its end, or to the end of its line if it
/// has no end.
pub(crate) fn next(text: &str, from: usize) -> Option<(Range<usize>, bool)> {
    let begin = BEGIN.as_ref()?.find_at(text.as_bytes(), from)?;
    let rest = text.as_bytes().get(begin.end()..)?;
    let rest = rest.get(..rest.len().min(FURTHEST)).unwrap_or(rest);
    let end = END.as_ref()?.find(rest);
    // A key that begins before this one ended was cut.
    let another = BEGIN
        .as_ref()?
        .find(rest)
        .map_or(usize::MAX, |another| another.start());
    match end {
        Some(end) if end.start() < another => Some((begin.start()..begin.end() + end.end(), true)),
        _ => {
            let stop = |byte: &u8| *byte == b'\n' || *byte == b'"' || *byte == b'\'';
            let length = rest.iter().position(stop).unwrap_or(rest.len());
            let end = begin.end() + length;
            let end = (end..=text.len())
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(text.len());
            let kept = text.get(begin.start()..end).unwrap_or_default();
            let kept = kept.trim_end_matches(['\r', '…', '\\']).len();
            Some((begin.start()..begin.start() + kept, false))
        }
    }
}

/// What of a line is the inside of a key: its last word, if it is long and in base64.
pub(crate) fn inside(line: &str) -> Option<Range<usize>> {
    let end = line
        .trim_end_matches(|c: char| c.is_whitespace() || "\"',+\\…".contains(c))
        .len();
    let kept = line.get(..end)?;
    let kept = kept.strip_suffix("\\n").unwrap_or(kept);
    let is_of_key = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    let length = kept.bytes().rev().take_while(is_of_key).count();
    let start = kept.len() - length;
    let is_alone = kept.get(..start).is_some_and(|before| {
        before
            .trim_matches(|c: char| c.is_whitespace() || "\"'|>".contains(c))
            .is_empty()
    });
    (length >= 40 || (is_alone && length >= 4)).then_some(start..kept.len())
}

/// Whether a line ends a key.
pub(crate) fn ends(line: &str) -> bool {
    END.as_ref()
        .is_some_and(|end| end.is_match(line.as_bytes()))
}
