//! Text of the cluster made safe for a terminal and a page.
//!
//! Whoever may write a log line or make the API server fail may write control
//! characters, terminal escapes and bidirectional overrides. They are removed where
//! text enters. One kind of escape stays in log lines: SGR (`ESC [ … m`, ECMA-48
//! section 8.3.117), the colours, which the log page draws and which can do nothing
//! but colour. Whatever else shows a log line passes it through [`plain`].

use std::iter::Peekable;
use std::str::Chars;

const ESCAPE: char = '\u{1b}';

/// The longest SGR sequence that is kept, in characters after the escape: more than
/// a true colour for foreground and background need.
const LONGEST_SGR: usize = 48;

/// `text` without control characters and escapes, at most `limit` bytes. Line feeds
/// become spaces.
pub fn plain(text: &str, limit: usize) -> String {
    kept(text, limit, false)
}

/// A log line with its colours and nothing else that a terminal acts upon.
pub fn coloured(line: &str) -> String {
    kept(line, usize::MAX, true)
}

fn kept(text: &str, limit: usize, colours: bool) -> String {
    let mut kept = String::with_capacity(text.len().min(limit));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ESCAPE {
            if let Some(sgr) = escape(&mut chars)
                && colours
                && kept.len() + sgr.len() < limit
            {
                kept.push(ESCAPE);
                kept.push_str(&sgr);
            }
            continue;
        }
        let c = if c == '\n' && !colours { ' ' } else { c };
        if is_unwanted(c) {
            continue;
        }
        if kept.len() + c.len_utf8() > limit.saturating_sub('…'.len_utf8()) {
            kept.push('…');
            break;
        }
        kept.push(c);
    }
    kept
}

/// Reads the rest of one escape sequence and gives it back if it is an SGR.
fn escape(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    match chars.next()? {
        // CSI: parameters and intermediates, then one final character.
        '[' => {
            let mut sequence = String::from("[");
            while let Some(&c) = chars.peek() {
                // What cannot be part of a sequence ends it and is text again.
                if !('\u{20}'..='\u{7e}').contains(&c) {
                    return None;
                }
                chars.next();
                if sequence.len() <= LONGEST_SGR {
                    sequence.push(c);
                }
                if c >= '\u{40}' {
                    let is_sgr = c == 'm'
                        && sequence.ends_with('m')
                        && sequence
                            .chars()
                            .skip(1)
                            .all(|c| c.is_ascii_digit() || matches!(c, ';' | ':' | 'm'));
                    return is_sgr.then_some(sequence);
                }
            }
            None
        }
        // OSC, DCS, SOS, PM, APC: a text up to BEL or ST.
        ']' | 'P' | 'X' | '^' | '_' => {
            while let Some(c) = chars.next() {
                if c == '\u{7}' || (c == ESCAPE && chars.next_if_eq(&'\\').is_some()) {
                    break;
                }
            }
            None
        }
        _ => None,
    }
}

/// Control characters but for the tab, and the characters that reorder the text
/// around them (Unicode UAX #9).
fn is_unwanted(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
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
}
