use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::NamedObject;
use crate::view::{SHARE_DAYS, SHARE_DAYS_USUAL};
use crate::{Cause, InvestigationId};

/// Makes a link to an investigation.
///
/// `Seen` is what its sender looked at: the number of an investigation's last entry, or the
/// fingerprint of a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkForm<Seen = u32> {
    /// The id of this form: sent twice, it makes one link.
    pub form: String,
    /// What its sender looked at.
    pub seen: Seen,
    /// Whether the link stands still or goes on.
    #[serde(default)]
    pub scope: LinkScope,
    /// How long it opens.
    #[serde(default)]
    pub days: LinkDays,
}

/// Keeps a problem as it is found, and makes a link to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemLinkForm {
    /// The cluster that the problem is on; `None` for the first one.
    pub cluster: Option<String>,
    /// The namespace that its sender looked at.
    pub namespace: Option<String>,
    /// The cause.
    #[serde(deserialize_with = "slug")]
    pub cause: Cause,
    /// The object that a person must change.
    pub subject: NamedObject,
    /// The container of it, where one is at fault.
    pub container: Option<String>,
    /// The link.
    #[serde(flatten)]
    pub link: LinkForm<String>,
}

/// Makes a link dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationForm {
    /// The investigation that the link shows, whose links are listed then.
    pub investigation: Option<InvestigationId>,
}

/// Whether a link stands still or goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkScope {
    /// It shows what there is when it is made.
    #[default]
    Frozen,
    /// It shows what comes later, too.
    Live,
}

impl LinkScope {
    /// The word that the form sends.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::Live => "live",
        }
    }
}

/// For how many days a link opens: one of [`SHARE_DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkDays(u32);

impl LinkDays {
    /// How many they are.
    pub const fn days(self) -> u32 {
        self.0
    }
}

impl Default for LinkDays {
    fn default() -> Self {
        Self(SHARE_DAYS_USUAL)
    }
}

impl TryFrom<String> for LinkDays {
    type Error = NotOffered;

    fn try_from(days: String) -> Result<Self, Self::Error> {
        let days = days.parse().ok().filter(|days| SHARE_DAYS.contains(days));
        days.map(Self).ok_or(NotOffered)
    }
}

impl From<LinkDays> for String {
    fn from(days: LinkDays) -> Self {
        days.0.to_string()
    }
}

/// The text is no number of days for which a link may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOffered;

impl fmt::Display for NotOffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a link opens for one of {SHARE_DAYS:?} days")
    }
}

impl std::error::Error for NotOffered {}

/// A cause that comes from outside must be a slug, whether it is known or not.
fn slug<'de, D: Deserializer<'de>>(from: D) -> Result<Cause, D::Error> {
    let slug = String::deserialize(from)?;
    Cause::parse(&slug).ok_or_else(|| D::Error::custom("a cause is a slug"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_for_one_of_the_spans_that_are_offered() {
        for days in SHARE_DAYS {
            let read = LinkDays::try_from(days.to_string());
            assert_eq!(read.map(LinkDays::days), Ok(days));
        }
        for wrong in ["0", "91", "x", "-7", ""] {
            assert_eq!(LinkDays::try_from(wrong.to_owned()), Err(NotOffered));
        }
        assert_eq!(LinkDays::default().days(), SHARE_DAYS_USUAL);
    }

    #[test]
    fn the_words_of_a_scope_are_those_that_are_read() {
        for scope in [LinkScope::Frozen, LinkScope::Live] {
            let word = serde_json::to_value(scope).unwrap();
            assert_eq!(word, scope.as_str());
        }
    }
}
