//! When a CronJob is due.
//!
//! The language is that of the CronJob controller's parser: five fields (minute, hour, day
//! of month, month, day of week) or a macro such as `@daily`
//! (<https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>).
//! Times are UTC, as the controller's are where no `timeZone` is set. Where one is set, no
//! table of time zones is asked: what is due at every offset that a zone can have is due.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A parsed schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    /// At the minutes that all five fields allow.
    Fields(Box<Minutes>),
    /// `@every`: a span after the time before.
    Every(SignedDuration),
}

/// The minutes that the five fields allow; a bit a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Minutes {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    /// Neither of the two day fields is `*`: then one of them is enough.
    either_day: bool,
}

/// The longest time ahead that is searched, in days: 29 February comes again within eight
/// years, whatever the century.
const LONGEST: usize = 8 * 366 + 1;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Schedule {
    /// Reads `spec.schedule`. `None` when it is not understood, such as one with a time zone
    /// in it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(span) = text.strip_prefix("@every ") {
            return Some(Self::Every(span.trim().parse().ok()?));
        }
        let fields = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            other => other,
        };
        let mut fields = fields.split_whitespace();
        let (minute, hour, day) = (fields.next()?, fields.next()?, fields.next()?);
        let (month, weekday) = (fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        Some(Self::Fields(Box::new(Minutes {
            minute: field(minute, 0, 59, &[])?,
            hour: field(hour, 0, 23, &[])?,
            day: field(day, 1, 31, &[])?,
            month: field(month, 1, 12, &MONTHS)?,
            weekday: field(weekday, 0, 6, &WEEKDAYS)?,
            either_day: !day.starts_with(['*', '?']) && !weekday.starts_with(['*', '?']),
        })))
    }

    /// A time by which it has come due after `after`, in whatever time zone it is meant. The
    /// second time is taken and an hour is added, as the first may fall into an hour that the
    /// zone's clocks skip or go through twice.
    pub(super) fn surely_by(&self, after: Timestamp) -> Option<Timestamp> {
        /// The offsets of all zones of this age, in minutes; each a multiple of a quarter.
        const OFFSETS: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;
        let second = |minutes: i64| {
            let offset = SignedDuration::from_mins(minutes);
            let local = after.checked_add(offset).ok()?;
            let due = self.next(self.next(local)?)?;
            due.checked_sub(offset).ok()
        };
        let latest = OFFSETS
            .step_by(15)
            .map(second)
            .try_fold(after, |latest, due| Some(latest.max(due?)))?;
        latest.checked_add(1.hour()).ok()
    }

    /// The first time after `after` at which it is due; `None` when it never is.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(span) => after.checked_add(*span).ok(),
            Self::Fields(minutes) => minutes.next(after),
        }
    }
}

impl Minutes {
    fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let start = after.checked_add(1.minute()).ok()?.to_zoned(TimeZone::UTC);
        let mut date = start.date();
        let mut from = (start.hour(), start.minute());
        for _ in 0..LONGEST {
            if self.allows(date)
                && let Some((hour, minute)) = self.first_from(from)
            {
                let at: DateTime = date.at(hour, minute, 0, 0);
                return Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp());
            }
            date = date.tomorrow().ok()?;
            from = (0, 0);
        }
        None
    }

    fn allows(&self, date: Date) -> bool {
        let day = has(self.day, date.day());
        let weekday = has(self.weekday, date.weekday().to_sunday_zero_offset());
        let days = if self.either_day {
            day || weekday
        } else {
            day && weekday
        };
        has(self.month, date.month()) && days
    }

    /// The first hour and minute of a day, not before `from`.
    fn first_from(&self, from: (i8, i8)) -> Option<(i8, i8)> {
        (from.0..24)
            .filter(|hour| has(self.hour, *hour))
            .find_map(|hour| {
                let start = if hour == from.0 { from.1 } else { 0 };
                let minute = (start..60).find(|minute| has(self.minute, *minute))?;
                Some((hour, minute))
            })
    }
}

fn has(bits: u64, value: i8) -> bool {
    u32::try_from(value).is_ok_and(|value| bits.checked_shr(value).is_some_and(|b| b & 1 == 1))
}

/// A field: a list of `*`, `N`, `N-M`, each with an optional `/STEP`; words for numbers.
fn field(text: &str, least: u32, most: u32, words: &[&str]) -> Option<u64> {
    let number = |text: &str| {
        let text = text.to_lowercase();
        let mut known = words.iter().zip(least..);
        let known = known.find(|(word, _)| **word == text).map(|(_, n)| n);
        known.or_else(|| text.parse::<u32>().ok())
    };
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|s| *s > 0)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" || range == "?" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            // `N/STEP` goes on to the end.
            None if step.is_some() => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        if from < least || to > most || from > to {
            return None;
        }
        for value in (from..=to).step_by(usize::try_from(step.unwrap_or(1)).ok()?) {
            bits |= 1_u64.checked_shl(value)?;
        }
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, after: &str) -> Option<String> {
        let schedule = Schedule::read(schedule).unwrap_or_else(|| panic!("{schedule}"));
        schedule.next(after.parse().unwrap()).map(|t| t.to_string())
    }

    #[test]
    fn the_next_time_is_found() {
        for (schedule, after, expected) in [
            (
                "*/1 * * * *",
                "2026-11-20T20:13:00Z",
                "2026-11-20T20:14:00Z",
            ),
            (
                "*/15 8-17 * * mon-fri",
                "2026-11-20T17:50:00Z",
                "2026-11-23T08:00:00Z",
            ),
            ("0 3 * * *", "2026-11-20T03:00:00Z", "2026-11-21T03:00:00Z"),
            (
                "30 1 1,15 * *",
                "2026-11-20T03:00:00Z",
                "2026-12-01T01:30:00Z",
            ),
            (
                "0 0 29 feb *",
                "2026-11-20T03:00:00Z",
                "2028-02-29T00:00:00Z",
            ),
            // Either day is enough when both are given.
            ("0 0 13 * 5", "2026-11-20T03:00:00Z", "2026-11-27T00:00:00Z"),
            ("@hourly", "2026-11-20T03:59:59Z", "2026-11-20T04:00:00Z"),
            (
                "@every 1h30m",
                "2026-11-20T03:00:00Z",
                "2026-11-20T04:30:00Z",
            ),
            (
                "10/20 * * * *",
                "2026-11-20T03:31:00Z",
                "2026-11-20T03:50:00Z",
            ),
        ] {
            assert_eq!(
                next(schedule, after).as_deref(),
                Some(expected),
                "{schedule}"
            );
        }
    }

    #[test]
    fn in_an_unknown_zone_the_second_time_of_the_latest_counts() {
        let surely = |schedule: &str, after: &str| {
            let schedule = Schedule::read(schedule).unwrap_or_else(|| panic!("{schedule}"));
            let by = schedule.surely_by(after.parse().unwrap());
            by.map(|t| t.to_string())
        };
        for (schedule, expected) in [
            ("*/15 * * * *", "2026-11-20T04:30:00Z"),
            // At the offset that began its day right then, the first time is a day away.
            ("0 3 * * *", "2026-11-22T04:00:00Z"),
        ] {
            let by = surely(schedule, "2026-11-20T03:00:00Z");
            assert_eq!(by.as_deref(), Some(expected), "{schedule}");
        }
        assert_eq!(surely("0 0 31 2 *", "2026-11-20T03:00:00Z"), None);
    }

    #[test]
    fn a_day_that_no_month_has_never_comes() {
        assert_eq!(next("0 0 31 2 *", "2026-11-20T03:00:00Z"), None);
    }

    #[test]
    fn what_is_no_schedule_is_not_read() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* * * * 8",
            "CRON_TZ=UTC 0 0 * * *",
            "*/0 * * * *",
            "5-1 * * * *",
        ] {
            assert_eq!(Schedule::read(text), None, "{text}");
        }
    }
}
