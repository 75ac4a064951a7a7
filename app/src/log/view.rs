use std::collections::VecDeque;
use std::ops::Range;

use super::store::Block;
use super::{Display, Filter, Finder, LineStore, Row};

/// The rows of a store that a filter shows, and the hits of a search among them.
///
/// Both are worked off in slices ([`View::advance`], [`View::search`]), so that half
/// a million lines never hold up a frame. There is one chunk for each block of the
/// store, so that what the store lets go is let go here at once.
#[derive(Debug, Default)]
pub struct View {
    filter: Filter,
    chunks: VecDeque<Chunk>,
    /// The row up to which rows were filtered.
    filtered: u64,
    /// The row up to which shown rows were searched.
    searched: u64,
    rows: usize,
    hits: usize,
    /// How many lines of each source are shown, by its number.
    lines: Vec<u64>,
}

#[derive(Debug)]
struct Chunk {
    /// The number of the block's first row.
    first: u64,
    /// The rows that are shown, counted within the block.
    rows: Vec<u16>,
    /// Which of them are hits, counted within `rows`.
    hits: Vec<u16>,
    /// How many lines of each source are among them.
    lines: Vec<u64>,
}

impl View {
    /// Nothing yet of what a filter shows.
    pub fn new(filter: Filter) -> Self {
        Self {
            filter,
            ..Self::default()
        }
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// How many rows are shown, as far as they were filtered.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many lines of a source are shown, as far as they were filtered.
    pub fn lines_of(&self, source: usize) -> u64 {
        self.lines.get(source).copied().unwrap_or_default()
    }

    /// How many lines are shown, as far as they were filtered.
    pub fn lines(&self) -> u64 {
        self.lines.iter().sum()
    }

    /// The times of the shown lines that carry [`Level::Error`](super::Level::Error).
    pub(super) fn error_times(&self, store: &LineStore) -> impl Iterator<Item = i64> {
        let blocks = store.blocks_from(store.first());
        let both = blocks.filter_map(|block| {
            let at = self
                .chunks
                .binary_search_by_key(&block.first(), |it| it.first);
            Some((block, self.chunks.get(at.ok()?)?))
        });
        both.flat_map(|(block, chunk)| {
            let rows = chunk.rows.iter().map(|at| usize::from(*at));
            rows.filter_map(|at| block.error_time(at))
        })
    }

    /// How many hits there are, as far as was searched.
    pub fn hits(&self) -> usize {
        self.hits
    }

    /// Filters at most `budget` rows further, and tells whether that was all.
    pub fn advance(&mut self, store: &LineStore, budget: usize) -> bool {
        self.let_go(store);
        let mut left = budget;
        self.filtered = self.filtered.max(store.first());
        for block in store.blocks_from(self.filtered) {
            if self
                .chunks
                .back()
                .is_none_or(|chunk| chunk.first != block.first())
            {
                self.chunks.push_back(Chunk {
                    first: block.first(),
                    rows: Vec::new(),
                    hits: Vec::new(),
                    lines: Vec::new(),
                });
            }
            let Some(chunk) = self.chunks.back_mut() else {
                break;
            };
            let to = block.next().min(self.filtered + left as u64);
            left -= usize::try_from(to - self.filtered).unwrap_or(left);
            for number in self.filtered..to {
                let at = usize::try_from(number - block.first()).unwrap_or(usize::MAX);
                if shows(&self.filter, block, at)
                    && let Ok(row) = u16::try_from(at)
                {
                    chunk.rows.push(row);
                    self.rows += 1;
                    if let Some(source) = block.source(at) {
                        count(&mut chunk.lines, source);
                        count(&mut self.lines, source);
                    }
                }
            }
            self.filtered = to;
            if left == 0 {
                break;
            }
        }
        self.filtered == store.next()
    }

    /// Forgets all hits, before another search.
    pub fn clear_hits(&mut self) {
        for chunk in &mut self.chunks {
            chunk.hits.clear();
        }
        self.hits = 0;
        self.searched = 0;
    }

    /// Searches at most `budget` shown rows further, and tells whether that was all.
    pub fn search(
        &mut self,
        store: &LineStore,
        finder: &(impl Finder + ?Sized),
        budget: usize,
    ) -> bool {
        let mut left = budget;
        self.searched = self.searched.max(store.first());
        for chunk in &mut self.chunks {
            let done = chunk
                .rows
                .partition_point(|at| chunk.first + u64::from(*at) < self.searched);
            for (index, at) in chunk.rows.iter().enumerate().skip(done) {
                if left == 0 {
                    return false;
                }
                left -= 1;
                let number = chunk.first + u64::from(*at);
                if let Some(Row::Line { text, .. }) = store.row(number)
                    && finder.is_in(&Display::of(text).text())
                    && let Ok(index) = u16::try_from(index)
                {
                    chunk.hits.push(index);
                    self.hits += 1;
                }
                self.searched = number + 1;
            }
        }
        self.searched = self.searched.max(self.filtered);
        true
    }

    /// The numbers of the shown rows at these places.
    pub fn numbers(&self, places: Range<usize>) -> Vec<u64> {
        let mut numbers = Vec::with_capacity(places.len().min(self.rows));
        let mut start = 0;
        for chunk in &self.chunks {
            let end = start + chunk.rows.len();
            if end > places.start && start < places.end {
                let from = places.start.max(start) - start;
                let to = places.end.min(end) - start;
                let rows = chunk.rows.get(from..to).unwrap_or_default();
                numbers.extend(rows.iter().map(|at| chunk.first + u64::from(*at)));
            }
            start = end;
        }
        numbers
    }

    /// The place of the row with this number, or of the next one that is shown.
    pub fn place(&self, number: u64) -> usize {
        let mut start = 0;
        for chunk in &self.chunks {
            let at = chunk
                .rows
                .partition_point(|at| chunk.first + u64::from(*at) < number);
            if at < chunk.rows.len() {
                return start + at;
            }
            start += chunk.rows.len();
        }
        start
    }

    /// The number of the row of the hit with this index.
    pub fn hit(&self, index: usize) -> Option<u64> {
        let mut left = index;
        for chunk in &self.chunks {
            if let Some(row) = chunk.hits.get(left) {
                return chunk.number(*row);
            }
            left = left.checked_sub(chunk.hits.len())?;
        }
        None
    }

    /// How many hits come before the row with this number.
    pub fn hits_before(&self, number: u64) -> usize {
        let before = |chunk: &Chunk| {
            chunk
                .hits
                .partition_point(|row| chunk.number(*row).is_some_and(|n| n < number))
        };
        self.chunks.iter().map(before).sum()
    }

    /// Lets go what the store has let go.
    fn let_go(&mut self, store: &LineStore) {
        while let Some(chunk) = self.chunks.front()
            && chunk.first < store.first()
        {
            self.rows -= chunk.rows.len();
            self.hits -= chunk.hits.len();
            for (all, gone) in self.lines.iter_mut().zip(&chunk.lines) {
                *all -= gone;
            }
            self.chunks.pop_front();
        }
    }
}

impl Chunk {
    fn number(&self, row: u16) -> Option<u64> {
        self.rows
            .get(usize::from(row))
            .map(|at| self.first + u64::from(*at))
    }
}

/// Adds a line to the count of its source.
fn count(lines: &mut Vec<u64>, source: u8) {
    let source = usize::from(source);
    if lines.len() <= source {
        lines.resize(source + 1, 0);
    }
    if let Some(lines) = lines.get_mut(source) {
        *lines += 1;
    }
}

fn shows(filter: &Filter, block: &Block, at: usize) -> bool {
    match block.row(at) {
        Some(Row::Line {
            source,
            level,
            text,
            ..
        }) => filter.shows_all() || filter.shows(source, level, text),
        // What is said about the lines is never filtered away.
        Some(Row::Note(_) | Row::NoteRest) => true,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use podside_model::log::LogNote;
    use proptest::prelude::*;

    use super::super::Limits;
    use super::*;

    fn store(lines: usize) -> LineStore {
        let mut store = LineStore::default();
        for i in 0..lines {
            store.push_line(
                Some(0),
                0,
                if i % 3 == 0 { "refused" } else { "GET /readyz" },
            );
        }
        store
    }

    fn all(view: &mut View, store: &LineStore, finder: &String) {
        while !view.advance(store, 1000) {}
        while !view.search(store, finder, 777) {}
    }

    #[test]
    fn a_filter_and_a_search_are_worked_off_in_slices() {
        let store = store(10_000);
        let mut view = View::new(Filter {
            exclude: "readyz".into(),
            ..Filter::default()
        });
        assert!(!view.advance(&store, 100));
        assert_eq!(view.rows(), 34);
        all(&mut view, &store, &"REFUSED".to_owned());
        assert_eq!((view.rows(), view.hits()), (3334, 3334));
        assert_eq!(
            (view.lines(), view.lines_of(0), view.lines_of(1)),
            (3334, 3334, 0)
        );
        assert_eq!(view.numbers(1..3), [3, 6]);
        assert_eq!(view.hit(3333), Some(9999));
        assert_eq!(view.hit(3334), None);
        assert_eq!(view.hits_before(9), 3);
        assert_eq!(
            (view.place(9), view.place(10), view.place(99_999)),
            (3, 4, 3334)
        );
        view.clear_hits();
        all(&mut view, &store, &"nothing".to_owned());
        assert_eq!(view.hits(), 0);
    }

    #[test]
    fn notes_are_shown_whatever_the_filter() {
        let mut store = store(3);
        store.push_note(LogNote::Live);
        let filter = Filter {
            exclude: "e".into(),
            hidden_sources: vec![0],
            ..Filter::default()
        };
        let mut view = View::new(filter);
        view.advance(&store, 100);
        assert_eq!(view.numbers(0..9), [3, 4]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_view_that_grows_and_forgets_equals_one_made_at_once(
            steps in prop::collection::vec((0_usize..3000, 1_usize..4000), 1..12),
        ) {
            let mut store = LineStore::with_limits(Limits { rows: 9000, bytes: usize::MAX });
            let finder = "7".to_owned();
            let filter = Filter { exclude: "3".into(), ..Filter::default() };
            let mut grown = View::new(filter.clone());
            let mut count = 0;
            for (lines, budget) in steps {
                for _ in 0..lines {
                    store.push_line(None, 0, &count.to_string());
                    count += 1;
                }
                grown.advance(&store, budget);
                grown.search(&store, &finder, budget);
            }
            all(&mut grown, &store, &finder);
            let mut fresh = View::new(filter);
            all(&mut fresh, &store, &finder);
            prop_assert_eq!(grown.numbers(0..usize::MAX), fresh.numbers(0..usize::MAX));
            prop_assert_eq!(grown.hits(), fresh.hits());
            prop_assert_eq!(grown.rows(), fresh.rows());
            prop_assert_eq!(grown.lines(), fresh.lines());
            for index in [0, fresh.hits() / 2, fresh.hits()] {
                prop_assert_eq!(grown.hit(index), fresh.hit(index));
            }
        }
    }
}
