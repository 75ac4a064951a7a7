use podside_model::log::LogNote;

use super::{LineStore, View};
use crate::tenths::share;

const SECOND: i64 = 1_000_000_000;

/// Bars at most.
const MOST_BARS: i64 = 13;

/// The widths that a bar may stand for, in seconds: those in which people count.
const WIDTHS: [i64; 18] = [
    1, 2, 4, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
];

/// How many errors there were among the lines that are shown, in each stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Errors in each stretch, the oldest first.
    pub bars: Vec<u64>,
    /// Seconds of one stretch.
    pub width: i64,
    /// Nanoseconds since 1970 at which the first stretch begins.
    pub start: i64,
    /// Nanoseconds since 1970 of the last line.
    pub end: i64,
    /// The reason and the time of the last warning event among the lines.
    pub event: Option<(String, i64)>,
}

impl Histogram {
    /// Over the time of all lines that are kept, of the errors that a view shows of them;
    /// `None` when no line has a time.
    pub fn of(store: &LineStore, view: &View) -> Option<Self> {
        let blocks = || store.blocks_from(0);
        let ranges = || blocks().filter_map(super::store::Block::range);
        let first = ranges().map(|(first, _)| first).min()?;
        let end = ranges().map(|(_, last)| last).max()?;
        let seconds = end.div_euclid(SECOND) - first.div_euclid(SECOND) + 1;
        let width = WIDTHS
            .into_iter()
            .find(|width| (seconds - 1).div_euclid(*width) < MOST_BARS)
            .unwrap_or(seconds / MOST_BARS + 1);
        let start = first.div_euclid(SECOND) * SECOND;
        let place = |time: i64| usize::try_from((time - start).div_euclid(width * SECOND)).ok();
        let mut bars = vec![0; place(end)? + 1];
        for time in view.error_times(store) {
            if let Some(bar) = place(time).and_then(|at| bars.get_mut(at)) {
                *bar += 1;
            }
        }
        let notes = blocks().flat_map(super::store::Block::notes);
        let warning = |note: &LogNote| match note {
            LogNote::Event(event) if event.warning && event.at >= start => {
                Some((event.reason.clone(), event.at.min(end)))
            }
            _ => None,
        };
        Some(Self {
            bars,
            width,
            start,
            end,
            event: notes.filter_map(warning).last(),
        })
    }

    /// Where the event stands on bars of so many tenths' width.
    pub fn event_at(&self, width: u64) -> Option<u64> {
        let (_, at) = self.event.as_ref()?;
        let bars = u64::try_from(self.bars.len()).ok()?;
        let whole = u64::try_from(self.width * SECOND)
            .ok()?
            .saturating_mul(bars);
        let after = u64::try_from(at - self.start).unwrap_or(0);
        Some(share(after, whole, width).min(width))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Filter;
    use super::*;

    fn of(store: &LineStore, filter: Filter) -> Option<Histogram> {
        let mut view = View::new(filter);
        view.advance(store, usize::MAX);
        Histogram::of(store, &view)
    }

    #[test]
    fn what_a_filter_hides_is_not_counted() {
        let mut store = LineStore::default();
        for (source, text) in [(0, "ERROR a"), (1, "ERROR b"), (1, "INFO c")] {
            store.push_line(Some(SECOND), source, text);
        }
        let hidden = |hidden_sources: &[u8]| Filter {
            hidden_sources: hidden_sources.to_vec(),
            ..Filter::default()
        };
        assert_eq!(of(&store, hidden(&[])).unwrap().bars, [2]);
        assert_eq!(of(&store, hidden(&[1])).unwrap().bars, [1]);
        assert_eq!(of(&store, hidden(&[0, 1])).unwrap().bars, [0]);
    }

    #[test]
    fn errors_are_counted_in_stretches_that_people_count_in() {
        let mut store = LineStore::default();
        for second in 0..52 {
            let text = if second % 2 == 0 { "ERROR a" } else { "INFO a" };
            store.push_line(Some((100 + second) * SECOND), 0, text);
        }
        let histogram = of(&store, Filter::default()).unwrap();
        assert_eq!((histogram.width, histogram.bars.len()), (4, 13));
        assert!(histogram.bars.iter().all(|bar| *bar == 2));
        assert_eq!(histogram.event_at(100), None);
    }

    #[test]
    fn a_single_line_and_a_log_of_years_have_a_histogram() {
        let mut store = LineStore::default();
        assert_eq!(of(&store, Filter::default()), None);
        store.push_line(None, 0, "no time");
        assert_eq!(of(&store, Filter::default()), None);
        store.push_line(Some(SECOND), 0, "ERROR a");
        assert_eq!(of(&store, Filter::default()).unwrap().bars, [1]);
        store.push_line(Some(200_000_000 * SECOND), 0, "ERROR b");
        let histogram = of(&store, Filter::default()).unwrap();
        assert!(histogram.bars.len() <= 14 && histogram.bars.iter().sum::<u64>() == 2);
    }
}
