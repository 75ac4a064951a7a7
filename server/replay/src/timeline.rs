//! What changes when, in a recording that is played: its watch stream, and
//! objects of kinds that were not watched at the moment they were created.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    fields::Fields,
    recording::{ChangeKind, Recording},
};

/// How far the start of a recording, told in whole seconds, is put later to
/// agree with what its first objects say.
const START_SLACK: SignedDuration = SignedDuration::from_secs(2);

/// One change at a recorded moment.
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) kind: ChangeKind,
    pub(crate) object: Arc<Value>,
}

/// A recording as a beginning and what happens after it.
pub(crate) struct Timeline {
    /// When it begins, on the recorded clock.
    pub(crate) start: Timestamp,
    /// What is there at the beginning.
    pub(crate) initial: Vec<Arc<Value>>,
    /// What happens, in order.
    pub(crate) moments: Vec<Moment>,
}

type Key = (String, String, String, String);

impl Timeline {
    /// The timeline of a recording; it ends in the recording's end state.
    pub(crate) fn of(recording: &Recording) -> Self {
        let start = start(recording);
        let mut initial: BTreeMap<Key, Arc<Value>> = BTreeMap::new();
        let mut moments = Vec::new();
        // The last version of every object that the stream told of.
        let mut last: BTreeMap<Key, (u64, ChangeKind)> = BTreeMap::new();
        for change in recording.changes() {
            let key = key_of(&change.object);
            let existed = change.kind != ChangeKind::Added
                || created(&change.object).is_some_and(|t| t < recording.started_at);
            if existed && !last.contains_key(&key) {
                initial.insert(key.clone(), change.object.clone());
            }
            last.insert(key, (revision(&change.object), change.kind));
            moments.push(Moment {
                at: at(start, change.at_ms).min(recording.ended_at),
                kind: change.kind,
                object: change.object.clone(),
            });
        }
        for object in recording.objects() {
            let key = key_of(object);
            match last.get(&key) {
                // The stream ended before the object's last change.
                Some((seen, _)) if *seen < revision(object) => moments.push(Moment {
                    at: recording.ended_at,
                    kind: ChangeKind::Modified,
                    object: object.clone(),
                }),
                Some(_) => {}
                None => match created(object).filter(|t| *t > start) {
                    Some(at) => moments.push(Moment {
                        at: at.min(recording.ended_at),
                        kind: ChangeKind::Added,
                        object: object.clone(),
                    }),
                    None => {
                        initial.insert(key, object.clone());
                    }
                },
            }
        }
        moments.extend(vanished(recording, &last));
        moments.sort_by_key(|m| m.at);
        Self {
            start,
            initial: initial.into_values().collect(),
            moments,
        }
    }
}

/// Objects whose deletion the stream did not tell of any more. Events only
/// expire, and cluster-scoped objects were recorded in part.
fn vanished(recording: &Recording, last: &BTreeMap<Key, (u64, ChangeKind)>) -> Vec<Moment> {
    let left: BTreeSet<Key> = recording.objects().iter().map(|o| key_of(o)).collect();
    let gone = |key: &Key| {
        !left.contains(key)
            && key.1 != "Event"
            && !key.2.is_empty()
            && last
                .get(key)
                .is_some_and(|(_, kind)| *kind != ChangeKind::Deleted)
    };
    let mut newest: BTreeMap<Key, Arc<Value>> = BTreeMap::new();
    for change in recording.changes() {
        let key = key_of(&change.object);
        if gone(&key) {
            newest.insert(key, change.object.clone());
        }
    }
    newest
        .into_values()
        .map(|object| Moment {
            at: recording.ended_at,
            kind: ChangeKind::Deleted,
            object,
        })
        .collect()
}

/// The moment that `t_ms` counts from: not before what was created then says.
fn start(recording: &Recording) -> Timestamp {
    let told = recording.started_at;
    let latest = told.checked_add(START_SLACK).unwrap_or(told);
    recording
        .changes()
        .iter()
        .filter(|c| c.kind == ChangeKind::Added)
        .filter_map(|c| {
            let since = SignedDuration::from_millis(i64::try_from(c.at_ms).ok()?);
            created(&c.object)?.checked_sub(since).ok()
        })
        .filter(|t| *t <= latest)
        .fold(told, Timestamp::max)
}

fn at(start: Timestamp, at_ms: u64) -> Timestamp {
    i64::try_from(at_ms)
        .ok()
        .and_then(|ms| start.checked_add(SignedDuration::from_millis(ms)).ok())
        .unwrap_or(start)
}

fn created(object: &Value) -> Option<Timestamp> {
    object.text("/metadata/creationTimestamp").parse().ok()
}

fn revision(object: &Value) -> u64 {
    object
        .text("/metadata/resourceVersion")
        .parse()
        .unwrap_or(0)
}

fn key_of(object: &Value) -> Key {
    (
        object.text("/apiVersion").to_owned(),
        object.text("/kind").to_owned(),
        object.text("/metadata/namespace").to_owned(),
        object.text("/metadata/name").to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice;

    /// Played to its end, every recording holds what its end state holds, in
    /// its last version.
    #[test]
    fn every_recording_ends_in_its_end_state() {
        practice::each(|recording| {
            let timeline = Timeline::of(&recording);
            let mut state: BTreeMap<Key, u64> = timeline
                .initial
                .iter()
                .map(|o| (key_of(o), revision(o)))
                .collect();
            for moment in &timeline.moments {
                assert!(
                    moment.at <= recording.recorded_end(),
                    "{}",
                    recording.name()
                );
                if moment.kind == ChangeKind::Deleted {
                    state.remove(&key_of(&moment.object));
                } else {
                    state.insert(key_of(&moment.object), revision(&moment.object));
                }
            }
            for object in recording.objects() {
                let key = key_of(object);
                let reached = state.get(&key).copied();
                assert!(
                    reached >= Some(revision(object)),
                    "{}: {key:?} {reached:?}",
                    recording.name()
                );
            }
            assert!(!timeline.moments.is_empty(), "{}", recording.name());
            Ok::<(), crate::ReplayError>(())
        })
        .unwrap();
    }
}
