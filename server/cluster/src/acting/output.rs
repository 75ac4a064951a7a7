//! What a process writes, within a bound.

use bytes::Bytes;
use podside_redact::Lines;

use crate::terminal;

/// What was written to one of a process' outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The beginning of it, at most as long as was asked for: without what steers a terminal,
    /// and with what looks like a secret hidden. Lines end in a line feed. What is no UTF-8
    /// stands as U+FFFD.
    pub text: String,
    /// How many bytes came after that and were not kept.
    pub dropped: usize,
}

/// An output that is being read.
#[derive(Debug)]
pub(super) struct Reading {
    bytes: Vec<u8>,
    limit: usize,
    dropped: usize,
}

impl Reading {
    pub(super) fn up_to(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            dropped: 0,
        }
    }

    pub(super) fn add(&mut self, piece: &Bytes) {
        let room = self.limit.saturating_sub(self.bytes.len()).min(piece.len());
        let (kept, rest) = piece.split_at_checked(room).unwrap_or((piece, &[]));
        self.bytes.extend_from_slice(kept);
        self.dropped = self.dropped.saturating_add(rest.len());
    }

    /// Whether something came that was not kept.
    pub(super) const fn is_full(&self) -> bool {
        self.dropped > 0
    }

    /// The output as it may be shown. A character that the bound cuts in two is dropped.
    pub(super) fn output(&self) -> Output {
        let mut bytes = self.bytes.as_slice();
        let mut dropped = self.dropped;
        if dropped > 0 {
            let whole = whole_characters(bytes);
            dropped += bytes.len() - whole;
            bytes = bytes.get(..whole).unwrap_or(bytes);
        }
        let text = String::from_utf8_lossy(bytes);
        let mut lines = Lines::new();
        let mut shown = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let (said, end) = match line.strip_suffix('\n') {
                Some(said) => (said, "\n"),
                None => (line, ""),
            };
            let said = terminal::plain(said, usize::MAX);
            shown.push_str(&lines.hide(&said));
            shown.push_str(end);
        }
        Output {
            text: shown,
            dropped,
        }
    }
}

/// How many bytes there are up to a character that is cut off at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        // Without a length the error is that the text ends too early.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&'static [u8]], limit: usize) -> Output {
        let mut reading = Reading::up_to(limit);
        for piece in pieces {
            reading.add(&Bytes::from_static(piece));
        }
        reading.output()
    }

    #[test]
    fn what_goes_beyond_the_bound_is_counted() {
        let output = read(&[b"abc", b"defg", b"hi"], 5);
        assert_eq!((output.text.as_str(), output.dropped), ("abcde", 4));
        let output = read(&["日本".as_bytes(), b"x"], 5);
        assert_eq!((output.text.as_str(), output.dropped), ("日", 4));
        let output = read(&[b"whole\n"], 64);
        assert_eq!((output.text.as_str(), output.dropped), ("whole\n", 0));
    }

    #[test]
    fn nothing_steers_a_terminal_or_tells_a_secret() {
        let output = read(
            &[b"\x1b]0;title\x07a\r\nDB_PASSWORD=hunter2hunter2\n\xff\xfe"],
            1024,
        );
        assert!(
            output.text.starts_with("a\nDB_PASSWORD=[hidden: "),
            "{output:?}"
        );
        assert!(output.text.ends_with("\n\u{fffd}\u{fffd}"), "{output:?}");
        // A key in PEM form goes over many lines.
        let key = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";
        assert!(!read(&[key], 1024).text.contains("MIIEvQ"));
    }
}
