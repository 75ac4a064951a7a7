use leptos::prelude::*;
use podside_model::SecretKind;

use super::{Prose, hidden};

/// What the numbered token of a hidden value begins and ends with:
/// `[hidden: password #1]`.
const OPENS: &str = "[hidden: ";
const CLOSES: char = ']';

/// Words of the cluster, with a block in the place of each value that is hidden.
pub(crate) fn quoted(text: &str) -> AnyView {
    quoted_with(text, |words| words.to_owned().into_any())
}

/// A sentence as [`Prose`] draws it, with such blocks. The front page, which loads little,
/// has the tokens as they are.
pub(crate) fn quoted_prose(text: &str) -> AnyView {
    quoted_with(text, |words| {
        let text = words.to_owned();
        view! { <Prose text/> }.into_any()
    })
}

/// As [`quoted`], with the words between drawn by `words`.
fn quoted_with(text: &str, words: impl Fn(&str) -> AnyView) -> AnyView {
    if !text.contains(OPENS) {
        return words(text);
    }
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(text) => words(text),
            Piece::Hidden(secret, number) => hidden(secret, number),
        })
        .collect_view()
        .into_any()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Hidden(SecretKind, u32),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    // What only begins like a token stays words.
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|rest| rest.find(OPENS)) {
        let (before, token) = rest.split_at(from + at);
        let Some((secret, number, after)) = token_of(token) else {
            from += at + OPENS.len();
            continue;
        };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        pieces.push(Piece::Hidden(secret, number));
        (rest, from) = (after, 0);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// The token that a text begins with, and what follows it.
fn token_of(text: &str) -> Option<(SecretKind, u32, &str)> {
    let (inside, after) = text.strip_prefix(OPENS)?.split_once(CLOSES)?;
    let (kind, number) = inside.split_once(" #")?;
    Some((SecretKind::parse(kind)?, number.parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_block_and_all_else_stays_words() {
        use Piece::{Hidden, Words};
        for (text, expected) in [
            ("plain", vec![Words("plain")]),
            (
                "a [hidden: password #1] b",
                vec![Words("a "), Hidden(SecretKind::Password, 1), Words(" b")],
            ),
            (
                "[hidden: bearer-token #12][hidden: nothing #1",
                vec![
                    Hidden(SecretKind::BearerToken, 12),
                    Words("[hidden: nothing #1"),
                ],
            ),
            (
                "[hidden: é] [hidden: private-key #2]",
                vec![Words("[hidden: é] "), Hidden(SecretKind::PrivateKey, 2)],
            ),
        ] {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }
}
