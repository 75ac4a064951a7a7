use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::error::Result;
use crate::log_line::LogLine;

/// Lines and bytes of one log that are kept for its readers: at 100 lines a second most of
/// a minute.
const KEPT_LINES: usize = 5_000;
const KEPT_BYTES: usize = 512 * 1024;

/// Lines that a reader takes at once.
const TAKEN_AT_ONCE: usize = 256;

/// How long several readers wait for one of them that does not take lines. A log that is
/// written faster than they read goes on at the pace of those who do read.
const PATIENCE: Duration = Duration::from_millis(100);

/// The newest lines of one log, between the one who reads it and those who take from
/// there.
///
/// A line stays until it no longer fits and is then gone, taken or not, but for two
/// exceptions: a single reader holds the writer back, and several do so for a moment. A
/// reader that is left behind is told how many lines it missed.
#[derive(Debug, Default)]
pub(super) struct Recent {
    state: Mutex<State>,
    /// Lines have come, or the end.
    spoke: Notify,
    /// A reader has taken lines, come or gone.
    moved: Notify,
}

#[derive(Debug)]
struct State {
    lines: VecDeque<Arc<LogLine>>,
    bytes: usize,
    /// The number of the first line that is kept.
    first: u64,
    spoke_at: Instant,
    /// Why nothing more comes, once that is so: the log's own end, or an error.
    ended: Option<Result<()>>,
    readers: BTreeMap<u64, Reader>,
    next_reader: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            lines: VecDeque::new(),
            bytes: 0,
            first: 0,
            spoke_at: Instant::now(),
            ended: None,
            readers: BTreeMap::new(),
            next_reader: 0,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Reader {
    /// The number of the line that it takes next.
    next: u64,
    /// Whether it takes lines already.
    takes: bool,
}

/// What a reader is given.
#[derive(Debug)]
pub(super) enum Taken {
    /// Lines, in order and without a hole after those before.
    Lines(Vec<Arc<LogLine>>),
    /// So many lines are gone before they were taken.
    Behind(u64),
    /// Nothing more comes.
    Ended(Result<()>),
}

impl Recent {
    /// Adds lines; waits where a reader holds them back.
    pub(super) async fn push(&self, lines: Vec<LogLine>) {
        let lines: Vec<_> = lines.into_iter().map(Arc::new).collect();
        let mut patient_until = None;
        loop {
            let moved = self.moved.notified();
            let until = {
                let mut state = self.state();
                match state.held_by(&lines) {
                    Held::One => None,
                    Held::Some => {
                        let until = *patient_until.get_or_insert_with(|| Instant::now() + PATIENCE);
                        if until <= Instant::now() {
                            state.append(lines);
                            break;
                        }
                        Some(until)
                    }
                    Held::Nobody => {
                        state.append(lines);
                        break;
                    }
                }
            };
            match until {
                Some(until) => drop(tokio::time::timeout_at(until, moved).await),
                None => moved.await,
            }
        }
        self.spoke.notify_waiters();
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self, why: Result<()>) {
        self.state().ended = Some(why);
        self.spoke.notify_waiters();
    }

    /// Whether it has ended, or has been silent for as long as that, when its connection
    /// may be dead.
    pub(super) fn is_over(&self, silent: Duration) -> bool {
        let state = self.state();
        state.ended.is_some() || state.spoke_at.elapsed() >= silent
    }

    /// Adds a reader, which takes no lines yet, and gives its number.
    pub(super) fn add_reader(&self) -> u64 {
        let mut state = self.state();
        let number = state.next_reader;
        state.next_reader += 1;
        let reader = Reader {
            next: state.end(),
            takes: false,
        };
        state.readers.insert(number, reader);
        self.moved.notify_waiters();
        number
    }

    /// How many readers there are.
    pub(super) fn readers(&self) -> usize {
        self.state().readers.len()
    }

    /// Removes a reader.
    pub(super) fn remove_reader(&self, number: u64) {
        self.state().readers.remove(&number);
        self.moved.notify_waiters();
    }

    /// Lets a reader begin with the next line that comes, and gives the line before it.
    /// Without one nothing has come, and it is not known yet that all that is written from
    /// here on will come.
    pub(super) fn begin(&self, number: u64) -> Option<Arc<LogLine>> {
        let mut state = self.state();
        let next = state.end();
        if let Some(reader) = state.readers.get_mut(&number) {
            reader.next = next;
        }
        state.lines.back().cloned()
    }

    /// Whether a line has come.
    pub(super) fn has_begun(&self) -> bool {
        self.state().end() > 0
    }

    /// Waits until a line has come or the end.
    pub(super) async fn begun(&self) {
        loop {
            let spoke = self.spoke.notified();
            {
                let state = self.state();
                if state.end() > 0 || state.ended.is_some() {
                    return;
                }
            }
            spoke.await;
        }
    }

    /// Whether lines are gone that a reader has not taken.
    pub(super) fn is_behind(&self, number: u64) -> bool {
        let state = self.state();
        let next = state.readers.get(&number).map(|reader| reader.next);
        next.is_some_and(|next| next < state.first)
    }

    /// What comes next for a reader.
    pub(super) async fn take(&self, number: u64) -> Taken {
        loop {
            let spoke = self.spoke.notified();
            let taken = self.state().take(number);
            if let Some(taken) = taken {
                self.moved.notify_waiters();
                return taken;
            }
            spoke.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who would lose lines.
enum Held {
    Nobody,
    /// The only reader that there is.
    One,
    /// One of several that take lines.
    Some,
}

impl State {
    /// The number of the line that comes next.
    fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// How many of the kept lines have no place beside these.
    fn displaced(&self, lines: &[Arc<LogLine>]) -> usize {
        let more: usize = lines.iter().map(|line| size(line)).sum();
        let (mut count, mut bytes) = (self.lines.len() + lines.len(), self.bytes + more);
        let mut displaced = 0;
        for line in &self.lines {
            if count <= KEPT_LINES && bytes <= KEPT_BYTES {
                break;
            }
            count -= 1;
            bytes -= size(line);
            displaced += 1;
        }
        displaced
    }

    fn held_by(&self, lines: &[Arc<LogLine>]) -> Held {
        let first = self.first + self.displaced(lines) as u64;
        let mut late = self.readers.values().filter(|reader| reader.next < first);
        if self.readers.len() == 1 && late.next().is_some() {
            Held::One
        } else if late.any(|reader| reader.takes && reader.next >= self.first) {
            Held::Some
        } else {
            Held::Nobody
        }
    }

    fn append(&mut self, lines: Vec<Arc<LogLine>>) {
        let displaced = self.displaced(&lines);
        for line in self.lines.drain(..displaced) {
            self.bytes -= size(&line);
            self.first += 1;
        }
        self.bytes += lines.iter().map(|line| size(line)).sum::<usize>();
        self.lines.extend(lines);
        self.spoke_at = Instant::now();
    }

    fn take(&mut self, number: u64) -> Option<Taken> {
        let (first, end) = (self.first, self.end());
        let reader = self.readers.get_mut(&number)?;
        reader.takes = true;
        if reader.next < first {
            let behind = first - reader.next;
            reader.next = first;
            return Some(Taken::Behind(behind));
        }
        if reader.next == end {
            return self.ended.clone().map(Taken::Ended);
        }
        let from = usize::try_from(reader.next - first).unwrap_or(usize::MAX);
        let lines: Vec<_> = self
            .lines
            .iter()
            .skip(from)
            .take(TAKEN_AT_ONCE)
            .cloned()
            .collect();
        reader.next += lines.len() as u64;
        Some(Taken::Lines(lines))
    }
}

/// What a line takes in memory, about.
fn size(line: &LogLine) -> usize {
    line.text.len() + size_of::<LogLine>()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn lines(numbers: std::ops::Range<usize>) -> Vec<LogLine> {
        numbers
            .map(|n| LogLine {
                at: None,
                text: n.to_string(),
                cut: 0,
            })
            .collect()
    }

    fn taken(recent: &Recent, reader: u64) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(Taken::Lines(lines)) = recent.take(reader).now_or_never() {
            texts.extend(lines.iter().map(|line| line.text.clone()));
        }
        texts
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_reader_holds_the_writer_back() {
        let recent = Recent::default();
        let reader = recent.add_reader();
        recent.push(lines(0..KEPT_LINES)).await;
        let mut more = Box::pin(recent.push(lines(0..10)));
        let hour = Duration::from_hours(1);
        assert!(tokio::time::timeout(hour, &mut more).await.is_err());
        let Taken::Lines(first) = recent.take(reader).await else {
            panic!();
        };
        assert_eq!(first.len(), TAKEN_AT_ONCE);
        more.await;
        assert_eq!(
            taken(&recent, reader).len(),
            KEPT_LINES + 10 - TAKEN_AT_ONCE
        );
    }

    #[tokio::test(start_paused = true)]
    async fn of_several_readers_the_slow_one_is_left_behind_and_told_how_far() {
        let recent = Recent::default();
        let (quick, slow, joins) = (
            recent.add_reader(),
            recent.add_reader(),
            recent.add_reader(),
        );
        recent.push(lines(0..10)).await;
        assert_eq!(taken(&recent, quick).len(), 10);
        assert!(matches!(recent.take(slow).await, Taken::Lines(_)));
        let begun = Instant::now();
        for from in (10..KEPT_LINES + 60).step_by(50) {
            recent.push(lines(from..from + 50)).await;
            assert_eq!(taken(&recent, quick).len(), 50);
        }
        // The writer waited for it twice at most, and not for the one that takes nothing.
        assert!(begun.elapsed() <= 2 * PATIENCE, "{:?}", begun.elapsed());
        assert!(recent.is_behind(slow) && recent.is_behind(joins));
        let behind = recent.take(slow).await;
        assert!(matches!(behind, Taken::Behind(50)), "{behind:?}");
        assert_eq!(taken(&recent, slow).len(), KEPT_LINES);
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded_in_bytes() {
        let recent = Recent::default();
        let long = LogLine {
            at: None,
            text: "x".repeat(64 * 1024),
            cut: 0,
        };
        for _ in 0..100 {
            recent.push(vec![long.clone()]).await;
        }
        assert!(recent.state().bytes <= KEPT_BYTES);
        assert_eq!(recent.state().end(), 100);
    }

    #[tokio::test]
    async fn the_end_comes_after_the_last_line() {
        let recent = Recent::default();
        let reader = recent.add_reader();
        recent.push(lines(0..3)).await;
        recent.end(Ok(()));
        assert_eq!(taken(&recent, reader).len(), 3);
        assert!(matches!(recent.take(reader).await, Taken::Ended(Ok(()))));
    }
}
