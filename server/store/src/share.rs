use jiff::Timestamp;
use podside_model::InvestigationId;

use crate::{Investigation, NewEntry, NewInvestigation, ShareForm};

/// A link to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewShare {
    /// The form that asks for it. One form makes one link.
    pub form: ShareForm,
    /// What it shows.
    pub of: ToShare,
    /// How much of it.
    pub scope: ShareScope,
    /// Who shares.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// From when on the link is dead.
    pub expires_at: Timestamp,
}

/// What a link is to show.
#[derive(Debug, Clone, PartialEq)]
pub enum ToShare {
    /// An investigation that is kept.
    Kept(InvestigationId),
    /// One that is kept together with the link to it, or not at all.
    New(Box<NewInvestigation>, Vec<NewEntry>),
}

/// How much of an investigation a link shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareScope {
    /// The investigation as it stands, up to and with the entry of this number.
    Frozen(u32),
    /// The investigation as it goes on.
    Live,
}

/// A link as those who may revoke it see it. The token is not part of it: nobody has it but who was given it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its number, for revoking.
    pub id: i64,
    /// What it shows.
    pub investigation: InvestigationId,
    /// How much of it.
    pub scope: ShareScope,
    /// Who shared.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// From when on the link is dead.
    pub expires_at: Timestamp,
    /// When and by whom it was revoked.
    pub revoked: Option<(Timestamp, String)>,
    /// When it was first seen expired. From then on it is dead, also where the clock was
    /// set back since.
    pub ended: Option<Timestamp>,
    /// How often it was opened.
    pub opened: u32,
    /// When it was opened last.
    pub last_opened: Option<Timestamp>,
}

impl Share {
    /// Whether the link opens at this moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.ended.is_none() && self.expires_at > now
    }
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The link itself.
    pub share: Share,
    /// The investigation, cut off after the last entry that the link shows.
    pub investigation: Investigation,
}
