//! Spans of time as Go writes them (<https://pkg.go.dev/time#ParseDuration>).

use jiff::SignedDuration;

/// The units and their length in nanoseconds; Go knows the micro sign and the letter mu.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("h", 3600 * 1_000_000_000),
];

/// The most digits of a fraction that say anything: more are below a nanosecond of an hour.
const MOST_DIGITS: usize = 18;

/// Reads a span such as `1h30m`, `1.5h` or `-300ms`. `None` when it is none, or longer than
/// Go can hold: some 292 years.
pub(super) fn read(text: &str) -> Option<SignedDuration> {
    let (is_negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut nanos: u128 = 0;
    let mut rest = if unsigned == "0" {
        ""
    } else {
        Some(unsigned).filter(|t| !t.is_empty())?
    };
    while !rest.is_empty() {
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let (number, after) = rest.split_at_checked(rest.find(|c| !is_digit(c))?)?;
        let (unit, next) = after.split_at_checked(after.find(is_digit).unwrap_or(after.len()))?;
        let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let part = amount(number, *length)?;
        nanos = nanos.checked_add(part)?;
        rest = next;
    }
    let nanos = i64::try_from(nanos).ok()?;
    let nanos = if is_negative { -nanos } else { nanos };
    Some(SignedDuration::from_nanos(nanos))
}

/// A decimal number of units, in nanoseconds.
fn amount(number: &str, unit: u128) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let digits = |text: &str| match text {
        "" => Some(0),
        text => text.parse::<u64>().ok().map(u128::from),
    };
    let fraction = fraction.get(..MOST_DIGITS).unwrap_or(fraction);
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let below = digits(fraction)?.checked_mul(unit)? / scale;
    digits(whole)?.checked_mul(unit)?.checked_add(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_go_reads_them() {
        let nanos = |text: &str| read(text).map(|span| span.as_nanos());
        for (text, expected) in [
            ("0", 0),
            ("-0", 0),
            ("1h30m", 5_400_000_000_000),
            ("1.5h30m", 7_200_000_000_000),
            ("+.5s", 500_000_000),
            ("-2\u{b5}s1.5ms", -1_502_000),
            ("9223372036854775807ns", i128::from(i64::MAX)),
            ("0.1000000000000000000000001h", 360_000_000_000),
        ] {
            assert_eq!(nanos(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "1",
            "s",
            ".s",
            "1..5s",
            "1.2.3s",
            "1 h",
            "1d",
            "--1s",
            "9999999999h",
        ] {
            assert_eq!(nanos(text), None, "{text}");
        }
    }
}
