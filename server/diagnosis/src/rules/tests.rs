use std::collections::BTreeSet;

use super::*;
use crate::vocabulary;

/// Causes whose rules are still to come: what they would explain is unexplained.
const TO_COME: &[&str] = &[
    "selector-overlap",
    "load-balancer-backend-unhealthy",
    "kube-proxy-not-working",
    "hairpin-blocked",
    "service-without-pods",
    "service-traffic-policy-local",
    "dns-upstream-failing",
    "cluster-dns-misconfigured",
    "api-server-unreachable",
];

#[test]
fn every_cause_has_one_rule_or_is_still_to_come() {
    let mut seen = BTreeSet::new();
    for rule in all() {
        assert!(
            vocabulary::is_cause(rule.cause),
            "{} is not in causes.tsv",
            rule.cause
        );
        assert!(
            seen.insert(rule.cause),
            "{} is registered twice",
            rule.cause
        );
    }
    let missing: Vec<&str> = vocabulary::all()
        .iter()
        .map(|entry| entry.slug)
        .filter(|slug| !seen.contains(slug))
        .collect();
    assert_eq!(missing, TO_COME);
}

#[test]
fn every_rule_has_its_texts_its_source_and_something_to_look_at() {
    for rule in all() {
        let has = |id: &str| rule.texts.iter().any(|t| t.id == id);
        assert!(has("title") && has("explanation"), "{}", rule.cause);
        assert!(
            rule.texts.iter().any(|t| t.id.starts_with("fix")),
            "{}",
            rule.cause
        );
        assert!(
            rule.source.starts_with("https://kubernetes.io/"),
            "{}",
            rule.cause
        );
        assert!(!rule.runs.is_empty(), "{}", rule.cause);
    }
}

#[test]
fn titles_end_without_a_full_stop_and_explanations_with_one() {
    for rule in all() {
        for text in rule.texts {
            let (en, ja) = (text.en, text.ja);
            if text.id.starts_with("title") {
                assert!(
                    !en.ends_with('.') && !ja.ends_with('。'),
                    "{}.{}",
                    rule.cause,
                    text.id
                );
            }
            if text.id.starts_with("explanation") || text.id.starts_with("fix") {
                assert!(
                    (en.ends_with('.') || en.ends_with(':'))
                        && (ja.ends_with('。') || ja.ends_with(':')),
                    "{}.{}",
                    rule.cause,
                    text.id
                );
            }
        }
    }
}

/// What a rule asks an age for that is no waiting: how it looks at what has happened.
const JUDGES_THE_PAST: &[&str] = &[
    // A container that ran for so long has recovered.
    "RECOVERED_AFTER_SECONDS",
    // Events are gone after so long.
    "EVENT_LIFE_SECONDS",
    // A line of a log tells of now for so long.
    "RECENT_SECONDS",
];

/// The constants and numbers with which the source of a rule asks for an age, but for those
/// with which it judges the past, and every constant that is called a patience.
fn own_patience(source: &str) -> Vec<String> {
    let of_rule = source.split("#[cfg(test)]").next().unwrap_or_default();
    let asked = of_rule.split("has_passed(").skip(1).filter_map(|rest| {
        let asked = rest.split(')').next()?;
        let number = asked.rsplit(',').next()?.trim();
        let is_own = number
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        (is_own && !JUDGES_THE_PAST.contains(&number)).then(|| number.to_owned())
    });
    let constants = of_rule.lines().filter_map(|line| {
        let name = line
            .trim_start()
            .split_once("const ")?
            .1
            .split(':')
            .next()?;
        name.contains("PATIENCE").then(|| name.to_owned())
    });
    asked.chain(constants).collect()
}

#[test]
fn no_rule_has_a_patience_of_its_own() {
    fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    assert_eq!(
        own_patience(
            "const PATIENCE: i64 = 5; if x.has_passed(at, 30) { y.has_passed(at, seconds) }"
        ),
        ["30", "PATIENCE"]
    );
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut files = Vec::new();
    sources(&folder, &mut files);
    assert!(files.len() > 100, "{} sources", files.len());
    let mut own = Vec::new();
    for file in files.iter().filter(|it| !it.ends_with("rules/tests.rs")) {
        let source = std::fs::read_to_string(file).unwrap();
        own.extend(
            own_patience(&source)
                .into_iter()
                .map(|it| format!("{}: {it}", file.display())),
        );
    }
    assert!(own.is_empty(), "these belong into patience.rs: {own:#?}");
}
