//! The key of the tags that stand in the place of hidden values.
//!
//! It is kept beside the database, so that what an investigation hid before a restart and
//! after it has one number where it is one value.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// The file within the data directory.
const FILE: &str = "redaction.key";

/// How many bytes a key has.
const BYTES: usize = 32;

/// Uses the key of a data directory; makes one where there is none. Without it the tags are
/// of this process alone, which costs no more than equal numbers after a restart.
pub(crate) fn use_key_of(data: &Path) {
    let key = match key(&data.join(FILE)) {
        Ok(key) => key,
        Err(error) => {
            tracing::warn!(%error, data = %data.display(), "the key of hidden values cannot be kept");
            return;
        }
    };
    if let Err(error) = podside_redact::set_key(key) {
        tracing::warn!(%error, "the key of hidden values is another one");
    }
}

fn key(path: &Path) -> io::Result<[u8; BYTES]> {
    match std::fs::File::open(path) {
        Ok(mut file) => {
            let mut key = [0; BYTES];
            file.read_exact(&mut key)?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        Err(error) => Err(error),
    }
}

fn make(path: &Path) -> io::Result<[u8; BYTES]> {
    let mut key = [0; BYTES];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    // Written beside and then linked to its name: a key that is there is whole, and of two
    // who start at once the second takes the first one's.
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut begun = tempfile::NamedTempFile::new_in(directory)?;
    begun.write_all(&key)?;
    begun.as_file().sync_all()?;
    match begun.persist_noclobber(path) {
        Ok(_) => Ok(key),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            std::fs::File::open(path)?.read_exact(&mut key)?;
            Ok(key)
        }
        Err(error) => Err(error.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(FILE);
        let first = key(&path).unwrap();
        assert_ne!(first, [0; BYTES]);
        assert_eq!(key(&path).unwrap(), first);
        assert_eq!(make(&path).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_that_was_cut_off_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(FILE);
        std::fs::write(&path, b"short").unwrap();
        assert!(key(&path).is_err());
    }
}
