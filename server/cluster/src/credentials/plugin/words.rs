//! What a login plugin says on its error output: shown in the terminal where it asks for
//! something there, and its end kept for the error.

use std::io::Write;

use podside_redact::hide;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::terminal;

/// The most bytes of it that an error tells.
pub(super) const MOST: usize = 1024;

/// The most bytes that are kept: what looks like a secret is found in its surroundings.
const KEPT: usize = 16 * 1024;

/// What was said so far.
pub(super) struct Words {
    shown: bool,
    kept: Vec<u8>,
    /// Whether the beginning is no longer there.
    cut: bool,
}

impl Words {
    /// Nothing yet; `shown` in the terminal as it comes.
    pub(super) fn new(shown: bool) -> Self {
        Self {
            shown,
            kept: Vec::new(),
            cut: false,
        }
    }

    /// Takes in all that comes.
    pub(super) async fn listen(&mut self, output: Option<impl AsyncRead + Unpin>) {
        let Some(mut output) = output else { return };
        let mut chunk = [0; 4096];
        // An error is the end of what can be heard.
        while let Ok(length @ 1..) = output.read(&mut chunk).await {
            self.hear(chunk.get(..length).unwrap_or_default());
        }
    }

    fn hear(&mut self, chunk: &[u8]) {
        if self.shown {
            let text = terminal::coloured(&String::from_utf8_lossy(chunk));
            let mut terminal = std::io::stderr();
            // Where it cannot be shown, it is still kept.
            let _ = terminal.write_all(text.as_bytes());
            let _ = terminal.flush();
        }
        self.kept.extend_from_slice(chunk);
        if self.kept.len() > 2 * KEPT {
            self.kept.drain(..self.kept.len() - KEPT);
            self.cut = true;
        }
    }

    /// The last of it as one line, without what looks like a secret, [`MOST`] bytes at most.
    pub(super) fn said(&self) -> String {
        let text = String::from_utf8_lossy(&self.kept);
        // A line whose beginning is cut off may be the end of a secret.
        let lines = text.split('\n').skip(usize::from(self.cut));
        let plain: Vec<String> = lines.map(|line| terminal::plain(line, KEPT)).collect();
        let hidden = hide(&plain.join("\n")).into_owned();
        let mut last: Vec<&str> = Vec::new();
        let mut length = 0;
        for line in hidden.lines().rev().map(str::trim) {
            length += line.len() + 1;
            if length > MOST && !last.is_empty() {
                break;
            }
            if !line.is_empty() {
                last.push(line);
            }
        }
        last.reverse();
        terminal::plain(&last.join(" "), MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let mut words = Words::new(false);
        for chunk in text.as_bytes().chunks(4096) {
            words.hear(chunk);
        }
        words.said()
    }

    #[test]
    fn the_last_lines_are_told_clean_and_without_secrets() {
        assert_eq!(said(""), "");
        assert_eq!(
            said("\u{1b}[31mexpired\u{1b}[0m\n\nlog in\r\n"),
            "expired log in"
        );
        let told = said("refresh failed with password=hunter2hunter2\n");
        assert!(!told.contains("hunter2"), "{told}");
        assert!(told.starts_with("refresh failed with password="), "{told}");
    }

    #[test]
    fn of_many_lines_the_last_ones_are_told() {
        let many: String = (0..10_000).map(|line| format!("line {line}\n")).collect();
        let told = said(&many);
        assert!(told.len() <= MOST, "{}", told.len());
        assert!(
            told.starts_with("line 9") && told.ends_with("line 9999"),
            "{told}"
        );
    }

    #[test]
    fn a_line_without_end_is_cut_off() {
        let told = said(&"x ".repeat(100_000));
        assert!(told.len() <= MOST, "{}", told.len());
    }
}
