//! Cluster text made safe to keep, compare and show.
//!
//! Names, messages and log lines are written by whoever may create an object, so
//! they can hold terminal escapes, bidirectional overrides or a megabyte of text.
//! Everything passes through [`clean`] on its way into a fact.

use std::borrow::Cow;

/// The longest name, key, path or short value that is kept, in bytes. Kubernetes
/// names end at 253 bytes and label values at 63; images and paths are longer.
pub const SHORT: usize = 1024;

/// The longest message that is kept, in bytes. Termination messages end at 4 KiB.
pub const LONG: usize = 4096;

/// `text` without control characters and terminal escapes, cut at `limit` bytes.
///
/// Line feeds and tabs stay: messages and logs need them. A cut ends in `…`, so
/// that nobody takes the rest for the whole.
pub fn clean(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit && !text.chars().any(is_unwanted) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len().min(limit));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            skip_escape(&mut chars);
            continue;
        }
        if is_unwanted(c) {
            continue;
        }
        if kept.len() + c.len_utf8() > limit.saturating_sub('…'.len_utf8()) {
            kept.push('…');
            break;
        }
        kept.push(c);
    }
    Cow::Owned(kept)
}

/// Leaves the parameters and the final byte of one terminal escape unread.
/// ECMA-48: `ESC [` … final byte 0x40–0x7e; `ESC ]` … BEL or `ESC \`; else one byte.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            for c in chars.by_ref() {
                if ('\u{40}'..='\u{7e}').contains(&c) {
                    break;
                }
            }
        }
        Some(']') => {
            chars.next();
            while let Some(c) = chars.next() {
                if c == '\u{7}' {
                    break;
                }
                if c == '\u{1b}' {
                    chars.next_if_eq(&'\\');
                    break;
                }
            }
        }
        Some(_) => {
            chars.next();
        }
        None => {}
    }
}

/// Control characters but for line feed and tab, and the characters that reorder
/// the text around them (Unicode UAX #9).
fn is_unwanted(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(clean("plain\ttext\n", 64), Cow::Borrowed(_)));
    }

    #[test]
    fn escapes_and_controls_are_removed() {
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m\r\u{7}", 64), "red");
        assert_eq!(clean("a\u{1b}]0;title\u{7}b", 64), "ab");
        assert_eq!(clean("a\u{202e}b", 64), "ab");
    }

    #[test]
    fn a_cut_says_so_and_keeps_characters_whole() {
        let cut = clean("日本語日本語", 10);
        assert_eq!(cut, "日本…");
        assert!(cut.len() <= 10);
    }
}
