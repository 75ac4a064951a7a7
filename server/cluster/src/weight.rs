//! The bounds of one answer: how many bytes of it are read, and what its values may take.

use bytes::Bytes;
use podside_budget::TooMuch;

use crate::error::{Error, Result};

/// The most bytes of one answer that are read: a page of 500 objects of 250 KiB.
pub(crate) const LARGEST_ANSWER: usize = 128 * 1024 * 1024;

/// The most memory that the values of one answer may take. Pages of real objects take
/// some ten times their text; a page that takes more is asked for in smaller parts.
const HEAVIEST_ANSWER: u64 = 512 * 1024 * 1024;

/// The longest answer that is weighed on the spot: it takes a millisecond.
const WEIGHED_AT_ONCE: usize = 1024 * 1024;

/// The body, if what is made of it keeps within the bounds of an answer. Whoever parses
/// an answer gets it from here.
pub(crate) async fn weighed(body: Bytes, what: &str) -> Result<Bytes> {
    let weighing = body.clone();
    if body.len() <= WEIGHED_AT_ONCE {
        weigh(&weighing, what)?;
        return Ok(body);
    }
    let named = what.to_owned();
    tokio::task::spawn_blocking(move || weigh(&weighing, &named))
        .await
        .map_err(|error| Error::Garbled {
            what: what.to_owned(),
            reason: error.to_string(),
        })??;
    Ok(body)
}

/// Whether a text of JSON keeps within the bounds of an answer.
pub(crate) fn weigh(text: &[u8], what: &str) -> Result<()> {
    match podside_budget::weigh(text, HEAVIEST_ANSWER) {
        Ok(_) => Ok(()),
        Err(TooMuch::Memory) => Err(Error::TooLarge {
            what: what.to_owned(),
            limit: usize::try_from(HEAVIEST_ANSWER).unwrap_or(usize::MAX),
        }),
        Err(much @ TooMuch::Depth) => Err(Error::Garbled {
            what: what.to_owned(),
            reason: much.to_string(),
        }),
    }
}
