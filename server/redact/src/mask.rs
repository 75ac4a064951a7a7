//! A text with what is hidden already left out, so that nothing is hidden twice.

use std::borrow::Cow;
use std::ops::Range;

/// What a hidden part is for a search: a character that is in no name and no token.
const FILLER: char = '\u{1f}';

/// A text in which each hidden part is one character.
pub(crate) struct Mask<'a> {
    text: Cow<'a, str>,
    cuts: Vec<Cut>,
}

/// Where a hidden part was cut out.
struct Cut {
    /// The place of the filler in the masked text.
    at: usize,
    /// Where the original goes on.
    after: usize,
}

impl<'a> Mask<'a> {
    /// `hidden` are parts of the text, in order, none within another.
    pub(crate) fn of(text: &'a str, hidden: &[Range<usize>]) -> Self {
        if hidden.is_empty() {
            return Self {
                text: Cow::Borrowed(text),
                cuts: Vec::new(),
            };
        }
        let mut masked = String::with_capacity(text.len());
        let mut cuts = Vec::with_capacity(hidden.len());
        let mut at = 0;
        for range in hidden {
            masked.push_str(text.get(at..range.start).unwrap_or_default());
            cuts.push(Cut {
                at: masked.len(),
                after: range.end,
            });
            masked.push(FILLER);
            at = range.end;
        }
        masked.push_str(text.get(at..).unwrap_or_default());
        Self {
            text: Cow::Owned(masked),
            cuts,
        }
    }

    /// What is searched.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The parts of the original that a range of the masked text stands for, without
    /// hidden ones and without those that are punctuation only.
    pub(crate) fn original(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.cuts.partition_point(|cut| cut.at < range.start);
        let last = self.cuts.partition_point(|cut| cut.at < range.end);
        let within = self.cuts.get(first..last).unwrap_or_default();
        let starts = std::iter::once(range.start).chain(within.iter().map(|cut| cut.at + 1));
        let ends = within
            .iter()
            .map(|cut| cut.at)
            .chain(std::iter::once(range.end));
        let offset = move |piece: usize| match (first + piece)
            .checked_sub(1)
            .and_then(|at| self.cuts.get(at))
        {
            Some(cut) => (cut.at + 1, cut.after),
            None => (0, 0),
        };
        starts
            .zip(ends)
            .enumerate()
            .filter(|(_, (start, end))| {
                let piece = self.text.get(*start..*end).unwrap_or_default();
                piece.chars().any(char::is_alphanumeric)
            })
            .map(move |(piece, (start, end))| {
                let (masked, original) = offset(piece);
                start - masked + original..end - masked + original
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lead_back_to_the_original_around_what_is_hidden() {
        let text = "ab[1]cd[2]ef";
        let mask = Mask::of(text, &[2..5, 7..10]);
        assert_eq!(mask.text(), "ab\u{1f}cd\u{1f}ef");
        let pieces = |range| mask.original(range).map(|r| &text[r]).collect::<Vec<_>>();
        assert_eq!(pieces(0..8), ["ab", "cd", "ef"]);
        assert_eq!(pieces(1..4), ["b", "c"]);
        assert_eq!(pieces(3..5), ["cd"]);
        assert_eq!(pieces(2..3), [""; 0]);
        assert_eq!(pieces(7..8), ["f"]);
    }
}
