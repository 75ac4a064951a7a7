use leptos::prelude::*;

use super::copy_button::CopyButton;
use crate::preferences::lang;
use crate::words::FrameWords;

/// A command as it would be typed, with its copy button. Options never break
/// within themselves.
#[component]
pub fn Command(
    /// The command line.
    #[prop(into)]
    line: String,
    /// The key that copies it.
    #[prop(optional)]
    key: Option<&'static str>,
) -> impl IntoView {
    let words = tokens(&line)
        .map(|word| view! { <span>{word.to_owned()}</span>" " })
        .collect_view();
    view! {
        <div class="command" role="group" aria-label=FrameWords::of(lang()).command>
            <code>{words}</code>
            <CopyButton text=line key/>
        </div>
    }
    .into_any()
}

/// The words of a command line; a quoted stretch is one word.
fn tokens(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut quote = None;
        let end = rest
            .char_indices()
            .find(|&(_, c)| match (quote, c) {
                (None, '\'' | '"') => {
                    quote = Some(c);
                    false
                }
                (Some(open), c) => {
                    if c == open {
                        quote = None;
                    }
                    false
                }
                (None, c) => c.is_whitespace(),
            })
            .map_or(rest.len(), |(at, _)| at);
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_stretch_is_one_word() {
        let line = "kubectl patch svc cart -p '{\"a b\": 1}' --type=merge";
        let words: Vec<_> = tokens(line).collect();
        assert_eq!(
            words,
            [
                "kubectl",
                "patch",
                "svc",
                "cart",
                "-p",
                "'{\"a b\": 1}'",
                "--type=merge"
            ]
        );
        assert_eq!(tokens("a 'never closed b").count(), 2);
        assert_eq!(tokens("  ").count(), 0);
    }
}
