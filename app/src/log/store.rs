use std::collections::VecDeque;

use podside_model::log::LogNote;

use super::Level;

/// Rows of one block, and bytes of text with which it is full.
const BLOCK_ROWS: usize = 4096;
const BLOCK_BYTES: usize = 1024 * 1024;

/// The level column of a row that holds a note, and of the second row that a note
/// takes up: notes are twice as high as lines, and so every row is equally high.
const NOTE: u8 = 254;
const NOTE_REST: u8 = 255;

/// Stands for "no time".
const NO_TIME: i64 = i64::MIN;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows.
    pub rows: usize,
    /// Bytes of text.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 500_000,
            bytes: 64 * 1024 * 1024,
        }
    }
}

/// The lines of a stream with the notes between them.
///
/// Half a million lines are half a million strings too many, so the text of some
/// thousand lines is one string, with 14 bytes beside it for each line. The oldest
/// block goes when the limits are reached; what went is counted.
///
/// Rows are numbered from 0 on, and keep their numbers when older ones go.
#[derive(Debug, Default)]
pub struct LineStore {
    limits: Limits,
    blocks: VecDeque<Block>,
    rows: usize,
    bytes: usize,
    next: u64,
    dropped: u64,
    lines: u64,
}

/// Consecutive rows.
#[derive(Debug, Default)]
pub(super) struct Block {
    first: u64,
    text: String,
    ends: Vec<u32>,
    times: Vec<i64>,
    sources: Vec<u8>,
    levels: Vec<u8>,
    notes: Vec<(usize, LogNote)>,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row<'a> {
    /// A line.
    Line {
        /// Nanoseconds since 1970.
        time: Option<i64>,
        /// The number of its source.
        source: u8,
        /// The level that it carries.
        level: Level,
        /// Its text, with colours.
        text: &'a str,
    },
    /// The first row of a note.
    Note(&'a LogNote),
    /// The second row of the note before.
    NoteRest,
}

impl LineStore {
    /// A store with other limits.
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Adds a line.
    pub fn push_line(&mut self, time: Option<i64>, source: u8, text: &str) {
        let level = Level::of(text) as u8;
        self.push(time.unwrap_or(NO_TIME), source, level, text);
        self.lines += 1;
        self.shrink();
    }

    /// Adds a note, and gives the number of its row.
    pub fn push_note(&mut self, note: LogNote) -> u64 {
        let number = self.next;
        let at = self.push(NO_TIME, 0, NOTE, "");
        if let Some(block) = self.blocks.back_mut() {
            block.notes.push((at, note));
        }
        self.push(NO_TIME, 0, NOTE_REST, "");
        self.shrink();
        number
    }

    /// The note in the row with this number, to be changed.
    pub fn note_mut(&mut self, number: u64) -> Option<&mut LogNote> {
        let at = self.blocks.partition_point(|block| block.first <= number);
        let block = self.blocks.get_mut(at.checked_sub(1)?)?;
        let row = usize::try_from(number - block.first).ok()?;
        let note = block.notes.binary_search_by_key(&row, |(at, _)| *at).ok()?;
        block.notes.get_mut(note).map(|(_, note)| note)
    }

    /// The number of the first row that is kept.
    pub fn first(&self) -> u64 {
        self.blocks.front().map_or(self.next, |block| block.first)
    }

    /// The number of the row that comes next.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Lines that were added, kept or not.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines that were kept once and had to go.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The row with this number, if it is kept.
    pub fn row(&self, number: u64) -> Option<Row<'_>> {
        let at = self.blocks.partition_point(|block| block.first <= number);
        let block = self.blocks.get(at.checked_sub(1)?)?;
        block.row(usize::try_from(number - block.first).ok()?)
    }

    /// The blocks from the one that holds a row on.
    pub(super) fn blocks_from(&self, number: u64) -> impl Iterator<Item = &Block> {
        let at = self.blocks.partition_point(|block| block.next() <= number);
        self.blocks.range(at..)
    }

    fn push(&mut self, time: i64, source: u8, level: u8, text: &str) -> usize {
        let is_full = |block: &Block| {
            // A note and its second row stay together.
            level != NOTE_REST
                && (block.ends.len() >= BLOCK_ROWS || block.text.len() + text.len() > BLOCK_BYTES)
        };
        if self.blocks.back().is_none_or(is_full) {
            self.blocks.push_back(Block {
                first: self.next,
                ..Block::default()
            });
        }
        self.next += 1;
        self.rows += 1;
        self.bytes += text.len();
        self.blocks
            .back_mut()
            .map_or(0, |block| block.push(time, source, level, text))
    }

    fn shrink(&mut self) {
        while self.blocks.len() > 1
            && (self.rows > self.limits.rows || self.bytes > self.limits.bytes)
        {
            if let Some(block) = self.blocks.pop_front() {
                self.rows -= block.ends.len();
                self.bytes -= block.text.len();
                self.dropped += block.levels.iter().filter(|l| **l < NOTE).count() as u64;
            }
        }
    }
}

impl Block {
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// The number of the first row after the block.
    pub(super) fn next(&self) -> u64 {
        self.first + self.ends.len() as u64
    }

    /// The time of a line that carries [`Level::Error`]; `None` for any other row.
    pub(super) fn error_time(&self, at: usize) -> Option<i64> {
        let is_error = *self.levels.get(at)? == Level::Error as u8;
        self.times
            .get(at)
            .copied()
            .filter(|time| is_error && *time != NO_TIME)
    }

    /// The number of a line's source; `None` for a note.
    pub(super) fn source(&self, at: usize) -> Option<u8> {
        let is_line = *self.levels.get(at)? < NOTE;
        self.sources.get(at).copied().filter(|_| is_line)
    }

    /// The earliest and the latest time of a line.
    pub(super) fn range(&self) -> Option<(i64, i64)> {
        let times = || self.times.iter().copied().filter(|time| *time != NO_TIME);
        Some((times().min()?, times().max()?))
    }

    /// The notes.
    pub(super) fn notes(&self) -> impl Iterator<Item = &LogNote> {
        self.notes.iter().map(|(_, note)| note)
    }

    fn push(&mut self, time: i64, source: u8, level: u8, text: &str) -> usize {
        self.text.push_str(text);
        // A block begins anew long before its text is 4 GiB.
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        self.times.push(time);
        self.sources.push(source);
        self.levels.push(level);
        self.ends.len() - 1
    }

    pub(super) fn row(&self, at: usize) -> Option<Row<'_>> {
        match *self.levels.get(at)? {
            NOTE => {
                let note = self.notes.binary_search_by_key(&at, |(at, _)| *at).ok()?;
                self.notes.get(note).map(|(_, note)| Row::Note(note))
            }
            NOTE_REST => Some(Row::NoteRest),
            level => {
                let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
                let range = start.map_or(0, |s| *s as usize)..*self.ends.get(at)? as usize;
                Some(Row::Line {
                    time: self.times.get(at).copied().filter(|time| *time != NO_TIME),
                    source: *self.sources.get(at)?,
                    level: level_of(level),
                    text: self.text.get(range)?,
                })
            }
        }
    }
}

fn level_of(byte: u8) -> Level {
    const LEVELS: [Level; 5] = [
        Level::Unknown,
        Level::Debug,
        Level::Info,
        Level::Warning,
        Level::Error,
    ];
    LEVELS.get(usize::from(byte)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(store: &LineStore, number: u64) -> Option<String> {
        match store.row(number)? {
            Row::Line { text, .. } => Some(text.to_owned()),
            Row::Note(_) => Some("note".to_owned()),
            Row::NoteRest => Some("rest".to_owned()),
        }
    }

    #[test]
    fn rows_are_kept_with_all_that_belongs_to_them() {
        let mut store = LineStore::default();
        store.push_line(Some(7), 3, "ERROR a");
        store.push_note(LogNote::Live);
        store.push_line(None, 0, "");
        assert_eq!(
            store.row(0),
            Some(Row::Line {
                time: Some(7),
                source: 3,
                level: Level::Error,
                text: "ERROR a"
            })
        );
        assert_eq!(store.row(1), Some(Row::Note(&LogNote::Live)));
        assert_eq!(store.row(2), Some(Row::NoteRest));
        assert_eq!(
            store.row(3),
            Some(Row::Line {
                time: None,
                source: 0,
                level: Level::Unknown,
                text: ""
            })
        );
        assert_eq!((store.row(4), store.next(), store.lines()), (None, 4, 2));
    }

    #[test]
    fn the_oldest_go_are_counted_and_the_others_keep_their_numbers() {
        let limits = Limits {
            rows: 10_000,
            bytes: usize::MAX,
        };
        let mut store = LineStore::with_limits(limits);
        for i in 0..30_000 {
            store.push_line(Some(i), 0, &format!("line {i}"));
        }
        let kept = store.next() - store.first();
        assert!(
            kept <= 10_000 && kept > 10_000 - BLOCK_ROWS as u64,
            "{kept}"
        );
        assert_eq!(store.dropped() + kept, 30_000);
        assert_eq!(text(&store, 29_999).as_deref(), Some("line 29999"));
        assert_eq!(
            text(&store, store.first()),
            Some(format!("line {}", store.first()))
        );
        assert_eq!(text(&store, store.first() - 1), None);
    }

    #[test]
    fn text_is_bounded_too() {
        let limits = Limits {
            rows: usize::MAX,
            bytes: 3 * BLOCK_BYTES,
        };
        let mut store = LineStore::with_limits(limits);
        let long = "x".repeat(60_000);
        for _ in 0..200 {
            store.push_line(None, 0, &long);
        }
        assert!(store.bytes <= 3 * BLOCK_BYTES);
        assert!(store.dropped() > 100);
    }

    #[test]
    fn a_note_is_not_torn_apart_by_a_full_block() {
        let mut store = LineStore::default();
        for _ in 0..BLOCK_ROWS - 1 {
            store.push_line(None, 0, "x");
        }
        store.push_note(LogNote::Live);
        store.push_line(None, 0, "y");
        let at = BLOCK_ROWS as u64 - 1;
        assert_eq!(text(&store, at).as_deref(), Some("note"));
        assert_eq!(text(&store, at + 1).as_deref(), Some("rest"));
        assert_eq!(text(&store, at + 2).as_deref(), Some("y"));
        assert_eq!(store.blocks.len(), 2);
    }
}
