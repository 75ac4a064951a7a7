//! Japanese text out of a folded YAML scalar.

/// Marks beside which no space stands.
const MARKS: [char; 10] = ['、', '。', '「', '」', '（', '）', '？', '！', '・', '：'];

/// The text without the spaces that YAML puts in the place of its line breaks: words of
/// Japanese are not set apart. A space between Japanese and Latin letters stays.
pub(super) fn unfolded(text: &str) -> String {
    let mut unfolded = String::with_capacity(text.len());
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let sides = (unfolded.chars().next_back(), chars.peek().copied());
        let is_gap = c == ' '
            && match sides {
                (Some(left), Some(right)) => {
                    MARKS.contains(&left)
                        || MARKS.contains(&right)
                        || !(left.is_ascii() || right.is_ascii())
                }
                _ => false,
            };
        if !is_gap {
            unfolded.push(c);
        }
    }
    unfolded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_spaces_between_japanese_characters_go() {
        assert_eq!(
            unfolded(
                " 確認した後です。 失われた node から の確認は、 Pod にも {pod} にも 来ません。\n"
            ),
            "確認した後です。失われた node からの確認は、Pod にも {pod} にも来ません。"
        );
        assert_eq!(unfolded(""), "");
    }

    #[test]
    fn no_built_in_runbook_has_a_gap() {
        for built_in in crate::runbook::built_in() {
            for step in &built_in.runbook.steps {
                assert_eq!(unfolded(&step.why.ja), step.why.ja, "{}", step.id);
            }
        }
    }
}
