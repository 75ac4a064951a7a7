use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::SqliteStore;
use super::failure::{interpret, interpret_migration};
use super::openings::Openings;
use crate::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// `application_id` of a Podside database, see migration 1.
const APPLICATION_ID: i64 = 0x506f_6453;

/// A statement waits so long for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A request waits so long for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections that read beside the one that writes.
const READERS: u32 = 4;

/// A database up to this size is checked page by page before it is opened for
/// writing; in a larger one damage is found when it is met. 32 MiB take some
/// 50 ms, and hold tens of thousands of entries.
const CHECKED_UP_TO_BYTES: u64 = 32 * 1024 * 1024;

impl SqliteStore {
    /// Opens the database `podside.db` in a directory; makes both when they are not there.
    ///
    /// A database that is damaged, of another program or of a newer Podside is
    /// looked at through a read-only connection first and stays as it was.
    pub async fn open(directory: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(directory).map_err(|e| Error::Unwritable {
            path: directory.to_path_buf(),
            why: e.to_string(),
        })?;
        let path = directory.join("podside.db");
        inspect(&path).await?;
        for_its_owner(&path)?;

        let options = options(&path);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.clone().create_if_missing(true))
            .await
            .map_err(|e| interpret(&path, e))?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|e| interpret_migration(&path, known_version(), e))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.read_only(true))
            .await
            .map_err(|e| interpret(&path, e))?;
        Ok(Self {
            path,
            writer,
            readers,
            openings: Openings::default(),
        })
    }
}

/// Makes the file, when it is not there, so that only its owner may read it: what
/// clusters said is in it. SQLite gives its log the same rights.
fn for_its_owner(path: &Path) -> Result<(), Error> {
    let mut make = std::fs::OpenOptions::new();
    make.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut make, 0o600);
    match make.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(Error::Unwritable {
            path: path.to_path_buf(),
            why: error.to_string(),
        }),
        _ => Ok(()),
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        // A statement's text is not worth a log line, and its values may be private.
        .disable_statement_logging()
}

/// The highest schema version that this program knows.
fn known_version() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}

/// Looks at an existing database without changing it.
async fn inspect(path: &PathBuf) -> Result<(), Error> {
    let size = match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => {
            return Err(Error::Unwritable {
                path: path.clone(),
                why: e.to_string(),
            });
        }
        Ok(file) if !file.is_file() => {
            return Err(Error::Unwritable {
                path: path.clone(),
                why: "it is not a file".to_owned(),
            });
        }
        Ok(file) => file.len(),
    };
    // SQLite itself makes an empty file before the first write.
    if size == 0 {
        return Ok(());
    }
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
        .connect()
        .await
        .map_err(|e| interpret(path, e))?;
    let verdict = judge(path, size, &mut connection).await;
    // The verdict counts; a read-only connection that fails to close loses nothing.
    let _ = connection.close().await;
    verdict
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
