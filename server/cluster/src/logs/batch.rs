use futures::stream::{BoxStream, Fuse};
use futures::{FutureExt, StreamExt};

use crate::error::{Error, Result};
use crate::log_line::LogLine;

/// Lines and bytes that are handed on at once.
const BATCH_LINES: usize = 256;
const BATCH_BYTES: usize = 64 * 1024;

/// Waits for lines, then takes along what is there already. Empty at the end.
pub(crate) async fn next_batch(
    lines: &mut Fuse<BoxStream<'static, Result<LogLine>>>,
) -> (Vec<LogLine>, Option<Error>) {
    let mut batch = Vec::new();
    let mut bytes = 0;
    let mut next = lines.next().await;
    loop {
        match next {
            None => return (batch, None),
            Some(Err(error)) => return (batch, Some(error)),
            Some(Ok(line)) => {
                bytes += line.text.len();
                batch.push(line);
            }
        }
        if batch.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
            return (batch, None);
        }
        match lines.next().now_or_never() {
            // The end is met again by the next call.
            None | Some(None) => return (batch, None),
            ready => next = ready.flatten(),
        }
    }
}
