use std::path::PathBuf;

use podside_model::InvestigationId;

use crate::CreationId;

/// Why the store could not do what it was asked; each variant is a decision for the caller.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is not a sound Podside database. Nothing was changed in it.
    #[error(
        "the database {} is damaged: {what}. Nothing was changed in it. \
         Move it aside, with the -wal and -shm files beside it, to start with an empty history, \
         or put a backup in its place; `podside backup` makes them.",
        path.display()
    )]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What is wrong with it, in SQLite's words where it has some.
        what: String,
    },

    /// A later Podside has written this database. Nothing was changed in it.
    #[error(
        "the database {} was written by a newer Podside (schema {found}, this one knows {known}). \
         Nothing was changed in it. Use that newer version, or another --data directory.",
        path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema version that the file has.
        found: i64,
        /// The highest schema version that this program knows.
        known: i64,
    },

    /// No space is left for the write. What was stored before is intact.
    #[error(
        "no space is left for the database {}. What was stored before is intact; \
         free some space and try again.",
        path.display()
    )]
    Full {
        /// The database file.
        path: PathBuf,
    },

    /// The file or its directory cannot be created, opened or written.
    #[error(
        "the database {} cannot be written: {why}. Check the disk, and the owner and the rights \
         of the directory, or name another with --data.",
        path.display()
    )]
    Unwritable {
        /// The database file, or the directory that should hold it.
        path: PathBuf,
        /// The operating system's or SQLite's reason.
        why: String,
    },

    /// Another process or request holds the database for longer than the wait that is allowed.
    #[error("the database {} is busy; try again in a moment", path.display())]
    Busy {
        /// The database file.
        path: PathBuf,
    },

    /// No investigation has this id.
    #[error("there is no investigation {0}")]
    NoInvestigation(InvestigationId),

    /// Somebody else has added an entry since the caller read the investigation.
    #[error(
        "investigation {investigation} has gone on: its last entry is {last}, not {after}; read it again"
    )]
    Outrun {
        /// The investigation.
        investigation: InvestigationId,
        /// The entry that the caller took for the last one.
        after: u32,
        /// The entry that is the last one.
        last: u32,
    },

    /// A text or an entry is larger than the store takes.
    #[error("{what} has {bytes} bytes; the store takes at most {most}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        bytes: usize,
        /// The bound in bytes.
        most: usize,
    },

    /// An investigation has as many entries as the store takes.
    #[error("investigation {investigation} is full: it has {most} entries; start another")]
    TooLong {
        /// The investigation.
        investigation: InvestigationId,
        /// The bound.
        most: u32,
    },

    /// No link of this number can be revoked: there is none, or it is revoked already.
    #[error("there is no link {0} that could be revoked")]
    NoShare(i64),

    /// Nothing of this number was created, or was about to be.
    #[error("nothing of number {0} was created by this Podside")]
    NoCreation(CreationId),

    /// So much of what was created in a cluster is left that nothing more is.
    #[error(
        "{most} things that Podside created in {cluster} are left; take some of them away before \
         more are created"
    )]
    TooManyLeft {
        /// The cluster.
        cluster: String,
        /// The bound.
        most: u32,
    },

    /// There is no database to be backed up.
    #[error("there is no database {}; name the data directory of Podside with --data", path.display())]
    NoDatabase {
        /// Where it was looked for.
        path: PathBuf,
    },

    /// The file that a backup should be written to is there already.
    #[error("{} is there already; name another file, or say --force to replace it", path.display())]
    BackupExists {
        /// The file.
        path: PathBuf,
    },

    /// A backup cannot be written. The database is as it was, and so is the file.
    #[error(
        "the backup {} cannot be written: {why}. Check the space on its disk and the rights of \
         its directory, or name another file.",
        path.display()
    )]
    BackupUnwritable {
        /// The file that should hold it.
        path: PathBuf,
        /// The operating system's or SQLite's reason.
        why: String,
    },
    /// The form has made a link already. Its token was shown then, and nobody can read it again.
    #[error("this form has made a link to investigation {0} already")]
    FormUsed(InvestigationId),

    /// The system gave no random bytes for a link's token.
    #[error("the system gave no random bytes for the link: {0}")]
    NoRandomness(String),

    /// The database refused the statement for a reason that no variant above names.
    #[error("the database {} failed: {source}", path.display())]
    Failed {
        /// The database file.
        path: PathBuf,
        /// What the driver said.
        source: sqlx::Error,
    },
}
