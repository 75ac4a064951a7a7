//! What is found of 300 secrets in realistic surroundings, and what is hidden of as many
//! texts that only look so.
//!
//! `corpus/secrets.txt` and `corpus/harmless.txt` hold a text each between lines of `%%`.
//! A secret stands in `⟦⟧`. All are made up; a `¦` within, which is taken out here, keeps
//! scanners of repositories from taking them for real ones.
#![allow(
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test prints its figures, and fails by panicking"
)]

use podside_redact::{Lines, Tokens, find, hide, hide_named, hide_note, object};
use serde_json::{Value, json};

const SECRETS: &str = include_str!("corpus/secrets.txt");
const HARMLESS: &str = include_str!("corpus/harmless.txt");

/// A text and the bytes of the secrets in it.
struct Example {
    text: String,
    secrets: Vec<std::ops::Range<usize>>,
}

fn examples(file: &str) -> Vec<Example> {
    file.trim_end().split("\n%%\n").map(example).collect()
}

fn example(marked: &str) -> Example {
    let mut text = String::new();
    let (mut secrets, mut start) = (Vec::new(), 0);
    for letter in marked.chars() {
        match letter {
            '⟦' => start = text.len(),
            '⟧' => secrets.push(start..text.len()),
            '¦' => {}
            other => text.push(other),
        }
    }
    Example { text, secrets }
}

/// What must not be read anywhere: the secrets, of those with lines each, and of long ones
/// either half.
fn parts(secret: &str) -> Vec<String> {
    let lines = secret
        .split(['\n', '\r'])
        .flat_map(|line| line.split("\\n"))
        .map(|line| line.trim().trim_end_matches('\\'))
        .filter(|line| line.len() >= 4 && !line.starts_with("-----") && !line.contains(": "));
    lines
        .flat_map(|line| {
            let half = line.len() / 2;
            match line.len() {
                0..16 => vec![line.to_owned()],
                _ => vec![line[..half].to_owned(), line[half..].to_owned()],
            }
        })
        .collect()
}

impl Example {
    fn secrets(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(|range| &self.text[range.clone()])
    }

    /// The parts of its secrets that are in what came out.
    fn leaked(&self, out: &str) -> Vec<String> {
        let parts = self.secrets().flat_map(parts);
        parts.filter(|part| out.contains(part.as_str())).collect()
    }
}

/// Prints how many leaked, and fails if any did.
fn none_leaks(way: &str, leaks: &[String], of: usize) {
    println!("{way}: {} of {of} leaked", leaks.len());
    for leak in leaks {
        println!("    {leak}");
    }
    assert!(leaks.is_empty(), "{way}: {} of {of} leaked", leaks.len());
}

fn leaks(way: &str, out: impl Fn(&Example) -> String) {
    let examples = examples(SECRETS);
    let leaks: Vec<_> = examples
        .iter()
        .filter_map(|example| {
            let out = out(example);
            let leaked = example.leaked(&out);
            (!leaked.is_empty()).then(|| format!("{leaked:?} in {out}"))
        })
        .collect();
    none_leaks(way, &leaks, examples.len());
}

#[test]
fn the_corpus_is_large_and_no_two_are_alike() {
    for file in [SECRETS, HARMLESS] {
        let texts: std::collections::BTreeSet<_> = examples(file)
            .into_iter()
            .map(|example| example.text)
            .collect();
        assert_eq!(texts.len(), examples(file).len());
        assert!(texts.len() >= 300, "{}", texts.len());
    }
    assert!(
        examples(SECRETS)
            .iter()
            .all(|example| !example.secrets.is_empty())
    );
}

#[test]
fn no_secret_leaks_from_a_text() {
    leaks("hide", |example| hide(&example.text).into_owned());
    leaks("find", |example| {
        let found = find(&example.text);
        assert!(
            found
                .windows(2)
                .all(|two| two[0].range.end <= two[1].range.start)
        );
        let mut at = 0;
        let mut out = String::new();
        for secret in found {
            out.push_str(&example.text[at..secret.range.start]);
            out.push_str(" # ");
            at = secret.range.end;
        }
        out + &example.text[at..]
    });
    leaks("hide_note", |example| hide_note(&example.text).into_owned());
}

#[test]
fn no_secret_leaks_from_a_stream_of_lines() {
    leaks("Lines", |example| {
        let mut lines = Lines::new();
        let hidden: Vec<_> = example
            .text
            .lines()
            .map(|line| lines.hide(line).into_owned())
            .collect();
        hidden.join("\n")
    });
}

#[test]
fn no_secret_leaks_from_a_text_within_json() {
    leaks("JSON-escaped", |example| {
        let escaped = json!({"message": example.text}).to_string();
        let out = hide(&escaped).into_owned();
        // Undone, so that a secret with an escaped character in it is seen.
        match serde_json::from_str::<Value>(&out) {
            Ok(value) => value["message"].as_str().unwrap().to_owned() + &out,
            Err(_) => out,
        }
    });
}

#[test]
fn no_secret_leaks_from_a_text_that_was_cut() {
    let examples = examples(SECRETS);
    let mut leaks = Vec::new();
    let mut of = 0;
    for example in &examples {
        for secret in &example.secrets {
            let inside = &example.text[secret.clone()];
            // Cut within the secret: one that has lost its shape's end, but of which enough
            // is left to be of use. What comes behind a secret may be what tells of it.
            let keep = inside.len() * 4 / 5;
            if inside.len() < 24 || inside.contains('\n') || !inside.is_char_boundary(keep) {
                continue;
            }
            of += 1;
            let text = format!("{}…", &example.text[..secret.start + keep]);
            let out = hide(&text);
            if parts(&inside[..keep])
                .iter()
                .any(|part| out.contains(part.as_str()))
            {
                leaks.push(out.into_owned());
            }
        }
    }
    none_leaks("cut", &leaks, of);
}

#[test]
fn no_secret_leaks_from_an_object() {
    leaks("object", |example| {
        let mut value = json!({"kind": "Event", "message": example.text, "list": [example.text]});
        object(&mut value, &mut Tokens);
        format!(
            "{}\n{}",
            value["message"].as_str().unwrap(),
            value["list"][0].as_str().unwrap()
        )
    });
    leaks("a variable's value", |example| {
        // Under a harmless name a text is read, under a secret's it is hidden whole.
        let mut out = String::new();
        for secret in example.secrets() {
            out.push_str(&hide_named("LOGIN_PASSWORD", secret));
        }
        out + &hide_named("message", &example.text)
    });
}

#[test]
fn hardly_any_harmless_text_is_hidden() {
    let examples = examples(HARMLESS);
    for (way, hide) in [
        (
            "hide",
            (|text| hide(text).into_owned()) as fn(&str) -> String,
        ),
        ("Lines", |text| {
            let mut lines = Lines::new();
            let hidden: Vec<_> = text
                .lines()
                .map(|line| lines.hide(line).into_owned())
                .collect();
            hidden.join("\n")
        }),
        ("JSON-escaped", |text| {
            let escaped = json!({"message": text}).to_string();
            let hidden = podside_redact::hide(&escaped).into_owned();
            if hidden == escaped {
                text.to_owned()
            } else {
                hidden
            }
        }),
    ] {
        let hidden: Vec<_> = examples
            .iter()
            .map(|example| hide(&example.text))
            .zip(&examples)
            .filter(|(out, example)| *out != example.text)
            .collect();
        println!(
            "{way}: {} of {} harmless texts hidden",
            hidden.len(),
            examples.len()
        );
        for (out, _) in &hidden {
            println!("    {out}");
        }
        assert!(
            hidden.len() * 100 <= examples.len(),
            "{way}: {} of {}",
            hidden.len(),
            examples.len()
        );
    }
}

#[test]
fn what_is_hidden_once_stays_as_it_is() {
    for example in examples(SECRETS).iter().chain(&examples(HARMLESS)) {
        let once = hide(&example.text).into_owned();
        assert_eq!(hide(&once), once, "of {}", example.text);
        let noted = hide_note(&once).into_owned();
        assert_eq!(hide_note(&noted), noted);
    }
}
