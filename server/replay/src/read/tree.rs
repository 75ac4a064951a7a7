//! The files of a recording in memory, whether they lie in a directory or in
//! a compressed archive, within fixed bounds.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::{Component, Path},
};

use crate::error::{ReplayError, Result};

/// Bytes that one file may have.
pub(crate) const MAX_FILE: u64 = 256 << 20;
/// Bytes that all files together may have, decompressed.
pub(crate) const MAX_TOTAL: u64 = 1 << 30;
/// How many files and folders are looked at.
const MAX_ENTRIES: usize = 100_000;
/// How deep folders are followed.
const MAX_DEPTH: usize = 16;

/// Relative paths with `/` and their content.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, Vec<u8>>,
    total: u64,
    entries: usize,
}

impl Tree {
    /// Read a directory or a tar archive, plain or compressed with gzip or zstd. Only files
    /// for which `wanted` says yes are kept; links are not followed, so that a
    /// bundle from a stranger reads nothing outside itself.
    pub(crate) fn read(path: &Path, wanted: fn(&str) -> bool) -> Result<Self> {
        let fail = |source| ReplayError::Read {
            path: path.to_owned(),
            source,
        };
        let mut tree = Self::default();
        if fs::metadata(path).map_err(fail)?.is_dir() {
            tree.read_directory(path, "", 0, wanted)?;
            return Ok(tree);
        }
        let mut file = BufReader::new(File::open(path).map_err(fail)?);
        // What an archive is says its beginning; names are often wrong.
        let head = file.fill_buf().map_err(fail)?;
        if head.starts_with(&[0x1f, 0x8b]) {
            tree.read_archive(path, flate2::bufread::MultiGzDecoder::new(file), wanted)?;
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            let decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(fail)?;
            tree.read_archive(path, decoder, wanted)?;
        } else if head.get(257..262) == Some(b"ustar".as_slice()) {
            tree.read_archive(path, file, wanted)?;
        } else {
            return Err(ReplayError::NotARecording {
                path: path.to_owned(),
                why: "it is neither a directory nor a tar archive, plain or compressed with gzip or zstd; a cluster-info dump is read when kubectl wrote it with --output-directory"
                    .to_owned(),
            });
        }
        Ok(tree)
    }

    /// Take a file out, so that its bytes can be freed once parsed.
    pub(crate) fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        self.files.remove(name)
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
        self.files = std::mem::take(&mut self.files)
            .into_iter()
            .filter_map(|(name, data)| name.strip_prefix(root).map(|n| (n.to_owned(), data)))
            .collect();
    }

    /// Add a file by hand; for packs and tests.
    pub(crate) fn insert(&mut self, name: String, data: Vec<u8>) {
        self.files.insert(name, data);
    }

    fn read_directory(
        &mut self,
        dir: &Path,
        prefix: &str,
        depth: usize,
        wanted: fn(&str) -> bool,
    ) -> Result<()> {
        let fail = |path: &Path, source| ReplayError::Read {
            path: path.to_owned(),
            source,
        };
        if depth > MAX_DEPTH {
            return Ok(());
        }
        for entry in fs::read_dir(dir).map_err(|e| fail(dir, e))? {
            let entry = entry.map_err(|e| fail(dir, e))?;
            self.count(&dir.to_string_lossy())?;
            let Ok(file_name) = entry.file_name().into_string() else {
                continue;
            };
            let name = format!("{prefix}{file_name}");
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| fail(&path, e))?;
            if kind.is_dir() {
                self.read_directory(&path, &format!("{name}/"), depth + 1, wanted)?;
            } else if kind.is_file() && wanted(&name) {
                let file = File::open(&path).map_err(|e| fail(&path, e))?;
                self.keep(name, file, &path)?;
            }
        }
        Ok(())
    }

    fn read_archive(
        &mut self,
        path: &Path,
        reader: impl Read,
        wanted: fn(&str) -> bool,
    ) -> Result<()> {
        let fail = |source| ReplayError::Read {
            path: path.to_owned(),
            source,
        };
        // Twice the kept bytes bound what is skipped: an archive bomb ends here.
        let bounded = reader.take(2 * MAX_TOTAL);
        let mut archive = tar::Archive::new(bounded);
        for entry in archive.entries().map_err(fail)? {
            let mut entry = entry.map_err(fail)?;
            self.count(&path.to_string_lossy())?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let Some(name) = entry.path().ok().and_then(|p| relative(&p)) else {
                continue;
            };
            if wanted(&name) {
                self.keep(name, &mut entry, path)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, what: &str) -> Result<()> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(ReplayError::TooLarge {
                what: what.to_owned(),
                limit: format!("{MAX_ENTRIES} files"),
            });
        }
        Ok(())
    }

    fn keep(&mut self, name: String, reader: impl Read, path: &Path) -> Result<()> {
        let room = MAX_FILE.min(MAX_TOTAL - self.total);
        let mut data = Vec::new();
        let read = reader
            .take(room + 1)
            .read_to_end(&mut data)
            .map_err(|source| ReplayError::Read {
                path: path.to_owned(),
                source,
            })? as u64;
        if read > room {
            return Err(ReplayError::TooLarge {
                what: name,
                limit: format!(
                    "{} MiB a file, {} MiB in all",
                    MAX_FILE >> 20,
                    MAX_TOTAL >> 20
                ),
            });
        }
        self.total += read;
        self.files.insert(name, data);
        Ok(())
    }
}

/// A path of plain names only, joined with `/`; `None` for one that climbs out.
fn relative(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(parts.join("/"))
}
