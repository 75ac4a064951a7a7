use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChartHead, Secrets};
use crate::{MissingRight, ObjectRef, Problem, Severity, Strip, Unexplained, Unsettled};

/// Which view of an object is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceView {
    /// What `kubectl describe` shows.
    #[default]
    Overview,
    /// Its events.
    Events {
        /// What is done with what looks like a secret in their messages.
        secrets: Secrets,
    },
    /// The last lines of its containers' logs.
    Logs {
        /// What is done with what looks like a secret in them.
        secrets: Secrets,
    },
    /// The object as YAML.
    Yaml {
        /// The JSON Pointer (RFC 6901) whose lines are marked.
        path: Option<String>,
    },
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcePage {
    /// Where and how fresh.
    pub head: ChartHead,
    /// The object.
    pub object: ObjectRef,
    /// Its owners, the topmost first.
    pub owners: Vec<ObjectRef>,
    /// The problems on it or on its owners, worst first.
    pub problems: Vec<Problem<String>>,
    /// What the fix of each of these changes: its subject, or another object such as one that
    /// is missing.
    pub changes: Vec<ObjectRef>,
    /// The problems of other objects that break this one, worst first.
    pub affected_by: Vec<Problem<String>>,
    /// What no rule explains about it, its owners, or what it is not well with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unexplained: Option<Unexplained<String>>,
    /// Until when it, or what it is not well with, is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<Unsettled<String>>,
    /// How many events it has, where they could be read.
    pub events: Option<usize>,
    /// The command that shows the same in a terminal.
    pub command: String,
    /// The view that was asked for.
    pub body: ResourceBody,
}

/// One view of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceBody {
    /// What `kubectl describe` shows, in its order.
    Overview {
        /// The sections.
        sections: Vec<Section>,
        /// The newest events, at most as many as fit below them.
        events: Reading<Vec<EventRow>>,
    },
    /// All events, the newest first.
    Events {
        /// The events.
        events: Reading<Vec<EventRow>>,
    },
    /// The last lines of its containers' logs.
    Logs {
        /// One for each container that has one; empty for an object without any.
        logs: Vec<LogTail>,
    },
    /// The object as YAML.
    Yaml {
        /// The text, lines ended by `\n`.
        text: String,
        /// First and last line to mark, counted from 1.
        marked: Option<(usize, usize)>,
    },
}

/// Some lines of an object as YAML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The number of the first line in the whole, from 1.
    pub first: usize,
    /// The lines, ended by `\n`.
    pub text: String,
    /// First and last line to mark, counted from 1 in the whole.
    pub marked: (usize, usize),
}

/// Something that was to be read from the cluster. What could not be read is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading<T> {
    /// It was read.
    Read(T),
    /// The API server refused.
    Denied(MissingRight),
    /// It could not be read; the text says what failed and why.
    Failed(String),
}

/// One section of an overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its title in `kubectl describe`'s English, such as `Container`.
    pub title: String,
    /// The thing that it is about, such as the container's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it holds.
    pub content: Content,
}

/// What a section holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Labels and their values.
    Rows(Vec<Row>),
    /// Conditions of the object.
    Conditions(Vec<Condition>),
    /// A table.
    Table {
        /// The heads of its columns.
        head: Vec<String>,
        /// Its rows; each cell holds values in line.
        rows: Vec<Vec<Vec<Value>>>,
    },
    /// A part of the object as YAML, for kinds that have no table of their own.
    Yaml(String),
}

/// A label and its values in line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The label, in `kubectl describe`'s English.
    pub label: String,
    /// Whether it belongs to the row above.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nested: bool,
    /// The values; none is shown as "none".
    pub values: Vec<Value>,
}

/// A value as it is to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Words.
    Text(String),
    /// A name, path, quantity or other word of the cluster.
    Mono(String),
    /// Words of less weight.
    Quiet(String),
    /// The word that matters in the row.
    Strong(String),
    /// `key=value` of a label, selector or annotation.
    Label(String),
    /// Another object.
    Object(ObjectRef),
    /// A moment.
    #[serde(with = "crate::moment")]
    Moment(Timestamp),
    /// A state with its mark, where it belongs to a problem.
    State(Severity, String),
    /// What was observed over time.
    Strip(Strip),
}

/// A condition of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Its type, such as `Ready`.
    pub name: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// What the status means.
    pub health: Health,
    /// The machine's word for why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The sentence for why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Since when.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::moment::option"
    )]
    pub since: Option<Timestamp>,
}

/// What the status of a condition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It is as it should be.
    Well,
    /// It is not, and belongs to a problem.
    Broken,
    /// Nobody can tell.
    Unknown,
    /// It is neither good nor bad by itself.
    Plain,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Whether its type is `Warning`.
    pub warning: bool,
    /// Its reason.
    pub reason: String,
    /// Its message, verbatim.
    pub message: String,
    /// How often it was seen.
    pub count: u32,
    /// When it was first seen.
    #[serde(default, with = "crate::moment::option")]
    pub first: Option<Timestamp>,
    /// When it was last seen.
    #[serde(default, with = "crate::moment::option")]
    pub last: Option<Timestamp>,
}

/// The last lines of one container's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTail {
    /// The Pod and its container.
    pub container: ObjectRef,
    /// Whether these are of the instance before the last restart.
    pub previous: bool,
    /// The lines, the oldest first, without their ends.
    pub lines: Reading<Vec<String>>,
}
