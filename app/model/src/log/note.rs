use serde::{Deserialize, Serialize};

use super::{Cursor, LogSource};

/// Something said about the lines, at its place among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteFrame {
    /// The frame's place in the stream's sequence.
    pub seq: u64,
    /// What is said.
    #[serde(flatten)]
    pub note: LogNote,
}

/// What the stream says beside lines. Times are nanoseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
pub enum LogNote {
    /// The sources, in the order of their numbers. Sent first, and again in full when
    /// one joins; a number never changes its meaning within a stream.
    Sources {
        /// All sources so far.
        sources: Vec<LogSource>,
        /// Sources that were left out because a stream follows only so many.
        left_out: usize,
    },
    /// All that was stored has been sent; what follows is written now.
    Live,
    /// The connection to a source is lost and is being tried again. A [`LogNote::Gap`]
    /// follows when the log goes on.
    Lost {
        /// The source's number.
        source: u8,
        /// When.
        at: i64,
        /// What failed.
        said: String,
    },
    /// The stream was interrupted here.
    Gap(Gap),
    /// The container of a source was started again; what follows is the new instance's log.
    Restarted {
        /// The source's number.
        source: u8,
        /// When the new instance was noticed.
        at: i64,
        /// The exit code of the instance before, if the kubelet reports it.
        exit_code: Option<i32>,
        /// The new restart count.
        restarts: i32,
    },
    /// A source has no more lines.
    Ended {
        /// The source's number.
        source: u8,
        /// When that was noticed.
        at: i64,
        /// Why.
        why: EndWhy,
    },
    /// An event about a Pod that is followed.
    Event(LogEvent),
    /// The stream ends; the server says nothing after this.
    Closed {
        /// Why.
        why: EndWhy,
    },
}

/// An interruption of one source or of the whole stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The source's number; `None` when all were interrupted.
    pub source: Option<u8>,
    /// When the connection was lost.
    pub at: i64,
    /// How long it was away, in milliseconds.
    pub lasted_ms: u64,
    /// Lines that came a second time and were removed.
    pub removed: u64,
    /// Lines that were dropped and are counted.
    pub lost: u64,
    /// Whether lines may be missing that nobody counted. `false` when the last line
    /// before the gap was found again, for then everything after it was sent.
    pub maybe_missing: bool,
}

/// Why a source or a stream ends. The variants are what a page tells the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum EndWhy {
    /// Everything that is stored has been sent, and nobody follows.
    Complete,
    /// The container has terminated and will not be started again.
    Finished {
        /// Its exit code, if the kubelet reports it.
        exit_code: Option<i32>,
    },
    /// The Pod is gone.
    PodGone,
    /// There is no log: the container was not started.
    NoLog {
        /// What the API server or kubelet said.
        said: String,
    },
    /// The log of the instance before was asked for, and the container has had none.
    NoRunBefore,
    /// The right to read it is missing.
    Denied {
        /// What the API server said.
        said: String,
    },
    /// The cluster did not answer for as long as the stream is ready to wait.
    Unavailable {
        /// What failed, on what.
        said: String,
    },
    /// Podside itself is shutting down; the stream may be opened again.
    ShuttingDown,
}

/// An event of the cluster that stands between the lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// When it was last observed.
    pub at: i64,
    /// Whether the event's type is `Warning`.
    pub warning: bool,
    /// `reason`, such as `BackOff`.
    pub reason: String,
    /// The Pod it is about.
    pub pod: String,
    /// `message`, cleaned of control characters.
    pub message: String,
    /// How often it was observed.
    pub count: i32,
}

/// What the browser says, as JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "kebab-case")]
pub enum FromBrowser {
    /// The first message on every stream: what was read on a stream before.
    Start {
        /// One for each source that was read; empty on a first connection.
        resume: Vec<Cursor>,
        /// Milliseconds since the stream before was lost; 0 on a first connection.
        away_ms: u64,
    },
    /// All frames up to and including this one have been taken in.
    Ack {
        /// The frame's place in the sequence.
        seq: u64,
    },
}
