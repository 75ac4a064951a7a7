use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::SqliteStore;
use super::create::{clear, create};
use super::failure::{interpret, interpret_migration};
use super::inspect::inspect;
use super::openings::Openings;
use crate::{Error, Wording};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// A statement waits so long for another process that holds the file.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A request waits so long in line for a connection. With [`BUSY_TIMEOUT`] it is less
/// than the 30 s that a request may take, so that who waits is told why.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);

/// Connections that read beside the one that writes.
const READERS: u32 = 4;

impl SqliteStore {
    /// Opens the database `podside.db` in a directory; makes both when they are not there.
    ///
    /// A database that is damaged, of another program or of a newer Podside is
    /// looked at through a read-only connection first and stays as it was.
    ///
    /// A search finds what messages were filled with; [`open_worded`](Self::open_worded)
    /// opens one that finds their sentences.
    pub async fn open(directory: &Path) -> Result<Self, Error> {
        Self::open_worded(directory, Wording::default()).await
    }

    /// As [`open`](Self::open), with how messages read to whoever searches for them. What was
    /// kept by a version that had no index is indexed before this returns.
    pub async fn open_worded(directory: &Path, wording: Wording) -> Result<Self, Error> {
        std::fs::create_dir_all(directory).map_err(|e| Error::Unwritable {
            path: directory.to_path_buf(),
            why: e.to_string(),
        })?;
        let path = database(directory);
        if !inspect(&path).await? {
            create(&path).await?;
        }
        clear(directory);

        let options = options(&path);
        let writer = pool(1)
            .after_release(|connection, _| Box::pin(is_in_no_transaction(connection)))
            .connect_with(options.clone())
            .await
            .map_err(|e| interpret(&path, e))?;
        MIGRATIONS
            .run(&writer)
            .await
            .map_err(|e| interpret_migration(&path, known_version(), e))?;
        let readers = pool(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(|e| interpret(&path, e))?;
        let store = Self {
            path,
            writer,
            readers,
            openings: Openings::default(),
            wording,
        };
        store.index_what_is_not().await?;
        Ok(store)
    }
}

/// The database file of a data directory.
pub(super) fn database(directory: &Path) -> PathBuf {
    directory.join("podside.db")
}

/// Connections to a file do not age, and while one is open the log needs not be made
/// anew, for which a full disk has no room.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Whether the pool may take a connection back; else it is closed, and the next write
/// opens another.
///
/// When a write fails, as on a full disk, SQLite itself ends the transaction. To sqlx it
/// is still open: its rollback fails, and so would each later BEGIN on this connection.
/// Every write comes by here, whether it was committed, failed or was given up midway.
async fn is_in_no_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // The rollback of what was given up is carried out before the answer to this.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
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
pub(super) fn known_version() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}
