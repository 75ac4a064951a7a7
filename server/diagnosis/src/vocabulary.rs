//! The vocabulary of root causes, `causes.tsv`: each with its area, and the more general cause
//! that it refines.

use std::sync::LazyLock;

/// One cause of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is about, such as `image`.
    pub area: &'static str,
    /// Its slug.
    pub slug: &'static str,
    /// The cause of which it is a special case, so that it is told instead.
    pub refines: Option<&'static str>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    include_str!("../causes.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        // The first line names the columns.
        .skip(1)
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some(Entry {
                area: columns.next()?,
                slug: columns.next()?,
                refines: columns.nth(1).filter(|general| !general.is_empty()),
            })
        })
        .collect()
});

/// Every cause, in the order of the file.
pub fn all() -> &'static [Entry] {
    &ENTRIES
}

/// Whether a slug is a cause.
pub fn is_cause(slug: &str) -> bool {
    find(slug).is_some()
}

/// Whether a cause is a special case of any other.
pub(crate) fn is_special(cause: &str) -> bool {
    find(cause).is_some_and(|entry| entry.refines.is_some())
}

/// Whether a cause is a special case of another, directly or through one between them.
pub fn refines(special: &str, general: &str) -> bool {
    // No chain is as long as the vocabulary, whatever it refers to.
    let mut at = special;
    for _ in 0..ENTRIES.len() {
        match find(at).and_then(|entry| entry.refines) {
            Some(next) if next == general => return true,
            Some(next) => at = next,
            None => return false,
        }
    }
    false
}

fn find(slug: &str) -> Option<Entry> {
    ENTRIES.iter().copied().find(|entry| entry.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refined_is_in_the_vocabulary_and_nothing_refines_itself() {
        assert!(all().len() > 100);
        for entry in all() {
            if let Some(general) = entry.refines {
                assert!(is_cause(general), "{} refines {general}", entry.slug);
                assert!(!refines(entry.slug, entry.slug), "{}", entry.slug);
                assert!(refines(entry.slug, general) && !refines(general, entry.slug));
            }
        }
    }

    #[test]
    fn a_cause_is_one_of_the_vocabulary() {
        assert!(is_cause("image-not-found"));
        assert!(!is_cause("cause") && !is_cause(""));
        assert!(refines("image-platform-missing", "image-not-found"));
        assert!(!refines("image-not-found", "image-unauthorized"));
    }
}
