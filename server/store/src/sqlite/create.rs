use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};

use super::failure::interpret;
use super::inspect::APPLICATION_ID;
use super::whole_file::WholeFile;
use crate::Error;

/// How the name of a database begins that is not in its place yet.
const UNFINISHED: &str = ".podside.db-";

/// Makes the file of a new database, without any table. It is never there without its
/// first page, not even when the process is killed meanwhile: an empty file is one that
/// was cut off.
pub(super) async fn create(path: &Path) -> Result<(), Error> {
    match begin(path).await {
        // Another Podside was faster on the same directory.
        Err(_) if path.exists() => Ok(()),
        made => made,
    }
}

async fn begin(path: &Path) -> Result<(), Error> {
    let unwritable = |e: std::io::Error| Error::Unwritable {
        path: path.to_path_buf(),
        why: e.to_string(),
    };
    let directory = path.parent().unwrap_or(path);
    let file = WholeFile::begin(directory, UNFINISHED).map_err(unwritable)?;
    // With the journal that it will have: a change of it needs the other kind of journal.
    let connection = SqliteConnectOptions::new()
        .filename(file.path())
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("application_id", APPLICATION_ID.to_string())
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|e| interpret(path, e))?;
    connection.close().await.map_err(|e| interpret(path, e))?;
    file.put(path, false).map_err(unwritable)
}

/// Removes what a process that was killed has left of [`create`]. Once there is a database
/// nobody needs it; what cannot be removed is in nobody's way.
pub(super) fn clear(directory: &Path) {
    let Ok(files) = std::fs::read_dir(directory) else {
        return;
    };
    for file in files.flatten() {
        if file.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}
