//! Names, quotes and values in one line, as JSON, YAML, shells and programs write them;
//! also escaped, once and more, as in a JSON text within another.

use std::ops::Range;

/// The furthest that a closing quote is looked for. It bounds what a line of quotes that
/// never close costs.
const FURTHEST_QUOTE: usize = 4096;

/// The most spaces between a name, its sign and its value; `kubectl describe` aligns.
const SPACES: usize = 64;

/// The longest name.
const LONGEST_NAME: usize = 96;

pub(crate) fn byte(line: &str, at: usize) -> Option<u8> {
    line.as_bytes().get(at).copied()
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

/// The name around a part of it.
pub(crate) fn name_around(line: &str, part: Range<usize>) -> Range<usize> {
    let bytes = line.as_bytes();
    let before = bytes.get(..part.start).unwrap_or_default();
    let after = bytes.get(part.end..).unwrap_or_default();
    let left = before
        .iter()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|b| is_of_name(**b))
        .count();
    let right = after
        .iter()
        .take(LONGEST_NAME)
        .take_while(|b| is_of_name(**b))
        .count();
    let (mut start, mut end) = (part.start - left, part.end + right);
    // The n of an escaped line feed is none of the name, nor 2C of an escaped comma.
    let escapes = start.checked_sub(1).and_then(|at| byte(line, at));
    if escapes == Some(b'\\') && byte(line, start).is_some_and(|b| b"nrt".contains(&b)) {
        start = (start + 1).min(part.start);
    }
    while end > part.end && byte(line, end - 1).is_some_and(|b| b".-".contains(&b)) {
        end -= 1;
    }
    start..end
}

/// Where spaces end.
pub(crate) fn spaces(line: &str, at: usize) -> usize {
    let rest = line.as_bytes().get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take(SPACES)
        .take_while(|b| **b == b' ' || **b == b'\t')
        .count()
}

/// A quotation mark with the backslashes in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    mark: u8,
    backslashes: usize,
    /// Where the text behind it begins.
    pub(crate) end: usize,
}

/// The quotation mark that stands at a place.
pub(crate) fn quote(line: &str, at: usize) -> Option<Quote> {
    let rest = line.as_bytes().get(at..)?;
    let backslashes = rest.iter().take(16).take_while(|b| **b == b'\\').count();
    let mark = *rest.get(backslashes)?;
    b"\"'`".contains(&mark).then_some(Quote {
        mark,
        backslashes,
        end: at + backslashes + 1,
    })
}

impl Quote {
    /// Where the quoted text ends, if it does within bounds: at a mark that is escaped no
    /// deeper.
    pub(crate) fn close(self, line: &str) -> Option<usize> {
        let rest = line.as_bytes().get(self.end..)?;
        let mut backslashes = 0;
        for (at, byte) in rest.iter().take(FURTHEST_QUOTE).enumerate() {
            match *byte {
                b'\\' => backslashes += 1,
                byte if byte == self.mark => {
                    let closes = match self.backslashes {
                        0 => backslashes % 2 == 0,
                        deep => backslashes <= deep,
                    };
                    if closes {
                        return Some(self.end + at - backslashes);
                    }
                    backslashes = 0;
                }
                // Text within a text ends with it at the latest.
                b'"' if self.backslashes > 0 && backslashes < self.backslashes => {
                    return Some(self.end + at - backslashes);
                }
                _ => backslashes = 0,
            }
        }
        None
    }
}

/// Where a value without quotes ends.
pub(crate) fn unquoted(line: &str, start: usize) -> usize {
    let rest = line.get(start..).unwrap_or_default();
    let bytes = rest.as_bytes();
    let mut end = bytes.len();
    for (at, byte) in bytes.iter().enumerate() {
        let stops = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' => true,
            b'\\' => bytes.get(at + 1).is_some_and(|b| b"nrtu\"'\\".contains(b)),
            b',' | b';' | b'&' => ends_at(rest, at),
            b'%' => rest.get(at..at + 3) == Some("%26"),
            _ => false,
        };
        if stops {
            end = at;
            break;
        }
    }
    start + trimmed(rest.get(..end).unwrap_or_default())
}

/// Whether a value ends at a comma, semicolon or ampersand: where another name and value,
/// a quotation mark or nothing follows. Otherwise it is part of a password.
fn ends_at(rest: &str, at: usize) -> bool {
    let after = rest.as_bytes().get(at + 1..).unwrap_or_default();
    let name = after
        .iter()
        .take(LONGEST_NAME)
        .take_while(|b| is_of_name(**b) || b"[]$".contains(b))
        .count();
    match after.get(name) {
        None => true,
        Some(b'=' | b':') => name > 0,
        Some(next) => name == 0 && (next.is_ascii_whitespace() || b"\"'`\\{[".contains(next)),
    }
}

/// The length without punctuation at the end that belongs to the sentence.
fn trimmed(value: &str) -> usize {
    let mut value = value;
    loop {
        let Some(last) = value.chars().next_back() else {
            return 0;
        };
        let opens = match last {
            ')' => '(',
            ']' => '[',
            '}' => '{',
            '.' | ',' | ';' | ':' | '…' => '\0',
            _ => return value.len(),
        };
        // A bracket that opens within the value closes within it.
        if opens != '\0' && value.contains(opens) {
            return value.len();
        }
        value = value.strip_suffix(last).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_ends_at_its_own_mark() {
        for (line, inner) in [
            (r#""ab\"c" d"#, r#"ab\"c"#),
            (r#"\"ab\",\"c\""#, "ab"),
            (r#"\\\"ab\\\",c"#, "ab"),
            (r#"\"ab" c"#, "ab"),
            ("'it' x'", "it"),
        ] {
            let quote = quote(line, 0).unwrap();
            assert_eq!(
                &line[quote.end..quote.close(line).unwrap()],
                inner,
                "{line}"
            );
        }
        assert_eq!(quote("\"ab", 0).unwrap().close("\"ab"), None);
    }

    #[test]
    fn a_value_without_quotes_ends_before_the_next_name() {
        for (line, value) in [
            ("ab,c=d", "ab"),
            ("ab,cd ef", "ab,cd"),
            ("ab;Database=x", "ab"),
            ("ab&x=1", "ab"),
            ("p&ss!", "p&ss!"),
            ("ab, c", "ab"),
            ("ab).", "ab"),
            ("a(b)", "a(b)"),
            (r"ab\nx", "ab"),
            ("ab…", "ab"),
            ("ab}", "ab"),
        ] {
            assert_eq!(&line[..unquoted(line, 0)], value, "{line}");
        }
    }
}
