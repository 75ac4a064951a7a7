use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChartHead, SharedPage};
use crate::{InvestigationId, ObjectRef, ProblemId, SecretKind};

/// How long a link may open, in days, in the order in which it is offered.
pub const SHARE_DAYS: [u32; 4] = [1, 7, 30, 90];

/// How long a link opens unless its maker says otherwise, in days.
pub const SHARE_DAYS_USUAL: u32 = 7;

/// What is shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareOf {
    /// An investigation.
    Investigation(InvestigationId),
    /// A problem, which is kept as an investigation when the link is made, and not before.
    Problem(ProblemId),
}

/// What a link would show, before it is made. Looking at it keeps nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What would be shared.
    pub of: ShareOf,
    /// The id of this form: sent twice, it makes one link.
    pub form: String,
    /// What was looked at, for the form to send along: the number of an investigation's
    /// last entry, or the fingerprint of a problem.
    pub seen: String,
    /// The page as a reader would see it, frozen now.
    pub preview: SharedPage,
    /// The question whose answer is awaited.
    pub open_question: Option<String>,
    /// How many links there are that open.
    pub open_links: usize,
}

/// The links to an investigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinksPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// The investigation.
    pub id: InvestigationId,
    /// Its title.
    pub title: String,
    /// What was looked at.
    pub target: ObjectRef,
    /// The links, newest first, revoked and expired ones too.
    pub links: Vec<ShareRow>,
}

/// A link that was just made, with what can be read this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLink {
    /// The link with its token: the store has its hash alone.
    pub url: String,
    /// Its number among the links.
    pub id: i64,
    /// The moment at which it stands still; `None` for a link that goes on.
    #[serde(default, with = "crate::moment::option")]
    pub frozen_at: Option<Timestamp>,
    /// From when on it is dead.
    #[serde(with = "crate::moment")]
    pub expires_at: Timestamp,
    /// How many values are hidden in what it shows.
    pub hidden: usize,
    /// How what it shows differs from what its maker looked at.
    pub since: Option<SinceSeen>,
}

/// How something changed between the look at it and the making of a link to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SinceSeen {
    /// The problem is found otherwise: the link shows it as it was found last.
    ProblemChanged,
    /// The investigation has so many more entries, which the frozen link does not show.
    MoreEntries(u32),
}

/// A link to an investigation. Its token is not part of it: nobody has it but who was given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareRow {
    /// Its number, for revoking.
    pub id: i64,
    /// Whether it goes on with the investigation.
    pub live: bool,
    /// Who shared.
    pub created_by: String,
    /// When.
    #[serde(with = "crate::moment")]
    pub created_at: Timestamp,
    /// From when on it is dead.
    #[serde(with = "crate::moment")]
    pub expires_at: Timestamp,
    /// When and by whom it was revoked.
    pub revoked: Option<Revoked>,
    /// Whether it still opens.
    pub open: bool,
    /// How often its page was opened.
    pub opened: u32,
    /// When last.
    #[serde(default, with = "crate::moment::option")]
    pub last_opened: Option<Timestamp>,
}

/// That a link was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// When.
    #[serde(with = "crate::moment")]
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// A value that a shared page does not show. Equal ones are one value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HiddenValue {
    /// One of a note.
    InNote {
        /// The number of the note's entry: within it values are numbered.
        seq: u32,
        /// What kind of secret it was.
        secret: SecretKind,
        /// Its number in the note.
        number: u32,
    },
    /// One of any other text, by what stands in its place: `password #1`.
    InText(String),
}
