//! Everything that this program says in a terminal.
//!
//! Most of it was cleaned where it entered. Here it is once more, whatever it is: names
//! of files, a library's own words, an error nobody thought of. Colours stay.

use std::io::{self, Write};

use podside_cluster::terminal::coloured;
use podside_model::legible::legible;

/// Writes to standard output; without colours where NO_COLOR, CLICOLOR or a pipe say so.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    out.write_all(coloured(text).as_bytes())?;
    out.flush()
}

/// Tells why a command ended, on standard error.
pub(crate) fn complain(text: &str) {
    // Nothing is left to be done when even this cannot be written.
    let _ = writeln!(io::stderr(), "podside: {}", legible(text));
}

/// A place to write to that a terminal can be shown: for the log.
///
/// Each write is cleaned by itself, so one should be a whole line, as the log's are.
#[derive(Debug)]
pub(crate) struct Shown<W>(pub(crate) W);

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(coloured(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_keeps_its_colours_and_nothing_else() {
        let mut shown = Shown(Vec::new());
        let line = "\u{1b}[33mWARN\u{1b}[0m a\u{1b}[2Jb\u{202e}\u{9b}\n";
        assert_eq!(shown.write(line.as_bytes()).unwrap(), line.len());
        assert_eq!(
            String::from_utf8(shown.0).unwrap(),
            "\u{1b}[33mWARN\u{1b}[0m ab\n"
        );
    }
}
