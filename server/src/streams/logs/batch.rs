use std::time::Duration;

use podside_cluster::LogLine;
use podside_cluster::logs::StreamItem;
use podside_model::log::{LineRef, LinesWriter, LogNote, NoteFrame};
use tokio::time::Instant;

use super::shown::Shown;

/// How long the first line of a batch waits for others. Shorter than anybody sees,
/// long enough that a busy log is a few frames a second.
const WAIT: Duration = Duration::from_millis(50);

/// Lines and bytes with which a batch is full.
const FULL_LINES: usize = 1000;
const FULL_BYTES: usize = 64 * 1024;

/// A frame as it goes over the socket.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// Lines, as a binary message.
    Lines(Vec<u8>),
    /// A note, as a text message.
    Note(String),
}

/// Collects lines into frames and numbers the frames.
#[derive(Debug, Default)]
pub(super) struct Batch {
    shown: Shown,
    next_seq: u64,
    open: Option<(LinesWriter, Instant)>,
    full: Vec<Frame>,
}

impl Batch {
    /// Nothing is collected yet. Lines are taken in as `shown` shows them.
    pub(super) fn new(shown: Shown) -> Self {
        Self {
            shown,
            ..Self::default()
        }
    }

    /// Takes an item in, at its place.
    pub(super) fn push(&mut self, item: StreamItem) {
        match item {
            StreamItem::Line(source, line) => self.push_line(source, line),
            StreamItem::Note(note) => {
                self.close();
                self.push_note(note);
            }
        }
    }

    /// When the lines that wait are to be sent; `None` when none waits.
    pub(super) fn due(&self) -> Option<Instant> {
        self.open.as_ref().map(|(_, due)| *due)
    }

    /// Ends the frame that is being filled.
    pub(super) fn close(&mut self) {
        if let Some((writer, _)) = self.open.take() {
            self.full.push(Frame::Lines(writer.finish()));
        }
    }

    /// The frames that are ready, in order.
    pub(super) fn take(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.full)
    }

    /// How many frames were begun.
    pub(super) fn begun(&self) -> u64 {
        self.next_seq
    }

    fn push_line(&mut self, source: u8, line: LogLine) {
        let time = line
            .at
            .and_then(|at| i64::try_from(at.as_nanosecond()).ok());
        let text = self.shown.text(source, line);
        let (writer, _) = self.open.get_or_insert_with(|| {
            let seq = self.next_seq;
            self.next_seq += 1;
            (LinesWriter::new(seq), Instant::now() + WAIT)
        });
        writer.push(LineRef {
            source,
            time,
            text: &text,
        });
        if writer.lines() >= FULL_LINES || writer.bytes() >= FULL_BYTES {
            self.close();
        }
    }

    fn push_note(&mut self, note: LogNote) {
        let frame = NoteFrame {
            seq: self.next_seq,
            note,
        };
        match serde_json::to_string(&frame) {
            Ok(text) => {
                self.next_seq += 1;
                self.full.push(Frame::Note(self.shown.numbered(text)));
            }
            Err(error) => tracing::error!(%error, "a note of the log stream cannot be written"),
        }
    }
}

#[cfg(test)]
mod tests {
    use podside_model::log::LinesFrame;

    use super::*;

    fn line(text: &str) -> StreamItem {
        StreamItem::Line(
            0,
            LogLine {
                at: None,
                text: text.to_owned(),
                cut: 0,
            },
        )
    }

    #[tokio::test]
    async fn frames_are_numbered_without_holes_and_a_note_keeps_its_place() {
        let mut batch = Batch::default();
        batch.push(line("a"));
        batch.push(line("b"));
        batch.push(StreamItem::Note(LogNote::Live));
        batch.push(line("c"));
        batch.close();
        let frames = batch.take();
        let [Frame::Lines(first), Frame::Note(note), Frame::Lines(last)] = &frames[..] else {
            panic!("{frames:?}");
        };
        assert_eq!(LinesFrame::parse(first).unwrap().count(), 2);
        assert_eq!(note, r#"{"seq":1,"note":"live"}"#);
        assert_eq!(LinesFrame::parse(last).unwrap().seq, 2);
        assert_eq!((batch.begun(), batch.due()), (3, None));
    }

    #[tokio::test]
    async fn a_full_batch_does_not_wait() {
        let mut batch = Batch::default();
        for _ in 0..FULL_LINES {
            batch.push(line("x"));
        }
        assert_eq!((batch.take().len(), batch.due()), (1, None));
        batch.push(line(&"x".repeat(FULL_BYTES)));
        assert_eq!(batch.take().len(), 1);
    }
}
