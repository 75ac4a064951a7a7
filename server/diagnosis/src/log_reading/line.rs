//! A line of a log, taken apart: its level, what it says, and its fields.
//!
//! This is the one place that knows what loggers write before and around a sentence: times,
//! levels, process and thread ids, places in source code, JSON and `key=value`. Only what the
//! line says is searched; what stands around it looks like ports, paths and names.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use serde_json::{Map, Value};

use super::level::{self, Level};
use crate::facts::clean::{LONG, clean};

/// The most fields of a line that are kept.
const MOST_FIELDS: usize = 32;

/// The most pieces before a sentence that are taken off. Envoy's lines have five.
const MOST_PREFIXES: usize = 10;

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// How grave the line says that it is.
    pub level: Option<Level>,
    /// What it says, without what its logger writes around that.
    pub message: Cow<'a, str>,
    /// The fields of a structured line, at most 32.
    pub fields: Vec<(String, String)>,
}

/// The names under which structured lines have their sentence, and the error it speaks of.
const MESSAGES: [&str; 6] = ["msg", "message", "@message", "@m", "@mt", "event"];
const ERRORS: [&str; 14] = [
    "error",
    "err",
    "error.message",
    "exception",
    "exception.message",
    "exc_info",
    "exc",
    "@x",
    "cause",
    "thrown",
    "stack_trace",
    "detail",
    "details",
    "attr",
];
const LEVELS: [&str; 8] = [
    "level",
    "lvl",
    "severity",
    "loglevel",
    "log.level",
    "@level",
    "@l",
    "s",
];

/// Of a field that is an object, where its sentence is.
const WITHIN: [&str; 5] = ["message", "msg", "error", "exception_message", "reason"];

impl<'a> Line<'a> {
    /// Takes a line apart. A line of no known form is all sentence.
    pub fn read(text: &'a str) -> Self {
        let (level, rest) = without_prefixes(text);
        if let Some(line) = structured(rest, level) {
            return line;
        }
        Self {
            level,
            message: Cow::Borrowed(rest),
            fields: Vec::new(),
        }
    }

    /// What is searched: the sentence, and the errors of its fields.
    pub fn said(&self) -> Cow<'_, str> {
        let mut said = Cow::Borrowed(&*self.message);
        for error in self.fields_called(&ERRORS) {
            // A logger that writes the error into the sentence need not repeat it.
            if said.is_empty() {
                said = Cow::Borrowed(error);
            } else if !said.contains(error) {
                said = Cow::Owned(format!("{said}: {error}"));
            }
        }
        said
    }

    /// Whether it passes on what is said of other objects, such as a controller that logs
    /// the events which it records: what it quotes is not about its own process.
    pub fn quotes_others(&self) -> bool {
        self.message.starts_with("Event(v1.")
            || self.message.starts_with("\"Event occurred\"")
            || self.message.starts_with("Event occurred")
            || self.has_field("involvedObject")
    }

    /// The values of the fields with these names.
    pub fn fields_called<'b>(&'b self, names: &'b [&str]) -> impl Iterator<Item = &'b str> {
        self.fields
            .iter()
            .filter(|(key, _)| names.iter().any(|name| key.eq_ignore_ascii_case(name)))
            .map(|(_, value)| &**value)
    }

    fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|(key, _)| key == name)
    }
}

/// What may stand before a sentence, by the order in which it is tried.
struct Prefix {
    form: Regex,
    when: When,
}

/// When a form before a sentence is taken for one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Always: nothing else looks like it.
    Always,
    /// Behind a time or a level, as it could be the sentence itself otherwise.
    Begun,
    /// Behind a level: a logger's name with a dash looks like any word.
    Levelled,
}

/// A moment in all forms that are common. Zones are listed, as a level looks like one.
const TIME: &str = concat!(
    r"(?:\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T _]|, ?)\s?\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9})?(?:\s?(?:Z|UTC|GMT|CES?T|[ECMP][SD]T|JST|IST|BST|MSK|[+-]\d{2}:?\d{2}))*",
    r"|\d{1,2}[-/ ][A-Z][a-z]{2}[-/ ]\d{4}[: ]\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?[+-]\d{4})?",
    r"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? {1,2}\d{1,2},?(?: \d{4},?)? \d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: [AP]M)?(?: (?:UTC|GMT|[A-Z]{1,3}[SD]?T))?(?: \d{4})?",
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: [AP]M)?",
    r"|\d{8}[T ]\d{2}:?\d{2}:?\d{2}(?:[.,]\d{1,9})?Z?",
    r"|\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9})?(?: ?[AP]M| ?Z)?",
    r"|1[0-9]{9}(?:\.\d{1,9}|\d{3})?(?:e\+?09)?)",
);

/// What stands between two such pieces.
const GAP: &str = r"(?:[ \t]*(?:\||--?(?:[ \t]))?[ \t]*)";

/// The forms before a sentence that are not a level: `TIME` and `GAP` stand for those above.
const PREFIXES: &[(&str, When)] = &[
    // The container runtime's own log.
    (r"(?:TIME) std(?:out|err) [FP] ", When::Always),
    // syslog, of RFC 5424 and of RFC 3164.
    (
        r"<\d{1,3}>1 (?:TIME|-) \S+ \S+ \S+ \S+ (?:-|(?:\[[^\]]*\])+) ?",
        When::Always,
    ),
    (r"<\d{1,3}>", When::Always),
    // Redis: the process and its role before the time, a sign for the level behind it.
    (r"\d{1,7}:[A-Z] (?:TIME) [.*#-] ", When::Always),
    (r"[\[(](?:TIME)[\])][:,]?GAP", When::Always),
    (
        r"(?:TIME)(?:[:,]?[ \t]+GAP|[ \t]*\|GAP|:[ \t]*)",
        When::Always,
    ),
    // The process: nginx, PostgreSQL, gunicorn.
    (r"\d{1,7}#\d{1,7}:(?: \*\d{1,12})?[ \t]", When::Begun),
    (r"\[\d{1,7}(?:-\d{1,7})?\]:?GAP", When::Always),
    // syslog's host and program.
    (
        r"[A-Za-z0-9.-]{1,64} [A-Za-z0-9_./-]{1,64}\[\d{1,7}\]: ",
        When::Begun,
    ),
    // Spring Boot: process, application, thread, logger.
    (
        r"\d{1,7} --- (?:\[[^\]]{0,80}\][ \t]*)+[\w.$/\[\]-]{1,120}[ \t]*: ",
        When::Begun,
    ),
    // Python, loguru and others: a logger's name or a place, and a dash.
    (
        r"[\w.$@<>/-]{1,100}(?::[\w.<>$]{1,60})?(?::\d{1,6})?[ \t]+--?[ \t]+",
        When::Levelled,
    ),
    (r"in [\w.]{1,80}: ", When::Levelled),
    (r"[\w./-]{1,100}\t", When::Levelled),
    // Rust's modules.
    (r"[a-z_]\w{0,60}(?:::\w{1,60})+: ", When::Levelled),
    // Places in source code: zap, zerolog, Envoy.
    (
        r"\[?[\w./@-]{1,160}\.(?:go|py|rb|js|mjs|cjs|ts|rs|java|kt|scala|cs|cc|cpp|c|php):\d{1,6}(?::\d{1,6})?[\]>]?:?(?:[ \t]+>?[ \t]*|$)",
        When::Begun,
    ),
    // Threads, loggers and modules in brackets.
    (
        r"\[(?:pid \d{1,7}(?::tid \d{1,20})?|[\w.$:/@#-]{1,100})\]:?GAP",
        When::Begun,
    ),
];

static READ_PREFIXES: LazyLock<Vec<Prefix>> = LazyLock::new(|| {
    PREFIXES
        .iter()
        .filter_map(|(form, when)| {
            let form = form.replace("TIME", TIME).replace("GAP", GAP);
            Some(Prefix {
                form: anchored(&form)?,
                when: *when,
            })
        })
        .collect()
});

/// A form at the beginning of a text. Over bytes, as the forms of sentences are.
fn anchored(form: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{form})"))
        .unicode(false)
        .build()
        .ok()
}

/// klog and glog: a letter for the level, a time, a thread and a place in source code.
static KLOG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    anchored(
        r"[IWEF](?:\d{4}|\d{8}) \d{2}:\d{2}:\d{2}\.\d{1,9}[ \t]+\d+[ \t]+[^\] \t]{1,160}:\d+\] ?",
    )
});

fn without_prefixes(text: &str) -> (Option<Level>, &str) {
    let mut rest = text.trim();
    let mut level = None;
    let mut begun = false;
    for _ in 0..MOST_PREFIXES {
        if let Some(after) = after(KLOG.as_ref(), rest) {
            let letter = rest.get(..1).and_then(level::of_letter);
            return (level.or(letter), after);
        }
        if level.is_none()
            && let Some((found, after)) = level::prefix(rest, begun)
        {
            level = Some(found);
            // A level with which the sentence itself begins belongs to it.
            if after == rest {
                break;
            }
            (rest, begun) = (after, true);
            continue;
        }
        let fits = READ_PREFIXES.iter().find_map(|prefix| {
            let may = match prefix.when {
                When::Always => true,
                When::Begun => begun,
                When::Levelled => level.is_some(),
            };
            after(Some(&prefix.form).filter(|_| may), rest)
        });
        let Some(after) = fits else { break };
        (rest, begun) = (after, true);
    }
    (level, rest)
}

/// What follows a form with which a text begins. A form that takes all of the text was none.
fn after<'a>(form: Option<&Regex>, text: &'a str) -> Option<&'a str> {
    let end = form?.find(text.as_bytes())?.end();
    let rest = text.get(end..)?.trim_start();
    (end > 0 && !rest.is_empty()).then_some(rest)
}

/// A line that is JSON, `key=value`, or a sentence with JSON behind it.
fn structured(rest: &str, level: Option<Level>) -> Option<Line<'_>> {
    if rest.starts_with('{') {
        return json(rest, level);
    }
    if let Some(pairs) = super::logfmt::pairs(rest) {
        return of_fields(pairs, level);
    }
    // zap's console form.
    let (message, object) = rest.rsplit_once('\t')?;
    let fields = fields(&serde_json::from_str(object).ok()?);
    Some(Line {
        level,
        message: Cow::Borrowed(message.trim()),
        fields,
    })
}

fn json(text: &str, level: Option<Level>) -> Option<Line<'_>> {
    let map: Map<String, Value> = serde_json::from_str(text).ok()?;
    // A collector's wrapping has the whole line in one field.
    if let Some(Value::String(log)) = map.get("log")
        && !MESSAGES.iter().any(|name| map.contains_key(*name))
    {
        let (inner, rest) = without_prefixes(log);
        return Some(Line {
            level: level.or(inner),
            message: Cow::Owned(clean(rest.trim(), LONG).into_owned()),
            fields: Vec::new(),
        });
    }
    of_fields(fields(&map), level)
}

/// The fields of an object as texts. JSON's own escapes hide from the cleaning of the line
/// what they stand for, so each is cleaned anew.
fn fields(map: &Map<String, Value>) -> Vec<(String, String)> {
    map.iter()
        .filter_map(|(key, value)| {
            let value = match value {
                Value::String(text) => first_and_last(text),
                Value::Number(number) => number.to_string(),
                Value::Object(within) => WITHIN
                    .iter()
                    .find_map(|name| within.get(*name)?.as_str())?
                    .to_owned(),
                Value::Null | Value::Bool(_) | Value::Array(_) => return None,
            };
            Some((
                clean(key, LONG).into_owned(),
                clean(&value, LONG).into_owned(),
            ))
        })
        .take(MOST_FIELDS)
        .collect()
}

/// Of a text of several lines the one that says most: a traceback's last, a stack trace's
/// first.
fn first_and_last(text: &str) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    let line = if first.starts_with("Traceback ") {
        lines.next_back().unwrap_or(first)
    } else {
        first
    };
    line.trim().to_owned()
}

fn of_fields<'a>(fields: Vec<(String, String)>, outer: Option<Level>) -> Option<Line<'a>> {
    let value = |names: &[&str]| {
        let mut found = fields
            .iter()
            .filter(|(key, value)| {
                !value.is_empty() && names.iter().any(|name| key.eq_ignore_ascii_case(name))
            })
            .map(|(_, value)| &**value);
        (found.next(), found.next())
    };
    let level = value(&LEVELS).0.and_then(level::of_value).or(outer);
    let message = match value(&MESSAGES) {
        (Some(first), Some(second)) => format!("{first}: {second}"),
        (Some(only), None) => only.to_owned(),
        // Without a sentence its error is what it says; without that, it is data.
        _ => {
            value(&ERRORS).0?;
            String::new()
        }
    };
    Some(Line {
        level,
        message: Cow::Owned(message),
        fields,
    })
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
