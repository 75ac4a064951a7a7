//! What every recording says, pasted: it is found where it is said, and nowhere else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use podside_cluster::Examined;
use podside_diagnosis::facts::{Object, State};
use podside_diagnosis::pasted::{Found, find};
use podside_model::ObjectRef;

use recorded::{all, examined};

/// The fewest words of a message that is more than a reason.
const WORDS: usize = 6;

/// What a recording says, and the objects that say it.
type Says = BTreeMap<String, BTreeSet<ObjectRef>>;

/// The warnings and what the containers say, each with whom it is about.
fn says(examined: &Examined) -> Says {
    let mut says = Says::new();
    let mut add = |message: &str, object: ObjectRef| {
        if let Some(line) = message.lines().find(|line| plain(line).len() >= WORDS) {
            says.entry(line.to_owned()).or_default().insert(object);
        }
    };
    for event in examined.snapshot.events.iter().filter(|it| it.warning) {
        let about = &event.about;
        add(
            &event.message,
            about.kind.object(&about.namespace, &about.name),
        );
    }
    for pod in examined.snapshot.pods.iter() {
        for state in pod.statuses.iter().flat_map(|it| [&it.state, &it.last]) {
            let message = match state {
                State::Waiting { message, .. } => message,
                State::Terminated(end) => &end.message,
                State::Running { .. } | State::Absent => &None,
            };
            if let Some(message) = message {
                add(message, pod.object_ref());
            }
        }
    }
    says
}

/// The words of a message without what differs from run to run.
fn plain(message: &str) -> Vec<String> {
    message
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && !word.bytes().any(|b| b.is_ascii_digit()))
        .map(str::to_lowercase)
        .collect()
}

/// The message as somebody else's terminal has it: with a time before it, and each hash of
/// digits and letters another.
fn as_pasted(message: &str) -> String {
    let words: Vec<String> = message
        .split(' ')
        .map(|word| {
            let mixed = word.len() >= 9
                && word.bytes().any(|b| b.is_ascii_digit())
                && word.bytes().all(|b| b.is_ascii_alphanumeric());
            if mixed {
                "6bd5f7c9d8".to_owned()
            } else {
                word.to_owned()
            }
        })
        .collect();
    format!("2031-02-03T04:05:06Z {}", words.join(" "))
}

fn found(examined: &Examined, pasted: &str) -> Found {
    find(&examined.snapshot, &examined.diagnosis, pasted, None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_recording_says_is_found_in_it_and_not_in_another() {
    let mut recordings = all();
    recordings.sort_by(|one, other| one.name().cmp(other.name()));
    let all: Vec<Examined> = stream::iter(recordings)
        .map(examined)
        .buffered(4)
        .collect()
        .await;
    let (mut own, mut foreign) = (0, 0);
    let (mut not_found, mut mistaken): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let said: Vec<Says> = all.iter().map(says).collect();
    for (at, examined) in all.iter().enumerate() {
        for (message, objects) in &said[at] {
            own += 1;
            let pasted = as_pasted(message);
            let first = found(examined, &pasted).matches.into_iter().next();
            // Replicas and events say the same of several objects.
            let is_own = first.as_ref().is_some_and(|first| {
                objects.contains(&first.object) || plain(&first.text) == plain(message)
            });
            if !is_own {
                not_found.push(format!("{pasted:?} found {first:?}"));
            }
        }
        let here: BTreeSet<Vec<String>> = said[at].keys().map(|it| plain(it)).collect();
        let Some(other) = said.get((at + 1) % said.len()) else {
            continue;
        };
        for message in other.keys().filter(|it| !here.contains(&plain(it))) {
            foreign += 1;
            if let Some(first) = found(examined, &as_pasted(message)).matches.first() {
                mistaken.push(format!("{message:?} found {:?}", first.text));
            }
        }
    }
    assert!(own > 200 && foreign > 100, "{own} own, {foreign} foreign");
    // The scheduler says nearly the same of different wants, so a few are taken for another.
    assert!(
        not_found.len() * 100 <= own,
        "{} of {own} are not found where they are said:\n{}",
        not_found.len(),
        not_found.join("\n")
    );
    assert!(
        mistaken.len() * 100 <= foreign * 2,
        "{} of {foreign} are found where they are not said:\n{}",
        mistaken.len(),
        mistaken.join("\n")
    );
}
