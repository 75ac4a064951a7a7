//! The words of a message by which it is known again.
//!
//! A Pod's hash, an address, a count and a time differ between what was pasted and what the
//! cluster says, so they are no words.

use std::ops::Range;

/// The most words of one text that are looked at.
const MOST: usize = 400;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The word in small letters.
    pub(super) text: String,
    /// Where it stands in the text, in bytes.
    pub(super) at: Range<usize>,
    /// Whether it is written as what programs name: `ImagePullBackOff`, `DATABASE_URL`.
    pub(super) is_term: bool,
}

/// The words of a text in their order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_alphanumeric() || c == '_') {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                start = None;
                let word = text.get(from..at).unwrap_or_default();
                if tells(word) {
                    words.push(Word {
                        text: word.to_lowercase(),
                        at: from..at,
                        is_term: is_term(word),
                    });
                }
                if words.len() == MOST {
                    break;
                }
            }
            _ => {}
        }
    }
    words
}

/// Whether a word is the same wherever the same thing is said.
fn tells(word: &str) -> bool {
    let has_digit = word.bytes().any(|b| b.is_ascii_digit());
    let is_ascii = word.is_ascii();
    let is_code = |at: usize| is_ascii && word.len() >= at;
    // What has digits among its letters is a hash, a version, a unit or a time.
    if has_digit && is_code(1) && !word.contains('_') {
        return false;
    }
    if is_ascii && word.len() < 2 {
        return false;
    }
    !is_generated(word)
}

/// Whether the API server made the word up as the end of a name: it takes letters that make
/// no words (`k8s.io/apimachinery/pkg/util/rand`).
pub(super) fn is_generated(word: &str) -> bool {
    matches!(word.len(), 5 | 8..=10)
        && word
            .bytes()
            .all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(&b))
}

fn is_term(word: &str) -> bool {
    let joined = word.contains('_');
    let humps = word
        .chars()
        .zip(word.chars().skip(1))
        .filter(|(one, next)| one.is_lowercase() && next.is_uppercase())
        .count();
    word.len() >= 6 && (joined || humps > 0 || word.chars().all(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn hashes_addresses_and_times_are_no_words() {
        assert_eq!(
            texts(
                "2026-11-30T08:00:01Z Failed to pull cart-7d9f8c6b54-xkzqp at 10.0.0.7:5000 (x4)"
            ),
            ["failed", "to", "pull", "cart", "at"]
        );
        assert_eq!(texts("イメージを pull"), ["イメージを", "pull"]);
        assert!(words("ImagePullBackOff")[0].is_term);
        assert!(!words("failed")[0].is_term);
    }

    #[test]
    fn a_text_of_any_length_has_few_words() {
        assert_eq!(words(&"word ".repeat(1_000_000)).len(), MOST);
    }
}
