use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ObjectRef, Severity};

/// Something to begin with on a page on which nothing is chosen yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// What runs: a Pod or what makes Pods, so that it has a log and a runbook.
    pub object: ObjectRef,
    /// Why one would begin with it.
    pub why: WhyBegin,
}

/// Why one would begin with an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyBegin {
    /// It is the subject of a problem, or the first of what that breaks.
    Problem {
        /// How bad it is.
        severity: Severity,
        /// The problem's title.
        title: String,
    },
    /// It is not well, and no rule says why.
    Unexplained {
        /// What is not well.
        what: String,
    },
    /// A container of it was restarted a short while ago.
    Restarted {
        /// How often the containers were restarted that were so lately.
        times: u32,
        /// When the last of them ended.
        #[serde(with = "crate::moment")]
        last: Timestamp,
    },
}
