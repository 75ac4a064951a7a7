use leptos::prelude::*;

/// Longest word that is kept on one line.
const LONGEST: usize = 40;

/// A sentence in which the names of objects do not break at their hyphens.
#[component]
pub fn Prose(
    /// The sentence.
    text: String,
) -> impl IntoView {
    pieces(&text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Name(name) => view! { <span class="name">{name.to_owned()}</span> }.into_any(),
            Piece::Words(words) => words.to_owned().into_any(),
        })
        .collect_view()
        .into_any()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// A word that must not break.
    Name(&'a str),
    /// The rest, spaces included.
    Words(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut words = 0;
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if bare.contains('-') && bare.chars().count() <= LONGEST {
            pieces.extend(
                text.get(words..at)
                    .filter(|w| !w.is_empty())
                    .map(Piece::Words),
            );
            pieces.push(Piece::Name(bare));
            words = at + bare.len();
        }
        at += word.len();
    }
    pieces.extend(
        text.get(words..)
            .filter(|w| !w.is_empty())
            .map(Piece::Words),
    );
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_hyphens_are_names_and_nothing_is_lost() {
        assert_eq!(
            pieces("class fast-ssd, so é"),
            [
                Piece::Words("class "),
                Piece::Name("fast-ssd,"),
                Piece::Words(" so é")
            ]
        );
        for text in ["", " ", "a-b", "a-b c-d", "データ data-0 を待つ", "-"] {
            let whole: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Name(text) | Piece::Words(text) => text,
                })
                .collect();
            assert_eq!(whole, text);
        }
    }
}
