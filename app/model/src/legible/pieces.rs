use super::table::{Fate, fate, joins};

/// The longest SGR sequence that counts as one, in bytes: more than a true colour for
/// foreground and background need.
const LONGEST_COLOUR: usize = 48;

/// A piece of a foreign text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A character that is shown as it is.
    Plain(char),
    /// A character that is shown as its code point.
    Named(char),
    /// The parameters of an SGR sequence, `ESC [ … m` (ECMA-48, section 8.3.117): a
    /// colour, for those that draw it. It can do nothing else.
    Colour(&'a str),
}

/// The pieces of a foreign text, without what is left out of it.
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    rest: &'a str,
    /// The last character that was shown as it is, if it was the last at all.
    before: Option<char>,
}

impl<'a> Pieces<'a> {
    /// The pieces of `text`.
    pub fn of(text: &'a str) -> Self {
        Self {
            // The mark of a file's encoding is not part of its text.
            rest: text.trim_start_matches('\u{feff}'),
            before: None,
        }
    }

    fn named(&mut self, c: char) -> Piece<'a> {
        self.before = None;
        Piece::Named(c)
    }

    fn plain(&mut self, c: char) -> Piece<'a> {
        self.before = Some(c);
        Piece::Plain(c)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let mut chars = self.rest.chars();
            let c = chars.next()?;
            self.rest = chars.as_str();
            match fate(c) {
                Fate::Stays => return Some(self.plain(c)),
                Fate::Goes => {}
                Fate::Joins if joins(self.before, c, chars.next()) => return Some(self.plain(c)),
                Fate::Joins | Fate::Named => return Some(self.named(c)),
                Fate::Escapes => {
                    let (colour, rest) = sequence(self.rest);
                    self.rest = rest;
                    if let Some(colour) = colour {
                        return Some(Piece::Colour(colour));
                    }
                }
            }
        }
    }
}

/// Reads on after an escape: the parameters of the sequence if it is a colour, and what
/// comes after it. What cannot be part of a sequence ends it and is text again, so that
/// nobody can hide the rest of a text in one that does not end.
fn sequence(after: &str) -> (Option<&str>, &str) {
    if let Some(body) = after.strip_prefix('[') {
        return control_sequence(body);
    }
    if let Some(body) = after.strip_prefix([']', 'P', 'X', '^', '_']) {
        return (None, after_string(body));
    }
    // Intermediates and one final byte (ECMA-48, section 5.3; ECMA-35, section 13.2).
    let rest = after.trim_start_matches(|c| (' '..='/').contains(&c));
    let rest = rest.strip_prefix(|c| ('0'..='~').contains(&c));
    (None, rest.unwrap_or(after))
}

/// CSI: parameters and intermediates, then one final byte.
fn control_sequence(body: &str) -> (Option<&str>, &str) {
    let rest = body.trim_start_matches(|c| (' '..='?').contains(&c));
    let parameters = body.strip_suffix(rest).unwrap_or_default();
    let Some(after) = rest.strip_prefix(|c| ('@'..='~').contains(&c)) else {
        return (None, rest);
    };
    let is_colour = rest.starts_with('m')
        && parameters.len() <= LONGEST_COLOUR
        && parameters
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b';' | b':'));
    (is_colour.then_some(parameters), after)
}

/// What comes after a string of OSC, DCS, SOS, PM or APC, which ends with BEL or ST; all
/// of it when it does not end within its line.
fn after_string(body: &str) -> &str {
    let line = body.split('\n').next().unwrap_or_default();
    let ended = |end: &str| {
        let (string, _) = line.split_once(end)?;
        let length = string.len() + end.len();
        Some((length, body.get(length..)?))
    };
    ["\u{7}", "\u{1b}\\", "\u{9c}"]
        .into_iter()
        .filter_map(ended)
        .min_by_key(|(length, _)| *length)
        .map_or(body, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(text: &str) -> Vec<&str> {
        let pieces = Pieces::of(text);
        pieces
            .filter_map(|piece| match piece {
                Piece::Colour(parameters) => Some(parameters),
                _ => None,
            })
            .collect()
    }

    fn shown(text: &str) -> String {
        let pieces = Pieces::of(text);
        pieces
            .filter_map(|piece| match piece {
                Piece::Plain(c) => Some(c),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn only_what_colours_is_a_colour() {
        assert_eq!(
            colours("\u{1b}[1;31ma\u{1b}[m\u{1b}[38:2::1:2:3m"),
            ["1;31", "", "38:2::1:2:3"]
        );
        assert!(colours("\u{1b}[2J\u{1b}[?25l\u{1b}[>4m\u{1b}]0;t\u{7}").is_empty());
        assert!(colours(&format!("\u{1b}[{}m", "1;".repeat(500))).is_empty());
    }

    #[test]
    fn a_sequence_that_does_not_end_hides_nothing() {
        assert_eq!(shown("a\u{1b}"), "a");
        assert_eq!(shown("a\u{1b}[31"), "a");
        assert_eq!(shown("a\u{1b}[3日本"), "a日本");
        assert_eq!(shown("a\u{1b}]0;all of\nit"), "a0;all of\nit");
        assert_eq!(shown("a\u{1b}日"), "a日");
        assert_eq!(shown("a\u{1b}\nb"), "a\nb");
    }

    #[test]
    fn a_string_ends_with_the_first_of_its_ends() {
        assert_eq!(shown("a\u{1b}]8;;http://x\u{1b}\\b\u{7}c"), "abc");
        assert_eq!(shown("a\u{1b}Pq\u{9c}b\u{1b}\\c"), "abc");
    }
}
