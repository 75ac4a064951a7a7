//! A value on the line after its name.

use crate::Found;
use crate::assignment::{add, behind_value};
use crate::judge::CLOSING;
use crate::names::Names;
use crate::quote::{quote, unquoted};
use crate::value;

/// What a line's end leaves to the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) names: Names,
    /// How the value is written.
    pub(crate) form: Form,
    /// How far the name's line was indented.
    pub(crate) indent: usize,
}

/// How the value on the next line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By itself: behind a colon or an option of a list.
    Alone,
    /// As the lines of a YAML block, deeper than the name.
    Block,
    /// Behind `value:`.
    Value,
}

impl Pending {
    /// Adds what this line holds of what a line before has left to it; tells what is left
    /// to the next one.
    pub(crate) fn find(self, line: &str, found: &mut Vec<Found>) -> Option<Self> {
        let content = line.trim_start();
        let start = line.len() - content.len();
        if content.is_empty() {
            return (self.form == Form::Block).then_some(self);
        }
        match self.form {
            Form::Value => {
                let at = if content.starts_with("- ") {
                    start + 2
                } else {
                    start
                };
                if let Some(range) = behind_value(line, at) {
                    add(line, range, self.names, found);
                }
                None
            }
            Form::Block if start > self.indent => {
                let end = line.trim_end().len();
                add(line, start..end, self.names, found);
                Some(self)
            }
            Form::Block => None,
            Form::Alone => {
                self.alone(line, start, found);
                None
            }
        }
    }

    fn alone(self, line: &str, start: usize, found: &mut Vec<Found>) {
        let content = line.get(start..).unwrap_or_default().trim_end();
        let (at, is_item) = match content.strip_prefix("- ") {
            Some(_) => (start + 2, true),
            None => (start, false),
        };
        let (range, is_quoted) = match quote(line, at) {
            Some(quote) => (
                quote.end..quote.close(line).unwrap_or(line.trim_end().len()),
                true,
            ),
            None => (at..unquoted(line, at), false),
        };
        let rest = line.get(range.end..).unwrap_or_default();
        let is_whole = rest.trim_start_matches(CLOSING).is_empty();
        let text = line.get(range.clone()).unwrap_or_default();
        // Deeper or quoted, and no name with a value of its own.
        let follows = is_quoted || start > self.indent || (is_item && start >= self.indent);
        let is_value = !text.ends_with(':')
            && !text.starts_with(['{', '[', '-'])
            && !line.trim_end().ends_with(':');
        if is_whole
            && follows
            && is_value
            && (is_quoted || !value::is_state(text))
            && !value::is_path(text)
        {
            add(line, range, self.names, found);
        }
    }
}
