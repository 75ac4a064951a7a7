use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::TempPath;

/// A file that appears in its place whole or not at all: it is written under another
/// name beside it. Dropped before [`Self::put`], it is removed.
pub(super) struct WholeFile(TempPath);

impl WholeFile {
    /// An empty file in a directory, which only its owner may read: what clusters said
    /// comes into it. Nothing holds it open, as SQLite's locks end with any handle that
    /// the process closes. Its name begins with `prefix`.
    pub(super) fn begin(directory: &Path, prefix: &str) -> io::Result<Self> {
        let file = tempfile::Builder::new()
            .prefix(prefix)
            .tempfile_in(directory)?;
        Ok(Self(file.into_temp_path()))
    }

    /// Where it is for the time being.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Puts it in its place once its content is on the disk. `AlreadyExists` if there is
    /// a file and `replace` does not say that it may go.
    pub(super) fn put(self, place: &Path, replace: bool) -> io::Result<()> {
        File::options().write(true).open(&self.0)?.sync_all()?;
        if replace {
            self.0.persist(place)?;
        } else {
            self.0.persist_noclobber(place)?;
        }
        sync_directory(place)
    }
}

/// A new name is on the disk when its directory is.
#[cfg(unix)]
fn sync_directory(of: &Path) -> io::Result<()> {
    of.parent()
        .map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

/// Other systems let no program flush a directory.
#[cfg(not(unix))]
fn sync_directory(_of: &Path) -> io::Result<()> {
    Ok(())
}
