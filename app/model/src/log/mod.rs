//! The log stream between server and browser.
//!
//! Lines travel as binary WebSocket messages ([`LinesFrame`]), for they are many; all
//! that is said about them travels as JSON text messages ([`NoteFrame`]). Both carry the
//! same sequence, counted from 0 without holes, so that a browser notices a frame
//! that is missing. A browser answers each frame with [`FromBrowser::Ack`], which is
//! the back-pressure: an unread WebSocket message waits in the browser's memory,
//! where no socket holds it back.

mod cursor;
mod frame;
mod note;
mod seen;
mod source;

pub use cursor::{Cursor, SeenTime};
pub use frame::{BadFrame, LineRef, LinesFrame, LinesWriter};
pub use note::{EndWhy, FromBrowser, Gap, LogEvent, LogNote, NoteFrame};
pub use seen::Seen;
pub use source::{LogSource, SourceId};

/// Frames that the server sends beyond the last one that the browser acknowledged.
pub const MAX_UNACKNOWLEDGED: u64 = 32;

/// Sources that one stream follows at once. Each is a connection to the API server.
pub const MAX_SOURCES: usize = 20;
