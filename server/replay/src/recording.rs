//! A recording in memory: what a cluster answered, between two moments.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;

use crate::{error::Result, practice, read};

/// One container's log. Lines begin with an RFC 3339 time and a space, as the
/// API gives them with `timestamps=true`.
#[derive(Debug, Clone, Default)]
pub struct ContainerLog {
    /// The log of the last run of the container.
    pub current: Option<Arc<str>>,
    /// The log of the run before.
    pub previous: Option<Arc<str>>,
}

/// Whose log: namespace, Pod, container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogKey {
    /// The Pod's namespace.
    pub namespace: String,
    /// The Pod's name.
    pub pod: String,
    /// The container's name, of any container kind.
    pub container: String,
}

/// One recorded event of a watch stream.
#[derive(Debug, Clone)]
pub struct Change {
    /// Milliseconds since the recording began.
    pub at_ms: u64,
    /// `ADDED`, `MODIFIED` or `DELETED`.
    pub kind: ChangeKind,
    /// The whole object as the stream gave it.
    pub object: Arc<Value>,
}

/// What a watch says happened (<https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The object is new.
    Added,
    /// The object changed.
    Modified,
    /// The object is gone.
    Deleted,
}

impl ChangeKind {
    /// The word in the stream.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
        }
    }
}

/// A command that was run in a container while recording, and its answer.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// The Pod's namespace.
    pub namespace: String,
    /// The Pod's name.
    pub pod: String,
    /// The container it ran in.
    pub container: String,
    /// The command, word by word.
    pub command: Vec<String>,
    /// What it wrote.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// Its exit code.
    pub exit_code: i32,
    /// How long it took, in milliseconds; 0 where it was not noted.
    pub took_ms: u64,
}

/// What a cluster answered between two moments: objects, events, changes, logs.
#[derive(Debug, Clone)]
pub struct Recording {
    pub(crate) name: String,
    pub(crate) objects: Vec<Arc<Value>>,
    pub(crate) changes: Vec<Change>,
    pub(crate) logs: BTreeMap<LogKey, ContainerLog>,
    pub(crate) transcripts: Vec<Transcript>,
    pub(crate) truth: Option<Arc<Value>>,
    pub(crate) version: Option<Arc<Value>>,
    pub(crate) not_recorded: Vec<String>,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Timestamp,
}

impl Recording {
    /// Read a recording: a directory, or a `.tar`, `.tar.gz`, `.tgz` or
    /// `.tar.zst` of one. Files that are not there are not needed, except
    /// `objects.json`; a file that is there and broken is an error that names it.
    pub fn open(path: &Path) -> Result<Self> {
        read::open(path)
    }

    /// The recording at `path` or, where nothing is there, the practice
    /// scenario of that name.
    pub fn find(path: &Path) -> Result<Self> {
        let scenario = path.to_str().filter(|_| !path.exists());
        let known = match scenario {
            Some(id) => practice::scenarios()?.iter().any(|s| s.id == id),
            None => false,
        };
        match scenario.filter(|_| known) {
            Some(id) => practice::open(id),
            None => Self::open(path),
        }
    }

    /// A recording of what was read from a cluster. `objects` is the state at
    /// `ended_at`, `changes` what a watch told since `started_at`, both as the
    /// API gave them; each object has its `apiVersion` and `kind`.
    pub fn new(
        name: &str,
        started_at: Timestamp,
        ended_at: Timestamp,
        objects: Vec<Arc<Value>>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            objects,
            changes: Vec::new(),
            logs: BTreeMap::new(),
            transcripts: Vec::new(),
            truth: None,
            version: None,
            not_recorded: Vec::new(),
            started_at,
            ended_at: ended_at.max(started_at),
        }
    }

    /// With these changes; they are put into time order.
    #[must_use]
    pub fn with_changes(mut self, mut changes: Vec<Change>) -> Self {
        changes.sort_by_key(|c| c.at_ms);
        self.changes = changes;
        self
    }

    /// With these logs.
    #[must_use]
    pub fn with_logs(mut self, logs: BTreeMap<LogKey, ContainerLog>) -> Self {
        self.logs = logs;
        self
    }

    /// With these commands that were run in containers.
    #[must_use]
    pub fn with_transcripts(mut self, transcripts: Vec<Transcript>) -> Self {
        self.transcripts = transcripts;
        self
    }

    /// Without these resources, named as `secrets` or `ingresses.networking.k8s.io`:
    /// they could not be read, so that nobody takes them for empty.
    #[must_use]
    pub fn without(mut self, resources: Vec<String>) -> Self {
        self.not_recorded = resources;
        self
    }

    /// With what the API server answered at `/version`.
    #[must_use]
    pub fn with_version(mut self, version: Value) -> Self {
        self.version = Some(Arc::new(version));
        self
    }

    /// What the recording is called: its folder's or archive's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every object at the end of the recording, events among them.
    pub fn objects(&self) -> &[Arc<Value>] {
        &self.objects
    }

    /// The watch streams, in time order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The logs by container.
    pub fn logs(&self) -> &BTreeMap<LogKey, ContainerLog> {
        &self.logs
    }

    /// The commands that were run in containers.
    pub fn transcripts(&self) -> &[Transcript] {
        &self.transcripts
    }

    /// What is really wrong, where somebody wrote it down (`truth.json`).
    pub fn truth(&self) -> Option<&Value> {
        self.truth.as_deref()
    }

    /// When the recording began, on the recorded cluster's clock.
    pub fn recorded_start(&self) -> Timestamp {
        self.started_at
    }

    /// When the recording ended, on the recorded cluster's clock: the "now" to
    /// judge its objects by.
    pub fn recorded_end(&self) -> Timestamp {
        self.ended_at
    }

    /// The namespaces it has objects of, sorted.
    pub fn namespaces(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .objects
            .iter()
            .filter_map(|o| o.pointer("/metadata/namespace")?.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
