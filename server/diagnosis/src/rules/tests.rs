use std::collections::BTreeSet;

use super::*;

/// `causes.tsv`: area and cause of each line.
fn vocabulary() -> Vec<(&'static str, &'static str)> {
    include_str!("../../causes.tsv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("area\t"))
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some((fields.next()?, fields.next()?))
        })
        .collect()
}

#[test]
fn every_rule_is_of_the_vocabulary_and_there_is_one_a_cause() {
    let known: BTreeSet<&str> = vocabulary().into_iter().map(|(_, cause)| cause).collect();
    let mut seen = BTreeSet::new();
    for rule in all() {
        assert!(
            known.contains(rule.cause),
            "{} is not in causes.tsv",
            rule.cause
        );
        assert!(
            seen.insert(rule.cause),
            "{} is registered twice",
            rule.cause
        );
    }
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
