use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether what is shown is the cluster as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Liveness {
    /// The kinds are being read for the first time.
    Loading {
        /// How many kinds have been read.
        read: usize,
        /// How many kinds there are to read.
        of: usize,
        /// The kind that is being read.
        kind: String,
    },
    /// Every watch is connected.
    Live {
        /// When the newest fact was observed.
        #[serde(with = "crate::moment")]
        at: Timestamp,
    },
    /// The connection is lost; what is shown is old.
    NotLive {
        /// Since when; `None` when the cluster has not answered at all.
        #[serde(default, with = "crate::moment::option")]
        since: Option<Timestamp>,
        /// What failed, on what address; empty when it is Podside that the browser does
        /// not hear of.
        error: String,
        /// How many times it was tried since.
        tries: u32,
        /// When it is tried again.
        #[serde(default, with = "crate::moment::option")]
        next_try: Option<Timestamp>,
    },
}
