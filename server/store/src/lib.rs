//! What Podside remembers: investigations with their entries, the links that show them, and
//! what was created in clusters and has to be taken away again.
//!
//! [`Store`] is the contract, [`SqliteStore`] keeps it in one SQLite file. An
//! entry is only ever added, never changed or removed, and once
//! [`Store::append`] has returned it survives the end of the process and of
//! the machine's power. The crate knows no cluster and no clock: every time
//! comes from the caller.

mod creation;
mod error;
mod history;
mod investigation;
mod share;
mod sqlite;
mod store;
mod token;
mod wording;

pub use creation::{Creation, CreationId, CreationNote, CreationState, NewCreation};
pub use error::Error;
pub use history::{CauseCount, HistoryQuery, HistoryRow, HistorySummary, Within};
pub use investigation::{Entry, FollowedRunbook, Investigation, NewEntry, NewInvestigation};
pub use share::{NewShare, Share, ShareScope, Shared, ToShare};
pub use sqlite::{MOST_LEFT, SqliteStore};
pub use store::Store;
pub use token::{ShareForm, ShareToken};
pub use wording::Wording;
