use serde::{Deserialize, Serialize};

/// How much a problem breaks. Ordered worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something does not work for its users now.
    Critical,
    /// Something will not work, or works less than it was meant to.
    Warning,
    /// Worth knowing; nothing is broken by it.
    Info,
}

impl Severity {
    /// The word that the interfaces use: `critical`, `warning`, `info`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// How sure the diagnosis is of a cause. Ordered surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// The evidence proves it.
    Certain,
    /// The evidence speaks for it; the text says what would settle it.
    Likely,
}
