//! The last lines of one container's log, for rules to read.

use std::collections::VecDeque;

use futures::StreamExt;
use podside_diagnosis::snapshot::{LogOf, LogTail, MOST_LINES};

use crate::connection::Connection;
use crate::error::Result;
use crate::log::LogOptions;

/// The most bytes that are read of one tail.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Reads the last lines of a log.
///
/// # Errors
/// Those of [`Connection::logs`], and that the log breaks off.
pub(crate) async fn read(connection: &Connection, of: &LogOf) -> Result<LogTail> {
    let options = LogOptions {
        previous: of.previous,
        tail_lines: u32::try_from(MOST_LINES).ok(),
        ..LogOptions::default()
    };
    let mut lines = connection
        .logs(&of.namespace, &of.pod, &of.container, &options)
        .await?;
    let mut kept = VecDeque::new();
    let mut bytes = 0;
    while let Some(line) = lines.next().await {
        let line = line?;
        bytes += line.text.len();
        if bytes > MOST_BYTES {
            break;
        }
        let text = line.plain();
        if text.trim().is_empty() {
            continue;
        }
        if kept.len() == MOST_LINES {
            kept.pop_front();
        }
        kept.push_back((line.at, text));
    }
    let lines = kept.iter().map(|(at, text)| (*at, text.as_str()));
    Ok(LogTail::of(lines))
}
