//! How grave a line of a log says that it is.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

/// How grave a line is, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For whoever looks for a fault in the program.
    Debug,
    /// Told in passing.
    Info,
    /// Something is not as it should be, and the program goes on.
    Warning,
    /// Something did not work.
    Error,
    /// The program cannot go on.
    Fatal,
}

/// The words and their short forms, in small letters.
const WORDS: &[(&str, Level)] = &[
    ("trace", Level::Debug),
    ("trc", Level::Debug),
    ("trce", Level::Debug),
    ("debug", Level::Debug),
    ("debu", Level::Debug),
    ("dbug", Level::Debug),
    ("dbg", Level::Debug),
    ("verbose", Level::Debug),
    ("fine", Level::Debug),
    ("info", Level::Info),
    ("inf", Level::Info),
    ("information", Level::Info),
    ("notice", Level::Info),
    ("note", Level::Info),
    ("log", Level::Info),
    ("warn", Level::Warning),
    ("warning", Level::Warning),
    ("wrn", Level::Warning),
    ("error", Level::Error),
    ("erro", Level::Error),
    ("err", Level::Error),
    ("eror", Level::Error),
    ("fail", Level::Error),
    ("severe", Level::Error),
    ("crit", Level::Fatal),
    ("critical", Level::Fatal),
    ("fatal", Level::Fatal),
    ("fata", Level::Fatal),
    ("ftl", Level::Fatal),
    ("panic", Level::Fatal),
    ("alert", Level::Fatal),
    ("emerg", Level::Fatal),
    ("emergency", Level::Fatal),
];

/// A level in brackets: alone, behind a module (Apache), or behind a time (Serilog,
/// `env_logger`, which adds the module).
static BRACKETED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    form(
        r"^[\[(<](?:[0-9T:.,+Z -]{5,40}\s|[\w-]{1,40}:)?\s*(?P<level>[A-Za-z]{3,11})\s*(?:\s[\w:.$-]{1,100})?[\])>]:?[ \t]*(?:--?[ \t]|\|)?[ \t]*",
    )
});

/// A level as a word, and what parts it from the sentence. logrus writes the seconds since
/// the start behind it.
static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    form(
        r"^(?P<level>[A-Za-z]{3,11})(?P<end>\[\d{1,9}\][ \t]|[ \t]*\|[ \t]*|[ \t]+-[ \t]+|\t|[ ]{2,}|:[A-Za-z_][\w.]{0,80}:|:[ \t]+|[ ])[ \t]*",
    )
});

/// Python's order: a logger's name, then the level, with dashes between.
static BEHIND_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| form(r"^[\w.$/-]{1,80}[ \t]+-[ \t]+(?P<level>[A-Z]{3,11})[ \t]+-[ \t]+"));

fn form(form: &str) -> Option<Regex> {
    RegexBuilder::new(form).unicode(false).build().ok()
}

/// The level that a word names.
fn of_word(word: &str) -> Option<Level> {
    let word = word.to_ascii_lowercase();
    WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, level)| *level)
}

/// The level by the letter of klog, glog and MongoDB.
pub(super) fn of_letter(letter: &str) -> Option<Level> {
    match letter {
        "D" => Some(Level::Debug),
        "I" => Some(Level::Info),
        "W" => Some(Level::Warning),
        "E" => Some(Level::Error),
        "F" => Some(Level::Fatal),
        _ => None,
    }
}

/// The level by the value of a field: a word, a letter, or a number of bunyan and pino.
pub(super) fn of_value(value: &str) -> Option<Level> {
    match value.parse::<u8>() {
        Ok(number) if number >= 10 => Some(match number {
            10..=20 => Level::Debug,
            21..=30 => Level::Info,
            31..=40 => Level::Warning,
            41..=50 => Level::Error,
            _ => Level::Fatal,
        }),
        Ok(_) => None,
        Err(_) => of_word(value).or_else(|| of_letter(value)),
    }
}

/// The level with which a line goes on, and what follows it. `begun` says that a time or the
/// like stood before it: without one, a word like that may be the sentence's own, which is
/// left whole.
pub(super) fn prefix(text: &str, begun: bool) -> Option<(Level, &str)> {
    let bytes = text.as_bytes();
    let level_of = |captures: &regex::bytes::Captures<'_>| {
        std::str::from_utf8(captures.name("level")?.as_bytes())
            .ok()
            .and_then(of_word)
    };
    if let Some(captures) = BRACKETED.as_ref().and_then(|form| form.captures(bytes))
        && let Some(level) = level_of(&captures)
    {
        return Some((level, text.get(captures.get(0)?.end()..)?));
    }
    if begun
        && let Some(captures) = BEHIND_NAME.as_ref().and_then(|form| form.captures(bytes))
        && let Some(level) = level_of(&captures)
    {
        return Some((level, text.get(captures.get(0)?.end()..)?));
    }
    let captures = WORD.as_ref()?.captures(bytes)?;
    let level = level_of(&captures)?;
    let word = captures.name("level")?.as_bytes();
    let end = captures.name("end")?.as_bytes();
    let is_capital = word.iter().all(u8::is_ascii_uppercase);
    let parts_clearly = match end {
        [b' '] => false,
        [b':', second, ..] if second.is_ascii_whitespace() => false,
        _ => true,
    };
    // `panic: ` and `Error: ` are how runtimes begin their sentences.
    if parts_clearly && (is_capital || begun || end == b"\t") {
        return Some((level, text.get(captures.get(0)?.end()..)?));
    }
    match (is_capital, begun, end) {
        (true, true, _) => Some((level, text.get(captures.get(0)?.end()..)?)),
        (true, false, _) | (false, _, [b':', ..]) => Some((level, text)),
        _ => None,
    }
}
