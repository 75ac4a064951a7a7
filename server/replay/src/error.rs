//! What can go wrong with a recording, as decisions a caller takes.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::read::Limit;

/// Why a recording could not be read, merged or served.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The path cannot be opened or read: check that it exists and is readable.
    #[error("cannot read {}: {source}; name a directory or an archive of a recording", path.display())]
    Read {
        /// The file or directory that failed.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The path is readable but holds no recording that is known here.
    #[error("{} is not a recording: {why}", path.display())]
    NotARecording {
        /// The path that was given.
        path: PathBuf,
        /// What was looked for and not found.
        why: String,
    },
    /// A file of the recording is broken; nothing of the recording is used.
    #[error("the recording {} is broken: {}: {what}; nothing of it is used", recording.display(), place(file, *line, *column))]
    Malformed {
        /// The recording.
        recording: PathBuf,
        /// The file inside the recording.
        file: String,
        /// Line of the fault, from 1; 0 when the whole file is at fault.
        line: usize,
        /// Column of the fault, from 1; 0 when it is not known.
        column: usize,
        /// What is wrong there.
        what: String,
    },
    /// The recording goes beyond a limit that protects this process.
    #[error("the recording {} is not read: {file} {limit}", recording.display())]
    TooLarge {
        /// The recording.
        recording: PathBuf,
        /// The file inside the recording, or "it" for the whole.
        file: String,
        /// The limit.
        limit: Limit,
    },
    /// Two recordings cannot be one cluster.
    #[error(
        "{first} and {second} cannot be served as one cluster: {what}; serve them one at a time"
    )]
    Conflict {
        /// The recording that came first.
        first: String,
        /// The recording that disagrees with it.
        second: String,
        /// The object both have, differently.
        what: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the operating system answered.
        source: io::Error,
    },
    /// There is no practice scenario of this name.
    #[error("there is no practice scenario \"{id}\"")]
    UnknownScenario {
        /// The name that was asked for.
        id: String,
    },
    /// A recording could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or directory that failed.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, ReplayError>;

/// Where in a file a fault is, as far as it is known.
fn place(file: &str, line: usize, column: usize) -> String {
    match (line, column) {
        (0, _) => file.to_owned(),
        (line, 0) => format!("{file}, line {line}"),
        (line, column) => format!("{file}, line {line}, column {column}"),
    }
}

impl ReplayError {
    /// The same fault, said of this recording.
    #[must_use]
    pub(crate) fn of(mut self, path: &Path) -> Self {
        if let Self::Malformed { recording, .. } | Self::TooLarge { recording, .. } = &mut self {
            path.clone_into(recording);
        }
        self
    }

    /// A JSON fault at the place serde_json reports, `first_line` lines into `file`.
    pub(crate) fn json(file: &str, first_line: usize, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self::Malformed {
            recording: PathBuf::new(),
            file: file.to_owned(),
            line: error.line() + first_line,
            column: error.column(),
            what,
        }
    }

    /// A JSON fault in a part of `file` that begins after `before`.
    pub(crate) fn json_after(file: &str, before: &[u8], error: &serde_json::Error) -> Self {
        let lines = before.split(|byte| *byte == b'\n');
        let (count, last) = lines.fold((0, 0), |(count, _), line| (count + 1, line.len()));
        let mut fault = Self::json(file, count - 1, error);
        if let (Self::Malformed { column, .. }, 1) = (&mut fault, error.line()) {
            *column += last;
        }
        fault
    }

    /// A file that goes beyond a limit.
    pub(crate) fn too_large(file: &str, limit: Limit) -> Self {
        Self::TooLarge {
            recording: PathBuf::new(),
            file: file.to_owned(),
            limit,
        }
    }

    /// A fault of a whole file.
    pub(crate) fn whole(file: &str, what: impl Into<String>) -> Self {
        Self::Malformed {
            recording: PathBuf::new(),
            file: file.to_owned(),
            line: 0,
            column: 0,
            what: what.into(),
        }
    }
}
