use std::collections::VecDeque;

use super::{Cursor, SeenTime, SourceId};

/// How far back the times of lines are kept: more than the second that a resumption
/// by whole seconds goes back, and more than stdout and stderr of one container are
/// ever out of order.
const KEPT: i64 = 2_000_000_000;

/// Which lines of one log were read, told by their times: every line below the
/// floor, and above it as many lines of each time as were counted.
#[derive(Clone, Debug)]
pub struct Seen {
    floor: Option<i64>,
    times: VecDeque<SeenTime>,
    max_times: usize,
}

impl Seen {
    /// Nothing yet of a log that is read from its beginning, so that every line is
    /// wanted, also one that is a little earlier than the first.
    pub fn from_beginning(max_times: usize) -> Self {
        Self {
            floor: Some(i64::MIN),
            ..Self::new(max_times)
        }
    }

    /// Nothing yet of a log of which lines before the first are not wanted. At most `max_times` times are kept, 16 bytes each; a log with more
    /// of them within two seconds is known less far back.
    pub fn new(max_times: usize) -> Self {
        Self {
            floor: None,
            times: VecDeque::new(),
            max_times,
        }
    }

    /// What a reader says to have read before.
    pub fn from_cursor(cursor: &Cursor, max_times: usize) -> Self {
        let mut seen = Self::new(max_times);
        seen.floor = Some(cursor.floor);
        for SeenTime(time, count) in cursor.seen.iter().take(Cursor::MAX_SEEN) {
            seen.add(*time, *count);
        }
        seen
    }

    /// What to say to go on from here; `None` when nothing has been read.
    pub fn cursor(&self, source: SourceId) -> Option<Cursor> {
        let over = self.times.len().saturating_sub(Cursor::MAX_SEEN);
        let below = over.checked_sub(1).and_then(|i| self.times.get(i));
        Some(Cursor {
            source,
            floor: below.map_or(self.floor?, |t| t.0.saturating_add(1)),
            seen: self.times.iter().skip(over).copied().collect(),
        })
    }

    /// Notes that a line of that time was read, in nanoseconds since 1970.
    pub fn record(&mut self, time: i64) {
        self.add(time, 1);
    }

    fn add(&mut self, time: i64, count: u32) {
        let floor = *self.floor.get_or_insert(time);
        if time < floor {
            return;
        }
        // Nearly always the last place: lines come in order but for a few.
        let after = self.times.iter().rev().take_while(|t| t.0 > time).count();
        let at = self.times.len() - after;
        match at.checked_sub(1).and_then(|i| self.times.get_mut(i)) {
            Some(same) if same.0 == time => same.1 = same.1.saturating_add(count),
            _ => self.times.insert(at, SeenTime(time, count)),
        }
        self.forget();
    }

    fn forget(&mut self) {
        let Some(SeenTime(newest, _)) = self.times.back().copied() else {
            return;
        };
        let oldest = newest.saturating_sub(KEPT);
        while let Some(SeenTime(first, _)) = self.times.front().copied()
            && (first < oldest || self.times.len() > self.max_times)
        {
            self.times.pop_front();
            self.floor = Some(first.saturating_add(1));
        }
    }

    /// The earliest time of which a line may not have been read; `None` when nothing
    /// is known.
    pub fn floor(&self) -> Option<i64> {
        self.floor
    }

    /// The latest time of which a line was read, as far as it is kept.
    pub fn newest(&self) -> Option<i64> {
        self.times.back().map(|t| t.0)
    }

    /// Crosses out one line of that time, and tells whether there was one left that
    /// was read.
    pub fn cross_out(&mut self, time: i64) -> bool {
        if self.floor.is_some_and(|floor| time < floor) {
            return true;
        }
        let Ok(at) = self.times.binary_search_by_key(&time, |t| t.0) else {
            return false;
        };
        match self.times.get_mut(at) {
            Some(SeenTime(_, left)) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(times: &[i64], max_times: usize) -> Seen {
        let mut seen = Seen::new(max_times);
        for time in times {
            seen.record(*time);
        }
        seen
    }

    fn new_lines(seen: &Seen, again: &[i64]) -> Vec<i64> {
        let mut seen = seen.clone();
        again
            .iter()
            .copied()
            .filter(|t| !seen.cross_out(*t))
            .collect()
    }

    #[test]
    fn lines_of_the_same_time_are_counted() {
        let seen = recorded(&[10, 20, 20], 9);
        assert_eq!(new_lines(&seen, &[5, 10, 20, 20, 20, 21]), [20, 21]);
    }

    #[test]
    fn a_late_line_of_an_earlier_time_is_new() {
        let seen = recorded(&[10, 30], 9);
        assert_eq!(new_lines(&seen, &[10, 30, 29, 31]), [29, 31]);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_forgotten_counts_as_read() {
        let mut seen = recorded(&(0..20).collect::<Vec<_>>(), 10);
        assert_eq!((seen.times.len(), seen.floor()), (10, Some(10)));
        seen.record(20 + KEPT);
        assert_eq!((seen.times.len(), seen.floor()), (1, Some(20)));
        assert_eq!(new_lines(&seen, &[0, 9, 19, 20]), [20]);
    }

    #[test]
    fn a_cursor_says_the_same_as_the_lines_it_stands_for() {
        let source = SourceId {
            pod: "web".into(),
            container: "app".into(),
            previous: false,
        };
        let times: Vec<i64> = (0..300).collect();
        let seen = recorded(&times, 1000);
        let cursor = seen.cursor(source.clone()).unwrap();
        assert_eq!(cursor.seen.len(), Cursor::MAX_SEEN);
        let seen = Seen::from_cursor(&cursor, 1000);
        assert_eq!(new_lines(&seen, &(0..302).collect::<Vec<_>>()), [300, 301]);
        assert!(Seen::new(5).cursor(source).is_none());
    }
}
