//! Moments in JSON: RFC 3339 in UTC, `2026-11-20T20:28:59.5Z`, as jiff writes them.
//!
//! They are read here and not by jiff, whose reader takes every form of the standard and
//! explains each mistake: that was an eighth of what a browser loads for its first page.

use std::fmt;

use jiff::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const DAY: i64 = 24 * 60 * 60;

struct Moment(Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, to)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a moment in RFC 3339 and UTC")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
                read(text)
                    .map(Moment)
                    .ok_or_else(|| E::custom("no moment in RFC 3339 and UTC"))
            }
        }
        from.deserialize_str(Text)
    }
}

/// Writes a moment.
pub(crate) fn serialize<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(at)
}

/// Reads a moment.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    Moment::deserialize(from).map(|moment| moment.0)
}

/// A moment that may be absent.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, Moment, Serialize, Serializer, Timestamp};

    #[expect(clippy::ref_option, reason = "serde hands the field over as it stands")]
    pub(crate) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(Moment).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::<Moment>::deserialize(from).map(|moment| moment.map(|moment| moment.0))
    }
}

/// Several moments.
pub(crate) mod list {
    use super::{Deserialize, Deserializer, Moment, Serializer, Timestamp};

    pub(crate) fn serialize<S: Serializer>(all: &[Timestamp], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().copied().map(Moment))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Timestamp>, D::Error> {
        Vec::<Moment>::deserialize(from)
            .map(|moments| moments.into_iter().map(|moment| moment.0).collect())
    }
}

/// `[-]YYYY-MM-DDThh:mm:ss[.fraction]Z`; a year before 0 or after 9999 has a sign and six
/// digits.
fn read(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let (sign, date) = match date.strip_prefix('-') {
        Some(date) => (-1, date),
        None => (1, date.strip_prefix('+').unwrap_or(date)),
    };
    let mut date = date.splitn(3, '-');
    let year = sign * number(date.next()?)?;
    let month = number(date.next()?).filter(|month| (1..=12).contains(month))?;
    let day = number(date.next()?).filter(|day| (1..=31).contains(day))?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.splitn(3, ':');
    let hour = number(clock.next()?).filter(|hour| *hour < 24)?;
    let minute = number(clock.next()?).filter(|minute| *minute < 60)?;
    let second = number(clock.next()?).filter(|second| *second < 60)?;
    let scale = 10_i64.checked_pow(9_u32.checked_sub(u32::try_from(fraction.len()).ok()?)?)?;
    let nanosecond = i32::try_from(number(fraction)? * scale).ok()?;
    let at = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    Timestamp::new(at, nanosecond).ok()
}

/// At most nine digits.
fn number(digits: &str) -> Option<i64> {
    (1..=9)
        .contains(&digits.len())
        .then(|| digits.bytes().all(|digit| digit.is_ascii_digit()))
        .filter(|all| *all)?;
    digits.parse().ok()
}

/// Days since 1970-01-01 in the Gregorian calendar.
///
/// From March on, months have their days in a fixed pattern, and a leap day is the last
/// of a year; 400 years have 146,097 days.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-11-20",
            "2026-11-20T20:28:59",
            "2026-11-20T20:28:59+00:00",
            "2026-13-20T20:28:59Z",
            "2026-11-00T20:28:59Z",
            "2026-11-20T24:28:59Z",
            "2026-11-20T20:60:59Z",
            "2026-11-20T20:28:60Z",
            "2026-11-20T20:28:59.Z",
            "2026-11-20T20:28:59.0000000001Z",
            "2026-11-20T20:28Z",
            "2026-1１-20T20:28:59Z",
            "999999999-01-01T00:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_jiff_writes_is_read_as_it_was(
            second in -377_705_023_201_i64..=253_402_207_199,
            nanosecond in 0..1_000_000_000,
        ) {
            let at = Timestamp::new(second, nanosecond).unwrap();
            prop_assert_eq!(read(&at.to_string()), Some(at));
        }
    }

    #[test]
    fn moments_keep_their_form_in_json() {
        let at: Timestamp = "2026-11-20T20:28:59.5Z".parse().unwrap();
        let json = serde_json::to_string(&(Moment(at), Some(Moment(at)))).unwrap();
        assert_eq!(
            json,
            r#"["2026-11-20T20:28:59.5Z","2026-11-20T20:28:59.5Z"]"#
        );
    }
}
