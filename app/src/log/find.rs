/// Finds what a reader looks for. The pattern itself may be JavaScript's, so only the
/// browser has that one.
pub trait Finder {
    /// The hits in a text: byte ranges, rising, not empty, not overlapping.
    fn hits(&self, text: &str) -> Vec<(usize, usize)>;

    /// Whether there is a hit.
    fn is_in(&self, text: &str) -> bool {
        !self.hits(text).is_empty()
    }
}

/// A plain text, found whatever the case of its ASCII letters.
impl Finder for String {
    fn hits(&self, text: &str) -> Vec<(usize, usize)> {
        let mut hits = Vec::new();
        let mut from = 0;
        while let Some(at) = find_ignoring_case(text, self, from) {
            hits.push((at, at + self.len()));
            from = at + self.len();
        }
        hits
    }

    fn is_in(&self, text: &str) -> bool {
        find_ignoring_case(text, self, 0).is_some()
    }
}

/// The byte at which `wanted` stands in `text` at or after `from`, whatever the case
/// of ASCII letters; `None` for an empty text.
pub fn find_ignoring_case(text: &str, wanted: &str, from: usize) -> Option<usize> {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let first = *wanted.first()?;
    let last = text.len().checked_sub(wanted.len())?;
    let cases = [first.to_ascii_lowercase(), first.to_ascii_uppercase()];
    let mut at = from;
    while at <= last {
        // The first byte sorts out nearly all places.
        let rest = text.get(at..=last)?;
        at += rest.iter().position(|byte| cases.contains(byte))?;
        let here = text.get(at..at + wanted.len())?;
        if here.eq_ignore_ascii_case(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_found_whatever_its_case() {
        let wanted = "Refused".to_owned();
        assert_eq!(wanted.hits("refused, REFUSED, re-fused"), [(0, 7), (9, 16)]);
        assert_eq!("日本".to_owned().hits("a日本b"), [(1, 7)]);
        assert!(String::new().hits("abc").is_empty());
        assert!("abcd".to_owned().hits("abc").is_empty());
    }

    proptest! {
        #[test]
        fn hits_are_where_the_text_stands(text in "[aAbB日]{0,40}", wanted in "[aAbB日]{1,3}") {
            for (start, end) in wanted.hits(&text) {
                prop_assert!(text.get(start..end).unwrap().eq_ignore_ascii_case(&wanted));
            }
            let expected = text.to_ascii_lowercase().contains(&wanted.to_ascii_lowercase());
            prop_assert_eq!(wanted.is_in(&text), expected);
        }
    }
}
