//! The data directory, named by one flag for every command that works on it.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use directories::ProjectDirs;

use crate::error::Error;

// A doc comment here would become that of the command that takes the flag.
#[derive(Args, Debug)]
pub(crate) struct Data {
    /// Directory for investigations and shares; the platform's by default
    #[arg(long, value_name = "DIR", env = "PODSIDE_DATA")]
    data: Option<PathBuf>,
}

impl Data {
    /// Where the data directory is, or would be.
    pub(crate) fn directory(&self) -> Result<PathBuf, Error> {
        match &self.data {
            Some(path) => Ok(path.clone()),
            None => Ok(ProjectDirs::from("", "", "podside")
                .ok_or(Error::NoDataDirectory)?
                .data_dir()
                .to_owned()),
        }
    }

    /// The data directory, made when it is not there, and tried by writing to it.
    pub(crate) fn writable_directory(&self) -> Result<PathBuf, Error> {
        let path = self.directory()?;
        try_writing(&path).map_err(|source| Error::DataDirectory {
            path: path.clone(),
            source,
        })?;
        Ok(path)
    }
}

/// Makes `directory`, readable for its owner alone, and writes a file that is
/// removed again.
fn try_writing(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    let probe = directory.join(format!(".writable-{}", std::process::id()));
    let written = std::fs::write(&probe, b"podside");
    // On a full disk the file is made all the same, and only its content is not.
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(path: &Path) -> Data {
        Data {
            data: Some(path.to_owned()),
        }
    }

    #[test]
    fn a_file_in_place_of_the_data_directory_is_an_error_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = named(file.path()).writable_directory().unwrap_err();
        assert!(
            error.to_string().contains(&*file.path().to_string_lossy()),
            "{error}"
        );
    }

    #[test]
    fn the_data_directory_is_made_for_its_owner_alone_and_left_empty() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        assert_eq!(named(&path).writable_directory().unwrap(), path);
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }
}
