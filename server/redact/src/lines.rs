//! One stream of lines.

use std::borrow::Cow;

use crate::Found;
use crate::search::{State, line};

/// Hides secrets in the lines of one stream, such as one container's log, also those
/// that span lines: keys in PEM form, and values on the line after their names.
///
/// It keeps no line, only a few words about what the next may hold.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    state: State,
}

impl Lines {
    /// At the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// The stream's next line with its secrets replaced; borrowed where there is none.
    pub fn hide<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        crate::replaced(line, &self.find(line))
    }

    /// The secrets in the stream's next line: in order, none within another.
    pub fn find(&mut self, line: &str) -> Vec<Found> {
        self::line(line, &mut self.state, false)
    }
}
