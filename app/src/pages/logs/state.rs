use podside_model::log::{
    BadFrame, Cursor, EndWhy, Gap, LinesFrame, LogNote, LogSource, NoteFrame, Seen,
};
use podside_model::view::{LogRow, Logs};

use crate::log::{Filter, Finder, Histogram, LineStore, View};

/// Rows that are filtered or searched before the clock is looked at.
const SLICE: usize = 500;

/// Events that are kept for as long as the rendered rows are shown: as many as are read at once.
const MOST_EARLY: usize = 500;

/// The lines of the page with all that is known about them.
#[derive(Debug)]
pub(super) struct LogState {
    store: LineStore,
    view: View,
    /// The rows of another filter, until all are there.
    next_view: Option<View>,
    sources: Vec<Source>,
    left_out: usize,
    /// Whether the rows are those that the server rendered, which the stream's replace.
    is_rendered: bool,
    /// Whether the logs are read from their beginning.
    is_whole: bool,
    next_seq: u64,
    resumed: Option<Resumed>,
    lost: u64,
    /// Events of the stream that came before anything took the place of the rendered rows.
    early: Vec<LogNote>,
}

#[derive(Debug)]
struct Source {
    source: LogSource,
    lines: u64,
    seen: Seen,
}

/// The gap that a new connection has opened, of which each source tells its part.
#[derive(Debug)]
struct Resumed {
    row: u64,
    awaited: Vec<u8>,
}

/// What a note means beyond its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    /// What was stored has come.
    Live,
    /// A source is cut off.
    Lost {
        at: i64,
        said: String,
    },
    /// It is back.
    Back,
    /// The stream has ended.
    Closed(EndWhy),
}

impl LogState {
    /// The rows that the server has rendered.
    pub(super) fn of(logs: &Logs, is_whole: bool) -> Self {
        let mut state = Self {
            store: LineStore::default(),
            view: View::default(),
            next_view: None,
            sources: Vec::new(),
            left_out: logs.left_out,
            is_rendered: true,
            is_whole,
            next_seq: 0,
            resumed: None,
            lost: 0,
            early: Vec::new(),
        };
        state.learn_sources(logs.sources.clone());
        for row in &logs.rows {
            match row {
                LogRow::Line { source, time, text } => state.push_line(*source, *time, text),
                LogRow::Note(note) => drop(state.store.push_note(note.clone())),
            }
        }
        state.view.advance(&state.store, usize::MAX);
        state
    }

    pub(super) fn store(&self) -> &LineStore {
        &self.store
    }

    pub(super) fn view(&self) -> &View {
        &self.view
    }

    /// Whether the rows are still those that the server rendered.
    pub(super) fn is_rendered(&self) -> bool {
        self.is_rendered
    }

    pub(super) fn left_out(&self) -> usize {
        self.left_out
    }

    /// The sources with how many lines of each have come.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&LogSource, u64)> {
        self.sources.iter().map(|s| (&s.source, s.lines))
    }

    /// The name of a source, as the legend has it.
    pub(super) fn name_of(&self, source: u8) -> Option<String> {
        let source = self.sources.get(usize::from(source))?;
        Some(source.source.short_pod())
    }

    pub(super) fn histogram(&self) -> Option<Histogram> {
        Histogram::of(&self.store, &self.view)
    }

    /// Lines that were lost on the way or had to go to make room.
    pub(super) fn lost(&self) -> u64 {
        self.lost + self.store.dropped()
    }

    /// How far each source was read from the stream; empty before anything came.
    pub(super) fn cursors(&self) -> Vec<Cursor> {
        if self.is_rendered {
            return Vec::new();
        }
        let cursor = |s: &Source| s.seen.cursor(s.source.id.clone());
        self.sources.iter().filter_map(cursor).collect()
    }

    /// Begins to take a new connection's frames. `away` is when the one before was
    /// lost, in nanoseconds since 1970, and for how many milliseconds.
    pub(super) fn connected(&mut self, away: Option<(i64, u64)>) {
        self.next_seq = 0;
        self.resumed = None;
        if let Some((at, lasted_ms)) = away.filter(|_| !self.is_rendered) {
            let gap = Gap {
                source: None,
                at,
                lasted_ms,
                removed: 0,
                lost: 0,
                maybe_missing: false,
            };
            self.resumed = Some(Resumed {
                row: self.store.push_note(LogNote::Gap(gap)),
                awaited: (0..self.sources.len())
                    .filter_map(|i| u8::try_from(i).ok())
                    .collect(),
            });
        }
    }

    /// Takes a frame of lines in, and gives its place in the sequence.
    pub(super) fn take_lines(&mut self, bytes: &[u8]) -> Result<u64, BadFrame> {
        let frame = LinesFrame::parse(bytes)?;
        let seq = frame.seq;
        self.expect(seq);
        self.forget_rendered();
        for line in frame {
            let line = line?;
            self.push_line(line.source, line.time, line.text);
            if let (Some(source), Some(time)) = (self.source_mut(line.source), line.time) {
                source.seen.record(time);
            }
        }
        Ok(seq)
    }

    /// Takes a note in, and gives its place in the sequence and what it means.
    pub(super) fn take_note(&mut self, frame: NoteFrame) -> (u64, Meaning) {
        self.expect(frame.seq);
        let meaning = match frame.note {
            LogNote::Sources { sources, left_out } => {
                self.left_out = left_out;
                self.learn_sources(sources);
                Meaning::Nothing
            }
            LogNote::Live => {
                self.forget_rendered();
                Meaning::Live
            }
            LogNote::Lost { at, said, .. } => Meaning::Lost { at, said },
            LogNote::Closed { why } => Meaning::Closed(why),
            LogNote::Gap(gap) => {
                self.lost += gap.lost;
                if !self.fold(&gap) {
                    self.store.push_note(LogNote::Gap(gap));
                }
                Meaning::Back
            }
            // The end of what is stored is not worth a row.
            LogNote::Ended {
                why: EndWhy::Complete,
                ..
            } => Meaning::Nothing,
            note @ (LogNote::Restarted { .. } | LogNote::Ended { .. } | LogNote::Event(_)) => {
                if !matches!(note, LogNote::Event(_)) {
                    self.forget_rendered();
                }
                if self.is_rendered {
                    if self.early.len() < MOST_EARLY {
                        self.early.push(note);
                    }
                } else {
                    self.store.push_note(note);
                }
                Meaning::Nothing
            }
        };
        (frame.seq, meaning)
    }

    /// Shows what another filter shows, once it is worked off.
    pub(super) fn set_filter(&mut self, filter: Filter) {
        let current = self.next_view.as_ref().unwrap_or(&self.view);
        if *current.filter() != filter {
            self.next_view = Some(View::new(filter));
        }
    }

    pub(super) fn clear_hits(&mut self) {
        self.view.clear_hits();
    }

    /// Filters and searches as long as there is time, and tells whether all is done.
    pub(super) fn work(
        &mut self,
        finder: Option<&dyn Finder>,
        has_time: impl Fn() -> bool,
    ) -> bool {
        loop {
            let mut done = self.view.advance(&self.store, SLICE);
            if let Some(next) = &mut self.next_view {
                if next.advance(&self.store, SLICE) {
                    self.view = self.next_view.take().unwrap_or_default();
                }
                done = false;
            }
            if let Some(finder) = finder {
                done &= self.view.search(&self.store, finder, SLICE);
            }
            if done || !has_time() {
                return done;
            }
        }
    }

    fn learn_sources(&mut self, sources: Vec<LogSource>) {
        for (at, source) in sources.into_iter().enumerate() {
            match self.sources.get_mut(at) {
                Some(known) if known.source.id == source.id => known.source = source,
                Some(other) => *other = Source::new(source, self.is_whole),
                None => self.sources.push(Source::new(source, self.is_whole)),
            }
        }
    }

    fn source_mut(&mut self, number: u8) -> Option<&mut Source> {
        self.sources.get_mut(usize::from(number))
    }

    fn push_line(&mut self, source: u8, time: Option<i64>, text: &str) {
        self.store.push_line(time, source, text);
        if let Some(source) = self.source_mut(source) {
            source.lines += 1;
        }
    }

    /// The stream sends again what the server has rendered.
    fn forget_rendered(&mut self) {
        if !self.is_rendered {
            return;
        }
        self.is_rendered = false;
        self.store = LineStore::default();
        for event in std::mem::take(&mut self.early) {
            self.store.push_note(event);
        }
        let filter = match self.next_view.take() {
            Some(next) => next.filter().clone(),
            None => self.view.filter().clone(),
        };
        self.view = View::new(filter);
        for source in &mut self.sources {
            source.lines = 0;
        }
    }

    /// A hole in the sequence is a frame that went missing.
    fn expect(&mut self, seq: u64) {
        if seq != self.next_seq {
            self.store.push_note(LogNote::Gap(Gap {
                source: None,
                at: 0,
                lasted_ms: 0,
                removed: 0,
                lost: 0,
                maybe_missing: true,
            }));
        }
        self.next_seq = seq.saturating_add(1);
    }

    /// Adds a source's part to the gap of the connection.
    fn fold(&mut self, part: &Gap) -> bool {
        let (Some(resumed), Some(source)) = (&mut self.resumed, part.source) else {
            return false;
        };
        let Some(at) = resumed
            .awaited
            .iter()
            .position(|awaited| *awaited == source)
        else {
            return false;
        };
        resumed.awaited.swap_remove(at);
        let Some(LogNote::Gap(gap)) = self.store.note_mut(resumed.row) else {
            return false;
        };
        gap.removed += part.removed;
        gap.maybe_missing |= part.maybe_missing;
        true
    }
}

impl Source {
    /// Times of lines that are kept to say where to go on: what a cursor holds and
    /// some more, in case many lines come within two seconds.
    const TIMES: usize = 1024;

    fn new(source: LogSource, is_whole: bool) -> Self {
        let seen = if is_whole {
            Seen::from_beginning(Self::TIMES)
        } else {
            Seen::new(Self::TIMES)
        };
        Self {
            source,
            lines: 0,
            seen,
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
