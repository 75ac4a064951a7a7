use std::io::ErrorKind;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::failure::interpret;
use super::open::{BUSY_TIMEOUT, known_version};
use crate::Error;

/// `application_id` of a Podside database, see migration 1.
pub(super) const APPLICATION_ID: i64 = 0x506f_6453;

/// A database up to this size is checked page by page before it is opened for
/// writing; in a larger one damage is found when it is met. 32 MiB take some
/// 50 ms, and hold tens of thousands of entries.
const CHECKED_UP_TO_BYTES: u64 = 32 * 1024 * 1024;

/// Looks at a database without changing it; gives whether there is one.
pub(super) async fn inspect(path: &Path) -> Result<bool, Error> {
    let unwritable = |why: String| Error::Unwritable {
        path: path.to_path_buf(),
        why,
    };
    let damaged = |what: &str| Error::Damaged {
        path: path.to_path_buf(),
        what: what.to_owned(),
    };
    let size = match std::fs::metadata(path) {
        // SQLite would write what is in the log into whatever comes in the file's place.
        Err(e) if e.kind() == ErrorKind::NotFound && has_beside(path, "-wal") => {
            return Err(damaged("the file is gone, but its -wal file is there"));
        }
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(unwritable(e.to_string())),
        Ok(file) if !file.is_file() => return Err(unwritable("it is not a file".to_owned())),
        Ok(file) => file.len(),
    };
    // Podside makes no empty file. SQLite would take it for a new database, and remove
    // the log beside it, which may hold all that is left.
    if size == 0 {
        return Err(damaged("it is empty (0 bytes), so it was cut off"));
    }
    // What a process that was killed has left half written can only be read after it was
    // taken back, and only who may write can do that.
    let mut connection = read_only(path)
        .read_only(!has_beside(path, "-journal"))
        .connect()
        .await
        .map_err(|e| interpret(path, e))?;
    let verdict = judge(path, size, &mut connection).await;
    // The verdict counts; a read-only connection that fails to close loses nothing.
    let _ = connection.close().await;
    verdict.map(|()| true)
}

/// A connection that changes nothing in the database.
pub(super) fn read_only(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

/// Whether there is a file with something in it beside a database, whose name ends so.
fn has_beside(path: &Path, end: &str) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push(end);
    std::fs::metadata(beside).is_ok_and(|file| file.len() > 0)
}

async fn judge(path: &Path, size: u64, connection: &mut SqliteConnection) -> Result<(), Error> {
    let damaged = |what: &str| Error::Damaged {
        path: path.to_path_buf(),
        what: what.to_owned(),
    };
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await
        .map_err(|e| interpret(path, e))?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *connection)
        .await
        .map_err(|e| interpret(path, e))?;
    if tables == 0 {
        return Ok(());
    }
    let recorded: bool = sqlx::query_scalar(
        "SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|e| interpret(path, e))?;
    let found: Option<i64> = if recorded {
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut *connection)
            .await
            .map_err(|e| interpret(path, e))?
    } else {
        None
    };
    // The first start may have ended between making the record and migration 1.
    let unfinished = recorded && found.is_none();
    if application != APPLICATION_ID && !unfinished {
        return Err(damaged("it is the database of another program"));
    }
    if let Some(found) = found
        && found > known_version()
    {
        return Err(Error::Newer {
            path: path.to_path_buf(),
            found,
            known: known_version(),
        });
    }
    if size <= CHECKED_UP_TO_BYTES {
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut *connection)
            .await
            .map_err(|e| interpret(path, e))?;
        if verdict != "ok" {
            return Err(damaged(&verdict));
        }
    }
    Ok(())
}
