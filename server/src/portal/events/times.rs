//! When events happened, as far as the cluster tells: the first and the last one of those that
//! it counted together, and how many there were between them.

use jiff::{SignedDuration, Timestamp};
use podside_diagnosis::facts::Event;
use podside_model::view::{EventHistogram, Tick};

/// The most moments of one series that a row draws.
const MOST_TICKS: usize = 60;

/// The most stretches of a histogram; more would be too narrow to be chosen.
const MOST_STRETCHES: i64 = 96;

/// How long stretches are, in seconds: the shortest ones that are not too many.
const STEPS: [i64; 10] = [10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400];

/// The most parts in which those of one count are spread.
const MOST_PARTS: u32 = 500;

/// Events that the cluster counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    first: Timestamp,
    last: Timestamp,
    count: u32,
}

impl Seen {
    /// When an event was seen; `None` where it does not say.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let last = event.last.or(event.first)?;
        Some(Self {
            first: event.first.map_or(last, |first| first.min(last)),
            last,
            count: event.count,
        })
    }

    /// Whether one may have happened between two seconds since 1970, the second one left out.
    pub(super) fn is_within(&self, (since, until): (i64, i64)) -> bool {
        self.first.as_second() < until && self.last.as_second() >= since
    }

    /// When they happened, each with how many: those between the first and the last one at
    /// equal distances, as nobody knows better.
    fn spread(self) -> impl Iterator<Item = (Timestamp, u64)> {
        let is_moment = self.first == self.last;
        let parts = if is_moment {
            1
        } else {
            self.count.clamp(1, MOST_PARTS)
        };
        let each = u64::from(self.count / parts);
        let rest = u64::from(self.count % parts);
        let whole = self.last.duration_since(self.first);
        (0..parts).map(move |part| {
            let gaps = i32::try_from(parts.saturating_sub(1).max(1)).unwrap_or(i32::MAX);
            let done = i32::try_from(part).unwrap_or(i32::MAX);
            let after = whole.checked_div(gaps).unwrap_or(SignedDuration::ZERO);
            let after = after.saturating_mul(done);
            let at = self.first.checked_add(after).unwrap_or(self.last);
            // One alone was seen last.
            let at = if parts == 1 {
                self.last
            } else {
                at.min(self.last)
            };
            (at, each.saturating_add(if part == 0 { rest } else { 0 }))
        })
    }
}

/// The moments at which events are known to have happened, in order.
pub(super) fn ticks(seen: &[Seen]) -> Vec<Tick> {
    let moments = seen.iter().flat_map(|seen| [seen.first, seen.last]);
    let mut ticks: Vec<Tick> = moments.map(Tick).collect();
    ticks.sort_unstable();
    ticks.dedup();
    let every = ticks.len().div_ceil(MOST_TICKS).max(1);
    ticks
        .into_iter()
        .rev()
        .step_by(every)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect()
}

/// How many events there were when; `None` without any.
pub(super) fn histogram<'a>(
    seen: impl Iterator<Item = &'a Seen> + Clone,
) -> Option<EventHistogram> {
    let first = seen.clone().map(|it| it.first.as_second()).min()?;
    let last = seen.clone().map(|it| it.last.as_second()).max()?;
    let whole = last.saturating_sub(first);
    let fits = |step: &i64| whole / step < MOST_STRETCHES;
    let step = STEPS.into_iter().find(fits);
    let step = step.unwrap_or_else(|| whole / MOST_STRETCHES + 1);
    let start = first.div_euclid(step).saturating_mul(step);
    let place = |at: Timestamp| {
        let place = at.as_second().saturating_sub(start).div_euclid(step);
        usize::try_from(place).unwrap_or(0)
    };
    let stretches = usize::try_from((last - start).div_euclid(step))
        .ok()?
        .saturating_add(1);
    let mut counts = vec![0_u64; stretches];
    for (at, count) in seen.flat_map(|seen| seen.spread()) {
        if let Some(there) = counts.get_mut(place(at)) {
            *there = there.saturating_add(count);
        }
    }
    Some(EventHistogram {
        start: Timestamp::from_second(start).ok()?,
        step: u32::try_from(step).ok()?,
        counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn seen(first: i64, last: i64, count: u32) -> Seen {
        Seen {
            first: at(first),
            last: at(last),
            count,
        }
    }

    #[test]
    fn those_that_were_counted_together_are_spread_and_none_is_lost() {
        let all = [
            seen(1_000, 1_040, 5),
            seen(1_035, 1_035, 2),
            seen(1_001, 1_001, 1),
        ];
        let drawn = histogram(all.iter()).unwrap();
        assert_eq!((drawn.start, drawn.step), (at(1_000), 10));
        assert_eq!(drawn.counts, [2, 1, 1, 3, 1]);
        for count in [1, 2, 3, 499, 500, 501, 12_345, u32::MAX] {
            let one = [seen(0, 86_400 * 3, count)];
            let drawn = histogram(one.iter()).unwrap();
            assert_eq!(
                drawn.counts.iter().sum::<u64>(),
                u64::from(count),
                "{count}"
            );
            assert!(
                drawn.counts.len() <= 98,
                "{} for {count}",
                drawn.counts.len()
            );
        }
        assert_eq!(histogram([].iter()), None);
    }

    #[test]
    fn a_long_time_has_wider_stretches() {
        for (last, step) in [(900, 10), (1_000, 30), (7_000, 120), (86_400, 1_800)] {
            let both = [seen(0, 0, 1), seen(last, last, 1)];
            assert_eq!(histogram(both.iter()).unwrap().step, step, "{last}");
        }
        let ages = [
            seen(-62_135_596_800, 0, 3),
            seen(253_000_000_000, 253_000_000_000, 1),
        ];
        let counts = histogram(ages.iter()).map(|it| it.counts.iter().sum::<u64>());
        assert!(matches!(counts, None | Some(4)), "{counts:?}");
    }

    #[test]
    fn ticks_are_what_is_known_and_never_too_many() {
        let known = [seen(5, 9, 7), seen(1, 1, 1), seen(9, 12, 2)];
        let seconds = |seen: &[Seen]| -> Vec<i64> {
            ticks(seen).iter().map(|tick| tick.0.as_second()).collect()
        };
        assert_eq!(seconds(&known), [1, 5, 9, 12]);
        let many: Vec<Seen> = (0..1_000).map(|it| seen(it, it, 1)).collect();
        let drawn = seconds(&many);
        assert!(drawn.len() <= MOST_TICKS);
        assert_eq!(drawn.last(), Some(&999), "the last one is always drawn");
    }

    #[test]
    fn a_chosen_time_has_what_may_have_happened_in_it() {
        let series = seen(100, 200, 9);
        assert!(series.is_within((150, 160)));
        assert!(series.is_within((200, 210)));
        assert!(!series.is_within((90, 100)));
        assert!(!series.is_within((201, 300)));
    }
}
