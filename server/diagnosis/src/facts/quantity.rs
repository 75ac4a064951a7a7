use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde_json::Value;

use super::clean::{SHORT, clean};
use super::sharing::{Sharing, Str};

/// A resource quantity (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>):
/// its text as the object has it, and its value in thousandths. Two quantities are
/// equal when their values are, so that `1000m` equals `1`.
#[derive(Clone, Debug)]
pub struct Quantity {
    text: Str,
    milli: i64,
}

impl Quantity {
    pub(crate) fn read(value: &Value, sharing: &Sharing) -> Option<Self> {
        let text = match value {
            Value::String(text) => clean(text, SHORT).into_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(Self {
            milli: milli(&text)?,
            text: sharing.str(&text),
        })
    }

    /// The value of a quantity within a text, in thousandths; `None` where it is none.
    pub fn milli_of(text: &str) -> Option<i64> {
        milli(text)
    }

    /// The value in thousandths of the unit: millicores, thousandths of a byte.
    pub fn milli(&self) -> i64 {
        self.milli
    }

    /// The value in whole units, rounded up as the scheduler does.
    pub fn whole(&self) -> i64 {
        self.milli.div_euclid(1000) + i64::from(self.milli.rem_euclid(1000) > 0)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.milli == other.milli
    }
}

impl Eq for Quantity {}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.milli.hash(state);
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.milli.cmp(&other.milli)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The thousandths that a quantity's text stands for; values out of range are
/// held at the ends of the range.
fn milli(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let factor = match suffix {
        "n" => 1e-6,
        "u" => 1e-3,
        "m" => 1.0,
        "" => 1e3,
        "k" => 1e6,
        "M" => 1e9,
        "G" => 1e12,
        "T" => 1e15,
        "P" => 1e18,
        "E" => 1e21,
        "Ki" => 1024.0 * 1e3,
        "Mi" => 1024.0_f64.powi(2) * 1e3,
        "Gi" => 1024.0_f64.powi(3) * 1e3,
        "Ti" => 1024.0_f64.powi(4) * 1e3,
        "Pi" => 1024.0_f64.powi(5) * 1e3,
        "Ei" => 1024.0_f64.powi(6) * 1e3,
        exponent => 10_f64.powi(exponent.strip_prefix(['e', 'E'])?.parse().ok()?) * 1e3,
    };
    let value = number * factor;
    // A float beyond the range is held at its end by `as`; a part of a thousandth
    // counts as one, as the API server rounds up.
    #[allow(clippy::cast_possible_truncation)]
    value.is_finite().then(|| (value - 1e-9).ceil() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_read_as_the_api_reads_them() {
        for (text, expected) in [
            ("10m", 10),
            ("0.5", 500),
            ("2", 2000),
            ("1Ki", 1_024_000),
            ("64Mi", 64 * 1024 * 1024 * 1000),
            ("1e3", 1_000_000),
            ("100n", 1),
            ("1E", i64::MAX),
        ] {
            assert_eq!(milli(text), Some(expected), "{text}");
        }
        for wrong in ["", "Mi", "12Q", "1e", "NaN"] {
            assert_eq!(milli(wrong), None, "{wrong}");
        }
    }
}
