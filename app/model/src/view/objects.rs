use serde::{Deserialize, Serialize};

use super::ChartHead;
use crate::{MissingRight, ObjectRef, ProblemId, Severity};

/// Which objects are asked for, and how they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectsAsk {
    /// The kind: by its name, its plural, its singular or a short name, with or without the
    /// group after a dot.
    pub kind: String,
    /// A label selector as kubectl's `-l` takes it; empty for all.
    pub labels: String,
    /// Words that must all stand in the row; empty for none.
    pub find: String,
    /// Whether only what is not well is shown.
    pub unwell: bool,
    /// The only stage of Pods that is shown, of those that are well; `None` for all.
    pub stage: Option<PodStage>,
    /// The only node whose Pods are shown; empty for all.
    pub node: String,
    /// The name of the column after which the rows are sorted, with a `-` before it for the
    /// largest first; empty for what is not well first.
    pub sort: String,
    /// Whether the columns of `kubectl get -o wide` are shown.
    pub wide: bool,
    /// How many rows are left out before the first one.
    pub from: usize,
}

impl ObjectsAsk {
    /// How many rows a page has.
    pub const ROWS: usize = 100;
    /// The longest text that is asked for, in characters: of a label selector, a search, or
    /// the name of a column.
    pub const LONGEST: usize = 400;
}

/// How far a Pod has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PodStage {
    /// It has yet to run.
    Starting,
    /// It runs.
    Running,
    /// It has ended.
    Ended,
}

/// The objects of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectsPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// What was asked for.
    pub ask: ObjectsAsk,
    /// The kind that is meant, where it is one.
    pub kind: Option<KindRow>,
    /// Kinds of the same name in other groups.
    pub also: Vec<KindRow>,
    /// The command that lists the same in a terminal.
    pub command: Option<String>,
    /// The objects, or why they are not shown.
    pub body: ObjectsBody,
}

/// The objects of one kind, or why they are not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectsBody {
    /// They were read.
    Listed(ObjectList),
    /// Several groups have a kind of that name.
    Ambiguous(Vec<KindRow>),
    /// The server has no such kind.
    NoKind {
        /// Kinds of nearly that name.
        near: Vec<KindRow>,
        /// Groups of which it cannot be told what they have.
        unread: Vec<UnreadGroup>,
    },
    /// The label selector is none; the text is the part that cannot be read.
    NoSelector(String),
    /// The API server refused.
    Denied(MissingRight),
    /// They could not be read; the text says what failed and why.
    Failed(String),
}

/// Objects in rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectList {
    /// The columns beside the namespace and the name.
    pub columns: Vec<ObjectColumn>,
    /// Whether there are columns that `wide` adds.
    pub has_wide: bool,
    /// The rows of this page.
    pub rows: Vec<ObjectRow>,
    /// How many objects there are.
    pub total: usize,
    /// Whether there are more than could be counted.
    pub is_cut: bool,
    /// How many of all are not well.
    pub unwell: usize,
    /// How many of those that are well are at each stage; empty for kinds other than Pods.
    pub stages: Vec<(PodStage, usize)>,
    /// The nodes on which there are any, by name; empty for kinds other than Pods.
    pub nodes: Vec<String>,
    /// How many match what is looked for.
    pub matching: usize,
    /// How many of those that match are not well; they come first where nothing else is
    /// sorted after.
    pub matching_unwell: usize,
    /// In how many namespaces they are.
    pub namespaces: usize,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectColumn {
    /// Its name, as kubectl has it.
    pub name: String,
    /// Whether its values are numbers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_number: bool,
}

/// An object as a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRow {
    /// The object.
    pub object: ObjectRef,
    /// What stands in the columns.
    pub cells: Vec<String>,
    /// What is not well with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwell: Option<Unwell>,
}

/// What is not well with an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwell {
    /// How much it breaks.
    pub severity: Severity,
    /// What is known of it.
    pub why: UnwellWhy,
}

/// Why an object is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnwellWhy {
    /// A problem on it, or one that breaks it.
    Problem {
        /// The problem.
        id: ProblemId,
        /// Its title.
        title: String,
    },
    /// No rule explains it; the text says how it is.
    Unexplained(String),
    /// The object says itself that it is not ready.
    NotReady,
}

/// A kind that the server has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindRow {
    /// The API's name of the kind.
    pub kind: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The version in which it is asked for.
    pub version: String,
    /// Its name in paths.
    pub plural: String,
    /// What people call it for short.
    pub short_names: Vec<String>,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
    /// How many there are at the place, where that is known.
    pub count: Option<usize>,
}

impl KindRow {
    /// The kind with its group, as addresses name it.
    pub fn kind_in_group(&self) -> String {
        if self.group.is_empty() {
            self.kind.clone()
        } else {
            format!("{}.{}", self.kind, self.group)
        }
    }

    /// `apiVersion` of its objects.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// A group of which it cannot be told what it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadGroup {
    /// The group.
    pub group: String,
    /// Why.
    pub why: String,
}

/// The kinds that the server has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindsPage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// The kinds, those of one group together.
    pub kinds: Vec<KindRow>,
    /// Groups of which it cannot be told what they have.
    pub unread: Vec<UnreadGroup>,
    /// The command that lists the same in a terminal.
    pub command: String,
}
