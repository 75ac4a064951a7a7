//! The search: a text line by line, each line until nothing more is found in it.

use std::ops::Range;

use podside_model::SecretKind;

use crate::Found;
use crate::assignment;
use crate::header;
use crate::keywords::{Hit, Use, keywords};
use crate::mask::Mask;
use crate::names::{Names, names};
use crate::note;
use crate::pem;
use crate::pending::Pending;
use crate::rules::{CUT, Keyword, RULES, is_of_token};
use crate::token;
use crate::url;
use crate::value;

/// The most searches of one line. What is found is left out of the next, so that a text
/// that was hidden once stays as it is; two do for nearly all.
const MOST_PASSES: usize = 12;

/// The length of a secret key of AWS.
const BARE: usize = 40;

/// The fewest characters of one that was cut.
const FEWEST_OF_BARE: usize = 24;

/// What of a secret follows its prefix at least.
const SHORTEST_REST: usize = 8;

/// Lines of a key that are none, before it is taken to be over.
const STRANGERS: u8 = 3;

/// What lines leave to the lines after them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pending: Option<Pending>,
    /// How many more lines a key may have that began and has not ended.
    key_lines: u16,
    strangers: u8,
}

/// What is found in a text.
pub(crate) fn text(text: &str, of_note: bool) -> Vec<Found> {
    let keys = keys(text);
    let hidden: Vec<_> = keys.iter().map(|key| key.range.clone()).collect();
    let mask = Mask::of(text, &hidden);
    let mut found = keys;
    let mut state = State::default();
    let mut start = 0;
    for line in mask.text().split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        for secret in self::line(content, &mut state, of_note) {
            let range = start + secret.range.start..start + secret.range.end;
            found.extend(mask.original(range).map(|range| Found {
                range,
                kind: secret.kind,
            }));
        }
        start += line.len();
    }
    found.sort_by_key(|secret| secret.range.start);
    found
}

/// The keys that begin and end in a text.
fn keys(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    if !text.contains("---") {
        return found;
    }
    let mut at = 0;
    while let Some((range, ends)) = pem::next(text, at) {
        at = range.end.max(at + 1);
        if ends {
            found.push(Found {
                range,
                kind: SecretKind::PrivateKey,
            });
        }
    }
    found
}

/// What is found in a line, in order, none within another.
pub(crate) fn line(line: &str, state: &mut State, of_note: bool) -> Vec<Found> {
    let before = *state;
    let mut hits = Vec::new();
    keywords(line, &mut hits);
    let is_idle = before.pending.is_none() && before.key_lines == 0;
    if hits.is_empty() && is_idle && !of_note {
        let mut found = Vec::new();
        bare(line, &mut found);
        if found.is_empty() {
            return found;
        }
    }
    let tokens: Vec<Range<usize>> = if hits.iter().any(|hit| matches!(hit.of, Use::Token)) {
        token::tokens(line).map(|token| token.range).collect()
    } else {
        Vec::new()
    };
    let mut all: Vec<Found> = Vec::new();
    let mut hidden = tokens;
    let mut after = before;
    for pass in 0..MOST_PASSES {
        let mask = Mask::of(line, &hidden);
        if pass > 0 || !hidden.is_empty() {
            hits.clear();
            keywords(mask.text(), &mut hits);
        }
        let mut next = before;
        let mut found = Vec::new();
        once(mask.text(), &hits, &mut next, of_note, &mut found);
        if pass == 0 {
            after = next;
        }
        let count = all.len();
        for secret in merged(found) {
            all.extend(mask.original(secret.range).map(|range| Found {
                range,
                kind: secret.kind,
            }));
        }
        let new = all.get(count..).unwrap_or_default();
        if new.is_empty() {
            break;
        }
        hidden.extend(new.iter().map(|secret| secret.range.clone()));
        hidden.sort_by_key(|range| range.start);
    }
    *state = after;
    all.sort_by_key(|secret| secret.range.start);
    all
}

/// Overlapping finds are one secret, of the kind of the first.
pub(crate) fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.retain(|secret| secret.range.start < secret.range.end);
    found.sort_by_key(|secret| (secret.range.start, secret.range.end));
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for secret in found {
        match merged.last_mut() {
            Some(last) if secret.range.start < last.range.end => {
                last.range.end = last.range.end.max(secret.range.end);
            }
            _ => merged.push(secret),
        }
    }
    merged
}

fn once(line: &str, hits: &[Hit], state: &mut State, of_note: bool, found: &mut Vec<Found>) {
    unescaped(line, hits, state, of_note, found);
    // A text of several lines within JSON is one line.
    if hits.is_empty() || !line.contains("\\n") {
        return;
    }
    let mut within = State::default();
    let mut start = 0;
    for part in line.split("\\n") {
        let content = part.trim_end_matches(['\\', 'r']);
        let content = if content.len() + 2 < part.len() {
            part
        } else {
            content
        };
        let mut hits = Vec::new();
        let mut here = Vec::new();
        keywords(content, &mut hits);
        unescaped(content, &hits, &mut within, of_note, &mut here);
        found.extend(here.into_iter().map(|secret| Found {
            range: start + secret.range.start..start + secret.range.end,
            kind: secret.kind,
        }));
        start += part.len() + 2;
    }
}

fn unescaped(line: &str, hits: &[Hit], state: &mut State, of_note: bool, found: &mut Vec<Found>) {
    if let Some(pending) = state.pending.take() {
        state.pending = pending.find(line, found);
    }
    if state.key_lines > 0 {
        of_key(line, state, found);
    }
    // Each rule once, each name and each URL once.
    let mut rules: Vec<usize> = Vec::new();
    let (mut name, mut url, mut key) = (0, 0, 0);
    let is_cut = hits.iter().any(|hit| matches!(hit.of, Use::Cut));
    for hit in hits {
        match hit.of {
            Use::Rule(keyword) => {
                if let Some(rule) = RULES.0.get(keyword.rule) {
                    if keyword.is_prefix && is_cut {
                        rule.find_cut(line, hit.start, keyword.word.len(), found);
                    }
                    if !rules.contains(&keyword.rule) && may_begin(line, hit, keyword) {
                        rules.push(keyword.rule);
                        rule.find(line, found);
                    }
                }
            }
            Use::Name if hit.start >= name => {
                let (end, pending) = assignment::find(line, hit.start..hit.end, found);
                name = end;
                if pending.is_some() {
                    state.pending = pending;
                }
            }
            Use::Url if hit.start >= url => url = url::find(line, hit.start, found),
            Use::Bearer => header::bearer(line, hit.end, found),
            Use::Basic => header::basic(line, hit.end, found),
            Use::Pem if hit.start >= key => {
                if let Some((range, ends)) = pem::next(line, hit.start) {
                    key = range.end;
                    found.push(Found {
                        range,
                        kind: SecretKind::PrivateKey,
                    });
                    if !ends {
                        state.key_lines = pem::MOST_LINES;
                        state.strangers = 0;
                    }
                }
            }
            Use::Name | Use::Url | Use::Pem | Use::Token | Use::Cut => {}
        }
    }
    bare(line, found);
    if of_note {
        note::find(line, found);
    }
}

/// Whether enough follows a keyword that a secret begins with; most are parts of words.
fn may_begin(line: &str, hit: &Hit, keyword: &Keyword) -> bool {
    let rest = line.as_bytes().get(hit.end..).unwrap_or_default();
    let follow = rest.iter().take(SHORTEST_REST);
    !keyword.is_prefix || follow.filter(|byte| is_of_token(**byte)).count() == SHORTEST_REST
}

/// A line within a key whose end has not come.
fn of_key(line: &str, state: &mut State, found: &mut Vec<Found>) {
    state.key_lines -= 1;
    if pem::ends(line) {
        state.key_lines = 0;
    }
    match pem::inside(line) {
        Some(range) => {
            state.strangers = 0;
            found.push(Found {
                range,
                kind: SecretKind::PrivateKey,
            });
        }
        // An armoured key has headers, and other lines come between.
        None => {
            state.strangers += 1;
            if state.strangers > STRANGERS {
                state.key_lines = 0;
            }
        }
    }
}

/// Adds what has the form of a secret key of AWS: 40 characters of base64 in no order.
fn bare(line: &str, found: &mut Vec<Found>) {
    let bytes = line.as_bytes();
    let is_of_key = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'+' || *byte == b'/';
    let mut at = FEWEST_OF_BARE - 1;
    // A run that is long enough holds one of these places.
    while let Some(byte) = bytes.get(at) {
        if !is_of_key(byte) {
            at += FEWEST_OF_BARE;
            continue;
        }
        let before = bytes.get(..at).unwrap_or_default();
        let start = at
            - before
                .iter()
                .rev()
                .take(BARE + 1)
                .take_while(|b| is_of_key(b))
                .count();
        let after = bytes.get(at..).unwrap_or_default();
        let end = at + after.iter().take_while(|b| is_of_key(b)).count();
        let length = end - start;
        let is_cut = length < BARE && line.get(end..).is_some_and(|rest| rest.starts_with(CUT));
        let joins = |byte: Option<&u8>| byte.is_some_and(|b| b"-_.=~%@".contains(b));
        let is_part = joins(bytes.get(end))
            && bytes.get(end + 1).is_some_and(|b| !b.is_ascii_whitespace())
            || start.checked_sub(1).is_some_and(|at| {
                bytes
                    .get(at)
                    .is_some_and(|b| b"-_.~%@:".contains(b) && *b != b':')
            });
        if (length == BARE || is_cut && length >= FEWEST_OF_BARE) && !is_part {
            let value = line.get(start..end).unwrap_or_default();
            if is_scrambled(value) {
                found.push(Found {
                    range: start..end,
                    kind: SecretKind::AccessKey,
                });
            }
        }
        at = end + FEWEST_OF_BARE;
    }
}

/// Whether letters of both sizes and digits are mixed as only chance does it.
fn is_scrambled(value: &str) -> bool {
    let count = |is: fn(&u8) -> bool| value.bytes().filter(is).count();
    let mut words = value.split(|c: char| !c.is_ascii_lowercase());
    value::is_mixed(value)
        && count(u8::is_ascii_uppercase) >= 5
        && count(|b| *b == b'/') <= 4
        && words.all(|word| word.len() <= 8)
        && value::entropy(value.as_bytes()) >= 4.2
}

/// What is found in the value of something that has a name.
pub(crate) fn named(name: &str, text: &str) -> Vec<Found> {
    let tokens: Vec<_> = token::tokens(text).map(|token| token.range).collect();
    let mask = Mask::of(text, &tokens);
    let shown = mask.text();
    let kind = match names(name) {
        Some(Names::Secret(kind)) => kind,
        Some(Names::Perhaps(kind))
            if value::looks_secret(shown) || value::is_basic(shown) && shown.len() >= 8 =>
        {
            kind
        }
        _ => return self::text(text, false),
    };
    if value::is_reference(shown) {
        return Vec::new();
    }
    // What was hidden before is what there was to hide: its form is not there any more.
    if !tokens.is_empty() {
        return self::text(text, false);
    }
    if url::is_url(shown) {
        let found = self::text(text, false);
        // Unless what is secret in it is its scheme.
        let host = text.find("://").unwrap_or_default();
        if found.iter().all(|secret| secret.range.start > host) {
            return found;
        }
    }
    if is_connection_string(shown) {
        let found = self::text(text, false);
        if !found.is_empty() {
            return found;
        }
    }
    mask.original(0..shown.len())
        .map(|range| Found { range, kind })
        .collect()
}

/// Whether a value says where to connect in the form of a driver: `host=db password=…` of
/// libpq, `Server=db;Password=…` of ADO.NET, `user:…@tcp(db:3306)/shop` of Go.
fn is_connection_string(value: &str) -> bool {
    let assigns = |separator: char| {
        let mut parts = value
            .split(separator)
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let named = |part: &str| {
            part.split_once('=')
                .is_some_and(|(name, _)| !name.is_empty() && !name.contains(['"', '\'']))
        };
        value.matches('=').count() >= 2 && parts.all(named)
    };
    assigns(' ') || assigns(';') || value.contains("@tcp(") || value.contains("@unix(")
}
