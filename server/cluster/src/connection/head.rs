//! What the head of an answer tells: the API server's clock, how long it wants to be left
//! alone, and whether the answer is a page.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, header};
use jiff::Timestamp;

use crate::pace::LONGEST_REST;

/// The `Date` header (RFC 9110, section 6.6.1): the clock by which the cluster's
/// own times are judged, so that a laptop's wrong clock makes no Pod young or old.
pub(super) fn server_time(head: &HeaderMap) -> Option<Timestamp> {
    date(text(head, header::DATE)?).and_then(|date| Timestamp::try_from(date).ok())
}

/// How long the API server asks to be left alone, [`LONGEST_REST`] at most. `Retry-After`
/// (RFC 9110, section 10.2.3) gives seconds or a date; the date is of the server's clock.
pub(super) fn rest(head: &HeaderMap) -> Option<Duration> {
    let said = text(head, header::RETRY_AFTER)?;
    let rest = match said.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = date(said)?;
            let now = text(head, header::DATE).and_then(date);
            let now = now.unwrap_or_else(SystemTime::now);
            // A date that has passed asks for no rest.
            until.duration_since(now).unwrap_or_default()
        }
    };
    Some(rest.min(LONGEST_REST))
}

/// Whether an answer is a page for a browser.
pub(super) fn is_page(head: &HeaderMap) -> bool {
    text(head, header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
}

fn text(head: &HeaderMap, name: HeaderName) -> Option<&str> {
    head.get(name)?.to_str().ok().map(str::trim)
}

fn date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn head(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    fn rest_of(retry_after: &'static str) -> Option<Duration> {
        rest(&head(&[
            (header::DATE, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (header::RETRY_AFTER, retry_after),
        ]))
    }

    #[test]
    fn a_rest_is_told_in_seconds_or_by_a_date_of_the_server_s_clock() {
        let twenty = Some(Duration::from_secs(20));
        assert_eq!(rest_of("20"), twenty);
        assert_eq!(rest_of("Sun, 06 Nov 1994 08:49:57 GMT"), twenty);
        // The two older forms, which RFC 9110 has everybody read.
        assert_eq!(rest_of("Sunday, 06-Nov-94 08:49:57 GMT"), twenty);
        assert_eq!(rest_of("Sun Nov  6 08:49:57 1994"), twenty);
    }

    #[test]
    fn a_rest_has_a_bound_and_may_be_over() {
        assert_eq!(rest_of("86400"), Some(LONGEST_REST));
        assert_eq!(rest_of("Mon, 07 Nov 1994 08:49:37 GMT"), Some(LONGEST_REST));
        assert_eq!(
            rest_of("Sun, 06 Nov 1994 08:00:00 GMT"),
            Some(Duration::ZERO)
        );
        for nothing in ["", "soon", "-1", "1.5"] {
            assert_eq!(rest_of(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn without_a_date_of_the_server_this_clock_counts() {
        let until = SystemTime::now() + Duration::from_secs(30);
        let until = HeaderValue::from_str(&httpdate::fmt_http_date(until)).unwrap();
        let head = HeaderMap::from_iter([(header::RETRY_AFTER, until)]);
        let rest = rest(&head).unwrap();
        assert!(rest <= Duration::from_secs(30), "{rest:?}");
    }
}
