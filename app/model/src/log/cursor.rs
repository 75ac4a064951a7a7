use serde::{Deserialize, Serialize};

use super::SourceId;

/// How far one source has been read, so that a new connection goes on exactly there.
///
/// The API server resumes a log by whole seconds (`sinceTime` of
/// [PodLogOptions](https://kubernetes.io/docs/reference/kubernetes-api/core/pod-v1/#get-read-log-of-the-specified-pod))
/// and so sends lines again; timestamps may repeat, and may run a little backwards
/// where stdout and stderr are written at once. Hence a floor below which all was read,
/// and the single times above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which source.
    #[serde(flatten)]
    pub source: SourceId,
    /// Nanoseconds since 1970; every line earlier than this was read, or is not wanted.
    pub floor: i64,
    /// The times at or above the floor of which lines were read, rising.
    pub seen: Vec<SeenTime>,
}

/// A time of which lines were read: nanoseconds since 1970, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTime(pub i64, pub u32);

impl Cursor {
    /// Times that a cursor lists at most. Older ones go below the floor.
    pub const MAX_SEEN: usize = 128;
}
