use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Lang, Liveness};

/// The band on top of every page of the portal: where one is, and how fresh what
/// one sees is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartHead {
    /// The names of the clusters that can be chosen, in order.
    pub clusters: Vec<String>,
    /// The chosen cluster.
    pub cluster: String,
    /// The namespaces that can be chosen, in order. Empty while they are not known.
    pub namespaces: Vec<String>,
    /// The chosen namespace; `None` for all.
    pub namespace: Option<String>,
    /// How fresh the facts are.
    pub liveness: Liveness,
    /// The server's clock when it rendered, from which ages are counted.
    #[serde(with = "crate::moment")]
    pub now: Timestamp,
    /// The language that the texts are in.
    pub lang: Lang,
}
