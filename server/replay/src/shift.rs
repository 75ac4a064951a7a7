//! Moving the times inside objects and log lines from the recording's clock to
//! the served one, all by the same rule, so that every age and every order
//! stays true.

use jiff::Timestamp;
use serde_json::Value;

use crate::clock::Clock;

/// Fields whose content belongs to the user and not to the API: a time in a
/// ConfigMap is data, not a moment of the cluster.
const USER_DATA: [&str; 6] = ["data", "binaryData", "stringData", "args", "command", "env"];

/// Move every time in an object. A string that is a time as a whole moves
/// wherever it lies; a time inside a longer text (an event's message) moves if
/// it is one of the recording's own days, for the text may speak of any other.
pub(crate) fn object(value: &mut Value, clock: &Clock, near: &Near) {
    if clock.is_identity() {
        return;
    }
    match value {
        Value::String(text) => {
            if let Some(moved) = whole(text, clock) {
                *text = moved;
            } else if let Some(moved) = inside(text, clock, near) {
                *text = moved;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|v| object(v, clock, near)),
        Value::Object(map) => {
            for (key, field) in map.iter_mut() {
                // What was applied is quoted as it was written.
                let quoted = key == "kubectl.kubernetes.io/last-applied-configuration";
                if !quoted && !USER_DATA.contains(&key.as_str()) {
                    object(field, clock, near);
                }
            }
        }
        _ => {}
    }
}

/// Move the times of one log line: its own and those its program wrote.
pub(crate) fn line(text: &str, clock: &Clock, near: &Near) -> String {
    if clock.is_identity() {
        return text.to_owned();
    }
    inside(text, clock, near).unwrap_or_else(|| text.to_owned())
}

/// The times that a text inside the recording can be talking about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    from: Timestamp,
    to: Timestamp,
}

impl Near {
    /// A day before the recording to an hour after it.
    pub(crate) fn new(start: Timestamp, end: Timestamp) -> Self {
        let hours = jiff::SignedDuration::from_hours;
        Self {
            from: start.checked_sub(hours(24)).unwrap_or(start),
            to: end.checked_add(hours(1)).unwrap_or(end),
        }
    }

    fn holds(&self, t: Timestamp) -> bool {
        self.from <= t && t <= self.to
    }
}

fn whole(text: &str, clock: &Clock) -> Option<String> {
    let length = time_length(text.as_bytes())?;
    if length != text.len() {
        return None;
    }
    text.parse().ok().map(|t| print_like(text, clock.serve(t)))
}

fn inside(text: &str, clock: &Clock, near: &Near) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        // The earliest place where "T" can stand in a time is its 11th byte.
        let Some(step) = rest.iter().skip(10).position(|b| *b == b'T') else {
            break;
        };
        let start = at + step;
        let length = bytes.get(start..).and_then(time_length);
        let word = length.and_then(|l| text.get(start..start + l));
        let preceded = start
            .checked_sub(1)
            .and_then(|i| bytes.get(i))
            .is_some_and(u8::is_ascii_digit);
        match word.and_then(|w| w.parse::<Timestamp>().ok().map(|t| (w, t))) {
            Some((word, time)) if !preceded && near.holds(time) => {
                out.push_str(text.get(copied..start).unwrap_or_default());
                out.push_str(&print_like(word, clock.serve(time)));
                copied = start + word.len();
                at = copied;
            }
            _ => at = start + 1,
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Some(out)
}

/// How many bytes of `text` are a time `YYYY-MM-DDTHH:MM:SS[.fraction]Z`.
fn time_length(text: &[u8]) -> Option<usize> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let head = text.get(..SHAPE.len())?;
    let fits = head.iter().zip(SHAPE).all(|(b, s)| match s {
        b'0' => b.is_ascii_digit(),
        _ => b == s,
    });
    if !fits {
        return None;
    }
    let rest = text.get(SHAPE.len()..)?;
    let fraction = match rest.first() {
        Some(b'.') => {
            1 + rest
                .iter()
                .skip(1)
                .take_while(|b| b.is_ascii_digit())
                .count()
        }
        _ => 0,
    };
    (rest.get(fraction) == Some(&b'Z')).then_some(SHAPE.len() + fraction + 1)
}

/// A time with as many decimals as `like` has: `metav1.Time` has none,
/// `MicroTime` six, a log's prefix up to nine.
fn print_like(like: &str, time: Timestamp) -> String {
    let decimals = like
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len().saturating_sub(1));
    format!("{time:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn clock() -> (Clock, Near) {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let end = at("2026-11-20T20:28:59Z");
        (
            Clock::new(end, at("2027-01-02T03:04:05Z"), 1.0),
            Near::new(at("2026-11-20T20:28:03Z"), end),
        )
    }

    #[test]
    fn times_keep_their_decimals() {
        let (clock, near) = clock();
        let mut value =
            json!({"a": "2026-11-20T20:28:49Z", "b": ["2026-11-20T20:28:49.120000Z"], "c": "v1"});
        object(&mut value, &clock, &near);
        assert_eq!(
            value,
            json!({"a": "2027-01-02T03:03:55Z", "b": ["2027-01-02T03:03:55.120000Z"], "c": "v1"})
        );
    }

    #[test]
    fn user_data_and_what_was_applied_stay() {
        let (clock, near) = clock();
        let original = json!({
            "data": {"at": "2026-11-20T20:28:49Z"},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "2026-11-20T20:28:49Z"},
        });
        let mut value = original.clone();
        object(&mut value, &clock, &near);
        assert_eq!(value, original);
    }

    #[test]
    fn a_line_moves_its_times_but_not_far_ones() {
        let (clock, near) = clock();
        assert_eq!(
            line(
                "2026-11-20T20:28:49.5Z {\"T\":\"2026-11-20T20:28:48Z\"} cert expired 2020-01-01T00:00:00Z é T",
                &clock,
                &near
            ),
            "2027-01-02T03:03:55.5Z {\"T\":\"2027-01-02T03:03:54Z\"} cert expired 2020-01-01T00:00:00Z é T"
        );
    }
}
