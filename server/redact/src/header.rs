//! Credentials in headers of HTTP: `Authorization`, `Cookie`, and their schemes anywhere.

use podside_model::SecretKind;

use crate::Found;
use crate::quote::{byte, quote, spaces, unquoted};
use crate::rules::is_of_token;
use crate::value;

/// The fewest characters of a bearer token.
const FEWEST: usize = 8;

/// The names of the last part of a name, in small letters.
fn ends_with(name: &str, ending: &str) -> bool {
    let at = name.len().saturating_sub(ending.len());
    name.get(at..)
        .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

pub(crate) fn is_authorization(name: &str) -> bool {
    ends_with(name, "authorization")
}

pub(crate) fn is_cookie(name: &str) -> bool {
    ends_with(name, "cookie") || ends_with(name, "cookies")
}

/// Adds the credentials of an `Authorization` header whose value is at `at`; tells where
/// they end.
pub(crate) fn authorization(line: &str, at: usize, found: &mut Vec<Found>) -> usize {
    let mut at = at;
    for _ in 0..2 {
        if let Some(quote) = quote(line, at) {
            at = quote.end;
        } else if byte(line, at) == Some(b'[') {
            at += 1;
        }
    }
    let rest = line.get(at..).unwrap_or_default();
    let scheme = rest
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
        .count();
    let mut start = spaces(line, at + scheme);
    if start == at + scheme {
        let escaped = line
            .get(start..)
            .is_some_and(|rest| rest.starts_with("%20"));
        start = if escaped { start + 3 } else { at };
    }
    let end = unquoted(line, start).max(start);
    let value = line.get(start..end).unwrap_or_default();
    let is_scheme = start > at;
    let plain = value::is_reference(value)
        || value::is_state(value)
        || (value::is_word(value) && !value::is_mixed(value) && value.len() < 16);
    if !plain && (is_scheme || value.len() >= FEWEST) {
        found.push(Found {
            range: start..end,
            kind: SecretKind::BearerToken,
        });
    }
    end
}

/// Adds what follows `Bearer`, which ends at `end`.
pub(crate) fn bearer(line: &str, end: usize, found: &mut Vec<Found>) {
    let mut start = spaces(line, end);
    if line.get(end..).is_some_and(|rest| rest.starts_with("%20")) {
        start = end + 3;
    }
    if start == end {
        return;
    }
    start = quote(line, start).map_or(start, |quote| quote.end);
    let rest = line.as_bytes().get(start..).unwrap_or_default();
    let length = rest.iter().take_while(|b| is_of_token(**b)).count();
    let value = line.get(start..start + length).unwrap_or_default();
    let value = value.trim_end_matches('.');
    let is_parameter = value.ends_with('=') && rest.get(length) == Some(&b'"');
    if length >= FEWEST && !is_parameter && !value::is_word(value) && !value::is_state(value) {
        found.push(Found {
            range: start..start + value.len(),
            kind: SecretKind::BearerToken,
        });
    }
}

/// Adds what follows `Basic `, which ends at `start`.
pub(crate) fn basic(line: &str, start: usize, found: &mut Vec<Found>) {
    let rest = line.as_bytes().get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))
        .count();
    if value::is_basic(line.get(start..start + length).unwrap_or_default()) {
        found.push(Found {
            range: start..start + length,
            kind: SecretKind::BearerToken,
        });
    }
}

/// Adds the values of cookies in a header whose value is at `at`; tells where they end,
/// or nothing if there are no pairs.
pub(crate) fn cookies(line: &str, at: usize, name: &str, found: &mut Vec<Found>) -> Option<usize> {
    let (start, end) = match quote(line, at) {
        Some(quote) => (quote.end, quote.close(line).unwrap_or(line.len())),
        None => {
            let rest = line.get(at..)?;
            (at, at + rest.find(['"', '\'', '`']).unwrap_or(rest.len()))
        }
    };
    let is_set = name.to_ascii_lowercase().contains("set");
    let mut at = start;
    let mut any = false;
    let pairs = line.get(start..end)?;
    let most = if is_set { 1 } else { usize::MAX };
    for pair in pairs.split(';').take(most) {
        let length = pair.len();
        if let Some((name, value)) = pair.split_once('=') {
            any = true;
            let begins = at + name.len() + 1;
            // Beyond the cookies the line may go on.
            let value = value.split(char::is_whitespace).next().unwrap_or_default();
            let value = value.trim_end_matches(['\\', ']', ',', ')', '…']);
            if !value::is_reference(value) && !value::is_state(value) && !name.trim().contains(' ')
            {
                found.push(Found {
                    range: begins..begins + value.len(),
                    kind: SecretKind::BearerToken,
                });
            }
        }
        at += length + 1;
    }
    any.then_some(at.saturating_sub(1).min(line.len()))
}
