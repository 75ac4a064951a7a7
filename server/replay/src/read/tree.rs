//! The files of a recording in memory, whether they lie in a directory or in
//! a compressed archive, within fixed bounds.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use serde_json::Value;

use super::{
    archive::{self, Unkept},
    budget::{Budget, Limit},
    cut::Document,
    objects::Objects,
};
use crate::error::{ReplayError, Result};

/// Whether a file is worth its memory, told by its name.
pub(crate) type Wanted = fn(&str) -> bool;

/// Relative paths with `/` and their content.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
    budget: Budget,
}

impl Tree {
    /// Read a directory or a tar archive, plain or compressed with gzip or zstd. Only files
    /// for which `wanted` says yes are kept; links are not followed, so that a
    /// bundle from a stranger reads nothing outside itself.
    pub(crate) fn read(path: &Path, wanted: Wanted) -> Result<Self> {
        let mut tree = Self::default();
        let about = fs::metadata(path).map_err(|source| ReplayError::Read {
            path: path.to_owned(),
            source,
        })?;
        if about.is_dir() {
            tree.read_directory(path, "", wanted)?;
        } else {
            archive::read(&mut tree, path, wanted)?;
        }
        Ok(tree)
    }

    /// Take out the JSON document of a file.
    pub(crate) fn json(&mut self, name: &str) -> Result<Option<Value>> {
        let Some(bytes) = self.files.remove(name) else {
            return Ok(None);
        };
        self.keep_values(name, &bytes)?;
        let value = serde_json::from_slice(&bytes).map_err(|e| ReplayError::json(name, 0, &e))?;
        self.budget.release(bytes.len() as u64);
        Ok(Some(value))
    }

    /// Take out the objects of a file; `None` where there is no such file.
    pub(super) fn objects(
        &mut self,
        name: &str,
        read: impl FnOnce(Document<'_>, &mut Budget) -> Result<Objects>,
    ) -> Result<Option<Objects>> {
        let Some(bytes) = self.files.remove(name) else {
            return Ok(None);
        };
        let document = Document::cut(name, &bytes, &mut self.budget)?;
        let objects = read(document, &mut self.budget)?;
        self.budget.release(bytes.len() as u64);
        Ok(Some(objects))
    }

    /// Take out a file with one JSON document a line, and give each to `take` with the
    /// number of its line; that tells how many bytes it keeps of it.
    pub(super) fn json_lines(
        &mut self,
        name: &str,
        mut take: impl FnMut(usize, Value) -> Result<u64>,
    ) -> Result<()> {
        let Some(bytes) = self.files.remove(name) else {
            return Ok(());
        };
        let beyond = |limit| ReplayError::too_large(name, limit);
        for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            Budget::weight(line, self.budget.left()).map_err(beyond)?;
            let value =
                serde_json::from_slice(line).map_err(|e| ReplayError::json(name, index, &e))?;
            let kept = take(index + 1, value)?;
            self.budget.keep(kept).map_err(beyond)?;
        }
        self.budget.release(bytes.len() as u64);
        Ok(())
    }

    /// Take out a log, of which what is no UTF-8 is replaced.
    pub(crate) fn log(&mut self, name: &str) -> Result<Option<Arc<str>>> {
        let Some(bytes) = self.files.remove(name) else {
            return Ok(None);
        };
        self.budget
            .keep_log(&bytes)
            .map_err(|limit| ReplayError::too_large(name, limit))?;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into(),
        };
        Ok(Some(text))
    }

    /// All names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Keep only what lies in folder `root` (ending in `/` or empty) and name it from there.
    pub(crate) fn enter(&mut self, root: &str) {
        if root.is_empty() {
            return;
        }
        let files = std::mem::take(&mut self.files);
        for (name, data) in files {
            match name.strip_prefix(root) {
                Some(name) => {
                    self.files.insert(name.to_owned(), data);
                }
                None => self.budget.release(data.len() as u64),
            }
        }
    }

    /// Add a file by hand; for packs and tests.
    pub(crate) fn insert(&mut self, name: String, data: Vec<u8>) {
        self.files.insert(name, data);
    }

    /// One more file or folder of this name is looked at.
    pub(super) fn look_at(&mut self, name: &str) -> Result<()> {
        self.budget.look_at(name).map_err(|limit| {
            let what = match limit {
                Limit::Entries => "it",
                _ => name.get(..80).unwrap_or(name),
            };
            ReplayError::too_large(what, limit)
        })
    }

    /// Read and keep a file that says to have so many bytes. Of two with one name the
    /// later one counts, as for tar.
    pub(super) fn read_file(
        &mut self,
        name: String,
        reader: impl Read,
        size: u64,
    ) -> std::result::Result<(), Unkept> {
        let (room, limit) = self.budget.room();
        let beyond = |limit| Unkept::Limit(ReplayError::too_large(&name, limit));
        if size > room {
            return Err(beyond(limit));
        }
        // As large as it says, so that it is not moved while it grows.
        let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let read = reader.take(room + 1).read_to_end(&mut data);
        let read = read.map_err(Unkept::Read)? as u64;
        if read > room {
            return Err(beyond(limit));
        }
        data.shrink_to_fit();
        self.budget
            .keep(read.saturating_add(name.len() as u64))
            .map_err(beyond)?;
        if let Some(before) = self.files.insert(name, data) {
            self.budget.release(before.len() as u64);
        }
        Ok(())
    }

    fn keep_values(&mut self, name: &str, text: &[u8]) -> Result<()> {
        self.budget
            .keep_values(text)
            .map_err(|limit| ReplayError::too_large(name, limit))
    }

    fn read_directory(&mut self, dir: &Path, prefix: &str, wanted: Wanted) -> Result<()> {
        let fail = |path: &Path, source: io::Error| ReplayError::Read {
            path: path.to_owned(),
            source,
        };
        for entry in fs::read_dir(dir).map_err(|e| fail(dir, e))? {
            let entry = entry.map_err(|e| fail(dir, e))?;
            let file_name = entry.file_name().into_string().ok();
            let name = file_name.map(|file_name| format!("{prefix}{file_name}"));
            self.look_at(name.as_deref().unwrap_or_default())?;
            let Some(name) = name else {
                continue;
            };
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| fail(&path, e))?;
            if kind.is_dir() {
                self.read_directory(&path, &format!("{name}/"), wanted)?;
            } else if kind.is_file() && wanted(&name) {
                let file = File::open(&path).map_err(|e| fail(&path, e))?;
                let size = file.metadata().map_err(|e| fail(&path, e))?.len();
                self.read_file(name, file, size)
                    .map_err(|error| match error {
                        Unkept::Limit(error) => error,
                        Unkept::Read(source) => fail(&path, source),
                    })?;
            }
        }
        Ok(())
    }
}
