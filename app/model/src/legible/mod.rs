//! Foreign text made legible: what a reader sees is what is there.
//!
//! Whoever may write an object, a log line, an address, a form or a file name may put
//! into it what steers a terminal, reorders the text around it or cannot be seen. Every
//! such text passes through here where it enters, on the server and in the browser
//! alike. What steers or reorders is left out; what cannot be seen is shown as its code
//! point, `[U+200B]`, which is inert in HTML, Markdown and shells' quotes, so that two
//! names that differ look different.

mod pieces;
mod table;

use std::borrow::Cow;
use std::fmt::Write;

pub use pieces::{Piece, Pieces};

/// `text` as it may be shown. Line feeds and tabs stay: messages and logs need them.
pub fn legible(text: &str) -> Cow<'_, str> {
    legible_up_to(text, usize::MAX)
}

/// `text` as it may be shown, cut at `limit` bytes. A cut ends in `…`, so that nobody
/// takes the rest for the whole.
pub fn legible_up_to(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit && is_legible(text) {
        return Cow::Borrowed(text);
    }
    let room = limit.saturating_sub('…'.len_utf8());
    let mut kept = String::with_capacity(text.len().min(limit));
    for piece in Pieces::of(text) {
        let before = kept.len();
        match piece {
            Piece::Plain(c) => kept.push(c),
            Piece::Named(c) => name(c, &mut kept),
            Piece::Colour(_) => {}
        }
        if kept.len() > room {
            kept.truncate(before);
            kept.push('…');
            break;
        }
    }
    Cow::Owned(kept)
}

/// Whether nothing of `text` would change.
pub fn is_legible(text: &str) -> bool {
    // Nearly all text is ASCII, and that is told many bytes at a time.
    text.bytes()
        .all(|b| matches!(b, b'\t' | b'\n' | b' '..=b'~'))
        || text.chars().all(|c| table::fate(c) == table::Fate::Stays)
}

/// Writes a character as its code point.
pub fn name(c: char, into: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(into, "[U+{:04X}]", u32::from(c));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(legible("plain\ttext\n"), Cow::Borrowed(_)));
        assert!(matches!(legible("日本語の文"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_steers_or_reorders_is_gone() {
        assert_eq!(legible("\u{1b}[31mred\u{1b}[0m\r\u{7}"), "red");
        assert_eq!(legible("a\u{1b}]0;title\u{7}b"), "ab");
        assert_eq!(legible("a\u{1b}(Bb\u{1b}7c"), "abc");
        assert_eq!(legible("a\u{9b}31m\u{85}b"), "a31mb");
        assert_eq!(legible("a\u{202e}b\u{2066}\u{61c}\u{200f}c"), "abc");
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        assert_eq!(legible("ca\u{200b}rt"), "ca[U+200B]rt");
        assert_eq!(legible("a\u{e0041}\u{ad}"), "a[U+E0041][U+00AD]");
        assert_eq!(legible("a\u{feff}b\u{3164}"), "a[U+FEFF]b[U+3164]");
        assert_eq!(legible("a\u{200d}b\u{fe0f}"), "a[U+200D]b[U+FE0F]");
        assert_eq!(legible("\u{f8ff}\u{2028}"), "[U+F8FF][U+2028]");
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(legible("\u{feff}kind: Pod"), "kind: Pod");
    }

    #[test]
    fn scripts_and_emoji_that_need_a_joiner_keep_it() {
        for whole in [
            "⚠\u{fe0f} disk full",
            "👩\u{200d}🚒",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
        ] {
            assert_eq!(legible(whole), whole);
        }
        // One choice of form is all that a symbol has; a row of them is a message.
        assert_eq!(legible("⚠\u{fe0f}\u{fe0f}"), "⚠\u{fe0f}[U+FE0F]");
        assert_eq!(legible("v1\u{fe0f}"), "v1[U+FE0F]");
    }

    #[test]
    fn a_cut_says_so_and_keeps_characters_and_names_whole() {
        let cut = legible_up_to("日本語日本語", 10);
        assert_eq!(cut, "日本…");
        assert_eq!(legible_up_to("ab\u{200b}cdefghijk", 8), "ab…");
        assert_eq!(legible_up_to("abcdefgh", 8), "abcdefgh");
    }

    proptest! {
        #[test]
        fn what_is_legible_stays_as_it_is(text in any::<String>(), odd in "[\u{1b}\\[\\]m\u{200d}\u{fe0f}\u{202e}⚠🔥می1\u{20e3}a]{0,12}") {
            for text in [text, odd] {
                let once = legible(&text).into_owned();
                prop_assert_eq!(&*legible(&once), &once);
                let escapes = once.contains('\u{1b}');
                prop_assert!(!escapes);
            }
        }

        #[test]
        fn no_limit_is_passed(text in "[a日\u{200b}\u{1b}]{0,40}", limit in 3_usize..40) {
            prop_assert!(legible_up_to(&text, limit).len() <= limit);
        }
    }
}
