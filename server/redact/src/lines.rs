//! One stream of lines.

use std::borrow::Cow;

/// Hides secrets in the lines of one stream, such as one container's log, also those
/// that span lines.
#[derive(Debug, Default)]
pub struct Lines {}

impl Lines {
    /// At the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// The stream's next line with its secrets replaced; borrowed where there is none.
    pub fn hide<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        crate::hide(line)
    }
}
