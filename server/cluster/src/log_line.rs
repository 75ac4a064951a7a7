//! A log's bytes, cut into lines.

use jiff::Timestamp;

use crate::terminal;

/// The longest line that is kept, in bytes. containerd cuts at 16 KiB and the
/// kubelet joins; a longer line is shown cut.
pub const LONGEST_LINE: usize = 64 * 1024;

/// One line of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When the container wrote it, as its runtime says.
    pub at: Option<Timestamp>,
    /// The line without its time. Its colours are in it; other escapes are not.
    pub text: String,
    /// How many bytes were cut off its end.
    pub cut: usize,
}

impl LogLine {
    /// The line without colours.
    pub fn plain(&self) -> String {
        terminal::plain(&self.text, LONGEST_LINE)
    }

    fn read(bytes: &[u8], cut: usize) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let timed = text
            .split_once(' ')
            .and_then(|(time, rest)| Some((time.parse::<Timestamp>().ok()?, rest)))
            // An empty line can come without the space after its time.
            .or_else(|| Some((text.trim_end().parse().ok()?, "")));
        let (at, text) = match timed {
            Some((at, rest)) => (Some(at), rest),
            None => (None, &*text),
        };
        Self {
            at,
            text: terminal::coloured(text),
            cut,
        }
    }
}

/// Cuts chunks into lines, holding no more than one line of [`LONGEST_LINE`].
#[derive(Debug, Default)]
pub(crate) struct Lines {
    begun: Vec<u8>,
    cut: usize,
}

impl Lines {
    /// The lines that end within `chunk`.
    pub(crate) fn push(&mut self, chunk: &[u8], lines: &mut Vec<LogLine>) {
        let mut parts = chunk.split(|byte| *byte == b'\n');
        // The last part has no line feed after it.
        let rest = parts.next_back().unwrap_or_default();
        for part in parts {
            self.keep(part);
            lines.push(self.end());
        }
        self.keep(rest);
    }

    /// The last line, when the log ends without a line feed.
    pub(crate) fn finish(&mut self) -> Option<LogLine> {
        (!self.begun.is_empty()).then(|| self.end())
    }

    fn keep(&mut self, part: &[u8]) {
        let room = LONGEST_LINE
            .saturating_sub(self.begun.len())
            .min(part.len());
        let (kept, cut) = part.split_at_checked(room).unwrap_or((part, &[]));
        self.begun.extend_from_slice(kept);
        self.cut += cut.len();
    }

    fn end(&mut self) -> LogLine {
        let line = LogLine::read(&self.begun, self.cut);
        self.begun.clear();
        self.cut = 0;
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<LogLine> {
        let mut cutter = Lines::default();
        let mut lines = Vec::new();
        for chunk in chunks {
            cutter.push(chunk, &mut lines);
        }
        lines.extend(cutter.finish());
        lines
    }

    #[test]
    fn lines_are_whole_however_the_chunks_fall() {
        let text = "2026-11-20T21:09:44.5Z one\n2026-11-20T21:09:45Z \nno time\n日本".as_bytes();
        let whole = lines(&[text]);
        assert_eq!(
            whole.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(),
            ["one", "", "no time", "日本"]
        );
        assert_eq!(whole[0].at, "2026-11-20T21:09:44.5Z".parse().ok());
        for cut in 0..text.len() {
            assert_eq!(lines(&[&text[..cut], &text[cut..]]), whole, "cut at {cut}");
        }
    }

    #[test]
    fn an_endless_line_is_cut_and_the_cut_is_counted() {
        let chunk = vec![b'x'; LONGEST_LINE];
        let mut cutter = Lines::default();
        let mut found = Vec::new();
        for _ in 0..3 {
            cutter.push(&chunk, &mut found);
        }
        cutter.push(b"\nnext\n", &mut found);
        assert_eq!(
            (found[0].text.len(), found[0].cut),
            (LONGEST_LINE, 2 * LONGEST_LINE)
        );
        assert_eq!((found[1].text.as_str(), found[1].cut), ("next", 0));
    }
}
