//! Lines of `key=value`, as logrus, slog, Prometheus and Grafana write them.

/// The most pairs of a line that are read.
const MOST: usize = 32;

/// The keys of which one at least stands in such a line.
const TELLING: [&str; 7] = ["msg", "message", "level", "lvl", "severity", "err", "error"];

/// The pairs of a line that is nothing but pairs, and that has a key which loggers use;
/// `None` of another one.
pub(super) fn pairs(line: &str) -> Option<Vec<(String, String)>> {
    let mut rest = line.trim();
    let mut pairs = Vec::new();
    while !rest.is_empty() && pairs.len() < MOST {
        let (key, after) = rest.split_once('=')?;
        if key.is_empty() || key.contains(|c: char| c.is_whitespace() || c == '"') {
            return None;
        }
        let (value, after) = value(after)?;
        pairs.push((key.to_owned(), value));
        rest = after.trim_start();
    }
    let tells = |(key, _): &(String, String)| TELLING.contains(&&**key);
    (pairs.len() >= 2 && pairs.iter().any(tells)).then_some(pairs)
}

/// A value, in quotes or up to the next blank, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return Some((text.get(..end)?.to_owned(), text.get(end..)?));
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (false, '"') => return Some((value, quoted.get(at + 1..)?)),
            (true, 'n' | 't' | 'r') => {
                value.push(' ');
                escaped = false;
            }
            (_, c) => {
                value.push(c);
                escaped = false;
            }
        }
    }
    // A line that was cut ends within its last value.
    Some((value, ""))
}
