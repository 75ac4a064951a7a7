use jiff::Timestamp;
use podside_model::InvestigationId;

/// The number of something that Podside creates in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreationId(pub i64);

impl std::fmt::Display for CreationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Something that is about to be created in a cluster: a Pod of Podside's own, or a container
/// that is added to a Pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCreation {
    /// The cluster's name as the portal shows it.
    pub cluster: String,
    /// The Pod's namespace.
    pub namespace: String,
    /// The Pod's name.
    pub pod: String,
    /// The container that is added; `None` when the Pod itself is created.
    pub container: Option<String>,
    /// The Pod's uid, where the Pod is there already.
    pub uid: Option<String>,
    /// Who has it created.
    pub creator: String,
    /// The investigation that it is of.
    pub investigation: Option<InvestigationId>,
    /// When it is about to be created.
    pub created_at: Timestamp,
    /// When it is taken away.
    pub deadline: Timestamp,
}

/// How far something is that Podside creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreationState {
    /// It was about to be created. Whether it was is not known.
    Intended,
    /// It is there.
    There,
    /// It was asked to go, and is still there.
    Going,
    /// A container that could not be ended: it stays until its Pod goes.
    Stays,
    /// It is not there any more, or never was; of a container, it has ended.
    Gone,
}

/// Something that Podside creates, or created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// Its number.
    pub id: CreationId,
    /// What was meant, with the uid as soon as it is known.
    pub made: NewCreation,
    /// How far it is.
    pub state: CreationState,
    /// Whether its investigation has concluded since it was about to be created, and nobody
    /// has gone back.
    pub investigation_ended: bool,
    /// When the cluster was last asked about it.
    pub looked_at: Option<Timestamp>,
    /// What kept it from being created or from going, in words.
    pub error: Option<String>,
    /// Since when it is known to be gone.
    pub gone_at: Option<Timestamp>,
}

impl Creation {
    /// Whether it should not be there any more.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.made.deadline <= now || self.investigation_ended
    }
}

/// What became of something that Podside creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreationNote {
    /// It is there; the Pod has this uid.
    There {
        /// `metadata.uid` of the Pod.
        uid: String,
    },
    /// It was asked to go, and is still there.
    Going,
    /// The cluster was asked, and nothing changed, for this reason.
    Unchanged(String),
    /// It is a container that stays until its Pod goes, for this reason.
    Stays(String),
    /// It is not there any more. For one that could not be created, why.
    Gone(Option<String>),
}
