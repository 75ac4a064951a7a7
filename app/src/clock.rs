//! Moments and spans as text. Everything is UTC, as the cluster says it; no clock is
//! read here, because the first render must be the same on both sides.

use jiff::Timestamp;
use podside_model::Lang;

use crate::words::TimeWords;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `20:28:59`.
pub fn clock(at: Timestamp) -> String {
    let second = at.as_second().rem_euclid(DAY);
    format!(
        "{:02}:{:02}:{:02}",
        second / HOUR,
        second % HOUR / MINUTE,
        second % MINUTE
    )
}

/// `2026-11-20`.
pub fn day(at: Timestamp) -> String {
    let (year, month, day) = date(at.as_second().div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11-20 20:28:59 UTC`.
pub fn date_and_clock(at: Timestamp) -> String {
    format!("{} {} UTC", day(at), clock(at))
}

/// The clock when it was today, the date otherwise.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    if (now.as_second() - at.as_second()).abs() < DAY / 2 {
        clock(at)
    } else {
        date_and_clock(at)
    }
}

/// RFC 3339 with whole seconds, for `<time datetime>`.
pub fn machine(at: Timestamp) -> String {
    format!("{}T{}Z", day(at), clock(at))
}

/// A span in its two largest units: `55 s`, `1 min 41 s`, `2 h 5 min`, `3 d 4 h`.
/// From ten of the larger unit on, the smaller one is left out.
pub fn span(seconds: i64, lang: Lang) -> String {
    let w = TimeWords::of(lang);
    let seconds = seconds.max(0);
    let two = |unit: i64, whole: fn(i64) -> String, part: i64, rest: fn(i64) -> String| {
        let (large, small) = (seconds / unit, seconds % unit / part);
        if small == 0 || large >= 10 {
            whole(large)
        } else {
            format!("{} {}", whole(large), rest(small))
        }
    };
    match seconds {
        0..MINUTE => (w.seconds)(seconds),
        MINUTE..HOUR => two(MINUTE, w.minutes, 1, w.seconds),
        HOUR..DAY => two(HOUR, w.hours, MINUTE, w.minutes),
        _ => two(DAY, w.days, HOUR, w.hours),
    }
}

/// How long `at` is before `now`, in seconds.
pub fn seconds_between(at: Timestamp, now: Timestamp) -> i64 {
    now.as_second() - at.as_second()
}

/// `55 s ago`.
pub fn ago(at: Timestamp, now: Timestamp, lang: Lang) -> String {
    (TimeWords::of(lang).ago)(&span(seconds_between(at, now), lang))
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic
/// Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`).
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_the_library_would_write_them() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59Z",
            "2026-11-20T20:28:59Z",
            "2100-03-01T00:00:00Z",
            "1969-12-31T23:59:58Z",
        ] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(machine(at), text);
        }
    }

    #[test]
    fn spans_have_at_most_two_units() {
        let en = |seconds| span(seconds, Lang::En);
        assert_eq!(en(55), "55 s");
        assert_eq!(en(101), "1 min 41 s");
        assert_eq!(en(360), "6 min");
        assert_eq!(en(660), "11 min");
        assert_eq!(en(7_500), "2 h 5 min");
        assert_eq!(en(3 * DAY + 4 * HOUR), "3 d 4 h");
        assert_eq!(en(-3), "0 s");
        assert_eq!(span(101, Lang::Ja), "1 分 41 秒");
    }
}
