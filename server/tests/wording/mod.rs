//! How every text of the diagnosis reads: one file a language, to be read as a whole when it
//! changes.
//!
//! Other tests compare ids and arguments, so the wording is held here alone. A text that a
//! recording tells stands as the first of them tells it; one that none tells is filled with
//! what it could be told with.

mod plausible;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use podside_diagnosis::texts::{self, TextError, resolve_strictly};
use podside_model::{Arg, Diagnosis, Lang, Message};
use podside_replay::Recording;

use crate::recorded::{all, examined};
use plausible::value_of;

/// The file of each language.
const FILES: [(Lang, &str); 2] = [
    (
        Lang::En,
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wording/en.txt"),
    ),
    (
        Lang::Ja,
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wording/ja.txt"),
    ),
];

/// To renew the files: `BLESS=1 cargo nextest run wording`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_text_reads_as_the_wording_files_have_it() {
    let mut told = told().await;
    for id in texts::ids() {
        told.entry(id.to_owned()).or_insert_with(|| plausible(id));
    }
    let mut changed = Vec::new();
    for (lang, path) in FILES {
        let reads = written(&told, lang);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &reads).unwrap();
        }
        let held = std::fs::read_to_string(path).unwrap();
        changed.extend(differences(&held, &reads));
    }
    assert!(
        changed.is_empty(),
        "texts read otherwise than server/tests/wording/ has it; read them, and renew the files \
         with BLESS=1:\n{}",
        changed.join("\n")
    );
}

/// What the diagnoses of all recordings tell: the first message of each id.
async fn told() -> BTreeMap<String, Message> {
    let mut recordings = all();
    recordings.sort_by(|a, b| a.name().cmp(b.name()));
    let of_each = |recording: Recording| async {
        let mut messages = Vec::new();
        let diagnosis = examined(recording).await.diagnosis;
        let _ = Diagnosis::clone(&diagnosis).map_text(|message| collect(message, &mut messages));
        messages
    };
    let told: Vec<Vec<Message>> = stream::iter(recordings)
        .map(of_each)
        .buffered(4)
        .collect()
        .await;
    let mut by_id = BTreeMap::new();
    for message in told.into_iter().flatten() {
        by_id.entry(message.id.clone()).or_insert(message);
    }
    by_id
}

/// A message and those within it.
fn collect(message: Message, messages: &mut Vec<Message>) {
    for arg in message.args.values() {
        if let Arg::Message(inner) = arg {
            collect((**inner).clone(), messages);
        }
    }
    messages.push(message);
}

/// A text with a value for each of its arguments.
fn plausible(id: &str) -> Message {
    let mut message = Message::new(id);
    while let Err(error) = resolve_strictly(&message, Lang::En) {
        let TextError::MissingArgument { argument, .. } = error.clone() else {
            panic!("{error}");
        };
        // What is given as text and still missed is a number, which chooses between two words.
        let as_text = resolve_strictly(&message.clone().with(&argument, ""), Lang::En);
        let value = if as_text == Err(error) {
            Arg::Number(3)
        } else {
            Arg::from(value_of(id, &argument))
        };
        message = message.with(&argument, value);
    }
    message
}

/// A line for each text: its id and how it reads.
fn written(told: &BTreeMap<String, Message>, lang: Lang) -> String {
    let lines = told.iter().map(|(id, message)| {
        let reads = resolve_strictly(message, lang).unwrap_or_else(|e| panic!("{e}"));
        format!("{id}: {}\n", reads.replace('\n', "\\n"))
    });
    lines.collect()
}

/// The lines that only one of two files has.
fn differences(held: &str, reads: &str) -> Vec<String> {
    let only = |sign: &str, of: &str, other: &str| -> Vec<String> {
        let other: BTreeSet<&str> = other.lines().collect();
        of.lines()
            .filter(|line| !other.contains(line))
            .map(|line| format!("{sign} {line}"))
            .collect()
    };
    [only("-", held, reads), only("+", reads, held)].concat()
}
