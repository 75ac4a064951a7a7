//! When a CronJob is due.
//!
//! The language is that of the CronJob controller's parser, github.com/robfig/cron/v3: five
//! fields (minute, hour, day of month, month, day of week) or a macro such as `@daily`
//! (<https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>).
//! Times are UTC, as the controller's are where no time zone is set. Where one is set, no
//! table of time zones is asked: what is due at every offset that a zone can have is due.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::go_duration;

/// A parsed schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    due: Due,
    /// It carries a time zone of its own.
    is_zoned: bool,
}

/// When a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Due {
    /// At the minutes that all five fields allow.
    Fields(Minutes),
    /// `@every`: a span after the time before.
    Every(SignedDuration),
}

/// The minutes that the five fields allow.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Minutes {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

/// What one field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    /// A bit a value.
    bits: u64,
    /// It has a `*` or `?` without a step, or with a step of 1.
    has_star: bool,
}

/// How many years after that of the start are searched before a schedule counts as never due.
const YEARS: i16 = 5;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Schedule {
    /// Reads `spec.schedule`. `None` when it is none; whether a time zone in it exists is not
    /// known.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut zoned = ["TZ=", "CRON_TZ="].into_iter();
        let zoned = zoned.find_map(|prefix| text.strip_prefix(prefix));
        let text = match zoned {
            Some(zoned) => zoned.split_once(' ')?.1.trim(),
            None => text,
        };
        let due = match text.strip_prefix("@every ") {
            Some(every) => Due::Every(every_whole_seconds(go_duration::read(every)?)),
            None => Due::Fields(Minutes::read(text)?),
        };
        Some(Self {
            due,
            is_zoned: zoned.is_some(),
        })
    }

    /// Whether it carries a time zone of its own.
    pub(super) const fn is_zoned(&self) -> bool {
        self.is_zoned
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

    /// The first time after `after` at which it is due, as in UTC; `None` when it never is.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.due {
            Due::Every(span) => {
                let whole = Timestamp::from_second(after.as_second()).ok()?;
                whole.checked_add(*span).ok()
            }
            Due::Fields(minutes) => minutes.next(after),
        }
    }
}

/// A span as `@every` takes it: of whole seconds, and at least one.
fn every_whole_seconds(span: SignedDuration) -> SignedDuration {
    SignedDuration::from_secs(span.as_secs().max(1))
}

impl Minutes {
    fn read(text: &str) -> Option<Self> {
        let fields = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            macros if macros.starts_with('@') => return None,
            fields => fields,
        };
        let mut fields = fields.split_whitespace();
        let (minute, hour, day) = (fields.next()?, fields.next()?, fields.next()?);
        let (month, weekday) = (fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        Some(Self {
            minute: Field::read(minute, 0, 59, &[])?,
            hour: Field::read(hour, 0, 23, &[])?,
            day: Field::read(day, 1, 31, &[])?,
            month: Field::read(month, 1, 12, &MONTHS)?,
            weekday: Field::read(weekday, 0, 6, &WEEKDAYS)?,
        })
    }

    fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let in_utc = |after: Timestamp| after.to_zoned(TimeZone::UTC);
        let last = in_utc(after.checked_add(1.second()).ok()?).year() + YEARS;
        let start = in_utc(after.checked_add(1.minute()).ok()?);
        let mut date = start.date();
        let mut from = (start.hour(), start.minute());
        while date.year() <= last {
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

    /// Either day is enough when both fields name days, and none has a star.
    fn allows(&self, date: Date) -> bool {
        let day = self.day.has(date.day());
        let weekday = self.weekday.has(date.weekday().to_sunday_zero_offset());
        let days = if self.day.has_star || self.weekday.has_star {
            day && weekday
        } else {
            day || weekday
        };
        self.month.has(date.month()) && days
    }

    /// The first hour and minute of a day, not before `from`.
    fn first_from(&self, from: (i8, i8)) -> Option<(i8, i8)> {
        (from.0..24)
            .filter(|hour| self.hour.has(*hour))
            .find_map(|hour| {
                let start = if hour == from.0 { from.1 } else { 0 };
                let minute = (start..60).find(|minute| self.minute.has(*minute))?;
                Some((hour, minute))
            })
    }
}

impl Field {
    /// A list of `*`, `?`, `N`, `N-M`, each with an optional `/STEP`; words for numbers.
    fn read(text: &str, least: u64, most: u64, words: &[&str]) -> Option<Self> {
        let number = |text: &str| {
            let text = text.to_lowercase();
            let mut known = words.iter().zip(least..);
            let known = known.find(|(word, _)| **word == text).map(|(_, n)| n);
            known.or_else(|| text.parse::<u64>().ok())
        };
        let mut field = Self {
            bits: 0,
            has_star: false,
        };
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step.parse::<u64>().ok().filter(|s| *s > 0)?)),
                None => (part, None),
            };
            let (low, high) = match range.split_once('-') {
                Some((low, high)) => (low, Some(high)),
                None => (range, None),
            };
            let is_star = matches!(low, "*" | "?");
            let (from, to) = match high {
                // What a star goes on to is not looked at.
                _ if is_star => (least, most),
                Some(high) => (number(low)?, number(high)?),
                // `N/STEP` goes on to the end.
                None if step.is_some() => (number(low)?, most),
                None => (number(low)?, number(low)?),
            };
            if from < least || to > most || from > to {
                return None;
            }
            let step = step.unwrap_or(1);
            field.has_star |= is_star && step == 1;
            for value in (from..=to).step_by(usize::try_from(step).ok()?) {
                field.bits |= 1_u64.checked_shl(u32::try_from(value).ok()?)?;
            }
        }
        Some(field)
    }

    fn has(self, value: i8) -> bool {
        let bit = u32::try_from(value)
            .ok()
            .and_then(|n| self.bits.checked_shr(n));
        bit.is_some_and(|bit| bit & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library itself says; the table tells how it was made.
    const TIMES: &str = include_str!("../../../tests/schedules/times.tsv");

    #[test]
    fn a_schedule_is_due_when_the_controllers_library_says_so() {
        let (mut exact, mut zoned, mut refused) = (0, 0, 0);
        for row in TIMES.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = row.split('\t').collect();
            let [quoted, start, times] = columns[..] else {
                panic!("{row}");
            };
            let text: String = serde_json::from_str(quoted).unwrap();
            let read = Schedule::read(&text);
            if times == "unreadable" {
                assert_eq!(read, None, "{row}");
                refused += 1;
                continue;
            }
            let schedule = read.unwrap_or_else(|| panic!("{row}"));
            let mut at: Timestamp = start.parse().unwrap();
            if schedule.is_zoned() {
                let due: Timestamp = times.parse().unwrap();
                let by = schedule.surely_by(at);
                assert!(by.is_some_and(|by| by >= due), "{row}: {by:?}");
                zoned += 1;
                continue;
            }
            for time in times.split(' ') {
                let due = schedule.next(at);
                if time == "never" {
                    assert_eq!(due, None, "{row}");
                } else {
                    at = time.parse().unwrap();
                    assert_eq!(due, Some(at), "{row}");
                }
            }
            exact += 1;
        }
        assert!(
            exact > 200 && zoned > 1000 && refused > 30,
            "{exact} {zoned} {refused}"
        );
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
}
