use jiff::Timestamp;

use crate::clock;

const MILLISECOND: i64 = 1_000_000;

/// `20:28:37.927`, in UTC or in the reader's time zone.
pub(super) fn with_milliseconds(nanoseconds: i64, is_local: bool) -> String {
    let milliseconds = shifted(nanoseconds, is_local).div_euclid(MILLISECOND);
    format!(
        "{}.{:03}",
        hours_to_seconds(milliseconds),
        milliseconds.rem_euclid(1000)
    )
}

/// `20:28:37.4`.
pub(super) fn with_tenths(nanoseconds: i64, is_local: bool) -> String {
    let tenths = shifted(nanoseconds, is_local).div_euclid(100 * MILLISECOND);
    format!(
        "{}.{}",
        hours_to_seconds(tenths * 100),
        tenths.rem_euclid(10)
    )
}

/// `20:28:37`.
pub(super) fn to_seconds(nanoseconds: i64, is_local: bool) -> String {
    hours_to_seconds(shifted(nanoseconds, is_local).div_euclid(MILLISECOND))
}

/// A whole date for a reader who points at a time.
pub(super) fn date(nanoseconds: i64) -> String {
    let at = Timestamp::from_nanosecond(i128::from(nanoseconds));
    at.map(clock::date_and_clock).unwrap_or_default()
}

fn hours_to_seconds(milliseconds: i64) -> String {
    let at = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    clock::clock(at)
}

fn shifted(nanoseconds: i64, is_local: bool) -> i64 {
    if is_local {
        let minutes = minutes_behind_utc(nanoseconds.div_euclid(MILLISECOND));
        nanoseconds.saturating_sub(minutes * 60_000 * MILLISECOND)
    } else {
        nanoseconds
    }
}

/// JavaScript's `getTimezoneOffset` at a moment, in minutes.
#[cfg(feature = "hydrate")]
fn minutes_behind_utc(milliseconds: i64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "JavaScript counts so")]
    let at = js_sys::Date::new(&leptos::wasm_bindgen::JsValue::from_f64(
        milliseconds as f64,
    ));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let minutes = at.get_timezone_offset() as i64;
    minutes
}

/// The server renders UTC only.
#[cfg(not(feature = "hydrate"))]
fn minutes_behind_utc(_: i64) -> i64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_cut_and_not_rounded() {
        let at = 1_795_206_517_966_999_999;
        assert_eq!(with_milliseconds(at, false), "20:28:37.966");
        assert_eq!(with_tenths(at, false), "20:28:37.9");
        assert_eq!(to_seconds(at, false), "20:28:37");
        assert_eq!(date(at), "2026-11-20 20:28:37 UTC");
        assert_eq!(with_milliseconds(i64::MIN, false).len(), 12);
    }
}
