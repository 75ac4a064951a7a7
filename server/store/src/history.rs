use jiff::Timestamp;
use podside_model::{InvestigationId, ObjectRef};

use crate::Entry;

/// Which past investigations to list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Words that must all occur, or begin a word that occurs, in what a reader sees of an
    /// investigation, in either language; at most eight count. With [`within`](Self::within)
    /// only in what names no object but the target.
    pub words: String,
    /// Only investigations on this cluster.
    pub cluster: Option<String>,
    /// Only investigations on this object.
    pub target: Option<ObjectRef>,
    /// Only investigations whose last conclusion is this cause, by its slug.
    pub cause: Option<String>,
    /// Only investigations whose target lies here; `None` for all.
    pub within: Option<Within>,
    /// Only investigations older than this one, for the next page.
    pub before: Option<InvestigationId>,
    /// At most so many rows; the store gives no more than 200.
    pub limit: u32,
}

impl Default for HistoryQuery {
    fn default() -> Self {
        Self {
            words: String::new(),
            cluster: None,
            target: None,
            cause: None,
            within: None,
            before: None,
            limit: 50,
        }
    }
}

/// The places whose investigations somebody may know of. By default none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within(Vec<(String, Option<String>)>);

impl Within {
    /// Adds a cluster with all of its namespaces and what lies in none.
    pub fn add_cluster(&mut self, cluster: impl Into<String>) {
        self.0.push((cluster.into(), None));
    }

    /// Adds a namespace of a cluster.
    pub fn add_namespace(&mut self, cluster: impl Into<String>, namespace: impl Into<String>) {
        self.0.push((cluster.into(), Some(namespace.into())));
    }

    /// Whether an object of a cluster lies here.
    pub fn holds(&self, cluster: &str, object: &ObjectRef) -> bool {
        self.0.iter().any(|(its, namespace)| {
            its == cluster
                && namespace
                    .as_ref()
                    .is_none_or(|namespace| object.namespace.as_ref() == Some(namespace))
        })
    }

    /// As a statement takes it: pairs of a cluster and a namespace, or of a cluster and null.
    pub(crate) fn json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// The investigation.
    pub id: InvestigationId,
    /// The id of the runbook that was followed.
    pub runbook: Option<String>,
    /// The cluster's name.
    pub cluster: String,
    /// What was looked at.
    pub target: ObjectRef,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// The cause that the last conclusion names; `None` without a conclusion, or if it is "nothing wrong".
    pub cause: Option<String>,
    /// The last conclusion, if there is one.
    pub conclusion: Option<Entry>,
    /// How many links show it as it was, and are neither revoked nor expired.
    pub frozen_links: u32,
    /// How many links show it as it goes on, and are neither revoked nor expired.
    pub live_links: u32,
}

/// What a span of history adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistorySummary {
    /// How many investigations were started in the span.
    pub investigations: u32,
    /// The causes that were found, most frequent first, at most 10.
    pub causes: Vec<CauseCount>,
    /// The median time from the start to the first conclusion that names a
    /// cause, in milliseconds; `None` if there was none.
    pub median_to_cause_ms: Option<i64>,
}

/// How often a cause was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseCount {
    /// The cause's slug.
    pub cause: String,
    /// In how many investigations.
    pub count: u32,
}
