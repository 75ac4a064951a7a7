use super::plain;

/// How grave a line says it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It does not say.
    #[default]
    Unknown,
    /// For who looks for a fault; `trace` too.
    Debug,
    /// The ordinary course.
    Info,
    /// Something is not as it should be.
    Warning,
    /// Something failed; `fatal`, `critical` and `panic` too.
    Error,
}

/// Bytes at the start of a line within which its level stands.
const WITHIN: usize = 200;

/// Names under which structured logs carry the level.
const KEYS: [&str; 5] = ["level", "lvl", "severity", "levelname", "log.level"];

impl Level {
    /// The level that a line carries: in a JSON or logfmt field, in klog's first
    /// letter, or as a word in capitals or brackets before the message.
    pub fn of(line: &str) -> Self {
        let line = plain(line);
        let start = head(line.trim_start(), WITHIN);
        let level = if start.starts_with('{') {
            // A level may stand behind a long message.
            in_field(head(line.trim_start(), 16 * WITHIN), json_value)
        } else {
            in_field(start, logfmt_value)
                .or_else(|| klog(start))
                .or_else(|| in_words(start))
        };
        level.unwrap_or_default()
    }

    /// The word in the level's column; empty when the line carries none.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warn",
            Self::Error => "ERROR",
        }
    }

    fn named(name: &str) -> Option<Self> {
        const NAMES: [(&str, Level); 21] = [
            ("trace", Level::Debug),
            ("debug", Level::Debug),
            ("dbg", Level::Debug),
            ("info", Level::Info),
            ("inf", Level::Info),
            ("information", Level::Info),
            ("notice", Level::Info),
            ("log", Level::Info),
            ("warn", Level::Warning),
            ("warning", Level::Warning),
            ("wrn", Level::Warning),
            ("error", Level::Error),
            ("err", Level::Error),
            ("fatal", Level::Error),
            ("ftl", Level::Error),
            ("critical", Level::Error),
            ("crit", Level::Error),
            ("panic", Level::Error),
            ("emerg", Level::Error),
            ("alert", Level::Error),
            ("severe", Level::Error),
        ];
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, level)| *level)
    }

    /// The numbers of pino and bunyan: 10 trace to 60 fatal.
    fn numbered(number: &str) -> Option<Self> {
        match number.parse::<u8>().ok()? {
            10..=29 => Some(Self::Debug),
            30..=39 => Some(Self::Info),
            40..=49 => Some(Self::Warning),
            50..=69 => Some(Self::Error),
            _ => None,
        }
    }
}

fn head(text: &str, within: usize) -> &str {
    let mut end = text.len().min(within);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// The value of the first of [`KEYS`] that `value` finds.
fn in_field(text: &str, value: fn(&str, &str) -> Option<Level>) -> Option<Level> {
    KEYS.iter().find_map(|key| value(text, key))
}

/// `"key":"value"` or `"key":30`, not within a nested string as far as quotes tell.
fn json_value(text: &str, key: &str) -> Option<Level> {
    text.match_indices(key).find_map(|(at, _)| {
        let before = text.get(..at)?;
        let after = text.get(at + key.len()..)?.strip_prefix('"')?;
        if !before.ends_with('"') || before.ends_with("\\\"") {
            return None;
        }
        let value = after.trim_start().strip_prefix(':')?.trim_start();
        match value.strip_prefix('"') {
            Some(name) => Level::named(name.split('"').next()?),
            None => Level::numbered(value.split([',', '}', ' ']).next()?),
        }
    })
}

/// `key=value` or `key="value"`.
fn logfmt_value(text: &str, key: &str) -> Option<Level> {
    text.match_indices(key).find_map(|(at, _)| {
        let starts = text
            .get(..at)?
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace);
        let value = text.get(at + key.len()..)?.strip_prefix('=')?;
        let value = value.trim_start_matches('"');
        let end = value.find(|c: char| !c.is_ascii_alphanumeric());
        let value = value.get(..end.unwrap_or(value.len()))?;
        starts.then(|| Level::named(value).or_else(|| Level::numbered(value)))?
    })
}

/// klog begins with the level's letter, the month and the day: `E1120 20:28:37.1`.
fn klog(text: &str) -> Option<Level> {
    let mut chars = text.chars();
    let level = match chars.next()? {
        'I' => Level::Info,
        'W' => Level::Warning,
        'E' | 'F' => Level::Error,
        _ => return None,
    };
    let digits = chars.by_ref().take(4).filter(char::is_ascii_digit).count();
    (digits == 4 && chars.next() == Some(' ')).then_some(level)
}

/// The first word that is a level: in capitals, in brackets, or before a colon at the
/// start. In prose ("no error so far") a level's name means nothing.
fn in_words(text: &str) -> Option<Level> {
    let is_word = |c: char| c.is_ascii_alphabetic();
    let mut rest = text;
    let mut is_first = true;
    while let Some(start) = rest.find(is_word) {
        let (before, from) = rest.split_at_checked(start)?;
        let length = from.find(|c| !is_word(c)).unwrap_or(from.len());
        let (word, after) = from.split_at_checked(length)?;
        let joined = |c: Option<char>| {
            c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '-' | '.'))
        };
        let stands_alone = !joined(before.chars().next_back()) && !joined(after.chars().next());
        let is_bracketed = matches!(before.chars().next_back(), Some('[' | '<' | '('))
            && matches!(after.chars().next(), Some(']' | '>' | ')'));
        let is_capital = word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase());
        let is_label = is_first && after.starts_with(':');
        if stands_alone
            && (is_bracketed || is_capital || is_label)
            && let Some(level) = Level::named(word)
        {
            return Some(level);
        }
        is_first = false;
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn levels_are_found_where_logs_put_them() {
        for (line, level) in [
            (r#"{"time":"x","level":"ERROR","msg":"a"}"#, Level::Error),
            (
                r#"{"msg":"say \"level\":\"error\"","level":"info"}"#,
                Level::Info,
            ),
            (r#"{"level":30,"msg":"pino"}"#, Level::Info),
            (r#"{"severity": "WARNING"}"#, Level::Warning),
            (r#"{"msg":"nothing"}"#, Level::Unknown),
            ("time=x level=warn msg=y", Level::Warning),
            ("E1120 20:28:37.123 1 main.go:3] failed", Level::Error),
            ("Every morning", Level::Unknown),
            ("2026/11/20 20:37:12 [notice] 1#1: start", Level::Info),
            ("2026-11-20 20:13:39 [INFO] 10.244.0.76", Level::Info),
            ("2026-11-20 UTC [1] FATAL:  role missing", Level::Error),
            ("panic: runtime error", Level::Error),
            ("\u{1b}[31mERROR\u{1b}[0m it broke", Level::Error),
            ("there was no error at all", Level::Unknown),
            ("GET /error/INFO.txt", Level::Unknown),
            ("", Level::Unknown),
        ] {
            assert_eq!(Level::of(line), level, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_has_a_level_or_none(line in "\\PC{0,300}|[{\"level:=\\\\ ERWI0-9日]{0,80}") {
            Level::of(&line);
        }
    }
}
