use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ChartHead;
use crate::{InvestigationId, MissingRight, ObjectRef};

/// What Podside created in clusters and is still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftoversPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What is left, newest first; what was found by its label after what is known.
    pub rows: Vec<Leftover>,
    /// Where in the cluster of the head it was looked for Pods that nobody knows.
    pub looked: LookedFor,
    /// The right with which all such Pods would be found, where it is missing.
    pub lacks: Option<MissingRight>,
    /// Whether there are more than are shown.
    pub more: bool,
    /// Why nothing can be removed from here, in the reader's language; `None` where it can.
    pub locked: Option<String>,
}

/// Where it was looked for Pods with Podside's label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookedFor {
    /// In the whole cluster.
    Everywhere,
    /// In these namespaces.
    In(Vec<String>),
    /// Nowhere, for this reason.
    Nowhere(String),
}

/// One thing that is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// Its number; `None` for a Pod that was found by its label.
    pub id: Option<i64>,
    /// The cluster's name.
    pub cluster: String,
    /// The Pod, with the container where one was added to it.
    pub object: ObjectRef,
    /// The Pod's uid, as soon as it is known.
    pub uid: Option<String>,
    /// Who had it created; `None` where it does not say so.
    pub creator: Option<String>,
    /// The investigation that it is of.
    pub investigation: Option<InvestigationId>,
    /// When it was created.
    #[serde(default, with = "crate::moment::option")]
    pub created_at: Option<Timestamp>,
    /// When it is taken away.
    #[serde(default, with = "crate::moment::option")]
    pub deadline: Option<Timestamp>,
    /// How far it is.
    pub state: LeftoverState,
    /// What keeps it from going, in the cluster's own words.
    pub said: Option<String>,
    /// What removes it by hand.
    pub kubectl: String,
}

/// How far something is that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftoverState {
    /// It was about to be created. Whether it was is not known.
    Intended,
    /// It is there.
    There,
    /// It was asked to go.
    Going,
    /// It is a container that stays until its Pod goes.
    Stays,
    /// It is a Pod with Podside's label that this Podside does not know.
    Found,
}
