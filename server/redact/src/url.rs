//! Secrets in the addresses of things: before the host, and in the query.

use podside_model::SecretKind;

use crate::Found;
use crate::names::{Names, names};
use crate::quote::byte;
use crate::rules::CUT;
use crate::value;

/// The longest URL that is looked into, from its `://`.
const LONGEST: usize = 8192;

/// Schemes under which `name:digits/` is a host and its port.
const OF_THE_WEB: [&str; 4] = ["http", "https", "ws", "wss"];

/// Parameters whose values let whoever has them in, besides those that are named so.
const PARAMETERS: [&str; 14] = [
    "sig",
    "signature",
    "x-amz-signature",
    "x-amz-security-token",
    "x-goog-signature",
    "code",
    "key",
    "auth",
    "hmac",
    "ticket",
    "sas",
    "pass",
    "pwd",
    "pw",
];

/// Adds the secrets of the URL whose `://` is at `at`; tells where it ends.
pub(crate) fn find(line: &str, at: usize, found: &mut Vec<Found>) -> usize {
    let start = at + 3;
    let rest = line.get(start..).unwrap_or_default();
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\' | '|');
    let mut length = rest.find(ends).unwrap_or(rest.len());
    if length > LONGEST {
        length = (0..=LONGEST)
            .rev()
            .find(|at| rest.is_char_boundary(*at))
            .unwrap_or(0);
    }
    let rest = rest.get(..length).unwrap_or_default();
    let scheme = scheme(line, at);
    if scheme.is_empty() {
        return start;
    }
    let authority = rest.find(['/', '?', '#']).unwrap_or(length);
    let host = user_information(rest, authority, scheme, start, found);
    query(rest, host, start, found);
    start + length
}

fn scheme(line: &str, at: usize) -> &str {
    let before = line.get(..at).unwrap_or_default();
    let is_of_scheme = |b: &u8| b.is_ascii_alphanumeric() || b"+.-".contains(b);
    let length = before
        .bytes()
        .rev()
        .take(32)
        .take_while(is_of_scheme)
        .count();
    before.get(at - length..).unwrap_or_default()
}

/// Adds what stands before the host; tells where the host begins.
fn user_information(
    rest: &str,
    authority: usize,
    scheme: &str,
    start: usize,
    found: &mut Vec<Found>,
) -> usize {
    let head = rest.get(..authority).unwrap_or_default();
    if let Some(cut) = rest.strip_suffix(CUT)
        && cut == head.trim_end_matches(CUT)
        && !cut.contains(['.', ':', '@'])
        && value::looks_random(cut)
    {
        found.push(Found {
            range: start..start + cut.len(),
            kind: SecretKind::BearerToken,
        });
        return rest.len();
    }
    let end = match head.rfind('@') {
        Some(end) => end,
        None => match beyond(rest, head, scheme) {
            Some(end) => end,
            None => return 0,
        },
    };
    let information = rest.get(..end).unwrap_or_default();
    let mut add = |from: usize, to: usize, kind| {
        let value = rest.get(from..to).unwrap_or_default();
        if !value::is_reference(value) {
            found.push(Found {
                range: start + from..start + to,
                kind,
            });
        }
    };
    match information.split_once(':') {
        Some((user, password)) => {
            let colon = user.len();
            add(colon + 1, end, SecretKind::Password);
            // A token in the place of the user, as code hosts take it.
            if (password.is_empty() || password == "x-oauth-basic") && value::looks_random(user) {
                add(0, colon, SecretKind::BearerToken);
            }
        }
        None if value::looks_random(information) => add(0, end, SecretKind::BearerToken),
        None => {}
    }
    end + 1
}

/// Where user information ends that has a `/`, `?` or `#` in its password, or that was cut.
fn beyond(rest: &str, head: &str, scheme: &str) -> Option<usize> {
    let (user, password) = head.split_once(':')?;
    if head.starts_with('[') || user.contains('.') && !rest.contains('@') {
        return None;
    }
    let is_port = !password.is_empty() && password.bytes().all(|b| b.is_ascii_digit());
    if is_port
        && OF_THE_WEB
            .iter()
            .any(|web| scheme.eq_ignore_ascii_case(web))
    {
        return None;
    }
    if let Some(at) = rest.rfind('@') {
        // What follows is a host: it has no place for another `@` or a sign of a query.
        let host = rest.get(at + 1..).unwrap_or_default();
        let is_host = host
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"[$(".contains(&b));
        let asks = rest.get(..at).unwrap_or_default().contains('=');
        return (is_host && !(asks && is_port)).then_some(at);
    }
    // What stands in a port's place and is none was parted from its host; a digest is not.
    if !is_port
        && rest.len() == head.len()
        && !rest.ends_with(CUT)
        && !user.starts_with("sha")
        && value::looks_secret(password)
    {
        return Some(head.len());
    }
    let is_cut =
        rest.ends_with(CUT) && !is_port && !password.is_empty() && rest.len() == head.len();
    let digits = password
        .trim_end_matches('…')
        .bytes()
        .all(|b| b.is_ascii_digit());
    (is_cut && !digits).then(|| rest.len() - CUT.len_utf8())
}

fn query(rest: &str, from: usize, start: usize, found: &mut Vec<Found>) {
    let Some(mark) = rest.get(from..).and_then(|rest| rest.find(['?', '#'])) else {
        return;
    };
    let mut at = from + mark + 1;
    while at < rest.len() {
        let pairs = rest.get(at..).unwrap_or_default();
        let length = pairs.find(['&', ';', '#']).unwrap_or(pairs.len());
        let pair = pairs.get(..length).unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=')
            && let Some(kind) = parameter(name, value)
        {
            let value = value.trim_end_matches(['…', '.', ',', ')', ']', '}']);
            let begins = start + at + name.len() + 1;
            if !value::is_reference(value) {
                found.push(Found {
                    range: begins..begins + value.len(),
                    kind,
                });
            }
        }
        at += length + 1;
    }
}

/// What kind of secret the value of a parameter is.
pub(crate) fn parameter(name: &str, value: &str) -> Option<SecretKind> {
    if let Some(Names::Secret(kind)) = names(name) {
        return (!value::is_state(value)).then_some(kind);
    }
    let is_one = PARAMETERS
        .iter()
        .any(|parameter| name.eq_ignore_ascii_case(parameter));
    let is_secret =
        is_one && (value::looks_secret(value) || value::is_mixed(value) || value.contains("%2"));
    (is_secret && value.len() >= 8).then_some(SecretKind::AccessKey)
}

/// Whether a value is a URL and nothing else.
pub fn is_url(value: &str) -> bool {
    let Some(at) = value.find("://") else {
        return false;
    };
    at > 0
        && scheme(value, at).len() == at
        && byte(value, 0).is_some_and(|b| b.is_ascii_alphabetic())
        && !value.contains(char::is_whitespace)
}
