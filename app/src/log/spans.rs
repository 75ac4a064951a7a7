use super::{Display, Part};

/// A stretch of text that is drawn in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// How.
    pub part: Part,
    /// Whether it is a hit of the search.
    pub is_hit: bool,
    /// The text.
    pub text: String,
}

/// What a line shows, cut at the borders of its colours and of the hits, which are
/// byte ranges of [`Display::text`].
pub fn spans(display: &Display<'_>, hits: &[(usize, usize)]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut start = 0;
    for (part, text) in display.parts() {
        let end = start + text.len();
        let mut at = start;
        let mut push = |from: usize, to: usize, is_hit: bool| {
            if let Some(text) = text.get(from - start..to - start)
                && !text.is_empty()
            {
                spans.push(Span {
                    part,
                    is_hit,
                    text: text.to_owned(),
                });
            }
        };
        for (hit_start, hit_end) in hits {
            let (from, to) = ((*hit_start).clamp(at, end), (*hit_end).clamp(at, end));
            if from < to {
                push(at, from, false);
                push(from, to, true);
                at = to;
            }
        }
        push(at, end, false);
        start = end;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::super::Finder;
    use super::*;

    #[test]
    fn a_hit_across_colours_is_marked_in_each() {
        let display = Display::of("con\u{1b}[31mnection\u{1b}[0m lost");
        let hits = "connection".to_owned().hits(&display.text());
        let spans = spans(&display, &hits);
        let shown: Vec<_> = spans.iter().map(|s| (s.text.as_str(), s.is_hit)).collect();
        assert_eq!(shown, [("con", true), ("nection", true), (" lost", false)]);
    }

    #[test]
    fn hits_outside_of_the_text_are_passed_over() {
        let display = Display::of("日本");
        let shown: String = spans(&display, &[(1, 2), (5, 99)])
            .iter()
            .map(|s| s.text.as_str())
            .collect();
        assert!(shown.len() <= 6);
        assert_eq!(spans(&display, &[]).len(), 1);
    }
}
