use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection};

use super::SqliteStore;
use super::failure::interpret;
use super::inspect::{inspect, read_only};
use super::open::database;
use super::whole_file::WholeFile;
use crate::Error;

/// How the name of a backup begins that is not complete yet.
const UNFINISHED: &str = ".podside-backup-";

impl SqliteStore {
    /// Copies the database of a data directory into a file, as it stands at one moment,
    /// while others go on writing to it; gives the size in bytes. Only its owner may read
    /// the file, and it is there when it is complete and on the disk. A file that is there
    /// already is replaced only if `replace` says so.
    ///
    /// To go back to it: stop Podside, move `podside.db` and whatever begins with
    /// `podside.db-` out of the directory, and copy the file there as `podside.db`.
    pub async fn backup(directory: &Path, to: &Path, replace: bool) -> Result<u64, Error> {
        let path = database(directory);
        let unwritable = |why: String| Error::BackupUnwritable {
            path: to.to_path_buf(),
            why,
        };
        if !inspect(&path).await? {
            return Err(Error::NoDatabase { path });
        }
        let beside = place(to).map_err(unwritable)?;
        if is_part_of(&path, to, &beside) {
            return Err(unwritable("it is the database itself".to_owned()));
        }
        if !replace && std::fs::symlink_metadata(to).is_ok() {
            return Err(Error::BackupExists {
                path: to.to_path_buf(),
            });
        }
        let file = WholeFile::begin(&beside, UNFINISHED).map_err(|e| unwritable(e.to_string()))?;
        copy(&path, file.path(), unwritable).await?;
        let into = to.to_path_buf();
        // Flushing takes as long as the disk does.
        let put = tokio::task::spawn_blocking(move || {
            let bytes = std::fs::metadata(file.path())?.len();
            file.put(&into, replace)?;
            Ok::<_, std::io::Error>(bytes)
        });
        match put.await {
            Ok(Ok(bytes)) => Ok(bytes),
            // It has come since it was looked for.
            Ok(Err(e)) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(Error::BackupExists {
                    path: to.to_path_buf(),
                })
            }
            Ok(Err(e)) => Err(unwritable(e.to_string())),
            Err(e) => Err(unwritable(e.to_string())),
        }
    }
}

/// `VACUUM INTO` reads within one transaction and takes no lock that a writer would wait
/// for, <https://www.sqlite.org/lang_vacuum.html#vacuuminto>.
async fn copy(path: &Path, into: &Path, unwritable: impl Fn(String) -> Error) -> Result<(), Error> {
    let name = into
        .to_str()
        .ok_or_else(|| unwritable("its name is not UTF-8".to_owned()))?;
    let mut connection = read_only(path)
        .connect()
        .await
        .map_err(|e| interpret(path, e))?;
    let copied = sqlx::query("VACUUM INTO ?")
        .bind(name)
        .execute(&mut connection)
        .await;
    // What was read counts; a read-only connection that fails to close loses nothing.
    let _ = connection.close().await;
    match copied.map_err(|e| interpret(path, e)) {
        Ok(_) => Ok(()),
        // The database is only read, so what fails to be written is the backup.
        Err(Error::Full { .. }) => Err(unwritable("no space is left".to_owned())),
        Err(Error::Unwritable { why, .. }) => Err(unwritable(why)),
        Err(e) => Err(e),
    }
}

/// The directory in which a file is to be put.
fn place(file: &Path) -> Result<PathBuf, String> {
    if file.file_name().is_none() || file.is_dir() {
        return Err("it is a directory".to_owned());
    }
    let directory = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    directory
        .canonicalize()
        .map_err(|e| format!("{}: {e}", directory.display()))
}

/// Whether a file, whose directory is `beside`, is the database or its log.
fn is_part_of(database: &Path, file: &Path, beside: &Path) -> bool {
    let its_directory = database.parent().and_then(|it| it.canonicalize().ok());
    let names = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let (Some(its), Some(name)) = (names(database), names(file)) else {
        return false;
    };
    its_directory.as_deref() == Some(beside)
        && name
            .strip_prefix(&its)
            .is_some_and(|end| matches!(end, "" | "-wal" | "-shm" | "-journal"))
}
