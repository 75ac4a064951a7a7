//! Text of the cluster made safe for a terminal and a page.
//!
//! Whoever may write a log line or make the API server fail may write control
//! characters, terminal escapes and bidirectional overrides. They are removed where
//! text enters, as the one table in `podside_model::legible` says. One kind of escape
//! stays in log lines: SGR (`ESC [ … m`, ECMA-48 section 8.3.117), the colours, which
//! the log page draws and which can do nothing but colour. Whatever else shows a log
//! line passes it through [`plain`].

use podside_model::legible::{Piece, Pieces, is_legible, legible_up_to, name};

/// `text` without control characters and escapes, at most `limit` bytes. Line feeds
/// become spaces.
pub fn plain(text: &str, limit: usize) -> String {
    if text.contains('\n') {
        return legible_up_to(&text.replace('\n', " "), limit).into_owned();
    }
    legible_up_to(text, limit).into_owned()
}

/// What others say in a message of ours, such as an API server or a login plugin: as
/// [`plain`], with what looks like a secret hidden.
pub(crate) fn quoted(text: &str, limit: usize) -> String {
    podside_redact::hide(&plain(text, limit)).into_owned()
}

/// A text with its colours and nothing else that a terminal acts upon. Line feeds stay.
pub fn coloured(text: &str) -> String {
    // Nearly every line of a log, and that is told many bytes at a time.
    if is_legible(text) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    for piece in Pieces::of(text) {
        match piece {
            Piece::Plain(c) => kept.push(c),
            Piece::Named(c) => name(c, &mut kept),
            Piece::Colour(parameters) => kept.extend(["\u{1b}[", parameters, "m"]),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_survive_in_a_log_line_and_nothing_else_does() {
        assert_eq!(
            coloured("\u{1b}[1;31merror\u{1b}[0m \u{1b}[2Jgone\u{7}\r"),
            "\u{1b}[1;31merror\u{1b}[0m gone"
        );
        assert_eq!(coloured("\u{1b}[38;2;1;2;3mx"), "\u{1b}[38;2;1;2;3mx");
        assert_eq!(
            coloured("a\u{1b}]0;title\u{7}b\u{1b}]8;;http://x\u{1b}\\c"),
            "abc"
        );
        assert_eq!(coloured("a\u{1b}[?25lb\u{1b}[>4mc"), "abc");
        assert_eq!(coloured("a\u{202e}b\tc\u{9b}31m"), "ab\tc31m");
    }

    #[test]
    fn a_sequence_that_does_not_end_takes_no_more_than_its_line() {
        assert_eq!(coloured("a\u{1b}"), "a");
        assert_eq!(coloured("a\u{1b}[31"), "a");
        assert_eq!(coloured(&format!("a\u{1b}[{}mb", "1;".repeat(500))), "ab");
        assert_eq!(coloured("a\u{1b}[3日本"), "a日本");
    }

    #[test]
    fn plain_text_has_no_colours_and_is_cut_visibly() {
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m\nnext", 64), "red next");
        assert_eq!(plain("日本語日本語", 10), "日本…");
    }

    #[test]
    fn what_others_say_tells_no_secret() {
        let said = quoted("cannot log in\nwith password=hunter2hunter2 at db", 200);
        assert!(
            said.starts_with("cannot log in with password=[hidden: "),
            "{said}"
        );
        assert!(said.ends_with("] at db"), "{said}");
    }
}
