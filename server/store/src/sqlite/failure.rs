use std::path::Path;

use sqlx::migrate::MigrateError;

use super::SqliteStore;
use crate::Error;

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const NOTADB: i32 = 26;
}

impl SqliteStore {
    pub(super) fn failed(&self, source: sqlx::Error) -> Error {
        interpret(&self.path, source)
    }

    /// A row says what the schema or this program's own writes rule out.
    pub(super) fn damaged(&self, what: impl Into<String>) -> Error {
        Error::Damaged {
            path: self.path.clone(),
            what: what.into(),
        }
    }
}

/// What a driver's error means for the caller.
pub(super) fn interpret(path: &Path, source: sqlx::Error) -> Error {
    let path = path.to_path_buf();
    match &source {
        sqlx::Error::Database(e) => {
            let why = e.message().to_owned();
            match e
                .code()
                .and_then(|c| c.parse::<i32>().ok())
                .map(|c| c & 0xff)
            {
                Some(code::BUSY | code::LOCKED) => Error::Busy { path },
                Some(code::CORRUPT | code::NOTADB) => Error::Damaged { path, what: why },
                Some(code::FULL) => Error::Full { path },
                Some(code::READONLY | code::IOERR | code::CANTOPEN) => {
                    Error::Unwritable { path, why }
                }
                _ => Error::Failed { path, source },
            }
        }
        sqlx::Error::PoolTimedOut => Error::Busy { path },
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Error::Damaged {
            path,
            what: source.to_string(),
        },
        sqlx::Error::Io(e) => Error::Unwritable {
            path,
            why: e.to_string(),
        },
        _ => Error::Failed { path, source },
    }
}

/// What a failed migration means for the caller. `known` is the highest schema
/// version of this program.
pub(super) fn interpret_migration(path: &Path, known: i64, e: MigrateError) -> Error {
    match e {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => interpret(path, e),
        MigrateError::VersionMissing(found) => Error::Newer {
            path: path.to_path_buf(),
            found,
            known,
        },
        e => Error::Damaged {
            path: path.to_path_buf(),
            what: format!("its record of schema changes is not this program's: {e}"),
        },
    }
}
