//! The weight of a JSON text: the memory that its values take.

use std::cmp::Ordering;
use std::fmt;

/// How deep values may lie in one another. The deepest that a cluster holds are the
/// schemas of CustomResourceDefinitions, with some sixty; serde_json itself, whose
/// recursion this bounds, gives up at 128.
pub const DEEPEST: usize = 120;

// What `serde_json::Value` takes on a 64-bit machine, rounded up to what allocators
// hand out. Types of our own that are read from JSON take less.

/// The first node of a map, which has room for [`NODE`] entries of 24 bytes of key and 32
/// of value.
const MAP: u64 = 640;
/// The entries of a map's node.
const NODE: u32 = 11;
/// What the first entry beyond that brings: a second node and one above both.
const SPLIT: u64 = 1440;
/// A later entry's share of the further nodes of a map, which are left half empty.
const ENTRY: u64 = 144;
/// An array begins with room for four values of 32 bytes.
const ARRAY: u64 = 144;
/// A vector doubles its room, so an element takes up to twice its 32 bytes.
const ELEMENT: u64 = 64;
/// Either quote of a string, whose allocation has a head and is rounded up.
const QUOTE: u64 = 16;

/// Why a text is not to be parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    /// Its values would take more memory than is allowed.
    Memory,
    /// Its values lie in one another more than [`DEEPEST`] deep.
    Depth,
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("its values would take more memory than is allowed"),
            Self::Depth => write!(f, "its values nest more than {DEEPEST} deep"),
        }
    }
}

impl std::error::Error for TooMuch {}

/// The most bytes of memory that the values of `text` take once parsed, at most
/// `allowed`.
///
/// The text is one JSON document or several after each other, well-formed or not: a
/// parser stops at its first fault, and up to there both read it alike. Nothing is
/// allocated.
///
/// # Errors
/// When the values would take more than `allowed` bytes, or nest too deep; then the rest
/// of the text is not looked at.
pub fn weigh(text: &[u8], allowed: u64) -> Result<u64, TooMuch> {
    let mut weight = 0_u64;
    // What the value lies in: of a map the number of its entries so far, of an array
    // none; the innermost last.
    let mut around: [Option<u32>; DEEPEST + 1] = [None; DEEPEST + 1];
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let end = end_of_string(rest);
                weight += end as u64 + 2 * QUOTE;
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            b',' => match around.get_mut(depth) {
                Some(Some(entries)) => {
                    *entries = entries.saturating_add(1);
                    weight += match (*entries).cmp(&(NODE + 1)) {
                        Ordering::Less => 0,
                        Ordering::Equal => SPLIT,
                        Ordering::Greater => ENTRY,
                    };
                }
                _ => weight += ELEMENT,
            },
            b'{' | b'[' => {
                depth += 1;
                let inner = around.get_mut(depth).ok_or(TooMuch::Depth)?;
                *inner = (byte == b'{').then_some(1);
                // An empty one allocates nothing, and `managedFields` is full of them.
                weight += match (byte, rest.trim_ascii_start().first()) {
                    (b'{', Some(b'}')) | (b'[', Some(b']')) => 0,
                    (b'{', _) => MAP,
                    _ => ARRAY,
                };
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            // Numbers, words and white space: their place in an array or map is counted.
            _ => continue,
        }
        if weight > allowed {
            return Err(TooMuch::Memory);
        }
    }
    Ok(weight)
}

/// Where the string ends whose opening quote was passed: its closing quote, or the end
/// of the text.
fn end_of_string(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += found;
        if text.get(at) == Some(&b'"') {
            return at;
        }
        // What is escaped, a quote perhaps, belongs to the string.
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_nests_too_deep_is_told() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(weigh(nested(DEEPEST).as_bytes(), u64::MAX).is_ok());
        assert_eq!(
            weigh(nested(DEEPEST + 1).as_bytes(), u64::MAX),
            Err(TooMuch::Depth)
        );
        // Documents after each other do not nest.
        assert!(weigh("[]\n{}\n".repeat(DEEPEST).as_bytes(), u64::MAX).is_ok());
    }

    #[test]
    fn what_stands_in_a_string_is_text() {
        let quoted = |text: &str| weigh(format!("\"{text}\"").as_bytes(), u64::MAX).unwrap();
        assert_eq!(quoted("[[[[,,,,"), quoted("abcdefgh"));
        assert_eq!(quoted(r#"\"[[\\"#), quoted("abcdef"));
        // One that does not end, nor does its last escape.
        assert_eq!(weigh(br#""[[["#, u64::MAX), Ok(3 + 2 * QUOTE));
        assert_eq!(weigh(br#""[[\"#, u64::MAX), Ok(3 + 2 * QUOTE));
    }

    #[test]
    fn it_stops_where_it_is_too_much() {
        let text = format!("[{}0]", "0,".repeat(1000));
        let weight = weigh(text.as_bytes(), u64::MAX).unwrap();
        assert_eq!(weight, ARRAY + 1000 * ELEMENT);
        assert_eq!(weigh(text.as_bytes(), weight), Ok(weight));
        assert_eq!(weigh(text.as_bytes(), weight - 1), Err(TooMuch::Memory));
    }
}
