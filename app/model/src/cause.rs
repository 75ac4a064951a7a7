use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One entry of the fixed vocabulary of root causes, such as `image-not-found`.
///
/// The vocabulary itself (`causes.tsv`) belongs to the diagnosis; here a cause is
/// its slug, so that an investigation stored by a newer version can still be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cause(Cow<'static, str>);

impl Cause {
    /// A cause whose slug is known when Podside is built.
    pub const fn known(slug: &'static str) -> Self {
        Self(Cow::Borrowed(slug))
    }

    /// A cause read from a request or a file. Only lower-case letters, digits and
    /// hyphens, at most 64 of them, make a slug; anything else is `None`.
    pub fn parse(slug: &str) -> Option<Self> {
        let fits = !slug.is_empty()
            && slug.len() <= 64
            && slug
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self(Cow::Owned(slug.to_owned())))
    }

    /// The slug, as it stands in `causes.tsv`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_letters_digits_and_hyphens() {
        assert!(Cause::parse("image-not-found").is_some());
        for wrong in ["", "Image", "a b", "../x", "a\n", &"a".repeat(65)] {
            assert!(Cause::parse(wrong).is_none(), "{wrong:?}");
        }
    }
}
