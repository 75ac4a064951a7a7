//! Label selectors that people write.

/// The longest name of a key, and the longest value.
const LONGEST: usize = 63;

/// The longest prefix of a key: what DNS allows.
const LONGEST_PREFIX: usize = 253;

/// A label selector, read and written anew: nothing else of what somebody wrote is sent
/// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector(String);

/// A text is no label selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{part:?} is no part of a label selector; write app=web, tier!=cache, app in (web,api), app or !app"
)]
pub struct NoLabelSelector {
    /// The part that cannot be read.
    pub part: String,
}

impl LabelSelector {
    /// Reads a selector as kubectl's `-l` takes it; an empty text selects everything.
    ///
    /// # Errors
    /// When a part of it is none.
    pub fn parse(text: &str) -> Result<Self, NoLabelSelector> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let parts: Result<Vec<String>, NoLabelSelector> = parts(text)
            .into_iter()
            .map(|part| {
                requirement(part.trim()).ok_or_else(|| NoLabelSelector {
                    part: part.trim().to_owned(),
                })
            })
            .collect();
        Ok(Self(parts?.join(",")))
    }

    /// The selector as the API takes it; empty for everything.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }
}

/// The parts between the commas that stand in no parentheses.
fn parts(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

/// One requirement as it is sent; `None` for what is none.
fn requirement(part: &str) -> Option<String> {
    if let Some(absent) = part.strip_prefix('!') {
        return key(absent.trim()).map(|key| format!("!{key}"));
    }
    if let Some((name, rest)) = part.split_once(char::is_whitespace)
        && let Some((operator, values)) = set(rest.trim())
    {
        let values: Option<Vec<&str>> = values.split(',').map(|it| value(it.trim())).collect();
        return Some(format!("{} {operator} ({})", key(name)?, values?.join(",")));
    }
    for operator in ["!=", "==", "="] {
        if let Some((name, wanted)) = part.split_once(operator) {
            let (name, wanted) = (key(name.trim())?, value(wanted.trim())?);
            return Some(format!("{name}{}{wanted}", operator.replace("==", "=")));
        }
    }
    for operator in ['>', '<'] {
        if let Some((name, number)) = part.split_once(operator) {
            let number: i64 = number.trim().parse().ok()?;
            return Some(format!("{}{operator}{number}", key(name.trim())?));
        }
    }
    key(part).map(str::to_owned)
}

/// The operator and what stands in the parentheses of `in (a,b)`.
fn set(text: &str) -> Option<(&'static str, &str)> {
    ["in", "notin"].into_iter().find_map(|operator| {
        let values = text.strip_prefix(operator)?.trim_start();
        let values = values.strip_prefix('(')?.strip_suffix(')')?;
        Some((operator, values))
    })
}

fn key(text: &str) -> Option<&str> {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    let is_prefix = |prefix: &str| prefix.len() <= LONGEST_PREFIX && is_name(prefix);
    (prefix.is_none_or(is_prefix) && name.len() <= LONGEST && is_name(name)).then_some(text)
}

fn value(text: &str) -> Option<&str> {
    (text.is_empty() || text.len() <= LONGEST && is_name(text)).then_some(text)
}

/// Letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_name(text: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_takes_is_taken_and_written_anew() {
        for (written, sent) in [
            ("", ""),
            ("  ", ""),
            ("app=web", "app=web"),
            ("app == web , tier != cache", "app=web,tier!=cache"),
            ("app in (web, api),!old", "app in (web,api),!old"),
            ("app notin (a)", "app notin (a)"),
            ("app.kubernetes.io/name", "app.kubernetes.io/name"),
            ("app=", "app="),
            ("generation>3", "generation>3"),
        ] {
            assert_eq!(LabelSelector::parse(written).unwrap().as_str(), sent);
        }
        assert!(LabelSelector::parse(" ").unwrap().is_everything());
    }

    #[test]
    fn what_is_no_selector_is_refused_and_named() {
        for wrong in [
            "app=web&limit=0",
            "app=web#",
            "a b",
            "app in web",
            "app in (we b)",
            "-app",
            "a/b/c",
            "app=web,,tier",
            "=web",
            "x>many",
            "app=\u{202e}web",
            "日本=x",
            "(",
            &format!("app={}", "x".repeat(64)),
        ] {
            let refused = LabelSelector::parse(wrong).unwrap_err();
            assert!(wrong.contains(&refused.part), "{wrong}: {refused}");
        }
    }
}
