//! A line of a log as it is quoted: short enough for a title, and cut around the error.

use std::ops::Range;

use super::forms::error_in;
use super::line::Line;

/// The most characters of a quote, without the marks of what was left out.
const LONGEST: usize = 118;

/// Of an error that is longer than a quote, the beginning that is kept: whom it is about
/// stands there, and what went wrong at its end.
const HEAD: usize = 48;

/// A log line short enough for a title: what it says, without what its logger writes before
/// it, at most 121 characters. A longer one is cut around the error that it tells of.
pub fn brief(line: &str) -> String {
    let line = Line::read(line);
    let said = line.said();
    let said = said.trim();
    if said.chars().count() <= LONGEST + 2 {
        return said.to_owned();
    }
    let error = error_in(said).unwrap_or(0..0);
    around(said, &error)
}

/// A part of a text around a place in it, in bytes, with a mark where something is left out.
fn around(text: &str, place: &Range<usize>) -> String {
    let count = |range: Range<usize>| text.get(range).unwrap_or_default().chars().count();
    let (before, within) = (count(0..place.start), count(place.clone()));
    let total = text.chars().count();
    let cut = |from: usize, to: usize| text.chars().skip(from).take(to.saturating_sub(from));
    if within > LONGEST {
        let end = before + within;
        let start = end.saturating_sub(LONGEST - HEAD - 1);
        let mut quote: String = mark(before > 0).chain(cut(before, before + HEAD)).collect();
        quote.extend(mark(true).chain(cut(start, end)));
        quote.extend(mark(end < total));
        return quote;
    }
    // What stands before an error tells more of it than what follows.
    let spare = LONGEST - within;
    let after = (total - before - within).min(spare / 3);
    let lead = before.min(spare - after);
    let start = before - lead;
    let end = (start + LONGEST).min(total);
    mark(start > 0)
        .chain(cut(start, end))
        .chain(mark(end < total))
        .collect()
}

fn mark(left_out: bool) -> impl Iterator<Item = char> {
    left_out.then_some('…').into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_quoted_by_what_it_says() {
        let line = r#"{"time":"2026-01-01T00:00:00Z","level":"ERROR","msg":"cannot listen","error":"listen tcp :80: bind: permission denied"}"#;
        assert_eq!(
            brief(line),
            "cannot listen: listen tcp :80: bind: permission denied"
        );
        assert_eq!(brief("2026-01-01 10:00:00 no config"), "no config");
        assert_eq!(
            brief("TypeError: x is no function"),
            "TypeError: x is no function"
        );
        assert_eq!(
            brief(r#"{"msg":"a\u202eb\u001b[2Jc\u200b"}"#),
            "abc[U+200B]"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_its_error() {
        let far = format!(
            "{} password authentication failed for user \"app\"",
            "x".repeat(300)
        );
        let quote = brief(&far);
        assert!(quote.starts_with('…'), "{quote}");
        assert!(quote.contains("password authentication failed"), "{quote}");
        let early = format!(
            "dial tcp 10.0.0.1:80: connect: no route to host {}",
            "x".repeat(300)
        );
        let quote = brief(&early);
        assert!(quote.starts_with("dial tcp 10.0.0.1:80"), "{quote}");
        assert!(
            quote.contains("no route to host") && quote.ends_with('…'),
            "{quote}"
        );
        let long = format!(
            "HTTPConnectionPool(host='cart', port=8080): Max retries exceeded with url: /{} (Caused by X: Failed to establish a new connection: [Errno 111] Connection refused)",
            "y".repeat(200)
        );
        let quote = brief(&long);
        assert!(
            quote.contains("cart") && quote.contains("onnection refused"),
            "{quote}"
        );
        for line in [far, early, long, "語".repeat(500)] {
            assert!(brief(&line).chars().count() <= 121, "{line}");
        }
    }
}
