//! Rules as data: a keyword, an expression, and how random what it matches must be.

use std::sync::{LazyLock, OnceLock};

use podside_model::SecretKind;
use regex::bytes::{Regex, RegexBuilder};

use crate::Found;
use crate::value;

/// The rules of gitleaks, and those of our own; `rules/` tells where they come from.
const FILES: [&str; 2] = [
    include_str!("../rules/gitleaks.tsv"),
    include_str!("../rules/podside.tsv"),
];

/// What `<is>` stands for in a rule: between a name and its value.
const IS: &str =
    r#"(?:[ \t\w.-]{0,20})[\s'"\\]{0,5}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=\\]{0,5}"#;

/// What `<end>` stands for in a rule: the end of a value.
const END: &str = r"(?:[^\w-]|$)";

/// The largest compiled expression in bytes. Those of the rules are far smaller.
const LARGEST: usize = 4 * 1024 * 1024;

/// Ends a text that was cut. What stands before it may be shorter than its shape.
pub(crate) const CUT: char = '…';

/// The fewest characters of a cut secret behind its prefix.
const FEWEST_OF_CUT: usize = 4;

/// One rule.
pub(crate) struct Rule {
    kind: SecretKind,
    entropy: f64,
    pattern: &'static str,
    expression: OnceLock<Option<Regex>>,
}

/// A keyword of a rule.
pub(crate) struct Keyword {
    /// The rule's place in [`RULES`].
    pub(crate) rule: usize,
    /// In small letters.
    pub(crate) word: &'static str,
    /// The one way in which it must be written, where the rule knows only one.
    pub(crate) exact: Option<&'static str>,
    /// Whether a secret begins with it, so that it is known even when cut.
    pub(crate) is_prefix: bool,
}

/// All rules and their keywords.
pub(crate) static RULES: LazyLock<(Vec<Rule>, Vec<Keyword>)> = LazyLock::new(|| {
    let (mut rules, mut keywords) = (Vec::new(), Vec::new());
    for line in FILES.iter().flat_map(|file| file.lines()) {
        let mut columns = line.split('\t');
        let (Some(_), Some(kind), Some(entropy), Some(words), Some(pattern)) = (
            columns.next().filter(|name| !name.starts_with('#')),
            columns.next(),
            columns.next(),
            columns.next(),
            columns.next(),
        ) else {
            continue;
        };
        let begins = columns.next() == Some("begins");
        for word in words.split(',') {
            let exact = exact(pattern, word);
            keywords.push(Keyword {
                rule: rules.len(),
                word,
                exact,
                is_prefix: begins || begins_with(pattern, word),
            });
        }
        rules.push(Rule {
            kind: match kind {
                "bearer-token" => SecretKind::BearerToken,
                "access-key" => SecretKind::AccessKey,
                "private-key" => SecretKind::PrivateKey,
                _ => SecretKind::Password,
            },
            entropy: entropy.parse().unwrap_or_default(),
            pattern,
            expression: OnceLock::new(),
        });
    }
    (rules, keywords)
});

/// How a keyword is written in the expression, unless it may be written otherwise too.
fn exact(pattern: &'static str, word: &str) -> Option<&'static str> {
    if ["(?i)", "(?i:", "(?-i:"]
        .iter()
        .any(|flag| pattern.find(flag).is_some_and(|at| at < 12))
    {
        return None;
    }
    let at = pattern.to_ascii_lowercase().find(word)?;
    pattern.get(at..at + word.len())
}

/// Whether what the expression matches begins with a word.
fn begins_with(pattern: &str, word: &str) -> bool {
    let start = pattern.trim_start_matches("(?i)").trim_start_matches(r"\b");
    // The secret is a group at the start, or all that matches.
    let has_groups = pattern.replace("(?", "").replace(r"\(", "").contains('(');
    let start = match start.strip_prefix('(') {
        Some(group) if !group.starts_with('?') => group,
        _ if has_groups => return false,
        _ => start,
    };
    let word = word.replace('.', r"\.");
    start
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(&word))
}

/// An expression in which classes are of ASCII, as those of the rules are.
pub(crate) fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .size_limit(LARGEST)
        .build()
        .ok()
}

impl Rule {
    fn expression(&self) -> Option<&Regex> {
        self.expression
            .get_or_init(|| compiled(&self.pattern.replace("<is>", IS).replace("<end>", END)))
            .as_ref()
    }

    /// Adds what the rule finds in a line.
    pub(crate) fn find(&self, line: &str, found: &mut Vec<Found>) {
        let Some(expression) = self.expression() else {
            return;
        };
        let mut locations = expression.capture_locations();
        let mut at = 0;
        while at <= line.len() {
            let Some(whole) = expression.captures_read_at(&mut locations, line.as_bytes(), at)
            else {
                return;
            };
            // The first group that took part, or all of it.
            let (start, end) = (1..locations.len())
                .find_map(|group| locations.get(group))
                .unwrap_or((whole.start(), whole.end()));
            at = end.max(whole.start() + 1);
            let Some(value) = line.get(start..end) else {
                continue;
            };
            let is_random = self.entropy <= 0.0 || value::entropy(value.as_bytes()) > self.entropy;
            if is_random && !value::is_reference(value) && !value::is_state(value) {
                found.push(Found {
                    range: start..end,
                    kind: self.kind,
                });
            }
        }
    }

    /// Adds what begins at `start` with a prefix of the rule, if the text was cut behind
    /// it.
    pub(crate) fn find_cut(&self, line: &str, start: usize, prefix: usize, found: &mut Vec<Found>) {
        let before = line
            .get(..start)
            .and_then(|before| before.chars().next_back());
        let Some(rest) = line.get(start..) else {
            return;
        };
        let length = rest.bytes().take_while(|byte| is_of_token(*byte)).count();
        let is_cut = rest.get(length..).is_some_and(|rest| rest.starts_with(CUT));
        let text = rest.get(..length).unwrap_or_default();
        if is_cut
            && length >= prefix + FEWEST_OF_CUT
            && text.contains(|c: char| c.is_ascii_digit())
            && !before.is_some_and(char::is_alphanumeric)
        {
            found.push(Found {
                range: start..start + length,
                kind: self.kind,
            });
        }
    }
}

/// Whether a byte is one that tokens are made of.
pub(crate) fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_read_and_compiles() {
        let (rules, keywords) = &*RULES;
        assert!(rules.len() > 240, "{}", rules.len());
        for rule in rules {
            assert!(rule.expression().is_some(), "{}", rule.pattern);
        }
        for keyword in keywords {
            assert_eq!(keyword.word, keyword.word.to_ascii_lowercase());
            assert!(keyword.word.len() > 1, "{}", keyword.word);
        }
        assert!(keywords.iter().filter(|keyword| keyword.is_prefix).count() > 80);
    }
}
