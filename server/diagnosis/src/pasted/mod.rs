//! A message that somebody pastes, found in what a cluster says.
//!
//! Each line is compared as a whole with each event, state and log line, by the words that
//! both have. A word counts the more the fewer texts of the cluster have it, and one that the
//! cluster does not know counts against a line. A line that shares a few words with a text,
//! or that says the same of something else, is no match.

mod lookup;
mod names;
mod runbook;
mod texts;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use podside_model::{Diagnosis, ObjectRef};

pub use self::lookup::objects_with;
use self::names::Names;
pub use self::names::Printed;
pub use self::runbook::RUNBOOK;
pub use self::texts::Source;
use self::texts::{Text, texts};
use self::words::{Word, words};
use crate::snapshot::Snapshot;

/// The longest text that is looked at, in characters.
const LONGEST: usize = 64 * 1024;
/// The most lines of it.
const LINES: usize = 200;
/// The most objects that are told.
const MOST: usize = 10;
/// The most texts that are compared word by word with the lines.
const COMPARED: usize = 400;
/// How much of a line or of a text the words must be that both have.
const ENOUGH: f64 = 0.75;
/// How much of the other of the two they must be at least.
const AT_LEAST: f64 = 0.2;
/// How many words of a message are enough to know it again within many others.
const LONG: usize = 6;
/// The fewest words that both have, unless one of them is a term.
const FEWEST: usize = 3;

/// What was found of a pasted text.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What kubectl printed it, when it has the form.
    pub printed: Option<Printed>,
    /// The objects that say the same, what says most of it first.
    pub matches: Vec<Match>,
    /// The objects that it names and that say nothing of it, in the order of the text.
    pub named: Vec<ObjectRef>,
    /// The step of the runbook [`RUNBOOK`] that asks about such a message.
    pub step: Option<&'static str>,
}

/// An object that says what was pasted.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The object.
    pub object: ObjectRef,
    /// Where it says so.
    pub source: Source,
    /// The reason that stands with it; empty where there is none.
    pub reason: String,
    /// What it says, as the cluster does: secrets in it are not hidden.
    pub text: String,
    /// The longest part of the text that was pasted too, in bytes; empty when it is the
    /// reason that was.
    pub marked: Range<usize>,
    score: f64,
}

/// Looks for a pasted text in a namespace, or in all.
pub fn find<T>(
    snapshot: &Snapshot,
    diagnosis: &Diagnosis<T>,
    pasted: &str,
    namespace: Option<&str>,
) -> Found {
    let pasted: String = pasted.chars().take(LONGEST).collect();
    let lines: Vec<&str> = pasted.lines().take(LINES).collect();
    let names = Names::read(&lines);
    let mut named = names.objects(snapshot, namespace);
    let texts = texts(snapshot, diagnosis, namespace);
    let matches = matches(&texts, &lines, &named);
    named.retain(|object| !matches.iter().any(|it| it.object == *object));
    named.truncate(MOST);
    Found {
        printed: names.printed,
        matches,
        named,
        step: runbook::step(&pasted),
    }
}

/// A text of the cluster with its words: those of its reason come first.
struct Read<'a> {
    text: &'a Text,
    words: Vec<Word>,
    /// How many of the words are its reason's.
    of_reason: usize,
}

fn matches(texts: &[Text], lines: &[&str], named: &[ObjectRef]) -> Vec<Match> {
    let lines: Vec<Vec<Word>> = lines.iter().map(|line| words(line)).collect();
    let pasted: HashSet<&str> = lines
        .iter()
        .flatten()
        .map(|word| word.text.as_str())
        .collect();
    if pasted.is_empty() {
        return Vec::new();
    }
    let mut known: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut read: Vec<Read<'_>> = Vec::new();
    for text in texts {
        let mut all = words(&text.reason);
        let of_reason = all.len();
        all.extend(words(&text.text));
        for word in &all {
            if let Some(word) = pasted.get(word.text.as_str()) {
                // Replicas say the same, so a text counts once.
                known.entry(word).or_default().insert(&text.text);
            }
        }
        read.push(Read {
            text,
            words: all,
            of_reason,
        });
    }
    let all = texts
        .iter()
        .map(|it| it.text.as_str())
        .collect::<HashSet<_>>()
        .len();
    let rarity = Rarity { known: &known, all };
    // Few texts share much with the lines.
    let mut likely: Vec<(f64, &Read<'_>)> = read
        .iter()
        .map(|it| {
            let shared: HashSet<&str> = it
                .words
                .iter()
                .map(|word| word.text.as_str())
                .filter(|word| pasted.contains(word))
                .collect();
            (shared.iter().map(|word| rarity.of(word)).sum(), it)
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    likely.sort_by(|one, other| other.0.total_cmp(&one.0));
    likely.truncate(COMPARED);
    let mut best: BTreeMap<&ObjectRef, Match> = BTreeMap::new();
    for (_, it) in likely {
        let of_named = named.contains(&it.text.object);
        for line in &lines {
            let Some(mut found) = compared(it, line, &rarity) else {
                continue;
            };
            if of_named {
                found.score *= 2.0;
            }
            let is_better = best
                .get(&it.text.object)
                .is_none_or(|before| before.score < found.score);
            if is_better {
                best.insert(&it.text.object, found);
            }
        }
    }
    let mut matches: Vec<Match> = best.into_values().collect();
    matches.sort_by(|one, other| {
        let score = other.score.total_cmp(&one.score);
        score.then_with(|| (one.source, &one.object).cmp(&(other.source, &other.object)))
    });
    // What says much less of it than another says something else.
    let most = matches.first().map_or(0.0, |first| first.score);
    matches.retain(|it| it.score * 2.0 >= most);
    matches.truncate(MOST);
    matches
}

/// How much a word tells in this cluster.
struct Rarity<'a> {
    /// The texts that have each word of the pasted text.
    known: &'a HashMap<&'a str, HashSet<&'a str>>,
    /// How many texts there are.
    all: usize,
}

impl Rarity<'_> {
    fn of(&self, word: &str) -> f64 {
        let with = self.known.get(word).map_or(0, HashSet::len);
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are fewer texts than 2^52"
        )]
        let share = (self.all as f64 + 2.0) / (with as f64 + 1.0);
        // A word that every text has still tells a little.
        share.ln().max(0.1)
    }

    fn is_known(&self, word: &str) -> bool {
        self.known.contains_key(word)
    }
}

/// Whether a line says what a text says, and how well.
fn compared(it: &Read<'_>, line: &[Word], rarity: &Rarity<'_>) -> Option<Match> {
    let in_line: HashSet<&str> = line.iter().map(|word| word.text.as_str()).collect();
    let in_text: HashSet<&str> = it.words.iter().map(|word| word.text.as_str()).collect();
    let shared: HashSet<&str> = in_line.intersection(&in_text).copied().collect();
    let has_term = it
        .words
        .iter()
        .any(|word| word.is_term && shared.contains(word.text.as_str()));
    if shared.len() < FEWEST && !has_term {
        return None;
    }
    let weight = |words: &HashSet<&str>| words.iter().map(|word| rarity.of(word)).sum::<f64>();
    let both = weight(&shared);
    let (of_line, of_text) = (both / weight(&in_line), both / weight(&in_text));
    // A field of one line joins the lines that are pasted into it: much that stands beside a
    // whole message is other lines.
    let is_long = of_text >= ENOUGH && shared.len() >= LONG;
    let is_reason = it
        .words
        .iter()
        .take(it.of_reason)
        .any(|word| word.is_term && shared.contains(word.text.as_str()));
    let is_part = of_line.min(of_text) < AT_LEAST && !is_long && !is_reason;
    if of_line.max(of_text) < ENOUGH || is_part {
        return None;
    }
    let is_other = is_of_another(it, &in_line, &in_text, rarity)
        || says_otherwise(&it.words, line, &in_text, &in_line);
    if is_other || !is_in_order(it, line, &shared) {
        return None;
    }
    Some(Match {
        object: it.text.object.clone(),
        source: it.text.source,
        reason: it.text.reason.clone(),
        text: it.text.text.clone(),
        marked: marked(it, line),
        score: both * of_line.max(of_text),
    })
}

/// Whether the text names its object, and the line something that the cluster does not know.
fn is_of_another(
    it: &Read<'_>,
    in_line: &HashSet<&str>,
    in_text: &HashSet<&str>,
    rarity: &Rarity<'_>,
) -> bool {
    let names = words(&it.text.object.name);
    let own: Vec<&str> = names
        .iter()
        .map(|word| word.text.as_str())
        .filter(|word| in_text.contains(word))
        .collect();
    !own.is_empty()
        && !own.iter().any(|word| in_line.contains(word))
        && in_line.iter().any(|word| !rarity.is_known(word))
}

/// Whether text and line begin alike and each goes on with words that the other has not. What
/// stands before is where it was printed: a time, a level, who reports it.
fn says_otherwise(
    text: &[Word],
    line: &[Word],
    in_text: &HashSet<&str>,
    in_line: &HashSet<&str>,
) -> bool {
    let goes_on = |words: &[Word], others: &HashSet<&str>| {
        words
            .iter()
            .skip_while(|word| !others.contains(word.text.as_str()))
            .any(|word| !others.contains(word.text.as_str()))
    };
    goes_on(text, in_line) && goes_on(line, in_text)
}

/// Whether most of what both have stands beside each other in both.
fn is_in_order(it: &Read<'_>, line: &[Word], shared: &HashSet<&str>) -> bool {
    let pairs: HashSet<(&str, &str)> = line
        .windows(2)
        .filter_map(|pair| match pair {
            [one, next] => Some((one.text.as_str(), next.text.as_str())),
            _ => None,
        })
        .collect();
    let beside: HashSet<(&str, &str)> = it
        .words
        .windows(2)
        .filter_map(|pair| match pair {
            [one, next] => Some((one.text.as_str(), next.text.as_str())),
            _ => None,
        })
        .filter(|pair| pairs.contains(pair))
        .collect();
    shared.len() < FEWEST || beside.len() * 2 + 1 >= shared.len()
}

/// The longest run of words of the text that stands in the line too.
fn marked(it: &Read<'_>, line: &[Word]) -> Range<usize> {
    let text = it.words.get(it.of_reason..).unwrap_or_default();
    let mut best = (0, 0);
    // How many words before and with this one the text and the line have alike.
    let mut before: Vec<usize> = vec![0; line.len() + 1];
    for (at, word) in text.iter().enumerate() {
        let mut alike = vec![0; line.len() + 1];
        for (nth, other) in line.iter().enumerate() {
            if other.text == word.text {
                let run = before.get(nth).copied().unwrap_or(0) + 1;
                if let Some(slot) = alike.get_mut(nth + 1) {
                    *slot = run;
                }
                if run > best.1 {
                    best = (at + 1 - run, run);
                }
            }
        }
        before = alike;
    }
    let first = text.get(best.0);
    let last = best
        .1
        .checked_sub(1)
        .and_then(|more| text.get(best.0 + more));
    match (first, last) {
        (Some(first), Some(last)) => first.at.start..last.at.end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests;
