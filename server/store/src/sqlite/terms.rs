//! Texts and searches as the index takes them.
//!
//! SQLite's `unicode61` splits at what is no letter and no digit. Japanese has no spaces, so
//! that a sentence would be one word; it is indexed as pairs of neighbouring characters, of
//! which any word of two characters is one.

use std::collections::BTreeSet;

/// The longest text that is indexed, in characters; an entry has at most about a million.
const TEXT: usize = 200_000;
/// The most words within words, such as `Pull` in `ImagePullBackOff`, of one text.
const HUMPS: usize = 2_000;
/// The most words of a search that count.
const WORDS: usize = 8;
/// What the token of a hidden secret begins with (`podside-redact` makes it).
const HIDDEN: &str = "[hidden: ";

/// How a run of letters and digits is split into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    /// It is one word.
    Spaced,
    /// Its words have no spaces between them.
    Dense,
}

/// A text as the index takes it: words with spaces between them. The tags of hidden secrets
/// are not among them.
pub(super) fn indexed(text: &str) -> String {
    let text: String = text.chars().take(TEXT).collect();
    let mut terms = String::with_capacity(text.len());
    let mut humps = BTreeSet::new();
    for (script, run) in runs(&without_hidden(&text)) {
        if script == Script::Spaced {
            push(&mut terms, &run);
            let starts = hump_starts(&run).filter_map(|at| run.get(at..));
            humps.extend(
                starts
                    .take(HUMPS.saturating_sub(humps.len()))
                    .map(str::to_owned),
            );
            continue;
        }
        for pair in pairs(&run) {
            push(&mut terms, &pair);
        }
        // A search for one character finds the pairs that it begins; the last of a run
        // begins none.
        if let Some((at, last)) = run.char_indices().next_back().filter(|(at, _)| *at > 0) {
            push(
                &mut terms,
                run.get(at..at + last.len_utf8()).unwrap_or_default(),
            );
        }
    }
    // Behind the text, so that neighbours in it stay neighbours.
    for hump in &humps {
        push(&mut terms, hump);
    }
    terms
}

/// The phrases of a search, each of which has to be found: what was typed is text, and no
/// sign in it steers the index. Empty when nothing of it can be looked for.
pub(super) fn phrases(words: &str) -> Vec<String> {
    let mut phrases = Vec::new();
    for word in words.split_whitespace().take(WORDS) {
        let mut spaced = String::new();
        for (script, run) in runs(word) {
            match script {
                Script::Spaced => push(&mut spaced, &run),
                Script::Dense => {
                    end(&mut phrases, &mut spaced);
                    let mut dense = String::new();
                    for pair in pairs(&run) {
                        push(&mut dense, &pair);
                    }
                    end(&mut phrases, &mut dense);
                }
            }
        }
        end(&mut phrases, &mut spaced);
    }
    phrases
}

/// Adds a phrase whose last word may go on.
fn end(phrases: &mut Vec<String>, terms: &mut String) {
    if !terms.is_empty() {
        // It has letters, digits and spaces alone, so nothing in it ends the quotes.
        phrases.push(format!("\"{terms}\"*"));
        terms.clear();
    }
}

fn push(terms: &mut String, term: &str) {
    if !terms.is_empty() {
        terms.push(' ');
    }
    terms.push_str(term);
}

/// The runs of letters and digits of a text, those of one script together. Letters of full
/// width are those of half width.
fn runs(text: &str) -> Vec<(Script, String)> {
    let mut runs: Vec<(Script, String)> = Vec::new();
    let mut goes_on = false;
    for c in text.chars().map(narrow) {
        if !c.is_alphanumeric() && c != 'ー' {
            goes_on = false;
            continue;
        }
        let script = script(c);
        match runs.last_mut().filter(|(its, _)| goes_on && *its == script) {
            Some((_, run)) => run.push(c),
            None => runs.push((script, c.to_string())),
        }
        goes_on = true;
    }
    runs
}

fn script(c: char) -> Script {
    match c {
        // Kana and the signs of repetition, Han with its extensions, kana of half width.
        '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}' => Script::Dense,
        _ => Script::Spaced,
    }
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The pairs of neighbours; a run of one character is itself.
fn pairs(run: &str) -> Vec<String> {
    let chars: Vec<char> = run.chars().collect();
    match chars.as_slice() {
        [one] => vec![one.to_string()],
        many => many.windows(2).map(|pair| pair.iter().collect()).collect(),
    }
}

/// Where a word begins within a word: at a capital behind a small letter.
fn hump_starts(run: &str) -> impl Iterator<Item = usize> {
    run.char_indices()
        .zip(run.chars().skip(1))
        .filter(|((_, c), next)| c.is_lowercase() && next.is_uppercase())
        .map(|((at, c), _)| at + c.len_utf8())
}

/// The text without the tokens of hidden secrets.
fn without_hidden(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(HIDDEN) {
        kept.push_str(before);
        kept.push(' ');
        rest = from.split_once(']').map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_words_and_japanese_is_pairs() {
        assert_eq!(
            indexed("env DATABASE_URL of ImagePullBackOff"),
            "env DATABASE URL of ImagePullBackOff BackOff Off PullBackOff"
        );
        assert_eq!(indexed("権限がPodに"), "権限 限が が Pod に");
        assert_eq!(indexed("ＰＯＤ１"), "POD1");
        assert_eq!(indexed("a\0b"), "a b");
    }

    #[test]
    fn a_hidden_secret_leaves_no_tag() {
        let text = "user=a password=[hidden: password 0a1b2c3d4e5f] host=b";
        assert_eq!(indexed(text), "user a password host b");
        assert_eq!(indexed("x [hidden: "), "x");
    }

    #[test]
    fn a_search_is_phrases_and_never_an_expression() {
        assert_eq!(phrases("disktype"), ["\"disktype\"*"]);
        assert_eq!(phrases("DATABASE_URL"), ["\"DATABASE URL\"*"]);
        assert_eq!(
            phrases("権限エラー pod"),
            ["\"権限 限エ エラ ラー\"*", "\"pod\"*"]
        );
        assert_eq!(phrases("Pod権限"), ["\"Pod\"*", "\"権限\"*"]);
        assert_eq!(phrases("a\" OR (open:"), ["\"a\"*", "\"OR\"*", "\"open\"*"]);
        assert!(phrases("\" * - ( ^").is_empty());
        assert_eq!(phrases(&"a ".repeat(100)).len(), WORDS);
    }
}
