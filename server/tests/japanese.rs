//! How Japanese is written, wherever a reader meets it: in the pages' words, in the texts of
//! the rules, in the built-in runbooks and in the reports.
//!
//! Native readers answer a question in the negative both ways, so none is asked. Between Latin
//! letters or digits and Japanese stands a half-width space, and punctuation is full-width.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Where texts stand, below the repository.
const PLACES: [&str; 4] = [
    "app/src/words",
    "server/diagnosis/src",
    "server/diagnosis/runbooks",
    "server/src/report",
];

/// How a question in the negative ends.
const NEGATIVE: [&str; 5] = [
    "ませんか？",
    "ませんでしたか？",
    "ないですか？",
    "ないでしょうか？",
    "ないか？",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|it| it.to_str());
        if path.is_dir() {
            files(&path, found);
        } else if matches!(extension, Some("rs" | "yaml")) {
            found.push(path);
        }
    }
}

/// What a file says: the strings of a source, without its tests, or the lines of a runbook.
fn said(path: &Path) -> Vec<String> {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap();
    let is_test = name.contains("tests") || name == "sample.rs" || name.starts_with("testing");
    let text = fs::read_to_string(path).unwrap();
    if is_test {
        return Vec::new();
    }
    if path.extension().is_some_and(|it| it == "yaml") {
        return text.lines().map(str::to_owned).collect();
    }
    let source = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n").replace("\\\"", "”");
    let strings = code.split('"').skip(1).step_by(2);
    strings.map(str::to_owned).collect()
}

fn is_japanese(c: char) -> bool {
    matches!(c, 'ぁ'..='ん' | 'ァ'..='ヶ' | 'ー' | '一'..='龥' | '々')
}

/// What is wrong with how a text is written.
fn fault(text: &str) -> Option<&'static str> {
    if NEGATIVE.iter().any(|end| text.contains(end)) {
        return Some("a question in the negative");
    }
    let letters: Vec<char> = text.chars().collect();
    letters.windows(2).find_map(|pair| {
        let [a, b] = pair else {
            return None;
        };
        match (is_japanese(*a), is_japanese(*b)) {
            (true, false) if b.is_ascii_alphanumeric() => Some("no space before Latin"),
            (false, true) if a.is_ascii_alphanumeric() => Some("no space after Latin"),
            (true, false) if matches!(b, ',' | '.' | '!' | '?' | ';' | '(') => {
                Some("half-width punctuation")
            }
            (false, true) if matches!(a, ',' | '!' | '?' | ';' | ')') => {
                Some("half-width punctuation")
            }
            _ => None,
        }
    })
}

#[test]
fn every_text_is_written_as_a_japanese_reader_expects() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut read, mut faults) = (0, Vec::new());
    for place in PLACES {
        let mut found = Vec::new();
        files(&root.join(place), &mut found);
        for path in found {
            for text in said(&path).iter().filter(|it| it.contains(is_japanese)) {
                read += 1;
                let why = fault(text).map(|why| format!("{}: {why}: {text}", path.display()));
                faults.extend(why);
            }
        }
    }
    assert!(read > 1_500, "only {read} texts were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_written_otherwise_is_found() {
    for (text, why) in [
        ("空きはありませんか？", "a question in the negative"),
        ("開始できませんでしたか？", "a question in the negative"),
        ("Podのログ", "no space after Latin"),
        ("あと3 件", "no space before Latin"),
        ("待機中(3 個)", "half-width punctuation"),
        ("はい,いいえ", "half-width punctuation"),
    ] {
        assert_eq!(fault(text), Some(why), "{text}");
    }
    for text in [
        "Pod が 3 個あります。",
        "不足していますか？",
        "{span}前",
        "状態: {phase}",
    ] {
        assert_eq!(fault(text), None, "{text}");
    }
}
